/** What may happen thousands of times in a minute, and is said once. */
import type { Log } from '../contract/index.ts';
import { logPauseMs } from './limits.ts';

/** Says the same thing once in a while, with how often it has happened. */
export class SeldomLog {
  readonly #log: Log;
  readonly #told = new Map<string, { at: number; since: number }>();

  constructor(log: Log) {
    this.#log = log;
  }

  warn(what: string, fields: object, message: string): void {
    const now = performance.now();
    const told = this.#told.get(what);
    if (told !== undefined && now - told.at < logPauseMs) {
      told.since += 1;
      return;
    }
    this.#told.set(what, { at: now, since: 0 });
    this.#log.warn({ ...fields, ...(told !== undefined && told.since > 0 && { times: told.since + 1 }) }, message);
  }
}
