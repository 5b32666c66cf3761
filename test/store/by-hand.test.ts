/** What is kept for whoever looks after pushes: attempts, what was superseded, selections. */
import { describe, expect, it } from 'vitest';
import type { AttemptResult, Ledger, NewPush } from '../../src/gateway/push/ledger.ts';
import { openLedger, viewLedger } from '../../src/store/ledger.ts';
import { describeStores, numbersOf } from './stores.ts';
import { anyPush, makeOlder, newFile, opened, settle } from './support.ts';

const trouble = { kind: 'timeout', problem: 'no answer', words: 'w' };
const done: AttemptResult = { state: 'done', receipt: { id: 'A-7' }, keepBody: false };
const failed: AttemptResult = { state: 'failed', trouble };
const unclear: AttemptResult = { state: 'unclear', trouble };
const again: AttemptResult = { state: 'waiting', nextAt: 0, trouble, unsure: false, rejected: false };

/** Takes a push in; with the end of its first attempt. */
async function add(ledger: Ledger, result?: AttemptResult, more: Partial<NewPush> = {}): Promise<string> {
  const push = anyPush(more);
  await ledger.accept([push]);
  if (result === undefined) return push.id;
  await ledger.claim(push.target, 1);
  await settle(ledger, push.id, result);
  return push.id;
}

describeStores('the attempts of a push', ({ newPlace }) => {
  it('are kept with their times and reasons: the first five and the last twenty', async () => {
    let now = 1_000;
    const ledger = await (await newPlace()).opened({ now: () => now });
    const id = await add(ledger);
    for (let attempt = 1; attempt <= 40; attempt += 1) {
      await ledger.claim('Tickets', 1);
      now += 70;
      const problem = `${attempt} ${'\ud83d\ude00'.repeat(600)}\0`;
      if (attempt < 40) await settle(ledger, id, { ...again, trouble: { ...trouble, problem } });
    }
    const kept = await ledger.attempts(id);
    expect(kept.map(({ number }) => number)).toEqual([
      1,
      2,
      3,
      4,
      5,
      ...Array.from({ length: 20 }, (_, at) => 21 + at),
    ]);
    expect(kept[0]).toMatchObject({
      at: 1_000,
      ms: 70,
      result: 'waiting',
      reason: expect.stringMatching(/^1 \p{Emoji}+$/u),
    });
    expect(Array.from(kept[0]?.reason ?? '')).toHaveLength(500);
    expect(kept.at(-1)).toEqual({ number: 40, at: 1_000 + 39 * 70, ms: undefined, result: undefined, reason: '' });
    await settle(ledger, id, { ...done, tookMs: 12.4 });
    expect((await ledger.attempts(id)).at(-1)).toMatchObject({ ms: 12, result: 'done', reason: '' });
  });

  it('are kept of a direct push too, and of one whose process died', async () => {
    const place = await newPlace();
    const first = await place.open();
    const id = await add(first, undefined, { mode: 'direct' });
    // It was sending: others take that over.
    await first.close();
    const second = await place.opened();
    await second.recover(() => 0);
    expect(await second.attempts(id)).toMatchObject([{ number: 1, result: 'interrupted' }]);
  });

  it('are removed with it', async () => {
    let now = 1_000;
    const place = await newPlace();
    const ledger = await place.opened({ now: () => now, monotonic: () => now });
    await add(ledger, failed);
    now = 5_000;
    const young = await add(ledger, failed);
    await ledger.forget(2_000);
    expect(await ledger.attempts(young)).toHaveLength(1);
    expect(numbersOf(await place.sql('SELECT count(*) AS count FROM attempts'))).toEqual([1]);
  });
});

