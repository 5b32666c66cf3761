import { expect, it } from 'vitest';
import {
  ChangeCount,
  changeNamedPushes,
  changePush,
  changeSelectedPushes,
  extentOf,
  laterOf,
  pushedAgain,
} from '../../../src/gateway/push/by-hand.ts';
import type { NewPush } from '../../../src/gateway/push/ledger.ts';
import { anyPush, newFile, opened } from '../../store/support.ts';
import { gatewayPlan } from '../../support/plans.ts';
import { pushTargetPlan } from './harness.ts';

const plan = gatewayPlan([]);
const known = gatewayPlan([], {}, { push: new Map([['Tickets', pushTargetPlan()]]) });

it('changes some of very many when there is no more time, and says that there are more', async () => {
  const ledger = await opened(await newFile());
  await ledger.accept(Array.from({ length: 101 }, () => anyPush()));
  const selection = { states: ['waiting'] } as const;
  const { count, last } = await extentOf(ledger, selection, 'drop');
  expect(count).toBe(101);
  const first = new ChangeCount();
  expect(await changeSelectedPushes(ledger, { selection, last }, 'drop', plan, first, () => true)).toBe(false);
  expect(first.changed).toBe(100);
  const second = new ChangeCount();
  expect(await changeSelectedPushes(ledger, { selection, last }, 'drop', plan, second, () => true)).toBe(true);
  expect(second.changed).toBe(1);
  expect((await extentOf(ledger, selection, 'drop')).count).toBe(0);
});

it('counts those that cannot be changed by reason, and names a few', async () => {
  const ledger = await opened(await newFile());
  const ids = ['q-1', 'q-2', 'q-3', 'q-4'];
  await ledger.accept([...ids.map((id) => anyPush({ id })), anyPush({ id: 'q-5', target: 'Bugs' })]);
  const counted = new ChangeCount();
  await changeNamedPushes(ledger, [...ids, 'q-5', 'q-nobody'], 'retry', plan, counted);
  expect(counted.changed).toBe(0);
  expect(counted.failed).toEqual([
    { reason: { why: 'target', target: 'Tickets' }, count: 4, ids: ['q-1', 'q-2', 'q-3'] },
    { reason: { why: 'target', target: 'Bugs' }, count: 1, ids: ['q-5'] },
    { reason: { why: 'unknown', target: '' }, count: 1, ids: ['q-nobody'] },
  ]);
});

it('tells the reasons apart, and names a few of those that staff have pushed again', () => {
  const counted = new ChangeCount();
  counted.count('q-1', { why: 'state', target: 'Bugs' });
  counted.count('q-2', { why: 'body', target: 'Bugs' });
  expect(counted.failed.map(({ reason, ids }) => [reason.why, ids])).toEqual([
    ['state', ['q-1']],
    ['body', ['q-2']],
  ]);
  for (const id of ['q-3', 'q-4', 'q-5', 'q-6']) counted.leaveOut(id);
  expect([counted.leftOut, counted.leftOutIds]).toEqual([4, ['q-3', 'q-4', 'q-5']]);
});

/** Two failed pushes of one request, a failed one of another, one without a number, and a later one that waits. */
async function somePushes() {
  const ledger = await opened(await newFile());
  const trouble = { kind: 'rejected', problem: 'no', words: 'no' };
  const add = async (id: string, xRequest: string, more: Partial<NewPush> = {}) => {
    await ledger.accept([anyPush({ id, xRequest, ...more })]);
    if (more.mode !== 'direct') return;
    await ledger.settle({ id, attempts: 1 }, { state: 'failed', trouble });
  };
  const direct = { mode: 'direct' } as const;
  await add('q-1', '7', direct);
  await add('q-2', '7', direct);
  await add('q-3', '8', direct);
  await add('q-4', '', direct);
  await add('q-5', '', direct);
  await add('q-6', '8');
  const row = async (id: string) => {
    const found = await ledger.row(id);
    if (found === undefined) throw new Error(`no ${id}`);
    return found;
  };
  return { ledger, row };
}

it('leaves out what staff have pushed again since, when it is sent again, and nothing when it is dropped', async () => {
  const { ledger, row } = await somePushes();
  const selection = { states: ['failed'] } as const;
  const { last } = await extentOf(ledger, selection, 'drop');
  expect(await extentOf(ledger, selection, 'drop')).toEqual({ count: 5, leftOut: 0, last });
  expect(await extentOf(ledger, selection, 'retry')).toEqual({ count: 3, leftOut: 2, last });
  const retried = new ChangeCount();
  expect(await changeSelectedPushes(ledger, { selection, last }, 'retry', known, retried)).toBe(true);
  expect([retried.changed, [...retried.changedIds].sort(), retried.leftOut, [...retried.leftOutIds].sort()]).toEqual([
    ...[3, ['q-2', 'q-4', 'q-5'], 2, ['q-1', 'q-3']],
  ]);
  const dropped = new ChangeCount();
  await changeSelectedPushes(ledger, { selection, last }, 'drop', known, dropped);
  expect([dropped.changed, dropped.leftOut, dropped.failed]).toEqual([2, 0, []]);
  expect(await changePush(ledger, await row('q-1'), 'drop', known)).toEqual({ why: 'state', target: 'Tickets' });
  expect(await changePush(ledger, await row('q-1'), 'retry', known)).toEqual({ why: 'state', target: 'Tickets' });
});

it('says of which push a later one was made, that of the same choice included', async () => {
  const { ledger, row } = await somePushes();
  expect(await laterOf(ledger, 'retry', await row('q-3'))).toEqual({ id: 'q-3', later: 'q-6', state: 'waiting' });
  expect(await laterOf(ledger, 'drop', await row('q-3'))).toBeUndefined();
  expect(await laterOf(ledger, 'retry', await row('q-1'))).toBeUndefined();
  const superseded = { ...(await row('q-1')), supersededBy: 'q-9' };
  expect(await laterOf(ledger, 'retry', superseded)).toEqual({ id: 'q-1', later: 'q-9', state: 'done' });
  expect(await laterOf(ledger, 'retry', { ...superseded, state: 'done' })).toBeUndefined();
  const all = ['q-1', 'q-2', 'q-3', 'q-4', 'q-5', 'q-nobody'];
  expect(await pushedAgain(ledger, 'retry', all)).toEqual([
    { id: 'q-3', later: 'q-6', state: 'waiting' },
    { id: 'q-1', later: 'q-2', state: 'with it' },
  ]);
  expect(await pushedAgain(ledger, 'retry', ['q-1', 'q-3'])).toHaveLength(1);
  expect(await pushedAgain(ledger, 'drop', all)).toEqual([]);
});
