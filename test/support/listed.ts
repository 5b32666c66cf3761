/** A run through a source, as whoever keeps an index of it makes one. */
import {
  inBackground,
  type ListBatch,
  type ListQuery,
  type Source,
  type SourceRecord,
} from '../../src/contract/index.ts';

/** What a run gave. */
export interface Listed {
  readonly batches: readonly ListBatch[];
  /** The records by their keys; of several with one key the last. */
  readonly records: ReadonlyMap<string, SourceRecord>;
  /** How many were given, with those that came twice. */
  readonly count: number;
  readonly removed: readonly string[];
  readonly mark: string | undefined;
}

/** Begins a run; whoever calls asks for its batches. */
export function listing(
  source: Pick<Source, 'list'>,
  query: Partial<ListQuery> = {},
  signal = AbortSignal.timeout(60_000),
): AsyncIterator<ListBatch> {
  if (source.list === undefined) throw new Error('the source does not list');
  const context = { signal: inBackground(signal), reference: '' };
  return source.list({ fields: undefined, ...query }, context)[Symbol.asyncIterator]();
}

/** Makes a whole run, and does something after every batch. */
export async function listed(
  source: Pick<Source, 'list'>,
  query: Partial<ListQuery> = {},
  after: (batch: ListBatch, number: number) => Promise<void> | void = () => {},
): Promise<Listed> {
  const batches: ListBatch[] = [];
  const run = listing(source, query);
  for (let next = await run.next(); next.done !== true; next = await run.next()) {
    batches.push(next.value);
    await after(next.value, batches.length);
  }
  const all = batches.flatMap(({ records }) => records);
  return {
    batches,
    records: new Map(all.map(({ key, record }) => [key, record])),
    count: all.length,
    removed: batches.flatMap(({ removed = [] }) => removed),
    mark: batches.findLast(({ mark }) => mark !== undefined)?.mark,
  };
}
