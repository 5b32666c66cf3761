/** What every source with a `list` must do. Each case can be run alone, on a system that holds {@link listedCustomers}. */

import { expect } from 'vitest';
import {
  type CallContext,
  type ListBatch,
  type ListedRecord,
  type ListQuery,
  type Source,
  SourceError,
  type SourceRecord,
  textOf,
} from '../../../src/contract/index.ts';
import { type SuiteCustomer, suiteCustomers } from './seed.ts';
import { contextOf, find, type Outage, promptly } from './subject.ts';

/** A system whose customers come and go. */
export interface ListedSystem {
  /** What stands in the configuration, without `adapter`. */
  readonly settings: unknown;
  /** The field with the time of the last change, where the system needs one to tell what has changed. */
  readonly updated?: string;
  /** Writes customers, by their `customer_id`: those that are there are changed. `at`: when that was; now unless given. */
  put(customers: readonly SuiteCustomer[], at?: Date): Promise<void>;
  remove(ids: readonly string[]): Promise<void>;
  /** How the system is taken away; without it, that case is skipped. */
  readonly outage?: Outage;
}

/** What a case works with. */
export interface ListSubject {
  readonly source: Source;
  /** Another source on the same system, opened now; whoever opens it closes it. */
  openAnother(): Promise<Source>;
  readonly system: ListedSystem;
  /** Those of whom the system is full when a case begins. */
  readonly customers: readonly SuiteCustomer[];
  /** What a run that ends early may take to end. Milliseconds. */
  readonly promptMs: number;
}

/** The customers of the seed and as many more as make `size` of them. */
export function listedCustomers(size: number): readonly SuiteCustomer[] {
  const more = Array.from({ length: Math.max(0, size - suiteCustomers.length) }, (_, at): SuiteCustomer => {
    const number = String(at + 1).padStart(5, '0');
    return { customer_id: `L${number}`, first_name: 'Lisa', last_name: `List ${number}`, company: 'Long & Co' };
  });
  return [...suiteCustomers, ...more];
}

/** Before any time that a run may take for a recent one. */
export const LONG_AGO = new Date('2020-02-02T02:02:02Z');

/** Customers that cases add; away when a case begins. */
export const ADDED: readonly SuiteCustomer[] = ['A00001', 'M00001', 'Z00001'].map((customer_id) => {
  return { customer_id, first_name: 'Nora', last_name: 'New', company: 'New Ltd' };
});

const idOf = ({ record }: ListedRecord) => textOf(record['customer_id']);
const idsIn = (batches: readonly ListBatch[]) => batches.flatMap(({ records }) => records.map(idOf));
const recordsIn = (batches: readonly ListBatch[]) => batches.flatMap(({ records }) => records);
const lastMark = (batches: readonly ListBatch[]) => batches.findLast(({ mark }) => mark !== undefined)?.mark;
const changed = (customer: SuiteCustomer): SuiteCustomer => ({ ...customer, company: 'Changed Ltd' });

/** Runs a listing to its end. */
async function all(source: Source, query: Partial<ListQuery> = {}, context: CallContext = contextOf()) {
  const batches: ListBatch[] = [];
  for await (const batch of begin(source, query, context)) batches.push(batch);
  return batches;
}

function begin(
  source: Source,
  query: Partial<ListQuery>,
  context: CallContext = contextOf(),
): AsyncIterable<ListBatch> {
  if (source.list === undefined) throw new Error('the source has no `list`');
  return source.list(Object.freeze({ fields: undefined, ...query }), context);
}

async function* onwards(batches: AsyncIterator<ListBatch>): AsyncGenerator<ListBatch> {
  for (let step = await batches.next(); step.done !== true; step = await batches.next()) yield step.value;
}

async function rest(batches: AsyncIterator<ListBatch>): Promise<ListBatch[]> {
  const given: ListBatch[] = [];
  for await (const batch of onwards(batches)) given.push(batch);
  return given;
}

/** The first batch of a run, and the run. */
async function begun(source: Source, query: Partial<ListQuery> = {}, context?: CallContext) {
  const batches = begin(source, query, context)[Symbol.asyncIterator]();
  const step = await batches.next();
  if (step.done === true) throw new Error('the source lists nothing');
  return { first: step.value, batches };
}

