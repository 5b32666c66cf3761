/**
 * The time by the server that keeps the ledger: machines may be minutes apart, and all that a ledger says of times must be
 * by one clock. Between two answers of the server time passes by the clock of this machine that is never set.
 */
import type pg from 'pg';
import type { LedgerClock } from '../session.ts';

/** The server's time, as an expression: milliseconds since 1970. */
export const SERVER_NOW = 'floor(extract(epoch FROM clock_timestamp()) * 1000)';

/** For one ledger. */
export class DatabaseClock implements LedgerClock {
  /** What the server's clock is ahead of `performance.now()`. Until it has said so, that of this machine counts. */
  #ahead = Date.now() - performance.now();
  readonly #told: (() => number) | undefined;

  /** @param told in place of what the server says */
  constructor(told?: () => number) {
    this.#told = told;
  }

  now(): number {
    return this.#told?.() ?? Math.round(this.#ahead + performance.now());
  }

  /** The server's clock is not watched: whoever sets it says how long what waits still waits. */
  skippedWithin(): number {
    return 0;
  }

  /** Asks the server for its time. */
  async ask(client: pg.Client): Promise<void> {
    const asked = performance.now();
    const { rows } = await client.query<{ now: number }>(`SELECT ${SERVER_NOW} AS now`);
    if (rows[0] !== undefined) this.is(rows[0].now, asked, performance.now());
  }

  /**
   * The server has told its time.
   * @param now milliseconds since 1970
   * @param asked when it was asked, by `performance.now()`
   * @param answered when its answer was there; it told its time in between
   */
  is(now: number, asked: number, answered: number): void {
    this.#ahead = now - (asked + answered) / 2;
  }
}
