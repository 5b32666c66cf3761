/** Whatever is searched for is one value of the search query, and finds nobody else. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { customerKind } from '../../../adapters/shopify/customers.ts';
import { adminLinkOf } from '../../../adapters/shopify/orders.ts';
import { phoneForms, searchFor } from '../../../adapters/shopify/search-query.ts';
import { type Criterion, type MatchKind, meets, spellingsOf } from '../../../src/contract/index.ts';
import { injectionCorpus } from '../../support/adapter-suite.ts';
import { ask, context } from '../../support/open-source.ts';
import { runs } from '../../support/runs.ts';
import { customers } from '../../support/shopify/data.ts';
import { parseSearch, termsOf } from '../../support/shopify/search.ts';
import { openShop, shopForAll } from './source.ts';

const { ways } = customerKind(adminLinkOf('example.myshopify.com'), 0);
const TEXT_FIELDS = ['first_name', 'last_name', 'email', 'company', 'tag'] as const;

/** What means something in the search, in GraphQL or in JSON, with some words between. */
const fragment = fc.constantFrom(
  ...['"', "'", '\\', '\\"', '*', ':', '(', ')', '-', ' ', ' OR ', ' AND ', ' NOT ', '<', '>', '=', '$query', '{', '}'],
  ...['email:', 'id:>0', 'first_name:*', 'Bob', 'Smith', 'ü', '\n', '\u2028', '🚀', '%', '#', '"""', '\\u0022'],
);
const hostile = fc
  .oneof(
    fc.array(fragment, { minLength: 1, maxLength: 10 }).map((parts) => parts.join('')),
    fc.string({ unit: 'grapheme' }),
  )
  .map((text) => text.trim())
  .filter((text) => text !== '');

const criterion = (field: string, match: MatchKind, value: string): Criterion => ({ field, match, value });

describe('the search query', () => {
  it('has a quoted term for each spelling of an exact value, whatever the value is', () => {
    fc.assert(
      fc.property(hostile, fc.constantFrom(...TEXT_FIELDS), (value, field) => {
        const { query } = searchFor([criterion(field, 'exact', value)], ways, undefined);
        if (query === undefined) return;
        const spellings = spellingsOf(criterion(field, 'exact', value));
        for (const term of termsOf(parseSearch(query))) {
          expect(term).toMatchObject({ field, comparator: ':', isQuoted: true, isPrefix: false });
          expect(spellings).toContain(term.value);
        }
      }),
      runs(150),
    );
  });

  it('has a term of letters and digits for a prefix, with which the value begins', () => {
    fc.assert(
      fc.property(hostile, fc.constantFrom(...TEXT_FIELDS), (value, field) => {
        const { query } = searchFor([criterion(field, 'prefix', value)], ways, undefined);
        if (query === undefined) return;
        const spellings = spellingsOf(criterion(field, 'prefix', value));
        for (const term of termsOf(parseSearch(query))) {
          expect(term).toMatchObject({ field, isPrefix: true, isQuoted: false });
          expect(term.value).toMatch(/^[\p{L}\p{N}\p{M}]+$/u);
          expect(spellings.some((spelling) => spelling.startsWith(term.value))).toBe(true);
        }
      }),
      runs(150),
    );
  });

  it('ands a term for each criterion, and no more', () => {
    fc.assert(
      fc.property(hostile, hostile, (first, last) => {
        const both = [criterion('first_name', 'exact', `a${first}`), criterion('last_name', 'exact', `b${last}`)];
        const { query = '' } = searchFor(both, ways, undefined);
        const expression = parseSearch(query);
        if (expression.kind !== 'and') throw new Error(`${query} is not two terms`);
        const values = expression.parts.map((part) => termsOf(part).map(({ value }) => value));
        const spelled = [spellingsOf(criterion('first_name', 'exact', `a${first}`))[0]];
        spelled.push(spellingsOf(criterion('last_name', 'exact', `b${last}`))[0]);
        expect(values).toEqual(spelled.map((value) => expect.arrayContaining([value])));
        for (const part of expression.parts) expect(new Set(termsOf(part).map(({ field }) => field)).size).toBe(1);
      }),
      runs(100),
    );
  });

  it('quotes every word of a whole name', () => {
    fc.assert(
      fc.property(hostile, (value) => {
        const { query } = searchFor([criterion('name', 'exact', value)], ways, undefined);
        if (query === undefined) return;
        const terms = termsOf(parseSearch(query));
        expect(terms.every(({ field, isQuoted }) => field === undefined && isQuoted)).toBe(true);
        const words = value.split(/\s+/).flatMap((word) => spellingsOf(criterion('name', 'exact', word)));
        expect(terms.every((term) => words.includes(term.value))).toBe(true);
      }),
      runs(100),
    );
  });

  it('has only digits of a telephone number', () => {
    fc.assert(
      fc.property(hostile, fc.constantFrom(undefined, '1', '41', '39'), (value, country) => {
        // Digits of other scripts are digits too.
        const plain = value.normalize('NFKC');
        const { query, isEmpty } = searchFor([criterion('phone', 'exact', plain)], ways, country);
        expect(isEmpty).toBe(!/\p{Nd}/u.test(plain));
        if (isEmpty || query === undefined) return;
        for (const term of termsOf(parseSearch(query))) {
          expect(term).toMatchObject({ field: 'phone', isQuoted: true, value: expect.stringMatching(/^\+\d+$/) });
        }
      }),
      runs(100),
    );
  });
});

describe('a telephone number', () => {
  it.each([
    ['+41 44 555 01 02', '1', ['+41445550102']],
    ['0041 44 555 01 02', '1', ['+41445550102']],
    ['044 555 01 02', '41', ['+41445550102', '+410445550102']],
    ['41 44 555 01 02', '41', ['+4141445550102', '+41445550102']],
    ['06 555 0144', '39', ['+3965550144', '+39065550144']],
    ['(845) 555-4278', '1', ['+18455554278']],
    ['(845) 555-4278', undefined, ['+8455554278']],
    ['0', '41', ['+410']],
    ['none', '41', []],
  ])('%s with the country %s is %j', (typed, country, forms) => {
    expect(phoneForms(typed, country)).toEqual(forms);
  });
});

describe('with a shop', async () => {
  const shop = await shopForAll();
  const records = customers.map(({ id, firstName, lastName, email, tags, address }) => ({
    customer_id: String(id),
    first_name: firstName,
    last_name: lastName,
    email,
    company: address?.company,
    tag: tags,
  }));
  const fields = [...TEXT_FIELDS, 'customer_id'];

  it.each(['exact', 'prefix', 'contains'] as const)(
    'a value finds those who have it, and nobody else (%s)',
    async (match) => {
      const source = await openShop(shop);
      const values = fc.oneof(hostile, fc.constantFrom(...injectionCorpus.map((text) => text.trim()).filter(Boolean)));
      await fc.assert(
        fc.asyncProperty(values, fc.constantFrom(...fields), async (value, field) => {
          const found = await source.find(ask({ [field]: value }, { match }), context());
          const wanted = records.filter((record) => meets(record, criterion(field, match, value)));
          const ids = found.map((record) => record['customer_id']).sort();
          const all = wanted.map((record) => record.customer_id).sort();
          // Which letters are the same without their accents is Shopify's to know.
          expect(all).toEqual(/^[\x20-\x7e]*$/.test(value) ? ids : expect.arrayContaining(ids));
        }),
        runs(50),
      );
    },
  );
});
