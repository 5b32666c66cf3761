import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import postgres from '../../../adapters/postgres/index.ts';
import { type Source, SourceError, type SourceRecord, UserError } from '../../../src/contract/index.ts';
import { recordedLog } from '../../support/log.ts';
import { reasonOf } from '../../support/packages.ts';
import { borrowPostgres, type PostgresServer, requirePostgres } from '../../support/sql/postgres.ts';

const available = await requirePostgres();
const signal = () => AbortSignal.timeout(20_000);

const TABLES = `
  CREATE TABLE kinds (
    id bigint PRIMARY KEY, small smallint, price numeric(30,10), ratio double precision, active boolean,
    born date, seen timestamptz, noted timestamp, code uuid, raw bytea, doc jsonb, tags text[], counts int[],
    grid int[][], plain char(8), mood varchar(20), nothing text, empty text);
  INSERT INTO kinds VALUES (
    9007199254740993, 7, 12345678901234567890.0123456789, 0.5, true, '1980-02-29', '2026-07-01 12:00:00.25+02',
    '2026-07-01 12:00:00', 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11', '\\x00ff', '{"a": [1, null]}', '{a,NULL,"b c"}', '{1,2}',
    '{{1,2},{3,4}}', 'pad', 'Grüße 🚀', NULL, '');
  INSERT INTO kinds (id, ratio, seen) VALUES (2, 'NaN', 'infinity');
  CREATE SCHEMA sales;
  CREATE TABLE sales."Order ""x""" ("Nr." int, "select" text);
  INSERT INTO sales."Order ""x""" VALUES (2, 'two'), (1, 'one');
  CREATE TABLE secret (id int);
  CREATE TABLE slow (seconds int);
  INSERT INTO slow VALUES (60);
  CREATE TABLE orders (owner bigint, number text, placed int);
  INSERT INTO orders VALUES (2, 'A-1', 1700000000), (2, 'A-2', 1700000001);
  CREATE FUNCTION scribble(word text) RETURNS text LANGUAGE sql VOLATILE SECURITY DEFINER
    AS 'INSERT INTO orders (number) VALUES (word) RETURNING number';
  GRANT USAGE ON SCHEMA sales TO helpspot_ro;
  GRANT SELECT ON kinds, orders, slow, sales."Order ""x""" TO helpspot_ro;`;

