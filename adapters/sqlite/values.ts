/** Cells of SQLite as values of a record. */
import type { SourceRecord, Value } from '../../src/contract/index.ts';
import { dateOf } from '../../src/kit/sql/index.ts';
import type { Plain } from './connection.ts';

/** Makes records from rows whose cells belong to `fields`; the fields in `dates` become dates. */
export function recordMaker(
  fields: readonly string[],
  dates: ReadonlySet<string>,
): (row: readonly Plain[]) => SourceRecord {
  return (row) => {
    const cells = fields.map((field, index) => [field, toValue(row[index], dates.has(field))] as const);
    return Object.fromEntries(cells.filter(([, value]) => value !== undefined));
  };
}

function toValue(cell: Plain, isDate: boolean): Value | undefined {
  if (cell === undefined || (typeof cell === 'string' && cell.trim() === '')) return undefined;
  if (isDate) return dateOf(cell) ?? String(cell);
  // SQLite can hold infinity, and integers of 64 bits.
  if (typeof cell === 'bigint' || (typeof cell === 'number' && !Number.isFinite(cell))) return String(cell);
  return cell;
}
