import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import postgres from '../../../adapters/postgres/index.ts';
import { textOf } from '../../../src/contract/index.ts';
import { openWith } from '../../support/open-source.ts';
import { reasonOf } from '../../support/packages.ts';
import { expectLaw, LAW_FIELDS, lawRow } from '../../support/sql/law.ts';
import { borrowPostgres, type PostgresServer, requirePostgres } from '../../support/sql/postgres.ts';
import { CROWD, expectAllTwins, expectIndexedTwins, TWIN_FIELDS, TWIN_ROWS } from '../../support/sql/twins.ts';

const available = await requirePostgres();
const ROWS = fc.sample(lawRow, { numRuns: 60, seed: 13 });

describe.skipIf(!available.ok)(`postgres: what is shown can be searched for${reasonOf(available)}`, () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await borrowPostgres({});
    const rows = ROWS.map(
      (row, index) => `(${index + 1}, ${row.map((cell) => `'${cell.replaceAll("'", "''")}'`).join(', ')})`,
    );
    await server.sql(`
      CREATE TABLE things (id integer PRIMARY KEY, ${LAW_FIELDS.join(' text, ')} text);
      INSERT INTO things VALUES ${rows.join(', ')};
      CREATE TABLE typed (id integer PRIMARY KEY, price numeric(30,10), single real, many double precision, active boolean,
        flag smallint, born date, seen timestamptz, noted timestamp, tags text[], counts int[]);
      INSERT INTO typed VALUES
        (1, 12345678901234567890.0123456789, 0.1, 1e21, true, 1, '2026-12-31', '2026-07-01 12:00:00.25+02', '2026-07-01 12:00:00', '{a,"b c"}', '{1,2}'),
        (2, 12.5, 33.3333, 'NaN', false, 0, '1980-02-29', 'infinity', '2026-03-29 02:30:00', '{" c "}', '{3}');
      CREATE TABLE twins (id integer PRIMARY KEY, ${TWIN_FIELDS.join(' text, ')} text);
      INSERT INTO twins VALUES ${TWIN_ROWS.map((row, index) => `(${index + 1}, ${row.map((cell) => `'${cell.replaceAll("'", "''")}'`).join(', ')})`).join(', ')};
      CREATE TABLE crowd AS SELECT * FROM twins;
      INSERT INTO crowd SELECT 100 + n, 'Person' || n, 'p' || n || '@example.com', NULL, NULL FROM generate_series(1, ${CROWD}) AS n;
      CREATE TABLE orders (owner integer, number text);
      INSERT INTO orders VALUES (1, 'A-1'), (1, 'A-2'), (2, 'B-1');
      GRANT SELECT ON ALL TABLES IN SCHEMA public TO helpspot_ro;`);
  });
  afterAll(() => server?.stop());

  const open = (settings: object) => openWith(postgres, { ...server.settings, ...settings });
  const context = () => ({ signal: AbortSignal.timeout(20_000), reference: 'test' });

  test('of any texts', async () => {
    await expectLaw(await open({ table: 'things' }));
  }, 60_000);

  test('all who mean the same are found in a small table, and by their spellings in a large one', async () => {
    await expectAllTwins(await open({ table: 'twins' }));
    await expectIndexedTwins(await open({ table: 'crowd' }));
  });

  test('of any type', async () => {
    const fields = ['price', 'single', 'many', 'active', 'flag', 'born', 'seen', 'noted', 'tags', 'counts'];
    await expectLaw(await open({ table: 'typed' }), fields);
  });

  test('as people write it', async () => {
    const source = await open({ table: 'typed' });
    const ids = async (field: string, value: string) => {
      const found = await source.find(
        { criteria: [{ field, match: 'exact', value }], limit: 9, parameters: {} },
        context(),
      );
      return found.map(({ id }) => id);
    };
    for (const field of ['active', 'flag']) {
      for (const value of ['true', 'yes', '1']) expect(await ids(field, value)).toEqual([1]);
      for (const value of ['false', 'no', '0']) expect(await ids(field, value)).toEqual([2]);
    }
    expect(await ids('price', '12.50')).toEqual([2]);
    expect(await ids('seen', '2026-07-01')).toEqual([1]);
    expect(await ids('seen', '1782900000')).toEqual([1]);
    expect(await ids('born', '1798675200')).toEqual([1]);
    expect(await ids('tags', 'B C')).toEqual([1]);
  });

  test.each(['owner IN (:id)', 'owner = ANY(:id)', 'owner = ANY ( :id::int[] )'])(
    'additions for several: %s',
    async (where) => {
      const add = {
        orders: { by: 'id', query: `SELECT owner AS id, number FROM orders WHERE ${where} ORDER BY number` },
      };
      const source = await open({ table: 'typed', columns: { id: 'id' }, add });
      await source.check(context());
      const found = await source.find({ criteria: [], limit: 9, parameters: {} }, context());
      expect(found.map(({ id, number }) => [id, textOf(number)])).toEqual([
        [1, 'A-1, A-2'],
        [2, 'B-1'],
      ]);
    },
  );

  test('an addition that takes one value only, or another type, is told by the check', async () => {
    const problem = async (columns: object, where: string, by: string) => {
      const add = { orders: { by, query: `SELECT owner AS ${by}, number FROM orders WHERE ${where}` } };
      const source = await open({ table: 'things', columns, add });
      return await source.check(context()).then(
        () => 'ok',
        (error: Error) => error.message,
      );
    };
    expect(await problem({ id: 'id' }, 'owner = :id', 'id')).toMatch(/"orders" under "add" of customers/);
    expect(await problem({ code: 'note' }, 'owner IN (:code)', 'code')).toMatch(/"orders" under "add" of customers/);
    expect(await problem({ code: 'note' }, 'owner::text IN (:code)', 'code')).toBe('ok');
  });
});
