/** Times as staff read them, in the time zone of this machine (`TZ`). */
import { ageWords } from '../../helpspot/details-html.ts';

const HOUR_MS = 3_600_000;

/**
 * "12:04"; of another day "2026-11-25 12:04"; in the hour that clocks run through twice "02:30 (UTC+2)".
 * @param at as `Date.now()` has it
 */
export function clock(at: number, now = Date.now()): string {
  const moment = new Date(at);
  const whole = localTime(moment);
  const isTwice = [at - HOUR_MS, at + HOUR_MS].some((other) => localTime(new Date(other)) === whole);
  const time = moment.toDateString() === new Date(now).toDateString() ? whole.slice(-5) : whole;
  return isTwice ? `${time} (${offsetOf(moment)})` : time;
}

/** "UTC+2", "UTC-3:30" */
function offsetOf(moment: Date): string {
  const minutes = -moment.getTimezoneOffset();
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return `UTC${minutes < 0 ? '-' : '+'}${hours}${rest === 0 ? '' : `:${twoDigits(rest)}`}`;
}

/** "2026-11-25 12:04", "0476-09-04 10:00". */
export function localTime(moment: Date): string {
  const year = moment.getFullYear();
  const day = `${year < 0 ? '-' : ''}${String(Math.abs(year)).padStart(4, '0')}-${twoDigits(moment.getMonth() + 1)}-${twoDigits(moment.getDate())}`;
  return `${day} ${twoDigits(moment.getHours())}:${twoDigits(moment.getMinutes())}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}

/** "6 minutes ago". */
export function ago(at: number, now = Date.now()): string {
  return `${ageWords(Math.max(0, now - at))} ago`;
}

/** "in 40 seconds", "at 12:14". */
export function soon(at: number, now = Date.now()): string {
  const seconds = Math.max(1, Math.ceil((at - now) / 1000));
  if (seconds === 1) return 'in a second';
  return seconds <= 120 ? `in ${seconds} seconds` : `at ${clock(at, now)}`;
}
