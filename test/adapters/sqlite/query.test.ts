import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import sqlite from '../../../adapters/sqlite/index.ts';
import { openReadOnly } from '../../../adapters/sqlite/libsql.ts';
import { UserError } from '../../../src/contract/index.ts';
import { ask, context } from '../../support/open-source.ts';
import { databaseWith, openSource } from './files.ts';

const CUSTOMERS = `
  CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT, email TEXT, region TEXT);
  INSERT INTO customers VALUES (1, 'Ann', 'ann@example.com', 'north'), (2, 'Bob', 'bob@example.com', 'south'),
    (3, 'Bob', 'bob@example.com', 'north');`;

describe('finding with a query', () => {
  it('binds what HelpSpot sent, and empty text for what it did not send', async () => {
    const source = await openSource({
      file: await databaseWith(CUSTOMERS),
      query:
        "SELECT id, name AS first_name FROM customers WHERE email = :email AND (:Custom5 = '' OR region = :Custom5)",
    });
    const found = async (parameters: Record<string, string>) =>
      (await source.find(ask({ email: 'bob@example.com' }, { parameters }), context())).map((record) => record.id);
    expect(await found({ email: 'bob@example.com' })).toEqual([2, 3]);
    expect(await found({ email: 'bob@example.com', Custom5: 'north' })).toEqual([3]);
    expect(await found({ email: 'bob@example.com', Custom5: "north' OR '1'='1" })).toEqual([]);
  });

  it('prefers the value of the criterion to the parameter of that name', async () => {
    const source = await openSource({
      file: await databaseWith(CUSTOMERS),
      query: 'SELECT id FROM customers WHERE id = :customer_id',
    });
    const query = ask({ customer_id: '2' }, { parameters: { customer_id: '1' } });
    expect(await source.find(query, context())).toEqual([{ id: 2 }]);
  });

  it('lists with the one query, and says that queries for match steps cannot list', async () => {
    const file = await databaseWith(CUSTOMERS);
    const one = await openSource({ file, query: "SELECT id FROM customers WHERE :email IN ('', email) ORDER BY id" });
    expect(await one.find(ask({}, { limit: 2 }), context())).toEqual([{ id: 1 }, { id: 2 }]);
    const several = await openSource({ file, queries: { email: 'SELECT id FROM customers WHERE email = :email' } });
    const listing = several.find(ask({}), context());
    await expect(listing).rejects.toBeInstanceOf(UserError);
    await expect(listing).rejects.toThrow('cannot list its records; write one "query:"');
  });

  it('does not take names of JavaScript for parameters', async () => {
    const source = await openSource({
      file: await databaseWith(''),
      query: 'SELECT :constructor AS a, :toString AS b, 1 AS c',
    });
    expect(await source.find(ask({ email: 'x' }), context())).toEqual([{ c: 1 }]);
  });

  it('keeps the order of the query and the limit', async () => {
    const source = await openSource({
      file: await databaseWith(CUSTOMERS),
      query: 'SELECT id FROM customers ORDER BY id DESC; -- newest first',
    });
    expect(await source.find(ask({ email: 'x' }, { limit: 2 }), context())).toEqual([{ id: 3 }, { id: 2 }]);
  });

  it('takes WITH, parameters in any number, and names that are ours inside', async () => {
    const source = await openSource({
      file: await databaseWith(CUSTOMERS),
      query:
        'WITH gateway_rows AS (SELECT id, :p0 || :gateway_limit || :p0 AS c0 FROM customers) SELECT * FROM gateway_rows',
    });
    const query = ask({ email: 'x' }, { limit: 1, parameters: { p0: 'a', gateway_limit: 'b' } });
    expect(await source.find(query, context())).toEqual([{ id: 1, c0: 'aba' }]);
  });

  it('chooses the query of the match step, whatever the order of its fields', async () => {
    const source = await openSource({
      file: await databaseWith(CUSTOMERS),
      queries: {
        email: "SELECT 'by email' AS how",
        'region, name': "SELECT 'by name and region' AS how, id FROM customers WHERE name = :name AND region = :region",
      },
    });
    expect(await source.find(ask({ email: 'x' }), context())).toEqual([{ how: 'by email' }]);
    expect(await source.find(ask({ name: 'Bob', region: 'north' }), context())).toEqual([
      { how: 'by name and region', id: 3 },
    ]);
    await expect(source.find(ask({ name: 'Bob' }), context())).rejects.toThrow(
      new UserError(
        'The source customers has no query for the match step [name], only for "email", "name,region"; ' +
          'add one under "queries:" with the key "name", or take the step out of the lookup',
      ),
    );
  });
});

