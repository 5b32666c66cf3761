/** What is shown can be searched for: whatever a file holds, sent back as it was shown, finds the same record. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSought, KINDS, LONGEST_SOUGHT, textOf, withoutInvisible } from '../../../src/contract/index.ts';
import { insertableText } from '../../../src/helpspot/insertable.ts';
import { legalInXml } from '../../../src/kit/text/index.ts';
import { injectionCorpus } from '../../support/adapter-suite.ts';
import { openCsvTest } from './source.ts';

const FIELDS = ['phone', 'email', 'last_name', 'value'] as const;

const usual = [
  ...[
    '+49 (0)30 123-45',
    '0049 30 12345 x7',
    '030/12345; 0171 2345678',
    '1-212-555-0101',
    '\uff10\uff13\uff10 12345',
    '112',
  ],
  ...['Bob <bob@example.com>; x@y.de', 'mailto:a@münchen.example', 'A@XN--MNCHEN-3YA.EXAMPLE;', 'a@b, c@d', '@'],
  ...[
    'Müller',
    'Mu\u0308ller',
    'O\u2019Brien',
    'Anna\u2011Maria',
    'Bo\u200bb',
    '\u202abob\u202c',
    'İstanbul',
    'ﬁsh',
    'Straße',
  ],
  ...['0006', '="0006"', '12.50', '-0', '1e3', '18446744073709551615', 'yes', 'FALSE', '1', '2026-12-31', '1798711200'],
  ...['AT&T <Corp>', 'Tom <tom@x> & Co', 'a < b', '<b>x</b>', '<<b>b>y', '<i>12.50</i>', '.5', '100.00', '007.0'],
  ...[
    '5" pipe',
    '"quoted"',
    'a"b"c',
    "'single'",
    '\\"',
    'a\\',
    'sep=;',
    '\x1a',
    'a, b',
    'a;b',
    'two\nlines',
    '=1+1',
    '\ufeffx',
  ],
];
const stored = fc
  .oneof(
    fc.constantFrom(...usual),
    fc.constantFrom(...injectionCorpus),
    fc.string({ unit: 'grapheme', maxLength: 30 }),
    fc.string({ unit: 'binary', maxLength: 12 }),
    fc.string({ unit: fc.constantFrom(...'"\\,;= @+0123456789x()/-äß\u0308\u200b'), maxLength: 20 }),
  )
  .map((text) => text.toWellFormed().replaceAll('\0', ''));
const settings = fc.constantFrom({}, { delimiter: ';' }, { quote: "'" }, { encoding: 'utf-16' }, { trim: false });

function write(text: string, quote: string): string {
  return `${quote}${text.replaceAll(quote, quote + quote)}${quote}`;
}

describe('the law', () => {
  it('holds for every value of a CSV file, with kinds that are named and without', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(stored, stored, stored, stored), { minLength: 1, maxLength: 12 }),
        settings,
        fc.constantFrom(undefined, ...KINDS),
        fc.constantFrom(undefined, 'DE', 'US'),
        async (rows, of, kind, country) => {
          const { delimiter = ',', quote = '"', encoding = 'utf-8' } = of as Readonly<Record<string, string>>;
          const lines = [['id', ...FIELDS], ...rows.map((row, id) => [`id${id}`, ...row])];
          const text = lines.map((line) => `${line.map((cell) => write(cell, quote)).join(delimiter)}\r\n`).join('');
          const { find, findBy, source } = await openCsvTest(
            Buffer.from(text, encoding === 'utf-16' ? 'utf16le' : 'utf8'),
            of,
          );
          for (const [id] of rows.entries()) {
            const [record] = await find('id', `id${id}`);
            for (const field of FIELDS) {
              // As the XML carries it, and as HelpSpot sends it.
              const shown = withoutInvisible(legalInXml(textOf(record?.[field]))).trim();
              const inserted = insertableText({ kind: 'text', text: textOf(record?.[field]) }, (html) => html).trim();
              for (const value of new Set([shown, inserted])) {
                const criterion = { field, match: 'exact', value, kind, country } as const;
                if (value === '' || value.length > LONGEST_SOUGHT || !isSought(criterion)) continue;
                const found = await findBy([criterion]);
                expect(found, JSON.stringify([field, value, kind])).toContainEqual(record);
              }
            }
          }
          await source.close?.();
        },
      ),
      { numRuns: 150 },
    );
  });
});
