import fc from 'fast-check';
import type { DefaultTreeAdapterTypes } from 'parse5';
import { describe, expect, it } from 'vitest';
import type { Content, LookupAnswer } from '../../src/helpspot/answer.ts';
import { answerLimits } from '../../src/helpspot/answer-limits.ts';
import { sizeOfAnswer } from '../../src/helpspot/content-size.ts';
import { displayHtml } from '../../src/helpspot/display.ts';
import { insertableText } from '../../src/helpspot/insertable.ts';
import { writeLookup } from '../../src/helpspot/lookup-xml.ts';
import { htmlToText, sanitise } from '../../src/helpspot/sanitise.ts';
import type { Table } from '../../src/helpspot/tables.ts';
import { runs } from '../support/runs.ts';
import { readLookup } from '../support/xml.ts';
import { anyContent, asXmlReads, nastyText, nodesInCell, SANITISED, seen, tableOf } from './nasty.ts';

const text = (value: string) => ({ kind: 'text' as const, text: value });
const table = (rows: Table['rows'], more = ''): Table => ({ kind: 'table', headings: ['No.', 'Ends'], rows, more });
const display = (content: Content) => displayHtml(content, sanitise);
const answer = (content: Content): LookupAnswer => ({
  columns: [],
  customers: [
    [
      { name: 'customer_id', content: text('1') },
      { name: 'records', content },
      { name: 'note', content: text('after it') },
    ],
  ],
  notices: [],
});

type Element = DefaultTreeAdapterTypes.Element;

function elementsOf(nodes: readonly DefaultTreeAdapterTypes.ChildNode[]): Element[] {
  return nodes.map((node) => {
    if (!('tagName' in node)) throw new Error(`${node.nodeName} beside the parts of a table`);
    return node;
  });
}

/** The only child, which must have this name. */
function within(parent: Element | undefined, name: string): Element {
  const [child, ...others] = elementsOf(parent?.childNodes ?? []);
  if (child?.tagName !== name || others.length > 0) throw new Error(`not one <${name}>, but <${child?.tagName}>`);
  return child;
}

/** A table as a browser sees it in HelpSpot's page. Throws where there is anything but the parts of one table. */
interface SeenTable {
  readonly headings: readonly Element[];
  readonly rows: readonly (readonly Element[])[];
  readonly below: readonly string[];
}

function seenTable(html: string): SeenTable {
  const [first, ...others] = elementsOf(nodesInCell(html));
  const hasTable = first?.childNodes.some(({ nodeName }) => nodeName === 'table') ?? false;
  const below = (hasTable || first === undefined ? others : [first, ...others]).map((line) => {
    expect(line.tagName).toBe('div');
    expect(seen(line).elements).toEqual([]);
    return seen(line).text;
  });
  if (!hasTable) return { headings: [], rows: [], below };
  const [head, body, ...rest] = elementsOf(within(first, 'table').childNodes);
  expect([head?.tagName, body?.tagName, ...rest]).toEqual(['thead', 'tbody']);
  const headings = elementsOf(within(head, 'tr').childNodes);
  const rows = elementsOf(body?.childNodes ?? []).map((row) => {
    expect(row.tagName).toBe('tr');
    return elementsOf(row.childNodes);
  });
  for (const heading of headings) expect(heading.tagName).toBe('th');
  for (const cell of rows.flat()) expect(cell.tagName).toBe('td');
  return { headings, rows, below };
}

function everyElement(element: Element): Element[] {
  return element.childNodes.flatMap((node) => ('tagName' in node ? [node, ...everyElement(node)] : []));
}

const visible = (value: string) => (asXmlReads(value).trim() === '' ? '' : asXmlReads(value));

async function written(content: Content): Promise<string> {
  const { customers } = readLookup(await writeLookup(answer(content)));
  expect(customers).toHaveLength(1);
  expect(customers[0]).toMatchObject({ customer_id: '1', note: 'after it' });
  return customers[0]?.['records'] ?? '';
}

