/** What fits into one document, to the character. */
import { describe, expect, it } from 'vitest';
import type { Content, Customer } from '../../src/helpspot/answer.ts';
import { answerLimits } from '../../src/helpspot/answer-limits.ts';
import { cutText } from '../../src/helpspot/cut.ts';
import { fittingElements } from '../../src/helpspot/lookup-elements.ts';
import { lookupElements } from '../../src/helpspot/lookup-xml.ts';

const reader = { sanitise: (html: string) => html, htmlToText: (html: string) => html };
const x = (count: number) => 'x'.repeat(count);
const customer = (fields: Readonly<Record<string, string | Content>>): Customer =>
  Object.entries(fields).map(([name, value]) => ({
    name,
    content: typeof value === 'string' ? { kind: 'text', text: value } : value,
  }));

function fitting(...customers: readonly Customer[]) {
  const names = new Map(customers.flatMap((fields) => fields.map(({ name }) => [name, name] as const)));
  const { customers: kept, places, notices } = fittingElements(customers, names, reader);
  return { elements: kept.map((one) => [...one.keys()].join(' ')), places, notices, customers: kept };
}

/** An element `<a>…</a>` that takes so many characters. */
const taking = (characters: number) => x(characters - '<a></a>'.length);
const ALL = answerLimits.document;

describe('of the first customer', () => {
  it('is left out what does not fit, and what comes after it stays', () => {
    expect(fitting(customer({ a: taking(ALL) }))).toMatchObject({ elements: ['a'], notices: [] });
    const notices = ['Left out, because the answer would be too large: a'];
    expect(fitting(customer({ a: taking(ALL + 1) }))).toMatchObject({ elements: [''], notices });
    expect(fitting(customer({ b: 'x', a: taking(ALL - 8), c: 'x' }))).toMatchObject({
      elements: ['b a'],
      notices: ['Left out, because the answer would be too large: c'],
    });
    expect(fitting(customer({ b: '"', a: taking(ALL - 25), c: 'x' }))).toMatchObject({
      elements: ['b a c'],
      notices: [],
    });
    expect(fitting(customer({ b: '"', a: taking(ALL - 24), c: 'x' }))).toMatchObject({ elements: ['b a'] });
  });

  it('are named five elements at most', () => {
    const cut = cutText(x(9), 3);
    const custom = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, at) => [`Custom${at}`, cut]));
    const words = 'Left out, because it is too long to be inserted whole: Custom0, Custom1, Custom2, Custom3, Custom4';
    expect(fitting(customer({ a: cut, ...custom(5) }))).toMatchObject({ elements: ['a'], notices: [words] });
    expect(fitting(customer({ a: cut, ...custom(6) })).notices).toEqual([`${words} and 1 more`]);
  });

  it('a table takes half of what is left', () => {
    const table: Content = {
      kind: 'table',
      headings: [''],
      rows: Array.from({ length: 100 }, () => [{ kind: 'text', text: x(80_000) }]),
      more: '',
    };
    const { customers } = fitting(customer({ a: taking(2_000_000), t: table }));
    // Of the six millions that are left.
    const length = customers[0]?.get('t')?.length ?? 0;
    expect([length > 2_900_000, length < 3_000_000]).toEqual([true, true]);
  });
});

describe('other customers', () => {
  it('are left out whole, with those after them', () => {
    const small = customer({ a: 'x' });
    const narrow = 'left out, because the answer would be too large; fill in more fields to narrow the search';
    expect(fitting(customer({ a: taking(ALL - 8) }), small)).toMatchObject({ places: [0, 1], notices: [] });
    expect(fitting(customer({ a: taking(ALL - 7) }), small)).toMatchObject({
      places: [0],
      notices: [`The last match is ${narrow}`],
    });
    expect(fitting(customer({ a: taking(ALL - 16) }), [], small, small, small, small)).toMatchObject({
      places: [0, 2, 3],
      notices: [`The last 2 matches are ${narrow}`],
    });
  });
});

it('a notice that comes up takes the name of a field', async () => {
  const fields = customer({ lookup_notice: 'mine', a: taking(ALL) });
  const { customers, notices, names } = await lookupElements({ columns: [], customers: [fields], notices: [] });
  expect(customers.map((one) => [...one.keys()])).toEqual([['lookup_notice_2']]);
  expect(notices).toEqual(['Left out, because the answer would be too large: a']);
  expect(names.get('lookup_notice')).toBe('lookup_notice_2');
});
