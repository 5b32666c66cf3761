/** A query on a table: the most selective index gives candidates, and the gateway's own rules decide on each. */
import {
  booleanOf,
  type Criterion,
  isCodeByName,
  kindOf,
  type Order,
  oneOf,
  type SourceRecord,
  untilAborted,
} from '../../src/contract/index.ts';
import { FirstRecords } from './first-records.ts';
import type { KeyIndex } from './key-index.ts';
import { keyingOf, partMatch, soughtKeys } from './keys.ts';
import { Pace } from './pace.ts';
import type { Table } from './table.ts';

/** Criteria of which one is enough. */
export type AnyOf = readonly Criterion[];

/** What is looked for. */
export interface Sought {
  readonly conditions: readonly AnyOf[];
  /** Fields of the table. Empty: what is found first comes first. */
  readonly order: readonly Order[];
  readonly limit: number;
}

/**
 * The records that meet all conditions, in a stable order, at most `limit`; without conditions, from the top of the file.
 * A field that the table has not meets nothing.
 */
export async function search(
  table: Table,
  { conditions: asked, order, limit }: Sought,
  signal: AbortSignal,
): Promise<readonly SourceRecord[]> {
  // Few questions are for a yes or a no, and most lookups need not wait for the answer to that.
  const conditions = asked.some((anyOf) => anyOf.some(mayBeFlag))
    ? await Promise.all(asked.map((anyOf) => Promise.all(anyOf.map((one) => asMeant(table, one, signal)))))
    : asked;
  const areNumbers: boolean[] = [];
  for (const { field } of order) areNumbers.push(await untilAborted(table.hasNumbers(field), signal));
  const found = new FirstRecords(order, areNumbers, limit);
  const tests = conditions.map(oneOf);
  const pace = new Pace();
  const look = (row: number): Promise<void> | undefined => {
    const record = table.record(row);
    if (tests.every((isMet) => isMet(record))) found.add(record);
    return found.wasSorted ? pace.rest() : pace.step(table.bytesOf(row));
  };
  const rows = await candidates(table, conditions, signal);
  // Rows that are there are not waited for: that takes longer than to look at them.
  if (Symbol.iterator in rows) {
    for (const row of rows) {
      const rest = look(row);
      if (found.isComplete) break;
      if (rest !== undefined) await rested(rest, signal);
    }
  } else {
    for await (const row of rows) {
      const rest = look(row);
      if (found.isComplete) break;
      if (rest !== undefined) await rested(rest, signal);
    }
  }
  return found.all();
}

async function rested(rest: Promise<void>, signal: AbortSignal): Promise<void> {
  await rest;
  signal.throwIfAborted();
}

/** A file has texts only: where all of a column say yes or no, a yes is found however it is written. */
async function asMeant(table: Table, criterion: Criterion, signal: AbortSignal): Promise<Criterion> {
  if (!mayBeFlag(criterion)) return criterion;
  return (await untilAborted(table.hasFlags(criterion.field), signal)) ? { ...criterion, kind: 'boolean' } : criterion;
}

function mayBeFlag(criterion: Criterion): boolean {
  const { field, match, value, kind } = criterion;
  if (match !== 'exact' || kind !== undefined || value.length > LONGEST_FLAG || booleanOf(value) === undefined)
    return false;
  return kindOf(criterion) === 'text' && !isCodeByName(field);
}

/** `verdadero`, with space around it. */
const LONGEST_FLAG = 20;

/** Rows that may meet the conditions, and all that do, each once. */
async function candidates(
  table: Table,
  all: readonly AnyOf[],
  signal: AbortSignal,
): Promise<Iterable<number> | AsyncIterable<number>> {
  if (all.length === 0) return everyRow(table);
  const conditions = all.map((anyOf) =>
    anyOf.filter((criterion) => table.fields.includes(criterion.field) && soughtKeys(criterion).length > 0),
  );
  if (conditions.some(({ length }) => length === 0)) return [];
  const exact = conditions.filter((anyOf) => anyOf.every(({ match }) => match === 'exact'));
  if (exact.length > 0) {
    const walks: Walk[] = [];
    for (const anyOf of exact) walks.push(await exactWalk(table, anyOf, signal));
    return await fewest(walks, signal);
  }
  // A prefix is found faster than a part; of several, the longest says most.
  const longestFirst = conditions.toSorted((a, b) => shortest(b) - shortest(a));
  const chosen =
    longestFirst.find((anyOf) => anyOf.every(({ match }) => match !== 'contains')) ?? longestFirst[0] ?? [];
  return partWalk(table, chosen, signal);
}

