/** That a value is a literal and nothing else, whatever it is. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { literal } from '../../../adapters/azure-ad/clauses.ts';
import { fieldsOf } from '../../../adapters/azure-ad/fields.ts';
import { phoneForms } from '../../../adapters/azure-ad/phone.ts';
import { queriesFor } from '../../../adapters/azure-ad/queries.ts';
import { filterMistake } from '../../../adapters/azure-ad/settings.ts';
import { spellingsOf } from '../../../src/contract/index.ts';
import { type Condition, parseFilter } from '../../support/graph/filter-parser.ts';
import { runs } from '../../support/runs.ts';
import { ask, context, graphForAll, openSource } from './source.ts';

const graph = await graphForAll([]);
const settings = { fields: fieldsOf({}, {}), phoneFormats: [], filter: undefined };
const text = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1 }),
  fc.string({
    unit: fc.constantFrom("'", '"', '\\', '(', ')', '&', '$', '=', '%', '#', '+', ' ', 'or', 'a'),
    minLength: 1,
  }),
);

function valuesIn(condition: Condition): readonly unknown[] {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return condition.nodes.flatMap(valuesIn);
    case 'any':
    case 'not':
      return valuesIn(condition.node);
    case 'in':
      return condition.values;
    default:
      return [condition.value];
  }
}

describe('a value', () => {
  test('never leaves its literal', () => {
    fc.assert(
      fc.property(
        text,
        fc.constantFrom('exact', 'prefix'),
        fc.constantFrom('email', 'company', 'last_name'),
        (value, match, field) => {
          for (const { filter = '', search } of queriesFor({ criteria: [{ field, match, value }] }, settings)) {
            expect(search).toBeUndefined();
            const wanted = spellingsOf({ field, match, value });
            const values = valuesIn(parseFilter(filter));
            expect(values.length).toBeGreaterThan(0);
            for (const found of values) expect([...wanted, ...wanted.map((one) => `smtp:${one}`)]).toContain(found);
          }
        },
      ),
    );
  });

  test('never leaves its clause of a search', () => {
    fc.assert(
      fc.property(text, (value) => {
        for (const { search } of queriesFor(
          { criteria: [{ field: 'display_name', match: 'contains', value }] },
          settings,
        )) {
          expect(search).toMatch(/^"displayName:(?:[^"\\]|\\["\\])*"$/s);
          expect(search?.slice('"displayName:'.length, -1).replace(/\\(["\\])/g, '$1')).toBe(value.trim());
        }
      }),
    );
  });

  test('is doubled in its quotes', () => {
    expect(literal("O'Brien")).toBe("'O''Brien'");
    expect(literal("''")).toBe("''''''");
  });

  test.each(['', '   ', 'a\0b', 'a\r\nb', '\ud800', 'x'.repeat(2_049)])(
    'that nobody can have is not asked for: %j',
    (value) => {
      expect(queriesFor({ criteria: [{ field: 'email', match: 'exact', value }] }, settings)).toEqual([]);
    },
  );

  test('never becomes an option of the address', async () => {
    const source = await openSource(graph);
    await fc.assert(
      fc.asyncProperty(text, fc.constantFrom('exact', 'prefix'), async (value, match) => {
        const before = graph.calls.length;
        await source.find(ask({ last_name: value }, match), context());
        for (const { endpoint, path, query } of graph.calls.slice(before)) {
          if (endpoint !== 'users') continue;
          expect(path).toBe('/v1.0/users');
          expect(Object.keys(query).sort()).toEqual(['$expand', '$filter', '$select', '$top']);
          const asked = valuesIn(parseFilter(query['$filter'] ?? ''));
          const spellings = spellingsOf({ field: 'last_name', match, value });
          expect(asked.length).toBeGreaterThan(0);
          expect(spellings).toEqual(expect.arrayContaining([...asked]));
        }
      }),
      runs(60),
    );
  });
});

describe('the forms of a telephone number', () => {
  const forms = (value: string, formats: readonly string[] = [], country?: string) =>
    phoneForms({ field: 'phone', match: 'exact', value, country }, formats);

  test('are of the digits that were typed, and not more than one expression takes', () => {
    const digits = fc.string({ unit: fc.constantFrom(...'0123456789() -./'), minLength: 1, maxLength: 24 });
    // A + within it would begin another number.
    const number = fc.tuple(fc.constantFrom('', '+'), digits).map((parts) => parts.join(''));
    fc.assert(
      fc.property(number, fc.constantFrom(undefined, 'CH', 'US'), (value, country) => {
        const all = forms(value, ['+41 ## ### ## ##', '(###) ###-####'], country);
        expect(all.length).toBeLessThanOrEqual(15);
        expect(new Set(all).size).toBe(all.length);
        if (/\d/.test(value)) expect(all[0]).toBe(value.trim());
        else expect(all).toEqual([]);
        // Whether (0) is the zero of a trunk, or digits as others, is not told by such a number.
        const ends = [value.replace('(0)', ''), value].map((one) =>
          one.replace(/\D/g, '').replace(/^0+/, '').slice(-4),
        );
        for (const form of all.slice(1)) expect(ends.some((end) => form.replace(/\D/g, '').includes(end))).toBe(true);
      }),
    );
  });

  test('follow the formats of the directory, with and without the country and its zero', () => {
    expect(forms('0041 44 555 01 02')[0]).toBe('0041 44 555 01 02');
    const format = '+41 ## ### ## ##';
    for (const typed of ['41445550102', '0445550102', '044/555 01 02 ext. 7', '+41 (0)44 555 01 02', '0041445550102']) {
      expect(forms(typed, [format]), typed).toContain('+41 44 555 01 02');
    }
    expect(forms('49445550102', [format])).not.toContain('+41 44 555 01 02');
    expect(forms('445550102', ['0## / ### ## ##'])).toContain('044 / 555 01 02');
    expect(forms('14255550100')).toContain('+1 (425) 555-0100');
    expect(forms('425.555.0100')).toContain('+1 425 555 0100');
    expect(forms('030 5550188', [], 'DE')).toContain('+49 30 5550188');
    const many = Array.from({ length: 20 }, (_, at) => `${'-'.repeat(at)}###`);
    expect(forms('123', many)).toHaveLength(15);
  });
});

describe("the administrator's filter", () => {
  test.each(["startswith(mail,'o''b')", "(a eq 'x)') or b eq 'y'"])('%s can stand in parentheses', (filter) => {
    expect(filterMistake(filter)).toBeUndefined();
  });

  test.each([
    ["mail eq 'x", /does not end/],
    ["mail eq 'x') or (mail eq 'y'", /parentheses/],
    ["(mail eq 'x'", /parentheses/],
  ])('%s cannot', (filter, message) => {
    expect(filterMistake(filter)).toMatch(message);
  });
});
