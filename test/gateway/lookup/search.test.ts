/** What the match steps find, and what is told of it: to staff, in the log line, and to an administrator. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { type FindQuery, SourceError, UserError } from '../../../src/contract/index.ts';
import { findContacts, isAddressBook } from '../../../src/gateway/lookup/address-book.ts';
import type { LookupPlan } from '../../../src/gateway/lookup/plan.ts';
import { type Findings, findRecords, listRecords } from '../../../src/gateway/lookup/search.ts';
import type { SourcePlan } from '../../../src/gateway/plan.ts';
import { type MemorySystem, memorySystem } from '../../support/memory-adapter.ts';
import { lookupPlan, memoryHandle, renamed, steps } from '../../support/plans.ts';

const BOB = { customer_id: '1', email: 'bob@example.com', last_name: 'Jones' };
const EVE = { customer_id: '2', email: 'eve@example.com', last_name: 'Jones' };
const AWAY = new SourceError('unreachable', 'no route');
const WRONG = new UserError('it has no such field');
const DEADLINE_MS = 4_000;

function callOver(
  systems: Readonly<Record<string, MemorySystem>>,
  parameters: Record<string, string>,
  lookup: Partial<LookupPlan> = {},
  source: Partial<SourcePlan> = {},
) {
  const sources = Object.entries(systems).map(([name, system]) => memoryHandle(name, system, source));
  onTestFinished(async () => void (await Promise.all(sources.map((one) => one.retire()))));
  const plan = lookupPlan({ sources: Object.keys(systems), match: steps('email', 'last_name'), ...lookup });
  const context = { signal: new AbortController().signal, reference: 'REF' };
  return { plan, call: { sources, parameters, context, deadlineMs: DEADLINE_MS } };
}

function told({ records, more, step, failures, counts, completed, log, parts, found, criteria }: Findings) {
  return {
    ...{ ids: records.map((one) => one['customer_id']), more, step, counts, completed, notices: log.notices },
    failures: failures.map(({ source, error }) => [source, error]),
    // The sources answer side by side.
    reports: bySource(log.reports).map(({ source, count, failed, answer }) => [source, count, failed, answer]),
    steps: bySource(log.steps).map(({ step: name, source, count, problem }) => [name, source, count, problem]),
    parts: parts.map((some) => some.map(({ source }) => source.plan.name).join(' ')),
    found: found.map(({ source, records: own }) => [source.plan.name, own.length]),
    criteria: criteria.map(({ field, value }) => `${field}=${value}`),
  };
}

function bySource<One extends { readonly source?: string }>(all: readonly One[]): readonly One[] {
  return all.toSorted(({ source: one = '' }, { source: other = '' }) => one.localeCompare(other));
}

async function searched(...given: Parameters<typeof callOver>) {
  const { plan, call } = callOver(...given);
  return told(await findRecords(plan, call));
}

/** Fails at the questions by one field. */
function failingBy(field: string, error: Error, records: MemorySystem['records'] = []): MemorySystem {
  return {
    ...memorySystem(records),
    wait: async ({ criteria }: FindQuery) => {
      if (criteria[0]?.field === field) throw error;
    },
  };
}

