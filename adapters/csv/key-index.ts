/**
 * Rows by the values of one field. The distinct values stand in one buffer, and
 * everything else is numbers in typed arrays: a million rows take some tens of
 * megabytes outside of the JavaScript heap, and no garbage collection walks them.
 */
import { Pace } from './pace.ts';

const NONE = 0xffff_ffff;
// Stands before each value; no UTF-8 text has this byte.
const MARK = 0xff;
// Bytes that are searched between two breaths of the event loop: about a millisecond.
const BYTES_A_SLICE = 512 * 1024;

/** An index of one field. */
export class KeyIndex {
  /** MARK value MARK value … */
  #bytes: Buffer = Buffer.allocUnsafe(4_096);
  #used = 0;
  /** Of each value: where it begins in `#bytes`, and its first and last entry. */
  #begins: Uint32Array;
  #first: Uint32Array;
  #last: Uint32Array;
  #keys = 0;
  /** Of each entry: the next one with the same value. The first value of a row is the entry with the row's number. */
  #next: Uint32Array;
  /** The rows of further entries, for rows with several values. */
  #rowOfMore: Uint32Array = new Uint32Array(0);
  #entries: number;
  readonly #rows: number;
  /** Hash → value number, with linear probing; about half full at most. */
  #slots: Uint32Array;

  private constructor(rows: number, next: Uint32Array, slots: Uint32Array) {
    this.#rows = rows;
    this.#entries = rows;
    this.#begins = new Uint32Array(rows);
    this.#first = new Uint32Array(rows);
    this.#last = new Uint32Array(rows);
    this.#next = next;
    this.#slots = slots;
  }

  /**
   * Indexes `rows` rows by `keysOf(row)`; rows without a key are in no answer. Leaves the event loop room.
   * @param lengthOf how much text a row has
   */
  static async build(
    rows: number,
    keysOf: (row: number) => readonly string[],
    lengthOf: (row: number) => number,
  ): Promise<KeyIndex> {
    const pace = new Pace();
    const next = await pace.filled(new Uint32Array(rows), NONE);
    const slots = await pace.filled(new Uint32Array(2 ** Math.ceil(Math.log2(Math.max(2, rows * 2)))), NONE);
    const index = new KeyIndex(rows, next, slots);
    for (let row = 0; row < rows; row += 1) {
      index.#addRow(row, keysOf(row));
      if (index.#isTight) await index.#makeRoom(pace);
      const rest = pace.step(lengthOf(row));
      if (rest !== undefined) await rest;
    }
    return index;
  }

  /** Whether a row can be in several answers of {@link partial}, or several times in one. */
  get hasSeveral(): boolean {
    return this.#entries > this.#rows;
  }

  /** The rows that have the key, in ascending order. */
  *exact(key: string): Generator<number, void> {
    const wanted = Buffer.from(key);
    const slot = this.#slotOf(wanted, 0, wanted.length);
    yield* this.#rowsOf(this.#slots[slot] ?? NONE);
  }

  /** The rows with a key that begins with, or contains, `part`: by first appearance of the key, then ascending. */
  async *partial(match: 'prefix' | 'contains', part: string, signal: AbortSignal): AsyncGenerator<number, void> {
    const needle = match === 'prefix' ? Buffer.concat([Buffer.of(MARK), Buffer.from(part)]) : Buffer.from(part);
    const pace = new Pace();
    let from = 0;
    while (from < this.#used) {
      const sliceEnd = this.#endOfKeyAt(Math.min(from + BYTES_A_SLICE, this.#used));
      const slice = this.#bytes.subarray(0, sliceEnd);
      for (let at = slice.indexOf(needle, from); at >= 0; ) {
        const key = this.#keyAt(at + (match === 'prefix' ? 1 : 0));
        yield* this.#rowsOf(key);
        at = slice.indexOf(needle, this.#endOfKeyAt(at + 1));
      }
      from = sliceEnd;
      await pace.rest();
      signal.throwIfAborted();
    }
  }

  *#rowsOf(key: number): Generator<number, void> {
    if (key === NONE) return;
    for (let entry = this.#first[key] ?? NONE; entry !== NONE; entry = this.#next[entry] ?? NONE) {
      yield entry < this.#rows ? entry : (this.#rowOfMore[entry - this.#rows] ?? 0);
    }
  }

  #addRow(row: number, keys: readonly string[]): void {
    for (const [position, key] of keys.entries()) {
      if (key === '' || keys.indexOf(key) < position) continue;
      this.#addKey(key, position === 0 ? row : this.#furtherEntry(row));
    }
  }

