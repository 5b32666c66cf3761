/** Long work in pieces, so that the event loop serves others meanwhile. */

// How long others wait at most, however much is worked at; an item may take a millisecond.
const PIECE_MS = 8;
const ITEMS_BETWEEN_LOOKS = 64;
// Nor so many letters of theirs: a value may have two million.
const LETTERS_BETWEEN_LOOKS = 16_384;
// Numbers that are written at once: some milliseconds, as each page of new memory is first touched.
const NUMBERS_A_SLICE = 256 * 1024;

/**
 * The turns of the event loop, shared by all that is worked at: twenty searches at once, each with a piece of its own in one
 * turn, would hold it for twenty pieces.
 */
class Turns {
  readonly #waiting: (() => void)[] = [];
  #began = performance.now();

  /** Whether the piece of this turn is done. */
  get isOver(): boolean {
    return performance.now() - this.#began >= PIECE_MS;
  }

  /** Waits for a turn of one's own, behind all who wait already. */
  next(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#waiting.push(resolve) === 1) setImmediate(this.#begin);
    });
  }

  readonly #begin = (): void => {
    this.#began = performance.now();
    this.#waiting.shift()?.();
    // What is set here is called in the next turn, after timers and connections.
    if (this.#waiting.length > 0) setImmediate(this.#begin);
  };
}

const turns = new Turns();

/** Counts items of work. */
export class Pace {
  #items = 0;
  #letters = 0;

  /** After each item: a promise when it is time to let others go first. @param letters how long the item was */
  step(letters = 0): Promise<void> | undefined {
    this.#items += 1;
    this.#letters += letters;
    if (this.#items < ITEMS_BETWEEN_LOOKS && this.#letters < LETTERS_BETWEEN_LOOKS) return undefined;
    this.#items = 0;
    this.#letters = 0;
    return turns.isOver ? this.rest() : undefined;
  }

  rest(): Promise<void> {
    return turns.next();
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
    if (turns.isOver) await this.rest();
  }
}