describe('a check of queries', () => {
  it.each([
    ['SELECT id, region FROM customers', undefined],
    ['SELECT nam FROM customers', /no such column: nam/],
    ['SELECT * FROM costumers', /no such table: costumers/],
    ['SELECT FROM customers', /syntax error/],
    ['SELECT a.id, b.id FROM customers a, customers b', /two columns called "id"/],
    ['WITH gone AS (SELECT 1) DELETE FROM customers RETURNING id', /syntax error/],
  ])('tells what is wrong with %s', async (query, problem) => {
    const source = await openSource({ file: await databaseWith(CUSTOMERS), queries: { email: query } });
    if (problem === undefined) await source.check(context());
    else
      await expect(source.check(context())).rejects.toMatchObject({
        kind: 'rejected',
        message: expect.stringMatching(problem),
      });
  });

  it('does not run them', async () => {
    const endless = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) AS n FROM n';
    const source = await openSource({ file: await databaseWith(CUSTOMERS), query: endless });
    await source.check(context());
  });
});

describe('the settings', () => {
  it.each([
    [{ file: 'a.db' }, 'needs one of table, query and queries'],
    [{ file: 'a.db', table: 'a', query: 'SELECT 1' }, 'has table and query; write only one'],
    [{ file: 'a.db', query: 'SELECT 1', columns: { a: 'b' } }, 'goes with table only'],
    [{ file: 'a.db', queries: {} }, 'is empty'],
    [{ file: 'a.db', queries: { 'a,b': 'SELECT 1', 'b, a': 'SELECT 2' } }, 'the same fields'],
    [{ file: 'a.db', query: 'DELETE FROM customers' }, 'begins with "DELETE"'],
    [{ file: 'a.db', query: 'SELECT 1; DELETE FROM customers' }, 'a second statement'],
    [{ file: 'a.db', query: "ATTACH 'b.db' AS b" }, 'begins with "ATTACH"'],
    [{ file: 'a.db', query: 'PRAGMA writable_schema = ON' }, 'begins with "PRAGMA"'],
    [{ file: 'a.db', query: 'SELECT ?' }, '"?" is no parameter here'],
    [{ file: 'a.db', query: 'SELECT 1 FROM (SELECT 2' }, 'not closed'],
    [{ file: 'a.db', query: 'SELECT 1) UNION (SELECT 2' }, 'not opened'],
    [{ file: 'a.db', query: "SELECT writefile('x', :email)" }, 'uses writefile'],
    [{ file: 'a.db', query: 'SELECT "readfile"(:email)' }, 'uses readfile'],
    [{ file: 'a.db', query: "SELECT name FROM fsdir('/')" }, 'uses fsdir'],
    [{ file: 'a.db', query: "SELECT Load_Extension('x')" }, 'uses Load_Extension'],
    [{ file: 'a.db', tabel: 'a' }, 'tabel'],
  ])('%j are refused', (settings, message) => {
    const result = sqlite.settings.safeParse(settings);
    expect(JSON.stringify(result.error?.issues)).toContain(JSON.stringify(message).slice(1, -1));
  });
});

describe('a database', () => {
  it('is not changed by anything that a query says', async () => {
    const file = await databaseWith(CUSTOMERS);
    const before = await readFile(file);
    const queries = [
      "WITH a AS (SELECT 1) INSERT INTO customers (name) VALUES ('x') RETURNING id",
      'WITH a AS (SELECT 1) DELETE FROM customers RETURNING id',
      "SELECT * FROM pragma_journal_mode('wal')",
      'SELECT * FROM pragma_writable_schema(1)',
    ];
    for (const query of queries) {
      const source = await openSource({ file, query });
      await expect(source.find(ask({ email: 'x' }), context()), query).rejects.toMatchObject({ kind: 'rejected' });
    }
    expect(await readFile(file)).toEqual(before);
  });

  it('is opened by the driver so that no statement can write, here or in another file', async () => {
    const file = await databaseWith(CUSTOMERS);
    const other = await databaseWith(CUSTOMERS);
    const before = [await readFile(file), await readFile(other)];
    const database = await openReadOnly(file);
    await database.exec(`ATTACH '${other}' AS other`);
    for (const statement of [
      "INSERT INTO customers (name) VALUES ('x')",
      'DELETE FROM customers',
      'CREATE TABLE more (id)',
      'PRAGMA main.user_version = 7',
      'PRAGMA other.user_version = 7',
      'DELETE FROM other.customers',
      'PRAGMA main.journal_mode = WAL; INSERT INTO customers (id) VALUES (9)',
      'PRAGMA query_only = OFF; DELETE FROM customers',
    ]) {
      await expect(database.exec(statement), statement).rejects.toMatchObject({ code: 'SQLITE_READONLY' });
    }
    database.close();
    expect([await readFile(file), await readFile(other)]).toEqual(before);
  });
});
