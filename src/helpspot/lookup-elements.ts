/** The elements of customers, as many as one document takes. */
import type { Content, Customer } from './answer.ts';
import { answerLimits } from './answer-limits.ts';
import { isCut } from './cut.ts';
import { displayHtml, isEmptyHtml } from './display.ts';
import { insertableText } from './insertable.ts';
import { isInsertable, NOTICE_ELEMENT, STANDARD_ELEMENTS } from './xml-name.ts';
import { escapedLength } from './xml-text.ts';
import type { Elements } from './xml-writer.ts';

/** How HTML content is treated: made harmless for display, or read as text. */
export interface ContentReader {
  sanitise(html: string): string;
  htmlToText(html: string): string;
}

/** Customers without empty ones, and what is said of those that are missing. */
export interface FittingElements {
  readonly customers: readonly Elements[];
  /** Where each of them was among all. */
  readonly places: readonly number[];
  readonly notices: readonly string[];
}

/**
 * The customers up to the size of a document. A table loses its last rows, and says so. Of the first customer, what still
 * does not fit is left out; another one is left out whole, with those after him.
 */
export function fittingElements(
  customers: readonly Customer[],
  names: ReadonlyMap<string, string>,
  reader: ContentReader,
): FittingElements {
  const fitting: Elements[] = [];
  const places: number[] = [];
  const half = new Set<string>();
  const tooMuch = new Set<string>();
  let left: number = answerLimits.document;
  let missing = 0;
  for (const [index, customer] of customers.entries()) {
    const elements = elementsOf(customer, names, reader, half, left);
    if (elements.size === 0) continue;
    const kept = fitting.length === 0 ? withinSize(elements, left, tooMuch) : elements;
    left -= sizeOf(kept);
    if (left < 0) {
      missing = customers.length - index;
      break;
    }
    fitting.push(kept);
    places.push(index);
  }
  return { customers: fitting, places, notices: noticesOf(half, tooMuch, missing) };
}

function elementsOf(
  customer: Customer,
  names: ReadonlyMap<string, string>,
  reader: ContentReader,
  half: Set<string>,
  room: number,
): Elements {
  const elements = new Map<string, string>();
  let left = room;
  for (const { name: wanted, content } of customer) {
    const name = names.get(wanted);
    if (name === undefined || elements.has(name)) continue;
    // A table may take half, so that what comes after it has room, too.
    const value = valueFor(name, content, reader, left / 2);
    if (value === '') continue;
    if (isInsertable(name) && isCut(value)) {
      half.add(name);
      continue;
    }
    elements.set(name, value);
    left -= sizeOfOne(name, value);
  }
  return inDocumentOrder(elements);
}

/** Empty when there is nothing to see. */
function valueFor(name: string, content: Content, reader: ContentReader, room: number): string {
  if (isInsertable(name)) {
    const text = insertableText(content, reader.htmlToText);
    return text.trim() === '' ? '' : text;
  }
  const shown = displayHtml(content, reader.sanitise, room);
  return isEmptyHtml(shown) ? '' : shown;
}

function withinSize(elements: Elements, size: number, tooMuch: Set<string>): Elements {
  const kept = new Map<string, string>();
  let left = size;
  for (const [name, value] of elements) {
    const taken = sizeOfOne(name, value);
    if (taken > left) {
      tooMuch.add(name);
    } else {
      kept.set(name, value);
      left -= taken;
    }
  }
  return kept;
}

function sizeOf(elements: Elements): number {
  let size = 0;
  for (const [name, value] of elements) size += sizeOfOne(name, value);
  return size;
}

/** `<name>value</name>` */
function sizeOfOne(name: string, value: string): number {
  return 2 * name.length + 5 + escapedLength(value);
}

/** Standard elements, then the notice, which is not to be overlooked, then the others. */
const FIRST_ELEMENTS: readonly string[] = [...STANDARD_ELEMENTS, NOTICE_ELEMENT];

/** The elements in the order of the document. */
export function inDocumentOrder(elements: Elements): Elements {
  const ordered = new Map<string, string>();
  for (const name of FIRST_ELEMENTS) {
    const value = elements.get(name);
    if (value !== undefined) ordered.set(name, value);
  }
  for (const [name, value] of elements) ordered.set(name, value);
  return ordered;
}

function noticesOf(half: ReadonlySet<string>, tooMuch: ReadonlySet<string>, missing: number): readonly string[] {
  const notices: string[] = [];
  if (half.size > 0) notices.push(`Left out, because it is too long to be inserted whole: ${some(half)}`);
  if (tooMuch.size > 0) notices.push(`Left out, because the answer would be too large: ${some(tooMuch)}`);
  if (missing > 0) {
    const who = missing === 1 ? 'The last match is' : `The last ${missing} matches are`;
    notices.push(`${who} left out, because the answer would be too large; fill in more fields to narrow the search`);
  }
  return notices;
}

const NAMES_SHOWN = 5;

function some(names: ReadonlySet<string>): string {
  const shown = [...names].slice(0, NAMES_SHOWN).join(', ');
  return names.size > NAMES_SHOWN ? `${shown} and ${names.size - NAMES_SHOWN} more` : shown;
}
