/** The queries that the gateway writes let the server use its indexes: its slow log has the plan of each. */

import { describe, expect, test } from 'vitest';
import type { MatchKind } from '../../../src/contract/index.ts';
import { reasonOf } from '../../support/packages.ts';
import { requireMariaDb } from '../../support/sql/mariadb.ts';
import { SEED_SIZE, seedCustomer } from '../../support/sql/seed.ts';
import { openWith, seedCustomers, serverForAll, settingsFor } from './source.ts';

const mariadb = await requireMariaDb();
const [, , , EMAIL, PHONE] = seedCustomer(1_234);

describe.skipIf(!mariadb.ok)(`mysql: indexes${reasonOf(mariadb)}`, () => {
  const server = serverForAll(async (one) => {
    await seedCustomers(one);
    await one.sql(`ALTER TABLE customers
        ADD digits VARCHAR(30) AS (REGEXP_REPLACE(phone, '[^0-9]+', '')) STORED, ADD KEY digits (digits);
      CREATE TABLE western (id BIGINT PRIMARY KEY, email VARCHAR(100) CHARACTER SET latin1, KEY email (email))
        SELECT id, email FROM customers;
      CREATE TABLE older (id BIGINT PRIMARY KEY, email VARCHAR(100) CHARACTER SET utf8mb3, KEY email (email))
        SELECT id, email FROM customers;
      CREATE TABLE unaccented (id BIGINT PRIMARY KEY, email VARCHAR(100) COLLATE utf8mb4_unicode_520_ci, KEY email (email))
        SELECT id, email FROM customers;
      INSERT INTO customers (id, lastname) VALUES (0, 'Zuse');
      ANALYZE TABLE customers, western, older, unaccented;
      SET GLOBAL long_query_time = 0, GLOBAL slow_query_log = ON, GLOBAL log_output = 'TABLE';`);
  });

  /** What the server has read for one search: rows of the table, and by which index. */
  async function workOf(table: string, field: string, match: MatchKind, value: string, more: object = {}) {
    const { find } = await openWith(settingsFor(server(), { table, ...more }));
    await server().sql('SET GLOBAL slow_query_log = OFF; TRUNCATE mysql.slow_log; SET GLOBAL slow_query_log = ON;');
    expect((await find({ [field]: value }, { match })).length).toBeGreaterThan(0);
    const [line = ''] =
      await server().sql(`SET GLOBAL slow_query_log = OFF; SELECT rows_examined, sql_text FROM mysql.slow_log
        WHERE user_host LIKE '${server().user}%' AND sql_text LIKE '%FROM \`${table}\`%';`);
    const [examined = '', text = ''] = line.split('\t');
    const [plan = ''] = await server().sql(`EXPLAIN ${text};`);
    return { examined: Number(examined), key: plan.split('\t')[5] };
  }

  test('without one, the whole table is read', async () => {
    expect(await workOf('customers', 'phone', 'exact', PHONE)).toMatchObject({
      examined: expect.closeTo(SEED_SIZE + 1, -1),
    });
  });

  test.each<[table: string, field: string, match: MatchKind, value: string, key: string]>([
    ['customers', 'id', 'exact', '1234', 'PRIMARY'],
    ['customers', 'email', 'exact', EMAIL, 'email'],
    ['customers', 'email', 'prefix', EMAIL.slice(0, 12), 'email'],
    ['customers', 'lastname', 'exact', 'zuse', 'lastname'],
    ['customers', 'lastname', 'prefix', 'zu', 'lastname'],
    ['customers', 'digits', 'exact', PHONE.replace(/\D/g, ''), 'digits'],
    ['western', 'id', 'exact', '1234', 'PRIMARY'],
    ['western', 'email', 'exact', EMAIL, 'email'],
    ['western', 'email', 'prefix', EMAIL.slice(0, 12), 'email'],
    ['older', 'email', 'exact', EMAIL, 'email'],
    ['older', 'email', 'prefix', EMAIL.slice(0, 12), 'email'],
    ['unaccented', 'email', 'exact', EMAIL, 'email'],
    ['unaccented', 'email', 'prefix', EMAIL.slice(0, 12), 'email'],
  ])('%s: %s, %s %s reads by the index', async (table, field, match, value, key) => {
    const work = await workOf(table, field, match, value);
    expect(work).toMatchObject({ key });
    expect(work.examined).toBeLessThan(100);
  });
});
