/** Everything that a table or view holds, or what has changed in it: in batches, each of one statement, in the order of a key. */
import {
  type CallContext,
  type ListBatch,
  type ListQuery,
  ownValue,
  SourceError,
  type SourceRecord,
  UserError,
  type Value,
  withDeadlineWithin,
} from '../../contract/index.ts';
import type { Additions } from './additions.ts';
import { quoteIdentifier, quoteTable, selectLimited } from './dialect.ts';
import type { Bound, Row, SqlDriver, TableColumn, TableSettings } from './driver.ts';
import { markOf, type UpdatedColumn } from './list-mark.ts';
import {
  behind,
  boundPart,
  type Place,
  type PlacedColumn,
  type PlacePart,
  partOf,
  placedColumn,
  placeOf,
  placeText,
} from './list-place.ts';
import { columnCalled, fieldColumns } from './named-columns.ts';
import { recordOf } from './records.ts';

/** A statement reads so many rows: some milliseconds by an index. */
const BATCH = 500;
/** A statement that takes longer has no index, and shall not hold the server up for hours. Below the time after which a run is given up. */
const STATEMENT_LIMIT_MS = 100_000;

/** What a {@link TableLister} works with. */
export interface ListerParts {
  readonly driver: SqlDriver;
  readonly settings: TableSettings;
  readonly additions: Additions;
}

/** The table as one run sees it. */
interface ListedTable {
  /** The fields that are read. */
  readonly fields: ReadonlyMap<string, TableColumn>;
  /** What tells the rows apart. */
  readonly keys: readonly PlacedColumn[];
  readonly updated: (UpdatedColumn & PlacedColumn) | undefined;
  /** By what the run is sorted: the keys; of changes, first when they were made. */
  readonly sorted: readonly PlacedColumn[];
}

/** Lists one table. Holds no connection between two batches. */
export class TableLister {
  readonly #parts: ListerParts;
  readonly #dates: ReadonlySet<string>;

  constructor(parts: ListerParts) {
    this.#parts = parts;
    this.#dates = new Set(parts.settings.dates);
  }

  /** Proves that the column is there that the settings name as the key. */
  async check(signal: AbortSignal): Promise<void> {
    const { driver, settings } = this.#parts;
    if (settings.key === undefined) return;
    const { dialect } = driver;
    const column = columnCalled(settings.key, await driver.columns(settings.table, signal), settings.table);
    placedColumn(column, quoteIdentifier(column.name, dialect), dialect, settings.table);
  }

