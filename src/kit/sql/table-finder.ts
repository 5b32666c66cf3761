/** Finding in a table or view: the gateway writes the query, the database compares. */
import { closest } from 'fastest-levenshtein';
import { type Log, SourceError } from '../../contract/index.ts';
import { conditionOf } from './conditions.ts';
import { quoteIdentifier, quoteTable, type SqlDialect, selectLimited } from './dialect.ts';
import type { Bound, SqlDriver, SqlFinder, TableColumn, TableSettings } from './driver.ts';
import { recordOf } from './records.ts';

/** What the database says of the table, in terms of our fields. */
interface Layout {
  readonly columns: ReadonlyMap<string, TableColumn>;
  /** ` ORDER BY …`, or nothing when no column can be sorted by. */
  readonly order: string;
}

/** A table of the database. */
export function tableFinder(driver: SqlDriver, settings: TableSettings, log: Log): SqlFinder {
  const { dialect } = driver;
  const dates = new Set(settings.dates);
  const noteUnknown = unknownFields(settings.table, log);
  let layout: Layout | undefined;
  const known = async (signal: AbortSignal): Promise<Layout> => {
    layout ??= layoutOf(settings, await driver.columns(settings.table, signal), dialect);
    return layout;
  };
  const select = (of: Layout, conditions: readonly string[], limit: number): string => {
    const columns = Array.from(of.columns, ([field, column]) => {
      return `${quoteIdentifier(column.name, dialect)} AS ${quoteIdentifier(field, dialect)}`;
    });
    const where = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
    const from = `FROM ${quoteTable(settings.table, dialect)}${where}${of.order}`;
    return selectLimited(columns.join(', '), from, dialect, limit);
  };
  return {
    /** Proves that the table and the columns are there and can be read. */
    async check(signal) {
      layout = undefined;
      await driver.run({ text: select(await known(signal), ['1 = 0'], 1), values: [] }, signal);
    },
    async find({ criteria, limit }, signal) {
      const of = await known(signal);
      const values: Bound[] = [];
      const conditions: string[] = [];
      for (const criterion of criteria) {
        const column = of.columns.get(criterion.field);
        if (column === undefined) noteUnknown(criterion.field);
        const condition = column && conditionOf(criterion, column, dialect);
        // Nobody can meet it, so the database need not be asked.
        if (condition === undefined) return [];
        values.push({ name: criterion.field, value: condition.value });
        conditions.push(condition.sql(driver.placeholder(values.length - 1)));
      }
      try {
        const rows = await driver.run({ text: select(of, conditions, limit), values }, signal);
        return rows.slice(0, limit).map((row) => recordOf(row, dates));
      } catch (error) {
        // A column may have gone or changed since we looked.
        if (error instanceof SourceError && error.kind === 'rejected') layout = undefined;
        throw error;
      }
    },
  };
}

function layoutOf(settings: TableSettings, present: readonly TableColumn[], dialect: SqlDialect): Layout {
  const columns = fieldColumns(settings, present);
  const keys = present.filter(({ key }) => key);
  const sorted = keys.length > 0 ? keys : [...columns.values()].filter(({ text, integer }) => text || integer);
  // With the table's name, so that a field of the same name as another column is not meant.
  const table = quoteIdentifier(settings.table.split('.').at(-1) ?? '', dialect);
  const names = new Set(sorted.map(({ name }) => `${table}.${quoteIdentifier(name, dialect)}`));
  return { columns, order: names.size === 0 ? '' : ` ORDER BY ${[...names].join(', ')}` };
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
