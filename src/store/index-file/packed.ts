/**
 * Batches as they cross to the thread that writes: a row of values for each record, and names once. Copied as records, with
 * their names in each, they take the thread eight times as long to read, and the event loop three times as long to send.
 */
import type { ListBatch, Value } from '../../contract/index.ts';

/** Values by column; undefined: the record has none. */
export type ValueRow = readonly (Value | undefined)[];

/** A batch in rows. */
export interface PackedBatch {
  readonly keys: readonly string[];
  readonly rows: readonly ValueRow[];
  /** Lists of names; most batches have one. */
  readonly names: readonly (readonly string[])[];
  /** Which list each row has, by its place in `names`. */
  readonly namesOf: readonly number[];
  readonly removed: ListBatch['removed'] | undefined;
  readonly next: string | undefined;
  readonly mark: string | undefined;
  readonly complete: ListBatch['complete'] | undefined;
}

/** Puts the records of a batch into rows. */
export function packedBatch({ records, removed, next, mark, complete }: ListBatch): PackedBatch {
  const names: (readonly string[])[] = [];
  const namesOf: number[] = [];
  const rows = records.map(({ record }) => {
    const own = Object.keys(record);
    // Records of a kind follow each other: more than the last list is not looked through.
    if (!isSame(names.at(-1), own)) names.push(own);
    namesOf.push(names.length - 1);
    return own.map((name) => record[name]);
  });
  return { keys: records.map(({ key }) => key), rows, names, namesOf, removed, next, mark, complete };
}

function isSame(some: readonly string[] | undefined, others: readonly string[]): boolean {
  return some?.length === others.length && some.every((one, at) => one === others[at]);
}
