import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { inBackground, SourceError, withDeadline, withDeadlineWithin } from '../../../src/contract/index.ts';
import { shareAccounts } from '../../../src/kit/wait/account-share.ts';
import { callerOf } from '../../../src/kit/wait/caller.ts';
import { RateLimiter } from '../../../src/kit/wait/rate-limiter.ts';

const tooLate = (waitMs: number, isHeld: boolean) =>
  new SourceError('rate-limited', isHeld ? 'held' : 'busy', { retryAfterMs: waitMs });
const HOUR_MS = 3_600_000;

/** Somebody with a call of his own, of which each turn belongs to the same call. */
async function call(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  await withDeadline(HOUR_MS, new AbortController(), work);
}

describe('a rate limiter', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] }));
  afterEach(() => {
    vi.useRealTimers();
    shareAccounts(1);
  });

  it('gives two turns in ten seconds, in order, and that of somebody who leaves to the next', async () => {
    const limiter = new RateLimiter({ calls: 2, intervalMs: 10_250 });
    const start = performance.now();
    const given: string[] = [];
    const take = (name: string, signal = new AbortController().signal) =>
      limiter.take(callerOf(signal), tooLate).then(() => void given.push(`${name} ${performance.now() - start}`));
    const leaving = new AbortController();
    await take('a');
    vi.advanceTimersByTime(1_000);
    await take('b');
    vi.advanceTimersByTime(1_000);
    const left = take('c', leaving.signal).catch((error: Error) => void given.push(error.message));
    leaving.abort(new Error('c has gone'));
    await left;
    const waiting = [take('d'), take('e')];
    await vi.advanceTimersByTimeAsync(20_000);
    await Promise.all(waiting);
    expect(given).toEqual(['c has gone', 'd 10250', 'e 11250'].toSpliced(0, 0, 'a 0', 'b 1000'));
  });

  it.each([
    [10, 3, [0, 0, 0, 1_000, 1_000]],
    [2, 4, [0, 2_000, 4_000, 6_000, 8_000]],
  ])('of %i in a second keeps to the part of one process where %i use the account', async (calls, processes, times) => {
    const limiter = new RateLimiter({ calls, intervalMs: 1_000 });
    const start = performance.now();
    shareAccounts(processes);
    const take = () =>
      limiter.take(callerOf(new AbortController().signal), tooLate).then(() => performance.now() - start);
    const taken = times.map(take);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(await Promise.all(taken)).toEqual(times);
  });

  it('holds those who wait too, when the system says so', async () => {
    const limiter = new RateLimiter({ calls: 1, intervalMs: 1_000 });
    const start = performance.now();
    const take = () =>
      limiter.take(callerOf(new AbortController().signal), tooLate).then(() => performance.now() - start);
    const taken = [take(), take()];
    limiter.hold(5_000);
    await vi.advanceTimersByTimeAsync(6_000);
    expect(await Promise.all(taken)).toEqual([0, 5_000]);
  });

  it('tells who comes during a pause of the system that it is one, and asks again after a minute at most', async () => {
    const limiter = new RateLimiter();
    limiter.hold(24 * HOUR_MS);
    const late = withDeadline(5_000, new AbortController(), (signal) => limiter.take(callerOf(signal), tooLate));
    await expect(late).rejects.toMatchObject({ message: 'held', retryAfterMs: 60_000 });
    const patient = limiter.take(callerOf(new AbortController().signal), tooLate);
    await vi.advanceTimersByTimeAsync(60_000);
    await patient;
  });

  it('refuses at once who cannot have a turn before the deadline, and says when there is one', async () => {
    const limiter = new RateLimiter({ calls: 1, intervalMs: 60_000 });
    await limiter.take(callerOf(new AbortController().signal), tooLate);
    const late = withDeadline(5_000, new AbortController(), (signal) => limiter.take(callerOf(signal), tooLate));
    await expect(late).rejects.toMatchObject({ message: 'busy', retryAfterMs: 60_000 });
  });

  it('finishes a call that needs several turns before it begins a later one', async () => {
    const limiter = new RateLimiter({ calls: 1, intervalMs: 1_000 });
    const turns: string[] = [];
    const lookup = (name: string) =>
      call(async (signal) => {
        for (let step = 1; step <= 3; step += 1) {
          // A source may have a time-out of its own for each step.
          await withDeadlineWithin(HOUR_MS, signal, (limited) => limiter.take(callerOf(limited), tooLate));
          turns.push(`${name}${step}`);
        }
      });
    const lookups: Promise<void>[] = [];
    for (const name of 'abc') {
      lookups.push(lookup(name));
      await vi.advanceTimersByTimeAsync(1);
    }
    await vi.advanceTimersByTimeAsync(10_000);
    await Promise.all(lookups);
    expect(turns.join(' ')).toBe('a1 a2 a3 b1 b2 b3 c1 c2 c3');
  });

  it('lets staff go before background work, and does not starve that', async () => {
    const limiter = new RateLimiter({ calls: 1, intervalMs: 1_000 });
    const turns: string[] = [];
    const join = (name: string, isBackground: boolean) =>
      call(async (signal) => {
        await limiter.take(callerOf(isBackground ? inBackground(signal) : signal), tooLate);
        turns.push(name);
      });
    const all = [join('first', false)];
    for (const name of ['p1', 'p2']) all.push(join(name, true));
    for (let at = 1; at <= 10; at += 1) all.push(join(`s${at}`, false));
    await vi.advanceTimersByTimeAsync(20_000);
    await Promise.all(all);
    expect(turns.join(' ')).toBe('first s1 s2 s3 s4 p1 s5 s6 s7 s8 p2 s9 s10');
  });

  it('tells both how long they would have to wait', async () => {
    const limiter = new RateLimiter({ calls: 1, intervalMs: 1_000 });
    const waiting = (isBackground: boolean) =>
      call((signal) => limiter.take(callerOf(isBackground ? inBackground(signal) : signal), tooLate));
    const all = [false, ...Array<boolean>(3).fill(false), ...Array<boolean>(2).fill(true)].map(waiting);
    const waitOf = (isBackground: boolean) =>
      withDeadline(10, new AbortController(), (signal) =>
        limiter.take(callerOf(isBackground ? inBackground(signal) : signal), tooLate),
      ).catch((error: SourceError) => error.retryAfterMs);
    // Three of staff before, and none of the two in the background.
    expect(await waitOf(false)).toBe(4_000);
    // All three, and two in the background.
    expect(await waitOf(true)).toBe(6_000);
    await vi.advanceTimersByTimeAsync(10_000);
    await Promise.all(all);
  });

  it('keeps the lowest of the limits of those who share it, as long as they do', async () => {
    const limiter = new RateLimiter({ calls: 10, intervalMs: 1_000 });
    const start = performance.now();
    const times: number[] = [];
    const take = () =>
      limiter.take(callerOf(new AbortController().signal), tooLate).then(() => times.push(performance.now() - start));
    const raise = limiter.allow({ calls: 1, intervalMs: 2_000 });
    const all = Array.from({ length: 8 }, take);
    await vi.advanceTimersByTimeAsync(4_500);
    expect(times).toEqual([0, 2_000, 4_000]);
    raise();
    await vi.advanceTimersByTimeAsync(900);
    expect(times).toHaveLength(8);
    await Promise.all(all);
    expect(limiter.isAtRest).toBe(false);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(limiter.isAtRest).toBe(true);
  });
});
