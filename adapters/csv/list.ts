/** All rows of a file, each with a key that stays the same for as long as the row does. */
import { createHash } from 'node:crypto';
import { closest } from 'fastest-levenshtein';
import { type ListBatch, type ListedRecord, SourceError } from '../../src/contract/index.ts';
import { Pace } from './pace.ts';
import type { Table } from './table.ts';

const BATCH = 500;
/** 128 bits: no two of them are alike by chance. */
const KEY_LETTERS = 22;

/**
 * The records in the order of the file. The key of a row is its value in the column `key`, or what the row has in it, so that
 * a row that moves stays the same; rows that are alike are counted.
 * @throws {SourceError} for a column that the file does not have
 */
export async function* listTable(
  table: Table,
  key: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<ListBatch, void, undefined> {
  if (key !== undefined) refuseNoKey(table, key);
  const pace = new Pace();
  const seen = new SeenKeys(table.size);
  let records: ListedRecord[] = [];
  for (let row = 0; row < table.size; row += 1) {
    signal.throwIfAborted();
    const record = table.record(row);
    const own = key === undefined ? undefined : record[key];
    records.push({
      key: seen.once(
        typeof own === 'string' ? own : digestOf(table.textOf(row)).toString('base64url').slice(0, KEY_LETTERS),
      ),
      record,
    });
    if (records.length === BATCH) {
      yield { records };
      records = [];
    }
    const rest = pace.step(table.bytesOf(row));
    if (rest !== undefined) await rest;
  }
  signal.throwIfAborted();
  yield { records };
}

/** @throws {SourceError} */
export function refuseNoKey({ fields }: Table, key: string): void {
  if (fields.includes(key)) return;
  throw new SourceError('rejected', `the file has no field "${key}", which "key" names`, {
    remedy: `did you mean "${closest(key, [...fields])}"? Its fields are ${fields.join(', ')}`,
  });
}

function digestOf(bytes: string | Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}

/** Tells keys that come again, in 16 bytes a key at most. */
class SeenKeys {
  /** Parts of digests, open addressing; 0: free. */
  readonly #digests: Float64Array;
  readonly #times = new Map<string, number>();

  constructor(size: number) {
    this.#digests = new Float64Array(2 * size + 1);
  }

  /** The key, or for another row `key#2`, `key#3` … */
  once(key: string): string {
    if (this.#add(key)) return key;
    const times = (this.#times.get(key) ?? 1) + 1;
    this.#times.set(key, times);
    return this.once(`${key}#${times}`);
  }

  #add(key: string): boolean {
    // 48 bits are a whole number that a double holds.
    const digest = digestOf(key).readUIntBE(0, 6) + 1;
    const { length } = this.#digests;
    let at = digest % length;
    while (this.#digests[at] !== 0) {
      if (this.#digests[at] === digest) return false;
      at = (at + 1) % length;
    }
    this.#digests[at] = digest;
    return true;
  }
}
