import { expect, test } from 'vitest';
import { ago, clock, soon } from '../../../src/kit/text/clock.ts';
import { inZone } from '../../support/zone.ts';

const NOON = new Date(2026, 10, 26, 12, 4, 59).getTime();

test('a time of today is a time, of another day it has the day', () => {
  expect(clock(NOON, NOON)).toBe('12:04');
  expect(clock(NOON - 12 * 3_600_000, NOON)).toBe('00:04');
  expect(clock(NOON - 13 * 3_600_000, NOON)).toBe('2026-11-25 23:04');
});

test.each([
  ['Europe/Berlin', Date.UTC(2026, 9, 25, 0, 30), '02:30 (UTC+2)', '02:30 (UTC+1)'],
  ['America/St_Johns', Date.UTC(2026, 10, 1, 3, 45), '01:15 (UTC-2:30)', '01:15 (UTC-3:30)'],
  ['Europe/London', Date.UTC(2026, 9, 25, 0, 0), '01:00 (UTC+1)', '01:00 (UTC+0)'],
])('in the hour that clocks of %s run through twice it is said which of the two', (zone, at, first, second) => {
  inZone(zone);
  const times = [-1, 0, 1, 2].map((hours) => clock(at + hours * 3_600_000, at + 7_200_000));
  expect(times).toEqual([expect.stringMatching(/\d\d:\d\d$/), first, second, expect.stringMatching(/^\d\d:\d\d$/)]);
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
