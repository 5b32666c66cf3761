/** Wall clock times of a database as moments. */

/**
 * The zone in which a session writes its times; undefined when it cannot be known.
 *
 * @param setting what the administrator says; it comes first
 * @param session `@@session.time_zone`: a name, an offset, or `SYSTEM`
 * @param system `@@system_time_zone`: an abbreviation, which says too little (CEST is half of a zone) unless it is UTC
 */
export function serverZone(setting: string | undefined, session: string, system: string): string | undefined {
  if (setting !== undefined) return setting;
  const named = session.toUpperCase() === 'SYSTEM' ? system : session;
  if (/^(?:UTC|GMT|Etc\/UTC|[+-]00:00)$/i.test(named)) return 'UTC';
  return session.toUpperCase() !== 'SYSTEM' && isZone(named) ? named : undefined;
}

/** Whether it is `UTC`, the name of a zone (`Europe/Zurich`) or an offset (`+01:00`). */
export function isZone(name: string): boolean {
  if (OFFSET.test(name)) return true;
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
  const [, sign, hours, minutes] = OFFSET.exec(zone) ?? [];
  if (sign !== undefined)
    return new Date(wall - (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000);
  if (zone === 'UTC') return new Date(wall);
  // The offset before a change of clocks first, which gives the first of two equal hours.
  const candidates = [wall - offsetAt(wall - DAY_MS, zone), wall - offsetAt(wall + DAY_MS, zone)];
  const [before = wall] = candidates;
  return new Date(candidates.find((moment) => moment + offsetAt(moment, zone) === wall) ?? before);
}

const DAY_MS = 24 * 60 * 60_000;
const formats = new Map<string, Intl.DateTimeFormat>();

/** Milliseconds that the clocks of a zone are ahead of UTC at a moment. */
function offsetAt(moment: number, zone: string): number {
  let format = formats.get(zone);
  if (format === undefined) {
    const numeric = { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' } as const;
    format = new Intl.DateTimeFormat('en-US', { ...numeric, second: '2-digit', hourCycle: 'h23', timeZone: zone });
    formats.set(zone, format);
  }
  const parts = new Map(format.formatToParts(moment).map(({ type, value }) => [type, Number(value)]));
  const part = (name: Intl.DateTimeFormatPartTypes) => parts.get(name) ?? 0;
  const seconds = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
  return seconds - Math.floor(moment / 1000) * 1000;
}
