/** How much there is in an answer, in some microseconds: before anything is made of it. */
import type { Content, Customer, LookupAnswer } from './answer.ts';
import type { Table } from './tables.ts';

/** Sums over contents. */
export interface ContentSize {
  /** Elements, the items of lists, and the cells of tables. */
  parts: number;
  /** Characters of texts, addresses and HTML. */
  characters: number;
  /** Those of HTML among them. */
  html: number;
  /** Signs in the HTML that may begin a tag; beyond ten thousand they are not counted. */
  tags: number;
}

/** Nothing. */
export function noSize(): ContentSize {
  return { parts: 0, characters: 0, html: 0, tags: 0 };
}

/** Adds a customer to a sum. */
export function addCustomer(size: ContentSize, customer: Customer): void {
  for (const { name, content } of customer) {
    size.characters += name.length;
    addContent(size, content);
  }
}

/** Adds one content to a sum. */
export function addContent(size: ContentSize, content: Content): void {
  size.parts += 1;
  switch (content.kind) {
    case 'text':
      size.characters += content.text.length;
      break;
    case 'link':
      size.characters += content.text.length + content.href.length;
      break;
    case 'html':
      size.characters += content.html.length;
      size.html += content.html.length;
      size.tags += tagsIn(content.html, MOST_TAGS - size.tags);
      break;
    case 'marked':
      addContent(size, content.content);
      break;
    case 'noted':
      size.characters += content.note.length;
      addContent(size, content.content);
      break;
    case 'table':
      addTable(size, content);
      break;
    case 'list':
      for (const item of content.items) addContent(size, item);
  }
}

/** An empty cell is written, too. */
function addTable(size: ContentSize, { headings, rows, more }: Table): void {
  size.parts += headings.length;
  for (const heading of headings) size.characters += heading.length;
  for (const row of rows) {
    for (const cell of row) {
      if (cell === null) size.parts += 1;
      else addContent(size, cell);
    }
  }
  size.characters += more.length;
}

/** The sum of an answer. */
export function sizeOfAnswer({ customers, notices }: LookupAnswer): ContentSize {
  const size = noSize();
  for (const customer of customers) addCustomer(size, customer);
  for (const notice of notices) size.characters += notice.length;
  return size;
}

const MOST_TAGS = 10_000;

/** How many opening tags HTML may have; at most one more than `most`. */
export function tagsIn(html: string, most: number): number {
  let count = 0;
  for (let at = html.indexOf('<'); at !== -1 && count <= most; at = html.indexOf('<', at + 1)) {
    if (isLetter(html.charCodeAt(at + 1))) count += 1;
  }
  return count;
}

/** ASCII letters of both cases: they differ in one bit. */
function isLetter(unit: number): boolean {
  const small = unit | 0x20;
  return small >= 0x61 && small <= 0x7a;
}