describe('a search', () => {
  it('is that of the first step by which somebody is found, and says what was asked of whom', async () => {
    const systems = { a: memorySystem([BOB]), b: memorySystem([EVE, BOB]) };
    expect(await searched(systems, { email: 'x@example.com', last_name: 'jones' })).toEqual({
      ...{ ids: ['1', '2', '1'], more: false, step: 'last_name', completed: [], notices: [], failures: [] },
      counts: { records: 3, customers: 3, shown: 3 },
      reports: [
        ['a', 1, false, undefined],
        ['b', 2, false, undefined],
      ],
      steps: [
        ['email', 'a', 0, undefined],
        ['last_name', 'a', 1, undefined],
        ['email', 'b', 0, undefined],
        ['last_name', 'b', 2, undefined],
      ],
      ...{ parts: ['a', 'b', 'b'], criteria: ['last_name=jones'] },
      found: [
        ['a', 1],
        ['b', 2],
      ],
    });
  });

  it('asks nobody without a usable input, and says why', async () => {
    const a = memorySystem([BOB]);
    expect(await searched({ a }, { email: ' ' })).toEqual({
      ...{ ids: [], more: false, step: undefined, completed: [], notices: [], failures: [], reports: [] },
      ...{ counts: { records: 0, customers: 0, shown: 0 }, parts: [], found: [], criteria: [] },
      steps: ['email', 'last_name'].map((step) => [step, undefined, undefined, 'not all of its values were sent']),
    });
    expect(a.queries).toEqual([]);
  });

  it('shows so many as its limit, of each source one more is read, and of several answers no record twice', async () => {
    const a = memorySystem([BOB, EVE, { ...EVE, customer_id: '3' }]);
    const of = (limit: number, unite = false) =>
      searched(
        { a },
        { email: 'bob@example.com', last_name: 'Jones' },
        { limit, unite, match: steps('email', 'last_name') },
      );
    expect(await of(1)).toMatchObject({ ids: ['1'], more: false, criteria: ['email=bob@example.com'] });
    const united = await of(1, true);
    expect(united).toMatchObject({ ids: ['1'], more: true, parts: ['a'], step: 'email or last_name' });
    expect(united.criteria).toEqual(['email=bob@example.com', 'last_name=Jones']);
    expect(united.counts).toEqual({ records: 2, customers: 2, shown: 1 });
    expect((await of(3, true)).ids).toEqual(['1', '2', '3']);
    expect(a.queries.map(({ limit }) => limit)).toEqual([2, 2, 2, 4, 4]);
  });

  it('passes on what was sent, and the words of a step', async () => {
    const a = memorySystem([BOB]);
    const match = [[{ parameters: ['last_name'], words: ['last_name', 'b.last_name'] }]];
    expect(await searched({ a }, { last_name: 'Jo nes', x: 'y' }, { match })).toMatchObject({
      ids: ['1'],
      criteria: ['last_name=Jo', 'b.last_name=Jo', 'last_name=nes', 'b.last_name=nes'],
    });
    // A source that understands no groups is asked by one of its words.
    const [query] = a.queries;
    expect([query?.criteria.map(({ field }) => field), query?.parameters]).toEqual([
      ['last_name'],
      { last_name: 'Jo nes', x: 'y' },
    ]);
  });

  it('is not asked of a source for which a step is not', async () => {
    const systems = { a: memorySystem([BOB]), b: memorySystem([EVE]) };
    const match = [[{ parameter: 'customer_id', field: 'b.customer_id', match: 'exact' as const }]];
    const { ids, reports } = await searched(systems, { customer_id: '2' }, { match });
    expect(ids).toEqual(['2']);
    expect(reports).toEqual([['b', 1, false, undefined]]);
    expect(systems.a.queries).toEqual([]);
  });
});

