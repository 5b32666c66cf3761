/** Request Push into a table: one row a push, with the request's texts bound as values. */
import {
  type CallContext,
  type Details,
  type DetailsRow,
  type PushReceipt,
  type PushRequest,
  type Services,
  type Source,
  SourceError,
  textOf,
  UserError,
} from '../../contract/index.ts';
import { beforehand } from '../wait/index.ts';
import { askedOf } from './conditions.ts';
import { quoteIdentifier, quoteTable, selectLimited } from './dialect.ts';
import type { Bound, Row, SqlDriver, Statement, TableColumn } from './driver.ts';
import { type InsertSettings, linkOf } from './insert-settings.ts';
import { type Cell, type Insertion, type InsertLayout, insertionOf, layoutOf } from './insertion.ts';
import { columnCalled } from './named-columns.ts';
import { fieldValue } from './records.ts';
import type { Condition } from './spelling.ts';
import type { SqlWriter } from './writer.ts';

/** What an inserter works with. */
export interface InserterParts {
  /** Reads from the server that is written to, not from a copy that lags behind. */
  readonly reader: SqlDriver;
  readonly writer: SqlWriter;
  readonly settings: InsertSettings;
  /** Fields, labels or columns that are dates. */
  readonly dates: readonly string[];
  readonly services: Services;
}

/** The part of a source that pushes. */
export type PushingPart = Pick<Source, 'check' | 'findPush'> &
  Required<Pick<Source, 'push' | 'pushFields' | 'details'>>;

/** Without a column for the reference there is no `findPush`. */
export function createInserter(parts: InserterParts): PushingPart {
  const inserter = new Inserter(parts);
  const { reference } = parts.settings;
  return {
    check: ({ signal }) => inserter.check(signal),
    push: (request, context) => inserter.push(request, context),
    details: (id, context) => inserter.details(id, context),
    pushFields: ({ signal }) => inserter.columns(signal),
    ...(reference === undefined
      ? {}
      : { findPush: (request: PushRequest, context: CallContext) => inserter.findPush(request, context) }),
  };
}

class Inserter {
  readonly #parts: InserterParts;
  readonly #dates: ReadonlySet<string>;
  #layout: InsertLayout | undefined;

  constructor(parts: InserterParts) {
    this.#parts = parts;
    this.#dates = new Set(parts.dates);
  }

