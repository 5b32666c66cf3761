/** Writes Live Lookup answers (manual, chapter 1.2). The only place that does. */
import type { Content, LookupAnswer } from './answer.ts';
import { displayHtml, isEmptyHtml } from './display.ts';
import { type ContentReader, fittingElements, inDocumentOrder } from './lookup-elements.ts';
import { elementNames, NOTICE_ELEMENT } from './xml-name.ts';
import { legalText } from './xml-text.ts';
import { type Elements, livelookupXml } from './xml-writer.ts';

/** What HelpSpot shows for several customers when an answer names no columns. */
export const HELPSPOT_COLUMNS: readonly string[] = ['customer_id', 'first_name', 'last_name', 'email'];

/**
 * The XML of an answer, well-formed whatever it holds.
 *
 * Standard elements come first, in the manual's order, then the others as given. Empty elements are left out, since
 * HelpSpot's Insert button would overwrite a request's field with nothing; of two elements with one name the first that
 * is not empty stays; a customer of whom nothing is left is not a match and is left out. The notices ride on the first
 * customer, in a table as a column; where there is no customer to carry them, they are the answer.
 */
export async function writeLookup(answer: LookupAnswer): Promise<string> {
  return elementsXml(await lookupElements(answer));
}

/** The same of elements that are there already. */
export function elementsXml({ columns, customers, notices }: LookupElements): string {
  if (notices.length === 0) return livelookupXml(columns, customers);

  const [first, ...others] = customers;
  if (first === undefined) return writeLookupError(notices.join('\n'));
  const shown = others.length === 0 ? columns : [...(columns.length > 0 ? columns : HELPSPOT_COLUMNS), NOTICE_ELEMENT];
  return livelookupXml(shown, [withNotice(first, notices), ...others]);
}

/** What HelpSpot reads from an answer, and shows. */
export interface LookupElements {
  /** Names of elements; empty: HelpSpot's own choice, {@link HELPSPOT_COLUMNS}. */
  readonly columns: readonly string[];
  /** Element → value in the order of the document: text where {@link isInsertable}, else HTML. Never empty. */
  readonly customers: readonly Elements[];
  /** For each of them his place among the customers of the answer: one of whom nothing is left is not written. */
  readonly places: readonly number[];
  /** The names of fields, and the elements as which they are written. */
  readonly names: ReadonlyMap<string, string>;
  readonly notices: readonly string[];
}

/**
 * The elements of an answer as {@link writeLookup} writes them, before the notices ride on one of them.
 * What makes the document too large is left out, and one of the notices says so.
 */
export async function lookupElements(answer: LookupAnswer): Promise<LookupElements> {
  const html = hasHtml(answer) ? await htmlReader() : WITHOUT_HTML;
  const said = answer.notices.filter((notice) => legalText(notice).trim() !== '');
  const names = namesOf(answer, said.length > 0);
  const fitting = fittingElements(answer.customers, names, html);
  if (fitting.notices.length > 0 && said.length === 0 && names.has(NOTICE_ELEMENT)) {
    // A field has the name of the notice that has come up: once more, with that name taken.
    return lookupElements({ ...answer, notices: fitting.notices });
  }
  const notices = [...new Set([...said, ...fitting.notices])];
  const { customers, places } = fitting;
  return { columns: columnsOf(answer.columns, names), customers, places, names, notices };
}

/** What reads the HTML of one answer. */
export async function htmlReader(): Promise<ContentReader> {
  const { HtmlReader } = await import('./sanitise.ts');
  // One for the whole answer: it counts.
  const reader = new HtmlReader();
  return { sanitise: (html) => reader.sanitise(html), htmlToText: (html) => reader.htmlToText(html) };
}

/**
 * The XML of a lookup that failed: one customer with nothing to insert and only
 * `<lookup_error>`, so that staff read `message` in place of a result.
 */
export function writeLookupError(message: string): string {
  const html = displayHtml({ kind: 'text', text: message }, escapedOnly);
  return livelookupXml([], [new Map([['lookup_error', isEmptyHtml(html) ? 'Live Lookup failed' : html]])]);
}

/** Never reached for an answer without HTML; were it, the HTML would be lost and nothing else. */
export const WITHOUT_HTML: ContentReader = { sanitise: escapedOnly, htmlToText: escapedOnly };

function escapedOnly(): string {
  return '';
}

/** Whether a parser is needed. */
export function hasHtml(answer: LookupAnswer): boolean {
  return answer.customers.some((customer) => customer.some((field) => isHtml(field.content)));
}

function isHtml(content: Content): boolean {
  switch (content.kind) {
    case 'text':
    case 'link':
      return false;
    case 'html':
      return true;
    case 'marked':
    case 'noted':
      return isHtml(content.content);
    case 'table':
      return content.rows.some((row) => row.some((cell) => cell !== null && isHtml(cell)));
    case 'list':
      return content.items.some(isHtml);
  }
}

function namesOf(answer: LookupAnswer, hasNotices: boolean): ReadonlyMap<string, string> {
  const wanted = new Set<string>();
  for (const customer of answer.customers) {
    for (const field of customer) wanted.add(field.name);
  }
  for (const column of answer.columns) {
    if (column.trim() !== '') wanted.add(column);
  }
  return elementNames(wanted, hasNotices ? [NOTICE_ELEMENT] : []);
}

function columnsOf(wanted: readonly string[], names: ReadonlyMap<string, string>): readonly string[] {
  const columns = wanted.map((column) => names.get(column)).filter((name) => name !== undefined);
  return [...new Set(columns)];
}

function withNotice(customer: Elements, notices: readonly string[]): Elements {
  const notice = displayHtml({ kind: 'text', text: notices.join('\n') }, escapedOnly);
  return inDocumentOrder(new Map([...customer, [NOTICE_ELEMENT, notice]]));
}
