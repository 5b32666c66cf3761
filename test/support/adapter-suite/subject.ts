/** What the cases of the suite work with: the source, and the words in which they ask it. */

import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type Adapter,
  type CallContext,
  type Criterion,
  isLink,
  isList,
  type Log,
  meets,
  type Order,
  type Source,
  type SourceRecord,
  textOf,
  type Value,
} from '../../../src/contract/index.ts';
import type { SourcePlan } from '../../../src/gateway/plan.ts';
import { SourceHandle } from '../../../src/gateway/sources/source-handle.ts';
import { GatewayEvents } from '../../../src/gateway/telemetry.ts';
import { safeHref } from '../../../src/helpspot/html.ts';
import { suiteCustomers } from './seed.ts';
import { isLeftOut, type Trace } from './trace.ts';

/** What a case works with. */
export interface SuiteSubject {
  readonly adapter: Adapter;
  /** The settings as the suite was given them: what stands in the configuration. */
  readonly given: unknown;
  /** A source that is open for all cases. */
  readonly source: Source;
  /** What it was asked, and what it logged. */
  readonly trace: Trace;
  /** Another source, opened now; whoever opens it closes it. */
  openAnother(): Promise<Source>;
  readonly outage: Outage | undefined;
  /** A call whose signal has aborted ends within this time. Milliseconds. */
  readonly promptMs: number;
}

/**
 * Of a case, and of what starts the system, in milliseconds: a case asks hundreds of questions, and vitest's own five seconds
 * are too few for that on a busy machine.
 */
export const SUITE_PATIENCE = { case: 90_000, hook: 120_000 } as const;

/** Takes the system away and gives it back. */
export interface Outage {
  /** From now on the system cannot be reached, or refuses us. */
  begin(): Promise<void> | void;
  /** The system is as it was; also after {@link silence}. */
  end(): Promise<void> | void;
  /** Connections stay, and nothing is answered any more, until {@link end}. */
  silence?(): Promise<void> | void;
  /** How many connections to the system are open now. */
  connections?(): number;
}

/** An exact criterion. */
export const is = (field: string, value: string): Criterion => ({ field, match: 'exact', value });

/** What accompanies a call of the suite. */
export function contextOf(signal: AbortSignal = new AbortController().signal): CallContext {
  return { signal, reference: 'suite' };
}

/** Asks the source, at most for 100 records unless told. */
export async function find(
  source: Source,
  criteria: readonly Criterion[],
  options: { limit?: number; signal?: AbortSignal; order?: readonly Order[] } = {},
): Promise<readonly SourceRecord[]> {
  if (source.find === undefined) throw new Error('the source has no `find`; this suite is for sources that have one');
  // Frozen: an adapter that changes its question fails here.
  const query = Object.freeze({
    criteria: Object.freeze(criteria.map((criterion) => Object.freeze({ ...criterion }))),
    limit: options.limit ?? 100,
    parameters: Object.freeze({}),
    ...(options.order !== undefined && { order: Object.freeze(options.order.map((one) => Object.freeze({ ...one }))) }),
  });
  return await source.find(query, contextOf(options.signal));
}

/** Finds as a lookup does whose match step is `words`: a source that knows no groups is asked by parts of them. */
export async function findWords(
  source: Source,
  adapter: Adapter,
  text: string,
  fields: readonly string[],
): Promise<readonly SourceRecord[]> {
  const handle = new SourceHandle(openedPlan(adapter, source), SILENT, new GatewayEvents());
  const words = text.split(/[\s,]+/);
  const groups = words.map((value) => fields.map((field) => ({ field, match: 'contains', value }) as const));
  const query = { criteria: [], groups, limit: 100, parameters: {} };
  const { records } = await handle.find(query, contextOf(), { user: 'suite', limitMs: 30_000, deadlineMs: 30_000 });
  return records;
}

const SILENT: Log = { debug() {}, info() {}, warn() {}, error() {} };

/** How a source is asked whose configuration says nothing of it. */
export const USUAL_ASKING = {
  concurrency: 8,
  breaker: { failures: 3, retryMs: 5_000, longestMs: 60_000 },
} as const;

/** A configured source over one that is open already. */
export function openedPlan(adapter: Adapter, source: Source): SourcePlan {
  return {
    name: 'suite',
    adapter: { ...adapter, open: () => source },
    title: adapter.title,
    timeoutMs: undefined,
    ...USUAL_ASKING,
    settings: {},
    directory: '/',
    written: 'suite',
  };
}

