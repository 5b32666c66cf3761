/** Long work in pieces, so that the event loop serves others meanwhile. */
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';

// How long others wait at most; an item may take a millisecond.
const PIECE_MS = 8;
const ITEMS_BETWEEN_LOOKS = 64;

/** Counts items of work. */
export class Pace {
  #items = 0;
  #began = performance.now();

  /** After each item: a promise when it is time to let others go first. */
  step(): Promise<void> | undefined {
    this.#items += 1;
    if (this.#items % ITEMS_BETWEEN_LOOKS !== 0 || performance.now() - this.#began < PIECE_MS) return undefined;
    return this.rest();
  }

  async rest(): Promise<void> {
    await yieldToEventLoop();
    this.#began = performance.now();
  }
}
