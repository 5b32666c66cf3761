/** What the queue does beside sending: what it learns from others, at a restart, of a configuration that changed. */
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import Database from 'libsql';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { PushSender } from '../../../src/gateway/push/sender.ts';
import { UNTROUBLED } from '../../../src/gateway/push/target-memory.ts';
import { GatewayEvents } from '../../../src/gateway/telemetry.ts';
import { openLedger } from '../../../src/store/ledger.ts';
import { anyPush, begins, execute, leaveNoRoom, newFile, opened } from '../../store/support.ts';
import { recordedLog } from '../../support/log.ts';
import { gatewayPlan } from '../../support/plans.ts';
import type { PushTalents } from '../../support/push-adapter.ts';
import type { Fault } from '../../support/push-target.ts';
import { temporaryFolder } from '../../support/temp.ts';
import { type PushBench, type PushSetup, pushBench, pushed, pushTargetPlan, until } from './harness.ts';

const QUEUED = { mode: 'queued' } as const;
const LONG = { firstMs: 600_000, longestMs: 600_000, giveUpAfterMs: 6_000_000 };

afterEach(() => void vi.restoreAllMocks());

/** With the ledger at hand. */
async function ledgerBench(setup: PushSetup = {}, now: () => number = Date.now) {
  const store = join(await temporaryFolder(), 'gateway.db');
  const ledger = await openLedger(store, { now });
  const bench = await pushBench({ store, openLedger: async () => ledger, ...setup });
  const rows = () => ledger.list({ limit: 9 });
  return { bench, ledger, rows };
}

/** A push has failed once and is due again; another program has the store while the queue wants to claim it. */
async function claimingBench(fault: Fault = 503, talents: PushTalents = {}) {
  vi.spyOn(Math, 'random').mockReturnValue(1);
  const { bench, ledger, rows } = await ledgerBench({ talents, plan: { ...QUEUED, retry: LONG } });
  bench.target.fault = (call) => (call === 1 ? fault : undefined);
  await bench.push();
  await until(async () => (await rows())[0]?.trouble !== undefined);
  const claim = vi.spyOn(ledger, 'claim');
  const other = new Database(bench.store);
  onTestFinished(() => void other.close());
  await until(() => begins(other));
  // In one go: the queue cannot look in between.
  other.exec('UPDATE pushes SET next_at = 0; COMMIT; BEGIN IMMEDIATE');
  bench.gateway.pushes.wake();
  await until(() => claim.mock.calls.length > 0);
  const letGo = (change = '') => void other.exec(`${change}; COMMIT`);
  return { bench, ledger, rows, wait: { claim, letGo } };
}

const lines = ({ log }: PushBench, words: string) => log.lines.filter(({ message }) => message.includes(words));

