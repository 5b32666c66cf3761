/** How old data are, in words for people. */

const MINUTE_MS = 60_000;
const UNITS = [
  { name: 'day', milliseconds: 24 * 60 * MINUTE_MS },
  { name: 'hour', milliseconds: 60 * MINUTE_MS },
  { name: 'minute', milliseconds: MINUTE_MS },
] as const;

/** Whether something was written longer ago than so many milliseconds. */
export function isOlder(at: Date, milliseconds: number, now = Date.now()): boolean {
  return now - at.getTime() > milliseconds;
}

/** "the data are from 2026-11-24 18:00, 2 days old": the time of this machine, and whole units of the largest that fits twice. */
export function ageWords(at: Date, now = Date.now()): string {
  const two = (number: number) => String(number).padStart(2, '0');
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  const from = `${day} ${two(at.getHours())}:${two(at.getMinutes())}`;
  const age = Math.max(0, now - at.getTime());
  const { name, milliseconds } = UNITS.find((unit) => age >= 2 * unit.milliseconds) ?? UNITS[2];
  const count = Math.floor(age / milliseconds);
  return `the data are from ${from}, ${count} ${name}${count === 1 ? '' : 's'} old`;
}
