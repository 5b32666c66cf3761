/** Dates that a system keeps as texts: what they mean depends neither on the machine nor on its zone. */
import { describe, expect, it } from 'vitest';
import { DateFormat } from '../../../src/gateway/sources/date-format.ts';
import { inZone, ZONES } from '../../support/zone.ts';

const DAY = new DateFormat('D.M.YYYY');
const TIME = new DateFormat('DD.MM.YYYY HH:mm');

describe.each(['UTC', ...ZONES])('a text in a format of its own, in %s', (zone) => {
  it('is a day, or an instant in UTC', () => {
    inZone(zone);
    expect(DAY.read(' 1.2.2024 ')).toBe('2024-02-01');
    expect(DAY.read('01.02.2024')).toBe('2024-02-01');
    expect(TIME.read('31.12.2026 23:30')).toEqual(new Date('2026-12-31T23:30:00Z'));
    for (const text of ['30.2.2024', '2024-02-01', '1.2.24', `1.2.2024${' '.repeat(60)}x`]) {
      expect(DAY.read(text), text).toBeUndefined();
    }
  });

  it('is looked for as the system may write it, whichever way it is asked for', () => {
    inZone(zone);
    const texts = ['1.2.2024', '01.2.2024', '1.02.2024', '01.02.2024'];
    for (const sought of ['2024-02-01', '2024-02-01T00:00:00Z', '2024-02-01T23:59:59Z', '1706745600']) {
      expect(new Set(DAY.spell(sought)), sought).toEqual(new Set(texts));
    }
    expect(DAY.spell('01.02.2024')).toEqual(expect.arrayContaining(texts));
    expect(new Set(TIME.spell('2026-12-31T23:30:00Z'))).toEqual(new Set(['31.12.2026 23:30']));
    expect(new Set(TIME.spell('31.12.2026 23:30'))).toEqual(new Set(['31.12.2026 23:30']));
    for (const sought of ['soon', '12', '2024-02', `2024-02-01${' '.repeat(60)}x`]) {
      expect(DAY.spell(sought), sought).toEqual([]);
    }
  });

  it('is found by its day where the day stands in front', () => {
    inZone(zone);
    expect(new Set(TIME.spellDay(' 2026-12-31 '))).toEqual(new Set(['31.12.2026']));
    expect(new Set(new DateFormat('YYYY-MM-DDTHH:mm').spellDay('2026-12-31'))).toEqual(new Set(['2026-12-31']));
    expect(new DateFormat('HH:mm DD.MM.YYYY').spellDay('2026-12-31')).toEqual([]);
    expect(DAY.spellDay('2026-12-31')).toEqual([]);
    expect(TIME.spellDay('2026-12-31T10:00')).toEqual([]);
  });
});
