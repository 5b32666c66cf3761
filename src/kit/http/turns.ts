/** At most so many requests in a second. Who cannot have a turn in time is told at once. */

import pThrottle from 'p-throttle';
import { DeadlineExceeded } from '../../contract/index.ts';
import { type Caller, endOf, noTurn } from './waiting.ts';

const SECOND_MS = 1000;

/** The turns of a source. */
export class Turns {
  readonly #system: string;
  readonly #limit: number;
  readonly #interval: number;
  readonly #waiting: (() => void)[] = [];
  /** When the last turns were, at most as many as an interval has; on the clock of `performance.now()`. */
  readonly #recent: number[] = [];
  readonly #tick: (() => void) & { readonly queueSize: number };

  constructor(perSecond: number, system: string) {
    this.#system = system;
    // A fraction is one request in a longer time: 0.5 is one in two seconds.
    this.#limit = Number.isInteger(perSecond) ? perSecond : 1;
    this.#interval = (SECOND_MS * this.#limit) / perSecond;
    const throttle = pThrottle({ limit: this.#limit, interval: this.#interval, strict: true });
    this.#tick = throttle(() => this.#give());
  }

  /**
   * Waits for a turn.
   * @throws {SourceError} `rate-limited` when there is none before the deadline
   * @throws the signal's reason when it aborts for another reason
   */
  async take({ signal, remaining }: Caller): Promise<void> {
    if (signal.aborted) throw endOf(signal, `there was no time left to ask ${this.#system}`, true);
    const wait = this.#wait();
    if (wait > (remaining() ?? Number.POSITIVE_INFINITY)) throw noTurn(this.#system, wait);
    await new Promise<void>((resolve, reject) => {
      const go = () => {
        signal.removeEventListener('abort', stop);
        resolve();
      };
      const stop = () => {
        this.#waiting.splice(this.#waiting.indexOf(go), 1);
        reject(signal.reason instanceof DeadlineExceeded ? noTurn(this.#system, this.#wait()) : signal.reason);
      };
      signal.addEventListener('abort', stop, { once: true });
      this.#waiting.push(go);
      // The turn of somebody who has gone meanwhile is free for the next: only missing ones are asked for.
      if (this.#tick.queueSize < this.#waiting.length) this.#tick();
    });
  }

  #give(): void {
    this.#recent.push(performance.now());
    if (this.#recent.length > this.#limit) this.#recent.shift();
    this.#waiting.shift()?.();
  }

  /** Milliseconds until somebody who comes now has a turn, at the soonest. */
  #wait(): number {
    const position = this.#waiting.length;
    // A turn is free one interval after the turn that was so many turns before it.
    const before = this.#recent[this.#recent.length - this.#limit + (position % this.#limit)];
    const first = before === undefined ? 0 : Math.max(0, before + this.#interval - performance.now());
    return first + Math.floor(position / this.#limit) * this.#interval;
  }
}
