/** Searching a table or view: SQL decides what it can, the gateway compares the rest itself. */
import { type FindQuery, type Log, meets, type SourceRecord } from '../../src/contract/index.ts';
import {
  fieldColumns,
  quoteIdentifier,
  recordOf,
  type SqlFinder,
  type TableSettings,
  unknownFields,
} from '../../src/kit/sql/index.ts';
import { type Described, describe } from './columns.ts';
import { type Column, conditionsFor } from './conditions.ts';
import type { Connection, Plain } from './connection.ts';
import type { ConnectionPool } from './pool.ts';

/** What the database says of the table, in terms of our fields. */
interface Layout {
  readonly columns: ReadonlyMap<string, Column>;
  /** All of the query but its condition. */
  readonly select: string;
  readonly order: string;
}

/** A table of the database file. */
export function sqliteTable(pool: ConnectionPool, settings: TableSettings, log: Log): SqlFinder {
  const dates = new Set(settings.dates);
  const noteUnknown = unknownFields(settings.table, log);
  // Kept for as long as the connection, which ends when the file changes.
  const layouts = new WeakMap<Connection, Layout>();
  const layoutFor = async (connection: Connection, signal: AbortSignal): Promise<Layout> => {
    const known = layouts.get(connection) ?? layoutOf(await describe(connection, settings.table, signal), settings);
    layouts.set(connection, known);
    return known;
  };
  /** Rows that SQL can decide come first, then those that our own rules accept. */
  const find = async (connection: Connection, { criteria, limit }: FindQuery, signal: AbortSignal) => {
    const { columns, select, order } = await layoutFor(connection, signal);
    for (const { field } of criteria) if (!columns.has(field)) noteUnknown(field);
    const conditions = conditionsFor(criteria, (field) => columns.get(field));
    if (conditions === undefined) return [];
    const fields = [...columns.keys()];
    const toRecord = (cells: readonly Plain[]) =>
      recordOf(Object.fromEntries(fields.map((field, index) => [field, cells[index]])), dates);
    const found: SourceRecord[] = [];
    const { decided, undecided, values } = conditions;
    const add = (cells: readonly Plain[]) => found.push(toRecord(cells)) > 0;
    await connection.query(`${select} WHERE ${decided} ${order}`, values, limit, signal, add);
    if (found.length >= limit || undecided === '0') return found;
    await connection.query(`${select} WHERE ${undecided} ${order}`, values, undefined, signal, (cells) => {
      const record = toRecord(cells);
      if (criteria.every((criterion) => meets(record, criterion))) found.push(record);
      return found.length < limit;
    });
    return found;
  };
  return {
    /** Proves that the table and the columns are there and can be read. */
    async check(signal) {
      await pool.use(signal, async (connection) => {
        const { select, order } = await layoutFor(connection, signal);
        await connection.query(`${select} WHERE 1 ${order}`, {}, 1, signal, () => false);
      });
    },
    find: (query, signal) => pool.use(signal, (connection) => find(connection, query, signal)),
  };
}

function layoutOf({ kind, columns: present }: Described, settings: TableSettings): Layout {
  const quote = (name: string) => quoteIdentifier(name, 'sqlite');
  const columns = new Map<string, Column>();
  for (const [field, { name, isRowid }] of fieldColumns(settings, present)) {
    columns.set(field, { sql: quote(name), isRowid, isDate: settings.dates.includes(field) });
  }
  const shown = [...columns.values()].map(({ sql }) => sql).join(', ');
  const keys = present.filter(({ key }) => key).sort((one, other) => one.keyPlace - other.keyPlace);
  const orders = { rowid: 'rowid', keyed: keys.map(({ name }) => quote(name)).join(', '), view: shown };
  return { columns, select: `SELECT ${shown} FROM ${quote(settings.table)}`, order: `ORDER BY ${orders[kind]}` };
}
