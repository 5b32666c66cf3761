/** Pushes while the store does not do its part. */

import { once } from 'node:events';
import { existsSync, mkdirSync, rmdirSync } from 'node:fs';
import { appendFile, stat, truncate } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { untilAborted, withDeadlineWithin } from '../../../src/contract/index.ts';
import type { PushMode } from '../../../src/gateway/push/plan.ts';
import { stored } from '../../../src/gateway/push/refusals.ts';
import { openLedger } from '../../../src/store/ledger.ts';
import { openPostgresLedger } from '../../../src/store/postgres/ledger.ts';
import { execute, leaveNoRoom } from '../../store/support.ts';
import { memorySystem } from '../../support/memory-adapter.ts';
import { memorySource } from '../../support/plans.ts';
import { temporaryFolder } from '../../support/temp.ts';
import { lockStore, type PushBench, pushBench, pushed, until } from './harness.ts';

const UNSTORED = /^The gateway could not store the push, so it did not send it; try again in a minute/;

const problems = ({ log }: PushBench) => log.lines.filter(({ level }) => level === 'error');

/** Gives staff so long from now on. */
function wait(bench: PushBench, deadlineMs: number): Promise<void> {
  return bench.gateway.reload({ ...bench.plan, server: { ...bench.plan.server, deadlineMs } });
}

async function rowsOf(store: string) {
  const ledger = await openLedger(store, { sends: false });
  const rows = await ledger.list({ limit: 9 });
  await ledger.close();
  return rows;
}

/** A push has gone out; then another program locks the file until the end of the test, or until it lets go. */
async function lockedBench(mode: PushMode, deadlineMs = 1_500) {
  const bench = await pushBench({ plan: { mode } });
  await bench.push({ xRequest: 'first' });
  await until(async () => (await rowsOf(bench.store))[0]?.state === 'done');
  await wait(bench, deadlineMs);
  return { bench, letGo: await lockStore(bench.store) };
}

const LATE = { kind: 'timeout', problem: expect.stringContaining('no answer within 1500 ms') };

describe('the deadline', () => {
  it.each(['direct', 'queued'] as const)('of a %s push ends the wait for the store: nothing is kept', async (mode) => {
    const { bench, letGo } = await lockedBench(mode);
    // The one is about to be written, the other waits behind it.
    const both = await Promise.all([bench.push({ xRequest: '2' }), bench.push({ xRequest: '3' })]);
    expect(both).toEqual([expect.stringMatching(UNSTORED), expect.stringMatching(UNSTORED)]);
    const told = problems(bench).filter(({ message }) => message.startsWith('a push could not be stored'));
    expect(told).toMatchObject([{ fields: LATE }, { fields: LATE }]);
    letGo();
    await wait(bench, 5_000);
    expect(await bench.push({ xRequest: '4' })).not.toMatch(UNSTORED);
    expect((await rowsOf(bench.store)).map(({ xRequest }) => xRequest)).toEqual(['4', 'first']);
  });

  it('of a webhook does so too', async () => {
    const { bench } = await lockedBench('queued');
    const { failure } = await bench.gateway.webhook({ name: 'escalations', request: pushed() });
    expect(failure).toMatchObject({ status: 503, message: expect.stringMatching(UNSTORED) });
    const line = problems(bench).find(({ message }) => message.startsWith('a push could not be stored'));
    expect(line?.fields).toMatchObject(LATE);
  });

  it('ends the wait for a store that does not open', async () => {
    // A server of PostgreSQL that takes connections, and says nothing.
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const connections: Socket[] = [];
    silent.on('connection', (connection) => connections.push(connection));
    const url = `postgres://gateway@127.0.0.1:${Object(silent.address()).port}/helpspot`;
    const plan = { url, where: 'silent', schema: 'gateway', leaseMs: 60_000 };
    // Enough for a busy machine to make the push.
    const bench = await pushBench({ deadlineMs: 1_000, started: false, openLedger: () => openPostgresLedger(plan) });
    onTestFinished(() => {
      for (const connection of connections) connection.destroy();
      silent.close();
    });
    const { gateway } = bench;
    const asked = [bench.push(), gateway.webhook({ name: 'escalations', request: pushed() }), gateway.check()] as const;
    const [words, { failure }, rows] = await Promise.all(asked);
    expect(words).toMatch(UNSTORED);
    expect(failure).toMatchObject({ status: 503 });
    expect(rows.at(-1)).toMatchObject({ source: 'store', ok: false });
  });
});

