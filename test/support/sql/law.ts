/** The law of every source: what is shown, sent back, finds the same record. Values of every kind, hostile ones included. */
import fc from 'fast-check';
import { expect } from 'vitest';
import { isSought, type Kind, LONGEST_SOUGHT, type Source, textOf, type Value } from '../../../src/contract/index.ts';
import { insertableText } from '../../../src/helpspot/insertable.ts';
import { sqlInjections } from './injection.ts';

/** What a table of the law holds: `id`, and a column for each of these. */
export const LAW_FIELDS = ['email', 'phone', 'last_name', 'code', 'note'] as const;
/** Of columns whose names tell nothing. */
export const LAW_KINDS: Readonly<Record<string, Kind>> = { code: 'code' };

const hostile = fc.constantFrom(
  ...sqlInjections.filter((text) => text.length < 100 && !/\0/.test(text) && text.isWellFormed()),
);
const letters = fc.constantFrom(
  'a',
  'B',
  '\u00fc',
  'u\u0308',
  '\u00df',
  '\u00f8',
  '\u0142',
  "'",
  '\u2019',
  '-',
  ' ',
  '\u200b',
  '\u5c71',
  '\u{1f680}',
  '%',
  '_',
  '[',
  '\\',
  '"',
  '<b>',
  '</b>',
  '<',
);
const text = fc.string({ unit: letters, minLength: 1, maxLength: 12 });
const digits = fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 7, maxLength: 9 });
const phone = fc
  .tuple(
    fc.constantFrom('+49 30 ', '030/', '0049 30 ', '(030) ', '', 'tel:+49-30-'),
    digits,
    fc.constantFrom('', ' x12', ', 040 1234567'),
  )
  .map((parts) => parts.join(''));
const local = fc
  .string({ unit: fc.constantFrom('a', 'b', 'o', '.', '+', "'"), minLength: 1, maxLength: 8 })
  .map((word) => `m${word}m`);
const email = fc
  .tuple(
    local,
    fc.constantFrom(
      '%@example.com',
      'Bob <%@example.com>',
      '%@m\u00fcller.de',
      '%@EXAMPLE.com; b@x.de',
      'mailto:%@x.de',
      ' %@x.de',
    ),
  )
  .map(([word, around]) => around.replace('%', word));
const code = fc.oneof(fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 1, maxLength: 8 }), text);

/** One row: the values in the order of {@link LAW_FIELDS}. */
export const lawRow = fc.tuple(
  fc.oneof(email, hostile),
  fc.oneof(phone, hostile),
  fc.oneof(text, hostile),
  fc.oneof(code, hostile),
  fc.oneof(text, hostile),
);

/** Asks for each value of each record that the source lists. */
export async function expectLaw(source: Source, fields: readonly string[] = LAW_FIELDS): Promise<void> {
  const context = { signal: AbortSignal.timeout(60_000), reference: 'law' };
  const all = (await source.find?.({ criteria: [], limit: 500, parameters: {} }, context)) ?? [];
  expect(all.length).toBeGreaterThan(0);
  for (const record of all) {
    for (const field of fields) {
      for (const value of sentBack(record[field])) {
        const kind = LAW_KINDS[field];
        const criteria = [{ field, match: 'exact', value, ...(kind !== undefined && { kind }) }] as const;
        // A telephone without a digit is none.
        if (value.length > LONGEST_SOUGHT || !criteria.every(isSought)) continue;
        const found = (await source.find?.({ criteria, limit: 500, parameters: {} }, context)) ?? [];
        expect(
          found.map(({ id }) => textOf(id)),
          `${field} ${JSON.stringify(value)}`,
        ).toContain(textOf(record['id']));
      }
    }
  }
}

/** A value as HelpSpot sends it back: its text; a date also as its seconds, a boolean as words, a day as itself. */
function sentBack(value: Value | undefined): readonly string[] {
  if (value === undefined) return [];
  const texts = [textOf(value)];
  const inserted = insertableText({ kind: 'text', text: textOf(value) }, (html) => html).trim();
  if (inserted !== '' && inserted !== textOf(value)) texts.push(inserted);
  if (value instanceof Date) texts.push(String(Math.floor(value.getTime() / 1000)), textOf(value).slice(0, 10));
  if (typeof value === 'boolean') texts.push(value ? 'yes' : 'no', value ? '1' : '0');
  return texts;
}
