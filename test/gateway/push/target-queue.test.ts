import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { SourceError, UserError } from '../../../src/contract/index.ts';
import { backOff, Setback } from '../../../src/gateway/push/schedule.ts';
import { TargetQueue } from '../../../src/gateway/push/target-queue.ts';

const retry = { firstMs: 1_000, longestMs: 60_000, giveUpAfterMs: 1 };
const down = new SourceError('unreachable', 'refused');

/** What it lets begin, by what it knows itself. */
function room(queue: TargetQueue, now: number, sending = 0) {
  const { limit, order } = queue.admit({ known: queue.memory, sending, now });
  return { limit, order };
}

/** How many it lets begin of those that nobody asked for. */
function capacity(queue: TargetQueue, now: number, sending = 0): number {
  const { limit, order } = room(queue, now, sending);
  return order === 'by hand' ? 0 : limit;
}

describe('the way to a target', () => {
  it('has room for four attempts', () => {
    const queue = new TargetQueue();
    expect([0, 4, 3].map((sending) => capacity(queue, 0, sending))).toEqual([4, 0, 1]);
    for (let count = 0; count < 4; count += 1) queue.began();
    expect(queue.waitMs(0)).toBe(Number.POSITIVE_INFINITY);
    queue.ended();
    expect(queue.waitMs(0)).toBe(0);
  });

  it.each([
    ['unreachable', down],
    ['set up wrongly', new UserError('no such file')],
    ['refusing us', new SourceError('unauthorized', 'no')],
    ['too slow', new SourceError('timeout', 'slow')],
    ['out of order', new SourceError('bad-response', 'answered 502')],
  ])(
    'narrows to one after three pushes have failed because it is %s, pauses, and opens with its first answer',
    (_, error) => {
      const queue = new TargetQueue();
      for (const id of ['a', 'b']) expect(queue.failed(id, error, retry, 0)).toBe('target');
      expect([capacity(queue, 0), queue.pausedUntil]).toEqual([2, 0]);
      queue.failed('c', error, retry, 0);
      expect(queue.pausedUntil).toBeGreaterThanOrEqual(retry.firstMs / 2);
      expect([capacity(queue, 0), capacity(queue, queue.pausedUntil)]).toEqual([0, 1]);
      expect(capacity(queue, queue.pausedUntil, 1)).toBe(0);
      expect(queue.answered('d', 0)).toEqual([]);
      expect(capacity(queue, 0, 1)).toBe(3);
      queue.failed('e', error, retry, 0);
      expect(queue.answered('d', 0)).toBeUndefined();
    },
  );

  it('begins no more while some that failed are not followed by an answer', () => {
    const queue = new TargetQueue();
    for (const id of ['a', 'b', 'c', 'd']) queue.failed(id, down, retry, 0);
    // Each that ended left its place empty: four have failed, and not six.
    expect(capacity(queue, 0)).toBe(0);
    const other = new TargetQueue();
    other.failed('a', down, retry, 0);
    expect(capacity(other, 0, 3)).toBe(0);
  });

  it('is not held up by one push that fails again and again', () => {
    const queue = new TargetQueue();
    for (let count = 0; count < 50; count += 1)
      queue.failed('poison', new SourceError('bad-response', '500'), retry, 0);
    expect([queue.pausedUntil, capacity(queue, 0)]).toEqual([0, 3]);
  });

  it('looks with what may have arrived, and every other time with the rest', () => {
    const queue = new TargetQueue();
    expect([queue.nextOrder(), queue.nextOrder()]).toEqual(['unsure first', 'unsure first']);
    for (const id of ['a', 'b', 'c']) queue.failed(id, down, retry, 0);
    expect([queue.nextOrder(), queue.nextOrder(), queue.nextOrder()]).toEqual([
      'unsure first',
      'sure first',
      'unsure first',
    ]);
  });

  it('hurries what failed while it was down, once', () => {
    const queue = new TargetQueue();
    const fail = (...ids: string[]) => {
      for (const id of ids) queue.failed(id, down, retry, 0);
    };
    fail('a', 'b', 'c');
    expect(queue.answered('x', 0)).toEqual([]);
    fail('a', 'c', 'd');
    expect(queue.answered('d', 0)).toEqual(['a', 'c']);
    fail('e', 'f', 'g');
    expect(queue.answered('x', 0)).toEqual([]);
    // Of one that was not down when it answered nothing is remembered, nor of the push itself that got through.
    fail('e');
    expect(queue.answered('x', 0)).toBeUndefined();
    fail('e', 'f', 'h');
    expect(queue.answered('e', 0)).toEqual(['f']);
    fail('e', 'h', 'i');
    expect(queue.answered('x', 0)).toEqual(['h']);
  });

  it('is stopped by a target that is gone, until it is as new or the target answers otherwise', () => {
    const gone = new SourceError('rejected', 'answered 410', { gone: true });
    const queue = new TargetQueue();
    expect(queue.failed('a', gone, retry, 0)).toBe('target');
    expect([queue.gone, capacity(queue, 1e9), room(queue, 1e9)]).toEqual([gone, 0, { limit: 1, order: 'by hand' }]);
    queue.failed('a', new TypeError('a bug'), retry, 0);
    expect(queue.gone).toEqual(gone);
    queue.reset();
    expect([queue.gone, capacity(queue, 0)]).toEqual([undefined, 4]);
    queue.failed('a', gone, retry, 0);
    queue.failed('a', down, retry, 0);
    expect(queue.gone).toBeUndefined();
    // One that a person sent was taken.
    queue.reset();
    queue.failed('a', gone, retry, 0);
    queue.answered('a', 0);
    expect([queue.gone, queue.memory]).toEqual([undefined, undefined]);
  });

  it('asks the ledger again after a second where there was no room, and counts no look that was not made', () => {
    let time = 5_000;
    vi.spyOn(performance, 'now').mockImplementation(() => time);
    onTestFinished(() => void vi.restoreAllMocks());
    const queue = new TargetQueue();
    expect(queue.isWorthAsking).toBe(true);
    queue.filled();
    time = 5_999;
    expect([queue.isWorthAsking, queue.waitMs(0)]).toEqual([false, 1]);
    time = 6_000;
    expect([queue.isWorthAsking, queue.waitMs(0)]).toEqual([true, 0]);
    for (let count = 0; count < 4; count += 1) queue.began();
    expect(queue.isWorthAsking).toBe(false);
    queue.ended();
    expect(queue.isWorthAsking).toBe(true);
    for (const id of ['a', 'b', 'c']) queue.failed(id, down, retry, 0);
    const { pausedUntil, memory } = queue;
    expect(room(queue, pausedUntil, 1)).toEqual({ limit: 0, order: 'unsure first' });
    expect([queue.memory, queue.waitMs(pausedUntil)]).toEqual([memory, 1_000]);
    expect(room(queue, pausedUntil)).toEqual({ limit: 1, order: 'unsure first' });
    expect(queue.memory?.looks).toBe((memory?.looks ?? 0) + 1);
    queue.reset();
    expect(queue.waitMs(0)).toBe(0);
    queue.failed('a', new SourceError('rate-limited', 'slow', { retryAfterMs: 300 }), retry, 0);
    expect([room(queue, 100).limit, queue.waitMs(100), queue.isWorthAsking]).toEqual([1, 200, false]);
  });

  it('tells since when the target is down and why, until it answers, and when that was', () => {
    const queue = new TargetQueue();
    for (const id of ['a', 'b']) queue.failed(id, down, retry, 900);
    expect([queue.outage, queue.answeredAt]).toEqual([undefined, undefined]);
    queue.failed('c', down, retry, 1_000);
    queue.failed('d', new SourceError('timeout', 'slow'), retry, 2_000);
    expect(queue.outage).toEqual({ since: 1_000, error: down });
    queue.answered('e', 2_000);
    expect([queue.outage, queue.answeredAt]).toEqual([undefined, 2_000]);
    const gone = new SourceError('rejected', 'answered 410', { gone: true });
    queue.failed('f', gone, retry, 2_000);
    expect(queue.outage).toEqual({ since: 2_000, error: gone });
  });

  it('takes a search that does not find it yet for an answer, and any other setback for nothing', () => {
    const queue = new TargetQueue();
    expect(queue.failed('a', new Setback('looking', 'not found', 9), retry, 0)).toBe('push');
    expect(queue.failed('a', new Setback('interrupted', 'stopped'), retry, 0)).toBe('nobody');
    expect(capacity(queue, 0)).toBe(4);
  });

  it('is spared for longer with each failure while it is down', () => {
    vi.spyOn(Math, 'random').mockReturnValue(0);
    onTestFinished(() => void vi.restoreAllMocks());
    const queue = new TargetQueue();
    const pauses = ['a', 'b', 'c', 'd', 'e'].map((id) => {
      queue.failed(id, down, retry, 0);
      return queue.pausedUntil;
    });
    // Half of the doubled first wait, counted from when it was known to be down.
    expect(pauses).toEqual([0, 0, 500, 1_000, 2_000]);
    expect([room(queue, 1_999).order, room(queue, 2_000).order]).toEqual(['by hand', 'unsure first']);
    expect([capacity(queue, 1_999), capacity(queue, 2_000)]).toEqual([0, 1]);
  });

  it('is not narrowed by what was wrong with a push', () => {
    const queue = new TargetQueue();
    for (let count = 0; count < 5; count += 1) {
      const id = String(count);
      expect(queue.failed(id, new SourceError('rejected', 'no such field'), retry, 0)).toBe('push');
      expect(queue.failed(id, new SourceError('not-found', 'no such project'), retry, 0)).toBe('push');
      expect(queue.failed(id, new TypeError('a bug'), retry, 0)).toBe('nobody');
    }
    expect(capacity(queue, 0)).toBe(4);
  });

  it('is as new after a reset, and lets one that a person asked for through a pause with nothing under way', () => {
    const queue = new TargetQueue();
    for (let count = 0; count < 3; count += 1) {
      queue.failed(String(count), new SourceError('rate-limited', 'slow', { retryAfterMs: 9_000 }), retry, 0);
    }
    expect([capacity(queue, 10), room(queue, 10)]).toEqual([0, { limit: 1, order: 'by hand' }]);
    expect(room(queue, 10, 1)).toEqual({ limit: 0, order: 'by hand' });
    queue.reset();
    expect([capacity(queue, 10), room(queue, 10)]).toEqual([4, { limit: 4, order: 'unsure first' }]);
  });

  it('rests as long as the target asks', () => {
    const queue = new TargetQueue();
    queue.failed('a', new SourceError('rate-limited', 'slow down', { retryAfterMs: 7_000 }), retry, 100);
    expect([capacity(queue, 7_099), capacity(queue, 7_100)]).toEqual([0, 3]);
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
