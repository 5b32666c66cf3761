import { describe, expect, it } from 'vitest';
import { comparable, comparisonOf, meets } from '../../src/contract/index.ts';

const matches = (field: string, match: 'exact' | 'prefix' | 'contains', stored: string, asked: string) =>
  meets({ [field]: stored }, { field, match, value: asked });

describe('what counts as the same', () => {
  it.each([
    ['email', 'Bob@Example.com', ' bob@example.COM '],
    ['phone', '845-555-4278', '(845) 555-4278'],
    ['mobile_phone', '+41 44 668 18 00', '+41446681800'],
    ['last_name', 'Müller', 'muller'],
    ['last_name', 'Straße', 'STRASSE'],
    ['first_name', 'Zoe\u0308', 'Zoë'],
    ['lastname', 'Łukasz', 'lukasz'],
    ['fullname', 'Anna  Maria', 'anna maria'],
    ['city', 'ZÜRICH', 'zürich'],
  ])('%s: %j is found by %j', (field, stored, asked) => {
    expect(matches(field, 'exact', stored, asked)).toBe(true);
  });

  it.each([
    ['email', 'bob@example.com', 'bo@example.com'],
    ['city', 'Zürich', 'Zurich'],
    ['phone', '845-555-4278', '555-4278'],
    ['last_name', 'Jones', 'Jone'],
    ['company', '', ''],
    ['phone', 'n/a', 'none'],
  ])('%s: %j is not found by %j', (field, stored, asked) => {
    expect(matches(field, 'exact', stored, asked)).toBe(false);
  });

  it('matches the beginning and the inside', () => {
    expect(matches('last_name', 'prefix', 'Öztürk', 'oz')).toBe(true);
    expect(matches('last_name', 'prefix', 'Öztürk', 'urk')).toBe(false);
    expect(matches('last_name', 'contains', 'Öztürk', 'URK')).toBe(true);
  });

  it('finds one item of a list', () => {
    const record = { email: ['a@example.com', 'b@example.com'] };
    expect(meets(record, { field: 'email', match: 'exact', value: 'B@example.com' })).toBe(true);
  });

  it('does not find what is not there', () => {
    expect(meets({}, { field: 'email', match: 'contains', value: 'a' })).toBe(false);
  });

  it('knows telephones and names by the field', () => {
    expect(['phone', 'work_phone', 'mobile', 'Fax', 'last_name', 'fullname', 'email'].map(comparisonOf)).toEqual([
      'phone',
      'phone',
      'phone',
      'phone',
      'name',
      'name',
      'text',
    ]);
  });

  it('compares composed and decomposed text', () => {
    expect(comparable('text', 'Zu\u0308rich')).toBe(comparable('text', 'zürich'));
  });
});
