/** Wall clock times of a database as moments. */

/** Whether it is `UTC`, the name of a zone (`Europe/Zurich`) or an offset (`+01:00`). */
export function isZone(name: string): boolean {
  // Newer versions of Intl take some offsets, too, in more spellings than databases do.
  if (/^[+-]/.test(name)) return OFFSET.test(name);
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

const OFFSET = /^([+-])(0\d|1[0-4]):([0-5]\d)$/;
const WALL = /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d:\d\d(?:\.\d+)?))?$/;

/**
 * The moment of `2026-03-01 13:00:00` in a zone; undefined for what is no time, as `0000-00-00 00:00:00`. An hour that
 * the clocks run through twice is the first one.
 */
export function momentOf(text: string, zone: string): Date | undefined {
  const [, day, time = '00:00:00'] = WALL.exec(text) ?? [];
  const wall = day === undefined ? Number.NaN : Date.parse(`${day}T${time}Z`);
  if (Number.isNaN(wall)) return undefined;
  if (OFFSET.test(zone) || zone.toUpperCase() === 'UTC') return new Date(wall - offsetAt(wall, zone));
  // The offset before a change of clocks first, which gives the first of two equal hours.
  const candidates = [wall - offsetAt(wall - DAY_MS, zone), wall - offsetAt(wall + DAY_MS, zone)];
  const [before = wall] = candidates;
  return new Date(candidates.find((moment) => moment + offsetAt(moment, zone) === wall) ?? before);
}

const DAY_MS = 24 * 60 * 60_000;
/** `GMT`, `GMT+02:00`; before the zones of the railways also with seconds: `GMT+00:34:08`. */
const LONG_OFFSET = /^GMT(?:([+−-])(\d\d):(\d\d)(?::(\d\d))?)?$/;
const formats = new Map<string, Intl.DateTimeFormat>();

/** Milliseconds that the clocks of a zone are ahead of UTC at a moment. */
export function offsetAt(moment: number, zone: string): number {
  const [, ahead, whole, minute] = OFFSET.exec(zone) ?? [];
  if (ahead !== undefined) return (ahead === '-' ? -1 : 1) * (Number(whole) * 60 + Number(minute)) * 60_000;
  if (zone.toUpperCase() === 'UTC') return 0;
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
    formats.set(zone, format);
  }
  const name = format.formatToParts(moment).find(({ type }) => type === 'timeZoneName')?.value ?? '';
  const [, sign, hours = '0', minutes = '0', seconds = '0'] = LONG_OFFSET.exec(name) ?? [];
  const size = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds);
  return (sign === '+' ? size : -size) * 1000;
}
