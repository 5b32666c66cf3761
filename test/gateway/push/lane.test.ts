import { describe, expect, it } from 'vitest';
import { SourceError, UserError } from '../../../src/contract/index.ts';
import { Lane } from '../../../src/gateway/push/lane.ts';
import { backOff } from '../../../src/gateway/push/schedule.ts';

const retry = { firstMs: 1_000, longestMs: 60_000, giveUpAfterMs: 1 };
const down = new SourceError('unreachable', 'refused');

describe('the way to a target', () => {
  it('has room for four attempts', () => {
    const lane = new Lane();
    expect(lane.capacity(0)).toBe(4);
    for (let count = 0; count < 4; count += 1) lane.began();
    expect(lane.capacity(0)).toBe(0);
    lane.ended();
    expect(lane.capacity(0)).toBe(1);
  });

  it('narrows to one after three failures of the target, pauses, and opens with its first answer', () => {
    const lane = new Lane();
    for (const error of [down, new UserError('no such file')]) expect(lane.failed(error, retry, 0)).toBe(true);
    expect(lane.capacity(0)).toBe(4);
    lane.failed(new SourceError('unauthorized', 'no'), retry, 0);
    expect(lane.capacity(lane.pausedUntil)).toBe(1);
    lane.began();
    expect(lane.capacity(lane.pausedUntil)).toBe(0);
    expect(lane.answered()).toBe(true);
    expect(lane.capacity(0)).toBe(3);
    lane.failed(down, retry, 0);
    expect(lane.answered()).toBe(false);
  });

  it('is not narrowed by what was wrong with a push', () => {
    const lane = new Lane();
    for (let count = 0; count < 5; count += 1) {
      expect(lane.failed(new SourceError('rejected', 'no such project'), retry, 0)).toBe(false);
      expect(lane.failed(new SourceError('bad-response', 'html'), retry, 0)).toBe(false);
      expect(lane.failed(new TypeError('a bug'), retry, 0)).toBe(false);
    }
    expect(lane.capacity(0)).toBe(4);
  });

  it('is as new after a reset, and lets one through a pause with nothing under way', () => {
    const lane = new Lane();
    for (let count = 0; count < 3; count += 1) {
      lane.failed(new SourceError('rate-limited', 'slow', { retryAfterMs: 9_000 }), retry, 0);
    }
    expect([lane.capacity(10), lane.isIdlePause(10)]).toEqual([0, true]);
    lane.began();
    expect(lane.isIdlePause(10)).toBe(false);
    lane.reset();
    expect([lane.capacity(10), lane.isIdlePause(10)]).toEqual([3, false]);
  });

  it('rests as long as the target asks', () => {
    const lane = new Lane();
    lane.failed(new SourceError('rate-limited', 'slow down', { retryAfterMs: 7_000 }), retry, 100);
    expect([lane.capacity(7_099), lane.capacity(7_100)]).toEqual([0, 4]);
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