describe('the store is not blamed', () => {
  const UNREADY = /^The gateway did not get the push ready in time, so it did not send it; try again in a minute/;
  const line = (bench: PushBench) => problems(bench).at(-1);

  it('for a push that takes long to make', async () => {
    const bench = await pushBench({ talents: { format: 'markdown' } });
    await bench.push({ xRequest: 'first' });
    await wait(bench, 10);
    const { fields, notes } = pushed({ xRequest: '2' });
    const long = '<p>The <b>printer</b> burns</p>'.repeat(20_000);
    const request = { fields, notes: notes.map((note) => ({ ...note, isHtml: true, text: long })) };
    const outcomes = [
      await bench.gateway.push({ target: 'Tickets', request }),
      await bench.gateway.webhook({ name: 'escalations', request }),
    ];
    const failure = { status: 503, message: expect.stringMatching(UNREADY) };
    expect(outcomes).toMatchObject([{ failure }, { failure }]);
    expect(line(bench)).toMatchObject({
      message: 'a push was not ready in time, so it was not sent',
      fields: {
        kind: 'timeout',
        problem: expect.stringMatching(
          /making the push of the request took all|the gateway was busy|only \d+ ms were left/,
        ),
      },
    });
    expect(line(bench)?.fields).not.toHaveProperty('store');
    expect(bench.target.asked).toHaveLength(1);
    await wait(bench, 10_000);
    expect((await bench.gateway.check())[1]).toMatchObject({ ok: true });
  });

  // Whether the deadline or the store that is free again is noticed first is up to the machine.
  it('for a gateway that is busy with something else', { retry: 3 }, async () => {
    const { bench, letGo } = await lockedBench('direct', 300);
    const answered = bench.push({ xRequest: '2' });
    await new Promise((next) => setTimeout(next, 50));
    const end = performance.now() + 1_000;
    while (performance.now() < end);
    letGo();
    expect(await answered).toMatch(UNREADY);
    expect(line(bench)?.fields).toMatchObject({
      problem: expect.stringMatching(/the gateway was busy with something else$/),
    });
  });

  it('for a push for which hardly any time was left', async () => {
    const never = new Promise<never>(() => undefined);
    const late = withDeadlineWithin(20, undefined, (signal) => stored(untilAborted(never, signal), signal));
    await expect(late).rejects.toMatchObject({ culprit: 'gateway' });
  });

  it('for a bug', async () => {
    const first = await pushBench();
    await first.push();
    await first.close();
    await execute(first.store, 'DROP TABLE bodies');
    const bench = await pushBench({ store: first.store });
    expect(await bench.push()).toMatch(/^An error in the gateway prevented this push; tell your administrator/);
    expect(line(bench)).toMatchObject({ message: 'a push failed before it was stored', fields: { kind: 'bug' } });
    expect(bench.log.lines.map(({ message }) => message)).toContain(
      'the queue of pushes cannot be opened; tried again',
    );
  });

  it('for the end of the gateway', async () => {
    const bench = await pushBench();
    await bench.close();
    expect(await bench.push()).toMatch(/^The gateway is being stopped, so it did not send the push; try again/);
  });
});

it('another program that holds the store for long is named, and the push may be tried again', async () => {
  const { bench, letGo } = await lockedBench('direct');
  await wait(bench, 10_000);
  expect(await bench.push({ xRequest: '2' })).toMatch(UNSTORED);
  const told = problems(bench).find(({ message }) => message.startsWith('a push could not be stored'));
  expect(told?.fields).toMatchObject({
    ...{ kind: 'store', store: bench.store },
    problem: expect.stringMatching(/database is locked; another program keeps it locked; end that program$/),
  });
  expect(bench.gateway.pushes.isStoreUp()).toBe(false);
  const queue = () =>
    bench.log.lines.map(({ message }) => message).filter((message) => / queue of pushes| cannot be used/.test(message));
  await until(() => queue().length > 0, 'what the queue says');
  letGo();
  await bench.push({ xRequest: '3' });
  await until(() => queue().length > 1, 'that it works again');
  expect(queue()).toEqual(['the store of pushes cannot be used; tried again', 'the queue of pushes works again']);
});

it('a source that cannot be pushed to is no trouble of the store', async () => {
  const bench = await pushBench();
  const other = memorySource('tickets', memorySystem(), { title: 'Tickets', written: 'another' });
  await bench.gateway.reload({ ...bench.plan, sources: new Map([['tickets', other]]) });
  const { failure } = await bench.gateway.push({ target: 'Tickets', request: pushed() });
  const message = expect.stringMatching(/^Tickets is not set up correctly; tell your administrator/);
  expect(failure).toMatchObject({ status: 500, message });
  expect(problems(bench)[0]?.fields).toMatchObject({ problem: 'source tickets cannot be pushed to' });
});