  /** @throws {UserError} from the first batch on for a table without a key, {@link SourceError} */
  async *list(query: ListQuery, { signal }: CallContext): AsyncGenerator<ListBatch, void, undefined> {
    const { driver, settings } = this.#parts;
    signal.throwIfAborted();
    const table = await this.#timed(signal, (limited) => this.#table(query, limited));
    let at: Place | undefined = query.from === undefined ? undefined : placeOf(query.from, table.sorted.length);
    let mark = at?.mark;
    if (at === undefined) {
      await this.#timed(signal, (limited) => this.#refuseKeyless(table, limited));
      const { updated } = table;
      if (updated !== undefined) {
        mark = await this.#timed(signal, (limited) => markOf(updated, driver, settings.table, limited));
      }
    }
    for (;;) {
      const place = at?.at;
      const found = await this.#timed(signal, (limited) => this.#rows(table, query.since, place, limited));
      const isLast = found.length <= BATCH;
      const places = found.map((row) => this.#placeOf(row, table));
      this.#refuseTwice(places, table);
      const rows = found.slice(0, BATCH);
      const own = rows.map((row) => this.#recordOf(row, table));
      const whole = await this.#withAdditions(own, query, table, signal);
      const records = whole.map((record, index) => ({ key: this.#keyOf(places[index] ?? [], table), record }));
      const last = places[rows.length - 1];
      // A value that is not read back as itself would be gone on from for ever.
      if (place !== undefined && JSON.stringify(last) === JSON.stringify(place)) {
        throw this.#refused(`does not sort as it compares in ${namesOf(table.sorted)}`);
      }
      at = last && { at: [...last], ...(mark !== undefined && { mark }) };
      signal.throwIfAborted();
      yield {
        records,
        ...(!isLast && at !== undefined && { next: placeText(at) }),
        ...(isLast && mark !== undefined && { mark }),
      };
      if (isLast) return;
      signal.throwIfAborted();
    }
  }

  async #timed<T>(signal: AbortSignal, work: (limited: AbortSignal) => Promise<T>): Promise<T> {
    return await withDeadlineWithin(STATEMENT_LIMIT_MS, signal, work);
  }

  /** @throws {UserError} for a table without a key */
  async #table({ fields: wanted, since, updated: field }: ListQuery, signal: AbortSignal): Promise<ListedTable> {
    const { driver, settings, additions } = this.#parts;
    const { dialect } = driver;
    const { table, key } = settings;
    const present = await driver.columns(table, signal);
    const all = fieldColumns(settings, present);
    const placed = (column: TableColumn) => placedColumn(column, quoteIdentifier(column.name, dialect), dialect, table);
    const own = present.filter((column) => column.key === true);
    const primary = own.toSorted((one, other) => (one.keyPlace ?? 0) - (other.keyPlace ?? 0));
    const keys = (key === undefined ? primary : [columnCalled(key, present, table)]).map(placed);
    if (keys.length === 0) {
      throw new UserError(
        `${table} is a view, or has no primary key, so its rows cannot be told apart; ` +
          'write "key:" beside "table:", with a column that has another value in each row (and an index)',
      );
    }
    if (since !== undefined && field === undefined) {
      throw new UserError(`What has changed in ${table} is not known; write "updated:" under "index:"`);
    }
    const changed = field === undefined ? undefined : (all.get(field) ?? columnCalled(field, present, table));
    const updated =
      changed && field !== undefined ? { ...placed(changed), field, isDate: this.#dates.has(field) } : undefined;
    const needed = wanted && new Set([...wanted, ...additions.keys]);
    const fields = new Map([...all].filter(([name]) => needed?.has(name) !== false));
    return { fields, keys, updated, sorted: since === undefined || updated === undefined ? keys : [updated, ...keys] };
  }

  async #rows(
    { fields, sorted, updated }: ListedTable,
    since: string | undefined,
    place: readonly PlacePart[] | undefined,
    signal: AbortSignal,
  ): Promise<readonly Row[]> {
    const { driver, settings } = this.#parts;
    const { dialect } = driver;
    const values: Bound[] = [];
    const bind = (value: string) => driver.placeholder(values.push({ name: 'place', value }) - 1);
    const columns = [
      ...Array.from(fields.values(), ({ name }, at) => `${quoteIdentifier(name, dialect)} AS ${fieldAlias(at)}`),
      ...sorted.map(({ form, sql }, at) => `${form.written(sql)} AS ${placeAlias(at)}`),
    ];
    const conditions: string[] = [];
    if (place !== undefined) conditions.push(behind(sorted, place, bind));
    else if (since !== undefined && updated !== undefined) {
      // A counter of SQLite is a number there, and a time mostly a text.
      const isNumber = dialect === 'sqlite' && /^\d+$/.test(since);
      conditions.push(`${updated.sql} >= ${boundPart(isNumber ? [since, 1] : [since], updated, bind)}`);
    }
    const where = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
    const order = ` ORDER BY ${sorted.map(({ sql }) => sql).join(', ')}`;
    const rest = `FROM ${quoteTable(settings.table, dialect)}${where}${order}`;
    return await driver.run(
      { text: selectLimited(columns.join(', '), rest, dialect, BATCH + 1), values, mustFit: true },
      signal,
    );
  }
  /** Where the values of a row are in the order of the run. @throws {SourceError} for a row without */
  #placeOf(row: Row, { sorted }: ListedTable): readonly PlacePart[] {
    return sorted.map(({ column }, at) => {
      const value = partOf(row[placeAlias(at)]);
      if (value !== undefined) return value;
      throw this.#refused(`has a row without a value that can be read in "${column.name}"`);
    });
  }

  #keyOf(place: readonly PlacePart[], { keys }: ListedTable): string {
    const texts = place.slice(-keys.length).map(([text]) => text);
    return texts.length === 1 ? (texts[0] ?? '') : JSON.stringify(texts);
  }

  /**
   * The keys of records of this table, where their fields have them: numbers and texts, which are in a key as they are.
   * @throws {UserError} for a table without a key
   */
  async keysOf(records: readonly SourceRecord[], { signal }: CallContext): Promise<readonly (string | undefined)[]> {
    const { keys, fields } = await this.#table({ fields: undefined }, signal);
    const names = keys.map((key) => [...fields].find(([, { name }]) => name === key.column.name)?.[0]);
    return records.map((record) => {
      const texts = names.map((name) => keyText(name === undefined ? undefined : ownValue(record, name)));
      if (texts.includes(undefined)) return undefined;
      return texts.length === 1 ? texts[0] : JSON.stringify(texts);
    });
  }

  #recordOf(row: Row, { fields }: ListedTable): SourceRecord {
    const { driver } = this.#parts;
    const cells = Array.from(fields, ([name, column], at) => {
      const cell = row[fieldAlias(at)];
      return [name, driver.shown === undefined ? cell : driver.shown(cell, column)] as const;
    });
    return recordOf(Object.fromEntries(cells), this.#dates);
  }

  /** A record that the table has under its own fields needs no queries for others. */
  async #withAdditions(
    records: readonly SourceRecord[],
    { fields: wanted }: ListQuery,
    { fields }: ListedTable,
    signal: AbortSignal,
  ): Promise<readonly SourceRecord[]> {
    if (wanted?.every((name) => fields.has(name)) === true) return records;
    return await this.#timed(signal, (limited) => this.#parts.additions.toListed(records, limited));
  }

