/** What is asked for customers who were found, of whom, and what is told of it: each side of every limit. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { SourceError, type SourceRecord } from '../../../src/contract/index.ts';
import type { RelatedPlan } from '../../../src/gateway/lookup/plan.ts';
import { findRelated, RELATED_READ } from '../../../src/gateway/lookup/related.ts';
import { SearchLog } from '../../../src/gateway/lookup/search-log.ts';
import type { SourcePlan } from '../../../src/gateway/plan.ts';
import { type MemorySystem, memorySystem } from '../../support/memory-adapter.ts';
import { lookupPlan, memoryHandle } from '../../support/plans.ts';

const AWAY = new SourceError('unreachable', 'no route');
const ONE = [{ id: '1' }];
const TWO = [{ id: '1' }, { id: '2' }];

function plan(name: string, source: string, value: string, more: Partial<RelatedPlan> = {}): RelatedPlan {
  return {
    ...{ name, source, where: [{ field: 'owner', value }], except: [], order: [], limit: 2 },
    ...{ optional: false, patienceMs: 2_000, ...more },
  };
}

async function asked(
  systems: Readonly<Record<string, MemorySystem>>,
  related: readonly RelatedPlan[],
  customers: readonly SourceRecord[],
  parameters: Readonly<Record<string, string>> = {},
  source: Partial<SourcePlan> = {},
) {
  const handles = new Map(Object.entries(systems).map(([name, one]) => [name, memoryHandle(name, one, source)]));
  onTestFinished(async () => void (await Promise.all([...handles.values()].map((one) => one.retire()))));
  const of = (name: string) => handles.get(name) ?? memoryHandle(name);
  const context = { signal: new AbortController().signal, reference: 'REF' };
  const log = new SearchLog('REF');
  const call = { source: of, parameters, context, deadlineMs: 4_000, mayLack: false };
  const found = await findRelated(lookupPlan({ related }), customers, call, log);
  const failed = (all: typeof found.failures) => all.map((one) => [one.source, one.title, one.error]);
  return {
    ...{ missing: found.missing, forOneOnly: found.forOneOnly, notices: log.notices },
    ...{ failures: failed(found.failures), tolerated: failed(found.tolerated) },
    steps: log.steps.map(({ step, source: name, count, problem }) => [step, name, count ?? problem]),
    related: found.related.map((some) =>
      Object.fromEntries(
        [...some].map(([name, { records, read, total, more }]) => {
          return [name, [records.map((one) => one['n']).join(' '), read.length, total, more]];
        }),
      ),
    ),
  };
}

const owned = (owner: string, count: number, more: SourceRecord = {}) =>
  Array.from({ length: count }, (_, n): SourceRecord => ({ owner, n, ...more }));
const grouping = (records: readonly SourceRecord[], more: Partial<MemorySystem> = {}): MemorySystem => {
  return { ...memorySystem(records), findsGroups: true, ...more };
};
const nothing = { missing: [], forOneOnly: [], notices: [], failures: [], tolerated: [] };
const BY_ID = plan('r', 'erp', '{{id}}');

describe('a question', () => {
  test('has one criterion where there is one value, a group where there are several, each once', async () => {
    const where = [
      { field: 'owner', value: '{{id}}' },
      { field: 'kind', value: 'x' },
    ];
    const order = [{ field: 'n', descending: true }];
    const erp = grouping([...owned('1', 1, { kind: 'x' }), ...owned('2', 1, { kind: 'y' })], { findsInOrder: true });
    const customers = [...TWO, { id: ['2', '1'] }];
    const { related } = await asked({ erp }, [plan('r', 'erp', '', { where, order })], customers, { sent: 'y' });
    expect(erp.queries).toMatchObject([
      {
        criteria: [{ field: 'kind', value: 'x' }],
        groups: [[{ value: '1' }, { value: '2' }]],
        ...{ order, limit: RELATED_READ + 1, parameters: { sent: 'y' } },
      },
    ]);
    expect(related).toEqual([{ r: ['0', 1, 1, false] }, { r: ['', 0, 0, false] }, { r: ['0', 1, 1, false] }]);
  });

  test.each([
    [100, []],
    [101, ['r']],
  ])('for several has %i values at most', async (count, forOneOnly) => {
    const customers = Array.from({ length: count }, (_, at) => ({ id: `${at}` }));
    const erp = grouping(owned('1', 1));
    const found = await asked({ erp }, [BY_ID], customers);
    expect(found).toMatchObject({ ...nothing, forOneOnly });
    expect(erp.queries).toHaveLength(count > 100 ? 0 : 1);
    if (count > 100) expect(found.steps).toEqual([['related r', 'erp', '101 values are too many for one question']]);
    const optional = await asked({ erp }, [{ ...BY_ID, optional: true }], customers);
    expect(optional).toMatchObject({ ...nothing, forOneOnly: [] });
  });

  test('for several is not asked of a source that takes one at a time, and nobody misses what is optional', async () => {
    const step = ['related r', 'erp', 'it cannot be asked for several customers at once'];
    const erp = memorySystem(owned('1', 1));
    expect(await asked({ erp }, [BY_ID], TWO)).toEqual({
      ...{ ...nothing, forOneOnly: ['r'], steps: [step], related: [{}, {}] },
    });
    expect((await asked({ erp }, [{ ...BY_ID, optional: true }], TWO)).forOneOnly).toEqual([]);
    expect(erp.queries).toEqual([]);
    expect((await asked({ erp }, [BY_ID], [{}, ...ONE])).related).toEqual([{}, { r: ['0', 1, 1, false] }]);
  });
});

describe('an answer', () => {
  test.each([
    [RELATED_READ, false],
    [RELATED_READ + 1, true],
  ])('of %i records: more than are read: %s', async (count, more) => {
    const order = [{ field: 'n', descending: true }];
    const [first, last] = ['0 1', `${RELATED_READ - 1} ${RELATED_READ - 2}`];
    const all = (shown: string) => [{ r: [shown, RELATED_READ, RELATED_READ, more] }];
    const of = (system: MemorySystem, plans: Partial<RelatedPlan> = {}, customers: readonly SourceRecord[] = ONE) =>
      asked({ erp: system }, [{ ...BY_ID, ...plans }], customers);
    const one = await of(memorySystem(owned('1', count)));
    expect(one).toMatchObject({ ...nothing, related: all(first) });
    const words = (done: string) =>
      more ? [`Only the first ${RELATED_READ} r of erp were ${done}; there may be others`] : [];
    // It does not sort, so the first that are read are sorted.
    const sorted = await of(memorySystem(owned('1', count)), { order });
    expect(sorted).toMatchObject({ notices: words('sorted') });
    if (!more) expect(sorted.related).toEqual(all(last));
    const inOrder = await of({ ...memorySystem(owned('1', count)), findsInOrder: true }, { order });
    expect(inOrder).toMatchObject({ notices: [], related: all(more ? `${RELATED_READ} ${RELATED_READ - 1}` : last) });
    const both = await of(grouping(owned('1', count)), {}, TWO);
    expect(both).toMatchObject({ notices: words('looked through'), missing: more ? ['r'] : [] });
    expect(both.related).toEqual([...all(first), more ? {} : { r: ['', 0, 0, false] }]);
  });

  test('that is not whole says nothing of who has none, and is told by the source', async () => {
    const erp = { ...memorySystem(owned('1', 1)), cut: 'cut', notice: 'hint' };
    expect(await asked({ erp }, [BY_ID], ONE)).toMatchObject({
      ...{ missing: [], notices: ['erp: hint', 'erp: cut'], related: [{ r: ['0', 1, 1, true] }] },
    });
    expect(await asked({ erp }, [BY_ID], [{ id: '2' }])).toMatchObject({ missing: ['r'], related: [{}] });
    expect(await asked({ erp }, [{ ...BY_ID, optional: true }], [{ id: '2' }])).toMatchObject({ missing: [] });
    const hinting = { ...memorySystem(owned('1', 1)), notice: 'hint' };
    expect(await asked({ erp: hinting }, [BY_ID], ONE)).toMatchObject({ related: [{ r: ['0', 1, 1, false] }] });
  });

  test('does not tell several apart by what its records do not show', async () => {
    const erp = grouping([...owned('1', 1), ...owned('2', 1)], { hides: 'owner' });
    const step = ['related r', 'erp', 'its records do not show owner, by which those of several are told apart'];
    const several = await asked({ erp }, [BY_ID], TWO);
    expect(several).toMatchObject({ ...nothing, forOneOnly: ['r'], related: [{}, {}] });
    expect(several.steps.at(-1)).toEqual(step);
    expect((await asked({ erp }, [{ ...BY_ID, optional: true }], TWO)).forOneOnly).toEqual([]);
    expect(await asked({ erp }, [BY_ID], ONE)).toMatchObject({ ...nothing, related: [{ r: ['0', 1, 1, false] }] });
    // One of whom pairs are asked for is told apart as well.
    const where = [
      { field: 'owner', value: '{{c.u}}' },
      { field: 'n', value: '{{c.s}}' },
    ];
    const chats = plan('c', 'chat', '{{id}}');
    const chat = memorySystem([
      { owner: '1', u: '1', s: '0' },
      { owner: '1', u: '2', s: '0' },
    ]);
    const pairs = await asked({ erp, chat }, [plan('r', 'erp', '', { where }), chats], ONE);
    expect(pairs).toMatchObject({ missing: ['r'], forOneOnly: [] });
  });
});

describe('what is not there', () => {
  test('fails, and is missing; what is optional is in the log only', async () => {
    const erp = { ...memorySystem(), error: AWAY };
    expect(await asked({ erp }, [BY_ID], ONE)).toEqual({
      ...{ ...nothing, missing: ['r'], failures: [['erp', 'erp', AWAY]] },
      ...{ steps: [['related r', 'erp', 0]], related: [{}] },
    });
    expect(await asked({ erp }, [{ ...BY_ID, optional: true }], ONE)).toMatchObject({
      ...{ ...nothing, tolerated: [['erp', 'erp', AWAY]] },
    });
  });

  test('is not asked for, and told: without a value, without what it is asked by', async () => {
    const [chats, calls] = [plan('c', 'chat', '{{id}}'), plan('r', 'erp', '{{c.u}}')];
    const erp = memorySystem(owned('u', 1));
    const of = (chat: MemorySystem, customers: readonly SourceRecord[]) =>
      asked({ erp, chat }, [calls, chats], customers);
    const none = await of(memorySystem([]), [{}]);
    expect(none.steps).toEqual([
      ['related c', 'chat', 'the customer has no value for it'],
      ['related r', 'erp', 'what it is asked by (c) is not there'],
    ]);
    expect(none).toMatchObject({ missing: ['r'], related: [{}] });
    expect(await of(memorySystem([]), ONE)).toMatchObject({
      ...{ ...nothing, related: [{ c: ['', 0, 0, false], r: ['', 0, 0, false] }] },
    });
    const broken = await of({ ...memorySystem(), error: AWAY }, ONE);
    expect(broken).toMatchObject({ missing: ['c', 'r'], related: [{}] });
    expect(erp.queries).toEqual([]);
    const whole = await of(memorySystem([{ owner: '1', u: 'u', n: 'c' }]), ONE);
    expect(whole).toMatchObject({ ...nothing, related: [{ c: ['c', 1, 1, false], r: ['0', 1, 1, false] }] });
    // Once, though both wait for it.
    expect(whole.steps.map(([step]) => step)).toEqual(['related c', 'related r']);
  });

  test('is told where it is looked for by some values only', async () => {
    const ids = (count: number) => [{ id: Array.from({ length: count }, (_, at) => `${at}`) }];
    const erp = grouping(owned('1', 1));
    expect(await asked({ erp }, [BY_ID], ids(20))).toMatchObject({ notices: [], related: [{ r: ['0', 1, 1, false] }] });
    expect(await asked({ erp }, [BY_ID], ids(21))).toMatchObject({
      ...{ notices: ['r are looked for by the first 20 values only'], related: [{ r: ['0', 1, 1, true] }] },
    });
  });

  test('is what is excepted, where that is known', async () => {
    const except = [{ field: 'n', value: '{{request}}' }];
    const erp = memorySystem(owned('1', 3));
    const of = (value: string, parameters: Record<string, string>) =>
      asked({ erp }, [{ ...BY_ID, except: [{ field: 'n', value }] }], ONE, parameters);
    expect(await asked({ erp }, [{ ...BY_ID, except }], ONE, { request: '0' })).toMatchObject({
      ...{ ...nothing, related: [{ r: ['1 2', 2, 2, false] }] },
    });
    expect((await of('{{request}}', {})).related).toEqual([{ r: ['0 1', 3, 3, false] }]);
  });
});
