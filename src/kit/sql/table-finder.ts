/** Finding in a table or view: the gateway writes the query, the database compares. */

import { closest } from 'fastest-levenshtein';
import { type FindQuery, type Log, SourceError, type SourceRecord } from '../../contract/index.ts';
import { conditionOf } from './conditions.ts';
import { quoteIdentifier, quoteTable, selectLimited } from './dialect.ts';
import type { Bound, SqlDriver, SqlFinder, TableColumn, TableSettings } from './driver.ts';
import { recordOf } from './records.ts';

/** What the database says of the table, in terms of our fields. */
interface Layout {
  readonly columns: ReadonlyMap<string, TableColumn>;
  /** ` ORDER BY …`, or nothing when no column can be sorted by. */
  readonly order: string;
}

/** A table of the database. */
export class TableFinder implements SqlFinder {
  readonly #driver: SqlDriver;
  readonly #settings: TableSettings;
  readonly #dates: ReadonlySet<string>;
  readonly #noteUnknown: (field: string) => void;
  #layout: Layout | undefined;

  constructor(driver: SqlDriver, settings: TableSettings, log: Log) {
    this.#driver = driver;
    this.#settings = settings;
    this.#noteUnknown = unknownFields(settings.table, log);
    this.#dates = new Set(settings.dates);
  }

  /** Proves that the table and the columns are there and can be read. */
  async check(signal: AbortSignal): Promise<void> {
    this.#layout = undefined;
    const layout = await this.#known(signal);
    await this.#driver.run({ text: this.#select(layout, ['1 = 0'], 1), values: [] }, signal);
  }

  async find({ criteria, limit }: FindQuery, signal: AbortSignal): Promise<readonly SourceRecord[]> {
    const layout = await this.#known(signal);
    const values: Bound[] = [];
    const conditions: string[] = [];
    for (const criterion of criteria) {
      const column = layout.columns.get(criterion.field);
      if (column === undefined) this.#noteUnknown(criterion.field);
      const condition = column && conditionOf(criterion, column, this.#driver.dialect);
      // Nobody can meet it, so the database need not be asked.
      if (condition === undefined) return [];
      values.push({ name: criterion.field, value: condition.value });
      conditions.push(condition.sql(this.#driver.placeholder(values.length - 1)));
    }
    try {
      const rows = await this.#driver.run({ text: this.#select(layout, conditions, limit), values }, signal);
      return rows.slice(0, limit).map((row) => recordOf(row, this.#driver, this.#dates));
    } catch (error) {
      // A column may have gone or changed since we looked.
      if (error instanceof SourceError && error.kind === 'rejected') this.#layout = undefined;
      throw error;
    }
  }

  #select(layout: Layout, conditions: readonly string[], limit: number): string {
    const { dialect } = this.#driver;
    const columns = [...layout.columns].map(
      ([field, column]) => `${quoteIdentifier(column.name, dialect)} AS ${quoteIdentifier(field, dialect)}`,
    );
    const where = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
    const from = `FROM ${quoteTable(this.#settings.table, dialect)}${where}${layout.order}`;
    return selectLimited(columns.join(', '), from, dialect, limit);
  }

  async #known(signal: AbortSignal): Promise<Layout> {
    this.#layout ??= this.#layoutOf(await this.#driver.columns(this.#settings.table, signal));
    return this.#layout;
  }

  #layoutOf(present: readonly TableColumn[]): Layout {
    const columns = fieldColumns(this.#settings, present);
    return { columns, order: this.#order(present, [...columns.values()]) };
  }

  #order(present: readonly TableColumn[], shown: readonly TableColumn[]): string {
    const keys = present.filter(({ key }) => key);
    const sorted = keys.length > 0 ? keys : shown.filter(({ text, integer }) => text || integer);
    const names = new Set(sorted.map(({ name }) => `${this.#sortable(name)}`));
    return names.size === 0 ? '' : ` ORDER BY ${[...names].join(', ')}`;
  }

  // With the table's name, so that a field of the same name as another column is not meant.
  #sortable(column: string): string {
    const { dialect } = this.#driver;
    const table = this.#settings.table.split('.').at(-1) ?? '';
    return `${quoteIdentifier(table, dialect)}.${quoteIdentifier(column, dialect)}`;
  }
}

/** Warns once of each field that is searched and that no column is for. */
export function unknownFields(table: string, log: Log): (field: string) => void {
  const unknown = new Set<string>();
  return (field) => {
    if (unknown.has(field)) return;
    unknown.add(field);
    log.warn({ field, table }, 'a lookup searches a field that the table does not have, and finds nobody');
  };
}

/** Field → column. @throws {SourceError} for a column that is not there */
export function fieldColumns<Column extends TableColumn>(
  { columns, table }: TableSettings,
  present: readonly Column[],
): ReadonlyMap<string, Column> {
  const wanted = columns ?? Object.fromEntries(present.map(({ name }) => [name, name]));
  return new Map(Object.entries(wanted).map(([field, name]) => [field, columnCalled(name, present, table)]));
}

/**
 * The column that the administrator means: names in another case are taken.
 * @throws {SourceError} with the nearest name
 */
export function columnCalled<Column extends TableColumn>(
  asked: string,
  present: readonly Column[],
  table: string,
): Column {
  const lower = asked.toLowerCase();
  const found = present.find(({ name }) => name === asked) ?? present.find(({ name }) => name.toLowerCase() === lower);
  if (found !== undefined) return found;
  const names = present.map(({ name }) => name);
  throw new SourceError('rejected', `the table ${table} has no column "${asked}"`, {
    remedy: `did you mean "${closest(asked, names)}"? Its columns are ${names.join(', ')}`,
  });
}
