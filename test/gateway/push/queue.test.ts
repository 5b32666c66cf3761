import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { figuresByTarget } from '../../../src/gateway/push/figures.ts';
import type { PushRow } from '../../../src/gateway/push/push-row.ts';
import { openLedger } from '../../../src/store/ledger.ts';
import { temporaryFolder } from '../../support/temp.ts';
import {
  benchPlan,
  lockStore,
  newTarget,
  type PushBench,
  pushBench,
  pushed,
  pushTargetPlan,
  until,
} from './harness.ts';

const QUEUED = { mode: 'queued' } as const;

/** Runs something on the ledger beside the gateway, as the command line does. */
async function beside<T>(
  store: string,
  work: (ledger: Awaited<ReturnType<typeof openLedger>>) => Promise<T>,
): Promise<T> {
  const ledger = await openLedger(store, { sends: false });
  try {
    return await work(ledger);
  } finally {
    await ledger.close();
  }
}

const rowsOf = ({ store }: PushBench) => beside<readonly PushRow[]>(store, (ledger) => ledger.list({ limit: 100 }));
const stateOf = async (bench: PushBench) => (await rowsOf(bench))[0]?.state;
const reaches = (bench: PushBench, state: string) => until(async () => (await stateOf(bench)) === state, state);

describe('a queued push', () => {
  it('is answered at once with an id of ours, and delivered', async () => {
    const bench = await pushBench({ plan: QUEUED });
    bench.target.fault = () => 'late';
    const id = await bench.push();
    expect(id).toMatch(/^q-[0-9a-z]+-[0-9a-f]{16}$/);
    await until(() => bench.target.asked.length === 1);
    expect(bench.target.asked[0]).toBe(id.replace('q-', 'hs-'));
    bench.target.release();
    await reaches(bench, 'done');
    expect(await bench.details(id)).toMatchObject({ title: 'Printer', rows: [{ label: 'Status', value: 'open' }] });
    // It works from the beginning: only after trouble is there something to say.
    expect(bench.log.lines.map(({ message }) => message)).not.toContain('the queue of pushes works again');
  });

  it('lets staff go first, for whom a direct push is made', async () => {
    const awaited: boolean[] = [];
    const queued = await pushBench({ plan: QUEUED, talents: { awaited } });
    await queued.push();
    await reaches(queued, 'done');
    expect(awaited).toEqual([false]);
    const direct = await pushBench({ talents: { awaited } });
    await direct.push();
    expect(awaited).toEqual([false, true]);
  });

  it('waits where nothing runs, and says so', async () => {
    const bench = await pushBench({ plan: QUEUED, started: false });
    const id = await bench.push();
    await reaches(bench, 'waiting');
    expect(await bench.details(id)).toMatchObject({
      title: 'Printer',
      standing: expect.stringMatching(/^It waits to be sent to Tickets, since \d{4}-\d\d-\d\d \d\d:\d\d UTC\.$/),
    });
    expect(bench.target.asked).toEqual([]);
  });

  it('is repeated until the target is back, and arrives once', async () => {
    const bench = await pushBench({ plan: QUEUED, talents: { findable: true } });
    bench.target.down = true;
    const id = await bench.push();
    await until(async () => ((await rowsOf(bench))[0]?.attempts ?? 0) >= 3);
    // Between the attempts, not while it is being sent.
    // Staff who were told to try again would push it twice.
    const words = /it was tried \d+ times, and is tried .*The last attempt failed: Tickets did not answer\./;
    await until(async () => words.test(JSON.stringify(await bench.details(id))), 'what staff read');
    bench.target.down = false;
    await reaches(bench, 'done');
    expect(bench.target.tickets).toHaveLength(1);
  });

  it('waits as long as the target asks, and the store is not asked in a circle meanwhile', async () => {
    const store = join(await temporaryFolder(), 'gateway.db');
    const ledger = await openLedger(store);
    const asked = vi.spyOn(ledger, 'nextDue');
    const bench = await pushBench({ plan: QUEUED, store, openLedger: async () => ledger });
    const times: number[] = [];
    bench.target.fault = (call) => {
      times.push(performance.now());
      return call === 1 ? 429 : undefined;
    };
    await bench.push();
    await until(async () => (await rowsOf(bench))[0]?.trouble !== undefined);
    // Due at once, and held up by the other.
    await bench.push({ xRequest: '2' });
    await until(async () => (await rowsOf(bench)).every(({ state }) => state === 'done'));
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(990);
    expect(asked.mock.calls.length).toBeLessThan(50);
  });

  it('that cannot be delivered is given up after its time, kept, and sent again by hand', async () => {
    const bench = await pushBench({ plan: { ...QUEUED, retry: { firstMs: 10, longestMs: 20, giveUpAfterMs: 1_500 } } });
    bench.target.fault = () => 401;
    const id = await bench.push();
    await reaches(bench, 'failed');
    expect((await rowsOf(bench))[0]).toMatchObject({ trouble: { kind: 'unauthorized' } });
    expect((await rowsOf(bench))[0]?.attempts).toBeGreaterThan(1);
    expect(await bench.details(id)).toMatchObject({
      standing: expect.stringMatching(
        /^It did not get to Tickets, and is .*refused the credentials of the gateway\. Your/,
      ),
    });
    bench.target.fault = () => undefined;
    expect(await beside(bench.store, (ledger) => ledger.retry(id, 60_000))).toBe(true);
    await reaches(bench, 'done');
    expect(bench.target.tickets).toHaveLength(1);
  });

  it('that the target refuses is given up after three tries', async () => {
    const bench = await pushBench({ plan: QUEUED });
    bench.target.fault = () => 422;
    await bench.push();
    await reaches(bench, 'failed');
    expect(bench.target.asked).toHaveLength(3);
  });

  it('of which it cannot be found out in time whether it arrived is unclear, not failed', async () => {
    const retry = { firstMs: 10, longestMs: 20, giveUpAfterMs: 300 };
    const bench = await pushBench({ plan: { ...QUEUED, retry }, talents: { findable: true } });
    bench.target.fault = () => {
      bench.target.down = true;
      return 'cut';
    };
    await bench.push();
    await reaches(bench, 'unclear');
    expect(bench.target.tickets).toHaveLength(1);
  });

  it('that is unclear is sent again by hand, once', async () => {
    const bench = await pushBench({ plan: QUEUED });
    bench.target.fault = (call) => (call === 1 ? 'fail' : undefined);
    const id = await bench.push();
    await reaches(bench, 'unclear');
    expect(await bench.push()).toBe(id);
    await beside(bench.store, (ledger) => ledger.retry(id, 60_000));
    await reaches(bench, 'done');
    expect(bench.target.tickets).toHaveLength(1);
  });

  it('of a target that is down does not hold up others', async () => {
    const other = await newTarget();
    const bench = await pushBench({ plan: { ...QUEUED, duplicateWindowMs: 0 } });
    const plan = benchPlan({ plan: QUEUED }, bench.target, bench.store);
    const otherPlan = benchPlan({}, other, bench.store);
    const source = otherPlan.sources.get('tickets');
    if (source === undefined) throw new Error('no source');
    await bench.gateway.reload({
      ...plan,
      sources: new Map([...plan.sources, ['other', { ...source, name: 'other', written: 'other' }]]),
      push: new Map([...plan.push, ['Other', pushTargetPlan({ ...QUEUED, name: 'Other', source: 'other' })]]),
    });
    bench.target.fault = () => 'hang';
    for (let number = 0; number < 12; number += 1) await bench.push({ xRequest: String(number) });
    await bench.gateway.push({ target: 'Other', request: pushed() });
    await until(() => other.tickets.length === 1);
    // No more at once than a small server bears.
    expect(bench.target.asked).toHaveLength(4);
  });

  it('of a target that is no longer there stays, and goes out when it is back', async () => {
    const bench = await pushBench({ plan: QUEUED });
    const { plan } = bench;
    bench.target.fault = () => 401;
    await bench.push();
    await until(() => bench.target.asked.length > 0);
    await bench.gateway.reload({ ...plan, push: new Map() });
    bench.target.fault = () => undefined;
    const { failure } = await bench.gateway.push({ target: 'Tickets', request: pushed() });
    expect(failure).toMatchObject({ status: 404, message: expect.stringContaining('the configuration has none') });
    await reaches(bench, 'waiting');
    await bench.gateway.reload(plan);
    await reaches(bench, 'done');
  });

  /** Four webhooks, and a target that refuses our credentials until three were tried: its lane rests for an hour. */
  async function rejectedCredentials() {
    vi.spyOn(Math, 'random').mockReturnValue(1);
    onTestFinished(() => void vi.restoreAllMocks());
    const retry = { firstMs: 3_600_000, longestMs: 3_600_000, giveUpAfterMs: 360_000_000 };
    const bench = await pushBench({ plan: { ...QUEUED, retry } });
    bench.target.fault = () => 401;
    for (let number = 0; number < 4; number += 1) await bench.push({ xRequest: String(number) });
    await until(() => bench.target.asked.length >= 3);
    await until(async () => (await rowsOf(bench)).every(({ state }) => state === 'waiting'));
    bench.target.fault = () => undefined;
    return bench;
  }

  it('of a target that rested goes out when the configuration is read again', async () => {
    const bench = await rejectedCredentials();
    await bench.gateway.reload(bench.plan);
    await until(async () => (await rowsOf(bench)).every(({ state }) => state === 'done'));
    expect(bench.target.tickets).toHaveLength(4);
  });

  it('goes out by hand while its target rests, and the others with it', async () => {
    const bench = await rejectedCredentials();
    const [row] = await rowsOf(bench);
    await beside(bench.store, (ledger) => ledger.retry(row?.id ?? '', 60_000));
    await until(async () => (await rowsOf(bench)).every(({ state }) => state === 'done'));
  });

  it('goes out by hand while its target rests, also where others wait that came before', async () => {
    const bench = await rejectedCredentials();
    bench.target.fault = () => 401;
    const rows = await rowsOf(bench);
    const chosen = rows.slice(0, 2).map(({ id }) => id);
    const attempts = async () => {
      const now = await rowsOf(bench);
      return chosen.map((id) => now.find((row) => row.id === id)?.attempts ?? 0);
    };
    const before = await attempts();
    await beside(bench.store, async (ledger) => {
      for (const id of chosen) await ledger.retry(id, 360_000_000);
    });
    await until(async () => (await attempts()).every((count, at) => count > (before[at] ?? 0)), 'both of them');
  });

  it('is tried once by hand while its target rests, and not in a circle', async () => {
    const bench = await rejectedCredentials();
    bench.target.fault = () => 401;
    const [row] = await rowsOf(bench);
    const before = bench.target.asked.length;
    await beside(bench.store, (ledger) => ledger.retry(row?.id ?? '', 360_000_000));
    await until(() => bench.target.asked.length > before);
    await until(async () => (await rowsOf(bench)).every(({ state }) => state === 'waiting'));
    const id = await bench.push({ xRequest: 'another' });
    await until(async () => JSON.stringify(await bench.details(id)).includes('waits to be sent'));
    expect(bench.target.asked).toHaveLength(before + 1);
  });

  it('goes out, and what the dead left is taken over, though the clock was set back by an hour', async () => {
    const real = Date.now;
    let back = 0;
    vi.spyOn(Date, 'now').mockImplementation(() => real() - back);
    onTestFinished(() => void vi.restoreAllMocks());
    const folder = await temporaryFolder();
    const store = join(folder, 'gateway.db');
    const retry = { firstMs: 300, longestMs: 300, giveUpAfterMs: 360_000_000 };
    const bench = await pushBench({
      ...{ store, plan: { ...QUEUED, retry }, openLedger: () => openLedger(store, { now: () => Date.now() }) },
    });
    bench.target.fault = (call) => (call <= 3 ? 401 : undefined);
    for (let number = 0; number < 3; number += 1) await bench.push({ xRequest: String(number) });
    await until(() => bench.target.asked.length >= 3);
    back = 3_600_000;
    const dead = await openLedger(store, { now: () => Date.now() });
    const request = { reference: 'hs-x', title: 'T', body: '', fields: {}, link: undefined, files: [], values: {} };
    await dead.accept([
      {
        ...{ id: 'q-dead', target: 'Tickets', mode: 'direct', xRequest: '9', fingerprint: 'dead' },
        ...{ duplicateWindowMs: 0, giveUpAfterMs: 60_000, request },
      },
    ]);
    await dead.close();
    await until(() => bench.log.lines.some(({ message }) => message.startsWith('a gateway ended while')), 'recovery');
    const id = await bench.push({ xRequest: 'new' });
    await until(async () => (await rowsOf(bench)).find((row) => row.id === id)?.state === 'done', 'the new one');
  });

  it.each([-3_600_000, 3_600_000])(
    'goes out in its time though the clock was set by %i ms while it waited',
    async (step) => {
      const real = Date.now;
      let set = 0;
      vi.spyOn(Date, 'now').mockImplementation(() => real() + set);
      onTestFinished(() => void vi.restoreAllMocks());
      const retry = { firstMs: 3_000, longestMs: 3_000, giveUpAfterMs: 60_000 };
      // What may be on its way has the whole first wait to arrive before it is looked for.
      const bench = await pushBench({ plan: { ...QUEUED, retry }, talents: { findable: true } });
      bench.target.fault = (call) => (call === 1 ? 'cut' : undefined);
      await bench.push();
      await until(async () => (await rowsOf(bench))[0]?.unsure === true, 'the first attempt');
      const began = performance.now();
      set = step;
      await reaches(bench, 'done');
      expect(performance.now() - began).toBeGreaterThan(1_000);
      expect(performance.now() - began).toBeLessThan(15_000);
      expect(bench.target.tickets).toHaveLength(1);
      const told = bench.log.lines.filter(({ message }) => message.startsWith('the clock was set'));
      expect(told).toMatchObject([{ level: 'warn', fields: { count: 1 } }]);
      expect((await rowsOf(bench))[0]?.createdAt).toBeLessThanOrEqual(Date.now());
    },
  );

  it('under way when the gateway stops is waited for', async () => {
    const bench = await pushBench({ plan: QUEUED });
    bench.target.fault = () => 'late';
    await bench.push();
    await until(() => bench.target.asked.length === 1);
    const closed = bench.close();
    bench.target.release();
    await closed;
    expect(await stateOf(bench)).toBe('done');
  });

  it('that hangs when the gateway stops is left to the next, which looks for it', async () => {
    const bench = await pushBench({ plan: QUEUED, talents: { findable: true } });
    bench.target.fault = () => 'hang';
    await bench.push();
    await until(() => bench.target.asked.length === 1);
    await bench.close();
    const [row] = await rowsOf(bench);
    expect(row).toMatchObject({ state: 'waiting', unsure: true, trouble: { kind: 'interrupted' } });
    const next = await pushBench({
      plan: QUEUED,
      talents: { findable: true },
      target: bench.target,
      store: bench.store,
    });
    await reaches(next, 'done');
    expect(bench.target.asked).toHaveLength(1);
  });

  it('is refused, and not sent, while the store cannot be written', async () => {
    const bench = await pushBench({ plan: QUEUED });
    await bench.push();
    await reaches(bench, 'done');
    const unlock = await lockStore(bench.store);
    // Another file in the configuration is used from the next start on.
    await bench.gateway.reload({ ...bench.plan, store: { ...bench.plan.store, file: '/elsewhere/gateway.db' } });
    expect(await bench.push({ xRequest: '2' })).toMatch(/^The gateway could not store the push, so it did not send it/);
    unlock();
    expect(bench.target.asked).toHaveLength(1);
    const line = bench.log.lines.find(({ message }) => message.startsWith('a push could not be stored'));
    expect(line?.fields).toMatchObject({ targets: ['Tickets'], store: bench.store });
    expect(await bench.push({ xRequest: '3' })).toMatch(/^q-/);
  });
});