/** The customer numbers of the records, in their order. */
export function idsOf(records: readonly SourceRecord[]): string[] {
  return records.map((record) => textOf(record['customer_id']));
}

function expectedIds(criteria: readonly Criterion[]): string[] {
  const met = suiteCustomers.filter((customer) => criteria.every((one) => meets({ ...customer }, one)));
  return met.map(({ customer_id }) => customer_id).sort();
}

/** The source finds those that the gateway's own rules find. */
export async function expectFound(source: Source, ...criteria: readonly Criterion[]): Promise<void> {
  if (criteria.some(({ field }) => isLeftOut(source, field))) return;
  const found = idsOf(await find(source, criteria)).sort();
  expect(found, `customers found by ${JSON.stringify(criteria).slice(0, 200)}`).toEqual(expectedIds(criteria));
}

/** The source finds these customers, and no others. */
export async function expectFoundAs(source: Source, criterion: Criterion, ...ids: readonly string[]): Promise<void> {
  if (isLeftOut(source, criterion.field)) return;
  const found = idsOf(await find(source, [criterion])).sort();
  expect(found, `customers found by ${JSON.stringify(criterion)}, as meets() of the contract decides`).toEqual(
    [...ids].sort(),
  );
}

/** Nobody has waited long enough to know how a call ends. */
class StillWaiting extends Error {}

/** Settles like the promise, or rejects when it takes longer than any promptness allows. */
export async function promptly<T>(promise: Promise<T>, promptMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new StillWaiting(`still waiting ${promptMs} ms after the signal aborted`)),
      promptMs,
    );
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** How a call ends within this time. */
export async function endingOf(
  call: Promise<unknown>,
  promptMs: number,
): Promise<'answered' | 'rejected' | 'still waiting'> {
  return await promptly(call, promptMs).then(
    () => 'answered',
    (error: unknown) => (error instanceof StillWaiting ? 'still waiting' : 'rejected'),
  );
}

/** Aborts calls that are under way, once they have reached the system. */
export async function abortIn(
  milliseconds: number,
  controller: AbortController,
  calls: readonly Promise<unknown>[],
): Promise<void> {
  // One that ends before is looked at later.
  for (const call of calls) call.catch(() => undefined);
  await delay(milliseconds);
  controller.abort(new Error('the caller has gone'));
}

/** A call whose signal has aborted rejects, and soon. @param what "find" */
export async function expectGivenUp(what: string, call: Promise<unknown>, promptMs: number): Promise<void> {
  const ending = await endingOf(call, promptMs);
  expect(ending, `${what}, ${promptMs} ms after its signal aborted: hand the signal on to every wait`).toBe('rejected');
}

/** The value is one that a record may hold. */
export function expectContractValue(value: Value, where: string): void {
  expect(value, where).not.toBeNull();
  if (isList(value)) {
    for (const item of value) {
      expect(Array.isArray(item), `${where}: a list in a list`).toBe(false);
      expectContractValue(item, where);
    }
  } else if (typeof value === 'number') expect(Number.isFinite(value), `${where}: ${value}`).toBe(true);
  else if (typeof value === 'string') expect(value.trim(), `${where}: an empty text instead of no field`).not.toBe('');
  else if (value instanceof Date) expect(Number.isNaN(value.getTime()), `${where}: an invalid date`).toBe(false);
  else if (typeof value === 'object' && isLink(value)) {
    expect(value, where).toEqual({ href: expect.any(String), text: expect.any(String) });
    const what = `${where}: a link to ${value.href.slice(0, 100)}; whole addresses of http, https, mailto and tel only, else its text`;
    expect(safeHref(value.href), what).toBeDefined();
  } else expect(typeof value, where).toBe('boolean');
}

/**
 * Opens what the cases of a suite work with before the first of them, and closes its source after the last. One test of its
 * own tells why it could not be opened.
 * @returns what gives it; undefined where it did not open
 */
export function openedForAll<Opened extends { readonly source: Source }>(
  open: () => Promise<Opened>,
): () => Opened | undefined {
  let opened: { readonly subject: Opened } | { readonly error: unknown } | undefined;
  const subject = () => (opened !== undefined && 'subject' in opened ? opened.subject : undefined);
  beforeAll(async () => {
    opened = await open().then(
      (made) => ({ subject: made }),
      (error: unknown) => ({ error }),
    );
  }, SUITE_PATIENCE.hook);
  afterAll(async () => await subject()?.source.close?.());
  // The one place that tells why nothing can be tried.
  test('opens with the settings of the suite', () => {
    if (opened !== undefined && 'error' in opened) throw opened.error;
  });
  return subject;
}