  /** Proves that the columns are there, and that the account may read and insert them. */
  async check(signal: AbortSignal): Promise<void> {
    const { reader, writer } = this.#parts;
    this.#layout = undefined;
    const layout = await this.#known(signal);
    const read = [layout.key, ...(layout.reference === undefined ? [] : [layout.reference]), ...layout.shown.values()];
    await reader.run({ text: this.#select([...new Set(read)], '1 = 0'), values: [] }, signal);
    const named = [layout.title, layout.body, layout.reference].filter((column) => column !== undefined);
    const columns = named.length > 0 ? named : layout.present.slice(0, 1);
    const cells = [...new Set(columns)].map((column) => ({ column, value: '' }));
    await writer.prove(this.#insertion(layout, cells), signal);
  }

  /** Every column of the table, as it is now. */
  async columns(signal: AbortSignal): Promise<readonly string[]> {
    this.#layout = undefined;
    return (await this.#known(signal)).present.map(({ name }) => name);
  }

  async push(request: PushRequest, { signal }: CallContext): Promise<PushReceipt> {
    const { layout, insertion } = await beforehand(this.#prepared(request, signal));
    let id: string | undefined;
    try {
      id = await this.#parts.writer.insert(insertion, signal);
    } catch (error) {
      // A column may have gone or changed since we looked.
      if (error instanceof SourceError && error.kind === 'rejected') this.#layout = undefined;
      throw error;
    }
    return this.#receipt(id || (await this.#idOf(request, layout, insertion, signal)));
  }

  /** Reads what is committed, after everything that was given up has come to its end. */
  async findPush({ reference }: PushRequest, { signal }: CallContext): Promise<PushReceipt | undefined> {
    await this.#parts.writer.settled(signal);
    const layout = await this.#known(signal);
    const id = await this.#keyBy(reference, layout, signal);
    return id === undefined ? undefined : this.#receipt(id);
  }

  async details(id: string, { signal }: CallContext): Promise<Details | undefined> {
    const { settings } = this.#parts;
    const layout = await this.#known(signal);
    const shown = [...layout.shown];
    const columns = [...shown.map(([, column]) => column), ...(layout.title === undefined ? [] : [layout.title])];
    const [row] = await this.#rowsWhere(layout.key, id, columns, signal);
    if (row === undefined) return undefined;
    const rows = shown.map(([label, column], index): DetailsRow => {
      const isDate = this.#dates.has(label) || this.#dates.has(column.name);
      return { label, value: fieldValue(row[`c${index}`], isDate) };
    });
    const title = layout.title === undefined ? '' : textOf(fieldValue(row[`c${shown.length}`], false));
    const link = linkOf(settings, id);
    return { title: title || `${settings.table} ${id}`, rows, ...(link === undefined ? {} : { link }) };
  }

  async #prepared(request: PushRequest, signal: AbortSignal) {
    const layout = await this.#known(signal);
    return { layout, insertion: this.#insertion(layout, this.#cells(request, layout)) };
  }

  #insertion(layout: InsertLayout, cells: readonly Cell[]): Insertion {
    const { reader, settings } = this.#parts;
    return insertionOf(settings.table, layout.key, cells, reader.dialect);
  }

  /** @throws {UserError} for a column that two things are written to, and for a push without any value */
  #cells({ title, body, fields, reference }: PushRequest, layout: InsertLayout): readonly Cell[] {
    const { table } = this.#parts.settings;
    const cells = new Map<TableColumn, Cell>();
    const set = (column: TableColumn | undefined, value: string) => {
      if (column === undefined || value === '') return;
      if (cells.has(column)) {
        throw new UserError(
          `The column "${column.name}" of ${table} would get two values; name it once, under "insert" of the source or ` +
            'under "fields" of the push target',
        );
      }
      cells.set(column, { column, value });
    };
    set(layout.reference, reference);
    set(layout.title, title);
    set(layout.body, body);
    for (const [name, value] of Object.entries(fields)) set(columnCalled(name, layout.present, table), value);
    if (cells.size > 0) return [...cells.values()];
    throw new UserError(
      `Nothing would be written into ${table}; name columns in title and body under "insert" of the source, or under ` +
        '"fields" of the push target',
    );
  }

  /** The id of a row that is there, where the database did not tell it. Whatever goes wrong, the row stays. */
  async #idOf(
    { reference }: PushRequest,
    layout: InsertLayout,
    { columns, values, key }: Insertion,
    signal: AbortSignal,
  ): Promise<string> {
    const own = values[columns.indexOf(key)];
    if (own !== undefined) return own;
    try {
      const found = layout.reference === undefined ? undefined : await this.#keyBy(reference, layout, signal);
      if (found !== undefined) return found;
    } catch (error) {
      this.#parts.services.log.debug({ err: error }, 'the id of a new row could not be read');
    }
    const { table } = this.#parts.settings;
    this.#parts.services.log.warn(
      { reference, table },
      'a row was inserted, and the database does not tell its key; name a column under insert: reference',
    );
    return reference;
  }

  async #keyBy(reference: string, layout: InsertLayout, signal: AbortSignal): Promise<string | undefined> {
    if (layout.reference === undefined) return undefined;
    const [row] = await this.#rowsWhere(layout.reference, reference, [layout.key], signal);
    const id = row === undefined ? '' : textOf(fieldValue(row['c0'], false));
    return id === '' ? undefined : id;
  }

  /** The first row in which a column has a value; its cells are called c0, c1 … */
  async #rowsWhere(
    column: TableColumn,
    value: string,
    wanted: readonly TableColumn[],
    signal: AbortSignal,
  ): Promise<readonly Row[]> {
    const { reader } = this.#parts;
    const condition = this.#is(column, value);
    if (condition === undefined) return [];
    const values: Bound[] = [];
    const where = condition.sql((one) => reader.placeholder(values.push({ name: column.name, value: one }) - 1));
    const statement: Statement = { text: this.#select(wanted, where), values };
    return await reader.run(statement, signal);
  }

  /** So that the index of the column serves; texts compare as the column does. */
  #is(column: TableColumn, value: string): Condition | undefined {
    const { dialect } = this.#parts.reader;
    // SQLite compares a number with a text in a column of no type as two different things.
    if (column.integer === true || (dialect === 'sqlite' && !column.text)) {
      return askedOf({ field: 'id', match: 'exact', value }, column, dialect)?.first;
    }
    return { sql: (bind) => `${quoteIdentifier(column.name, dialect)} = ${bind(value)}` };
  }

  #select(columns: readonly TableColumn[], where: string): string {
    const { reader, settings } = this.#parts;
    const { dialect } = reader;
    const cells = columns.map(({ name }, index) => `${quoteIdentifier(name, dialect)} AS c${index}`);
    const from = `FROM ${quoteTable(settings.table, dialect)} WHERE ${where}`;
    return selectLimited(cells.join(', '), from, dialect, 1);
  }

  #receipt(id: string): PushReceipt {
    const link = linkOf(this.#parts.settings, id);
    return link === undefined ? { id } : { id, link };
  }

  async #known(signal: AbortSignal): Promise<InsertLayout> {
    const { reader, settings } = this.#parts;
    this.#layout ??= layoutOf(await reader.columns(settings.table, signal), settings);
    return this.#layout;
  }
}
