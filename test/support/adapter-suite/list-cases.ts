/** What every source with a `list` must do. Each case can be run alone, on a system that holds {@link listedCustomers}. */

import { expect } from 'vitest';
import {
  type Criterion,
  type ListQuery,
  meets,
  type Source,
  SourceError,
  type SourceRecord,
  textOf,
  UserError,
} from '../../../src/contract/index.ts';
import { INDEX_QUESTIONS, type SuiteIndex, withIndex } from './list-index.ts';
import { expectResumes, type Listed, listed, listing, rest, summed } from './list-run.ts';
import { type SuiteCustomer, suiteCustomers } from './seed.ts';
import { find, type Outage, promptly } from './subject.ts';

/** A system whose customers come and go. */
export interface ListedSystem {
  /** What stands in the configuration, without `adapter`. */
  readonly settings: unknown;
  /** The field with the time of the last change, where the system needs one to tell what has changed. */
  readonly updated?: string;
  /** So many records may come again where a run goes on. None unless told. */
  readonly again?: number;
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

const idOf = (record: SourceRecord) => textOf(record['customer_id']);
const idsIn = ({ batches }: Pick<Listed, 'batches'>) =>
  batches.flatMap(({ records }) => records.map(({ record }) => idOf(record)));
const changed = (customer: SuiteCustomer): SuiteCustomer => ({ ...customer, company: 'Changed Ltd' });

/** The first batch of a run, and the run. */
async function begun(source: Source, query: Partial<ListQuery> = {}, signal?: AbortSignal) {
  const batches = listing(source, query, signal);
  const step = await batches.next();
  if (step.done === true) throw new Error('the source lists nothing');
  return { first: step.value, batches };
}

/** Not every system can be searched in every way. */
async function findWhereItCan(source: Source, criterion: Criterion): Promise<readonly SourceRecord[]> {
  try {
    return await find(source, [criterion]);
  } catch (error) {
    if (error instanceof UserError) return [];
    throw error;
  }
}

async function withAnother<T>({ openAnother }: ListSubject, work: (source: Source) => Promise<T>): Promise<T> {
  const source = await openAnother();
  try {
    return await work(source);
  } finally {
    await source.close?.();
  }
}

function byId(records: Iterable<SourceRecord>): ReadonlyMap<string, SourceRecord> {
  return new Map(Array.from(records, (record) => [idOf(record), record]));
}

/** The first that are lacking: the whole difference of two lists of thousands tells nobody anything. */
function lacking(wanted: Iterable<string>, given: Iterable<string>): readonly string[] {
  const all = new Set(given);
  return Array.from(wanted)
    .filter((id) => !all.has(id))
    .slice(0, 5);
}

const idsOfAll = (customers: readonly SuiteCustomer[]) => customers.map(({ customer_id }) => customer_id);

/** The cases by their names, which are the keys of `skip`. */
export const listCases = {
  'lists what is found without criteria, the same records, each once': async ({ source, customers }) => {
    const { records, keys } = await listed(source);
    expect(records.size, 'keys that are each their own').toBe(keys.length);
    const given = byId(records.values());
    const found = byId(await find(source, [], { limit: customers.length + 10 }));
    for (const [what, ids] of [
      ['list', given.keys()],
      ['find without criteria', found.keys()],
    ] as const) {
      const has = [...ids];
      expect(lacking(idsOfAll(customers), has), `customers whom ${what} does not give`).toEqual([]);
      expect(lacking(has, idsOfAll(customers)), `what ${what} gives, and is no customer`).toEqual([]);
    }
    for (const [id, record] of given) expect(record, `${id} as list gives it, and as find does`).toEqual(found.get(id));
  },

  'gives the fields that are wanted': async ({ source, customers }) => {
    const { records } = await listed(source, { fields: ['customer_id', 'company'] });
    const given = byId(records.values());
    expect(lacking(given.keys(), idsOfAll(customers)), 'what is listed, and is no customer').toEqual([]);
    for (const { customer_id: id, company = '' } of customers) {
      expect(textOf(given.get(id)?.['company']), `the company of ${id}`).toBe(company);
    }
  },

  'a key stays the same': async (subject) => {
    const keys = ({ records }: Listed) => new Map(Array.from(records, ([key, record]) => [idOf(record), key]));
    const before = keys(await listed(subject.source));
    await subject.system.put(ADDED);
    await subject.system.remove([...before.keys()].slice(0, 2));
    const after = await withAnother(subject, async (source) => keys(await listed(source)));
    for (const [id, key] of after) if (before.has(id)) expect([id, key]).toEqual([id, before.get(id)]);
    expect(after.size).toBe(before.size + ADDED.length - 2);
  },

  'a run goes on behind every batch': async (subject) => {
    const { again } = subject.system;
    await withAnother(subject, (another) => expectResumes(subject.source, {}, { source: another, again }));
  },

  'what live finds, the index finds, in every kind and way': async ({ source, system }) => {
    await withIndex(async (index) => {
      await index.run(source, system.updated);
      const records = await index.find();
      for (const criterion of INDEX_QUESTIONS) {
        const found = (await index.find(criterion)).map(idOf).sort();
        const words = JSON.stringify(criterion);
        const meant = records.filter((record) => meets(record, criterion));
        expect(found, words).toEqual(meant.map(idOf).sort());
        for (const record of await findWhereItCan(source, criterion)) expect(found, words).toContain(idOf(record));
      }
    });
  },

  'an index has everybody after a crash at any batch, and then what has changed, come and gone': async (subject) => {
    const { source, system, customers } = subject;
    const { updated } = system;
    const idsOf = async (index: SuiteIndex) => (await index.find()).map(idOf).sort();
    const all = idsOfAll(customers).sort();
    await withIndex(async (index) => {
      const count = await index.run(source, updated);
      expect(await idsOf(index)).toEqual(all);
      for (const most of new Set([0, 1, Math.ceil(count / 2), count])) {
        expect(await index.run(source, updated, { most })).toBe(most);
        await withAnother(subject, (another) => index.run(another, updated));
        expect(await idsOf(index), `after a crash behind batch ${most} of ${count}`).toEqual(all);
      }
      const [one, other] = customers;
      if (one === undefined || other === undefined) throw new Error('there are no customers');
      await system.put([...ADDED, changed(one)]);
      await system.remove([other.customer_id]);
      const came = async () => {
        const ids = (await index.find({ field: 'company', match: 'exact', value: 'Changed Ltd' })).map(idOf);
        return [ids, (await index.find({ field: 'last_name', match: 'exact', value: 'new' })).map(idOf).sort()];
      };
      const expected = [[one.customer_id], idsOfAll(ADDED)];
      await withAnother(subject, async (another) => {
        if (tellsChanges(another, system)) {
          await index.run(another, updated, { changes: true });
          expect(await came()).toEqual(expected);
        }
        await index.run(another, updated);
      });
      expect(await came()).toEqual(expected);
      const wanted = idsOfAll([...customers.slice(2), one, ...ADDED]).sort();
      expect(await idsOf(index)).toEqual(wanted);
    });
  },

  'what comes and goes while a run is under way is neither lost nor doubled': async ({ source, system, customers }) => {
    const { first, batches } = await begun(source);
    const before = new Set(idsIn({ batches: [first] }));
    const ahead = customers.filter(({ customer_id }) => !before.has(customer_id));
    const given = customers.filter(({ customer_id }) => before.has(customer_id));
    const gone = [...given.slice(0, 30), ...ahead.slice(0, 30), ...given.slice(-1)].map((one) => one.customer_id);
    await system.remove(gone);
    await system.put([...ADDED, ...ahead.slice(-20).map(changed)]);
    const run = summed([first, ...(await rest(batches))]);
    expect(run.records.size, 'keys that came once').toBe(run.keys.length);
    const stayed = lacking(idsOfAll(customers), gone.concat(idsIn(run)));
    expect(stayed, 'lost, and were there all the time: page by what comes after a record, not by counting').toEqual([]);
  },

  'tells what has changed since a mark': async (subject) => {
    const { system, customers, source } = subject;
    const { updated } = system;
    const { mark: since } = await listed(source, { updated });
    expect(since).toBeTypeOf('string');
    const [one, other, third] = customers.slice(40);
    if (one === undefined || other === undefined || third === undefined) throw new Error('there are too few customers');
    await system.put([...ADDED, changed(one), changed(third)]);
    await system.remove([other.customer_id]);
    const run = await listed(source, { updated, since });
    const ids = idsIn(run);
    for (const { customer_id } of [...ADDED, one, third]) expect(ids).toContain(customer_id);
    expect(ids).not.toContain(other.customer_id);
    // A few more do no harm; all of them would be no listing of changes.
    expect(ids.length).toBeLessThan(customers.length / 2);
    expect(run.mark).toBeTypeOf('string');
    const next = await listed(source, { updated, since: run.mark });
    expect(next.keys.length).toBeLessThan(customers.length / 2);
  },

  'many changes are told in batches that can be gone on from': async ({ source, system, customers }) => {
    const { updated } = system;
    const { mark: since } = await listed(source, { updated });
    await system.put(customers.map(changed));
    const run = await expectResumes(source, { updated, since }, { again: system.again });
    expect(new Set(idsIn(run))).toEqual(new Set(idsOfAll(customers)));
  },

  'a mark is of the beginning of the run, gone on with or not': async (subject) => {
    const { system, customers, source } = subject;
    const { updated } = system;
    const { first, batches } = await begun(source, { updated });
    const [firstId] = idsIn({ batches: [first] });
    const early = customers.find(({ customer_id }) => customer_id === firstId);
    if (early === undefined) throw new Error('the first batch has nobody of us');
    await system.put([changed(early)]);
    const runs = [summed([first, ...(await rest(batches))])];
    if (first.next !== undefined) {
      const { next } = first;
      runs.push(await withAnother(subject, (another) => listed(another, { updated, from: next })));
    }
    for (const { mark: since } of runs) {
      expect(since).toBeTypeOf('string');
      const told = idsIn(await listed(source, { updated, since }));
      expect(told, 'what changed once the run had begun; take its mark before it reads').toContain(early.customer_id);
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
      await ended(listed(source, {}, undefined, AbortSignal.abort(aborted)));
      for (const isUnderWay of [false, true]) {
        const controller = new AbortController();
        const { batches } = await begun(source, {}, controller.signal);
        const next: Promise<unknown> = isUnderWay ? batches.next() : Promise.resolve();
        controller.abort(aborted);
        await ended(next);
        await ended(rest(batches));
      }
      const { batches } = await begun(source);
      await promptly(Promise.resolve(batches.return?.()), promptMs);
      expect((await batches.next()).done).toBe(true);
      // Nothing that the runs held is missing.
      expect((await listed(source)).keys).toHaveLength(customers.length);
    } finally {
      await promptly(Promise.resolve(source.close?.()), promptMs);
    }
  },
} satisfies Readonly<Record<string, (subject: ListSubject) => Promise<void>>>;

/** Whether a source can say what has changed. */
export function tellsChanges({ listsChanges }: Source, { updated }: ListedSystem): boolean {
  return listsChanges === true || (listsChanges === 'with updated' && updated !== undefined);
}

/** A key of {@link listCases}. */
export type ListCaseName = keyof typeof listCases;

/** Of sources that tell what has changed. */
export const CHANGE_CASES: readonly ListCaseName[] = [
  'tells what has changed since a mark',
  'many changes are told in batches that can be gone on from',
  'a mark is of the beginning of the run, gone on with or not',
];

/** What to skip where the same adapter is run on several tables, of which one is enough to fill an index from. */
export const INDEXED_ONCE: Readonly<Partial<Record<ListCaseName, string>>> = {
  'what live finds, the index finds, in every kind and way': 'an index of this adapter is filled above',
  'an index has everybody after a crash at any batch, and then what has changed, come and gone':
    'an index of this adapter is filled above',
};
