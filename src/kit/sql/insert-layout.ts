/** What the database says of the table that gets the rows, in terms of the settings. */
import { SourceError } from '../../contract/index.ts';
import type { TableColumn } from './driver.ts';
import type { InsertSettings } from './insert-settings.ts';
import { columnCalled } from './table-finder.ts';

/** The columns that the settings name. */
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
