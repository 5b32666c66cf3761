/** Searching a table or view: SQL decides what it can, the gateway compares the rest itself. */
import { type FindQuery, isSought, type Log, meets, type SourceRecord } from '../../src/contract/index.ts';
import {
  fieldColumns,
  fieldOf,
  orderBy,
  quoteIdentifier,
  recordOf,
  type SortedTable,
  type SqlFinder,
  type TableColumn,
  type TableSettings,
  unknownFields,
  withKind,
} from '../../src/kit/sql/index.ts';
import { type Described, describe, type SqliteColumn } from './columns.ts';
import { type Asked, type Column, conditionsFor } from './conditions.ts';
import type { Connection, Plain } from './connection.ts';
import type { ConnectionPool } from './pool.ts';

/** What the database says of the table, in terms of our fields. */
interface Layout {
  readonly columns: ReadonlyMap<string, Column & { readonly described: SqliteColumn }>;
  /** All of the query but its condition. */
  readonly select: string;
  readonly sorted: SortedTable;
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
  /** Undefined when nothing can match. */
  const groupsOf = ({ criteria, groups = [] }: FindQuery, { columns }: Layout) => {
    const all = [...criteria.map((criterion) => [criterion]), ...groups].map((group) =>
      group.flatMap((criterion): readonly Asked[] => {
        const column = columns.get(criterion.field);
        if (column === undefined) noteUnknown(criterion.field);
        const asked = column && withKind(criterion, column.described, column.isDate);
        return column === undefined || asked === undefined || !isSought(asked) ? [] : [{ criterion: asked, column }];
      }),
    );
    return all.some((group) => group.length === 0) ? undefined : all;
  };
  /** Rows that SQL can decide come first, then those that our own rules accept; unless an order is asked for. */
  const find = async (connection: Connection, query: FindQuery, signal: AbortSignal) => {
    const { limit } = query;
    const layout = await layoutFor(connection, signal);
    const groups = groupsOf(query, layout);
    if (groups === undefined) return [];
    const { columns, select, sorted } = layout;
    const order = orderBy(query.order ?? [], sorted);
    const shown = [...columns];
    const toRecord = (cells: readonly Plain[]) =>
      recordOf(
        Object.fromEntries(shown.map(([field, { described }], index) => [field, shownAs(cells[index], described)])),
        dates,
      );
    const found: SourceRecord[] = [];
    const conditions = conditionsFor(groups);
    const { undecided, possible, values } = conditions;
    const isMixed = query.order !== undefined && query.order.length > 0 && undecided !== '0';
    const [decided, compared] = isMixed ? ['0', possible] : [conditions.decided, undecided];
    const add = (cells: readonly Plain[]) => found.push(toRecord(cells)) > 0;
    if (decided !== '0') await connection.query(`${select} WHERE ${decided}${order}`, values, limit, signal, add);
    if (found.length >= limit || compared === '0') return found;
    await connection.query(`${select} WHERE ${compared}${order}`, values, undefined, signal, (cells) => {
      const record = toRecord(cells);
      if (groups.every((group) => group.some(({ criterion }) => meets(record, criterion)))) found.push(record);
      return found.length < limit;
    });
    return found;
  };
  return {
    /** Proves that the table and the columns are there and can be read. */
    async check(signal) {
      await pool.use(signal, async (connection) => {
        const { select, sorted } = await layoutFor(connection, signal);
        await connection.query(`${select} WHERE 1${orderBy([], sorted)}`, {}, 1, signal, () => false);
      });
    },
    find: (query, { signal }) => pool.use(signal, (connection) => find(connection, query, signal)),
    findsGroups: true,
    findsInOrder: true,
    fields: (signal) =>
      pool.use(signal, async (connection) => {
        const { columns } = await layoutFor(connection, signal);
        return Array.from(columns, ([name, { described, isDate }]) => fieldOf(name, described, isDate));
      }),
  };
}

/** SQLite has no boolean, but columns that are called so. */
export function shownAs(cell: unknown, { holds }: Pick<TableColumn, 'holds'>): unknown {
  return holds === 'boolean' && (cell === 0 || cell === 1) ? cell === 1 : cell;
}

function layoutOf({ kind, columns: present }: Described, settings: TableSettings): Layout {
  const quote = (name: string) => quoteIdentifier(name, 'sqlite');
  const columns = new Map<string, Column & { readonly described: SqliteColumn }>();
  for (const [field, described] of fieldColumns(settings, present)) {
    const { name, isRowid, affinity } = described;
    columns.set(field, { sql: quote(name), isRowid, isDate: settings.dates.includes(field), affinity, described });
  }
  const keys = present.filter(({ key }) => key).sort((one, other) => one.keyPlace - other.keyPlace);
  const { table } = settings;
  const sql = [...columns.values()].map((column) => column.sql);
  const stable = { rowid: ['rowid'], keyed: keys.map(({ name }) => quote(name)), view: sql }[kind];
  const fields = new Map(Array.from(columns, ([field, { described }]) => [field, described]));
  const sorted: SortedTable = { table, dialect: 'sqlite', fields, stable, quoted: quote };
  return { columns, select: `SELECT ${sql.join(', ')} FROM ${quote(table)}`, sorted };
}
