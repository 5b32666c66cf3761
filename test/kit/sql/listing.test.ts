/** Finding without criteria: every record, up to the limit. */

import { expect, test } from 'vitest';
import { UserError } from '../../../src/contract/index.ts';
import type { SqlDialect } from '../../../src/kit/sql/dialect.ts';
import type { SqlDriver, Statement } from '../../../src/kit/sql/driver.ts';
import { type QuerySettings, queryFinder } from '../../../src/kit/sql/query-finder.ts';
import { tableFinder } from '../../../src/kit/sql/table-finder.ts';
import { recordedLog } from '../../support/log.ts';

const signal = AbortSignal.timeout(60_000);
const context = { signal, reference: 'test' };

/** A system with one table that gives one row for every statement, and keeps what it was asked. */
function system(dialect: SqlDialect) {
  const asked: Statement[] = [];
  const driver: SqlDriver = {
    dialect,
    placeholder: () => '?',
    run: async (statement) => {
      asked.push(statement);
      return [{ id: 7 }];
    },
    columns: async () => [{ name: 'id', text: false, integer: true, key: true }],
    describe: async () => ['id'],
    close: async () => {},
  };
  const queries = (written: QuerySettings['queries']) => queryFinder(driver, { queries: written, dates: [] }, 'crm');
  const table = () => tableFinder(driver, { table: 'people', dates: [] }, recordedLog());
  return { asked, queries, table };
}

test.each([
  ['mysql', 'SELECT `id` AS `id` FROM `people` ORDER BY `people`.`id` LIMIT 3'],
  ['postgres', 'SELECT "id" AS "id" FROM "people" ORDER BY "people"."id" LIMIT 3'],
  ['mssql', 'SELECT TOP (3) [id] AS [id] FROM [people] ORDER BY [people].[id]'],
] as const)('a table of %s is read without a condition', async (dialect, text) => {
  const { asked, table } = system(dialect);
  expect(await table().find({ criteria: [], limit: 3, parameters: { email: 'x' } }, context)).toEqual([{ id: 7 }]);
  expect(asked).toEqual([{ text, values: [] }]);
});

test('one query for all match steps runs with what HelpSpot sent', async () => {
  const { asked, queries } = system('mysql');
  const finder = queries("SELECT id FROM people WHERE :email IN ('', email) AND site = :Custom5");
  await finder.find({ criteria: [], limit: 3, parameters: { Custom5: 'Paris' } }, context);
  expect(asked[0]?.values).toEqual([
    { name: 'email', value: '' },
    { name: 'Custom5', value: 'Paris' },
  ]);
});

test('a query for each match step cannot list, and says what to do', async () => {
  const { asked, queries } = system('mysql');
  const listing = queries({ email: 'SELECT id FROM people WHERE email = :email' }).find(
    { criteria: [], limit: 3, parameters: {} },
    context,
  );
  await expect(listing).rejects.toBeInstanceOf(UserError);
  await expect(listing).rejects.toThrow('The source crm has a query for each match step and cannot list its records');
  expect(asked).toEqual([]);
});
