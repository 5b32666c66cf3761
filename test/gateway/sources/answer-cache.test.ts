import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { AnswerCache } from '../../../src/gateway/sources/answer-cache.ts';

const PLAN = { freshMs: 30_000, staleMs: 3_600_000, entries: 1_000 };

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance', 'Date', 'setTimeout', 'clearTimeout'] });
});

afterEach(() => {
  vi.useRealTimers();
});

function answer(...names: readonly string[]) {
  return { records: names.map((name) => ({ name })), notices: [], at: Date.now(), keptAt: performance.now() };
}

test('an answer is fresh for a while, then stale, then gone', () => {
  const cache = new AnswerCache(PLAN);
  cache.keep('q', answer('Bob'));
  vi.advanceTimersByTime(29_999);
  expect(cache.fresh('q')).toBeDefined();
  vi.advanceTimersByTime(2);
  expect([cache.fresh('q'), cache.stale('q')?.records]).toEqual([undefined, [{ name: 'Bob' }]]);
  vi.advanceTimersByTime(3_600_000);
  expect(cache.stale('q')).toBeUndefined();
});

test('that nobody was found is forgotten after five seconds', () => {
  const cache = new AnswerCache(PLAN);
  cache.keep('q', answer());
  vi.advanceTimersByTime(4_900);
  expect(cache.fresh('q')).toBeDefined();
  vi.advanceTimersByTime(200);
  expect([cache.fresh('q'), cache.stale('q')]).toEqual([undefined, undefined]);
});

test('a clock that is set back makes nothing fresh', () => {
  const cache = new AnswerCache(PLAN);
  cache.keep('q', answer('Bob'));
  vi.advanceTimersByTime(31_000);
  vi.setSystemTime(Date.now() - 3_600_000);
  expect(cache.fresh('q')).toBeUndefined();
});

test('all answers together have a size: the oldest go, and one that is too large is not kept', () => {
  const cache = new AnswerCache(PLAN);
  const large = 'x'.repeat(12_000_000);
  for (const key of ['a', 'b', 'c']) cache.keep(key, answer(large));
  expect(['a', 'b', 'c'].map((key) => cache.stale(key) !== undefined)).toEqual([false, true, true]);
  cache.keep('d', answer(large, large, large));
  expect(cache.stale('d')).toBeUndefined();
});
