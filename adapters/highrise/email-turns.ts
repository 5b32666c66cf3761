/**
 * "We've lowered the API limit call to searching for contacts via an email address to 2 requests in a 10 second
 * period": https://github.com/basecamp/highrise-api#rate-limiting. Whoever comes is told beforehand how long the wait
 * would be, so that a lookup does not wait in vain.
 */
import { remainingMs, SourceError } from '../../src/contract/index.ts';
import { endOf, pause } from '../../src/kit/http/index.ts';

const INTERVAL_MS = 10_000;
/** What is sent 10 s apart may arrive a little less apart. */
const MARGIN_MS = 250;
/** With an unknown deadline, nobody waits longer. */
const LONGEST_BLIND_WAIT_MS = 10_000;

/** The turns of a source, on the clock of `performance.now()`. */
export class EmailTurns {
  readonly #limit: number;
  /** When turns were and will be, ascending; those that matter no more are dropped. */
  #turns: number[] = [];
  #notBefore = 0;

  /** @param limit turns in 10 seconds */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /**
   * Waits for a turn.
   * @throws {SourceError} `rate-limited` at once when there is none before the deadline
   * @throws the signal's reason when it aborts for another reason
   */
  async take(signal: AbortSignal): Promise<void> {
    const now = performance.now();
    const turn = this.#next(now);
    if (turn - now > (remainingMs(signal) ?? LONGEST_BLIND_WAIT_MS)) throw this.#noTurn(turn - now);
    this.#turns.push(turn);
    if (turn <= now) return;
    try {
      await pause(turn - now, signal);
    } catch {
      // Nobody has used it, and the next who comes may.
      this.#turns.splice(this.#turns.indexOf(turn), 1);
      throw endOf(signal, 'there was no time left to search Highrise by e-mail address', true);
    }
  }

  /** Highrise itself says how long to wait: another program uses up the same limit. */
  hold(milliseconds: number): void {
    this.#notBefore = Math.max(this.#notBefore, performance.now() + milliseconds);
  }

  #next(now: number): number {
    const period = INTERVAL_MS + MARGIN_MS;
    this.#turns = this.#turns.filter((turn) => turn > now - period);
    const before = this.#turns[this.#turns.length - this.#limit];
    const last = this.#turns.at(-1) ?? now;
    return Math.max(now, this.#notBefore, last, before === undefined ? now : before + period);
  }

  #noTurn(waitMs: number): SourceError {
    const seconds = Math.max(1, Math.ceil(waitMs / 1000));
    return new SourceError(
      'rate-limited',
      `Highrise allows only ${this.#limit} searches by e-mail address in 10 s; the next can be sent in ${seconds} s`,
      {
        unsent: true,
        retryAfterMs: Math.ceil(waitMs),
        remedy:
          'let lookups match by another field first (customer_id, phone, last_name), or give them a longer deadline',
      },
    );
  }
}
