import { describe, expect, test } from 'vitest';
import { ago, clock, lasting, soon } from '../../src/gateway/clock.ts';

const NOON = new Date(2026, 10, 26, 12, 4, 59).getTime();

test('a time of today is a time, of another day it has the day', () => {
  expect(clock(NOON, NOON)).toBe('12:04');
  expect(clock(NOON - 12 * 3_600_000, NOON)).toBe('00:04');
  expect(clock(NOON - 13 * 3_600_000, NOON)).toBe('2026-11-25 23:04');
});

describe('how long', () => {
  test.each([
    [-5, '0 seconds'],
    [1_000, '1 second'],
    [119_999, '119 seconds'],
    [120_000, '2 minutes'],
    [7_199_999, '119 minutes'],
    [7_200_000, '2 hours'],
    [172_799_999, '47 hours'],
    [172_800_000, '2 days'],
    [86_400_000 * 400, '400 days'],
  ])('%d ms: %s', (milliseconds, words) => {
    expect(lasting(milliseconds)).toBe(words);
    expect(ago(NOON - milliseconds, NOON)).toBe(`${words} ago`);
  });
});

test('what comes is in seconds, or at a time', () => {
  expect(soon(NOON - 5, NOON)).toBe('in a second');
  expect(soon(NOON + 1_500, NOON)).toBe('in 2 seconds');
  expect(soon(NOON + 120_000, NOON)).toBe('in 120 seconds');
  expect(soon(NOON + 600_000, NOON)).toBe('at 12:14');
});