describe('the rounds of the queue', () => {
  it('leave what a dead gateway sent the first wait to arrive, unless the same push is taken once only', async () => {
    const settles = async (setup: PushSetup) => {
      const { bench, ledger } = await ledgerBench({ ...setup, started: false });
      const recover = vi.spyOn(ledger, 'recover');
      bench.gateway.pushes.start();
      await bench.push();
      await until(() => recover.mock.calls.length > 0);
      const [settleMs] = recover.mock.calls[0] ?? [];
      return ['Tickets', 'Gone'].map((target) => settleMs?.(target));
    };
    expect(await settles({ plan: QUEUED })).toEqual([20, 0]);
    expect(await settles({ plan: QUEUED, talents: { idempotent: true } })).toEqual([0, 0]);
  });

  it('come when something is due, not a second later', async () => {
    const retry = { firstMs: 20, longestMs: 20, giveUpAfterMs: 60_000 };
    const { bench } = await ledgerBench({ plan: { ...QUEUED, retry } });
    bench.target.fault = () => 503;
    await bench.push();
    await until(() => bench.target.askedAt.length > 3);
    const waits = bench.target.askedAt.slice(1).map((time, at) => time - (bench.target.askedAt[at] ?? 0));
    expect(Math.min(...waits)).toBeLessThan(900);
  });

  it('go on at once where another gateway has taken what was due', async () => {
    const { bench, ledger, wait, rows } = await claimingBench();
    wait.letGo("UPDATE pushes SET state = 'sending'");
    await until(() => wait.claim.mock.settledResults.at(-1)?.type === 'fulfilled');
    expect(wait.claim.mock.settledResults.at(-1)?.value).toEqual([]);
    // It gives the push back.
    await execute(bench.store, "UPDATE pushes SET state = 'waiting'");
    const looks = vi.spyOn(ledger, 'nextDue');
    bench.gateway.pushes.wake();
    // At the beginning of the round, and at its end.
    await until(() => looks.mock.calls.length >= 2);
    const [, ended = 0] = looks.mock.invocationCallOrder;
    expect(wait.claim.mock.invocationCallOrder[1]).toBeLessThan(ended);
    await until(async () => (await rows())[0]?.state === 'done');
  });

  it('send nothing of a target that was taken away since it was claimed', async () => {
    // It may have arrived, which can be found out: it stays so.
    const { bench, wait, rows } = await claimingBench('cut', { findable: true });
    await bench.gateway.reload({ ...bench.plan, sources: new Map(), push: new Map() });
    wait.letGo();
    await until(async () => (await rows())[0]?.trouble?.kind === 'configuration');
    expect(await rows()).toMatchObject([
      { state: 'waiting', unsure: true, trouble: { problem: 'the push target has been taken away' } },
    ]);
    expect(bench.target.asked).toHaveLength(1);
  });

  it('end before the store is closed', async () => {
    const { bench, ledger, wait } = await claimingBench();
    const close = vi.spyOn(ledger, 'close');
    const closed = bench.close();
    wait.letGo();
    await closed;
    const [claimed] = wait.claim.mock.settledResults.slice(-1);
    expect([claimed?.type, close.mock.calls.length]).toEqual(['fulfilled', 1]);
    expect(bench.target.tickets).toHaveLength(1);
  });

  it('stop for a target that is gone, whose words are told of no other push', async () => {
    const { bench, ledger, rows } = await ledgerBench({ plan: QUEUED });
    const explain = vi.spyOn(ledger, 'explain');
    const looks = vi.spyOn(ledger, 'nextDue');
    bench.target.fault = () => 410;
    bench.target.said = 'nothing for Anna Private';
    await bench.push({ sTitle: 'Anna Private' });
    await until(() => lines(bench, 'wants no pushes any more').length === 1);
    await bench.push({ xRequest: '2' });
    const kinds = async () => (await rows()).map(({ trouble }) => trouble?.kind);
    await until(async () => (await kinds()).join() === 'gone,gone');
    expect(JSON.stringify([bench.log.lines, await rows()]).replaceAll('"title":"Anna Private"', '')).not.toContain(
      'Anna',
    );
    expect(bench.target.asked).toHaveLength(1);
    // What is known of the newest is not written again.
    const count = looks.mock.calls.length;
    bench.gateway.pushes.wake();
    await until(() => looks.mock.calls.length >= count + 2);
    expect(explain).toHaveBeenCalledTimes(1);
  });

  it('come at once for what another configuration has made due', async () => {
    const { bench, ledger, rows } = await ledgerBench({ plan: { ...QUEUED, retry: LONG } });
    bench.target.fault = (call) => (call === 1 ? 503 : undefined);
    await bench.push();
    await until(async () => (await rows())[0]?.trouble !== undefined);
    const looks = vi.spyOn(ledger, 'nextDue');
    const late = AbortSignal.timeout(5_000);
    const so = async (isSo: () => boolean) => {
      while (!isSo() && !late.aborted) await setImmediate();
    };
    // From the next round on nothing happens because a time has passed.
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    bench.gateway.pushes.wake();
    await so(() => looks.mock.calls.length >= 2);
    await bench.gateway.reload(bench.plan);
    await so(() => bench.target.tickets.length > 0);
    expect(bench.target.tickets).toHaveLength(1);
  });

  it('begin with one try for a target that was gone when other gateways asked it, and keep what else they know', async () => {
    const store = join(await temporaryFolder(), 'gateway.db');
    const ledger = await openLedger(store);
    const failure = { kind: 'rejected', message: 'closed' } as const;
    const known = { ...UNTROUBLED, failing: ['q-1'] };
    await ledger.learn({ target: 'Tickets', change: () => ({ ...known, gone: failure }) });
    const learn = vi.spyOn(ledger, 'learn');
    const bench = await pushBench({ plan: QUEUED, store, openLedger: async () => ledger });
    await bench.push();
    await until(() => bench.target.tickets.length === 1);
    const [{ change } = { change: () => undefined }] = learn.mock.calls[0] ?? [];
    expect([change(known, 0), change(undefined, 0)]).toEqual([known, undefined]);
  });

  it('of a target that is gone tell staff so, who are not kept waiting for it', async () => {
    const { bench } = await ledgerBench();
    bench.target.fault = () => 410;
    const words = /^Tickets takes no pushes any more; tell your administrator/;
    expect(await bench.push()).toMatch(words);
    expect(await bench.push({ xRequest: '2' })).toMatch(words);
    expect(bench.target.asked).toHaveLength(1);
  });

  it('come no faster while the ledger cannot be read, which the log has once', async () => {
    const { bench, ledger } = await ledgerBench({ plan: QUEUED });
    await bench.push();
    await until(() => bench.target.tickets.length === 1);
    const asked = vi.spyOn(ledger, 'nextDue');
    await execute(bench.store, 'ALTER TABLE pushes RENAME TO others');
    bench.gateway.pushes.wake();
    await until(() => asked.mock.calls.length >= 1);
    const end = Date.now() + 150;
    await until(() => Date.now() > end);
    expect(asked.mock.calls.length).toBeLessThan(10);
    expect(lines(bench, 'the queue of pushes failed; tried again')).toHaveLength(1);
    await execute(bench.store, 'ALTER TABLE others RENAME TO pushes');
    bench.gateway.pushes.wake();
    await until(() => lines(bench, 'the queue of pushes works again').length === 1);
  });

  it('do not hold up the end of the gateway while the store cannot be written', async () => {
    const file = await newFile();
    const ledger = await opened(file);
    const plan = gatewayPlan([], {}, { push: new Map([['Tickets', pushTargetPlan()]]) });
    const log = recordedLog();
    const source = (name: string) => {
      throw new Error(`there is no source ${name}`);
    };
    const events = new GatewayEvents();
    const sender = new PushSender(
      { plan: () => plan, source, log, events, refreshIndexed: async () => undefined },
      ledger,
    );
    const push = anyPush({ id: 'q-1', mode: 'direct' });
    const [taken] = await ledger.accept([push]);
    if (taken === undefined) throw new Error('it was not taken');
    await leaveNoRoom(file, 'UPDATE OF state ON pushes');
    const row = await sender.send({ row: taken.row, request: push.request }, pushTargetPlan(), true);
    expect(row).toMatchObject({ state: 'failed', trouble: { problem: 'the push target has been taken away' } });
    expect(sender.isUnderWay('q-1')).toBe(true);
    const began = performance.now();
    await sender.close(0);
    expect(performance.now() - began).toBeLessThan(900);
    expect(sender.isUnderWay('q-1')).toBe(false);
    expect(log.lines.at(-1)).toMatchObject({
      ...{ level: 'error', message: 'how a push ended cannot be written down; tried again' },
      fields: { push: 'q-1', kind: 'store' },
    });
  });

  it('go by the clock of the ledger, and so does what is told of them', async () => {
    const retry = { firstMs: 60_000, longestMs: 60_000, giveUpAfterMs: 600_000 };
    vi.spyOn(Math, 'random').mockReturnValue(1);
    const { bench, rows } = await ledgerBench({ plan: { ...QUEUED, retry } }, () => Date.now() - 3_600_000);
    bench.target.fault = () => 503;
    const id = await bench.push();
    await until(async () => (await rows())[0]?.trouble !== undefined);
    expect(await bench.gateway.pushStanding({ target: 'Tickets', id })).toMatchObject({
      ...{ state: 'waiting', reason: expect.stringMatching(/it was tried once, and is tried again at /) },
    });
  });
});

