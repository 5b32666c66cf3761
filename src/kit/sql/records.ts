/** Rows as records, and dates that a database holds as numbers or texts. */
import { type Scalar, SourceError, type SourceRecord, type Value } from '../../contract/index.ts';
import type { Row } from './driver.ts';

// SQLite's own date functions write the first form, in UTC; https://sqlite.org/lang_datefunc.html
const ISO_TIME = /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d(?::\d\d(?:\.\d+)?)?))?\s*(Z|[+-]\d\d:\d\d)?$/;
// Unix times in seconds stay below this until the year 5138; what is above counts milliseconds.
const MILLISECONDS_FROM = 1e11;

/** A row as a record; the columns in `dates` become dates. What is NULL, empty or bytes is left out. */
export function recordOf(row: Row, dates: ReadonlySet<string>): SourceRecord {
  const fields = Object.entries(row).map(([field, raw]) => [field, fieldValue(raw, dates.has(field))] as const);
  return Object.fromEntries(fields.filter(([, value]) => value !== undefined));
}

/** Two columns of one name would be one field, with the value of either. @throws {SourceError} */
export function refuseTwins(columns: readonly string[]): void {
  const twice = columns.find((name, index) => columns.indexOf(name) !== index);
  if (twice === undefined) return;
  throw new SourceError('rejected', `the query gives two columns called "${twice}"`, {
    remedy: `give one another name: ${twice} AS other_name`,
  });
}

/** One raw value as that of a field: big integers as their text; undefined for NULL, empty text, bytes and places (geometry). */
export function fieldValue(raw: unknown, isDate: boolean): Value | undefined {
  if (!Array.isArray(raw)) return scalarOf(raw, isDate);
  const items = raw.map((item) => scalarOf(item, isDate)).filter((item) => item !== undefined);
  return items.length === 0 ? undefined : items;
}

function scalarOf(raw: unknown, isDate: boolean): Scalar | undefined {
  if (raw instanceof Date) return Number.isNaN(raw.getTime()) ? undefined : raw;
  if (typeof raw === 'boolean') return raw;
  const value = typeof raw === 'bigint' || (typeof raw === 'number' && !Number.isFinite(raw)) ? String(raw) : raw;
  if (typeof value !== 'number' && (typeof value !== 'string' || value.trim() === '')) return undefined;
  return isDate ? (dateOf(value) ?? value) : value;
}

/** A Unix time (in seconds, or milliseconds) or ISO text as a date; undefined for anything else, which is shown as it is. */
export function dateOf(cell: string | number | bigint): Date | undefined {
  const date = typeof cell === 'string' ? dateOfText(cell.trim()) : dateOfNumber(Number(cell));
  return date === undefined || Number.isNaN(date.getTime()) ? undefined : date;
}

function dateOfNumber(time: number): Date {
  return new Date(Math.abs(time) < MILLISECONDS_FROM ? time * 1000 : time);
}

function dateOfText(text: string): Date | undefined {
  if (/^-?\d{9,}$/.test(text)) return dateOfNumber(Number(text));
  const [matched, day, time = '00:00', zone = 'Z'] = ISO_TIME.exec(text) ?? [];
  return matched === undefined ? undefined : new Date(`${day}T${time}${zone}`);
}
