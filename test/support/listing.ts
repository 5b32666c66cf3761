/** What a source lists, read as the gateway does for its index. */
import { resolve } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import type { Adapter, ListBatch, ListQuery, Source, SourceRecord } from '../../src/contract/index.ts';
import { recordedLog } from './log.ts';

/** A source that can be listed. */
export interface ListingSource extends Source {
  list: NonNullable<Source['list']>;
  find: NonNullable<Source['find']>;
}

/** Opens one; it is closed when the test ends. */
export async function openListing(adapter: Adapter, settings: object): Promise<ListingSource> {
  const services = { name: 'customers', log: recordedLog(), resolve: (path: string) => resolve('/', path) };
  const source = await adapter.open(adapter.settings.parse(settings), services);
  onTestFinished(async () => await source.close?.());
  const { list, find } = source;
  if (list === undefined || find === undefined) throw new Error(`a source of ${adapter.name} finds and lists`);
  return Object.assign(source, { list: list.bind(source), find: find.bind(source) });
}

/** What came of a run. */
export interface Listed {
  readonly batches: readonly ListBatch[];
  /** By key; of one that came twice the last. */
  readonly records: ReadonlyMap<string, SourceRecord>;
  /** Every key as often as it came, in that order. */
  readonly keys: readonly string[];
  readonly removed: readonly string[];
  readonly mark: string | undefined;
}

/** A run to its end. @param between what happens behind each batch */
export async function listed(
  source: ListingSource,
  query: Partial<ListQuery> = {},
  between: (batch: ListBatch, number: number) => unknown = () => undefined,
  signal: AbortSignal = new AbortController().signal,
): Promise<Listed> {
  const batches: ListBatch[] = [];
  for await (const batch of source.list({ fields: undefined, ...query }, { signal, reference: 'test' })) {
    expect(batch.records.length).toBeLessThanOrEqual(1_000);
    batches.push(batch);
    await between(batch, batches.length);
  }
  const all = batches.flatMap(({ records }) => records);
  return {
    batches,
    records: new Map(all.map(({ key, record }) => [key, record])),
    keys: all.map(({ key }) => key),
    removed: batches.flatMap(({ removed = [] }) => removed),
    mark: batches.reduce<string | undefined>((mark, batch) => batch.mark ?? mark, undefined),
  };
}

/** Everything that `find` gives without criteria. */
export function found(source: ListingSource, limit = 10_000): Promise<readonly SourceRecord[]> {
  return source.find(
    { criteria: [], limit, parameters: {} },
    { signal: new AbortController().signal, reference: 'test' },
  );
}

/** From behind each batch a run gives the rest, and has the mark of the run that it goes on with. */
export async function expectResumes(source: ListingSource, query: Partial<ListQuery> = {}): Promise<Listed> {
  const whole = await listed(source, query);
  let before = 0;
  for (const batch of whole.batches.slice(0, -1)) {
    before += batch.records.length;
    expect(batch.next).toBeDefined();
    const rest = await listed(source, { ...query, from: batch.next });
    expect(rest.keys).toEqual(whole.keys.slice(before));
    expect(rest.mark).toBe(whole.mark);
  }
  return whole;
}
