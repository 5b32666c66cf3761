/** The example configuration, from the file to what staff see. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import highrise from '../../../adapters/highrise/index.ts';
import { loadConfiguration } from '../../../src/config/load.ts';
import { createGateway } from '../../../src/gateway/gateway.ts';
import type { LookupOutcome } from '../../../src/gateway/outcome.ts';
import { readPushedRequest } from '../../../src/helpspot/pushed-json.ts';
import { openLedger } from '../../../src/store/ledger.ts';
import { HIGHRISE_TOKEN, startHighrise } from '../../support/highrise/server.ts';
import { recordedLog } from '../../support/log.ts';
import { temporaryFolder } from '../../support/temp.ts';

const EXAMPLE = new URL('../../../config/examples/highrise.yaml', import.meta.url);

/** The example with the address of our Highrise, and that Highrise. */
async function start() {
  const house = await startHighrise();
  onTestFinished(() => house.close());
  const folder = await temporaryFolder();
  const file = join(folder, 'gateway.yaml');
  const text = await readFile(EXAMPLE, 'utf8');
  await writeFile(file, text.replaceAll('https://example.highrisehq.com', house.url));
  const plan = await loadConfiguration(file, { highrise: async () => highrise }, { HIGHRISE_TOKEN });
  const gateway = createGateway(plan, {
    log: recordedLog(),
    openLedger: () => openLedger(join(folder, 'gateway.db')),
  });
  onTestFinished(() => gateway.close());
  return { ...house, gateway, plan };
}

function shown({ answer }: LookupOutcome): readonly Readonly<Record<string, unknown>>[] {
  return (answer?.customers ?? []).map((customer) =>
    Object.fromEntries(customer.map(({ name, content }) => [name, content.kind === 'text' ? content.text : content])),
  );
}

test('shows the person who wrote, by number, by address and by name', async () => {
  const { gateway, account, url } = await start();
  const person = account.add({
    ...{ firstName: 'John', lastName: 'Doe', title: 'CEO', company: 'Doe Inc.', email: 'john.doe@example.com' },
    ...{ phone: '(555) 555-1234', tags: ['Partner', 'VIP'], custom: { 'Sales Region': 'Chicago' } },
  });
  account.add({ firstName: 'Jane', lastName: 'Roe', company: 'Doe Inc.' });
  account.addNote(person.id, 'Wants the <red> one');
  for (const parameters of [{ phone: '5555551234' }, { email: 'john.doe@example.com' }, { last_name: 'Do' }]) {
    const outcome = await gateway.lookup({ lookup: 'default', parameters });
    expect(outcome.failure).toBeUndefined();
    const [customer] = shown(outcome);
    expect(customer).toMatchObject({
      ...{ customer_id: String(person.id), first_name: 'John', last_name: 'Doe', organization: 'Doe Inc.' },
      ...{ email: 'john.doe@example.com', title: 'CEO', sales_region: 'Chicago' },
    });
    expect(JSON.stringify(customer)).toContain(`${url}/people/${person.id}`);
    expect(customer?.['notes']).toMatchObject({
      headings: ['Date', 'Note'],
      rows: [[{ kind: 'text' }, { kind: 'text', text: 'Wants the <red> one' }]],
    });
  }
  const colleagues = await gateway.lookup({ lookup: 'colleagues', parameters: { Custom3: 'doe inc.' } });
  expect(shown(colleagues).map(({ first_name }) => first_name)).toEqual(['John', 'Jane']);
});

test('pushes the customer and the request, and shows them', async () => {
  const { gateway, account, made } = await start();
  const request = readPushedRequest(
    JSON.stringify({
      ...{
        xRequest: 12400,
        sTitle: 'Printer on fire',
        sFirstName: 'Bob',
        sLastName: 'Jones',
        sEmail: 'bob@example.com',
      },
      ...{ sPhone: '', Custom3: 'Acme, Inc.', staff_comment: 'A customer of <Acme>', request_history: [] },
    }),
  );
  const outcome = await gateway.push({ target: 'Highrise', request });
  const [person] = account.people;
  expect(outcome).toMatchObject({ id: String(person?.id) });
  expect(person).toMatchObject({ firstName: 'Bob', background: 'A customer of <Acme>' });
  expect(person && account.companyOf(person)).toBe('Acme, Inc.');
  expect(made[0]?.body).toContain('https://help.example.com/admin?pg=request&reqid=12400');
  const details = await gateway.pushDetails({ target: 'Highrise', id: String(person?.id) });
  expect(JSON.stringify(details)).toContain('Bob Jones');
});
