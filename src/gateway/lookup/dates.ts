/** Dates of records: real ones, and texts in the form of ISO 8601. */
import { textOf } from '../../contract/index.ts';
import { localTime } from '../../kit/text/index.ts';

/**
 * `iso`: 2026-11-21T09:30:00Z; `local`: 2026-11-21 10:30 by the clock of this machine; `date`: 2026-11-21; `unix`: seconds, as
 * HelpSpot's date fields take it.
 */
export type DateStyle = 'iso' | 'local' | 'date' | 'unix';

/**
 * A date, or a text that holds an ISO 8601 date, in the style asked for; any
 * other text as it is. As `unix` only a real date will do: anything else would
 * be inserted into a date field.
 */
export function dateText(value: string | number | Date, style: DateStyle): string | undefined {
  if (style === 'iso' && !(value instanceof Date)) return String(value);
  const date = readDate(value);
  if (date === undefined) return style === 'unix' ? undefined : textOf(value);
  if (style === 'unix') return String(Math.floor(date.getTime() / 1000));
  // A day without a time is the same in every zone.
  if (style === 'local') return isDay(String(value).trim()) ? String(value).trim() : localTime(date);
  const iso = date.toISOString();
  // A year may have six digits.
  return style === 'date' ? iso.slice(0, iso.indexOf('T')) : iso.replace(/\.000Z$/, 'Z');
}

const ISO_DATE = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/;
/** With fractions of a second and a zone. */
const LONGEST_DATE = 40;

/** The date that a value is or holds. A time without a zone is taken as UTC, so that an answer does not depend on where the gateway runs. */
export function readDate(value: string | number | Date): Date | undefined {
  const date = value instanceof Date ? value : parsed(String(value).trim());
  return date === undefined || Number.isNaN(date.getTime()) ? undefined : date;
}

function parsed(text: string): Date | undefined {
  if (text.length > LONGEST_DATE) return undefined;
  const match = ISO_DATE.exec(text);
  if (match === null) return undefined;
  if (!isRealDay(text)) return undefined;
  const iso = text.replace(' ', 'T');
  return new Date(text.length > 10 && match[1] === undefined ? `${iso}Z` : iso);
}

/** There is no 30th of February, though `Date` makes the 2nd of March of it. */
function isRealDay(text: string): boolean {
  const [year = 0, month = 0, day = 0] = text.slice(0, 10).split('-').map(Number);
  return new Date(Date.UTC(year, month - 1, day)).getUTCDate() === day;
}

/** Whether a text is a date without a time. */
export function isDay(text: string): boolean {
  return text.length === 10 && readDate(text) !== undefined;
}
