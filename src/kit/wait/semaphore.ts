/** At most so many at once; the others wait in turn, each until its deadline. */

/** Gives the place back. A second call does nothing. */
export type Release = () => void;

/** A semaphore with deadlines. The pools of the vendors' libraries cannot be waited for with a deadline. */
export class Semaphore {
  readonly #size: number;
  readonly #tired: (signal: AbortSignal) => unknown;
  readonly #waiting: (() => void)[] = [];
  #used = 0;

  /** @param tired what somebody who waited in vain is told; the signal's reason unless given */
  constructor(size: number, tired: (signal: AbortSignal) => unknown = (signal) => signal.reason) {
    this.#size = size;
    this.#tired = tired;
  }

  /** @throws the signal's reason when it has aborted before, and what `tired` gives when it aborts while waiting */
  async acquire(signal: AbortSignal): Promise<Release> {
    signal.throwIfAborted();
    if (this.#used < this.#size) this.#used += 1;
    else await this.#turn(signal);
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      // The place goes to the next in line without being free in between.
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
        reject(this.#tired(signal));
      };
      signal.addEventListener('abort', stop, { once: true });
      this.#waiting.push(go);
    });
  }
}
