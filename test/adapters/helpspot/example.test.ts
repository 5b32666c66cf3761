/** The example configuration, from the file to what staff see. */
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { adapters } from '../../../adapters/index.ts';
import { loadConfiguration } from '../../../src/config/load.ts';
import { createGateway, type Gateway } from '../../../src/gateway/gateway.ts';
import type { LookupOutcome } from '../../../src/gateway/outcome.ts';
import { HELPSPOT_TOKEN } from '../../support/helpspot/server.ts';
import { addNote, addRequest } from '../../support/helpspot/stored.ts';
import { recordedLog } from '../../support/log.ts';
import { temporaryFolder } from '../../support/temp.ts';
import { helpSpotForAll } from './source.ts';

const EXAMPLE = resolve(import.meta.dirname, '../../../config/examples/helpspot.yaml');
const desk = await helpSpotForAll();

beforeEach(() => {
  const bob = { sUserId: '1001', sFirstName: 'Bob', sLastName: 'Smith', sEmail: 'bob.smith@example.com' };
  addRequest(desk.data, { ...bob, xRequest: 12_500, sTitle: 'This one', dtGMTOpened: 1_795_000_000 });
  const other = { xRequest: 12_501, sTitle: 'Another <one>', xCategory: 2, xPersonAssignedTo: 4, xStatus: 6 };
  const request = addRequest(desk.data, { ...bob, ...other, dtGMTOpened: 1_794_000_000 });
  addNote(desk.data, request, { xPerson: 2, tNote: '<p>Called &amp; solved</p>', fNoteIsHTML: true });
  addRequest(desk.data, { ...bob, xRequest: 12_502, sTitle: 'Done', fOpen: false, dtGMTOpened: 1_794_900_000 });
});

/** The example with the addresses of our help desk, and with more patience. */
async function openGateway(): Promise<Gateway> {
  const text = (await readFile(EXAMPLE, 'utf8'))
    .replaceAll(/(adapter: helpspot,? *(?:\n *)?url: )"?https:\/\/help\.example\.com"?/g, `$1"${desk.url}"`)
    // On a machine with much to do the first requests take their time.
    .replace('deadline: 5s', 'deadline: 30s')
    .replace('sources: [customers]', 'sources: [customers]\n    patience: 20s')
    .replace('../../samples/', `${resolve(import.meta.dirname, '../../../samples')}/`);
  const file = join(await temporaryFolder(), 'gateway.yaml');
  await writeFile(file, text);
  const plan = await loadConfiguration(file, adapters, { HELPSPOT_TOKEN });
  const gateway = createGateway(plan, { log: recordedLog() });
  onTestFinished(() => gateway.close());
  return gateway;
}

function shown({ answer }: LookupOutcome): readonly Readonly<Record<string, unknown>>[] {
  return (answer?.customers ?? []).map((customer) =>
    Object.fromEntries(customer.map(({ name, content }) => [name, content.kind === 'text' ? content.text : content])),
  );
}

test('every source answers, and the configuration fits what they have', async () => {
  const gateway = await openGateway();
  for (const row of await gateway.check()) expect(row).toMatchObject({ ok: true });
  expect((await gateway.inspect()).filter(({ where }) => where !== 'access')).toEqual([]);
});

describe('the lookups', () => {
  test('show the other requests of the customer, without the one that is open', async () => {
    const gateway = await openGateway();
    const parameters = { email: 'bob.smith@example.com', request: '12500' };
    const [customer] = shown(await gateway.lookup({ lookup: 'default', parameters }));
    expect(customer).toMatchObject({
      ...{ customer_id: '1001', first_name: 'Bob', last_name: 'Smith' },
      other_requests: {
        ...{ kind: 'table', more: '' },
        headings: ['Request', 'Opened', 'Subject', 'Status', 'Category', 'Assigned', 'Last note'],
      },
    });
    const table = JSON.stringify(customer?.['other_requests']);
    expect(table).toMatch(
      /12501.*Another <one>.*Escalated to Head Office.*Bugs.*Old Hand.*Called & solved.*12502.*Done/,
    );
    expect(table).not.toContain('12500"');
  });

  test('show requests by whatever of the customer is known', async () => {
    const gateway = await openGateway();
    const found = async (parameters: Readonly<Record<string, string>>) =>
      shown(await gateway.lookup({ lookup: 'requests', parameters })).map(({ xRequest }) => xRequest);
    expect(await found({ customer_id: '1001' })).toEqual(['12500', '12501', '12502']);
    expect(await found({ email: 'ute.gruenwald@example.ch' })).toHaveLength(4);
  });

  test('show the address book', async () => {
    const gateway = await openGateway();
    const outcome = await gateway.lookup({ lookup: 'colleagues', parameters: { first_name: 'CEO' } });
    expect(outcome.failure).toBeUndefined();
    const all = shown(await gateway.lookup({ lookup: 'colleagues', parameters: { email: 'john.doe@example.com' } }));
    expect(all).toMatchObject([{ customer_id: '2', first_name: 'John' }]);
  });

  test('say when HelpSpot is in maintenance, and show the customer all the same', async () => {
    const gateway = await openGateway();
    desk.mode = 'maintenance';
    const parameters = { email: 'bob.smith@example.com', request: '12500' };
    const outcome = await gateway.lookup({ lookup: 'default', parameters });
    expect(shown(outcome)).toMatchObject([{ customer_id: '1001' }]);
    expect(JSON.stringify(outcome.answer)).toContain('is in maintenance mode; try again later');
  });
});

describe('the AJAX fields', () => {
  test('offer the categories that are in use', async () => {
    const gateway = await openGateway();
    const asked = { Custom9: 'u', callingField: 'Custom9' };
    const { answer } = await gateway.ajax({ field: 'category', parameters: asked });
    const values = answer?.options.map(({ value }) => value);
    expect(values).toEqual(expect.arrayContaining(['Bugs', 'Account Inquiries']));
    expect(values).not.toContain('Fax');
    const all = await gateway.ajax({ field: 'category', parameters: {} });
    expect(all.answer?.options.map(({ value }) => value)).toContain('Development');
  });

  test('offer the requests of a filter', async () => {
    const gateway = await openGateway();
    const asked = { Custom9: 'stör', callingField: 'Custom9' };
    const { answer } = await gateway.ajax({ field: 'known-bug', parameters: asked });
    expect(answer?.options).toEqual([{ value: '12402', description: '12402 Störung (Active)' }]);
  });
});
