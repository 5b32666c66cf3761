/** When a request is sent again, and after what pause. */
import type { ExchangeFailure } from './exchange.ts';

/** A request is sent three times at most. */
export const MOST_REPEATS = 2;

const FIRST_PAUSE_MS = 200;

/** The pause before repeat 0, 1 …: it doubles, and is never the same for many who failed together. */
export function backOffMs(repeat: number): number {
  const full = FIRST_PAUSE_MS * 2 ** repeat;
  return full / 2 + Math.random() * (full / 2);
}

/** What breaks off, as opposed to what cannot be reached, is not trusted, or makes no sense: that stays so. */
const BROKEN = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET', 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH']);

/** Whether a request may be sent again after this: only what is repeatable, or what surely was not sent. */
export function isWorthRepeating(failure: ExchangeFailure, repeatable: boolean): boolean {
  return BROKEN.has(failure.code) && (repeatable || !failure.started);
}

/** Whether an answer says that we ask too often: a 429, or a 503 with a `Retry-After` (RFC 9110, 15.6.4). */
export function isThrottled(status: number, retryAfter: number | undefined): boolean {
  return status === 429 || (status === 503 && retryAfter !== undefined);
}

/** Nobody means more: a date of the year 9999 is a mistake, and nothing is to wait for it. Milliseconds: a day. */
const LONGEST_WAIT_MS = 24 * 60 * 60_000;

/** `Retry-After` in milliseconds, a day at most, from seconds or a date (RFC 9110, 10.2.3); undefined for anything else. */
export function retryAfterMs(header: string | undefined, now = Date.now()): number | undefined {
  const text = header?.trim() ?? '';
  // Some systems write fractions of a second (Shopify: "2.0"), though the RFC has none.
  if (/^\d{1,30}(\.\d{1,9})?$/.test(text)) return Math.min(LONGEST_WAIT_MS, Math.ceil(Number(text) * 1000));
  // Anything that Date.parse makes a date of, such as "-1", is not enough.
  if (!/^[A-Z][a-z]+,? .*\d\d:\d\d:\d\d/.test(text)) return undefined;
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : Math.min(LONGEST_WAIT_MS, Math.max(0, time - now));
}
