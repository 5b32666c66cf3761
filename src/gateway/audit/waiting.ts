/** Entries that wait to be written, as bytes: texts that live for half a second cost V8 more for each call than to make them. */
import type { EntryBatch } from './file.ts';

/** Some lines at once become bytes in less time than each by itself. */
const TEXT = 8 * 1024;

/** In the order in which they came. */
export class WaitingEntries {
  readonly #entriesAtOnce: number;
  readonly #charactersAtOnce: number;
  /** The last lines; those before; batches before those, the oldest first. */
  #text = '';
  #bytes: Buffer | undefined;
  #used = 0;
  readonly #batches: (EntryBatch & { readonly characters: number })[] = [];
  /** Of what is in no batch yet. */
  #lines = 0;
  #characters = 0;
  /** Of all. */
  #allLines = 0;
  #allCharacters = 0;

  /** @param charactersAtOnce a batch ends with the entry that reaches it */
  constructor(entriesAtOnce: number, charactersAtOnce: number) {
    this.#entriesAtOnce = entriesAtOnce;
    this.#charactersAtOnce = charactersAtOnce;
  }

  get count(): number {
    return this.#allLines;
  }

  /** Of JSON. */
  get characters(): number {
    return this.#allCharacters;
  }

  /** @param line JSON of an entry */
  add(line: string): void {
    if (this.#lines >= this.#entriesAtOnce || this.#characters >= this.#charactersAtOnce) this.#endBatch();
    this.#text += this.#lines === 0 ? line : `\n${line}`;
    this.#lines += 1;
    this.#characters += line.length;
    this.#allLines += 1;
    this.#allCharacters += line.length;
    if (this.#text.length >= TEXT) this.#writeDown();
  }

  /** The first that wait, and wait on until {@link shift}; undefined: there are none. */
  oldest(): EntryBatch | undefined {
    // What comes while one is being written belongs to the next.
    if (this.#batches.length === 0 && this.#lines > 0) this.#endBatch();
    return this.#batches[0];
  }

  /** {@link oldest} waits no more. */
  shift(): void {
    const { count = 0, characters = 0 } = this.#batches.shift() ?? {};
    this.#allLines -= count;
    this.#allCharacters -= characters;
  }

  #endBatch(): void {
    this.#writeDown();
    const lines = this.#bytes?.toString('utf8', 0, this.#used) ?? '';
    this.#batches.push({ lines, count: this.#lines, characters: this.#characters });
    this.#used = 0;
    this.#lines = 0;
    this.#characters = 0;
  }

  #writeDown(): void {
    // A unit of UTF-16 is three bytes of UTF-8 at most.
    const bytes = this.#withRoom(3 * this.#text.length);
    this.#used += bytes.write(this.#text, this.#used);
    this.#text = '';
  }

  #withRoom(more: number): Buffer {
    const there = this.#bytes;
    if (there !== undefined && there.length - this.#used >= more) return there;
    // So much that it is made once, unless there are few letters of ASCII.
    const wider = Buffer.allocUnsafeSlow(Math.max(this.#charactersAtOnce + 16 * TEXT, this.#used + more));
    there?.copy(wider, 0, 0, this.#used);
    this.#bytes = wider;
    return wider;
  }
}
