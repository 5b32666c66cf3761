import { expect, it } from 'vitest';
import type { Content } from '../../src/helpspot/answer.ts';
import { addContent, noSize, sizeOfAnswer, tagsIn } from '../../src/helpspot/content-size.ts';

const text = (value: string): Content => ({ kind: 'text', text: value });

it.each([
  ['a text', text('abc'), { parts: 1, characters: 3 }],
  ['a link', { kind: 'link', href: 'tel:1', text: 'ab' }, { parts: 1, characters: 7 }],
  ['HTML', { kind: 'html', html: '<b>x</b><i' }, { parts: 1, characters: 10, html: 10, tags: 2 }],
  ['a mark', { kind: 'marked', as: 'danger', content: text('a') }, { parts: 2, characters: 1 }],
  ['a note', { kind: 'noted', note: 'abc', content: text('a') }, { parts: 2, characters: 4 }],
  ['a list', { kind: 'list', style: 'comma', items: [text('a'), text('bc')] }, { parts: 3, characters: 3 }],
  [
    'a table',
    { kind: 'table', headings: ['a', 'bc'], rows: [[text('d'), null], [null]], more: 'more' },
    { parts: 6, characters: 8 },
  ],
] satisfies [string, Content, object][])('%s is so much', (_what, content, size) => {
  const sum = noSize();
  addContent(sum, content);
  expect(sum).toEqual({ ...noSize(), ...size });
  addContent(sum, text('x'));
  expect(sum).toMatchObject({ parts: size.parts + 1, characters: size.characters + 1 });
});

it('an answer is its customers and its notices, with the names of fields', () => {
  const customer = [
    { name: 'ab', content: text('c') },
    { name: 'd', content: text('e') },
  ];
  const size = sizeOfAnswer({ columns: ['left out'], customers: [customer, customer], notices: ['notice', 'x'] });
  expect(size).toEqual({ parts: 4, characters: 17, html: 0, tags: 0 });
});

it.each([
  ['<b></b><!x><1< <', 9, 1],
  // Letters, and what stands beside them in ASCII.
  ['<@<[<`<{<a<z<A<Z', 9, 4],
  ['<b><i><u>', 3, 3],
  ['<b><i><u>', 2, 3],
  ['<b><i><u>', 1, 2],
  ['<b><i>', 0, 1],
  ['', 0, 0],
])('of %s with at most %d tags %d are counted', (html, most, count) => {
  expect(tagsIn(html, most)).toBe(count);
});

it('the tags of an answer are counted up to ten thousand and one', () => {
  const sum = noSize();
  const counted = [9_999, 5, 5].map((tags) => {
    addContent(sum, { kind: 'html', html: '<b>'.repeat(tags) });
    return sum.tags;
  });
  expect(counted).toEqual([9_999, 10_001, 10_001]);
});
