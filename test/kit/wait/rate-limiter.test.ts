import { afterEach, describe, expect, it, vi } from 'vitest';
import { SourceError, withDeadline } from '../../../src/contract/index.ts';
import { callerOf } from '../../../src/kit/wait/caller.ts';
import { RateLimiter } from '../../../src/kit/wait/rate-limiter.ts';

const tooLate = (waitMs: number) => new SourceError('rate-limited', `${waitMs} ms`, { retryAfterMs: waitMs });

describe('a rate limiter', () => {
  afterEach(() => void vi.useRealTimers());

  it('gives two turns in ten seconds, in order, and that of somebody who leaves to the next', async () => {
    vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] });
    const limiter = new RateLimiter({ calls: 2, intervalMs: 10_250, refusal: tooLate });
    const start = performance.now();
    const given: string[] = [];
    const take = (name: string, signal = new AbortController().signal) =>
      limiter.take(callerOf(signal)).then(() => void given.push(`${name} ${performance.now() - start}`));
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

  it('holds those who wait too, when the system says so', async () => {
    vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] });
    const limiter = new RateLimiter({ calls: 1, intervalMs: 1_000, refusal: tooLate });
    const start = performance.now();
    const take = () => limiter.take(callerOf(new AbortController().signal)).then(() => performance.now() - start);
    const taken = [take(), take()];
    limiter.hold(5_000);
    await vi.advanceTimersByTimeAsync(6_000);
    expect(await Promise.all(taken)).toEqual([0, 5_000]);
  });

  it('refuses at once who cannot have a turn before the deadline, and says when there is one', async () => {
    const limiter = new RateLimiter({ calls: 1, intervalMs: 60_000, refusal: tooLate });
    await limiter.take(callerOf(new AbortController().signal));
    const late = withDeadline(5_000, new AbortController(), (signal) => limiter.take(callerOf(signal)));
    await expect(late).rejects.toMatchObject({ retryAfterMs: expect.closeTo(60_000, -3) });
  });
});
