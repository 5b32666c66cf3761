import { expect, test } from 'vitest';
import { ago, clock, soon } from '../../../src/kit/text/clock.ts';

const NOON = new Date(2026, 10, 26, 12, 4, 59).getTime();

test('a time of today is a time, of another day it has the day', () => {
  expect(clock(NOON, NOON)).toBe('12:04');
  expect(clock(NOON - 12 * 3_600_000, NOON)).toBe('00:04');
  expect(clock(NOON - 13 * 3_600_000, NOON)).toBe('2026-11-25 23:04');
});

test('how long ago, in the largest unit', () => {
  expect([-5, 0, 1_000, 59_999, 7_200_000].map((milliseconds) => ago(NOON - milliseconds, NOON))).toEqual([
    ...['a moment ago', 'a moment ago', '1 second ago', '59 seconds ago', '2 hours ago'],
  ]);
});

test('what comes is in seconds, or at a time', () => {
  expect(soon(NOON - 5, NOON)).toBe('in a second');
  expect(soon(NOON + 1_500, NOON)).toBe('in 2 seconds');
  expect(soon(NOON + 120_000, NOON)).toBe('in 120 seconds');
  expect(soon(NOON + 600_000, NOON)).toBe('at 12:14');
});
