/** Names in place of ids, over systems in memory. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Kind, SourceError, type SourceRecord, withDeadline } from '../../src/contract/index.ts';
import { Inquiry } from '../../src/gateway/inquiry.ts';
import { named } from '../../src/gateway/naming.ts';
import type { NamingPlan } from '../../src/gateway/naming-plan.ts';
import type { SourcePlan } from '../../src/gateway/plan.ts';
import { SourceHandle } from '../../src/gateway/sources/source-handle.ts';
import { GatewayEvents } from '../../src/gateway/telemetry.ts';
import { recordedLog } from '../support/log.ts';
import { type MemorySystem, memorySystem } from '../support/memory-adapter.ts';
import { memorySource } from '../support/plans.ts';

const CATEGORIES: readonly SourceRecord[] = [
  { xCategory: '1', name: 'Hardware' },
  { xCategory: 2, name: 'Software' },
  { xCategory: '3', name: ' ' },
  { xCategory: '3', name: 'Network' },
  { xCategory: '4', name: 'Again' },
  { xCategory: '4', name: 'Other' },
];
const BY_CATEGORY: NamingPlan = { field: 'xCategory', source: 'categories', by: 'xCategory', as: 'name' };
const ids = (count: number) => Array.from({ length: count }, (_, n) => ({ xCategory: `${n + 1}` }));
const things = (count: number) => ids(count).map((record) => ({ ...record, name: `Name ${record.xCategory}` }));

interface Setup {
  readonly plans?: readonly NamingPlan[];
  readonly plan?: Partial<SourcePlan>;
  readonly deadlineMs?: number;
}

/** Names the field `xCategory` of records by a source called `categories`. */
async function name(records: readonly SourceRecord[], system: MemorySystem, setup: Setup = {}) {
  const { plans = [BY_CATEGORY], deadlineMs = 5_000 } = setup;
  const plan = memorySource('categories', system, { title: 'Categories', ...setup.plan });
  const handle = new SourceHandle(plan, recordedLog(), new GatewayEvents());
  // One that never opens would be waited for.
  if (system.openHangs !== true) onTestFinished(() => handle.retire());
  const again = async (more: readonly SourceRecord[]) =>
    await withDeadline(deadlineMs, new AbortController(), async (signal) => {
      const context = { signal, reference: 'abc123' };
      const inquiry = new Inquiry({ source: () => handle, parameters: {}, context, deadlineMs, user: 'test' });
      const shown = await named(more, plans, inquiry);
      const { problems, reports, leftMs } = inquiry;
      return { shown, notices: inquiry.notices.all(), problems, reports, leftMs, again };
    });
  return await again(records);
}

const withGroups = (records: readonly SourceRecord[]) =>
  Object.assign(memorySystem(records), { findsGroups: true as const });
const shownIn = ({ shown }: { readonly shown: readonly SourceRecord[] }) => shown.map(({ xCategory }) => xCategory);

describe.each([
  ['a source that finds groups', withGroups],
  ['a source that lists', memorySystem],
  ['one that only finds', (records: readonly SourceRecord[]) => ({ ...memorySystem(records), cannotList: true })],
])('names of %s', (_, system) => {
  it('stand in place of ids, however an id is written; an unknown one stays', async () => {
    const records = [
      { number: 1, xCategory: '2' },
      { number: 2, xCategory: 1 },
      { number: 3, xCategory: [' 3 ', '9', '4'] },
      { number: 4 },
      { number: 5, xCategory: '9' },
      { number: 6, xCategory: '' },
    ];
    const { shown, notices, problems } = await name(records, system(CATEGORIES));
    expect(shown).toEqual([
      { number: 1, xCategory: 'Software' },
      { number: 2, xCategory: 'Hardware' },
      { number: 3, xCategory: ['Network', '9', 'Again'] },
      { number: 4 },
      { number: 5, xCategory: '9' },
      { number: 6, xCategory: '' },
    ]);
    expect(records[0]).toEqual({ number: 1, xCategory: '2' });
    expect(shown[3]).toBe(records[3]);
    expect([notices, problems]).toEqual([[], []]);
  });

  it('are found by what the kind of the field means', async () => {
    const staff = [
      { email: 'Ann@Acme.example', name: 'Ann' },
      { email: 'bob@acme.example', name: 'Bob' },
    ];
    const plans = [{ field: 'owner', source: 'categories', by: 'email', as: 'name' }];
    const records = ['ann@acme.example', 'BOB@acme.example', 'c@acme.example', 'd@x.example', 'e@x.example'];
    const { shown } = await name(
      records.map((owner) => ({ owner })),
      system(staff),
      { plans },
    );
    expect(shown.map(({ owner }) => owner)).toEqual(['Ann', 'Bob', 'c@acme.example', 'd@x.example', 'e@x.example']);
    const codes = [{ id: '007', name: 'Bond' }, ...['1', '2', '3', '4'].map((id) => ({ id, name: id }))];
    const numbers = {
      plans: [{ field: 'n', source: 'categories', by: 'id', as: 'name' }],
      plan: { kinds: new Map<string, Kind>([['id', 'number']]) },
    } as const;
    expect((await name([{ n: 7 }, { n: 8 }], system(codes), numbers)).shown).toEqual([{ n: 'Bond' }, { n: 8 }]);
    const asCodes = { ...numbers, plan: { kinds: new Map<string, Kind>([['id', 'code']]) } } as const;
    expect((await name([{ n: 7 }, { n: 8 }], system(codes), asCodes)).shown).toEqual([{ n: 7 }, { n: 8 }]);
  });
});

