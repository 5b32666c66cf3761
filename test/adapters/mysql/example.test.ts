/** The example in config/examples works against a database as it describes. */
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import mysql from '../../../adapters/mysql/index.ts';
import { loadConfiguration } from '../../../src/config/load.ts';
import { createGateway } from '../../../src/gateway/gateway.ts';
import { recordedLog } from '../../support/log.ts';
import { reasonOf } from '../../support/packages.ts';
import { requireMariaDb } from '../../support/sql/mariadb.ts';
import { temporaryFolder } from '../../support/temp.ts';
import { openWith, seedCustomers, serverForAll, settingsFor } from './source.ts';

const FILE = 'config/examples/mysql.yaml';
const DOCUMENT = readFileSync('docs/adapters/mysql.md', 'utf8');
const mariadb = await requireMariaDb();

test('mysql: the example is a configuration without a mistake', async () => {
  const plan = await loadConfiguration(
    FILE,
    { mysql: async () => mysql },
    { CRM_PASSWORD: 'secret', CRM_PUSH_PASSWORD: 'secret' },
  );
  expect([...plan.lookups.keys()]).toEqual(['default', 'regions', 'procedure']);
});

test('mysql: the page names every setting', () => {
  for (const name of Object.keys(mysql.settings.shape)) expect(DOCUMENT, name).toContain(`\`${name}\``);
});

describe.skipIf(!mariadb.ok)(`mysql: the example${reasonOf(mariadb)}`, () => {
  const server = serverForAll(async (one) => {
    await seedCustomers(one);
    await one.sql(`ALTER TABLE customers ADD region VARCHAR(20) DEFAULT 'north';
      CREATE TABLE orders (number INT PRIMARY KEY, customer_id INT, placed DATETIME, closed DATETIME);
      INSERT INTO orders VALUES (1, 5, '2026-01-01', NULL), (2, 5, '2026-02-01', NULL), (3, 5, '2026-03-01', NOW());
      CREATE PROCEDURE find_customer(IN p_email TEXT, IN p_last_name TEXT) SQL SECURITY INVOKER
      BEGIN
        SELECT id AS customer_id, email FROM customers WHERE email = p_email;
      END;`);
  });
  const open = async (source: string) => {
    const { adapter: _adapter, ...settings } = parse(readFileSync(FILE, 'utf8')).sources[source];
    const opened = await openWith({ ...settings, ...settingsFor(server()), tls: { ca: server().caFile } });
    await opened.source.check({ signal: AbortSignal.timeout(20_000), reference: 'test' });
    return opened;
  };

  test('by table', async () => {
    const [found, ...others] = await (await open('crm')).find({ email: 'customer5@example.com' });
    expect(found).toMatchObject({ customer_id: 5 });
    expect(others).toEqual([]);
  });

  test('with a table of the orders', async () => {
    const example = parse(readFileSync(FILE, 'utf8'));
    const access = { ...settingsFor(server()), tls: { ca: server().caFile } };
    for (const name of ['crm', 'orders']) Object.assign(example.sources[name], access);
    const file = join(await temporaryFolder(), 'gateway.yaml');
    await writeFile(file, JSON.stringify(example));
    const environment = { CRM_PASSWORD: 'secret', CRM_PUSH_PASSWORD: 'secret' };
    const plan = await loadConfiguration(file, { mysql: async () => mysql }, environment);
    const gateway = createGateway({ ...plan, push: new Map() }, { log: recordedLog() });
    onTestFinished(() => gateway.close());
    const parameters = { email: 'customer5@example.com' };
    const { answer } = await gateway.lookup({ lookup: 'default', parameters });
    const orders = answer?.customers[0]?.find(({ name }) => name === 'orders')?.content;
    const text = (shown: string) => ({ kind: 'text', text: shown });
    expect(orders).toMatchObject({ kind: 'table', headings: ['Number', 'Placed', 'Closed'] });
    expect(orders?.kind === 'table' && orders.rows.map(([number, placed]) => [number, placed])).toEqual([
      [text('3'), text('2026-03-01')],
      [text('2'), text('2026-02-01')],
      [text('1'), text('2026-01-01')],
    ]);
    expect(orders?.kind === 'table' && orders.rows.map((row) => row[2]).slice(1)).toEqual([text('open'), text('open')]);
  });

  test('by query, with and without the custom field', async () => {
    const { find } = await open('regions');
    const email = 'customer5@example.com';
    expect(await find({ email })).toHaveLength(1);
    expect(await find({ email }, { parameters: { Custom5: 'north' } })).toHaveLength(1);
    expect(await find({ email }, { parameters: { Custom5: 'south' } })).toEqual([]);
  });

  test('by procedure', async () => {
    const { find } = await open('procedure');
    expect(await find({ email: 'customer5@example.com' })).toEqual([
      { customer_id: 5, email: 'customer5@example.com' },
    ]);
    expect(await find({ last_name: "' OR 1=1 -- " })).toEqual([]);
  });
});
