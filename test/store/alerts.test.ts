/** What has to be told, and who tells it, as the ledger has it. */
import { expect, it } from 'vitest';
import type { AlertOrder } from '../../src/gateway/push/alert-order.ts';
import type { AlertNews, AttemptResult, Ledger, NewPush } from '../../src/gateway/push/ledger.ts';
import { describeStores, type TestStore } from './stores.ts';
import { anyPush } from './support.ts';

const START = Date.UTC(2026, 10, 26, 12);
const SETTLE = 10_000;
const EVERY = 600_000;
const ORDER: AlertOrder = {
  ...{ states: ['failed', 'unclear'], withTargets: true, targets: ['Ops'] },
  ...{ settleMs: SETTLE, everyMs: EVERY, most: 50 },
};
const trouble = { kind: 'rejected', problem: 'no such project', words: 'w' };

/** A ledger from which alerts are made, and a clock that stands. */
async function alerting({ newPlace }: TestStore, order: Partial<AlertOrder> = {}) {
  let now = START;
  const options = { now: () => now, monotonic: () => now - START };
  const place = await newPlace();
  const ledger = await place.opened(options);
  const bench = {
    ledger,
    pass: (ms: number) => {
      now += ms;
    },
    due: async () => {
      const at = await ledger.alerts.dueAt({ ...ORDER, ...order });
      return at === undefined ? undefined : at - now;
    },
    take: () => told(ledger, { ...ORDER, ...order }),
    another: () => place.opened(options),
  };
  await bench.take();
  return bench;
}

/** Takes the alert that is due. @returns what it tells; undefined when none was */
async function told(ledger: Ledger, order = ORDER): Promise<AlertNews | undefined> {
  let news: AlertNews | undefined;
  const stored = await ledger.alerts.take(order, (all) => {
    news = all;
    return order.targets.map((target): NewPush => anyPush({ target, xRequest: '', isAlert: true }));
  });
  return stored.length === 0 ? undefined : news;
}

async function ended(ledger: Ledger, result: AttemptResult, more: Partial<NewPush> = {}): Promise<string> {
  const push = anyPush({ mode: 'direct', ...more });
  await ledger.accept([push]);
  await ledger.settle({ id: push.id, attempts: 1 }, result);
  return push.id;
}

const failed = { state: 'failed', trouble } as const;
const unclear = { state: 'unclear', trouble } as const;
const done = { state: 'done', receipt: { id: '7' }, keepBody: true } as const;

/** The alert that waits is sent. */
async function sent(ledger: Ledger, result: AttemptResult = done): Promise<void> {
  for (const { row } of await ledger.claim('Ops', 10)) await ledger.settle({ id: row.id, attempts: 1 }, result);
}

