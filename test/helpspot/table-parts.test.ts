/** What a table is made of, byte for byte, and where parts of one may stand. */
import { describe, expect, it } from 'vitest';
import type { Content } from '../../src/helpspot/answer.ts';
import { displayHtml } from '../../src/helpspot/display.ts';
import { insideOwnTables } from '../../src/helpspot/table-parts.ts';
import { type Table, tableHtml, withRows } from '../../src/helpspot/tables.ts';
import { escapedLength } from '../../src/helpspot/xml-text.ts';

const text = (value: string): Content => ({ kind: 'text', text: value });
const table = (rows: Table['rows'], more = ''): Table => ({ kind: 'table', headings: ['No.', 'Ends at'], rows, more });
const html = (given: Table, room?: number) => tableHtml(given, (cell) => displayHtml(cell, () => ''), room);
const leftOut = (words: string) => `and ${words} not shown, because the answer would be too large`;

describe('a table', () => {
  const CELL = 'padding: 2px 6px; text-align: start; vertical-align: top';
  const [NORMAL, WHOLE, LONG] = [CELL, `${CELL}; white-space: nowrap`, `${CELL}; overflow-wrap: anywhere`];
  const th = (style: string, content: string) => `<th scope="col" dir="auto" style="${style}">${content}</th>`;
  const td = (style: string, content: string) => `<td dir="auto" style="${style}">${content}</td>`;
  const row = (...cells: string[]) => `<tr style="border-bottom: 1px solid #ddd">${cells.join('')}</tr>`;
  const long = 'x'.repeat(25);

  it('is this HTML', () => {
    const rows = [
      [text('a & b'), null, text('of no heading')],
      [text(`${long.slice(1)} y`), text(' c ')],
      [text(`y ${long}`), { kind: 'link', href: 'tel:1', text: 'd' } as const],
      [],
    ];
    const link = '<a href="tel:1" target="_blank" rel="noopener noreferrer">d</a>';
    expect(html(table(rows, '<more>'))).toBe(
      '<div style="overflow-x: auto"><table style="border-collapse: collapse"><thead>' +
        `${row(th(WHOLE, 'No.'), th(NORMAL, 'Ends at'))}</thead><tbody>` +
        row(td(NORMAL, 'a &amp; b'), td(NORMAL, '')) +
        row(td(NORMAL, `${long.slice(1)} y`), td(WHOLE, ' c ')) +
        row(td(LONG, `y ${long}`), td(WHOLE, link)) +
        row(td(NORMAL, ''), td(NORMAL, '')) +
        '</tbody></table></div><div dir="auto">&lt;more&gt;</div>',
    );
  });

  it('is nothing where no cell shows anything, and a table where one does', () => {
    expect([html(table([[null], []])), html(table([[null]], ' \u0001'))]).toEqual(['', '']);
    expect(html(table([[]], 'more'))).toBe('<div dir="auto">more</div>');
    expect(html(table([[null, null], [null, text('a')], []]))).toContain('>a</td>');
  });

  it('has as many rows as there is room for', () => {
    const whole = table([[text('a')], [text('b')], [text('c')]], 'more');
    const [one, two, all] = [1, 2, 3].map((count) =>
      escapedLength(html({ ...whole, rows: whole.rows.slice(0, count) })),
    );
    const below = (room = 0) => html(whole, room).replace(/^.*<\/table><\/div>/, '');
    const lines = (...words: string[]) => words.map((line) => `<div dir="auto">${line}</div>`).join('');
    // The words about what is left out have 150.
    expect(below((all ?? 0) + 150)).toBe(lines('more'));
    expect(below((all ?? 0) + 149)).toBe(lines(leftOut('1 more is'), 'more'));
    expect(below((two ?? 0) + 149)).toBe(lines(leftOut('2 more are'), 'more'));
    expect(below((one ?? 0) + 149)).toBe(lines(leftOut('3 more are'), 'more'));
  });

  it('with its first rows only says how many are missing', () => {
    const three = table([[text('a')], [text('b')], [text('c')]], 'more');
    expect(withRows(three, 3)).toBe(three);
    expect(withRows(three, 4)).toBe(three);
    expect(withRows(three, 2)).toEqual({
      ...three,
      rows: three.rows.slice(0, 2),
      more: `${leftOut('1 more is')}; more`,
    });
    expect(withRows({ ...three, more: '' }, 0)).toEqual({ ...three, rows: [], more: leftOut('3 more are') });
  });
});

describe('parts of tables', () => {
  it.each([
    '<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>b</td></tr></tbody><tfoot><tr><td>c</td></tr></tfoot></table>',
    '<table><td>a</td><th>b</th><tr>c</tr></table>',
    '<table><thead><td>a</td><th>b</th></thead><tbody><td>c</td><th>d</th></tbody><tfoot><td>e</td><th>f</th></tfoot></table>',
    '<table><th><table><td><table style="x">a</table></td></table></th></table>',
    '<tablex>a<trx>b</trx></tablex>',
  ])('stay in their own table: %s', (whole) => {
    expect(insideOwnTables(whole)).toBe(whole);
  });

  it.each([
    ['<tr><td>a</td></tr>b', '  a  b'],
    ['<thead>a</thead><tbody>b</tbody><tfoot>c</tfoot><th>d</th>', ' a  b  c  d '],
    ['<table><table>a</table></table>b<td>', '<table> a </table>b '],
    ['<table><tr><table>a</table><tr>b</tr></tr></table>', '<table><tr> a  b </tr></table>'],
    ['<table><td><tr>a</tr><td>b</td></td></table>', '<table><td> a  b </td></table>'],
    ['<table><thead><tbody>a</tbody></thead></table>', '<table><thead> a </thead></table>'],
    ['<td title="x"><table>a</table></td >', ' <table>a</table> '],
    ['</td>a</table>', ' a '],
  ])('are dropped elsewhere: %s', (given, written) => {
    expect(insideOwnTables(given)).toBe(written);
  });
});
