/** A query on a table: the most selective index gives candidates, and the gateway's own rules decide on each. */
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import {
  type Criterion,
  comparable,
  comparisonOf,
  meets,
  type SourceRecord,
  untilAborted,
} from '../../src/contract/index.ts';
import type { KeyIndex } from './key-index.ts';
import type { Table } from './table.ts';

// Candidates that are looked at between two breaths of the event loop.
const CANDIDATES_A_SLICE = 2_048;

/** The records that meet all criteria, in a stable order, at most `limit`; without criteria, from the top of the file. A field that the table has not meets nothing. */
export async function search(
  table: Table,
  criteria: readonly Criterion[],
  limit: number,
  signal: AbortSignal,
): Promise<readonly SourceRecord[]> {
  const found: SourceRecord[] = [];
  let looked = 0;
  for await (const row of await candidates(table, criteria, signal)) {
    const record = table.record(row);
    if (criteria.every((criterion) => meets(record, criterion))) found.push(record);
    if (found.length >= limit) break;
    looked += 1;
    if (looked % CANDIDATES_A_SLICE === 0) {
      await yieldToEventLoop();
      signal.throwIfAborted();
    }
  }
  return found;
}

/** Rows that may meet the criteria, and all that do. */
async function candidates(
  table: Table,
  criteria: readonly Criterion[],
  signal: AbortSignal,
): Promise<Iterable<number> | AsyncIterable<number>> {
  if (criteria.length === 0) return everyRow(table);
  if (criteria.some(({ field, value }) => !table.fields.includes(field) || keyOf(field, value) === '')) return [];
  const exact = criteria.filter(({ match }) => match === 'exact');
  if (exact.length > 0) {
    return fewest(await Promise.all(exact.map((criterion) => exactWalk(table, criterion, signal))));
  }
  // A prefix is found faster than a part; of several, the longest says most.
  const longestFirst = criteria.toSorted((a, b) => b.value.length - a.value.length);
  const first = longestFirst.find(({ match }) => match === 'prefix') ?? longestFirst[0];
  if (first === undefined || first.match === 'exact') return [];
  const index = await indexOf(table, first.field, signal);
  return index?.partial(first.match, keyOf(first.field, first.value), signal) ?? [];
}

function* everyRow(table: Table): Generator<number, void> {
  for (let row = 0; row < table.size; row += 1) yield row;
}

function keyOf(field: string, value: string): string {
  return comparable(comparisonOf(field), value);
}

function indexOf(table: Table, field: string, signal: AbortSignal): Promise<KeyIndex | undefined> {
  return untilAborted(Promise.resolve(table.index(field)), signal);
}

/** A way to walk the rows of one exact criterion, more than once. */
type Walk = () => Iterator<number>;

async function exactWalk(table: Table, { field, value }: Criterion, signal: AbortSignal): Promise<Walk> {
  const index = await indexOf(table, field, signal);
  return () => (index?.exact(keyOf(field, value)) ?? [])[Symbol.iterator]();
}

/** The shortest of the walks, found by going all of them in step until one ends. */
function fewest(walks: readonly Walk[]): Iterable<number> {
  const under = walks.length > 1 ? walks.map((walk) => walk()) : [];
  let shortest = walks.length > 1 ? -1 : 0;
  while (shortest < 0) shortest = under.findIndex((walk) => walk.next().done);
  return { [Symbol.iterator]: walks[shortest] ?? (() => [][Symbol.iterator]()) };
}
