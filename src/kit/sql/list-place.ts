/** Where a listing of a table had got to, as a short text, and the condition of the rows behind it. */
import * as z from 'zod';
import { SourceError } from '../../contract/index.ts';
import type { SqlDialect } from './dialect.ts';
import type { TableColumn } from './driver.ts';
import type { Bind } from './spelling.ts';
import { type TextForm, textFormOf } from './text-form.ts';

/** A value as its text; 1: in SQLite, where each value has a type of its own, it is a number. */
const part = z.union([z.tuple([z.string()]), z.tuple([z.string(), z.literal(1)])]);
/** One value. */
export type PlacePart = z.output<typeof part>;

const place = z.strictObject({
  /** Of each column of the key, and before them that of the last change in a run that is sorted by it. */
  at: z.array(part).min(1),
  /** The mark of the run, which is of its beginning. */
  mark: z.string().optional(),
});

/** Behind the last row that was given. */
export type Place = z.output<typeof place>;

/** What {@link Place} is written as. */
export function placeText(of: Place): string {
  return JSON.stringify(of);
}

/** @throws {SourceError} for a text of another run */
export function placeOf(text: string, columns: number): Place {
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    given = undefined;
  }
  const read = place.safeParse(given);
  if (read.success && read.data.at.length === columns) return read.data;
  throw new SourceError('rejected', 'the place where the listing was left does not fit the table any more', {
    remedy: 'nothing; the next run begins anew',
  });
}

/** A column by which a listing is sorted. */
export interface PlacedColumn {
  readonly column: TableColumn;
  readonly form: TextForm;
  /** Quoted. */
  readonly sql: string;
}

/** The column as one to sort by. @throws {SourceError} where that cannot be said in text */
export function placedColumn(column: TableColumn, sql: string, dialect: SqlDialect, table: string): PlacedColumn {
  const form = textFormOf(column, dialect);
  if (form !== undefined) return { column, form, sql };
  const type = column.unsorted ?? column.type ?? column.holds ?? 'another one';
  throw new SourceError('rejected', `the table ${table} cannot be listed by "${column.name}": its type is ${type}`, {
    remedy: 'name another column that tells each row from all others under key:, such as a number or a text',
  });
}

/** A value of a row; undefined for NULL and bytes. */
export function partOf(cell: unknown): PlacePart | undefined {
  if (typeof cell === 'string') return [cell];
  return typeof cell === 'number' || typeof cell === 'bigint' ? [String(cell), 1] : undefined;
}

/** The value of a text that was bound. */
export function boundPart([text, isNumber]: PlacePart, { form }: Pick<PlacedColumn, 'form'>, bind: Bind): string {
  const at = bind(text);
  // A sum has no affinity, so that it compares as the number that it is (https://sqlite.org/datatype3.html, 4.2).
  return isNumber === 1 ? `(${at} + 0)` : form.read(at, text);
}

/** The condition of the rows behind a place: `(a > 1 OR (a = 1 AND b > 2))`, so that the index of the columns serves. */
export function behind(columns: readonly PlacedColumn[], at: readonly PlacePart[], bind: Bind): string {
  const [column, ...others] = columns;
  const [value, ...more] = at;
  if (column === undefined || value === undefined) return '1 = 0';
  if (others.length === 0) return `${column.sql} > ${boundPart(value, column, bind)}`;
  const here = () => boundPart(value, column, bind);
  const [from, later, same] = [here(), here(), here()];
  return `(${column.sql} >= ${from} AND (${column.sql} > ${later} OR (${column.sql} = ${same} AND ${behind(others, more, bind)})))`;
}