  #furtherEntry(row: number): number {
    const entry = this.#entries;
    this.#next = withRoomFor(this.#next, entry);
    this.#next[entry] = NONE;
    this.#rowOfMore = withRoomFor(this.#rowOfMore, entry - this.#rows);
    this.#rowOfMore[entry - this.#rows] = row;
    this.#entries += 1;
    return entry;
  }

  #addKey(key: string, entry: number): void {
    this.#reserve(1 + key.length * 3);
    const begin = this.#used + 1;
    const end = begin + this.#bytes.write(key, begin);
    const slot = this.#slotOf(this.#bytes, begin, end);
    const known = this.#slots[slot] ?? NONE;
    if (known !== NONE) {
      this.#next[this.#last[known] ?? 0] = entry;
      this.#last[known] = entry;
      return;
    }
    this.#bytes[this.#used] = MARK;
    this.#used = end;
    this.#slots[slot] = this.#keys;
    this.#begins = withRoomFor(this.#begins, this.#keys);
    this.#first = withRoomFor(this.#first, this.#keys);
    this.#last = withRoomFor(this.#last, this.#keys);
    this.#begins[this.#keys] = begin;
    this.#first[this.#keys] = entry;
    this.#last[this.#keys] = entry;
    this.#keys += 1;
    if (this.#keys * 4 > this.#slots.length * 3) this.#growSlotsAtOnce();
  }

  /** Whether it is worth while to grow now, in slices; what is full before that grows at once, whatever it takes. */
  get #isTight(): boolean {
    return (
      this.#keys * 2 > this.#slots.length ||
      isTight(this.#bytes, this.#used) ||
      isTight(this.#begins, this.#keys) ||
      (this.#entries > this.#rows &&
        (isTight(this.#next, this.#entries) || isTight(this.#rowOfMore, this.#entries - this.#rows)))
    );
  }

  /** Nobody searches the index before it is complete, so others may have their turn in the middle of it. */
  async #makeRoom(pace: Pace): Promise<void> {
    const larger = async (numbers: Uint32Array, used: number) =>
      isTight(numbers, used) ? await pace.copied(numbers, new Uint32Array(numbers.length * 2)) : numbers;
    if (isTight(this.#bytes, this.#used)) {
      this.#bytes = await pace.copied(this.#bytes, Buffer.allocUnsafe(this.#bytes.length * 2));
    }
    this.#begins = await larger(this.#begins, this.#keys);
    this.#first = await larger(this.#first, this.#keys);
    this.#last = await larger(this.#last, this.#keys);
    if (this.#entries > this.#rows) {
      this.#next = await larger(this.#next, this.#entries);
      this.#rowOfMore = await larger(this.#rowOfMore, this.#entries - this.#rows);
    }
    if (this.#keys * 2 > this.#slots.length) await this.#growSlots(pace);
  }

  async #growSlots(pace: Pace): Promise<void> {
    this.#slots = await pace.filled(new Uint32Array(this.#slots.length * 2), NONE);
    for (let key = 0; key < this.#keys; key += 1) {
      this.#placeInSlot(key);
      const rest = pace.step();
      if (rest !== undefined) await rest;
    }
  }

  /** For a row with very many values. */
  #growSlotsAtOnce(): void {
    this.#slots = new Uint32Array(this.#slots.length * 2).fill(NONE);
    for (let key = 0; key < this.#keys; key += 1) this.#placeInSlot(key);
  }

  #placeInSlot(key: number): void {
    this.#slots[this.#slotOf(this.#bytes, this.#begins[key] ?? 0, this.#endOfKey(key))] = key;
  }

  #reserve(more: number): void {
    if (this.#used + more <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#used + more));
    this.#bytes.copy(larger, 0, 0, this.#used);
    this.#bytes = larger;
  }

  /** The slot of the value in `bytes`, or the free one where it belongs. */
  #slotOf(bytes: Buffer, begin: number, end: number): number {
    const mask = this.#slots.length - 1;
    let slot = hash(bytes, begin, end) & mask;
    while (true) {
      const key = this.#slots[slot] ?? NONE;
      if (key === NONE || this.#is(key, bytes, begin, end)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #is(key: number, bytes: Buffer, begin: number, end: number): boolean {
    const from = this.#begins[key] ?? 0;
    if (this.#endOfKey(key) - from !== end - begin) return false;
    for (let i = 0; i < end - begin; i += 1) if (this.#bytes[from + i] !== bytes[begin + i]) return false;
    return true;
  }

  #endOfKey(key: number): number {
    return key + 1 < this.#keys ? (this.#begins[key + 1] ?? 0) - 1 : this.#used;
  }

  /** The number of the value that holds the byte at `offset`. */
  #keyAt(offset: number): number {
    let low = 0;
    let high = this.#keys - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((this.#begins[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #endOfKeyAt(offset: number): number {
    const mark = this.#bytes.indexOf(MARK, offset);
    return mark < 0 || mark > this.#used ? this.#used : mark;
  }
}

/** Small ones grow by themselves; a row that is larger than a quarter of a large one does not come. */
function isTight(numbers: Uint32Array | Buffer, used: number): boolean {
  return numbers.length > 65_536 && used * 4 > numbers.length * 3;
}

function withRoomFor(numbers: Uint32Array, position: number): Uint32Array {
  if (position < numbers.length) return numbers;
  const larger = new Uint32Array(Math.max(1_024, numbers.length * 2));
  larger.set(numbers);
  return larger;
}

/** FNV-1a, 32 bits. */
function hash(bytes: Buffer, begin: number, end: number): number {
  let value = 0x811c9dc5;
  for (let i = begin; i < end; i += 1) value = Math.imul(value ^ (bytes[i] ?? 0), 0x01000193);
  // The low bits choose the slot; let the high ones have a say.
  return value ^ (value >>> 15);
}
