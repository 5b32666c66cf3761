/** Finding in a table or view: the adapter writes the query. */

import { closest } from 'fastest-levenshtein';
import { type FindQuery, meets, type SourceRecord } from '../../src/contract/index.ts';
import { quoteIdentifier } from '../../src/kit/sql/index.ts';
import { type Column, conditionsFor } from './conditions.ts';
import type { Connection } from './connection.ts';
import { rejected } from './failures.ts';
import { recordMaker } from './values.ts';

/** The settings of this way of finding. */
export interface TableSettings {
  readonly table: string;
  /** Field → column; undefined: every column under its own name. */
  readonly columns: Readonly<Record<string, string>> | undefined;
  readonly dates: ReadonlySet<string>;
}

/** What the database says of a table. */
interface Layout {
  readonly columns: ReadonlyMap<string, Column>;
  /** Columns that give the rows a stable order, as SQL. */
  readonly order: string;
}

/** A column as SQLite describes it. */
export interface TableColumn {
  readonly name: string;
  readonly type: string;
  /** 1, 2 … for the columns of the primary key, else 0. */
  readonly key: number;
}

/** A table of the database file. */
export class Table {
  readonly #settings: TableSettings;
  readonly #warn: (field: string) => void;
  readonly #unknown = new Set<string>();
  // Kept for as long as the connection, which ends when the file changes.
  readonly #layouts = new WeakMap<Connection, Layout>();

  /** @param warn told once of each field that is searched and not there */
  constructor(settings: TableSettings, warn: (field: string) => void) {
    this.#settings = settings;
    this.#warn = warn;
  }

  /** Proves that the table and the columns are there and can be read. */
  async check(connection: Connection, signal: AbortSignal): Promise<void> {
    const layout = await this.#layout(connection, signal);
    await connection.query(this.#select(layout, '1'), {}, 1, signal, () => false);
  }

  /** Rows that SQL can decide come first, then those that our own rules accept. */
  async find(connection: Connection, query: FindQuery, signal: AbortSignal): Promise<readonly SourceRecord[]> {
    const layout = await this.#layout(connection, signal);
    const conditions = conditionsFor(query.criteria, (field) => layout.columns.get(field));
    this.#noteUnknown(query, layout);
    if (conditions === undefined) return [];
    const toRecord = recordMaker([...layout.columns.keys()], this.#settings.dates);
    const found: SourceRecord[] = [];
    const { decided, undecided, values } = conditions;
    await connection.query(this.#select(layout, decided), values, query.limit, signal, (row) => {
      found.push(toRecord(row));
      return true;
    });
    if (found.length >= query.limit || undecided === '0') return found;
    await connection.query(this.#select(layout, undecided), values, undefined, signal, (row) => {
      const record = toRecord(row);
      if (query.criteria.every((criterion) => meets(record, criterion))) found.push(record);
      return found.length < query.limit;
    });
    return found;
  }

  #noteUnknown({ criteria }: FindQuery, { columns }: Layout): void {
    for (const { field } of criteria) {
      if (columns.has(field) || this.#unknown.has(field)) continue;
      this.#unknown.add(field);
      this.#warn(field);
    }
  }

  #select(layout: Layout, where: string): string {
    const columns = [...layout.columns.values()].map((column) => column.sql).join(', ');
    const table = quoteIdentifier(this.#settings.table, 'sqlite');
    return `SELECT ${columns} FROM ${table} WHERE ${where} ORDER BY ${layout.order}`;
  }

  async #layout(connection: Connection, signal: AbortSignal): Promise<Layout> {
    const known = this.#layouts.get(connection);
    if (known !== undefined) return known;
    const layout = await this.#readLayout(connection, signal);
    this.#layouts.set(connection, layout);
    return layout;
  }

  async #readLayout(connection: Connection, signal: AbortSignal): Promise<Layout> {
    const { table } = this.#settings;
    const present = await columnsOf(connection, table, signal);
    const kind = await this.#kind(connection, signal);
    const keys = present.filter((column) => column.key > 0).sort((one, other) => one.key - other.key);
    const [first, ...others] = keys;
    const rowid =
      kind === 'rowid' && others.length === 0 && first?.type.toUpperCase() === 'INTEGER' ? first.name : undefined;
    const columns = this.#columns(present, rowid);
    return { columns, order: orderOf(kind, keys, columns) };
  }

  #columns(present: readonly TableColumn[], rowid: string | undefined): Map<string, Column> {
    const wanted = this.#settings.columns ?? Object.fromEntries(present.map(({ name }) => [name, name]));
    // SQLite takes names in any case.
    const byName = new Map(present.map(({ name }) => [name.toLowerCase(), name]));
    const columns = new Map<string, Column>();
    for (const [field, asked] of Object.entries(wanted)) {
      const name = byName.get(asked.toLowerCase());
      if (name === undefined) {
        const { table } = this.#settings;
        const nearest = closest(
          asked,
          present.map((column) => column.name),
        );
        throw rejected(
          `the table ${table} has no column "${asked}"`,
          `did you mean "${nearest}"? Its columns are ${present.map((column) => column.name).join(', ')}`,
        );
      }
      columns.set(field, {
        sql: quoteIdentifier(name, 'sqlite'),
        isRowid: name === rowid,
        isDate: this.#settings.dates.has(field),
      });
    }
    return columns;
  }

  async #kind(connection: Connection, signal: AbortSignal): Promise<'rowid' | 'keyed' | 'view'> {
    let kind: 'rowid' | 'keyed' | 'view' = 'view';
    await connection.query(
      "SELECT type, wr FROM pragma_table_list(:name) WHERE schema = 'main'",
      { name: this.#settings.table },
      1,
      signal,
      ([type, withoutRowid]) => {
        if (type === 'table') kind = withoutRowid === 1 ? 'keyed' : 'rowid';
        return false;
      },
    );
    return kind;
  }
}

/**
 * The columns of a table or view, in their order.
 * @throws {SourceError} with the nearest name when there is no such table
 */
export async function columnsOf(
  connection: Connection,
  table: string,
  signal: AbortSignal,
): Promise<readonly TableColumn[]> {
  const present: TableColumn[] = [];
  await connection.query(
    // Hidden columns (1) belong to virtual tables; generated ones (2, 3) are read like others.
    'SELECT name, type, pk FROM pragma_table_xinfo(:name) WHERE hidden <> 1 ORDER BY cid',
    { name: table },
    undefined,
    signal,
    ([name, type, key]) => {
      present.push({ name: String(name), type: String(type ?? ''), key: Number(key) });
      return true;
    },
  );
  if (present.length === 0) throw await noTable(connection, table, signal);
  return present;
}

async function noTable(connection: Connection, table: string, signal: AbortSignal): Promise<Error> {
  const names: string[] = [];
  await connection.query(
    "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT GLOB 'sqlite_*' ORDER BY name",
    {},
    100,
    signal,
    ([name]) => names.push(String(name)) > 0,
  );
  if (names.length === 0) return rejected(`there is no table "${table}"; the database is empty`);
  return rejected(
    `there is no table or view "${table}"`,
    `did you mean "${closest(table, names)}"? There are ${names.join(', ')}`,
  );
}

function orderOf(
  kind: 'rowid' | 'keyed' | 'view',
  keys: readonly TableColumn[],
  columns: ReadonlyMap<string, Column>,
): string {
  if (kind === 'rowid') return 'rowid';
  if (kind === 'keyed') return keys.map((column) => quoteIdentifier(column.name, 'sqlite')).join(', ');
  return [...columns.values()].map((column) => column.sql).join(', ');
}
