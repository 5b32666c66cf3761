/** The indexes that docs/adapters/postgres.md advises serve the queries that the gateway writes: the plans of the server say so. */

import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import postgres from '../../../adapters/postgres/index.ts';
import type { MatchKind } from '../../../src/contract/index.ts';
import { recordedLog } from '../../support/log.ts';
import { reasonOf } from '../../support/packages.ts';
import { borrowPostgres, type PostgresServer, requirePostgres } from '../../support/sql/postgres.ts';
import { seedCustomer, seedFile } from '../../support/sql/seed.ts';

const available = await requirePostgres();
const [, , , EMAIL, PHONE] = seedCustomer(1_234);

describe.skipIf(!available.ok)(`postgres: indexes${reasonOf(available)}`, () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await borrowPostgres({});
    await server.sql(`
      CREATE TABLE customers (id integer PRIMARY KEY, firstname text, lastname varchar(50), email text, phone text);
      COPY customers FROM '${await seedFile()}';
      INSERT INTO customers VALUES (0, 'Ada', 'Zuse', 'ada@example.com', NULL);
      ANALYZE customers;
      GRANT SELECT ON customers TO helpspot_ro;
      -- The plan of every statement of the gateway, as it was executed, goes to the log of the server.
      ALTER ROLE helpspot_ro SET session_preload_libraries = 'auto_explain';
      ALTER ROLE helpspot_ro SET auto_explain.log_min_duration = 0;`);
  });
  afterAll(() => server?.stop());

  /** How the server searched; `index` is there for this search only. */
  async function planOf(index: string, field: string, match: MatchKind, value: string): Promise<string> {
    await server.sql(`${index}; ANALYZE customers;`);
    const settings = { ...server.settings, table: 'customers' };
    const services = { name: 'crm', log: recordedLog(), resolve: (path: string) => path };
    const source = await postgres.open(postgres.settings.parse(settings), services);
    onTestFinished(() => source.close?.());
    const context = { signal: AbortSignal.timeout(20_000), reference: 'test' };
    const found = await source.find?.({ criteria: [{ field, match, value }], limit: 50, parameters: {} }, context);
    expect(found?.length).toBeGreaterThan(0);
    await server.sql('DROP INDEX IF EXISTS advised;');
    const plans = (await server.written()).split(' plan:\n').map((one) => one.split(/\n(?!\t)/)[0] ?? '');
    // How large the table is, is asked behind the search.
    const plan = plans.findLast((one) => !one.includes('gateway_rows')) ?? '';
    expect(plan).toContain('FROM "customers"');
    return plan;
  }

  const scanOf = (index: string) =>
    new RegExp(`(?:Index Scan using|Index Only Scan using|Bitmap Index Scan on) ${index}\\b`);

  test('without one, the whole table is read', async () => {
    expect(await planOf('SELECT 1', 'email', 'exact', EMAIL)).not.toContain('Index Cond');
  });

  test('a primary key that is a whole number needs none', async () => {
    const plan = await planOf('SELECT 1', 'id', 'exact', '1234');
    expect(plan).toMatch(scanOf('customers_pkey'));
    expect(plan).toContain("Index Cond: (id = '1234'::bigint)");
  });

  const advised = (expression: string) => `CREATE INDEX advised ON customers (${expression})`;
  const DIGITS = "regexp_replace(phone, '[^0-9]+', '', 'g')";
  test.each<[field: string, match: MatchKind, value: string, index: string]>([
    ['email', 'exact', EMAIL, advised('lower(email)')],
    ['email', 'exact', EMAIL, advised('lower(email) text_pattern_ops')],
    ['email', 'prefix', EMAIL.slice(0, 12), advised('lower(email) text_pattern_ops')],
    ['lastname', 'exact', 'zuse', advised('lower(lastname) text_pattern_ops')],
    ['lastname', 'prefix', 'ZU', advised('lower(lastname) text_pattern_ops')],
    ['phone', 'exact', PHONE, advised(`${DIGITS} text_pattern_ops`)],
    ['phone', 'prefix', PHONE, advised(`${DIGITS} text_pattern_ops`)],
    [
      'email',
      'contains',
      'mer1234@',
      `CREATE EXTENSION IF NOT EXISTS pg_trgm; CREATE INDEX advised ON customers USING gin (lower(email) gin_trgm_ops)`,
    ],
  ])('%s, %s %s: %s', async (field, match, value, index) => {
    const plan = await planOf(index, field, match, value);
    expect(plan).toMatch(scanOf('advised'));
    expect(plan).toContain('Index Cond: ');
  });

  test('an index without text_pattern_ops does not serve a prefix where the database has a language', async () => {
    const plan = await planOf(advised('lower(email)'), 'email', 'prefix', EMAIL.slice(0, 12));
    expect(plan).not.toMatch(scanOf('advised'));
  });
});
