/** The rows of one file in memory: one buffer of text, a number a row, and an index for every field that is searched. */
import { booleanOf, isNumber, type SourceRecord } from '../../src/contract/index.ts';
import { KeyIndex } from './key-index.ts';
import type { Keying } from './keys.ts';
import { Pace } from './pace.ts';

// More than the longest record takes in UTF-8.
const SPARE_BYTES = 8 * 1024 * 1024;
// What is smaller is copied in no time.
const LARGE_BYTES = 4 * SPARE_BYTES;
// Between the values of a row; a line that has this character is left out by the reader.
const SEPARATOR = '\0';
const SEPARATOR_BYTE = 0;

/** Takes rows and becomes a {@link Table}. */
export class TableBuilder {
  #text: Buffer;
  #used = 0;
  #starts = new Uint32Array(1_024);
  #size = 0;

  /** @param bytes how much text to expect; more is possible */
  constructor(bytes: number) {
    this.#text = Buffer.allocUnsafe(Math.max(1_024, bytes + Math.min(bytes, SPARE_BYTES)));
  }

  get size(): number {
    return this.#size;
  }

  /** Before more is added: a large table grows in slices, so that it never has to at once. */
  async reserve(pace: Pace): Promise<void> {
    if (this.#text.length < LARGE_BYTES || this.#used + SPARE_BYTES <= this.#text.length) return;
    this.#text = await pace.copied(this.#text, Buffer.allocUnsafe(this.#largerText(SPARE_BYTES)));
  }

  add(values: readonly string[]): void {
    const row = values.join(SEPARATOR);
    // A UTF-16 unit takes at most three bytes in UTF-8.
    if (this.#used + row.length * 3 > this.#text.length) this.#growText(row.length * 3);
    if (this.#size + 1 >= this.#starts.length) this.#growStarts();
    this.#used += this.#text.write(row, this.#used);
    this.#size += 1;
    this.#starts[this.#size] = this.#used;
  }

  finish(fields: readonly string[]): Table {
    return new Table(fields, this.#text, this.#starts, this.#size);
  }

  #growText(more: number): void {
    const larger = Buffer.allocUnsafe(this.#largerText(more));
    this.#text.copy(larger, 0, 0, this.#used);
    this.#text = larger;
  }

  #largerText(more: number): number {
    return Math.max(Math.ceil(this.#text.length * 1.5), this.#used + more);
  }

  #growStarts(): void {
    const larger = new Uint32Array(this.#starts.length * 2);
    larger.set(this.#starts);
    this.#starts = larger;
  }
}

/** One index of one field. */
interface FieldIndex {
  readonly field: string;
  readonly keying: Keying;
  /** Once it is made, itself. */
  index: Promise<KeyIndex> | KeyIndex;
}

/** The rows of one file. Never changes; a new file is a new table. */
export class Table {
  readonly fields: readonly string[];
  readonly size: number;
  readonly #text: Buffer;
  readonly #starts: Uint32Array;
  readonly #indexes = new Map<string, FieldIndex>();
  readonly #told = new Map<string, Promise<boolean>>();

  constructor(fields: readonly string[], text: Buffer, starts: Uint32Array, size: number) {
    this.fields = fields;
    this.#text = text;
    this.#starts = starts;
    this.size = size;
  }

  /** How much text a row has. */
  bytesOf(row: number): number {
    return (this.#starts[row + 1] ?? 0) - (this.#starts[row] ?? 0);
  }

  /** The text of a row, all of it. */
  textOf(row: number): Buffer {
    return this.#text.subarray(this.#starts[row], this.#starts[row + 1]);
  }

  /** The row as a record; empty values are absent. */
  record(row: number): SourceRecord {
    const values = this.#text.toString('utf8', this.#starts[row], this.#starts[row + 1]).split(SEPARATOR);
    const entries: [string, string][] = [];
    for (const [column, field] of this.fields.entries()) {
      const value = values[column];
      if (value !== undefined && value.trim() !== '') entries.push([field, value]);
    }
    // Unlike assignment, this takes a column called `__proto__` for what it is.
    return Object.fromEntries(entries);
  }

  /** An index of a field, made when it is first asked for; undefined when there is no such field. */
  index(field: string, keying: Keying): Promise<KeyIndex> | KeyIndex | undefined {
    const column = this.fields.indexOf(field);
    if (column < 0) return undefined;
    const name = `${keying.name} ${field}`;
    const known = this.#indexes.get(name);
    if (known !== undefined) return known.index;
    const keysOf = (row: number) => keying.keysOf(this.#value(row, column));
    const building = KeyIndex.build(this.size, keysOf, (row) => this.bytesOf(row)).then((index) => {
      made.index = index;
      return index;
    });
    const made: FieldIndex = { field, keying, index: building };
    this.#indexes.set(name, made);
    return building;
  }

  /** Whether every value of a field says yes or no, and there is one: `x` among them makes texts of all. */
  hasFlags(field: string): Promise<boolean> {
    return this.#all('flags', field, (value) => booleanOf(value) !== undefined);
  }

  /** Whether every value of a field is a number, and there is one. */
  hasNumbers(field: string): Promise<boolean> {
    return this.#all('numbers', field, isNumber);
  }

  #all(what: string, field: string, is: (value: string) => boolean): Promise<boolean> {
    const name = `${what} ${field}`;
    const known = this.#told.get(name) ?? this.#lookThrough(this.fields.indexOf(field), is);
    this.#told.set(name, known);
    return known;
  }

  async #lookThrough(column: number, is: (value: string) => boolean): Promise<boolean> {
    const pace = new Pace();
    let isAny = false;
    for (let row = 0; column >= 0 && row < this.size; row += 1) {
      const value = this.#value(row, column);
      if (value.trim() !== '') {
        if (!is(value)) return false;
        isAny = true;
      }
      const rest = pace.step();
      if (rest !== undefined) await rest;
    }
    return isAny;
  }

  /** The indexes that there are, or are being made. */
  indexes(): readonly Pick<FieldIndex, 'field' | 'keying'>[] {
    return [...this.#indexes.values()];
  }

  /** Makes these indexes, for the fields that there are. */
  async prepare(indexes: readonly Pick<FieldIndex, 'field' | 'keying'>[]): Promise<void> {
    for (const { field, keying } of indexes) await this.index(field, keying);
  }

  #value(row: number, column: number): string {
    const end = this.#starts[row + 1] ?? 0;
    let from = this.#starts[row] ?? 0;
    for (let passed = 0; passed < column; from += 1) if (this.#text[from] === SEPARATOR_BYTE) passed += 1;
    let to = from;
    while (to < end && this.#text[to] !== SEPARATOR_BYTE) to += 1;
    return this.#text.toString('utf8', from, to);
  }
}
