/** At most so many calls in a time. Who cannot have a turn before the deadline is told at once, and does not wait in vain. */
import { DeadlineExceeded, type SourceError } from '../../contract/index.ts';
import { type Caller, endOf } from './caller.ts';

/** How many, and what is said to who comes too late. */
export interface RateLimit {
  /** Calls in an interval, a whole number from 1 on. */
  readonly calls: number;
  readonly intervalMs: number;
  /** @param waitMs until somebody who comes now could have a turn */
  readonly refusal: (waitMs: number) => SourceError;
}

/** The turns of a source, on the clock of `performance.now()`. */
export class RateLimiter {
  readonly #limit: RateLimit;
  readonly #waiting: (() => void)[] = [];
  /** When the last turns were, ascending; at most as many as an interval has. */
  readonly #recent: number[] = [];
  #notBefore = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(limit: RateLimit) {
    this.#limit = limit;
  }

  /**
   * Waits for a turn; in the order of coming.
   * @throws {SourceError} the refusal, when there is none before the deadline
   * @throws the signal's reason when it aborts for another reason
   */
  async take({ signal, remaining }: Caller): Promise<void> {
    if (signal.aborted) throw endOf(signal, 'there was no time left for another call', true);
    const wait = this.#wait();
    if (wait > (remaining() ?? Number.POSITIVE_INFINITY)) throw this.#limit.refusal(wait);
    await new Promise<void>((resolve, reject) => {
      const go = () => {
        signal.removeEventListener('abort', stop);
        resolve();
      };
      const stop = () => {
        // The turn is the next one's, who comes so much sooner.
        this.#waiting.splice(this.#waiting.indexOf(go), 1);
        reject(this.#endOf(signal));
      };
      signal.addEventListener('abort', stop, { once: true });
      this.#waiting.push(go);
      this.#give();
    });
  }

  /** The system itself says how long to wait: another program uses up the same limit. */
  hold(milliseconds: number): void {
    this.#notBefore = Math.max(this.#notBefore, performance.now() + milliseconds);
  }

  /** Gives the turns that are free, and comes again for the others. */
  #give(): void {
    while (this.#waiting.length > 0 && this.#wait(0) <= 0) {
      this.#recent.push(performance.now());
      if (this.#recent.length > this.#limit.calls) this.#recent.shift();
      this.#waiting.shift()?.();
    }
    if (this.#waiting.length === 0 || this.#timer !== undefined) return;
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        this.#give();
      },
      Math.ceil(this.#wait(0)),
    );
  }

  /** Milliseconds until somebody who has so many before him has a turn, at the soonest. */
  #wait(position = this.#waiting.length): number {
    const { calls, intervalMs } = this.#limit;
    // A turn is free one interval after the turn that was so many turns before it.
    const before = this.#recent[this.#recent.length - calls + (position % calls)] ?? Number.NEGATIVE_INFINITY;
    const first = Math.max(before + intervalMs, this.#notBefore) - performance.now();
    return Math.max(0, first) + Math.floor(position / calls) * intervalMs;
  }

  #endOf(signal: AbortSignal): unknown {
    return signal.reason instanceof DeadlineExceeded ? this.#limit.refusal(this.#wait()) : signal.reason;
  }
}
