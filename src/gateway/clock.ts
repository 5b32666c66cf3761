/** Times as staff read them, in the time zone of this machine (`TZ`). */

/** "12:04"; of another day "2026-11-25 12:04". @param at as `Date.now()` has it */
export function clock(at: number, now = Date.now()): string {
  const moment = new Date(at);
  const time = `${twoDigits(moment.getHours())}:${twoDigits(moment.getMinutes())}`;
  if (moment.toDateString() === new Date(now).toDateString()) return time;
  return `${moment.getFullYear()}-${twoDigits(moment.getMonth() + 1)}-${twoDigits(moment.getDate())} ${time}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}

/** "6 minutes ago". */
export function ago(at: number, now = Date.now()): string {
  return `${lasting(now - at)} ago`;
}

/** "in 40 seconds", "at 12:14". */
export function soon(at: number, now = Date.now()): string {
  const seconds = Math.max(1, Math.ceil((at - now) / 1000));
  if (seconds === 1) return 'in a second';
  return seconds <= 120 ? `in ${seconds} seconds` : `at ${clock(at, now)}`;
}

/** "40 seconds", "35 minutes", "5 hours", "2 days": rounded down, so that nothing is older than is said. */
export function lasting(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  for (const [unit, size] of UNITS) {
    const count = Math.floor(seconds / size);
    // Two of a unit say more than one of the next.
    if (count >= 2 || size === 1) return `${count} ${unit}${count === 1 ? '' : 's'}`;
  }
  return 'a moment';
}

const UNITS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const;