describeStores('what a later push of the same request has superseded', ({ newPlace }) => {
  const same = { xRequest: '12400' };

  it('is marked, whichever ended first, and counts no more', async () => {
    const ledger = await (await newPlace()).opened();
    const first = await add(ledger, unclear, same);
    const second = await add(ledger, failed, same);
    const other = await add(ledger, failed, { xRequest: '12401' });
    const elsewhere = await add(ledger, failed, { ...same, target: 'Mail' });
    const late = await add(ledger, undefined, same);
    await ledger.claim('Tickets', 1);
    const got = await add(ledger, done, same);
    await settle(ledger, late, unclear);
    const rows = await Promise.all([first, second, late, other, elsewhere].map((id) => ledger.row(id)));
    expect(rows.map((row) => row?.supersededBy)).toEqual([...[got, got, got, undefined, undefined]]);
    expect(await ledger.figures()).toMatchObject([
      { target: 'Mail', failed: 1, unclear: 0 },
      { target: 'Tickets', failed: 1, unclear: 0 },
    ]);
    expect((await ledger.row(first))?.state).toBe('unclear');
  });

  it('is not, when the later one did not get there, and without a number of a request', async () => {
    const ledger = await (await newPlace()).opened();
    const first = await add(ledger, unclear, same);
    await add(ledger, failed, same);
    const nameless = await add(ledger, failed, { xRequest: '' });
    await add(ledger, done, { xRequest: '' });
    expect((await ledger.row(first))?.supersededBy).toBeUndefined();
    expect((await ledger.row(nameless))?.supersededBy).toBeUndefined();
  });

  it('is nothing of the past while it is sent again', async () => {
    const ledger = await (await newPlace()).opened();
    const first = await add(ledger, failed, same);
    const second = await add(ledger, done, same);
    await ledger.retry(first, 60_000);
    expect((await ledger.row(first))?.supersededBy).toBeUndefined();
    await ledger.claim('Tickets', 1);
    await settle(ledger, first, failed);
    expect((await ledger.row(first))?.supersededBy).toBe(second);
  });
});

describeStores('the same push once more', ({ newPlace }) => {
  it('is not held back by what is unclear, but by what is under way', async () => {
    let now = 1_000;
    const ledger = await (await newPlace()).opened({ now: () => now });
    const plain = { fingerprint: 'f', mode: 'direct', xRequest: '1' } as const;
    const once = { ...plain, fingerprint: 'f again', againOf: 'f' };
    const first = await add(ledger, undefined, plain);
    const take = async (more: Partial<NewPush>) => (await ledger.accept([anyPush(more)]))[0];
    expect(await take(once)).toMatchObject({ isNew: false, row: { id: first } });
    await settle(ledger, first, unclear);
    now += 1_000_000;
    expect(await take(plain)).toMatchObject({ isNew: false, row: { id: first } });
    const second = await take(once);
    expect(second?.isNew).toBe(true);
    const id = second?.row.id ?? '';
    await settle(ledger, id, unclear);
    // A double click; and somebody who has looked once more, later.
    expect(await take(once)).toMatchObject({ isNew: false, row: { id } });
    now += 2_000;
    const third = await take(once);
    expect(third?.isNew).toBe(true);
    await settle(ledger, third?.row.id ?? '', done);
    expect((await ledger.row(first))?.supersededBy).toBe(third?.row.id);
    now += 2_000;
    expect((await take(plain))?.isNew).toBe(true);
  });

  it('within the window, of what was superseded, is the one that got there', async () => {
    const ledger = await (await newPlace()).opened({ now: () => 1_000 });
    const plain = { fingerprint: 'f', xRequest: '1' };
    await add(ledger, unclear, plain);
    const second = await add(ledger, done, { ...plain, fingerprint: 'f again', againOf: 'f' });
    expect((await ledger.accept([anyPush(plain)]))[0]).toMatchObject({ isNew: false, row: { id: second } });
  });
});

describeStores('a push that a person sends again', ({ newPlace }) => {
  it('leaves unclear when the next attempt surely failed, and not when it was interrupted', async () => {
    const place = await newPlace();
    const first = await place.open();
    const id = await add(first, unclear);
    expect(await first.row(id)).toMatchObject({ state: 'unclear', unsure: true });
    await first.retry(id, 60_000);
    expect(await first.row(id)).toMatchObject({ state: 'waiting', insisted: true, unsure: true });
    await first.claim('Tickets', 1);
    await first.close();
    const second = await place.opened();
    await second.recover(() => 0);
    expect(await second.row(id)).toMatchObject({ state: 'waiting', insisted: false, unsure: true });
    await second.claim('Tickets', 1);
    await settle(second, id, failed);
    expect(await second.row(id)).toMatchObject({ state: 'failed', unsure: false });
  });
});

describe('a file of an older gateway', () => {
  it('keeps what it holds, and is marked where a later push got there', async () => {
    const file = await newFile();
    const before = await openLedger(file);
    const same = { xRequest: '12400' };
    const first = await add(before, failed, same);
    const got = await add(before, done, same);
    const open = await add(before, undefined);
    await before.close();
    makeOlder(file, 1);
    const view = await viewLedger(file);
    expect(await view.row(first)).toMatchObject({
      state: 'failed',
      supersededBy: got,
      staff: '',
      reference: '',
      trouble,
    });
    expect(await view.attempts(first)).toEqual([]);
    view.close();
    const ledger = await opened(file);
    expect(await ledger.claim('Tickets', 1)).toMatchObject([{ row: { id: open }, request: { body: 'It burns' } }]);
    expect(await ledger.attempts(open)).toHaveLength(1);
  });
});
