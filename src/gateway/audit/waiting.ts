/** Entries that wait to be written, as bytes: texts that live for half a second cost V8 more for each call than to make them. */
import { auditLine, type NewAuditEntry } from './entry.ts';
import type { EntryBatch } from './file.ts';

/**
 * So many become lines at once: what makes them is in the processor's cache then, which each call fills with other things.
 * Of more, V8 would move some to another place before they are lines.
 */
const HELD = 32;
/** Some lines at once become bytes in less time than each by itself. */
const TEXT = 8 * 1024;

/** In the order in which they came. */
export class WaitingEntries {
  readonly #entriesAtOnce: number;
  readonly #charactersAtOnce: number;
  /** The last entries; the lines before; those before; batches before those, the oldest first. */
  readonly #held: NewAuditEntry[] = [];
  #text = '';
  #bytes: Buffer | undefined;
  #used = 0;
  readonly #batches: (EntryBatch & { readonly characters: number })[] = [];
  /** Of what is in no batch yet. */
  #lines = 0;
  #characters = 0;
  /** Of all that are lines. */
  #allLines = 0;
  #allCharacters = 0;

  /** @param charactersAtOnce a batch ends with the entry that reaches it */
  constructor(entriesAtOnce: number, charactersAtOnce: number) {
    this.#entriesAtOnce = entriesAtOnce;
    this.#charactersAtOnce = charactersAtOnce;
  }

  get count(): number {
    return this.#allLines + this.#held.length;
  }

  /** Of JSON, without that of the last entries, fewer than 32. */
  get characters(): number {
    return this.#allCharacters;
  }

  add(entry: NewAuditEntry): void {
    this.#held.push(entry);
    if (this.#held.length >= HELD) this.#makeLines();
  }

  #makeLines(): void {
    for (const entry of this.#held) this.#addLine(auditLine(entry));
    this.#held.length = 0;
  }

  #addLine(line: string): void {
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
    this.#makeLines();
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
