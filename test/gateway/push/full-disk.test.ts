/** Pushes while the disk of the store is full, may not be written, or is not where it was. */
import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openLedger } from '../../../src/store/ledger.ts';
import { noDisk, smallDisk } from '../../support/full-disk.ts';
import { temporaryFolder } from '../../support/temp.ts';
import { type PushBench, pushBench, pushed, until } from './harness.ts';

const FULL = /^The gateway could not store the push, so it did not send it; tell your administrator \(ref/;
const QUEUED = { mode: 'queued' } as const;

const storeRow = async ({ gateway }: PushBench) => (await gateway.check()).find(({ source }) => source === 'store');
const refusals = ({ log }: PushBench) => log.lines.filter(({ message }) => message.startsWith('a push could not be'));

/** What is on the disk. */
async function ids(store: string): Promise<readonly string[]> {
  const ledger = await openLedger(store, { sends: false });
  const all = (await ledger.list({ limit: 1_000 })).map(({ id }) => id);
  await ledger.close();
  return all;
}

describe.skipIf(noDisk !== '')(`a full disk${noDisk}`, () => {
  it('is said by check and by the figure, by itself, in true words, and is over by itself', async () => {
    const disk = smallDisk(2_000);
    const bench = await pushBench({ store: join(disk.folder, 'gateway.db'), plan: QUEUED });
    await bench.push({ xRequest: 'first' });
    await until(() => bench.target.tickets.length === 1);
    // That it is done is written down after the target has said so.
    await until(async () => (await bench.gateway.pushes.figures())?.length === 0);
    expect(await storeRow(bench)).toMatchObject({ ok: true });
    expect(bench.gateway.pushes.isStoreUp()).toBe(true);
    disk.fill();
    await until(async () => (await storeRow(bench))?.ok === false, 'the row of the store');
    const problem = expect.stringMatching(
      /gateway\.db cannot be used: database or disk is full; free some space on the disk$/,
    );
    expect(await storeRow(bench)).toMatchObject({ problem });
    expect(bench.gateway.pushes.isStoreUp()).toBe(false);
    // What it holds can be read as before.
    expect(await bench.gateway.pushes.figures()).toEqual([]);
    expect(await bench.push({ xRequest: 'second' })).toMatch(FULL);
    expect(refusals(bench)).toMatchObject([{ fields: { kind: 'store', problem } }]);
    disk.free();
    await until(() => bench.gateway.pushes.isStoreUp(), 'the end of the trouble, without anybody asking');
    expect(await storeRow(bench)).toMatchObject({ ok: true, problem: '' });
    expect(await bench.push({ xRequest: 'third' })).toMatch(/^q-/);
    await until(() => bench.target.tickets.length === 2);
    const told = bench.log.lines.map(({ message }) => message);
    expect(told.filter((message) => message === 'the store of pushes cannot be used; tried again')).toHaveLength(1);
    expect(told.filter((message) => message === 'the queue of pushes works again')).toHaveLength(1);
  });

  it('is noticed though nobody pushes and nobody asks, and although little room is left', {
    timeout: 40_000,
  }, async () => {
    const disk = smallDisk(2_000);
    const bench = await pushBench({ store: join(disk.folder, 'gateway.db'), plan: QUEUED });
    await bench.push();
    await until(() => bench.target.tickets.length === 1);
    // Enough for a sign of life, too little for a push.
    disk.fill(8_192);
    const end = Date.now() + 30_000;
    while (bench.gateway.pushes.isStoreUp() && Date.now() < end) await new Promise((next) => setTimeout(next, 100));
    expect(bench.gateway.pushes.isStoreUp()).toBe(false);
  });

  it('in the middle of a hundred pushes loses none that was taken, and takes none that it cannot keep', async () => {
    const disk = smallDisk(1_000);
    const store = join(disk.folder, 'gateway.db');
    const bench = await pushBench({ store, plan: { ...QUEUED, body: '{{note}} {{filler}}' }, started: false });
    const first = await bench.push({ xRequest: 'first' });
    disk.fill(120_000);
    const some = Array.from({ length: 100 }, (_, index) =>
      bench.push({ xRequest: String(index), filler: 'x'.repeat(8_000) }),
    );
    const answers = await Promise.all(some);
    const taken = answers.filter((answer) => answer.startsWith('q-'));
    expect(answers.filter((answer) => !answer.startsWith('q-') && !FULL.test(answer))).toEqual([]);
    expect(taken.length).toBeLessThan(100);
    disk.free();
    await bench.close();
    expect([...(await ids(store))].sort()).toEqual([first, ...taken].sort());
  });

  it('at the start refuses pushes in true words, and takes them as soon as there is room', {
    timeout: 40_000,
  }, async () => {
    const disk = smallDisk(500);
    disk.fill();
    const bench = await pushBench({ store: join(disk.folder, 'var', 'gateway.db') });
    expect(await bench.push()).toMatch(FULL);
    expect(await storeRow(bench)).toMatchObject({ ok: false, problem: expect.stringContaining('free some space') });
    expect(bench.gateway.pushes.isStoreUp()).toBe(false);
    disk.free();
    expect(await bench.push()).toBe('1');
    expect(bench.gateway.pushes.isStoreUp()).toBe(true);
  });
});

describe('a store whose file', () => {
  it('was removed takes nothing new, delivers what it holds, and is then made anew', async () => {
    const bench = await pushBench({ plan: QUEUED });
    bench.target.fault = () => 'late';
    const held = await bench.push({ xRequest: 'held' });
    await until(() => bench.target.asked.length === 1);
    for (const end of ['', '-wal', '-shm']) rmSync(`${bench.store}${end}`, { force: true });
    expect(await bench.push({ xRequest: 'new' })).toMatch(FULL);
    const problem = expect.stringMatching(/gateway\.db was removed while the gateway used it; put it back/);
    expect(refusals(bench)).toMatchObject([{ fields: { kind: 'store', problem } }]);
    expect(await storeRow(bench)).toMatchObject({ ok: false, problem });
    expect(bench.gateway.pushes.isStoreUp()).toBe(false);
    bench.target.release();
    bench.target.fault = () => undefined;
    expect(held).toMatch(/^q-/);
    await until(() => bench.target.tickets.length === 1);
    await until(async () => (await bench.push({ xRequest: 'new' })).startsWith('q-'), 'a new store');
    expect(existsSync(bench.store)).toBe(true);
    await until(() => bench.target.tickets.length === 2);
    expect(await storeRow(bench)).toMatchObject({ ok: true });
    expect(await ids(bench.store)).toHaveLength(1);
  });

  it('was moved away and put back goes on as before', async () => {
    const bench = await pushBench({ plan: QUEUED, started: false });
    const held = await bench.push({ xRequest: 'held' });
    renameSync(bench.store, `${bench.store}.away`);
    expect(await bench.push({ xRequest: 'new' })).toMatch(FULL);
    renameSync(`${bench.store}.away`, bench.store);
    const next = await bench.push({ xRequest: 'new' });
    expect([...(await ids(bench.store))].sort()).toEqual([held, next].sort());
  });

  it('was replaced by that of another is not written into', async () => {
    const bench = await pushBench({ plan: QUEUED, started: false });
    await bench.push({ xRequest: 'held' });
    const other = join(await temporaryFolder(), 'gateway.db');
    await (await openLedger(other, { sends: false })).close();
    renameSync(other, bench.store);
    const { failure } = await bench.gateway.push({ target: 'Tickets', request: pushed({ xRequest: 'new' }) });
    expect(failure).toMatchObject({ status: 503, message: expect.stringMatching(FULL) });
    expect(refusals(bench)).toMatchObject([
      { fields: { problem: expect.stringContaining('was replaced by another') } },
    ]);
  });
});
