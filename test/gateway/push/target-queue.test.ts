import { describe, expect, it } from 'vitest';
import { SourceError, UserError } from '../../../src/contract/index.ts';
import { backOff } from '../../../src/gateway/push/schedule.ts';
import { TargetQueue } from '../../../src/gateway/push/target-queue.ts';

const retry = { firstMs: 1_000, longestMs: 60_000, giveUpAfterMs: 1 };
const down = new SourceError('unreachable', 'refused');

describe('the way to a target', () => {
  it('has room for four attempts', () => {
    const queue = new TargetQueue();
    expect(queue.capacity(0)).toBe(4);
    for (let count = 0; count < 4; count += 1) queue.began();
    expect(queue.capacity(0)).toBe(0);
    queue.ended();
    expect(queue.capacity(0)).toBe(1);
  });

  it('narrows to one after three failures of the target, pauses, and opens with its first answer', () => {
    const queue = new TargetQueue();
    for (const error of [down, new UserError('no such file')]) expect(queue.failed(error, retry, 0)).toBe(true);
    expect(queue.capacity(0)).toBe(4);
    queue.failed(new SourceError('unauthorized', 'no'), retry, 0);
    expect(queue.capacity(queue.pausedUntil)).toBe(1);
    queue.began();
    expect(queue.capacity(queue.pausedUntil)).toBe(0);
    expect(queue.answered()).toBe(true);
    expect(queue.capacity(0)).toBe(3);
    queue.failed(down, retry, 0);
    expect(queue.answered()).toBe(false);
  });

  it('is not narrowed by what was wrong with a push', () => {
    const queue = new TargetQueue();
    for (let count = 0; count < 5; count += 1) {
      expect(queue.failed(new SourceError('rejected', 'no such project'), retry, 0)).toBe(false);
      expect(queue.failed(new SourceError('bad-response', 'html'), retry, 0)).toBe(false);
      expect(queue.failed(new TypeError('a bug'), retry, 0)).toBe(false);
    }
    expect(queue.capacity(0)).toBe(4);
  });

  it('is as new after a reset, and lets one through a pause with nothing under way', () => {
    const queue = new TargetQueue();
    for (let count = 0; count < 3; count += 1) {
      queue.failed(new SourceError('rate-limited', 'slow', { retryAfterMs: 9_000 }), retry, 0);
    }
    expect([queue.capacity(10), queue.isIdlePause(10)]).toEqual([0, true]);
    queue.began();
    expect(queue.isIdlePause(10)).toBe(false);
    queue.reset();
    expect([queue.capacity(10), queue.isIdlePause(10)]).toEqual([3, false]);
  });

  it('rests as long as the target asks', () => {
    const queue = new TargetQueue();
    queue.failed(new SourceError('rate-limited', 'slow down', { retryAfterMs: 7_000 }), retry, 100);
    expect([queue.capacity(7_099), queue.capacity(7_100)]).toEqual([0, 4]);
  });
});

describe('the wait between attempts', () => {
  it('is anything up to the doubled time, and never beyond the longest', () => {
    const longest = (times: number) => Math.max(...Array.from({ length: 300 }, () => backOff(times, retry)));
    expect(longest(1)).toBeLessThanOrEqual(1_000);
    expect(longest(3)).toBeGreaterThan(1_000);
    expect(longest(3)).toBeLessThanOrEqual(4_000);
    expect(longest(500)).toBeLessThanOrEqual(60_000);
    expect(Math.min(...Array.from({ length: 300 }, () => backOff(3, retry)))).toBeLessThan(2_000);
  });
});
