import { expect, it } from 'vitest';
import { ChangeCount, changeNamedPushes, changeSelectedPushes, extentOf } from '../../../src/gateway/push/by-hand.ts';
import { anyPush, newFile, opened } from '../../store/support.ts';
import { gatewayPlan } from '../../support/plans.ts';

const plan = gatewayPlan([]);

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
