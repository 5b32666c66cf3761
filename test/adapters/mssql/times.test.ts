/** Times of SQL Server, most of which do not say their zone, as moments. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { ask, context } from '../../support/open-source.ts';
import { inZone } from '../../support/zone.ts';
import { standIn } from './server.ts';
import { openSource } from './source.ts';

const TYPES = {
  wall: 'nvarchar(40)',
  made: 'datetime',
  seen: 'datetime2(3)',
  about: 'smalldatetime',
  day: 'date',
  clock: 'time(0)',
  sent: 'datetimeoffset(0)',
};

/** A server with a visit at each of these wall clock times. */
async function visits(...walls: readonly string[]) {
  const made = await standIn();
  onTestFinished(() => made.stop());
  const rows = walls.map((wall) => [wall, wall, wall, wall, wall.slice(0, 10), wall.slice(11), `${wall} +05:30`]);
  made.server.load('visits', TYPES, rows);
  return { ...made.settings, table: 'visits' };
}

describe('a time without a zone', () => {
  test.each([
    ['UTC', '2026-07-01 12:00:00', '2026-07-01T12:00:00.000Z'],
    ['Europe/Zurich', '2026-07-01 12:00:00', '2026-07-01T10:00:00.000Z'],
    ['Europe/Zurich', '2026-01-01 00:30:00', '2025-12-31T23:30:00.000Z'],
    ['+05:30', '2026-07-01 12:00:00', '2026-07-01T06:30:00.000Z'],
    // The clocks go back at 03:00: from 02:00 on they run twice, and the first time is meant.
    ['Europe/Zurich', '2026-10-25 01:59:00', '2026-10-24T23:59:00.000Z'],
    ['Europe/Zurich', '2026-10-25 02:30:00', '2026-10-25T00:30:00.000Z'],
    ['Europe/Zurich', '2026-10-25 03:00:00', '2026-10-25T02:00:00.000Z'],
    // They go forward at 02:00, so this hour is none.
    ['America/New_York', '2026-03-08 02:30:00', '2026-03-08T07:30:00.000Z'],
  ])('is one of %s: %s', async (timeZone, wall, moment) => {
    const source = await openSource({ ...(await visits(wall)), timeZone });
    const expected = new Date(moment);
    expect(await source.find(ask({ wall }), context())).toEqual([
      {
        wall,
        made: expected,
        seen: expected,
        about: expected,
        // These are no moments, and stay as they are.
        day: wall.slice(0, 10),
        clock: wall.slice(11),
        // This says its own zone.
        sent: new Date(`${wall.replace(' ', 'T')}+05:30`),
      },
    ]);
  });

  test('is of UTC where nothing is written', async () => {
    const source = await openSource(await visits('2026-07-01 12:00:00'));
    expect(await source.find(ask({ wall: '2026-07-01 12:00:00' }), context())).toMatchObject([
      { made: new Date('2026-07-01T12:00:00Z'), day: '2026-07-01' },
    ]);
  });

  test('does not depend on the machine of the gateway', async () => {
    inZone('Asia/Tokyo');
    expect(new Date(0).getHours()).toBe(9);
    const source = await openSource({ ...(await visits('2026-07-01 12:00:00')), timeZone: 'Europe/Zurich' });
    expect(await source.find(ask({ wall: '2026-07-01 12:00:00' }), context())).toMatchObject([
      { made: new Date('2026-07-01T10:00:00Z'), day: '2026-07-01', clock: '12:00:00' },
    ]);
  });
});
