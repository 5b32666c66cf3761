/** A run through a source, as whoever keeps an index of it makes one. */
import { expect } from 'vitest';
import {
  inBackground,
  type ListBatch,
  type ListQuery,
  type Source,
  type SourceRecord,
} from '../../../src/contract/index.ts';

/** Longer than any run of a test. */
const PATIENCE_MS = 60_000;

/** What came of a run. */
export interface Listed {
  readonly batches: readonly ListBatch[];
  /** By their keys; of one that came twice the last. */
  readonly records: ReadonlyMap<string, SourceRecord>;
  /** Every key as often as it came, in that order. */
  readonly keys: readonly string[];
  readonly removed: readonly string[];
  readonly mark: string | undefined;
}

/** Begins a run; whoever calls asks for its batches. */
export function listing(
  source: Pick<Source, 'list'>,
  query: Partial<ListQuery> = {},
  signal: AbortSignal = AbortSignal.timeout(PATIENCE_MS),
): AsyncIterator<ListBatch> {
  if (source.list === undefined) throw new Error('the source has no `list`');
  // Frozen: an adapter that changes its question fails here.
  const asked = Object.freeze({ fields: undefined, ...query });
  return source.list(asked, { signal: inBackground(signal), reference: 'suite' })[Symbol.asyncIterator]();
}

/** What is left of a run that has begun. @param after is waited for behind every batch */
export async function rest(
  batches: AsyncIterator<ListBatch>,
  after: (batch: ListBatch, number: number) => unknown = () => undefined,
): Promise<readonly ListBatch[]> {
  const given: ListBatch[] = [];
  for (let step = await batches.next(); step.done !== true; step = await batches.next()) {
    expect(step.value.records.length).toBeLessThanOrEqual(1_000);
    given.push(step.value);
    await after(step.value, given.length);
  }
  return given;
}

/** Makes a whole run. */
export async function listed(
  source: Pick<Source, 'list'>,
  query: Partial<ListQuery> = {},
  after?: (batch: ListBatch, number: number) => unknown,
  signal?: AbortSignal,
): Promise<Listed> {
  return summed(await rest(listing(source, query, signal), after));
}

/** What batches have together. */
export function summed(batches: readonly ListBatch[]): Listed {
  const all = batches.flatMap(({ records }) => records);
  return {
    batches,
    records: new Map(all.map(({ key, record }) => [key, record])),
    keys: all.map(({ key }) => key),
    removed: batches.flatMap(({ removed = [] }) => removed),
    mark: batches.findLast(({ mark }) => mark !== undefined)?.mark,
  };
}

/**
 * A run gives everybody once, and behind each of its batches another one gives the rest; or it can never be gone on with.
 * @param by what goes on, where it is another source; `again`: so many records in front of the place may come again
 */
export async function expectResumes(
  source: Pick<Source, 'list'>,
  query: Partial<ListQuery> = {},
  by: { readonly source?: Pick<Source, 'list'>; readonly again?: number | undefined } = {},
): Promise<Listed> {
  const whole = await listed(source, query);
  expect(new Set(whole.keys).size).toBe(whole.keys.length);
  // Once a run can be gone on with, it can be behind every batch.
  const first = whole.batches.findIndex(({ next }) => next !== undefined);
  const places = first < 0 ? [] : whole.batches.slice(first, -1);
  expect(places.every(({ next }) => next !== undefined)).toBe(true);
  for (const [at, { next }] of whole.batches.entries()) {
    if (next === undefined) continue;
    const wanted = summed(whole.batches.slice(at + 1));
    const behind = await listed(by.source ?? source, { ...query, from: next });
    expect(behind.keys.slice(behind.keys.length - wanted.keys.length)).toEqual(wanted.keys);
    expect(behind.keys.length - wanted.keys.length).toBeLessThanOrEqual(by.again ?? 0);
    for (const [key, record] of wanted.records) expect(behind.records.get(key)).toEqual(record);
    expect(typeof behind.mark).toBe(typeof whole.mark);
  }
  return whole;
}
