/** The order of rows: by what the administrator wrote, then by what gives a table a stable order. */
import { type Order, SourceError } from '../../contract/index.ts';
import type { SqlDialect } from './dialect.ts';
import type { TableColumn } from './driver.ts';
import { columnCalled } from './named-columns.ts';

/** A table whose rows are sorted. */
export interface SortedTable {
  /** Its name, for messages. */
  readonly table: string;
  readonly dialect: SqlDialect;
  /** Field → column. */
  readonly fields: ReadonlyMap<string, TableColumn>;
  /** Columns, as {@link quoted} writes them, which give rows that are alike a stable order. */
  readonly stable: readonly string[];
  quoted(column: string): string;
}

/** Texts go without regard to case, as most collations have it, and these do not: that of SQLite, "C" of PostgreSQL. */
const CASELESS: Readonly<Partial<Record<SqlDialect, (text: string) => string>>> = {
  sqlite: (text) => `${text} COLLATE NOCASE`,
  postgres: (text) => `LOWER(${text})`,
};

/**
 * ` ORDER BY …`, with what has no value last in both directions; nothing where there is nothing to sort by.
 * @throws {SourceError} for a field that the table does not have, or that has no order
 */
export function orderBy(order: readonly Order[], { table, dialect, fields, stable, quoted }: SortedTable): string {
  // SQL Server refuses a column that is there twice.
  const terms = new Map<string, string>();
  for (const { field, descending } of order) {
    const column = columnOf(field, fields, table);
    const value = sortedValue(quoted(column.name), column, dialect);
    const sorted = column.text ? (CASELESS[dialect]?.(value) ?? value) : value;
    if (terms.has(sorted)) continue;
    terms.set(sorted, `CASE WHEN ${value} IS NULL THEN 1 ELSE 0 END, ${sorted}${descending ? ' DESC' : ''}`);
  }
  for (const name of stable) if (!terms.has(name)) terms.set(name, name);
  return terms.size === 0 ? '' : ` ORDER BY ${[...terms.values()].join(', ')}`;
}

/** A column, with NULL for all that becomes no value of a record. */
function sortedValue(name: string, { text, list }: TableColumn, dialect: SqlDialect): string {
  if (text) return `NULLIF(LTRIM(${name}), '')`;
  if (list === true) return `CASE WHEN CARDINALITY(${name}) > 0 THEN ${name} END`;
  // In SQLite a column of any type may hold a text.
  return dialect === 'sqlite' ? `NULLIF(${name}, '')` : name;
}

function columnOf(field: string, fields: ReadonlyMap<string, TableColumn>, table: string): TableColumn {
  const named = Array.from(fields, ([name, column]) => ({ name, column }));
  const { column } = columnCalled(field, named, table);
  if (column.unsorted === undefined) return column;
  throw new SourceError(
    'rejected',
    `the table ${table} cannot be sorted by "${field}": its type is ${column.unsorted}`,
    {
      remedy: 'sort by another column, or read a view that has this one as another type',
    },
  );
}
