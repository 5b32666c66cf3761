/** The clock of the machine is set while pushes wait: both ways, in one process, in several, and between two. */
import { readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ClockWatch } from '../../src/store/clock.ts';
import type { LedgerOptions } from '../../src/store/ledger.ts';
import { openLedger } from '../../src/store/ledger.ts';
import { Proof } from '../../src/store/proof.ts';
import { anyPush, newFile, opened } from './support.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;

/** Both clocks of a machine; only the time of day can be set. */
function machine() {
  let wall = Date.UTC(2026, 10, 26);
  let monotonic = 5_000;
  const options: LedgerOptions = { now: () => wall, monotonic: () => monotonic };
  return {
    options,
    now: () => wall,
    pass(ms: number) {
      wall += ms;
      monotonic += ms;
    },
    set(ms: number) {
      wall += ms;
    },
  };
}

const trouble = { kind: 'timeout', problem: 'p', words: 'w' };

/** A push whose first attempt failed, and that waits for so long. */
async function waiting(ledger: Awaited<ReturnType<typeof opened>>, now: number, waitMs: number, unsure = false) {
  const push = anyPush({ giveUpAfterMs: DAY });
  await ledger.accept([push]);
  await ledger.claim('Tickets', 1);
  await ledger.settle(
    { id: push.id, attempts: 1 },
    { state: 'waiting', nextAt: now + waitMs, trouble, unsure, rejected: false },
  );
  return push.id;
}

describe('a clock that is set back', () => {
  it.each([2_000, HOUR, 10 * YEAR])('by %i ms holds up nothing that waits', async (back) => {
    const { options, now, pass, set } = machine();
    const ledger = await opened(await newFile(), options);
    const id = await waiting(ledger, now(), 1_000);
    pass(500);
    set(-back);
    expect(await ledger.mendTimes()).toBe(1);
    expect(await ledger.nextDue('Tickets')).toBe(now() + 1_000);
    const row = await ledger.row(id);
    expect(row?.createdAt).toBeLessThanOrEqual(now());
    expect((row?.giveUpAt ?? 0) - now()).toBe(DAY);
    expect((await ledger.figures())[0]?.oldestAt).toBeLessThanOrEqual(now());
    expect(await ledger.mendTimes()).toBe(0);
    pass(1_000);
    expect(await ledger.claim('Tickets', 1)).toHaveLength(1);
  });

  it('between two processes holds up nothing: the next one puts it right', async () => {
    const { options, now, set } = machine();
    const file = await newFile();
    const ledger = await openLedger(file, options);
    await waiting(ledger, now(), 1_000);
    await ledger.close();
    set(-YEAR);
    const next = await opened(file, options);
    expect(await next.mendTimes()).toBe(1);
    expect(await next.nextDue('Tickets')).toBe(now() + 1_000);
  });

  it('leaves what was pushed known as such, and lets it be forgotten in its time', async () => {
    const { options, now, pass, set } = machine();
    const ledger = await opened(await newFile(), options);
    const push = anyPush({ fingerprint: 'same', duplicateWindowMs: 60_000 });
    await ledger.accept([push]);
    await ledger.claim('Tickets', 1);
    await ledger.settle({ id: push.id, attempts: 1 }, { state: 'done', receipt: { id: '1' }, keepBody: false });
    set(-YEAR);
    const again = { ...push, id: 'q-again' };
    expect(await ledger.accept([again])).toMatchObject([{ isNew: false, row: { id: push.id } }]);
    pass(DAY + 1_000);
    expect(await ledger.forget(now() - DAY)).toBe(1);
  });

  it('frees at once what a dead process was sending', async () => {
    const { options, now, set } = machine();
    const file = await newFile();
    const dead = await openLedger(file, options);
    await dead.accept([anyPush()]);
    await dead.claim('Tickets', 1);
    await dead.close();
    set(-HOUR);
    const next = await opened(file, options);
    await next.mendTimes();
    expect(await next.recover(() => 1_000)).toMatchObject([{ nextAt: now() + 1_000 }]);
  });
});

