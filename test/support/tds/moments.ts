/** Dates and times: text as T-SQL writes it, and ticks of 100 ns as the wire has them. */

/** A moment of no zone but its own. Days count from 0001-01-01, ticks of 100 ns from midnight, the offset in minutes. */
export interface Moment {
  readonly days: number;
  readonly ticks: bigint;
  readonly offset: number;
}

const DAY_MS = 86_400_000;
const FIRST_DAY = Date.UTC(2001, 0, 1) / DAY_MS - 730_485;
export const TICKS_A_SECOND = 10_000_000n;
const FORM =
  /^\s*(?:(\d{4})-?(\d{2})-?(\d{2}))?(?:[T ]?(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?)?\s*(Z|[+-]\d{2}:\d{2})?\s*$/i;

/** Undefined when SQL Server would not take the text for a date or a time; a time alone is of 1900-01-01. */
export function readMoment(text: string): Moment | undefined {
  const match = FORM.exec(text);
  if (match === null || text.trim() === '') return undefined;
  const [, year = '1900', month = '01', day = '01', hour = '0', minute = '0', second = '0', rest = '', zone] = match;
  const ms = Date.UTC(2000, Number(month) - 1, Number(day)) && dateOf(Number(year), Number(month), Number(day));
  if (ms === undefined || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  const seconds = BigInt(Number(hour) * 3600 + Number(minute) * 60 + Number(second));
  const ticks = seconds * TICKS_A_SECOND + BigInt(rest.padEnd(7, '0').slice(0, 7));
  return { days: ms / DAY_MS - FIRST_DAY, ticks, offset: zone === undefined ? 0 : offsetOf(zone) };
}

function dateOf(year: number, month: number, day: number): number | undefined {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return year >= 1 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? date.getTime() : undefined;
}

function offsetOf(zone: string): number {
  if (zone.toUpperCase() === 'Z') return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4));
  return zone.startsWith('-') ? -minutes : minutes;
}

/** `2024-01-31`. */
export function dateText(moment: Moment): string {
  return new Date((moment.days + FIRST_DAY) * DAY_MS).toISOString().slice(0, 10);
}

/** `13:05:09.1234567`, with `scale` digits of the second. */
export function timeText(moment: Moment, scale: number): string {
  const seconds = Number(moment.ticks / TICKS_A_SECOND);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const clock = parts.map((part) => String(part).padStart(2, '0')).join(':');
  const rest = (moment.ticks % TICKS_A_SECOND).toString().padStart(7, '0').slice(0, scale);
  return scale === 0 ? clock : `${clock}.${rest}`;
}

/** `+02:00`. */
export function offsetText(moment: Moment): string {
  const size = Math.abs(moment.offset);
  const [hours, minutes] = [Math.floor(size / 60), size % 60].map((part) => String(part).padStart(2, '0'));
  return `${moment.offset < 0 ? '-' : '+'}${hours}:${minutes}`;
}

/** The moment moved by minutes, over midnight where it must. */
export function shifted(moment: Moment, minutes: number): Moment {
  const day = 86_400n * TICKS_A_SECOND;
  const total = BigInt(moment.days) * day + moment.ticks + BigInt(minutes) * 60n * TICKS_A_SECOND;
  return { days: Number(total / day), ticks: total % day, offset: moment.offset };
}
