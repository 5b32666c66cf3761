/** The table that gets the rows, and one row for it as SQL. Names are quoted here, values are bound by whoever runs it. */
import { SourceError } from '../../contract/index.ts';
import { quoteIdentifier, quoteTable, type SqlDialect } from './dialect.ts';
import type { TableColumn } from './driver.ts';
import type { InsertSettings } from './insert-settings.ts';
import { columnCalled } from './named-columns.ts';

/** What the database says of the table, in terms of the settings. */
export interface InsertLayout {
  /** Whose value is the id of a push. */
  readonly key: TableColumn;
  readonly title: TableColumn | undefined;
  readonly body: TableColumn | undefined;
  readonly reference: TableColumn | undefined;
  /** Label → column. */
  readonly shown: ReadonlyMap<string, TableColumn>;
  readonly present: readonly TableColumn[];
}

/**
 * @param present every column of the table
 * @throws {SourceError} for a column that is not there, and for a table whose rows cannot be told apart
 */
export function layoutOf(present: readonly TableColumn[], settings: InsertSettings): InsertLayout {
  const { table } = settings;
  const called = (name: string) => columnCalled(name, present, table);
  const optional = (name: string | undefined) => (name === undefined ? undefined : called(name));
  const title = optional(settings.title);
  const body = optional(settings.body);
  const reference = optional(settings.reference);
  if (reference?.integer === true) {
    throw new SourceError('rejected', `the column "${reference.name}" of ${table} takes numbers only`, {
      remedy: 'name a column for texts of 40 characters under insert: reference',
    });
  }
  const key = optional(settings.id) ?? soleKey(present) ?? reference;
  if (key === undefined) {
    throw new SourceError('rejected', `the table ${table} has no primary key of one column`, {
      remedy: 'name the column that tells its rows apart under insert: id',
    });
  }
  // The title stands above the rows; the reference tells nobody anything.
  const all = present.filter((column) => column !== title && column !== reference).map(({ name }) => [name, name]);
  const labels: readonly (readonly string[])[] =
    settings.details === undefined ? all : Object.entries(settings.details);
  const shown = new Map(labels.map(([label = '', name = '']) => [label, called(name)]));
  return { key, title, body, reference, shown, present };
}

function soleKey(present: readonly TableColumn[]): TableColumn | undefined {
  const [key, ...others] = present.filter((column) => column.key);
  return others.length === 0 ? key : undefined;
}

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
