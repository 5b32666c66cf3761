/** Times as people write them who look for something in the past. */
import { milliseconds } from '../../contract/index.ts';

const AGO = /^\d{1,9}(?:\.\d{1,9})?(?:ms|s|m|h|d)$/;
const MOMENT = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?Z?)?$/;
const DAY = 'YYYY-MM-DD'.length;

/**
 * `2h` ago, or a day or time of UTC as tables and JSON show it: `2026-11-20`, `2026-11-20T08:30`.
 * @returns milliseconds since 1970; undefined for what is none
 */
export function pastMoment(text: string, now: number): number | undefined {
  if (AGO.test(text)) return Math.max(0, Math.floor(now - milliseconds(text)));
  const time = text.length === DAY ? text : `${text.replace(' ', 'T').replace('Z', '')}Z`;
  const at = MOMENT.test(text) ? Date.parse(time) : Number.NaN;
  // 31 February is a day of March to some.
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text.slice(0, DAY)) ? at : undefined;
}
