/** At most so many statements at once; the others wait in turn, each until its deadline. */
import { SourceError } from '../../gateway/errors.ts';

/** Gives a slot back. */
export type Release = () => void;

/** The places of a pool. The pools of the vendors' libraries cannot be waited for with a deadline. */
export class Slots {
  readonly #size: number;
  readonly #waiting: (() => void)[] = [];
  #used = 0;

  constructor(size: number) {
    this.#size = size;
  }

  /** @throws {SourceError} `timeout` when the signal aborts first */
  async acquire(signal: AbortSignal): Promise<Release> {
    signal.throwIfAborted();
    if (this.#used < this.#size) this.#used += 1;
    else await this.#turn(signal);
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      // The slot goes to the next in line without being free in between.
      const next = this.#waiting.shift();
      if (next === undefined) this.#used -= 1;
      else next();
    };
  }

  #turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const go = () => {
        signal.removeEventListener('abort', stop);
        resolve();
      };
      const stop = () => {
        this.#waiting.splice(this.#waiting.indexOf(go), 1);
        reject(
          new SourceError('timeout', `all ${this.#size} connections to the database were busy until the deadline`, {
            remedy: 'look for slow queries first; then raise "connections"',
          }),
        );
      };
      signal.addEventListener('abort', stop, { once: true });
      this.#waiting.push(go);
    });
  }
}