function shortest(anyOf: AnyOf): number {
  return anyOf.reduce((least, { value }) => Math.min(least, value.length), Number.POSITIVE_INFINITY);
}

function* everyRow(table: Table): Generator<number, void> {
  for (let row = 0; row < table.size; row += 1) yield row;
}

async function indexOf(table: Table, criterion: Criterion, signal: AbortSignal): Promise<KeyIndex | undefined> {
  const index = table.index(criterion.field, keyingOf(criterion));
  return index instanceof Promise ? await untilAborted(index, signal) : index;
}

/** A way to walk rows in ascending order, more than once. */
type Walk = () => Iterator<number>;

async function exactWalk(table: Table, anyOf: AnyOf, signal: AbortSignal): Promise<Walk> {
  const walks: Walk[] = [];
  for (const criterion of anyOf) {
    const index = await indexOf(table, criterion, signal);
    if (index === undefined) continue;
    for (const key of soughtKeys(criterion)) walks.push(() => index.exact(key));
  }
  return () => union(walks);
}

/** The numbers of ascending walks, ascending, each once. In halves: with each number, few of many walks are looked at. */
function union(walks: readonly Walk[]): Iterator<number> {
  const [first] = walks;
  if (first === undefined) return [][Symbol.iterator]();
  if (walks.length === 1) return first();
  const middle = walks.length >>> 1;
  return unionOfTwo(union(walks.slice(0, middle)), union(walks.slice(middle)));
}

function* unionOfTwo(some: Iterator<number>, others: Iterator<number>): Generator<number, void> {
  let [one, other] = [some.next(), others.next()];
  while (one.done !== true || other.done !== true) {
    const [row, next] = [rowOf(one), rowOf(other)];
    yield Math.min(row, next);
    if (row <= next) one = some.next();
    if (next <= row) other = others.next();
  }
}

/** Behind all rows where there is no other. */
function rowOf(step: IteratorResult<number, unknown>): number {
  return step.done === true ? Number.POSITIVE_INFINITY : step.value;
}

/** The shortest of the walks, found by going all of them in step until one ends. */
async function fewest(walks: readonly Walk[], signal: AbortSignal): Promise<Iterable<number>> {
  const [only] = walks;
  if (walks.length === 1 && only !== undefined) return { [Symbol.iterator]: only };
  const under = walks.length > 1 ? walks.map((walk) => walk()) : [];
  const pace = new Pace();
  let ended = walks.length > 1 ? -1 : 0;
  while (ended < 0) {
    ended = under.findIndex((walk) => walk.next().done);
    const rest = pace.step();
    if (rest === undefined) continue;
    await rest;
    signal.throwIfAborted();
  }
  return { [Symbol.iterator]: walks[ended] ?? (() => [][Symbol.iterator]()) };
}

async function* partWalk(table: Table, anyOf: AnyOf, signal: AbortSignal): AsyncGenerator<number, void> {
  const seen = new Set<number>();
  const several = anyOf.length > 1;
  for (const criterion of anyOf) {
    const index = await indexOf(table, criterion, signal);
    if (index === undefined) continue;
    const keys = soughtKeys(criterion);
    const once = !several && keys.length === 1 && !index.hasSeveral;
    for (const key of keys) {
      const rows = criterion.match === 'exact' ? index.exact(key) : index.partial(partMatch(criterion), key, signal);
      for await (const row of rows) {
        if (!once && seen.has(row)) continue;
        if (!once) seen.add(row);
        yield row;
      }
    }
  }
}