describe.skipIf(!available.ok)(`postgres, its own ways${reasonOf(available)}`, () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await borrowPostgres({});
    await server.sql(TABLES);
  });
  afterAll(() => server?.stop());

  async function open(settings: object): Promise<Source> {
    const all = postgres.settings.parse({ ...server.settings, ...settings });
    const source = await postgres.open(all, { name: 'crm', log: recordedLog(), resolve: (path) => path });
    onTestFinished(() => source.close?.());
    return source;
  }

  async function find(source: Source, asked: Record<string, string>): Promise<readonly SourceRecord[]> {
    const criteria = Object.entries(asked).map(([field, value]) => ({ field, match: 'exact', value }) as const);
    const context = { signal: signal(), reference: 'test' };
    return (await source.find?.({ criteria, limit: 10, parameters: {} }, context)) ?? [];
  }

  test('sorts texts without regard to case, lists too, and what is empty last; what has no order is refused by its name', async () => {
    await server.sql(`
      CREATE TABLE sorted (id int PRIMARY KEY, name text, tags text[], doc json, place point, page xml);
      INSERT INTO sorted (id, name, tags) VALUES (1, '  ', '{}'), (2, 'Zulu', '{b}'), (3, 'anna', '{a,c}'), (4, NULL, NULL), (5, 'Bert', '{a}');
      GRANT SELECT ON sorted TO helpspot_ro;`);
    const source = await open({ table: 'sorted', columns: { id: 'id', NAME: 'name', tags: 'tags', doc: 'doc' } });
    const ids = async (field: string, descending = false) => {
      const query = { criteria: [], order: [{ field, descending }], limit: 10, parameters: {} };
      const found = await source.find?.(query, { signal: signal(), reference: 'test' });
      return found?.map(({ id }) => id);
    };
    expect(await ids('name')).toEqual([3, 5, 2, 1, 4]);
    expect(await ids('NAME', true)).toEqual([2, 5, 3, 1, 4]);
    expect(await ids('tags')).toEqual([5, 3, 2, 1, 4]);
    expect(await ids('tags', true)).toEqual([2, 3, 5, 1, 4]);
    await expect(ids('doc')).rejects.toMatchObject({
      kind: 'rejected',
      message: 'the table sorted cannot be sorted by "doc": its type is json',
    });
    // The list of those without an order is that of the server.
    const all = await open({ table: 'sorted' });
    for (const field of ['doc', 'place', 'page']) {
      const query = { criteria: [], order: [{ field, descending: false }], limit: 10, parameters: {} };
      await expect(all.find?.(query, { signal: signal(), reference: 'test' })).rejects.toThrow(/cannot be sorted by/);
    }
    const refused =
      await server.sql(`SELECT t.oid FROM pg_type t WHERE t.oid IN (114,142,600,601,602,603,604,628,718,4072)
      AND EXISTS (SELECT 1 FROM pg_opclass c JOIN pg_am a ON a.oid = c.opcmethod
                  WHERE a.amname = 'btree' AND c.opcdefault AND c.opcintype = t.oid);`);
    expect(refused.filter((line) => line !== '')).toEqual([]);
  });

  async function problem(settings: object): Promise<string> {
    const source = await open(settings);
    const thrown: unknown = await source.check({ signal: signal(), reference: 'test' }).catch((error) => error);
    if (!(thrown instanceof SourceError)) throw new Error(`no SourceError: ${thrown}`);
    const text = `${thrown.kind}: ${thrown.message}; ${thrown.remedy}`;
    expect(text).not.toContain('reads only');
    return text;
  }

  test('every type arrives right', async () => {
    const [record] = await find(await open({ table: 'kinds' }), { id: '9007199254740993' });
    expect(record).toEqual({
      id: '9007199254740993',
      small: 7,
      price: '12345678901234567890.0123456789',
      ratio: 0.5,
      active: true,
      born: '1980-02-29',
      seen: new Date('2026-07-01T10:00:00.250Z'),
      noted: '2026-07-01 12:00:00',
      code: 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11',
      doc: '{"a": [1, null]}',
      tags: ['a', 'b c'],
      counts: ['1', '2'],
      grid: '{{1,2},{3,4}}',
      plain: 'pad',
      mood: 'Grüße 🚀',
    });
    expect(await find(await open({ table: 'kinds' }), { id: '2' })).toEqual([
      { id: '2', ratio: 'NaN', seen: 'infinity' },
    ]);
  });

  test('every type can be searched, and a value that does not fit it finds nobody', async () => {
    const source = await open({ table: 'kinds', columns: { id: 'id', code: 'code', born: 'born', small: 'small' } });
    const ids = async (asked: Record<string, string>) => (await find(source, asked)).map((record) => record['id']);
    expect(await ids({ code: 'A0EEBC99-9c0b-4ef8-bb6d-6bb9bd380a11' })).toEqual(['9007199254740993']);
    expect(await ids({ born: '1980-02-29' })).toEqual(['9007199254740993']);
    for (const asked of [{ small: '99999' }, { id: 'x' }, { code: 'x' }, { born: 'x' }, { id: '1.5' }]) {
      expect(await ids(asked)).toEqual([]);
    }
    const query = await open({ query: 'SELECT id FROM kinds WHERE id = :id AND born = :born' });
    expect(await find(query, { id: 'x', born: '1980-02-29' })).toEqual([]);
    expect(await find(query, { id: '9007199254740993', born: '1980-02-29' })).toHaveLength(1);
  });

  test('a table in a schema, with names that need quotes', async () => {
    const source = await open({ table: 'sales.Order "x"', columns: { 'a"b': 'Nr.', word: 'SELECT' } });
    expect(await find(source, { word: 'ONE' })).toEqual([{ 'a"b': 1, word: 'one' }]);
    expect(await problem({ table: 'sales.Order x' })).toContain(`did you mean "sales.Order "x""`);
  });

  test('a query for each match step; a step without one is the mistake of the administrator', async () => {
    const source = await open({
      queries: {
        id: 'SELECT id FROM kinds WHERE id = :id -- by number',
        'small,mood': 'SELECT small, mood FROM kinds WHERE small = :small AND mood = :mood',
      },
    });
    expect(await find(source, { id: '2' })).toEqual([{ id: '2' }]);
    expect(await find(source, { mood: 'Grüße 🚀', small: '7' })).toEqual([{ small: 7, mood: 'Grüße 🚀' }]);
    await expect(find(source, { mood: 'x' })).rejects.toBeInstanceOf(UserError);
    await source.check({ signal: signal(), reference: 'test' });
  });

  test('the order of a query is kept within its limit', async () => {
    const source = await open({ query: 'SELECT g AS n FROM generate_series(1, 1000) g ORDER BY g DESC' });
    const numbers = (await find(source, { n: '' })).map((record) => record['n']);
    expect(numbers).toEqual([1000, 999, 998, 997, 996, 995, 994, 993, 992, 991]);
  });

  test('details are read once for all records', async () => {
    const query =
      'SELECT /* ONCE-FOR-ALL */ owner AS id, number, placed FROM orders WHERE owner IN (:id) ORDER BY number';
    const source = await open({
      query: 'SELECT id FROM kinds ORDER BY id',
      add: { orders: { by: 'id', query } },
      dates: ['placed'],
    });
    let found: readonly SourceRecord[] = [];
    const ran = await server.ran('ONCE-FOR-ALL', async () => {
      found = await find(source, { id: 'any' });
    });
    expect(ran).toBe(1);
    expect(found).toEqual([
      { id: '2', number: ['A-1', 'A-2'], placed: [new Date(1_700_000_000_000), new Date(1_700_000_001_000)] },
      { id: '9007199254740993' },
    ]);
  });

  test('nothing is written, even by a function that may', async () => {
    const source = await open({ query: 'SELECT scribble(:word) AS word' });
    await expect(find(source, { word: 'x' })).rejects.toMatchObject({
      kind: 'rejected',
      message: expect.stringContaining('read-only'),
    });
    const cte = await open({ query: 'WITH gone AS (DELETE FROM orders RETURNING 1) SELECT count(*) FROM gone' });
    await expect(find(cte, { word: 'x' })).rejects.toBeInstanceOf(SourceError);
    expect(await server.sql('SELECT count(*) FROM orders')).toEqual(['2']);
  });

  test('two columns of one name are refused', async () => {
    const source = await open({ query: 'SELECT 1 AS id, 2 AS id' });
    await expect(find(source, { id: '1' })).rejects.toMatchObject({
      kind: 'rejected',
      remedy: expect.stringContaining('AS other_name'),
    });
  });

  test('says what is wrong with the login, the database, the permission and the address', async () => {
    expect(await problem({ table: 'kinds', password: 'wrong' })).toMatch(/^unauthorized: .*pg_hba/);
    expect(await problem({ table: 'kinds', database: 'nope' })).toMatch(/^rejected: .*"nope".*database/);
    expect(await problem({ table: 'secret' })).toMatch(/^unauthorized: .*secret.*GRANT/);
    expect(await problem({ table: 'kinds', port: 1 })).toMatch(/^unreachable: .*port/);
    expect(await problem({ table: 'kinds', host: 'nobody.invalid' })).toMatch(/^unreachable: .*host/);
  });

  test.each([
    [
      'a message without an end',
      'E\0\0\0\x08bad\0',
      {},
      'unreachable',
      /none of PostgreSQL's messages \(a text without/,
    ],
    ['a sign-in by GSSAPI', 'R\0\0\0\x08\0\0\0\x07', {}, 'unauthorized', /wants GSSAPI.*pg_hba\.conf/],
    ['another protocol', '\0\0\0\0\0', {}, 'unreachable', /received invalid response/],
    ['another protocol in the place of TLS', 'HTTP/1.1 400 No', { tls: {} }, 'unreachable', /does not speak TLS/],
  ] as const)('takes %s for a failure of the server, at once', async (_what, bytes, more, kind, words) => {
    const odd = createServer(
      (socket) => void socket.on('error', () => {}).once('data', () => socket.end(bytes, 'latin1')),
    );
    await once(odd.listen(0, '127.0.0.1'), 'listening');
    onTestFinished(() => void odd.close());
    const source = await open({ port: Object(odd.address()).port, table: 'kinds', ...more });
    const failure = await find(source, { id: '1' }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ kind });
    const { message, remedy } = Object(failure);
    expect(`${message}; ${remedy}`).toMatch(words);
  });

  test('a server that accepts a connection and says nothing is given up at the deadline', async () => {
    const silent = createServer(() => {});
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void silent.close());
    const address = silent.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const source = await open({ table: 'kinds', port, connectTimeout: '1s' });
    const early = source.check({ signal: AbortSignal.timeout(100), reference: 'test' });
    await expect(early).rejects.toMatchObject({ kind: 'timeout', message: expect.stringContaining('accepted no') });
    await expect(source.check({ signal: signal(), reference: 'test' })).rejects.toMatchObject({ kind: 'unreachable' });
  });

  test('a search whose connection is ended by the server is repeated on another one', async () => {
    const source = await open({ query: "SELECT 'REPEATED' AS word, pg_sleep(sum(seconds))::text FROM slow" });
    const found = find(source, { any: 'x' });
    const ended = `SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                   WHERE state = 'active' AND query LIKE '%REPEATED%' AND pid <> pg_backend_pid();`;
    const until = Date.now() + 15_000;
    const sleeping = `SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND query LIKE '%REPEATED%'`;
    while ((await server.sql(sleeping)).length === 0 && Date.now() < until) await sleep(20);
    // The second time it is quick.
    await server.sql('UPDATE slow SET seconds = 0');
    expect(await server.sql(ended)).toEqual(['1']);
    expect(await found).toEqual([{ word: 'REPEATED' }]);
  });

  test('TLS: the authority is checked unless told not to', async () => {
    const tls = { ca: server.caFile };
    const secure = await open({ tls, query: 'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()' });
    expect(await find(secure, { any: 'x' })).toEqual([{ ssl: true }]);
    await (await open({ tls: { verify: false }, table: 'kinds' })).check({ signal: signal(), reference: 'test' });
    expect(await problem({ tls: {}, table: 'kinds' })).toMatch(/^unreachable: .*tls\.ca/);
    await expect(open({ tls: { ca: '/nowhere.pem' }, table: 'kinds' })).rejects.toThrow(/tls\.ca.*ENOENT/);
  });

  test('settings that cannot work are refused before anything is opened', () => {
    const mistakes = (settings: object) => {
      const parsed = postgres.settings.safeParse({ host: 'h', user: 'u', database: 'd', ...settings });
      return parsed.success ? [] : parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    };
    expect(mistakes({})).toEqual([': needs one of table, query and queries']);
    expect(mistakes({ table: 't', query: 'SELECT 1' })[0]).toContain('write only one of');
    expect(mistakes({ query: 'DELETE FROM t' })[0]).toMatch(/^query: .*must be a SELECT/);
    expect(mistakes({ query: 'SELECT 1', columns: { a: 'b' } })[0]).toMatch(/^columns: goes with table only/);
    const add = { orders: { by: 'id', query: 'SELECT 1' } };
    expect(mistakes({ table: 't', add })[0]).toMatch(/^add\.orders\.query: does not use :id/);
  });
});