  /** Rows without a value of the key would come first, or last, and again and again. */
  async #refuseKeyless({ keys }: ListedTable, signal: AbortSignal): Promise<void> {
    const { driver, settings } = this.#parts;
    // Only in SQLite can a primary key be NULL.
    if (settings.key === undefined && driver.dialect !== 'sqlite') return;
    const condition = keys.map(({ sql }) => `${sql} IS NULL`).join(' OR ');
    const rest = `FROM ${quoteTable(settings.table, driver.dialect)} WHERE ${condition}`;
    const rows = await driver.run({ text: selectLimited('1 AS one', rest, driver.dialect, 1), values: [] }, signal);
    if (rows.length > 0) throw this.#refused(`has rows without a value in ${namesOf(keys)}`);
  }

  #refuseTwice(places: readonly (readonly PlacePart[])[], { keys }: ListedTable): void {
    const texts = places.map((place) => JSON.stringify(place));
    if (texts.every((text, at) => text !== texts[at + 1])) return;
    throw this.#refused(`has several rows with the same value in ${namesOf(keys)}`);
  }

  #refused(what: string): SourceError {
    const { table } = this.#parts.settings;
    return new SourceError('rejected', `${table} cannot be listed: it ${what}`, {
      remedy: 'name a column under "key:" that has another value in each row',
    });
  }
}

const fieldAlias = (at: number) => `gateway_field_${at}`;
const placeAlias = (at: number) => `gateway_place_${at}`;

function namesOf(columns: readonly PlacedColumn[]): string {
  return columns.map(({ column }) => `"${column.name}"`).join(', ');
}

/** A number that is none of the digits alone, a date and the like stand otherwise in a key. */
function keyText(value: Value | undefined): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : undefined;
}
