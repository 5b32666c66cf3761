/** At most so many at once; the others wait in turn, each until its deadline. */

/** Gives the place back. A second call does nothing. */
export type Release = () => void;

/** What is told to who gets no place. */
export interface SemaphoreOptions {
  /** To somebody who waited in vain: the signal's reason unless given. */
  readonly tired?: (signal: AbortSignal) => unknown;
  /** At most so many wait; any number unless given. */
  readonly mostWaiting?: number;
  /** To somebody who comes when so many wait. */
  readonly full?: () => unknown;
}

/** A semaphore with deadlines. The pools of the vendors' libraries cannot be waited for with a deadline. */
export class Semaphore {
  readonly #size: number;
  readonly #options: SemaphoreOptions;
  // A Set keeps the order of coming, and lets go of one in the middle without looking for it.
  readonly #waiting = new Set<() => void>();
  #used = 0;

  /** @param size how many at once; `Infinity` for any number */
  constructor(size: number, options: SemaphoreOptions = {}) {
    this.#size = size;
    this.#options = options;
  }

  /** Whether who comes now waits. */
  get isFull(): boolean {
    return this.#used >= this.#size;
  }

  /** @throws the signal's reason when it has aborted before, what `full` gives, and what `tired` gives when it aborts while waiting */
  async acquire(signal: AbortSignal): Promise<Release> {
    signal.throwIfAborted();
    if (this.isFull) await this.#turn(signal);
    else this.#used += 1;
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      // The place goes to the next in line without being free in between.
      const [next] = this.#waiting;
      if (next === undefined) this.#used -= 1;
      else next();
    };
  }

  #turn(signal: AbortSignal): Promise<void> {
    const { tired, mostWaiting = Number.POSITIVE_INFINITY, full } = this.#options;
    if (this.#waiting.size >= mostWaiting) throw full?.() ?? new Error('too many wait');
    return new Promise((resolve, reject) => {
      const go = () => {
        this.#waiting.delete(go);
        signal.removeEventListener('abort', stop);
        resolve();
      };
      const stop = () => {
        this.#waiting.delete(go);
        reject(tired === undefined ? signal.reason : tired(signal));
      };
      signal.addEventListener('abort', stop, { once: true });
      this.#waiting.add(go);
    });
  }
}
