/** Cells of SQLite as values of a record. */
import type { SourceRecord, Value } from '../../src/gateway/record.ts';
import type { Plain } from './connection.ts';

// SQLite's own date functions write the first form, in UTC; https://sqlite.org/lang_datefunc.html
const SQLITE_TIME = /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d(?::\d\d(?:\.\d+)?)?))?\s*(Z|[+-]\d\d:\d\d)?$/;
// Unix times in seconds stay below this until the year 5138; what is above counts milliseconds.
const MILLISECONDS_FROM = 1e11;

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

/** A Unix time (in seconds, or milliseconds) or ISO text as a date; undefined for anything else, which is shown as it is. */
function dateOf(cell: string | number | bigint): Date | undefined {
  const date = typeof cell === 'string' ? dateOfText(cell.trim()) : dateOfNumber(Number(cell));
  return date === undefined || Number.isNaN(date.getTime()) ? undefined : date;
}

function dateOfNumber(time: number): Date {
  return new Date(Math.abs(time) < MILLISECONDS_FROM ? time * 1000 : time);
}

function dateOfText(text: string): Date | undefined {
  if (/^-?\d{9,}$/.test(text)) return dateOfNumber(Number(text));
  const [matched, day, time = '00:00', zone = 'Z'] = SQLITE_TIME.exec(text) ?? [];
  return matched === undefined ? undefined : new Date(`${day}T${time}${zone}`);
}
