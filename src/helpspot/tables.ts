/**
 * Tables of records within a value. They stand in a narrow pane of HelpSpot's page, whose styles are unknown: what a
 * reader needs is written at each cell. A screen reader says the heading with each cell (`scope`).
 */
import type { Content } from './answer.ts';
import { escapeHtml } from './html.ts';
import { escapedLength, legalText } from './xml-text.ts';

/** Headings, rows of cells, and what is not shown. */
export type Table = Extract<Content, { readonly kind: 'table' }>;

/** What is too wide scrolls, and lies over nothing beside it. */
const START = '<div style="overflow-x: auto"><table style="border-collapse: collapse"><thead>';
const END = '</tbody></table></div>';
/** Lines tell where a row ends of which every cell takes several lines. */
const ROW = '<tr style="border-bottom: 1px solid #ddd">';
const CELL_STYLE = 'padding: 2px 6px; text-align: start; vertical-align: top';
/** For all cells, `anywhere` would make a column of dates as narrow as one letter beside a column of sentences. */
const LONG_WORD = /\S{25}/;
const BREAKING = `${CELL_STYLE}; overflow-wrap: anywhere`;
/** A date, a number, a code: browsers break them at their dashes. */
const ONE_WORD = /^\s*\S+\s*$/;
const WHOLE = `${CELL_STYLE}; white-space: nowrap`;
const TAG = /<[^<>]*>/g;
/** Of {@link leftOut} and what stands around it. */
const WORDS_ROOM = 150;

/**
 * A table with a cell for each heading in each row, and below it what is not shown. Empty when no cell shows anything
 * and nothing is missing.
 *
 * @param cellHtml HTML with all its tags closed; empty for a cell in which nothing would be seen
 * @param room what it may take in the document, in characters; rows that go beyond are left out, and counted
 */
export function tableHtml(
  { headings, rows, more }: Table,
  cellHtml: (cell: Content) => string,
  room = Number.POSITIVE_INFINITY,
): string {
  const head = headings.map((text) => cellOf('th scope="col"', escapeHtml(legalText(text)))).join('');
  const start = `${START}${ROW}${head}</tr></thead><tbody>`;
  const below = lineOf(more);
  let left = room - escapedLength(start) - escapedLength(END) - escapedLength(below) - WORDS_ROOM;
  let isEmpty = true;
  const written: string[] = [];
  for (const row of rows) {
    const cells = headings.map((_heading, column) => {
      const cell = row[column] ?? null;
      return cell === null ? '' : cellHtml(cell);
    });
    const html = `${ROW}${cells.map((cell) => cellOf('td', cell)).join('')}</tr>`;
    left -= escapedLength(html);
    if (left < 0) break;
    written.push(html);
    isEmpty &&= cells.every((cell) => cell === '');
  }
  const table = isEmpty ? '' : `${start}${written.join('')}${END}`;
  return `${table}${lineOf(leftOut(rows.length - written.length))}${below}`;
}

/**
 * `dir`: a cell is a paragraph of its own to the rules of direction (UAX 9, CSS Writing Modes 3, 2.4), so that no mark
 * in it turns its neighbours; with `auto`, Arabic in it begins at the right whatever the page is in.
 */
function cellOf(tag: 'td' | 'th scope="col"', html: string): string {
  return `<${tag} dir="auto" style="${styleOf(html.replace(TAG, ' '))}">${html}</${tag.slice(0, 2)}>`;
}

function styleOf(text: string): string {
  if (LONG_WORD.test(text)) return BREAKING;
  return ONE_WORD.test(text) ? WHOLE : CELL_STYLE;
}

function lineOf(text: string): string {
  const legal = legalText(text);
  return legal.trim() === '' ? '' : `<div dir="auto">${escapeHtml(legal)}</div>`;
}

/** A table with its first rows only, that says how many are missing. */
export function withRows(table: Table, count: number): Table {
  const missing = leftOut(table.rows.length - count);
  if (missing === '') return table;
  return {
    ...table,
    rows: table.rows.slice(0, count),
    more: [missing, table.more].filter((words) => words !== '').join('; '),
  };
}

function leftOut(count: number): string {
  if (count <= 0) return '';
  return `and ${count} more ${count === 1 ? 'is' : 'are'} not shown, because the answer would be too large`;
}
