import { onTestFinished } from 'vitest';

/** Zones ahead of UTC and behind it, one by half an hour: what reads a time by the zone of the machine reads another one there. */
export const ZONES = ['Pacific/Auckland', 'America/St_Johns'] as const;

/** The machine is in another time zone until the test ends. */
export function inZone(zone: string): void {
  const before = process.env['TZ'];
  process.env['TZ'] = zone;
  onTestFinished(() => {
    if (before === undefined) delete process.env['TZ'];
    else process.env['TZ'] = before;
  });
}
