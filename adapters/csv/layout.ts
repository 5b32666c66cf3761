/** Which column of the file is which field of the record. */
import { SourceError } from '../../src/contract/index.ts';

/** The setting `columns`: undefined: the header names the fields; a list: there is no header; a mapping: field → header name. */
export type Columns = undefined | readonly string[] | Readonly<Record<string, string>>;

/** The fields of the records, and the position in the row that each is read from. */
export interface Layout {
  readonly fields: readonly string[];
  readonly positions: readonly number[];
}

/** The layout of a file without a header. */
export function layoutOfList(columns: readonly string[]): Layout {
  refuseTwice(columns, 'the setting "columns"');
  return { fields: columns, positions: columns.map((_, position) => position) };
}

/**
 * The layout of a file with a header. A column without a name is not read.
 * @throws {SourceError} rejected: a name is there twice, or one of `columns` is not there
 */
export function layoutOfHeader(header: readonly string[], columns: Exclude<Columns, readonly string[]>): Layout {
  const names = header.map((name) => name.trim());
  const named = names.filter((name) => name !== '');
  if (columns === undefined) {
    refuseTwice(named, 'the header');
    return { fields: named, positions: named.map((name) => names.indexOf(name)) };
  }
  const fields = Object.keys(columns);
  const positions = fields.map((field) => {
    const wanted = columns[field] ?? '';
    const position = names.indexOf(wanted);
    if (position < 0) throw noSuchColumn(wanted, field, named);
    if (names.indexOf(wanted, position + 1) >= 0) throw twice(wanted, 'the header');
    return position;
  });
  return { fields, positions };
}

function noSuchColumn(wanted: string, field: string, named: readonly string[]): SourceError {
  return new SourceError('rejected', `the header has no column "${wanted}", which "columns" wants for ${field}`, {
    remedy: `name one of its columns: ${named.join(', ')}`,
  });
}

function refuseTwice(names: readonly string[], where: string): void {
  const name = names.find((candidate, position) => names.indexOf(candidate) !== position);
  if (name !== undefined) throw twice(name, where);
}

function twice(name: string, where: string): SourceError {
  return new SourceError('rejected', `${where} has the column "${name}" twice`, {
    remedy: 'give each column a name of its own',
  });
}
