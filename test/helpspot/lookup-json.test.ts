/** Every kind of content as JSON and as flat JSON, and what a thread makes of an answer. */
import { describe, expect, it } from 'vitest';
import type { Content, Customer, LookupAnswer } from '../../src/helpspot/answer.ts';
import {
  ajaxOptionsOf,
  lookupElementsOf,
  lookupFlatOf,
  lookupJsonOf,
  lookupXmlOf,
} from '../../src/helpspot/large-answers.ts';
import { lookupFlat, lookupJson } from '../../src/helpspot/lookup-json.ts';
import { hasHtml, lookupElements, writeLookup } from '../../src/helpspot/lookup-xml.ts';

const text = (value: string) => ({ kind: 'text', text: value }) as const;
const html = (value: string) => ({ kind: 'html', html: value }) as const;
const TABLE = {
  kind: 'table',
  headings: ['A', 'B', 'A'],
  rows: [
    [text('1'), null, text('3')],
    [null, html('<i>d</i>')],
  ],
  more: 'and 2',
} as const;
const marked = (content: Content) => ({ kind: 'marked', as: 'muted', content }) as const;
const noted = (content: Content) => ({ kind: 'noted', note: 'n', content }) as const;
const list = (...items: readonly Content[]) => ({ kind: 'list', style: 'bullets', items }) as const;
const table = (...cells: readonly Content[]) => ({ kind: 'table', headings: ['A'], rows: [cells], more: '' }) as const;

const customerOf = (contents: Readonly<Record<string, Content>>): Customer =>
  Object.entries(contents).map(([name, content]) => ({ name, content }));
const answerOf = (...customers: readonly Customer[]): LookupAnswer => ({ columns: ['c'], customers, notices: ['n'] });

/** Content, as JSON, as flat JSON, and whether there is HTML in it. */
const KINDS: readonly (readonly [string, Content, json: unknown, flat: unknown, html: boolean])[] = [
  ['text', text(' a '), 'a', 'a', false],
  ['empty', text(' '), undefined, undefined, false],
  ['script', { kind: 'link', href: 'javascript:x()', text: 'x' }, 'x', 'x', false],
  ['link', { kind: 'link', href: 'tel:1', text: '<t>' }, { href: 'tel:1', text: '<t>' }, 'tel:1', false],
  ['html', html('<p onclick=x>a <b>&amp;</b></p>'), { html: '<p>a <b>&amp;</b></p>' }, 'a &', true],
  ['marked', marked(text('a')), { value: 'a', mark: 'muted' }, 'a', false],
  ['noted', noted(html('<i>b</i>')), { html: '<i>b</i>' }, 'b', true],
  ['both', marked(noted(text('a'))), { value: 'a', mark: 'muted' }, 'a', false],
  ['list', list(text('a'), text(' '), noted(text('c'))), ['a', '', 'c'], 'a, c', false],
  ['listOfHtml', list(text('a'), html('<i>c</i>')), ['a', { html: '<i>c</i>' }], 'a, c', true],
  ['nothing', list(), [], undefined, false],
  [
    'table',
    TABLE,
    { rows: [{ A: '1' }, { B: { html: '<i>d</i>' } }], more: 'and 2' },
    [
      { A: '1', B: '' },
      { A: '', B: 'd' },
    ],
    true,
  ],
  ['inTable', table(table(text('a'))), { rows: [{ A: { rows: [{ A: 'a' }] } }] }, [{ A: '' }], false],
  ['inMark', marked(table(text('a'))), { value: { rows: [{ A: 'a' }] }, mark: 'muted' }, [{ A: 'a' }], false],
  ['email', html(' <b>e</b> '), 'e', 'e', true],
  ['Custom1', TABLE, '1, 3; d; and 2', '1, 3; d; and 2', true],
];
const ALL = customerOf(Object.fromEntries(KINDS.map(([name, content]) => [name, content])));
const expected = (column: 2 | 3) => {
  const entries = KINDS.map((kind) => [kind[0], kind[column]] as const).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries);
};

describe('a lookup as JSON', () => {
  it('has each kind of content as data', async () => {
    const { customers, columns, notices } = await lookupJson(answerOf(ALL, customerOf({ x: text(' ') }), []));
    expect({ customers, columns, notices }).toEqual({ customers: [expected(2)], columns: ['c'], notices: ['n'] });
  });

  it('has of two fields with one name the first that has a value, and where it comes from', async () => {
    const origin = { source: 's', title: 'T', at: 0 };
    const fields: Customer = [
      { name: 'a', content: text(' '), from: [origin] },
      { name: 'a', content: text('first'), from: [{ ...origin, at: 1_000 }, origin] },
      { name: 'a', content: text('second') },
      { name: '__proto__', content: text('p') },
    ];
    const { customers, provenance } = await lookupJson(answerOf(fields));
    expect(customers.map(Object.entries)).toEqual([
      [
        ['a', 'first'],
        ['__proto__', 'p'],
      ],
    ]);
    const at = (second: number) => ({ source: 's', title: 'T', at: `1970-01-01T00:00:0${second}.000Z` });
    expect(provenance.map(Object.entries)).toEqual([
      [
        ['a', [at(1), at(0)]],
        ['__proto__', []],
      ],
    ]);
  });

  it('may be flat', async () => {
    const more = customerOf({ m2: marked(noted(TABLE)), only: { ...TABLE, rows: [] }, left: { ...TABLE, more: '' } });
    const { customers, columns, notices } = await lookupFlat(
      answerOf([...ALL, ...more, ...ALL], customerOf({ x: text(' ') }), []),
    );
    const rows = expected(3)['table'];
    expect(customers).toEqual([{ ...expected(3), m2: rows, left: rows }]);
    expect(columns).toEqual(['c']);
    expect(notices).toEqual(['n', 'table: and 2', 'Custom1: and 2', 'm2: and 2', 'only: and 2']);
  });
});

it.each(KINDS)('there is HTML in %s or not', (_name, content, _json, _flat, there) => {
  expect(hasHtml(answerOf([], customerOf({ first: text('a'), content })))).toBe(there);
});

it('a thread writes the same', async () => {
  const answer = answerOf(ALL, customerOf({ email: text('b') }));
  const json = JSON.stringify(answer);
  expect(await lookupXmlOf(json)).toBe(await writeLookup(answer));
  expect(await lookupElementsOf(json)).toEqual(await lookupElements(answer));
  expect(await lookupJsonOf(json)).toEqual(await lookupJson(answer));
  expect(await lookupFlatOf(json)).toEqual(await lookupFlat(answer));
  const options = [{ value: 'Łódź', description: '' }];
  expect(await ajaxOptionsOf(JSON.stringify([{ options }, 'latin1']))).toEqual([
    { value: 'Lódz', description: 'Lódz' },
  ]);
  expect(await ajaxOptionsOf(JSON.stringify([{ options }, 'utf-8']))).toEqual([{ value: 'Łódź', description: 'Łódź' }]);
});
