/** The suite of listing: a good source passes every case, and each kind of mistake fails the case that is there for it. */
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import {
  defineAdapter,
  type ListBatch,
  type ListQuery,
  meets,
  type Source,
  SourceError,
} from '../../src/contract/index.ts';
import { type ListCaseName, LONG_AGO, listCases, listedCustomers } from '../support/adapter-suite/list-cases.ts';
import { listCaseNames, openListed } from '../support/adapter-suite/listing.ts';
import type { SuiteCustomer } from '../support/adapter-suite.ts';

const SIZE = 90;
const BATCH = 20;
type Row = SuiteCustomer & { readonly at: number };
/** Changes a batch, or the question, of the good listing; or does not end. */
interface Mistake {
  query?(query: ListQuery): ListQuery;
  batch?(batch: ListBatch, at: number): ListBatch;
  hangs?: boolean;
  ends?: boolean;
}

function systemOf({ query: asked = (query) => query, batch: given = (batch) => batch, hangs, ends }: Mistake) {
  const rows = new Map<string, Row>();
  let clock = LONG_AGO.getTime();
  let away = false;
  const recordOf = ({ at: _, ...customer }: Row) => ({ ...customer });
  const sorted = () => [...rows.values()].sort((one, other) => (one.customer_id < other.customer_id ? -1 : 1));
  const source: Source = {
    check: async () => {},
    find: async ({ criteria, limit }) =>
      sorted()
        .map(recordOf)
        .filter((record) => criteria.every((one) => meets(record, one)))
        .slice(0, limit),
    listsChanges: true,
    async *list(query, { signal }) {
      const { from, since } = asked(query);
      let [behind = '', mark = String(clock)] = from?.split('|') ?? [];
      for (let at = 0; ; at += 1) {
        if (hangs === true && signal.aborted) await new Promise(() => undefined);
        if (hangs !== true) signal.throwIfAborted();
        if (away && ends === true) return;
        if (away) throw new SourceError('unreachable', 'the memory is away');
        const isWanted = (row: Row) => row.customer_id > behind && (since === undefined || row.at > Number(since));
        const found = sorted().filter(isWanted);
        const records = found.slice(0, BATCH).map((row) => ({ key: row.customer_id, record: recordOf(row) }));
        behind = records.at(-1)?.key ?? behind;
        const isLast = found.length <= BATCH;
        yield given({ records, ...(isLast ? { mark } : { next: `${behind}|${mark}` }) }, at);
        if (isLast) return;
      }
    },
  };
  const adapter = defineAdapter({ name: 'memory', title: 'Memory', settings: z.strictObject({}), open: () => source });
  const system = {
    settings: {},
    async put(customers: readonly SuiteCustomer[], at?: Date) {
      clock += 1_000;
      for (const one of customers) rows.set(one.customer_id, { ...one, at: at?.getTime() ?? clock });
    },
    async remove(ids: readonly string[]) {
      for (const id of ids) rows.delete(id);
    },
    outage: {
      begin: () => {
        away = true;
      },
      end: () => {
        away = false;
      },
    },
  };
  return { adapter, system };
}

async function runCase(name: ListCaseName, mistake: Mistake): Promise<void> {
  const { adapter, system } = systemOf(mistake);
  await system.put(listedCustomers(SIZE), LONG_AGO);
  await listCases[name](await openListed(adapter, system, { name: 'memory', size: SIZE, promptMs: 300 }));
}

const without = ({ records, ...batch }: ListBatch, at: number): ListBatch => ({ ...batch, records: records.slice(at) });
/** `words`: what a failure says at least, where the name of the case does not say it. */
const WRONG: readonly (readonly [mistake: string, mistake: Mistake, fails: ListCaseName, words?: string])[] = [
  [
    'loses records',
    { batch: without },
    'lists what is found without criteria, the same records, each once',
    'customers whom list does not give',
  ],
  [
    'leaves a field out',
    {
      batch: (batch) => ({
        ...batch,
        records: batch.records.map(({ key, record: { company: _, ...record } }) => ({ key, record })),
      }),
    },
    'gives the fields that are wanted',
    'the company of C1001',
  ],
  [
    'lists other telephones than it finds',
    {
      batch: (batch) => ({
        ...batch,
        records: batch.records.map(({ key, record: { phone: _, ...record } }) => ({ key, record })),
      }),
    },
    'what live finds, the index finds, in every kind and way',
  ],
  [
    'numbers the records',
    {
      batch: (batch, at) => ({ ...batch, records: batch.records.map((one, row) => ({ ...one, key: `${at} ${row}` })) }),
    },
    'a key stays the same',
  ],
  ['begins anew', { query: (query) => ({ ...query, from: undefined }) }, 'a run goes on behind every batch'],
  [
    'remembers the first answer',
    {
      batch: (batch) => ({
        ...batch,
        records: batch.records.map(({ key, record }) => ({ key, record: { ...record, company: 'Old Ltd' } })),
      }),
    },
    'an index has everybody after a crash at any batch, and then what has changed, come and gone',
  ],
  [
    'counts rows instead of going on behind a key',
    { batch: (batch, at) => (at === 1 ? { ...batch, records: batch.records.slice(3) } : batch) },
    'what comes and goes while a run is under way is neither lost nor doubled',
    'page by what comes after a record, not by counting',
  ],
  ['gives all again', { query: (query) => ({ ...query, since: undefined }) }, 'tells what has changed since a mark'],
  [
    'gives the first changes only',
    { batch: (batch, at) => (at > 1 ? { ...batch, records: [] } : batch) },
    'many changes are told in batches that can be gone on from',
  ],
  [
    'takes the mark from the end of the run',
    { batch: (batch) => (batch.mark === undefined ? batch : { ...batch, mark: String(Date.now()) }) },
    'a mark is of the beginning of the run, gone on with or not',
    'take its mark before it reads',
  ],
  [
    'ends when the system goes away',
    { ends: true },
    'a system that goes away in the middle is a SourceError, not an end',
  ],
  ['hangs after an abort', { hangs: true }, 'ends when it is told to, and leaves nothing open'],
];

describe('the suite of listing', () => {
  it.each(listCaseNames())('passes a good source: %s', async (name) => {
    await runCase(name, {});
  });

  const wrong = WRONG.map(([what, mistake, fails, words = /./]) => ({ what, mistake, fails, words }));
  it.each(wrong)('fails a source that $what', async ({ mistake, fails, words }) => {
    await expect(runCase(fails, mistake)).rejects.toThrow(words);
  });

  it('is shown a mistake for every case', () => {
    expect(new Set(WRONG.map(([, , fails]) => fails))).toEqual(new Set(listCaseNames()));
  });
});