describe('a push that is tried', () => {
  it('is filled in, with what its comment names, and neither stored nor sent', async () => {
    const { bench, rows } = await ledgerBench({ talents: { linking: true }, plan: { link: true } });
    const tried = await bench.gateway.pushes.preview(
      { target: 'Tickets', request: pushed({ staff_comment: '#A-7' }) },
      {},
    );
    expect(tried).toMatchObject({
      ...{ reference: expect.stringMatching(/^[0-9a-f]{6}$/) },
      preview: { title: 'Printer', body: 'The printer burns', format: 'text', linked: { id: 'A-7', thing: 'ticket' } },
    });
    expect(tried.preview?.sent).toBeUndefined();
    expect([await rows(), bench.target.asked]).toEqual([[], []]);
    const plain = await bench.gateway.pushes.preview({ target: 'Tickets', request: pushed() }, {});
    expect(plain.preview).not.toHaveProperty('linked');
  });

  it('and cannot be filled in says why, also in the log; nobody is told who has gone away', async () => {
    const { bench } = await ledgerBench({ plan: { body: '{{sTitle}}'.repeat(1_100) } });
    const large = { target: 'Tickets', request: pushed({ sTitle: 'x'.repeat(10_000) }) };
    expect(await bench.gateway.pushes.preview(large, {})).toMatchObject({
      failure: { status: 413, message: expect.stringMatching(/^The request with its attachments is too large/) },
    });
    const words = 'a push was tried without sending it: a push was refused';
    expect(lines(bench, 'was tried')).toMatchObject([
      { level: 'warn', message: words, fields: { target: 'Tickets', problem: expect.stringContaining('characters') } },
    ]);
    const controller = new AbortController();
    controller.abort();
    const left = await bench.gateway.pushes.preview({ ...large, request: pushed() }, { controller });
    expect(left.failure).toMatchObject({ status: 499 });
    expect(lines(bench, 'was tried')).toHaveLength(1);
  });
});
