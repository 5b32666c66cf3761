/** Pushes on the local disk while the store is away, both in files; `several.test.ts` does it with PostgreSQL. */
import { existsSync, mkdirSync, rmdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, type MockInstance, onTestFinished, vi } from 'vitest';
import type { HandedPush, Ledger, NewPush } from '../../../src/gateway/push/ledger.ts';
import type { OpenLedger } from '../../../src/gateway/push/ledger-opener.ts';
import { Runner } from '../../../src/gateway/push/runner.ts';
import { PushSender } from '../../../src/gateway/push/sender.ts';
import { PushSpool } from '../../../src/gateway/push/spool.ts';
import { GatewayEvents } from '../../../src/gateway/telemetry.ts';
import { openLedger } from '../../../src/store/ledger.ts';
import { anyPush, leaveNoRoom, newFile, opened } from '../../store/support.ts';
import { recordedLog } from '../../support/log.ts';
import { gatewayPlan } from '../../support/plans.ts';
import { pushTargetPlan } from './harness.ts';

const { signal } = new AbortController();
const SECOND = 1_000;
const DAY = 86_400_000;
const plan = gatewayPlan([], {}, { push: new Map([['Tickets', pushTargetPlan({ duplicateWindowMs: 60_000 })]]) });

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** A ledger with those who work on it; none of them has begun. */
async function storeIn(file: string): Promise<OpenLedger> {
  const ledger = await opened(file, { sends: false });
  const source = (name: string) => {
    throw new Error(`there is no source ${name}`);
  };
  const host = { plan: () => plan, source, log: recordedLog(), events: new GatewayEvents() };
  const whole = { ...host, refreshIndexed: async () => undefined };
  const sender = new PushSender(whole, ledger);
  return { ledger, sender, runner: new Runner(whole, ledger, sender) };
}

async function spoolBench({ file, now = Date.now }: { file?: string; now?: () => number } = {}) {
  const place = file ?? (await newFile());
  const storeFile = await newFile();
  const store = await storeIn(storeFile);
  const log = recordedLog();
  const away = { store: false };
  const looks: MockInstance<Ledger['spooled']>[] = [];
  const spool = new PushSpool({
    place: {
      file: place,
      isThere: () => existsSync(place),
      open: async () => {
        const ledger = await openLedger(place, { sends: false, now });
        looks.push(vi.spyOn(ledger, 'spooled'));
        return ledger;
      },
    },
    log,
    plan: () => plan,
    store: () => (away.store ? undefined : store),
  });
  onTestFinished(() => spool.close());
  const handOver = vi.spyOn(store.ledger, 'handOver');
  /** What was handed over so far. */
  const handed = (): readonly HandedPush[] => handOver.mock.calls.flatMap(([pushes]) => pushes);
  return {
    ...{ spool, store, storeFile, log, away, place, handOver, handed },
    opened: () => looks.length,
    looks: () => looks.reduce((sum, { mock }) => sum + mock.calls.length, 0),
  };
}

const accept = (spool: PushSpool, ...pushes: readonly Partial<NewPush>[]) =>
  spool.accept(
    pushes.map((push) => anyPush(push)),
    signal,
  );
/** What is so after the next look. */
async function afterLook<T>(isSo: () => T | Promise<T>): Promise<T> {
  await vi.advanceTimersByTimeAsync(SECOND);
  return vi.waitFor(isSo, { interval: 5, timeout: 5_000 });
}

