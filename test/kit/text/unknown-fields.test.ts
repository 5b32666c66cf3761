import { expect, it } from 'vitest';
import { UnknownFields } from '../../../src/kit/text/unknown-fields.ts';
import { recordedLog } from '../../support/log.ts';

it('fields that a source does not have are told once each', () => {
  const log = recordedLog();
  const unknown = new UnknownFields(log, (field) => field === 'email');
  const searched = (...fields: string[]) =>
    unknown.areIn(fields.map((field) => ({ field, match: 'exact', value: 'x' }) as const));
  expect(searched()).toBe(false);
  expect(searched('email')).toBe(false);
  expect(log.lines).toEqual([]);
  expect(searched('email', 'emial')).toBe(true);
  expect(searched('emial')).toBe(true);
  expect(searched('fax', 'emial')).toBe(true);
  expect(log.lines.map(({ level, fields }) => ({ level, fields }))).toEqual([
    { level: 'debug', fields: { field: 'emial' } },
    { level: 'debug', fields: { field: 'fax' } },
  ]);
});
