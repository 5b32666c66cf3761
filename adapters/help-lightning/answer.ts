/** Answers as plain data. */
import { type Data, textAt } from '../../src/kit/web/index.ts';

/** The ID of somebody or something under a name; undefined for `-1`, which is nobody. */
export function idAt(data: Data, name: string): string | undefined {
  const text = textAt(data, name);
  return text === '-1' || text === '0' ? undefined : text;
}

/** Milliseconds, above which a number is no count of seconds: the year 5138. */
const FIRST_MILLISECOND = 1e11;

/** A moment under a name: seconds since 1970 (milliseconds are seen by their size), or ISO 8601; undefined for 0, which is never. */
export function momentAt(data: Data, name: string): Date | undefined {
  const text = textAt(data, name);
  if (text === undefined || text.length > 40) return undefined;
  if (/^\d{1,15}(?:\.\d{1,9})?$/.test(text)) {
    const number = Number(text);
    if (number === 0) return undefined;
    return new Date(Math.round(number < FIRST_MILLISECOND ? number * 1000 : number));
  }
  if (!/^\d{4}-\d\d-\d\d/.test(text)) return undefined;
  // Its times without a zone are UTC.
  const date = new Date(/T[\d:.]{5,18}$/.test(text) ? `${text}Z` : text);
  return Number.isNaN(date.getTime()) ? undefined : date;
}
