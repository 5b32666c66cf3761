/** One of many criteria is met exactly when the rule for one says so of any. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Criterion, KINDS, meets, oneOf, type Value } from '../../src/contract/index.ts';
import { runs } from '../support/runs.ts';

const TEXTS = [
  ...['+49 (0)30 123-45', '030 12345', '12345', '030 12', '0171 2345678; 030 12345', '0171/2345678', '0', 'n/a'],
  ...['Bob <b@example.com>; c@x.de', 'b@EXAMPLE.com', 'c@x', 'm@münchen.de', 'm@xn--mnchen-3ya.de'],
  ...['C-1', 'c-1', 'C-10', '007', '7', '12.5', '12.50', '1.1', 'AT&T <Corp>', 'AT&T', 'yes', '1', 'true'],
  ...['2026-12-31', '2026-12-31T00:00:00Z', '1798675200', '2026', 'Müller', 'Mueller', 'Muller', 'muell', 'a, b', 'a'],
  ...[`a${' '.repeat(1_500)}`, `Bob${' '.repeat(990)}x`, `C-1 ${'y'.repeat(1_100)}`],
];
const FIELDS = ['phone', 'email', 'code', 'amount', 'date', 'last_name', 'remark'];
const text = fc.constantFrom(...TEXTS);
const scalar = fc.oneof(
  { weight: 6, arbitrary: text },
  { weight: 1, arbitrary: fc.constantFrom(7, 12.5, true, new Date('2026-12-31T00:00:00Z')) },
  { weight: 1, arbitrary: text.map((shown) => ({ href: 'https://example.com', text: shown })) },
);
const value: fc.Arbitrary<Value> = fc.oneof(scalar, fc.array(scalar, { maxLength: 3 }));
const sought = text.map((one) => one.trim().slice(0, 1_000)).filter((one) => one !== '');
/** Values of one field, as related records are asked for; or anything. */
const group: fc.Arbitrary<readonly Criterion[]> = fc
  .record({
    field: fc.constantFrom(...FIELDS),
    match: fc.constantFrom('exact', 'prefix', 'contains'),
    kind: fc.constantFrom(undefined, ...KINDS),
    country: fc.constantFrom(undefined, 'DE'),
    values: fc.array(sought, { maxLength: 8 }),
  })
  .map(({ values, ...criterion }) => values.map((one) => ({ ...criterion, value: one })));
const mixed = fc.array(group, { maxLength: 3 }).map((groups) => groups.flat());
const record = fc.record(Object.fromEntries(FIELDS.map((field) => [field, fc.option(value, { nil: undefined })])));

describe('one of many criteria', () => {
  it('is met when the rule for one says so of any, for all kinds of values', () => {
    fc.assert(
      fc.property(mixed, fc.array(record, { minLength: 1, maxLength: 5 }), (criteria, records) => {
        const isMet = oneOf(criteria);
        for (const one of records) expect(isMet(one)).toBe(criteria.some((criterion) => meets(one, criterion)));
      }),
      runs(3_000),
    );
  });

  it('is met by nothing where there are none', () => {
    expect(oneOf([])({ code: 'C-1' })).toBe(false);
  });
});