describe('a clock that is set forward', () => {
  it('shortens no wait, and gives nothing up before its time, however many processes notice', async () => {
    const { options, now, set } = machine();
    const file = await newFile();
    const [one, other] = [await opened(file, options), await opened(file, options)];
    for (const ledger of [one, other]) await ledger.mendTimes();
    const id = await waiting(one, now(), 5_000, true);
    set(YEAR);
    expect(await one.mendTimes()).toBe(1);
    expect(await other.mendTimes()).toBe(0);
    expect(await one.nextDue('Tickets')).toBe(now() + 5_000);
    expect(((await one.row(id))?.giveUpAt ?? 0) - now()).toBe(DAY);
    expect(await one.claim('Tickets', 1)).toEqual([]);
  });

  it('and back again leaves everything as it was', async () => {
    const { options, now, set } = machine();
    const ledger = await opened(await newFile(), options);
    const id = await waiting(ledger, now(), 5_000);
    const before = await ledger.row(id);
    set(YEAR);
    await ledger.mendTimes();
    set(-YEAR);
    await ledger.mendTimes();
    expect(await ledger.row(id)).toMatchObject({ nextAt: before?.nextAt, giveUpAt: before?.giveUpAt });
  });

  it('makes nothing old: it is forgotten in its time', async () => {
    const { options, now, pass, set } = machine();
    const ledger = await opened(await newFile(), options);
    const push = anyPush();
    await ledger.accept([push]);
    await ledger.drop(push.id);
    set(YEAR);
    expect(await ledger.forget(now() - DAY)).toBe(0);
    expect(await ledger.row(push.id)).toMatchObject({ state: 'dropped' });
    pass(DAY + 1_000);
    expect(await ledger.forget(now() - DAY)).toBe(1);
  });

  it('does not end the time in which the same push is known', async () => {
    const { options, pass, set } = machine();
    const ledger = await opened(await newFile(), options);
    const again = async () =>
      (await ledger.accept([anyPush({ fingerprint: 'same', duplicateWindowMs: 60_000 })]))[0]?.isNew;
    expect(await again()).toBe(true);
    pass(10_000);
    set(HOUR);
    expect(await again()).toBe(false);
    pass(60_000);
    expect(await again()).toBe(true);
  });

  it('takes nothing from a process that lives, where only its sign of life proves it', async () => {
    const { options, pass, set } = machine();
    const file = await newFile();
    const elsewhere = await opened(file, options);
    const ledger = await opened(file, options);
    await elsewhere.accept([anyPush()]);
    await elsewhere.claim('Tickets', 1);
    // As in a copy of the file: its proof of life is not there.
    for (const name of readdirSync(dirname(file))) if (/-live-/.test(name)) rmSync(join(dirname(file), name));
    set(HOUR);
    expect(await ledger.recover(() => 0)).toEqual([]);
    pass(61_000);
    expect(await ledger.recover(() => 0)).toHaveLength(1);
  });
});

it('a clock that is adjusted slowly is not one that was set', async () => {
  const { options, now, pass, set } = machine();
  const ledger = await opened(await newFile(), options);
  await ledger.mendTimes();
  await waiting(ledger, now(), HOUR);
  const due = await ledger.nextDue('Tickets');
  for (let second = 0; second < 3_000; second += 1) {
    pass(1_000);
    set(1);
    expect(await ledger.mendTimes()).toBe(0);
  }
  expect(await ledger.nextDue('Tickets')).toBe(due);
});

it('a step of the clock is forgotten when it is longer ago than what is asked for', () => {
  const { options, now, pass, set } = machine();
  const clock = new ClockWatch({ wall: now, monotonic: options.monotonic ?? now });
  set(HOUR);
  expect(clock.skippedWithin(10_000)).toBe(HOUR);
  pass(10_000);
  expect(clock.skippedWithin(10_000)).toBe(HOUR);
  pass(1);
  expect(clock.skippedWithin(10_000)).toBe(0);
  set(-HOUR);
  expect([clock.skippedWithin(10_000), clock.ahead, clock.pending]).toEqual([0, 0, 0]);
});

it('what proves that a push can be stored is asked for once in two seconds', async () => {
  let asked = 0;
  const proof = new Proof('gateway.db', async () => {
    asked += 1;
  });
  await Promise.all([proof.ask(), proof.ask()]);
  await proof.ask();
  expect(asked).toBe(1);
});
