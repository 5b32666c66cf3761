import { expect, test } from 'vitest';
import { type FindQuery, UserError } from '../../../src/contract/index.ts';
import type { SqlDialect } from '../../../src/kit/sql/dialect.ts';
import type { Row, SqlDriver, Statement } from '../../../src/kit/sql/driver.ts';
import { type ProcedureSettings, procedureFinder } from '../../../src/kit/sql/procedure.ts';

const signal = AbortSignal.timeout(60_000);
const context = { signal, reference: 'test' };
const ARGUMENTS = { p_email: 'email', p_last: 'last_name' };

/** A system that answers every statement with the same rows, and keeps what it was asked. */
function system(dialect: SqlDialect, rows: readonly Row[] = []) {
  const asked: Statement[] = [];
  const driver: SqlDriver = {
    dialect,
    placeholder: (index) => (dialect === 'mssql' ? `@p${index + 1}` : '?'),
    run: async (statement) => {
      asked.push(statement);
      return rows;
    },
    columns: () => Promise.reject(new Error('a procedure has no table')),
    describe: async () => ['id'],
    close: async () => {},
  };
  const finder = (settings: Partial<ProcedureSettings> = {}) =>
    procedureFinder(driver, { procedure: 'find_customer', dates: [], ...settings });
  return { asked, finder };
}

function query(asked: Record<string, string>, parameters: Record<string, string> = {}, limit = 50): FindQuery {
  const criteria = Object.entries(asked).map(([field, value]) => ({ field, match: 'exact', value }) as const);
  return { criteria, parameters, limit };
}

test('MySQL: a CALL with a place for each argument, in the order of the settings', async () => {
  const { asked, finder } = system('mysql');
  await finder({ arguments: ARGUMENTS }).find(query({ email: 'a@b.ch', last_name: "O'Brien" }), context);
  expect(asked).toEqual([
    {
      text: 'CALL `find_customer`(?, ?)',
      values: [
        { name: 'email', value: 'a@b.ch' },
        { name: 'last_name', value: "O'Brien" },
      ],
      limit: 50,
    },
  ]);
});

test('SQL Server: an EXEC that names each argument', async () => {
  const { asked, finder } = system('mssql');
  const settings = { procedure: 'dbo.find_customer', arguments: ARGUMENTS };
  await finder(settings).find(query({ last_name: 'Smith', email: 'a@b.ch' }), context);
  expect(asked[0]?.text).toBe('EXEC [dbo].[find_customer] @p_email = @p1, @p_last = @p2');
  expect(asked[0]?.values.map(({ value }) => value)).toEqual(['a@b.ch', 'Smith']);
});

test('one without arguments is called with nothing', async () => {
  const mysql = system('mysql');
  await mysql.finder().find(query({ email: 'x' }), context);
  expect(mysql.asked[0]).toMatchObject({ text: 'CALL `find_customer`()', values: [] });
  const mssql = system('mssql');
  await mssql.finder().find(query({ email: 'x' }), context);
  expect(mssql.asked[0]?.text.trim()).toBe('EXEC [find_customer]');
});

test('names are quoted part by part, so that a name is never SQL', async () => {
  const { asked, finder } = system('mysql');
  await finder({ procedure: 'other.odd`() ; DROP TABLE t -- ' }).find(query({ email: 'x' }), context);
  expect(asked[0]?.text).toBe('CALL `other`.`odd``() ; DROP TABLE t -- `()');
  await expect(finder({ procedure: 'other.' }).find(query({ email: 'x' }), context)).rejects.toBeInstanceOf(UserError);
});

test('the value of the match step comes before what HelpSpot sent; what nobody sent is empty', async () => {
  const { asked, finder } = system('mysql');
  const settings = { arguments: { a: 'email', b: 'Custom5', c: 'last_name', d: 'toString' } };
  await finder(settings).find(query({ email: 'step' }, { email: 'sent', Custom5: 'north' }), context);
  expect(asked[0]?.values.map(({ value }) => value)).toEqual(['step', 'north', '', '']);
});

test('one parameter may fill several arguments', async () => {
  const { asked, finder } = system('mysql');
  await finder({ arguments: { a: 'email', b: 'email' } }).find(query({ email: 'x' }), context);
  expect(asked[0]).toMatchObject({ text: 'CALL `find_customer`(?, ?)' });
  expect(asked[0]?.values.map(({ value }) => value)).toEqual(['x', 'x']);
});

test('the rows become records: at most the limit, which the driver is told, and dates where the settings say so', async () => {
  const rows = [1, 2, 3].map((id) => ({ id, since: 1_700_000_000, note: '', photo: new Uint8Array(2), gone: null }));
  const { asked, finder } = system('mysql', rows);
  const found = await finder({ dates: ['since'] }).find(query({ email: 'x' }, {}, 2), context);
  const since = new Date(1_700_000_000_000);
  expect(found).toEqual([
    { id: 1, since },
    { id: 2, since },
  ]);
  expect(asked[0]?.limit).toBe(2);
});

test('the check does not call the procedure', async () => {
  const { asked, finder } = system('mssql');
  await finder({ arguments: ARGUMENTS }).check(signal);
  expect(asked).toHaveLength(1);
  expect(asked[0]?.text).toMatch(/^SELECT 1\b/);
});