describe('the check', () => {
  it('has a row for the store where something is pushed', async () => {
    const bench = await pushBench();
    expect(await bench.gateway.check()).toMatchObject([
      { source: 'tickets', ok: true },
      { source: 'store', adapter: 'store', ok: true, problem: '' },
    ]);
    await bench.gateway.reload({ ...bench.plan, push: new Map() });
    expect(await bench.gateway.check()).toMatchObject([{ source: 'tickets', ok: true }]);
  });

  it('says that the store cannot be opened', async () => {
    const bench = await pushBench({ store: '/proc/nowhere/gateway.db' });
    const problem = expect.stringMatching(/^the store \/proc\/nowhere\/gateway\.db cannot be used: .*store\.file/);
    expect((await bench.gateway.check())[1]).toMatchObject({ source: 'store', ok: false, problem });
  });
});

it('a store that is damaged while it is open is said by check and figures, and details ask the other system', async () => {
  const first = await pushBench();
  await first.push();
  await first.close();
  const { store, target } = first;
  const ledger = await openLedger(store);
  // All but the first page, which SQLite has read already.
  const { size } = await stat(store);
  await truncate(store, 4_096);
  await appendFile(store, Buffer.alloc(size - 4_096, 'x'));
  const bench = await pushBench({ store, target, started: false, openLedger: async () => ledger });
  expect(await bench.details('1')).toMatchObject({ title: 'Printer' });
  expect(problems(bench).map(({ message }) => message)).toContain('the store of pushes cannot be read');
  expect(await bench.gateway.pushes.figures()).toBeUndefined();
  expect((await bench.gateway.check())[1]).toMatchObject({ source: 'store', ok: false });
});

it('a gateway with a spool takes pushes while its store is away, says where they are, and hands them over', async () => {
  const file = join(await temporaryFolder(), 'spool.db');
  const store = join(await temporaryFolder(), 'gateway.db');
  const spool = { file, isThere: () => existsSync(file), open: () => openLedger(file, { sends: false }) };
  for (const place of [file, store]) mkdirSync(place);
  const bench = await pushBench({ store, spool });
  const row = async () => (await bench.gateway.check()).find(({ source }) => source === 'store');
  const standing = (id: string) => bench.gateway.pushStanding({ target: 'Tickets', id });
  const isFolder = (place: string) => `the store ${place} is a folder; name a file in store.file, such as gateway.db`;
  expect(await row()).toMatchObject({ ok: false, problem: `${isFolder(store)}; and of the spool: ${isFolder(file)}` });
  expect(await bench.push()).toMatch(/^The gateway could not store the push/);
  rmdirSync(file);
  const warning = (count: number) => `${isFolder(store)}; pushes go to the spool ${file}, where ${count} wait`;
  expect(await row()).toMatchObject({ ok: true, problem: '', warnings: [warning(0)] });
  const id = await bench.push();
  expect([id.slice(0, 2), await bench.push()]).toEqual(['q-', id]);
  await bench.gateway.webhook({ name: 'escalations', request: pushed({ xRequest: '2' }) });
  expect(await row()).toMatchObject({ ok: true, warnings: [warning(2)] });
  const waits = expect.stringMatching(/^It waits to be sent to Tickets, since /);
  expect(await standing(id)).toMatchObject({ id, state: 'waiting', reason: waits });
  expect(await bench.details(id)).toMatchObject({ title: 'Printer', rows: [], standing: waits });
  const unknown = 'The gateway cannot look up pushes just now; try again in a minute';
  expect(await standing('q-x')).toMatchObject({ failure: { status: 503, message: expect.stringContaining(unknown) } });
  // What was handed over cannot be removed from the spool.
  const makeRoom = await leaveNoRoom(file, 'DELETE ON pushes');
  rmdirSync(store);
  expect(await bench.push({ xRequest: '3' })).toMatch(/^[123]$/);
  expect(await row()).toMatchObject({ ok: true, problem: '', warnings: [`pushes that wait in the spool ${file}: 2`] });
  await makeRoom();
  await until(() => bench.target.tickets.length === 3, 'what the spool had');
  await until(async () => (await standing(id)).state === 'done', 'the end');
  expect(await row()).not.toHaveProperty('warnings');
  expect(await standing('q-x')).toMatchObject({ failure: { status: 404 } });
});
