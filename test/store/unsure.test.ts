/** When the last attempt that may have arrived was: what the search for it is counted from. */
import { describe, expect, it } from 'vitest';
import type { Ledger } from '../../src/gateway/push/ledger.ts';
import { openLedger } from '../../src/store/ledger.ts';
import { describeStores } from './stores.ts';
import { anyPush, makeOlder, newFile, opened, settle } from './support.ts';

const trouble = { kind: 'timeout', problem: 'no answer', words: 'w' };
const WAITING = { state: 'waiting', nextAt: 0, trouble, rejected: false } as const;

async function taken(ledger: Ledger): Promise<string> {
  const push = anyPush({ giveUpAfterMs: 86_400_000 });
  await ledger.accept([push]);
  await ledger.claim('Tickets', 1);
  return push.id;
}

describeStores('the time of the last attempt that may have arrived', ({ newPlace }) => {
  it('is what is said, stays while it is looked for, and goes when it is sure', async () => {
    let now = 1_000;
    const ledger = await (await newPlace()).opened({ now: () => now });
    const id = await taken(ledger);
    expect((await ledger.row(id))?.unsureAt).toBeUndefined();
    now = 2_000;
    await settle(ledger, id, { ...WAITING, unsure: true });
    expect((await ledger.row(id))?.unsureAt).toBe(2_000);
    now = 3_000;
    const [claimed] = await ledger.claim('Tickets', 1);
    expect(claimed?.row.unsureAt).toBe(2_000);
    await settle(ledger, id, { ...WAITING, unsure: true, unsureAt: 2_000 });
    expect((await ledger.row(id))?.unsureAt).toBe(2_000);
    await ledger.claim('Tickets', 1);
    await settle(ledger, id, { ...WAITING, unsure: false });
    expect((await ledger.row(id))?.unsureAt).toBeUndefined();
    await ledger.claim('Tickets', 1);
    await settle(ledger, id, { ...WAITING, unsure: true });
    expect((await ledger.row(id))?.unsureAt).toBe(3_000);
  });

  it('is the beginning of one that was interrupted', async () => {
    let now = 1_000_000;
    const place = await newPlace();
    const first = await place.open({ now: () => now });
    const id = await taken(first);
    await first.close();
    now += 49_000;
    const second = await place.opened({ now: () => now });
    await second.recover(() => 0);
    expect(await second.row(id)).toMatchObject({ state: 'waiting', unsure: true, unsureAt: 1_000_000 });
  });
});

describe('the same, in a file', () => {
  it.each([-3_600_000, 3_600_000])('moves with a clock that is set by %i ms', async (step) => {
    let wall = Date.UTC(2026, 10, 26);
    let monotonic = 5_000;
    const ledger = await opened(await newFile(), { now: () => wall, monotonic: () => monotonic });
    const id = await taken(ledger);
    await settle(ledger, id, { ...WAITING, nextAt: wall + 60_000, unsure: true });
    wall += step + 10_000;
    monotonic += 10_000;
    expect(await ledger.mendTimes()).toBe(1);
    const row = await ledger.row(id);
    // Ten seconds have passed, which a clock that is set back loses.
    expect(wall - (row?.unsureAt ?? 0)).toBe(step > 0 ? 10_000 : 0);
  });

  it('is that of the last change, in a file of an older gateway and of one that runs beside', async () => {
    let now = 1_000;
    const file = await newFile();
    const before = await openLedger(file, { now: () => now });
    const id = await taken(before);
    now = 2_000;
    await settle(before, id, { ...WAITING, unsure: true, unsureAt: 500 });
    await before.close();
    makeOlder(file, 3);
    now = 9_000;
    const ledger = await opened(file, { now: () => now });
    expect((await ledger.row(id))?.unsureAt).toBe(2_000);
    const [claimed] = await ledger.claim('Tickets', 1);
    expect(claimed?.row.unsureAt).toBe(2_000);
  });
});