describe('the queue', () => {
  it('removes what is older than the retention, and not in the first minute, when the clock may be wrong', async () => {
    const store = join(await temporaryFolder(), 'gateway.db');
    const day = 86_400_000;
    let now = Date.now() - 91 * day;
    const before = await openLedger(store, { sends: false, now: () => now });
    const { title, body } = { title: 'T', body: '' };
    const request = { reference: 'hs-x', title, body, fields: {}, link: undefined, files: [], values: {} };
    const ended = async (count: number, name: string) => {
      const pushes = Array.from({ length: count }, (_, at) => ({
        ...({
          id: `q-${name}-${at}`,
          target: 'Tickets',
          mode: 'queued',
          xRequest: '9',
          fingerprint: `${name}${at}`,
        } as const),
        ...{ duplicateWindowMs: 0, giveUpAfterMs: 60_000, request },
      }));
      await before.accept(pushes);
      await Promise.all(pushes.map(({ id }) => before.drop(id)));
    };
    // More than are removed in one go.
    await ended(501, 'old');
    now = Date.now() - 89 * day;
    await ended(1, 'young');
    await before.close();
    const bench = await pushBench({ store, plan: QUEUED });
    const held = () =>
      beside(store, async (ledger) => (await ledger.list({ limit: 1_000, states: ['dropped'] })).length);
    await bench.push();
    await until(async () => (await beside(store, (ledger) => ledger.figures()))[0]?.waiting !== 1, 'the first round');
    expect(await held()).toBe(502);
    const real = performance.now.bind(performance);
    vi.spyOn(performance, 'now').mockImplementation(() => real() + 60_000);
    onTestFinished(() => void vi.restoreAllMocks());
    bench.gateway.pushes.wake();
    await until(async () => (await held()) === 1, 'the end of the old');
    const told = bench.log.lines.filter(
      ({ message }) => message === 'old pushes and events were removed from the store',
    );
    expect(told.map(({ fields }) => fields['count'])).toEqual([500, 1]);
  });

  it('knows for certain that a push was refused, when the attempt before is found not to have arrived', async () => {
    const bench = await pushBench({ plan: QUEUED, talents: { findable: true } });
    bench.target.fault = (call) => (call === 1 ? 'fail' : 422);
    await bench.push();
    await until(async () => ['failed', 'unclear'].includes((await stateOf(bench)) ?? ''), 'the end');
    expect(await rowsOf(bench)).toMatchObject([{ state: 'failed', unsure: false, trouble: { kind: 'rejected' } }]);
    // Once it is certain it is not looked for any more.
    expect([bench.target.searches, bench.target.asked.length]).toEqual([1, 4]);
  });
});

