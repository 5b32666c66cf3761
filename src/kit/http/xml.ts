/** Reads the XML of other systems: strictly, without document types, and so without entities of anybody's own. */
import { DOMParser, type Element, type Node } from '@xmldom/xmldom';
import { isLegalInXml } from '../text/index.ts';
import { XmlMistake } from './xml-mistake.ts';

/** An element of an XML answer. */
export interface XmlElement {
  /** Without a prefix. */
  readonly name: string;
  /** The text in it and in everything below it. */
  readonly text: string;
  /** The value of an attribute, by its name as it is written. */
  attribute(name: string): string | undefined;
  /** The first child of this name. */
  child(name: string): XmlElement | undefined;
  /** The child elements, or those of this name. */
  children(name?: string): readonly XmlElement[];
  /** Every element of this name below this one, in the order of the document. */
  all(name: string): readonly XmlElement[];
  /** The element of the parser, for XPath. @internal */
  readonly node: Element;
}

/** No API nests so deep; what does is meant to exhaust whoever reads it. */
const DEEPEST = 200;
/** A list of 20,000 records of ten fields has fewer. Each element becomes some 400 bytes of objects, and takes its time. */
const MOST_ELEMENTS = 250_000;
const NOT_WELL_FORMED = 'it is not well-formed';

/** The root element. @throws {XmlMistake} saying what is wrong, without the text of the document */
export function parseXml(answer: string): XmlElement {
  // Pages of PHP and ASP often begin with a blank line, which XML does not allow in front of its declaration.
  const text = answer.trimStart();
  refuseDocumentType(text);
  refuseBeforehand(text);
  const root = parse(text);
  if (root === null) throw new XmlMistake('it has no element');
  return elementOf(root);
}

function parse(text: string): Element | null {
  try {
    return new DOMParser({ onError: stop, normalizeLineEndings, locator: false }).parseFromString(text, 'text/xml')
      .documentElement;
  } catch {
    throw new XmlMistake(NOT_WELL_FORMED);
  }
}

/**
 * A warning of this parser is an attribute without quotes and the like: not well-formed. That one may be U+FFFD in the
 * text is none: it is a character, and customers' data has it.
 */
function stop(level: 'warning' | 'error' | 'fatalError', message: string): void {
  if (level === 'warning' && message.startsWith('Unicode replacement character')) return;
  throw new XmlMistake(NOT_WELL_FORMED);
}

/** As XML 1.0 has it (2.11). The parser's own rule is that of XML 1.1, which takes U+2028 for a line end too. */
function normalizeLineEndings(text: string): string {
  return text.replace(/\r\n?/g, '\n');
}

/** Behind the spaces, instructions and comments at the start. */
function endOfProlog(text: string): number {
  for (let at = 0; ; ) {
    const markup = text.slice(at).search(/\S/);
    if (markup === -1) return text.length;
    at += markup;
    const closing = text.startsWith('<?', at) ? '?>' : text.startsWith('<!--', at) ? '-->' : undefined;
    if (closing === undefined) return at;
    const end = text.indexOf(closing, at + (closing === '?>' ? 2 : 4));
    if (end === -1) return at;
    at = end + closing.length;
  }
}

/** Entities, and so attacks with them, exist only in a document type. It can stand before the root element only. */
function refuseDocumentType(text: string): void {
  const at = endOfProlog(text);
  if (/^<!DOCTYPE/i.test(text.slice(at, at + 9))) {
    throw new XmlMistake('it has a document type (<!DOCTYPE), which is not read');
  }
}

/**
 * What the parser lets pass or pays dearly for: lone ampersands, references to
 * what is no character, and a tree of a million levels, which is not built at all.
 */
function refuseBeforehand(text: string): void {
  if (!isLegalInXml(text)) throw new XmlMistake('it has a character that XML cannot have');
  let depth = 0;
  let elements = 0;
  let from = 0;
  for (let at = text.indexOf('<'); at !== -1; at = text.indexOf('<', from)) {
    const end = endOfMarkup(text, at);
    if (end === -1) throw new XmlMistake(NOT_WELL_FORMED);
    const second = text[at + 1];
    const isTag = second !== '!' && second !== '?';
    refuseReferences(text.slice(from, isTag ? end : at));
    if (second === '/') depth -= 1;
    else if (isTag && text[end - 1] !== '/') depth += 1;
    if (isTag && second !== '/') elements += 1;
    if (elements > MOST_ELEMENTS) throw new XmlMistake(`it has more than ${MOST_ELEMENTS} elements`);
    if (depth > DEEPEST) throw new XmlMistake(`it is nested more than ${DEEPEST} levels deep`);
    from = end + 1;
  }
  refuseReferences(text.slice(from));
}

/** The place of the last character of the markup at `at`; -1 when it does not end. */
function endOfMarkup(text: string, at: number): number {
  if (text.startsWith('<!--', at)) return lastOf(text, '-->', at + 4);
  if (text.startsWith('<![CDATA[', at)) return lastOf(text, ']]>', at);
  if (text.startsWith('<?', at)) return lastOf(text, '?>', at);
  const special = /[<>"']/g;
  special.lastIndex = at + 1;
  for (let found = special.exec(text); found !== null; found = special.exec(text)) {
    if (found[0] === '>') return found.index;
    if (found[0] === '<') return -1;
    const quote = text.indexOf(found[0], found.index + 1);
    if (quote === -1) return -1;
    special.lastIndex = quote + 1;
  }
  return -1;
}

function lastOf(text: string, end: string, at: number): number {
  const found = text.indexOf(end, at);
  return found === -1 ? -1 : found + end.length - 1;
}

function refuseReferences(text: string): void {
  for (const [, name, decimal, hexadecimal] of text.matchAll(
    /&(?:(amp|lt|gt|quot|apos);|#(\d+);|#x([\da-fA-F]+);)?/g,
  )) {
    if (name !== undefined) continue;
    const code = decimal === undefined ? Number.parseInt(hexadecimal ?? '', 16) : Number(decimal);
    if (!(code <= 0x10ffff) || !isLegalInXml(String.fromCodePoint(code))) throw new XmlMistake(NOT_WELL_FORMED);
  }
}

function elementOf(node: Element): XmlElement {
  const children = () => Array.from(node.childNodes).filter(isElement).map(elementOf);
  return {
    name: nameOf(node),
    get text() {
      return node.textContent ?? '';
    },
    attribute: (name) => node.getAttribute(name) ?? undefined,
    child: (name) => children().find((child) => child.name === name),
    children: (name) => (name === undefined ? children() : children().filter((child) => child.name === name)),
    all: (name) => Array.from(node.getElementsByTagNameNS('*', name)).map(elementOf),
    node,
  };
}

function nameOf(node: Element): string {
  return node.localName ?? node.nodeName;
}

function isElement(node: Node): node is Element {
  return node.nodeType === node.ELEMENT_NODE;
}