async function withAnother<T>({ openAnother }: ListSubject, work: (source: Source) => Promise<T>): Promise<T> {
  const source = await openAnother();
  try {
    return await work(source);
  } finally {
    await source.close?.();
  }
}

function byId(records: readonly SourceRecord[]): ReadonlyMap<string, SourceRecord> {
  return new Map(records.map((record) => [textOf(record['customer_id']), record]));
}

/** The cases by their names, which are the keys of `skip`. */
export const listCases = {
  'lists what is found without criteria, the same records, each once': async ({ source, customers }) => {
    const batches = await all(source);
    for (const { records } of batches) expect(records.length).toBeLessThanOrEqual(1_000);
    const listed = recordsIn(batches);
    expect(new Set(listed.map(({ key }) => key)).size).toBe(listed.length);
    expect(idsIn(batches).sort()).toEqual(customers.map(({ customer_id }) => customer_id).sort());
    const found = byId(await find(source, [], { limit: customers.length + 10 }));
    expect(byId(listed.map(({ record }) => record))).toEqual(found);
  },

  'gives the fields that are wanted': async ({ source, customers }) => {
    const listed = recordsIn(await all(source, { fields: ['customer_id', 'company'] }));
    const companies = new Map(listed.map((one) => [idOf(one), textOf(one.record['company'])]));
    expect(companies).toEqual(new Map(customers.map((one) => [one.customer_id, one.company ?? ''])));
  },

  'a key stays the same': async (subject) => {
    const keys = (batches: readonly ListBatch[]) => new Map(recordsIn(batches).map((one) => [idOf(one), one.key]));
    const before = keys(await all(subject.source));
    await subject.system.put(ADDED);
    await subject.system.remove([...before.keys()].slice(0, 2));
    const after = await withAnother(subject, async (source) => keys(await all(source)));
    for (const [id, key] of after) if (before.has(id)) expect([id, key]).toEqual([id, before.get(id)]);
    expect(after.size).toBe(before.size + ADDED.length - 2);
  },

  'a run goes on behind every batch': async (subject) => {
    const batches = await all(subject.source);
    const places = batches.filter(({ next }) => next !== undefined).length;
    expect(batches.slice(0, -1).every(({ next }) => next !== undefined) || places === 0).toBe(true);
    await withAnother(subject, async (source) => {
      for (const [at, { next }] of batches.entries()) {
        if (next === undefined) continue;
        const behind = await all(source, { from: next });
        expect(recordsIn(behind)).toEqual(recordsIn(batches.slice(at + 1)));
      }
    });
  },

  'what has changed, come and gone is seen by the next run': async (subject) => {
    const { system, customers } = subject;
    const [one, other] = customers;
    if (one === undefined || other === undefined) throw new Error('there are no customers');
    await system.put([...ADDED, changed(one)]);
    await system.remove([other.customer_id]);
    const batches = await withAnother(subject, (source) => all(source));
    const wanted = [...customers.slice(2), one, ...ADDED].map(({ customer_id }) => customer_id).sort();
    expect(idsIn(batches).sort()).toEqual(wanted);
    const record = recordsIn(batches).find((listed) => idOf(listed) === one.customer_id)?.record;
    expect(textOf(record?.['company'])).toBe('Changed Ltd');
  },

  'what comes and goes while a run is under way is neither lost nor doubled': async ({ source, system, customers }) => {
    const { first, batches } = await begun(source);
    const listed = new Set(first.records.map(idOf));
    const ahead = customers.filter(({ customer_id }) => !listed.has(customer_id));
    const given = customers.filter(({ customer_id }) => listed.has(customer_id));
    const gone = [...given.slice(0, 30), ...ahead.slice(0, 30), ...given.slice(-1)].map((one) => one.customer_id);
    await system.remove(gone);
    await system.put([...ADDED, ...ahead.slice(-20).map(changed)]);
    const records = [...first.records, ...recordsIn(await rest(batches))];
    const keys = records.map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
    const ids = new Set(records.map(idOf));
    for (const { customer_id } of customers) if (!gone.includes(customer_id)) expect(ids).toContain(customer_id);
  },

  'tells what has changed since a mark': async (subject) => {
    const { system, customers, source } = subject;
    const { updated } = system;
    const since = lastMark(await all(source, { updated }));
    expect(since).toBeTypeOf('string');
    const [one, other, third] = customers.slice(40);
    if (one === undefined || other === undefined || third === undefined) throw new Error('there are too few customers');
    await system.put([...ADDED, changed(one), changed(third)]);
    await system.remove([other.customer_id]);
    const batches = await all(source, { updated, since });
    const ids = idsIn(batches);
    for (const { customer_id } of [...ADDED, one, third]) expect(ids).toContain(customer_id);
    expect(ids).not.toContain(other.customer_id);
    // A few more do no harm; all of them would be no listing of changes.
    expect(ids.length).toBeLessThan(customers.length / 2);
    expect(lastMark(batches)).toBeTypeOf('string');
    const next = await all(source, { updated, since: lastMark(batches) });
    expect(idsIn(next).length).toBeLessThan(customers.length / 2);
  },

  'many changes are told in batches that can be gone on from': async ({ source, system, customers }) => {
    const { updated } = system;
    const since = lastMark(await all(source, { updated }));
    await system.put(customers.map(changed));
    const batches = await all(source, { updated, since });
    expect(new Set(idsIn(batches))).toEqual(new Set(customers.map(({ customer_id }) => customer_id)));
    for (const [at, { next }] of batches.entries()) {
      if (next === undefined) continue;
      const behind = await all(source, { updated, since, from: next });
      expect(recordsIn(behind)).toEqual(recordsIn(batches.slice(at + 1)));
    }
  },

  'a mark is of the beginning of the run, gone on with or not': async (subject) => {
    const { system, customers, source } = subject;
    const { updated } = system;
    const { first, batches } = await begun(source, { updated });
    const early = customers.find(({ customer_id }) => customer_id === idOf(first.records[0] ?? never()));
    if (early === undefined) throw new Error('the first batch has nobody of us');
    await system.put([changed(early)]);
    const runs = [[first, ...(await rest(batches))]];
    if (first.next !== undefined) {
      const { next } = first;
      runs.push(await withAnother(subject, (another) => all(another, { updated, from: next })));
    }
    for (const run of runs) {
      const since = lastMark(run);
      expect(since).toBeTypeOf('string');
      expect(idsIn(await all(source, { updated, since }))).toContain(early.customer_id);
    }
  },

  'a system that goes away in the middle is a SourceError, not an end': async ({ source, system, promptMs }) => {
    const { outage } = system;
    if (outage === undefined) throw new Error('the suite was given no `outage`');
    const { batches } = await begun(source);
    await outage.begin();
    try {
      await expect(promptly(rest(batches), 4 * promptMs)).rejects.toBeInstanceOf(SourceError);
    } finally {
      await outage.end();
    }
  },

  'ends when it is told to, and leaves nothing open': async (subject) => {
    const { promptMs, customers } = subject;
    const aborted = new Error('the gateway ends');
    const source = await subject.openAnother();
    try {
      // A batch that was there already may be given, and a run may end with an error or without.
      const ended = async (run: Promise<unknown>) =>
        await promptly(run, promptMs).catch((error: Error) => expect(error.message).not.toContain('still waiting'));
      await ended(all(source, {}, contextOf(AbortSignal.abort(aborted))));
      for (const isUnderWay of [false, true]) {
        const controller = new AbortController();
        const { batches } = await begun(source, {}, contextOf(controller.signal));
        const next: Promise<unknown> = isUnderWay ? batches.next() : Promise.resolve();
        controller.abort(aborted);
        await ended(next);
        await ended(rest(batches));
      }
      const { batches } = await begun(source);
      await promptly(Promise.resolve(batches.return?.()), promptMs);
      expect((await batches.next()).done).toBe(true);
      // Nothing that the runs held is missing.
      expect(idsIn(await all(source)).length).toBe(customers.length);
    } finally {
      await promptly(Promise.resolve(source.close?.()), promptMs);
    }
  },
} satisfies Readonly<Record<string, (subject: ListSubject) => Promise<void>>>;

function never(): never {
  throw new Error('the first batch is empty');
}

/** A key of {@link listCases}. */
export type ListCaseName = keyof typeof listCases;

/** Of sources that tell what has changed. */
export const CHANGE_CASES: readonly ListCaseName[] = [
  'tells what has changed since a mark',
  'many changes are told in batches that can be gone on from',
  'a mark is of the beginning of the run, gone on with or not',
];
