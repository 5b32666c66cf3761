/** Searching a table or view: SQL decides what it can, the gateway compares the rest itself. */
import { type FindQuery, type Log, meets, type SourceRecord } from '../../src/contract/index.ts';
import {
  fieldColumns,
  quoteIdentifier,
  recordOf,
  type SqlDriver,
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

/** What a table is searched with. */
export interface TableParts extends Pick<SqlDriver, 'value'> {
  readonly pool: ConnectionPool;
  readonly settings: TableSettings;
  readonly log: Log;
}

/** A table of the database file. */
export class SqliteTable implements SqlFinder {
  readonly #parts: TableParts;
  readonly #dates: ReadonlySet<string>;
  readonly #noteUnknown: (field: string) => void;
  // Kept for as long as the connection, which ends when the file changes.
  readonly #layouts = new WeakMap<Connection, Layout>();

  constructor(parts: TableParts) {
    this.#parts = parts;
    this.#dates = new Set(parts.settings.dates);
    this.#noteUnknown = unknownFields(parts.settings.table, parts.log);
  }

  /** Proves that the table and the columns are there and can be read. */
  async check(signal: AbortSignal): Promise<void> {
    await this.#parts.pool.use(signal, async (connection) => {
      const { select, order } = await this.#layout(connection, signal);
      await connection.query(`${select} WHERE 1 ${order}`, {}, 1, signal, () => false);
    });
  }

  /** Rows that SQL can decide come first, then those that our own rules accept. */
  async find(query: FindQuery, signal: AbortSignal): Promise<readonly SourceRecord[]> {
    return await this.#parts.pool.use(signal, (connection) => this.#find(connection, query, signal));
  }

  async #find(connection: Connection, { criteria, limit }: FindQuery, signal: AbortSignal): Promise<SourceRecord[]> {
    const { columns, select, order } = await this.#layout(connection, signal);
    for (const { field } of criteria) if (!columns.has(field)) this.#noteUnknown(field);
    const conditions = conditionsFor(criteria, (field) => columns.get(field));
    if (conditions === undefined) return [];
    const fields = [...columns.keys()];
    const toRecord = (cells: readonly Plain[]) =>
      recordOf(Object.fromEntries(fields.map((field, index) => [field, cells[index]])), this.#parts, this.#dates);
    const found: SourceRecord[] = [];
    const { decided, undecided, values } = conditions;
    await connection.query(
      `${select} WHERE ${decided} ${order}`,
      values,
      limit,
      signal,
      (cells) => found.push(toRecord(cells)) > 0,
    );
    if (found.length >= limit || undecided === '0') return found;
    await connection.query(`${select} WHERE ${undecided} ${order}`, values, undefined, signal, (cells) => {
      const record = toRecord(cells);
      if (criteria.every((criterion) => meets(record, criterion))) found.push(record);
      return found.length < limit;
    });
    return found;
  }

  async #layout(connection: Connection, signal: AbortSignal): Promise<Layout> {
    const { settings } = this.#parts;
    let layout = this.#layouts.get(connection);
    if (layout === undefined) {
      layout = this.#layoutOf(await describe(connection, settings.table, signal));
      this.#layouts.set(connection, layout);
    }
    return layout;
  }

  #layoutOf({ kind, columns: present }: Described): Layout {
    const { settings } = this.#parts;
    const quote = (name: string) => quoteIdentifier(name, 'sqlite');
    const columns = new Map<string, Column>();
    for (const [field, { name, isRowid }] of fieldColumns(settings, present)) {
      columns.set(field, { sql: quote(name), isRowid, isDate: this.#dates.has(field) });
    }
    const shown = [...columns.values()].map(({ sql }) => sql).join(', ');
    const keys = present.filter(({ key }) => key).sort((one, other) => one.keyPlace - other.keyPlace);
    const orders = { rowid: 'rowid', keyed: keys.map(({ name }) => quote(name)).join(', '), view: shown };
    return { columns, select: `SELECT ${shown} FROM ${quote(settings.table)}`, order: `ORDER BY ${orders[kind]}` };
  }
}