describe('a table', () => {
  it('has a heading for each column and a cell for each value, in which text is text', async () => {
    await fc.assert(
      fc.asyncProperty(tableOf(nastyText.map(text)), async (given) => {
        const { headings, rows, below } = seenTable(await written(given));
        expect(below).toEqual([visible(given.more)].filter((line) => line !== ''));
        const expected = given.rows.map((row) => row.map((cell) => visible(cell?.text ?? '')));
        const isEmpty = expected.flat().every((value) => value === '');
        expect(rows.map((row) => row.map((cell) => seen(cell).text))).toEqual(isEmpty ? [] : expected);
        expect(headings.map((heading) => seen(heading).text)).toEqual(isEmpty ? [] : given.headings.map(asXmlReads));
        for (const part of [...headings, ...rows.flat()]) {
          expect(part.attrs.map(({ name }) => name).filter((name) => name !== 'scope')).toEqual(['dir', 'style']);
          expect(seen(part).comments).toBe(0);
          for (const { tagName, attrs } of everyElement(part)) expect([tagName, attrs]).toEqual(['br', []]);
        }
      }),
      runs(100),
    );
  });

  const ELEMENTS = new Set([...SANITISED, 'bdi']);
  const ATTRIBUTES = new Set('style dir scope href target rel title colspan rowspan'.split(' '));

  it('keeps its rows and columns whatever is in its cells', async () => {
    await fc.assert(
      fc.asyncProperty(tableOf(anyContent), async (given) => {
        const { headings, rows } = seenTable(await written(given));
        if (rows.length > 0) {
          expect(rows.map((row) => row.length)).toEqual(given.rows.map(() => given.headings.length));
          expect(headings).toHaveLength(given.headings.length);
        }
        for (const [at, row] of given.rows.entries()) {
          for (const [column, cell] of row.entries()) {
            if (cell?.kind !== 'text') continue;
            const shown = rows[at]?.[column];
            expect(shown === undefined ? '' : seen(shown).text).toBe(visible(cell.text));
          }
        }
        for (const { tagName, attrs } of rows.flat().flatMap(everyElement)) {
          expect(ELEMENTS).toContain(tagName);
          for (const { name, value } of attrs) {
            expect(ATTRIBUTES).toContain(name);
            if (name === 'href') expect(value).toMatch(/^(?:https?|mailto|tel):/);
            if (name === 'style') expect(value).not.toMatch(/url|position:|expression|@/i);
          }
        }
      }),
      runs(150),
    );
  });

  it.each([
    '</td></tr></table>',
    '</td><td>one more',
    '<tr><td>a row',
    '<table><tr><td>unclosed',
    '<td></td></tr><tr>',
    '<b><i><a href="https://x.example">',
    '</strong></span></ul></div>',
    '<!-- ',
    '<textarea>',
    '<table><table>',
  ])('holds HTML of the administrator: %s', (html) => {
    for (const cell of [
      { kind: 'html', html } as const,
      { kind: 'marked', as: 'danger', content: { kind: 'html', html: `x${html}` } } as const,
      { kind: 'list', style: 'bullets', items: [{ kind: 'html', html: `x${html}` }, text('y')] } as const,
    ]) {
      const { rows } = seenTable(display(table([[cell, text('b')], [text('c')]])));
      expect(rows.map((row) => row.length)).toEqual([2, 2]);
      expect(rows.flatMap((row) => row.map((each) => seen(each).text))).toEqual([expect.anything(), 'b', 'c', '']);
    }
  });

  it('breaks long words, and columns of short ones never', () => {
    const { headings, rows } = seenTable(display(table([[text('2030-01-01'), text('x'.repeat(100))]])));
    const breaks = [...headings, ...rows.flat()].map(({ attrs }) =>
      attrs.some(({ value }) => value.includes('overflow-wrap')),
    );
    expect(breaks).toEqual([false, false, false, true]);
  });

  it('says only what is missing when there is nothing to see', () => {
    expect(display(table([]))).toBe('');
    expect(display(table([[null, text(' \u0000')]]))).toBe('');
    expect(seenTable(display(table([], 'and 27 more')))).toEqual({ headings: [], rows: [], below: ['and 27 more'] });
  });

  it('loses its last rows when there is no room for them, and says so', async () => {
    const rows = Array.from({ length: 400 }, (_, index) => [text(`${index}`), text('"&<'.repeat(1_000))]);
    const xml = await writeLookup(answer(table(rows, 'and 27 more')));
    expect(xml.length).toBeLessThan(answerLimits.document);
    const [customer] = readLookup(xml).customers;
    expect(customer).toMatchObject({ customer_id: '1', note: 'after it' });
    // A megabyte that a parser would read for seconds.
    const html = customer?.['records'] ?? '';
    const shown = html.split('<tr').length - 2;
    expect(shown).toBeGreaterThan(100);
    const words = `and ${rows.length - shown} more are not shown, because the answer would be too large`;
    expect(html).toMatch(new RegExp(`</table></div><div[^<>]*>${words}</div><div[^<>]*>and 27 more</div>$`));
    expect(customer).not.toHaveProperty('lookup_notice');
  });

  it('counts what it will be', () => {
    const { parts, characters } = sizeOfAnswer({
      columns: [],
      customers: [[{ name: 'x', content: table([[text('abc'), null]], 'more') }]],
      notices: [],
    });
    // The table, two headings, two cells.
    expect({ parts, characters }).toEqual({ parts: 5, characters: 1 + 'No.Ends'.length + 3 + 4 });
  });

  it('is inserted as its values, with a word about those that are missing', () => {
    const rows = [[text('1'), { kind: 'marked', as: 'danger', content: text('<b>May') } as const], [text('2')], []];
    const inserted = insertableText(table(rows, 'and <i>27 more'), htmlToText);
    expect(inserted).toBe('1, May; 2; and 27 more');
  });
});

describe('a mark', () => {
  const marked = (content: Content): Content => ({ kind: 'marked', as: 'danger', content });
  const strong = (inner: string) => `<strong style="color: #b00020">${inner}</strong>`;

  it('is written as near to the text as can be', () => {
    expect(display(marked(text('a & b')))).toBe(strong('a &amp; b'));
    expect(display(marked({ kind: 'link', href: 'tel:1', text: 'a' }))).toBe(
      `<a href="tel:1" target="_blank" rel="noopener noreferrer">${strong('a')}</a>`,
    );
    const items = [text('a'), text(' '), text('b')];
    expect(display(marked({ kind: 'list', style: 'bullets', items }))).toBe(
      `<ul><li>${strong('a')}</li><li>${strong('b')}</li></ul>`,
    );
    expect(display(marked(text(' ')))).toBe('');
  });

  it('and a note are nothing to insert', () => {
    const noted: Content = { kind: 'noted', content: text('a'), note: 'of yesterday' };
    expect(insertableText(marked(noted), htmlToText)).toBe('a');
    expect(display(marked(noted))).toBe(`<span title="of yesterday" style="cursor: help">${strong('a')}</span>`);
    expect(display({ ...noted, note: ' \u0000' })).toBe('a');
  });
});

describe('HTML of the administrator', () => {
  it.each(['&#1;', '&#x1f;', '&#xffff;', '&#xd800;', '&#0;', '<b title="&#2;">'])('may hold %s', async (reference) => {
    const html = await written({ kind: 'html', html: `a${reference}b` });
    expect(html).toMatch(/^a.*b/);
  });
});
