import { expect, test } from 'vitest';
import { dateOf } from '../../../src/kit/sql/records.ts';
import { fieldsKey, stepKey } from '../../../src/kit/sql/settings.ts';

test('Unix times in seconds and milliseconds, as numbers and texts; ISO texts with and without a zone', () => {
  const noon = new Date('2026-11-21T12:00:00Z');
  const forms = [
    1_795_262_400,
    1_795_262_400_000,
    '1795262400',
    1_795_262_400n,
    '2026-11-21 12:00:00',
    '2026-11-21T13:00+01:00',
  ];
  for (const form of forms) expect(dateOf(form), String(form)).toEqual(noon);
  expect(dateOf('2026-11-21')).toEqual(new Date('2026-11-21T00:00:00Z'));
  for (const other of ['', 'tomorrow', '12345', '2026-13-45']) expect(dateOf(other), other).toBeUndefined();
});

test('the key of a match step does not depend on the order of its fields', () => {
  expect(stepKey('last_name, first_name')).toBe(fieldsKey(['first_name', 'last_name']));
});
