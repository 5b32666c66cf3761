/** Which sources are asked for an order, and that it belongs to the question. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { FindQuery, Order } from '../../../src/contract/index.ts';
import type { SourcePlan } from '../../../src/gateway/plan.ts';
import { SourceHandle } from '../../../src/gateway/sources/source-handle.ts';
import { GatewayEvents } from '../../../src/gateway/telemetry.ts';
import { recordedLog } from '../../support/log.ts';
import { type MemorySystem, memorySystem } from '../../support/memory-adapter.ts';
import { memorySource } from '../../support/plans.ts';

const RECORDS = ['b', 'c', 'a'].map((name, at) => ({ name, ends: `0${at + 1}.12.202${9 - at}` }));
const UP: readonly Order[] = [{ field: 'name', descending: false }];
const DOWN: readonly Order[] = [{ field: 'name', descending: true }];

function asking(system: MemorySystem, plan: Partial<SourcePlan> = {}) {
  const handle = new SourceHandle(memorySource('crm', system, plan), recordedLog(), new GatewayEvents());
  onTestFinished(() => handle.retire());
  return async (order: readonly Order[] | undefined, more: Partial<FindQuery> = {}) => {
    const query = { criteria: [], limit: 2, parameters: {}, ...more, ...(order !== undefined && { order }) };
    const context = { signal: AbortSignal.timeout(20_000), reference: 'test' };
    const { records } = await handle.find(query, context, { user: 'test', limitMs: 10_000, deadlineMs: 10_000 });
    return records.map(({ name }) => name);
  };
}

const inOrderSystem = (): MemorySystem => ({ ...memorySystem(RECORDS), findsInOrder: true });

describe('the order of a question', () => {
  test('is part of it, for those who ask at the same time and for the cache', async () => {
    const system: MemorySystem = { ...inOrderSystem(), wait: () => sleep(30) };
    const ask = asking(system, { cache: { freshMs: 60_000, staleMs: 60_000, entries: 10 } });
    const orders = [UP, DOWN, undefined, [], UP];
    const wanted = [
      ['a', 'b'],
      ['c', 'b'],
      ['b', 'c'],
      ['b', 'c'],
      ['a', 'b'],
    ];
    expect(await Promise.all(orders.map((order) => ask(order)))).toEqual(wanted);
    expect(system.queries).toHaveLength(3);
    for (const [at, order] of orders.entries()) expect(await ask(order)).toEqual(wanted[at]);
    expect(system.queries).toHaveLength(3);
  });

  test('is not given to a source that does not sort', async () => {
    const system = memorySystem(RECORDS);
    expect(await asking(system)(UP)).toEqual(['b', 'c']);
    expect(system.queries.map((query) => 'order' in query)).toEqual([false]);
  });

  test('is not given to one that sorts, by texts that only the gateway reads as dates', async () => {
    const system = inOrderSystem();
    const ask = asking(system, { dates: new Map([['ends', 'DD.MM.YYYY']]) });
    expect(await ask([{ field: 'ends', descending: false }])).toEqual(['b', 'c']);
    expect(await ask(UP)).toEqual(['a', 'b']);
    expect(system.queries.map(({ order }) => order)).toEqual([undefined, UP]);
  });

  test('holds over the parts of which a source is asked that knows no groups', async () => {
    const parts = ['b', 'a'].map((value) => ({ field: 'name', match: 'exact', value }) as const);
    expect(await asking(inOrderSystem())(UP, { groups: [parts] })).toEqual(['a', 'b']);
    expect(await asking(inOrderSystem())(DOWN, { groups: [parts], limit: 1 })).toEqual(['b']);
  });
});