describe('a spool', () => {
  it('makes no file before it takes a push, which waits there and is known by our id and its target', async () => {
    const { spool, place, opened, handed } = await spoolBench();
    spool.start();
    expect(await spool.waiting()).toBe(0);
    expect(await spool.find('Tickets', 'q-1')).toBeUndefined();
    await vi.advanceTimersByTimeAsync(2 * SECOND);
    expect([existsSync(place), opened(), spool.file]).toEqual([false, 0, place]);
    await accept(spool, { id: 'q-1', mode: 'direct' }, { id: 'q-2' }, { id: 'q-3', target: 'Bugs' });
    expect(await spool.waiting()).toBe(3);
    expect(await spool.find('Tickets', 'q-1')).toMatchObject({ id: 'q-1', mode: 'queued', state: 'waiting' });
    expect(await spool.find('Bugs', 'q-1')).toBeUndefined();
    await spool.prove();
    expect([existsSync(place), opened(), handed()]).toEqual([true, 1, []]);
  });

  it('that cannot be opened says so each time, and is opened once it can be', async () => {
    const { spool, place } = await spoolBench();
    mkdirSync(place);
    await expect(spool.prove()).rejects.toThrow('is a folder');
    await expect(accept(spool, {})).rejects.toThrow('is a folder');
    rmdirSync(place);
    await accept(spool, {});
    expect(await spool.waiting()).toBe(1);
  });

  it('hands what it has taken to the store a second later, twenty at a time, and wakes who sends', async () => {
    const { spool, store, log, looks, handOver, handed } = await spoolBench();
    const wake = vi.spyOn(store.runner, 'wake');
    await accept(spool, ...Array.from({ length: 21 }, (_, at) => ({ id: `q-${at}`, reference: 'ab12cd' })));
    await vi.advanceTimersByTimeAsync(SECOND - 1);
    expect(handOver).not.toHaveBeenCalled();
    await afterLook(async () => expect(await spool.waiting()).toBe(0));
    expect(handOver.mock.calls.map(([pushes]) => pushes.length)).toEqual([20, 1]);
    expect(wake).toHaveBeenCalledTimes(2);
    expect(await store.ledger.figures()).toMatchObject([{ target: 'Tickets', waiting: 21 }]);
    expect(log.lines).toHaveLength(21);
    expect(log.lines[0]).toEqual({
      ...{ level: 'info', message: 'a push was handed from the spool to the store' },
      fields: { reference: 'ab12cd', target: 'Tickets', push: 'q-0' },
    });
    // Nothing waits: it looks no more until something comes.
    const before = looks();
    await vi.advanceTimersByTimeAsync(3 * SECOND);
    expect([looks(), handOver.mock.calls.length]).toEqual([before, 2]);
    await accept(spool, { id: 'q-later' });
    await afterLook(() => expect(handed()).toHaveLength(22));
  });

  it('hands over each as it came: its age and time, its name or window, and whether it was asked for again', async () => {
    let time = Date.now();
    const { spool, store, log, handed } = await spoolBench({ now: () => time });
    await store.ledger.accept([anyPush({ id: 'q-before', fingerprint: 'same' })]);
    await accept(
      spool,
      { id: 'q-a', staff: 'Tina', reference: 'r', xRequest: '7', giveUpAfterMs: 9_000, fingerprint: 'same' },
      { id: 'q-b', fingerprint: 'once abc' },
      { id: 'q-c', fingerprint: 'x again', againOf: 'x' },
      { id: 'q-d', target: 'Gone' },
    );
    time += 500;
    await afterLook(() => expect(handed()).toHaveLength(4));
    const [first, ...others] = handed();
    expect(first).toEqual({
      ageMs: 500,
      push: {
        ...{ id: 'q-a', target: 'Tickets', mode: 'queued', xRequest: '7', fingerprint: 'same', staff: 'Tina' },
        ...{ reference: 'r', duplicateWindowMs: 60_000, giveUpAfterMs: 9_000, againOf: undefined },
        request: anyPush().request,
      },
    });
    expect(others.map(({ push: { duplicateWindowMs, againOf } }) => [duplicateWindowMs, againOf])).toEqual([
      ...[[DAY, undefined] as const, [60_000, 'x'] as const, [0, undefined] as const],
    ]);
    // Its like has come to the store meanwhile.
    await vi.waitFor(() => expect(log.lines).toHaveLength(4));
    expect(log.lines.map(({ fields }) => fields['sameAs'])).toEqual(['q-before', undefined, undefined, undefined]);
  });

  it('hands over nothing while the store is away, or in trouble, and looks every second', async () => {
    const { spool, store, storeFile, away, looks, handOver, log } = await spoolBench();
    away.store = true;
    await accept(spool, {});
    const trouble = vi.spyOn(store.ledger, 'trouble', 'get');
    for (const count of [1, 2]) await afterLook(() => expect(looks()).toBe(count));
    expect(trouble).not.toHaveBeenCalled();
    away.store = false;
    const makeRoom = await leaveNoRoom(storeFile, 'INSERT ON pushes');
    await expect(store.ledger.prove()).rejects.toThrow('disk is full');
    await afterLook(() => expect(trouble).toHaveBeenCalled());
    expect(handOver).not.toHaveBeenCalled();
    await makeRoom();
    await store.ledger.accept([anyPush()]);
    await afterLook(async () => expect(await spool.waiting()).toBe(0));
    expect(log.lines.map(({ level }) => level)).toEqual(['info']);
  });

  it('says once that nothing can be handed over, and once more when it comes again', async () => {
    const { spool, storeFile, log, place, handOver } = await spoolBench();
    const makeRoom = await leaveNoRoom(storeFile, 'INSERT ON pushes');
    const errors = () => log.lines.filter(({ level }) => level === 'error');
    await accept(spool, {});
    for (const count of [1, 2]) await afterLook(() => expect(handOver).toHaveBeenCalledTimes(count));
    await vi.waitFor(() => expect(errors()).not.toEqual([]));
    expect(errors()).toMatchObject([
      {
        message: 'pushes that wait in the spool cannot be handed to the store; tried again',
        fields: { spool: place, kind: 'store', problem: expect.stringContaining('disk is full') },
      },
    ]);
    await makeRoom();
    await afterLook(async () => expect(await spool.waiting()).toBe(0));
    await leaveNoRoom(storeFile, 'INSERT ON pushes');
    await accept(spool, {});
    await vi.advanceTimersByTimeAsync(SECOND);
    await vi.waitFor(() => expect(errors()).toHaveLength(2), { interval: 5, timeout: 5_000 });
  });

  it('hands over what a gateway before it has left, and nothing more once it is closed', async () => {
    const file = await newFile();
    const before = await openLedger(file, { sends: false });
    await before.accept([anyPush({ id: 'q-left' })]);
    await before.close();
    const { spool, looks, handed } = await spoolBench({ file });
    expect(await spool.waiting()).toBe(1);
    expect(await (await spoolBench({ file })).spool.find('Tickets', 'q-left')).toMatchObject({ id: 'q-left' });
    spool.start();
    await afterLook(() => expect(handed()).toMatchObject([{ push: { id: 'q-left' } }]));
    await vi.waitFor(async () => expect(await spool.waiting()).toBe(0));
    await spool.close();
    const looked = looks();
    spool.start();
    await vi.advanceTimersByTimeAsync(3 * SECOND);
    expect(looks()).toBe(looked);
    const other = await spoolBench({ file: await newFile() });
    await accept(other.spool, { id: 'q-stays' });
    await other.spool.close();
    other.spool.start();
    await vi.advanceTimersByTimeAsync(3 * SECOND);
    expect([other.looks(), other.log.lines]).toEqual([0, []]);
    // Its file is closed: the next has it.
    const next = await opened(other.place, { sends: false });
    expect(await next.spooled(9)).toMatchObject([{ row: { id: 'q-stays' } }]);
  });
});