describe('what is missing', () => {
  it('is what failed at the step by which somebody was found, or before', async () => {
    const sent = { email: 'bob@example.com', last_name: 'Jones' };
    const early = await searched({ a: memorySystem([BOB]), b: failingBy('email', AWAY) }, sent);
    expect(early).toMatchObject({ ids: ['1'], failures: [['b', AWAY]] });
    expect(early.steps.at(-1)).toEqual(['email', 'b', 0, 'no route']);
    expect(early.reports.at(-1)).toEqual(['b', 0, true, undefined]);
    const none = await searched({ a: memorySystem([]), b: failingBy('last_name', AWAY) }, sent);
    expect(none).toMatchObject({ ids: [], step: undefined, failures: [['b', AWAY]] });
  });

  it('is asked for by what joins where it could not be asked by the step, and then is not', async () => {
    const extra = { email: 'bob@example.com', room: '7' };
    const by = { mergeBy: ['email'], match: steps('customer_id') };
    const b = failingBy('customer_id', WRONG, [extra]);
    const asked = await searched({ a: memorySystem([BOB]), b }, { customer_id: '1' }, by);
    expect(asked).toMatchObject({ ids: ['1'], failures: [], completed: ['b'], parts: ['a b'] });
    expect(asked.steps.at(-1)).toEqual(['mergeBy email', 'b', 1, undefined]);
    // It comes first, since the lookup has it first.
    const first = await searched(
      { b: failingBy('customer_id', WRONG, [extra]), a: memorySystem([BOB]) },
      { customer_id: '1' },
      by,
    );
    expect(first).toMatchObject({
      parts: ['b a'],
      found: [
        ['b', 1],
        ['a', 1],
      ],
    });
    const silent = await searched({ a: memorySystem([BOB]), b: memorySystem([]) }, { customer_id: '1' }, by);
    expect(silent).toMatchObject({ ids: ['1'], failures: [], completed: ['b'], parts: ['a'] });
    const away = await searched({ a: memorySystem([BOB]), b: failingBy('email', AWAY) }, { customer_id: '1' }, by);
    expect(away).toMatchObject({ ids: ['1'], failures: [['b', AWAY]], completed: [], parts: ['a'] });
    const gone = failingBy('customer_id', AWAY, [extra]);
    const never = await searched({ a: memorySystem([BOB]), b: gone }, { customer_id: '1' }, by);
    expect(never).toMatchObject({ failures: [['b', AWAY]], completed: [], parts: ['a'] });
    expect(gone.queries).toHaveLength(1);
  });

  it('is not asked for by a value that joins nobody, nor for several', async () => {
    const b = memorySystem([]);
    const by = { mergeBy: ['email', 'nr'], match: steps('last_name') };
    await searched({ a: memorySystem([BOB, EVE]), b }, { last_name: 'Jones' }, by);
    await searched({ a: memorySystem([{ last_name: 'Jones', email: ' ' }]), b }, { last_name: 'Jones' }, by);
    expect(b.queries.map(({ criteria }) => criteria[0]?.field)).toEqual(['last_name', 'last_name']);
    const { steps: asked } = await searched({ a: memorySystem([{ ...BOB, nr: '7' }]), b }, { last_name: 'Jones' }, by);
    expect(asked.at(-1)?.[0]).toBe('mergeBy email or nr');
    expect(b.queries.slice(3).map(({ criteria }) => criteria.map(({ value }) => value))).toEqual([
      ['bob@example.com'],
      ['7'],
    ]);
  });

  it('of several questions at once is what failed, once, beside what the others found', async () => {
    const a = failingBy('last_name', AWAY, [BOB]);
    const united = await searched({ a }, { email: 'bob@example.com', last_name: 'x' }, { unite: true });
    expect(united).toMatchObject({ ids: ['1'], failures: [['a', AWAY]] });
    expect(united.reports).toEqual([['a', 1, true, undefined]]);
  });
});

describe('a listing', () => {
  it('asks for what meets the criteria, whatever was sent', async () => {
    const { plan, call } = callOver({ a: memorySystem([BOB, EVE]) }, { email: 'bob@example.com' });
    const wanted = [{ field: 'email', match: 'exact' as const, value: 'eve@example.com' }];
    expect(told(await listRecords(plan, wanted, call))).toMatchObject({ ids: ['2'], step: 'listing' });
    expect(told(await listRecords(plan, [], call))).toMatchObject({ ids: ['1', '2'], criteria: [] });
  });

  it.each([
    [50, 200],
    [400, 1_000],
    [1_200, 1_200],
  ])('of an address book with the limit %i reads %i, and one more', async (limit, read) => {
    const a = memorySystem([]);
    const { plan, call } = callOver({ a }, { email: 'x@example.com' }, { limit, addressBook: { highlighted: [] } });
    if (!isAddressBook(plan)) throw new Error('it is one');
    await findContacts(plan, call);
    await findContacts(plan, { ...call, parameters: {} });
    expect(a.queries.map(({ limit: most }) => most)).toEqual([read + 1, read + 1]);
  });

  it.each<[LookupPlan['fields'], boolean, number]>([
    [undefined, false, 1],
    [[renamed('email', 'email')], true, 1],
    [[renamed('email', 'email')], false, 0],
    [[renamed('highlight', 'vip')], false, 1],
    [[{ element: 'highlight', content: { kind: 'hidden' }, visibleTo: undefined }], true, 0],
  ])('of an address book of %j, and others: %s, asks %i times', async (fields, otherFields, count) => {
    const a = memorySystem([]);
    const { plan, call } = callOver({ a }, {}, { fields, otherFields, addressBook: { highlighted: undefined } });
    if (!isAddressBook(plan)) throw new Error('it is one');
    expect(told(await findContacts(plan, call)).step).toBe(undefined);
    expect(a.queries).toHaveLength(count);
  });
});
