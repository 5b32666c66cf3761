/** Moments in HelpSpot's words, as the examples of the manual write them. */

type Part = 'weekday' | 'month' | 'day' | 'year' | 'hour' | 'minute' | 'dayPeriod';

/** By time zone: making one takes longer than all the rest of an answer. */
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const format =
    formats.get(timeZone) ??
    new Intl.DateTimeFormat('en-US', {
      ...{ timeZone, weekday: 'short', month: 'long', day: 'numeric', year: 'numeric' },
      ...{ hour: '2-digit', minute: '2-digit', hour12: true },
    });
  formats.set(timeZone, format);
  return format;
}

function partsOf(seconds: number, timeZone: string): Record<Part, string> {
  const parts = { weekday: '', month: '', day: '', year: '', hour: '', minute: '', dayPeriod: '' };
  for (const { type, value } of formatOf(timeZone).formatToParts(seconds * 1_000)) {
    if (type in parts) Object.assign(parts, { [type]: value });
  }
  // `June  9, 2008`: one figure has a space before it.
  return { ...parts, day: parts.day.padStart(2) };
}

/** `September 24, 2007`; nothing for no moment. */
export function dateInWords(seconds: number, timeZone: string): string {
  if (seconds === 0) return '';
  const { month, day, year } = partsOf(seconds, timeZone);
  return `${month} ${day}, ${year}`;
}

/** `Tue, September 25, 2007, 11:00 AM` */
export function momentInWords(seconds: number, timeZone: string): string {
  if (seconds === 0) return '';
  const { weekday, hour, minute, dayPeriod } = partsOf(seconds, timeZone);
  return `${weekday}, ${dateInWords(seconds, timeZone)}, ${hour}:${minute} ${dayPeriod}`;
}

/** `June  9 2008, 11:48 AM`: private.timetracker.search has its own. */
export function addedInWords(seconds: number, timeZone: string): string {
  const { month, day, year, hour, minute, dayPeriod } = partsOf(seconds, timeZone);
  return `${month} ${day} ${year}, ${hour}:${minute} ${dayPeriod}`;
}

const A_DAY = 86_400;
const PAST = /^past_(\d+)$/;

/** The stretch of `relativedate`, from and to in Unix seconds; days begin at midnight UTC. Undefined for an unknown word. */
export function relativeStretch(word: string, now: number): { readonly from: number; readonly to: number } | undefined {
  const past = PAST.exec(word)?.[1];
  if (past !== undefined) return { from: now - Number(past) * A_DAY, to: now };
  const date = new Date(now * 1_000);
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
  const at = (...parts: [number, number, number]) => Date.UTC(...parts) / 1_000;
  const sunday = day - date.getUTCDay();
  const stretches: Readonly<Record<string, readonly [number, number]>> = {
    today: [at(year, month, day), now],
    yesterday: [at(year, month, day - 1), at(year, month, day) - 1],
    this_week: [at(year, month, sunday), now],
    this_month: [at(year, month, 1), now],
    this_year: [at(year, 0, 1), now],
    last_week: [at(year, month, sunday - 7), at(year, month, sunday) - 1],
    last_month: [at(year, month - 1, 1), at(year, month, 1) - 1],
    last_year: [at(year - 1, 0, 1), at(year, 0, 1) - 1],
  };
  const stretch = Object.hasOwn(stretches, word) ? stretches[word] : undefined;
  return stretch === undefined ? undefined : { from: stretch[0], to: stretch[1] };
}