describeStores('an alert', (store) => {
  it('is due some seconds after the first event, and not twice in its time', async () => {
    const { ledger, pass, due, take } = await alerting(store);
    expect(await due()).toBeUndefined();
    const first = await ended(ledger, failed);
    expect(await due()).toBe(SETTLE);
    pass(SETTLE - 1);
    const second = await ended(ledger, unclear, { xRequest: '2' });
    expect([await due(), await take()]).toEqual([1, undefined]);
    pass(1);
    expect(await take()).toMatchObject({
      failed: 1,
      unclear: 1,
      lastAt: undefined,
      pushes: [{ id: first }, { id: second }],
    });
    await sent(ledger);
    const third = await ended(ledger, failed, { xRequest: '3' });
    expect(await due()).toBe(EVERY);
    pass(EVERY - 1);
    expect(await take()).toBeUndefined();
    pass(1);
    expect(await take()).toMatchObject({ failed: 1, unclear: 0, lastAt: START + SETTLE, pushes: [{ id: third }] });
    pass(EVERY);
    expect([await due(), await take()]).toEqual([undefined, undefined]);
  });

  it('tells some one by one, and counts the others', async () => {
    const { ledger, pass, take } = await alerting(store);
    for (let count = 0; count < 60; count += 1) await ended(ledger, failed, { xRequest: String(count) });
    pass(SETTLE);
    const news = await take();
    expect([news?.failed, news?.pushes.map(({ xRequest }) => xRequest)]).toEqual([
      60,
      Array.from({ length: 50 }, (_, number) => String(number)),
    ]);
    await sent(ledger);
    pass(EVERY);
    expect(await take()).toBeUndefined();
  });

  it('tells nothing from before somebody wanted alerts', async () => {
    const ledger = await (await store.newPlace()).opened();
    await ended(ledger, failed);
    expect(await told(ledger)).toBeUndefined();
    expect(await ledger.alerts.dueAt(ORDER)).toBeUndefined();
    await ended(ledger, failed);
    expect(await ledger.alerts.dueAt(ORDER)).toBeGreaterThan(Date.now());
  });

  it('leaves out what was pushed again with success, sent again with success, or taken out', async () => {
    const { ledger, pass, due, take } = await alerting(store);
    await ended(ledger, failed, { xRequest: '1' });
    await ended(ledger, done, { xRequest: '1' });
    const again = await ended(ledger, failed, { xRequest: '2' });
    const dropped = await ended(ledger, unclear, { xRequest: '3' });
    expect(await due()).toBe(SETTLE);
    await ledger.retry(again, 1_000);
    await ledger.claim('Tickets', 1);
    await ledger.settle({ id: again, attempts: 1 }, done);
    await ledger.drop(dropped);
    pass(SETTLE);
    expect([await due(), await take()]).toEqual([undefined, undefined]);
  });

  it('tells again of what was sent again by hand and failed again', async () => {
    const { ledger, pass, take } = await alerting(store);
    const id = await ended(ledger, failed);
    pass(SETTLE);
    expect(await take()).toMatchObject({ failed: 1 });
    await sent(ledger);
    pass(EVERY);
    expect(await take()).toBeUndefined();
    await ledger.retry(id, 1_000);
    await ledger.claim('Tickets', 1);
    await ledger.settle({ id, attempts: 2 }, failed);
    pass(SETTLE);
    expect(await take()).toMatchObject({ failed: 1, pushes: [{ id }] });
  });

  it.each([
    ['failed', failed],
    ['unclear', unclear],
  ] as const)('that is %s itself is nothing to tell', async (_, result) => {
    const { ledger, pass, due, take } = await alerting(store);
    await ended(ledger, failed);
    pass(SETTLE);
    await take();
    await sent(ledger, result);
    expect(await ledger.list({ target: 'Ops', limit: 9 })).toMatchObject([{ state: result.state, isAlert: true }]);
    pass(EVERY);
    expect([await due(), await take()]).toEqual([undefined, undefined]);
  });

  it('waits while the one before is on its way to everybody', async () => {
    const { ledger, pass, due, take } = await alerting(store, { targets: ['Ops', 'Boss'] });
    await ended(ledger, failed);
    pass(SETTLE);
    await take();
    await ended(ledger, failed, { xRequest: '2' });
    pass(EVERY);
    expect([await due(), await take()]).toEqual([undefined, undefined]);
    // One of the two can be told.
    await sent(ledger);
    expect(await take()).toMatchObject({ failed: 1 });
  });

  it('tells of wanted events only, and not later of the others', async () => {
    const { ledger, pass, due, take } = await alerting(store, { states: ['unclear'], withTargets: false });
    await ended(ledger, failed);
    await ledger.alerts.down({ target: 'Tickets', since: START, reason: 'r' });
    expect(await due()).toBeUndefined();
    await ended(ledger, unclear, { xRequest: '2' });
    pass(SETTLE);
    expect(await take()).toMatchObject({ failed: 0, unclear: 1, outages: [] });
    await sent(ledger);
    pass(EVERY);
    expect(await told(ledger, { ...ORDER, withTargets: false })).toBeUndefined();
  });

  it('is made by one of two processes', async () => {
    const { ledger, pass, another } = await alerting(store);
    const other = await another();
    await ended(ledger, failed);
    await ledger.alerts.down({ target: 'Tickets', since: START, reason: 'r' });
    pass(SETTLE);
    const all = await Promise.all([ledger, other].map((one) => told(one)));
    expect(all.filter((news) => news !== undefined)).toHaveLength(1);
    expect(await ledger.list({ target: 'Ops', limit: 9 })).toHaveLength(1);
  });

  it('does not wait for a time of a clock that was set back', async () => {
    const { ledger, pass, due, take } = await alerting(store);
    await ended(ledger, failed);
    pass(SETTLE);
    await take();
    await sent(ledger);
    await ended(ledger, failed, { xRequest: '2' });
    pass(-86_400_000);
    expect(await due()).toBe(0);
    expect(await take()).toMatchObject({ failed: 1 });
  });

  it('marks nothing as told when there is nobody to tell it', async () => {
    const { ledger, pass, due } = await alerting(store);
    await ended(ledger, failed);
    pass(SETTLE);
    expect(await ledger.alerts.take(ORDER, () => [])).toEqual([]);
    expect(await due()).toBe(0);
  });
});

describeStores('a push target that is down', (store) => {
  const down = { target: 'Tickets', since: START, reason: 'Tickets did not answer' };

  it('is told once, and that it is back once', async () => {
    const { ledger, pass, due, take } = await alerting(store);
    await ledger.alerts.down(down);
    expect(await due()).toBe(SETTLE);
    pass(SETTLE);
    expect(await take()).toMatchObject({ failed: 0, outages: [{ ...down, backAt: undefined }] });
    await sent(ledger);
    // Another process sees it too.
    await ledger.alerts.down({ ...down, since: START + 5 });
    pass(EVERY);
    expect(await due()).toBeUndefined();
    await ledger.alerts.back('Tickets');
    pass(SETTLE);
    expect(await take()).toMatchObject({ outages: [{ ...down, backAt: START + SETTLE + EVERY }] });
    await sent(ledger);
    pass(EVERY);
    expect([await due(), await ledger.alerts.outages()]).toEqual([undefined, []]);
  });

  it('and back before that was told is not told', async () => {
    const { ledger, pass, due } = await alerting(store);
    await ledger.alerts.down(down);
    await ledger.alerts.back('Tickets');
    pass(SETTLE);
    expect([await due(), await ledger.alerts.outages()]).toEqual([undefined, []]);
  });

  it('and back and down again before that was told is what it was', async () => {
    const { ledger, pass, due, take } = await alerting(store);
    await ledger.alerts.down(down);
    pass(SETTLE);
    await take();
    await sent(ledger);
    await ledger.alerts.back('Tickets');
    await ledger.alerts.down({ ...down, since: START + 5 });
    pass(EVERY);
    expect([await due(), await ledger.alerts.outages()]).toEqual([undefined, [{ ...down, backAt: undefined }]]);
  });
});
