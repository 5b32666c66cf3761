import { describe, expect, test } from 'vitest';
import { isZone, momentOf } from '../../../src/kit/sql/zones.ts';

describe('zones', () => {
  test.each(['UTC', 'utc', 'Europe/Zurich', 'America/St_Johns', '+01:00', '-03:30', '+14:00'])('%s is one', (name) => {
    expect(isZone(name)).toBe(true);
  });

  test.each(['local', 'Nowhere/City', '', '+15:00', '+1:00', '01:00', '+01:60'])('"%s" is none', (name) => {
    expect(isZone(name)).toBe(false);
  });
});

describe('moments', () => {
  test.each([
    ['2026-01-15 12:00:00', 'Europe/Zurich', '2026-01-15T11:00:00.000Z'],
    ['2026-07-15 12:00:00.250', 'Europe/Zurich', '2026-07-15T10:00:00.250Z'],
    // The clocks go forward at 02:00 on 29 March and back at 03:00 on 25 October.
    ['2026-03-29 01:59:59', 'Europe/Zurich', '2026-03-29T00:59:59.000Z'],
    ['2026-03-29 03:00:00', 'Europe/Zurich', '2026-03-29T01:00:00.000Z'],
    ['2026-03-29 02:30:00', 'Europe/Zurich', '2026-03-29T01:30:00.000Z'],
    ['2026-10-25 02:30:00', 'Europe/Zurich', '2026-10-25T00:30:00.000Z'],
    ['2026-10-25 03:00:00', 'Europe/Zurich', '2026-10-25T02:00:00.000Z'],
    ['2026-03-08 03:00:00', 'America/New_York', '2026-03-08T07:00:00.000Z'],
    ['2026-01-01 00:00:00', 'Pacific/Kiritimati', '2025-12-31T10:00:00.000Z'],
    ['2026-01-01 00:00:00', '-03:30', '2026-01-01T03:30:00.000Z'],
    ['2026-01-01 00:00:00', '+14:00', '2025-12-31T10:00:00.000Z'],
    ['1890-01-01 00:00:00', 'UTC', '1890-01-01T00:00:00.000Z'],
    ['2026-01-01 00:00:00', 'utc', '2026-01-01T00:00:00.000Z'],
    // What .NET writes for "never", when clocks showed the time of the sun.
    ['0001-01-01 00:00:00', 'Europe/Zurich', '0000-12-31T23:25:52.000Z'],
    ['0001-01-01 00:00:00', 'America/New_York', '0001-01-01T04:56:02.000Z'],
    ['1880-01-01 12:00:00', 'Europe/Zurich', '1880-01-01T11:30:14.000Z'],
    // The clocks go back at 02:00 on 1 November.
    ['2026-11-01 01:30:00.500', 'America/New_York', '2026-11-01T05:30:00.500Z'],
    ['2026-11-01 02:00:00', 'America/New_York', '2026-11-01T07:00:00.000Z'],
    ['2026-01-01', 'UTC', '2026-01-01T00:00:00.000Z'],
  ])('%s in %s is %s', (text, zone, moment) => {
    expect(momentOf(text, zone)?.toISOString()).toBe(moment);
  });

  test.each(['0000-00-00 00:00:00', '2026-13-01 00:00:00', '', 'now'])('"%s" is no moment', (text) => {
    expect(momentOf(text, 'UTC')).toBeUndefined();
    expect(momentOf(text, 'Europe/Zurich')).toBeUndefined();
  });
});
