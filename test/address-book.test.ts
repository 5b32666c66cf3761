/** HelpSpot's address book (manual, chapter 1.3) on real sources, read by PHP as HelpSpot reads it. */
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adapters } from '../adapters/index.ts';
import { loadConfiguration } from '../src/config/load.ts';
import { createGateway, type Gateway } from '../src/gateway/gateway.ts';
import { listen, type RunningServer } from '../src/http/listen.ts';
import { recordedLog } from './support/log.ts';
import { reasonOf } from './support/packages.ts';
import { phpClient, requirePhp } from './support/php.ts';
import { temporaryFolderForAll } from './support/temp.ts';

const available = await requirePhp();
const root = resolve(import.meta.dirname, '..');
const folder = await temporaryFolderForAll();
const config = join(folder, 'gateway.yaml');
const log = recordedLog();
let gateway: Gateway;
let server: RunningServer;

const CONTACTS = `first_name,last_name,mail,job,why,vip
Ann,Ames,ann@example.com,Manager,Overnight contact,yes
Bob,Ames,,Clerk,,yes
Ann,Ames-Ash,ANN@example.com,Manager again,,no
Cy,Ash,"cy@example.com; cy@home.example","<b>Boss</b>",Ask him,0
Dee,Ash,dee@example.com,,,TRUE
`;

beforeAll(async () => {
  await writeFile(join(folder, 'contacts.csv'), CONTACTS);
  await writeFile(
    config,
    `sources:
  contacts: { adapter: csv, file: contacts.csv }
  customers: { adapter: csv, file: ${JSON.stringify(join(root, 'samples/customers.csv'))} }
lookups:
  book:
    sources: contacts
    addressBook: true
    match: [email, [first_name, last_name], { last_name: prefix }]
    fields: { email: mail, title: job, description: why, highlight: vip }
  plain:
    sources: contacts
    match: [email, { last_name: prefix }]
    fields: { email: mail, title: job, highlight: { checkbox: vip } }
  customers:
    sources: customers
    addressBook: { highlighted: { band: A } }
    match: [email, { last_name: prefix }]
    fields: { title: company }
`,
  );
  const plan = await loadConfiguration(config, adapters, {});
  gateway = createGateway({ ...plan, server: { ...plan.server, port: 0 } }, { log });
  server = await listen(gateway);
});

afterAll(async () => {
  await server.close();
  await gateway.close();
});

describe.skipIf(!available.ok)(`HelpSpot's address book${reasonOf(available)}`, () => {
  const php = phpClient(available.ok ? available.path : '');

  /** The contacts by HTTP; by command line they are the same. */
  async function contacts(lookup: string, parameters: Record<string, string>) {
    const [http, command] = await php.lookups([
      { mode: 'get', url: `${server.url}/livelookup/${lookup}`, parameters },
      { mode: 'named', command: `${root}/bin/livelookup --lookup=${lookup} --config=${config}`, parameters },
    ]);
    if (http === undefined || !('customers' in http)) throw new Error(JSON.stringify(http));
    expect(command).toMatchObject({ customers: http.customers });
    return http.customers;
  }

  const EMPTY = { customer_id: '', first_name: '', last_name: '', email: '', phone: '', acting_person_fusertype: '2' };

  it('opens with the contacts that are to be listed first', async () => {
    expect(await contacts('book', EMPTY)).toEqual([
      {
        first_name: 'Ann',
        last_name: 'Ames',
        email: 'ann@example.com',
        title: 'Manager',
        description: 'Overnight contact',
        highlight: '1',
      },
      { first_name: 'Dee', last_name: 'Ash', email: 'dee@example.com', highlight: '1' },
    ]);
    expect(log.lines.findLast(({ message }) => message === 'lookup')?.fields).toMatchObject({ withoutEmail: 1 });
  });

  it('finds contacts by what is typed: each address once, none without one', async () => {
    const found = await contacts('book', { ...EMPTY, last_name: 'a' });
    expect(found.map(({ first_name, email, highlight }) => [first_name, email, highlight])).toEqual([
      ['Ann', 'ann@example.com', '1'],
      ['Dee', 'dee@example.com', '1'],
      ['Cy', 'cy@example.com', undefined],
    ]);
    // HelpSpot writes it into its page.
    expect(found[2]?.['title']).toBe('&lt;b&gt;Boss&lt;/b&gt;');
    expect(await contacts('book', { ...EMPTY, last_name: 'nobody' })).toEqual([]);
  });

  it('can be any other lookup, which answers what it always does', async () => {
    expect(await contacts('plain', EMPTY)).toEqual([]);
    const found = await contacts('plain', { ...EMPTY, last_name: 'ames' });
    expect(found.map(({ email, highlight }) => [email, highlight])).toEqual([
      ['ann@example.com', '1'],
      [undefined, '1'],
      ['ANN@example.com', '0'],
    ]);
  });

  it('asks just for the highlighted ones where it is said how they are found', async () => {
    const first = await contacts('customers', EMPTY);
    expect(first.length).toBeGreaterThan(10);
    expect(first.every(({ highlight, email }) => highlight === '1' && email !== undefined)).toBe(true);
    const mul = await contacts('customers', { ...EMPTY, email: 'zoe.mueller@gruenwald.example' });
    expect(mul).toEqual([expect.not.objectContaining({ highlight: expect.anything() })]);
  });
});
