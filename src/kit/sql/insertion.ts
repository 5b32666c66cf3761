/** One row to insert, as SQL. Names are quoted here, values are bound by whoever runs it. */
import type { TableColumn } from './driver.ts';
import { quoteIdentifier, quoteTable } from './identifiers.ts';
import type { SqlDialect } from './named-query.ts';

/** A row for a table. */
export interface Insertion {
  /** Quoted. */
  readonly table: string;
  /** Quoted; at least one. */
  readonly columns: readonly string[];
  /** In the order of the columns; the server converts them. */
  readonly values: readonly string[];
  /** The column whose value is the id, quoted. */
  readonly key: string;
}

/** A value for a column. */
export interface Cell {
  readonly column: TableColumn;
  readonly value: string;
}

/** A row with these values, of which there is at least one. */
export function insertionOf(table: string, key: TableColumn, cells: readonly Cell[], dialect: SqlDialect): Insertion {
  return {
    table: quoteTable(table, dialect),
    columns: cells.map(({ column }) => quoteIdentifier(column.name, dialect)),
    values: cells.map(({ value }) => value.toWellFormed()),
    key: quoteIdentifier(key.name, dialect),
  };
}

/**
 * The statement. `place` gives what stands for the value of a column; `output` goes between the columns and VALUES, where
 * SQL Server wants what gives the key back.
 */
export function insertText({ table, columns }: Insertion, place: (index: number) => string, output = ''): string {
  const places = columns.map((_column, index) => place(index));
  return `INSERT INTO ${table} (${columns.join(', ')}) ${output}VALUES (${places.join(', ')})`;
}
