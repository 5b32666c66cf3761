/** Dates that a database holds as numbers or texts. */

// SQLite's own date functions write the first form, in UTC; https://sqlite.org/lang_datefunc.html
const ISO_TIME = /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d(?::\d\d(?:\.\d+)?)?))?\s*(Z|[+-]\d\d:\d\d)?$/;
// Unix times in seconds stay below this until the year 5138; what is above counts milliseconds.
const MILLISECONDS_FROM = 1e11;

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