describe('the question', () => {
  const asked = ({ queries }: MemorySystem) =>
    queries.map(({ criteria, groups }) => [...criteria, ...(groups ?? []).flat()].length);

  it('is one with a group for all different ids', async () => {
    const system = withGroups(things(300));
    expect(shownIn(await name([...ids(90), ...ids(90)], system)).at(-1)).toBe('Name 90');
    expect(asked(system)).toEqual([90]);
  });

  it('names two hundred ids, and says that there are more', async () => {
    const system = withGroups(things(300));
    const named201 = await name(ids(201), system);
    expect(shownIn(named201).slice(198)).toEqual(['Name 199', 'Name 200', '201']);
    expect(named201.notices).toEqual(['Categories: only the first 200 different values of xCategory are named']);
    expect(asked(system)).toEqual([100, 100]);
    const named200 = await name(ids(200), withGroups(things(300)));
    expect([shownIn(named200).at(-1), named200.notices]).toEqual(['Name 200', []]);
  });

  it('is one by one for few, and the list for more, where the source knows no groups', async () => {
    const few = memorySystem(things(300));
    expect(shownIn(await name(ids(4), few)).at(-1)).toBe('Name 4');
    expect(asked(few)).toEqual([1, 1, 1, 1]);
    const more = memorySystem(things(1_000));
    expect(shownIn(await name(ids(200), more)).at(-1)).toBe('Name 200');
    expect(asked(more)).toEqual([0]);
  });

  it('is twenty singly of what a longer list has not, or a source does not list', async () => {
    const long = memorySystem([...things(1_500).slice(100), ...things(100)]);
    const result = await name(ids(101), long);
    expect(shownIn(result).slice(18)).toEqual([
      ...['Name 19', 'Name 20'],
      ...ids(100)
        .slice(20)
        .map(({ xCategory }) => xCategory),
      'Name 101',
    ]);
    expect(result.notices).toEqual(['Categories: only the first 21 different values of xCategory are named']);
    expect(asked(long)).toEqual([0, ...Array(20).fill(1)]);
    const unlisted = { ...memorySystem(things(300)), cannotList: true };
    const first = await name(ids(21), unlisted);
    expect(shownIn(first).slice(19)).toEqual(['Name 20', '21']);
    expect([first.notices, first.problems]).toEqual([
      ['Categories: only the first 20 different values of xCategory are named'],
      [],
    ]);
    await first.again(ids(21));
    // That it does not list is asked once.
    expect(asked(unlisted)).toEqual([0, ...Array(40).fill(1)]);
  });

  it('is none where there is nothing to name', async () => {
    const system = memorySystem(CATEGORIES);
    const records = [{ a: '1' }, { xCategory: ' ' }, { xCategory: 'x'.repeat(1_001) }];
    expect((await name(records, system)).shown).toBe(records);
    expect(await name([], system)).toMatchObject({ shown: [], reports: [] });
    expect(system.queries).toEqual([]);
  });
});

describe('a source of names that fails', () => {
  const error = new SourceError('unreachable', 'ECONNREFUSED');

  it.each([
    ['at once', { error }],
    ['as it opens', { openError: error }],
    ['at once, though it finds groups', { error, findsGroups: true as const }],
  ])('%s leaves the ids, with a word', async (_, fault) => {
    for (const count of [1, 2, 10]) {
      const result = await name(ids(count), { ...memorySystem(CATEGORIES), ...fault });
      expect(shownIn(result)).toEqual(ids(count).map(({ xCategory }) => xCategory));
      expect(result.notices).toEqual([
        'xCategory is shown without names: Categories did not answer; try again in a minute',
      ]);
      expect(result.problems).toEqual([{ source: 'categories', error }]);
      expect(result.reports).toMatchObject([{ source: 'categories', failed: true }]);
    }
  });

  it('is asked once, and does not rest for one list', async () => {
    const system = Object.assign(memorySystem(CATEGORIES), { error });
    const { again } = await name(ids(4), system);
    expect(system.queries).toHaveLength(1);
    const { problems } = await again(ids(4));
    expect(problems).toEqual([{ source: 'categories', error }]);
  });

  it.each([{ hangs: true }, { openHangs: true }])('by hanging takes half of the time: %j', async (fault) => {
    const result = await name(ids(10), { ...memorySystem(CATEGORIES), ...fault }, { deadlineMs: 2_000 });
    expect(shownIn(result)[0]).toBe('1');
    expect(result.notices).toEqual([
      'xCategory is shown without names: Categories did not answer in time; try again in a minute',
    ]);
    expect(result.leftMs).toBeGreaterThan(500);
  });

  it('does not keep another from naming', async () => {
    const plans = [BY_CATEGORY, { ...BY_CATEGORY, field: 'other', by: 'missing' }];
    const { shown } = await name([{ xCategory: '1', other: '1' }], memorySystem(CATEGORIES), { plans });
    expect(shown).toEqual([{ xCategory: 'Hardware', other: '1' }]);
  });
});

it('a field may be called as it likes', async () => {
  const record: SourceRecord = JSON.parse('{"__proto__": "1", "b": "x"}');
  const plans = [{ ...BY_CATEGORY, field: '__proto__' }];
  const { shown } = await name([record], memorySystem(CATEGORIES), { plans });
  expect(JSON.stringify(shown)).toBe('[{"__proto__":"Hardware","b":"x"}]');
});
