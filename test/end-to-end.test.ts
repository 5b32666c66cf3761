/** The whole gateway on its sample data, asked by PHP as HelpSpot asks. */
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adapters } from '../adapters/index.ts';
import { loadConfiguration } from '../src/config/load.ts';
import { createGateway, type Gateway } from '../src/gateway/gateway.ts';
import { listen, type RunningServer } from '../src/http/listen.ts';
import { recordedLog } from './support/log.ts';
import { reasonOf } from './support/packages.ts';
import { type PhpCall, phpClient, requirePhp } from './support/php.ts';

const available = await requirePhp();
const root = resolve(import.meta.dirname, '..');
const command = `${root}/bin/livelookup`;
let gateway: Gateway;
let server: RunningServer;

beforeAll(async () => {
  const plan = await loadConfiguration(`${root}/config/gateway.yaml`, adapters, {});
  gateway = createGateway({ ...plan, server: { ...plan.server, port: 0 } }, { log: recordedLog() });
  server = await listen(gateway);
});

afterAll(async () => {
  await server.close();
  await gateway.close();
});

/** The same question in every way in which HelpSpot asks. */
function everyWay(path: string, lookup: string, parameters: Record<string, string>): readonly PhpCall[] {
  const url = `${server.url}${path}`;
  return [
    { mode: 'get', url, parameters },
    { mode: 'post', url, parameters },
    { mode: 'named', command: `${command} --lookup=${lookup}`, parameters },
  ];
}

describe.skipIf(!available.ok)(`HelpSpot reads the gateway's answers${reasonOf(available)}`, () => {
  const php = phpClient(available.ok ? available.path : '');

  it('one customer, by GET, by POST and by command line', async () => {
    const parameters = {
      customer_id: '',
      first_name: '',
      last_name: '',
      email: 'ZOE.MUELLER@gruenwald.example',
      phone: '',
    };
    const results = await php.lookups(everyWay('/livelookup', 'default', parameters));
    expect(results).toHaveLength(3);
    for (const result of results) {
      expect(result).toMatchObject({
        columns: ['first_name', 'last_name', 'organization', 'email'],
        customers: [{ customer_id: '1003', first_name: 'Zoë', last_name: 'Müller', Custom5: 'Haus 2' }],
      });
    }
  });

  it('positions, as HelpSpot before 5.3.0 sends them', async () => {
    const parameters = { customer_id: '1003', first_name: '', last_name: '', email: '', phone: '' };
    const result = await php.lookup({ mode: 'positional', command, parameters });
    expect(result).toMatchObject({ customers: [{ last_name: 'Müller' }] });
  });

  it('several customers as a table, and nobody as nobody', async () => {
    const [many] = await php.lookups(everyWay('/livelookup', 'default', { last_name: 's' }));
    expect(many !== undefined && 'customers' in many && many.customers.length).toBeGreaterThan(1);
    for (const nobody of await php.lookups(everyWay('/livelookup', 'default', { email: 'nobody@example.com' }))) {
      expect(nobody).toMatchObject({ customers: [] });
    }
  });

  it('assets from the database, by a custom field', async () => {
    for (const result of await php.lookups(everyWay('/livelookup/assets', 'assets', { Custom7: 'at-20001' }))) {
      expect(result).toMatchObject({ customers: [{ customer_id: '1001', Custom7: 'AT-20001' }] });
    }
  });

  it('a mistake in words', async () => {
    for (const result of await php.lookups(everyWay('/livelookup/asets', 'asets', { Custom7: 'x' }))) {
      expect(result).toMatchObject({
        customers: [{ lookup_error: expect.stringContaining('did you mean &quot;assets&quot;?') }],
      });
    }
  });
});