it('a target that knows nothing of what may have arrived has answered, and does not rest', async () => {
  const bench = await pushBench({ plan: { ...QUEUED, lookForMs: 60_000 }, talents: { findable: true } });
  bench.target.fault = () => 'fail';
  for (let number = 0; number < 3; number += 1) await bench.push({ xRequest: String(number) });
  await until(() => bench.target.searches >= 6, 'the search for all');
  const told = (words: string) => bench.log.lines.filter(({ message }) => message.startsWith(words)).length;
  const isUp = () => told('the target fails push after push') === told('the target takes pushes again');
  await until(isUp, 'its answer');
});

it('what waits for a target that wants no pushes any more says so, and goes out when the configuration is read again', async () => {
  const bench = await pushBench({ plan: QUEUED });
  bench.target.fault = () => 410;
  const id = await bench.push();
  const gone = () => bench.log.lines.filter(({ message }) => message.includes('wants no pushes any more'));
  await until(() => gone().length > 0, 'what the log says');
  expect(gone()).toMatchObject([{ level: 'error', message: expect.stringContaining(`pushes retry ${id}`) }]);
  const later = await bench.push({ xRequest: '2' });
  const words = /until your administrator has seen to it.*takes no pushes any more/;
  for (const one of [id, later]) await until(async () => words.test(JSON.stringify(await bench.details(one))), one);
  expect(await figuresByTarget(bench.gateway)).toMatchObject([{ target: 'Tickets', waiting: 2, failed: 0 }]);
  expect(bench.target.asked).toHaveLength(1);
  bench.target.fault = () => undefined;
  await bench.gateway.reload(bench.plan);
  await until(async () => (await rowsOf(bench)).every(({ state }) => state === 'done'));
});

describe('a webhook', () => {
  it('is stored for each of its targets before it is answered, whatever their mode', async () => {
    const bench = await pushBench({ started: false });
    const { gateway } = bench;
    expect(await gateway.webhook({ name: 'escalations', request: pushed() })).toMatchObject({ accepted: 1 });
    expect(await rowsOf(bench)).toMatchObject([{ state: 'waiting', mode: 'queued' }]);
    gateway.pushes.start();
    await reaches(bench, 'done');
    // The same again is taken, and not delivered again.
    expect(await gateway.webhook({ name: 'escalations', request: pushed() })).toMatchObject({ accepted: 1 });
    expect(await rowsOf(bench)).toHaveLength(1);
    expect(bench.target.tickets).toHaveLength(1);
  });

  it('that is unknown says which are known', async () => {
    const { gateway } = await pushBench();
    const { failure } = await gateway.webhook({ name: 'x', request: pushed() });
    expect(failure).toMatchObject({ status: 404, message: expect.stringContaining('known: escalations') });
  });
});
