/** Looks at a database: its tables, the columns of one. */
import { textOf, UserError } from '../../contract/index.ts';
import { Misuse } from '../command-line.ts';
import type { GivenSystem } from './given.ts';
import { wordsIn } from './roles.ts';
import { type Choose, type Looked, sampledColumns, withSource } from './system.ts';

/** Nobody maps more columns by hand, nor wants to see them. */
const MOST_COLUMNS = 200;

/** What a table of customers is called. */
const CUSTOMER_WORDS =
  /^(?:customers?|clients?|contacts?|people|persons?|users?|members?|accounts?|crm|kunden?|kontakte?|personen|mitglieder|benutzer|adressen|contatti|clienti|clientes?|contactos?|klanten|relaties|kunder)$/;

/** @throws {SourceError} as a source would; {@link Misuse} where nobody can choose a table */
export async function lookAtDatabase(given: GivenSystem, choose: Choose, signal: AbortSignal): Promise<Looked> {
  const { table, notes } = await tableOf(given, choose, signal);
  const settings = { ...given.settings, table };
  const { columns, records } = await sampledColumns(given, settings, signal);
  if (columns.length > MOST_COLUMNS) {
    throw new UserError(`${table} has ${columns.length} columns; make a view of those that staff need, and name that`);
  }
  const empty = records === 0 ? [`${table} has no records yet, so only names say what its columns are.`] : [];
  return { given, settings, columns, records, notes: [...notes, ...empty] };
}

async function tableOf(
  given: GivenSystem,
  choose: Choose,
  signal: AbortSignal,
): Promise<{ readonly table: string; readonly notes: readonly string[] }> {
  if (given.table !== undefined) return { table: given.table, notes: [] };
  const tables = await tablesOf(given, signal);
  const [first] = tables;
  if (first === undefined) throw new UserError('the database has no table that this account may read; see its rights');
  if (tables.length === 1) return { table: first, notes: [`${first} is the only table.`] };
  const likely = tables.filter((name) => wordsIn(name.slice(name.lastIndexOf('.') + 1)).some(isCustomerWord));
  const [best] = likely;
  if (choose !== undefined)
    return { table: await choose('Which table or view has the customers?', tables, best), notes: [] };
  const named = tables.slice(0, 20).join(', ');
  const rest = tables.length > 20 ? ` … (${tables.length})` : '';
  if (best === undefined || likely.length > 1) {
    throw new Misuse(`--table=NAME must say which table has the customers; there are ${named}${rest}`);
  }
  return {
    table: best,
    notes: [`Of ${tables.length} tables, ${best} is called as one with customers; --table=NAME takes another.`],
  };
}

function isCustomerWord(word: string): boolean {
  return CUSTOMER_WORDS.test(word);
}

const SCHEMA_TABLES = (schema: string, own: string) =>
  `SELECT CASE WHEN ${schema} = '${own}' THEN table_name ELSE ${schema} || '.' || table_name END AS name
   FROM information_schema.tables WHERE ${schema} NOT IN ('pg_catalog', 'information_schema')`;

/** What one may read: the systems leave the rest out themselves. */
const TABLES: Readonly<Partial<Record<GivenSystem['adapter'], string>>> = {
  sqlite: "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT GLOB 'sqlite_*'",
  postgres: SCHEMA_TABLES('table_schema', 'public'),
  mysql: 'SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()',
  mssql:
    "SELECT CASE WHEN TABLE_SCHEMA = 'dbo' THEN TABLE_NAME ELSE TABLE_SCHEMA + '.' + TABLE_NAME END AS name FROM INFORMATION_SCHEMA.TABLES",
};
const MOST_TABLES = 1_000;

async function tablesOf(given: GivenSystem, signal: AbortSignal): Promise<readonly string[]> {
  const query = TABLES[given.adapter];
  const settings = { ...given.settings, query };
  const rows = await withSource(given, settings, signal, async (source, context) => {
    return (await source.find?.({ criteria: [], limit: MOST_TABLES, parameters: {} }, context)) ?? [];
  });
  return rows.map(({ name }) => textOf(name)).sort();
}
