/** Long work in pieces, so that the event loop serves others meanwhile. */
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';

// How long others wait at most; an item may take a millisecond.
const PIECE_MS = 8;
const ITEMS_BETWEEN_LOOKS = 64;
// Nor so many letters of theirs: a value may have two million.
const LETTERS_BETWEEN_LOOKS = 16_384;
// Numbers that are written at once: some milliseconds, as each page of new memory is first touched.
const NUMBERS_A_SLICE = 256 * 1024;

/** Counts items of work. */
export class Pace {
  #items = 0;
  #letters = 0;
  #began = performance.now();

  /** After each item: a promise when it is time to let others go first. @param letters how long the item was */
  step(letters = 0): Promise<void> | undefined {
    this.#items += 1;
    this.#letters += letters;
    if (this.#items < ITEMS_BETWEEN_LOOKS && this.#letters < LETTERS_BETWEEN_LOOKS) return undefined;
    this.#items = 0;
    this.#letters = 0;
    return performance.now() - this.#began < PIECE_MS ? undefined : this.rest();
  }

  async rest(): Promise<void> {
    await yieldToEventLoop();
    this.#began = performance.now();
  }

  /** The numbers, all of them `value`, written in slices. */
  async filled(numbers: Uint32Array, value: number): Promise<Uint32Array> {
    for (let from = 0; from < numbers.length; from += NUMBERS_A_SLICE) {
      numbers.fill(value, from, from + NUMBERS_A_SLICE);
      await this.#restIfLate();
    }
    return numbers;
  }

  /** `larger` with what `numbers` has, copied in slices. */
  async copied<Numbers extends Uint8Array | Uint32Array>(numbers: Numbers, larger: Numbers): Promise<Numbers> {
    const size = (NUMBERS_A_SLICE * 4) / numbers.BYTES_PER_ELEMENT;
    for (let from = 0; from < numbers.length; from += size) {
      larger.set(numbers.subarray(from, from + size), from);
      await this.#restIfLate();
    }
    return larger;
  }

  async #restIfLate(): Promise<void> {
    if (performance.now() - this.#began >= PIECE_MS) await this.rest();
  }
}
