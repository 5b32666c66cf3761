import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import postgres from '../../../adapters/postgres/index.ts';
import { listAll } from '../../support/open-source.ts';
import { reasonOf } from '../../support/packages.ts';
import { borrowPostgres, type PostgresServer, requirePostgres } from '../../support/sql/postgres.ts';

const available = await requirePostgres();
const SIZE = 1_203;

/** Keys, and what the row with the number `n` has. */
const KEYS: Readonly<Record<string, string>> = {
  integer: 'n - 600',
  bigint: '9007199254740990 + n',
  numeric: 'n * 0.0001::numeric + 12345678901234567890',
  uuid: 'md5(n::text)::uuid',
  text: "chr(64 + n % 60) || ' ä''' || n",
  'char(12)': "'K' || n",
  timestamptz: "'2026-10-25 00:00:00Z'::timestamptz + n * interval '7.000001 seconds'",
  timestamp: "'2026-10-25 00:00:00'::timestamp + n * interval '7.000001 seconds'",
  date: "'2026-01-01'::date + n::int",
  bytea: "decode(lpad(to_hex(n * 7), 8, '0'), 'hex')",
  'level, integer': "(ARRAY['small', 'large', 'medium'])[1 + n % 3]::level, n",
};

describe.skipIf(!available.ok)(`postgres keys${reasonOf(available)}`, { timeout: 60_000 }, () => {
  let server: PostgresServer | undefined;
  const one = () => server ?? expect.unreachable('the server did not start');
  beforeAll(async () => {
    server = await borrowPostgres({});
    await server.sql(`CREATE TYPE level AS ENUM ('small', 'medium', 'large');
      ALTER DATABASE ${String(server.settings['database'])} SET timezone TO 'Europe/Zurich';`);
  });
  afterAll(() => server?.stop());

  it.each(Object.entries(KEYS))('lists by a key of %s', async (type, value) => {
    const types = type.split(', ');
    const columns = types.map((name, at) => `k${at} ${name}`);
    // The key has its columns the other way round.
    const key = types.map((_, at) => `k${at}`).toReversed();
    await one().sql(`DROP TABLE IF EXISTS keyed;
      CREATE TABLE keyed (${columns.join(', ')}, name text, PRIMARY KEY (${key.join(', ')}));
      INSERT INTO keyed SELECT ${value}, 'N' || n FROM generate_series(1, ${SIZE}) AS n;
      GRANT SELECT ON keyed TO helpspot_ro;`);
    const records = await listAll(postgres, { ...one().settings, table: 'keyed' });
    expect(new Set(records.map(({ record }) => record['name'])).size).toBe(SIZE);
  });

  it('lists a view by the key that the settings name, and without one says what to write', async () => {
    await one().sql(`DROP VIEW IF EXISTS seen; CREATE VIEW seen AS SELECT n AS number, n % 7 AS "group", NULLIF(n, 3) AS hole
        FROM generate_series(1, ${SIZE}) AS n; GRANT SELECT ON seen TO helpspot_ro;`);
    const settings = { ...one().settings, table: 'seen' };
    expect(await listAll(postgres, { ...settings, key: 'NUMBER' })).toHaveLength(SIZE);
    await expect(listAll(postgres, settings)).rejects.toThrow('write "key:" beside "table:"');
    await expect(listAll(postgres, { ...settings, key: 'group' })).rejects.toThrow(
      'several rows with the same value in "group"',
    );
    await expect(listAll(postgres, { ...settings, key: 'hole' })).rejects.toThrow('rows without a value in "hole"');
    await expect(listAll(postgres, { ...settings, key: 'nummer' })).rejects.toMatchObject({
      remedy: expect.stringContaining('did you mean "number"?'),
    });
  });

  it('gives what the queries under add give, however many rows', async () => {
    await one().sql(`DROP TABLE IF EXISTS owned, owner;
      CREATE TABLE owner (id integer PRIMARY KEY, name text); INSERT INTO owner SELECT n, 'N' || n FROM generate_series(1, 120) AS n;
      CREATE TABLE owned (owner integer, contract text);
      INSERT INTO owned SELECT n % 120 + 1, 'C' || n FROM generate_series(0, 2999) AS n;
      GRANT SELECT ON owner, owned TO helpspot_ro;`);
    const add = (query: string) => ({ ...one().settings, table: 'owner', add: { owned: { by: 'id', query } } });
    const query = 'SELECT owner AS id, contract FROM owned WHERE owner = ANY(:id::int[])';
    const records = await listAll(postgres, add(query));
    expect(records.map(({ record }) => Object(record['contract']).length)).toEqual(Array(120).fill(25));
    const names = await listAll(postgres, add(query), { fields: ['contract'] });
    expect(names[0]?.record).toMatchObject({ contract: records[0]?.record['contract'] });
    await expect(listAll(postgres, add(`${query} AND contract <> :email`))).rejects.toThrow('asks for :email');
    await expect(listAll(postgres, add(query.replace('owned ', 'nothing ')))).rejects.toThrow(
      'the query "owned" under "add"',
    );
  });

  it('says of a query what to write', async () => {
    const query = 'SELECT * FROM owner WHERE name = :email';
    await expect(listAll(postgres, { ...one().settings, query })).rejects.toThrow(
      'write "table:" with a table, or a view',
    );
  });

  it('says which columns cannot tell what has changed', async () => {
    await one().sql(`DROP TABLE IF EXISTS aged; CREATE TABLE aged (id integer PRIMARY KEY, word text, place point, at timestamptz);
      INSERT INTO aged VALUES (1, 'yesterday', '(1,2)', now()), (2, 'x', '(1,2)', NULL); GRANT SELECT ON aged TO helpspot_ro;`);
    const settings = { ...one().settings, table: 'aged' };
    await expect(listAll(postgres, settings, { updated: 'word' })).rejects.toThrow('"word" of aged cannot tell');
    await expect(listAll(postgres, settings, { updated: 'place' })).rejects.toThrow('its type is point');
    await expect(listAll(postgres, settings, { updated: 'att' })).rejects.toThrow('no column "att"');
    expect(await listAll(postgres, settings, { updated: 'at' })).toHaveLength(2);
  });
});
