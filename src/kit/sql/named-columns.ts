/** The columns that fields and settings name. */
import { closest } from 'fastest-levenshtein';
import { SourceError } from '../../contract/index.ts';
import type { TableColumn, TableSettings } from './driver.ts';

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
export function columnCalled<Column extends Pick<TableColumn, 'name'>>(
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
