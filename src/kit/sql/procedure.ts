/** Finding with a stored procedure of the database. */
import type { FindQuery } from '../../contract/index.ts';
import { quoteTable } from './dialect.ts';
import type { SqlDriver, SqlFinder, Statement } from './driver.ts';
import { valueFor } from './query-finder.ts';
import { recordOf } from './records.ts';
import type { SqlSettings } from './settings.ts';

/** The settings of this way of finding. */
export type ProcedureSettings = Pick<SqlSettings, 'arguments' | 'dates'> & { readonly procedure: string };

/** A procedure whose first result is the customers. */
export function procedureFinder(driver: SqlDriver, settings: ProcedureSettings): SqlFinder {
  const dates = new Set(settings.dates);
  return {
    /** Proves the connection only: nobody knows what the procedure does when it is called with nothing. */
    async check(signal) {
      await driver.run({ text: 'SELECT 1 AS one', values: [] }, signal);
    },
    async find(query, { signal }) {
      const rows = await driver.run(callOf(settings, driver, query), signal);
      return rows.slice(0, query.limit).map((row) => recordOf(row, dates));
    },
  };
}

function callOf(
  { procedure, arguments: given = {} }: ProcedureSettings,
  driver: SqlDriver,
  query: FindQuery,
): Statement {
  const value = valueFor(query);
  const name = quoteTable(procedure, driver.dialect);
  const values = Object.values(given).map((parameter) => ({ name: parameter, value: value(parameter) }));
  const places = values.map((_value, index) => driver.placeholder(index));
  if (driver.dialect !== 'mssql') return { text: `CALL ${name}(${places.join(', ')})`, values, limit: query.limit };
  // SQL Server names them; the schema lets only letters, digits and _ be a name.
  const named = Object.keys(given).map((own, index) => `@${own} = ${places[index]}`);
  return { text: `EXEC ${name} ${named.join(', ')}`, values, limit: query.limit };
}
