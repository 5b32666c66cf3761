import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import Database from 'libsql';
import { describe, expect, it, onTestFinished } from 'vitest';
import { adapters } from '../../../adapters/index.ts';
import { keyOf } from '../../../adapters/sqlite/conditions.ts';
import { loadConfiguration } from '../../../src/config/load.ts';
import { createGateway } from '../../../src/gateway/gateway.ts';
import { recordedLog } from '../../support/log.ts';
import { temporaryFolder } from '../../support/temp.ts';

const root = resolve(import.meta.dirname, '../../..');

async function gatewayOf(file: string) {
  const gateway = createGateway(await loadConfiguration(join(root, file), adapters, {}), { log: recordedLog() });
  onTestFinished(() => gateway.close());
  return gateway;
}

async function lookUp(file: string, lookup: string, parameters: Record<string, string>) {
  const { answer, failure } = await (await gatewayOf(file)).lookup({ lookup, parameters });
  expect(failure).toBeUndefined();
  return (answer?.customers ?? []).map((customer) =>
    Object.fromEntries(
      customer.map(({ name, content }) => [name, content.kind === 'text' ? content.text : content.kind]),
    ),
  );
}

describe('the samples', () => {
  it('are what the script makes, to the byte', async () => {
    const folder = await temporaryFolder();
    execFileSync(process.execPath, [join(root, 'scripts/make-samples.js'), folder]);
    for (const name of ['customers.csv', 'contracts.csv', 'assets.db']) {
      const made = await readFile(join(folder, name));
      expect(made.equals(await readFile(join(root, 'samples', name))), name).toBe(true);
    }
  });

  it('have an index that searches of the view use, as the manual promises', () => {
    const database = new Database(`file:${join(root, 'samples/assets.db')}?mode=ro`);
    onTestFinished(() => void database.close());
    const key = keyOf({ sql: '"asset_tag"', isRowid: false, isDate: false, affinity: 'text' as const }, 'text');
    const plan = database.prepare(`EXPLAIN QUERY PLAN SELECT * FROM asset_overview WHERE ${key} = 'x'`).all();
    expect(JSON.stringify(plan)).toContain('USING INDEX assets_by_tag');
  });

  it.each([
    ['default', { email: 'ZOE.MUELLER@gruenwald.example' }, ['1003']],
    ['default', { phone: '845.555.0142' }, ['1001']],
    ['default', { first_name: 'bob', last_name: 'smith' }, ['1001', '1002']],
    ['default', { first_name: 'lukasz', last_name: 'zolkiewski' }, ['1004']],
    ['default', { last_name: "D'Angelo", first_name: 'Maria' }, ['1008']],
    ['default', { customer_id: '1010', email: '' }, ['1010']],
    ['default', { email: 'nobody@example.com' }, []],
    ['assets', { customer_id: '1002' }, ['1002', '1002', '1002']],
    ['assets', { Custom7: 'AT-20001' }, ['1001']],
  ])('answer the calls of samples/calls.md: %s %j', async (lookup, parameters, ids) => {
    const found = await lookUp('config/gateway.yaml', lookup, parameters);
    expect(found.map((customer) => customer.customer_id)).toEqual(ids);
  });

  it('show in the default lookup what each kind of field is for', async () => {
    const parameters = { customer_id: '1003', acting_person_fusertype: '1' };
    const [admin] = await lookUp('config/gateway.yaml', 'default', parameters);
    expect(admin).toMatchObject({
      organization: 'Grünwald Verlag GmbH',
      Custom5: 'Haus 2',
      location: 'Berlin, Haus 2',
      contracts: 'table',
      crm: 'link',
      price_band: 'D',
    });
    const [guest] = await lookUp('config/gateway.yaml', 'default', { ...parameters, acting_person_fusertype: '4' });
    expect(guest).not.toHaveProperty('price_band');
    // Somebody without a contract and without mail has no such elements.
    const [greta] = await lookUp('config/gateway.yaml', 'default', { customer_id: '1009' });
    expect(greta).toMatchObject({ first_name: 'Greta', note: 'Has no mail: call her' });
    expect(greta).not.toHaveProperty('email');
    expect(greta).toHaveProperty('contracts', 'no contract');
  });

  it('show a table of contracts, and in red those that have expired', async () => {
    const { answer } = await (await gatewayOf('config/gateway.yaml')).lookup({
      lookup: 'default',
      parameters: { customer_id: '1001' },
    });
    const contracts = answer?.customers[0]?.find(({ name }) => name === 'contracts')?.content;
    const red = (text: string) => ({ kind: 'marked', as: 'danger', content: { kind: 'text', text } });
    const text = (shown: string) => ({ kind: 'text', text: shown });
    expect(contracts).toMatchObject({ kind: 'table', headings: ['Number', 'For', 'Until'], more: '' });
    // Between the first and the last stands one that expires while the gateway is maintained.
    const rows = contracts?.kind === 'table' ? contracts.rows : [];
    expect(rows).toHaveLength(3);
    expect(rows[0]).toEqual([text('SC-2021-1001'), text('Hosting'), text('2036-02-28')]);
    expect(rows[2]).toEqual([text('SC-2020-1001'), text('Training'), red('2021-08-31')]);
  });
});

describe('the configurations that come with the gateway', () => {
  it.each(['config/gateway.yaml', 'config/examples/csv.yaml', 'config/examples/sqlite.yaml'])(
    '%s loads, and all its sources are well',
    async (file) => {
      const rows = await (await gatewayOf(file)).check();
      expect(rows.length).toBeGreaterThan(0);
      expect(rows.filter((row) => !row.ok)).toEqual([]);
    },
  );

  it.each([
    ['default', { Custom7: 'at-20001' }, { asset_tag: 'AT-20001', bought: '2022-07-04' }],
    ['contracts', { customer_id: '1002' }, { level: 'Silver', ends: '2027-10-18' }],
    ['contracts', { customer_id: '1002', Custom6: 'silver' }, { level: 'Silver' }],
    ['overview', { customer_id: '1002' }, { asset_tag: 'AT-20002', contract_no: 'SC-2024-1002' }],
    ['overview', { Custom8: ' r744333717' }, { asset_tag: 'AT-20001' }],
    ['overview', { Custom5: '8th floor', Custom9: 'desktop' }, { asset_tag: 'AT-20003' }],
  ])('the SQLite example finds in its lookup %s by %j', async (lookup, parameters, expected) => {
    const [first] = await lookUp('config/examples/sqlite.yaml', lookup, parameters);
    expect(first).toMatchObject(expected);
  });

  it('the SQLite example finds no contract of another level', async () => {
    const parameters = { customer_id: '1002', Custom6: 'Gold' };
    expect(await lookUp('config/examples/sqlite.yaml', 'contracts', parameters)).toEqual([]);
  });

  it('the CSV example finds by name', async () => {
    const found = await lookUp('config/examples/csv.yaml', 'default', { last_name: 'zolk' });
    expect(found).toMatchObject([{ organization: 'Żółkiewski Translations' }]);
  });
});
