/** An answer of the API, and how it becomes XML and JSON (manual, chapter 4.2). */
import type { Reply } from '../http/stand-in.ts';

/** Text, or elements. */
export type Content = string | readonly Part[];

/** An element; or all the elements of one name, in a list that may have one, many or none, by their keys where PHP has such. */
export type Part =
  | { readonly name: string; readonly content: Content }
  | { readonly list: string; readonly items: readonly { readonly key?: string; readonly content: Content }[] };

/** A whole answer. */
export interface Answer {
  readonly root: string;
  readonly content: Content;
  /** The manual's examples of the address book and of documents say UTF-8; all others ISO-8859-1. */
  readonly encoding?: 'UTF-8';
  /** The answer of multiGet, see {@link JsonStyle}. */
  readonly isArray?: true;
}

/**
 * What PHP makes of lists in JSON, which the manual does not show. Read in public clients: lists of requests, fields, statuses,
 * mailboxes and people as lists (PipedreamHQ/pipedream components/helpspot, trackd/PSHelpspot), categories and
 * `request_history.item` as objects by id (the same, `Object.entries`, `psobject.properties`; jbrw/help_spot), one request as an
 * object (pipedream's search-requests asks for both).
 */
export interface JsonStyle {
  /** A list of one. */
  one: 'object' | 'list';
  /** A list of none. Where nothing else is beside it, `absent` leaves PHP's empty array: `[]`. */
  none: 'absent' | 'text' | 'list';
  /** Categories and history items by their ids; without it they are lists. */
  keyed: boolean;
  /** The answer of multiGet as a list, without `request` around it: "Returns an array of response details". */
  bareMultiGet: boolean;
  type: string;
}

/** As the clients above read it. */
export function usualStyle(): JsonStyle {
  return { one: 'object', none: 'absent', keyed: true, bareMultiGet: false, type: 'application/json' };
}

/** An element with text: numbers and yes/no as text, as PHP gives them. */
export function field(name: string, value: string | number | boolean): Part {
  return { name, content: typeof value === 'boolean' ? (value ? '1' : '0') : String(value) };
}

/** Elements with text, in this order. */
export function fields(values: Readonly<Record<string, string | number | boolean>>): readonly Part[] {
  return Object.entries(values).map(([name, value]) => field(name, value));
}

/** Elements of one name. */
export function list(name: string, items: readonly Content[]): Part {
  return { list: name, items: items.map((content) => ({ content })) };
}

/** Elements of one name that PHP holds by their ids. */
export function keyed(name: string, items: readonly { readonly key: number; readonly content: Content }[]): Part {
  return { list: name, items: items.map(({ key, content }) => ({ key: String(key), content })) };
}

/** An element with elements. */
export function element(name: string, content: Content): Part {
  return { name, content };
}

/** The reply with the answer in it. */
export function replyOf(answer: Answer, output: 'xml' | 'json', style: JsonStyle, status = 200): Reply {
  if (output === 'xml') {
    const utf8 = answer.encoding === 'UTF-8';
    const xml = `<?xml version="1.0" encoding="${utf8 ? 'UTF-8' : 'iso-8859-1'}"?>\n${xmlOf(answer.root, answer.content)}`;
    const body = utf8 ? Buffer.from(xml) : Buffer.from(withReferences(xml), 'latin1');
    return { status, headers: { 'content-type': 'text/xml' }, body };
  }
  return { status, headers: { 'content-type': style.type }, body: asPhpWrites(rootless(answer, style)) };
}

/** "JSON has no root element", but `<reply>` is nothing else. */
function rootless({ root, content, isArray }: Answer, style: JsonStyle): unknown {
  if (root === 'reply') return { reply: content };
  if (isArray !== true || !style.bareMultiGet || typeof content === 'string') return jsonOf(content, style);
  return content.flatMap((part) => ('name' in part ? [] : part.items.map((item) => jsonOf(item.content, style))));
}

function xmlOf(name: string, content: Content): string {
  const inner = typeof content === 'string' ? escaped(content) : content.map(xmlOfPart).join('');
  return inner === '' ? `<${name} />` : `<${name}>${inner}</${name}>`;
}

function xmlOfPart(part: Part): string {
  if ('name' in part) return xmlOf(part.name, part.content);
  return part.items.map(({ content }) => xmlOf(part.list, content)).join('');
}

function escaped(text: string): string {
  return text
    .toWellFormed()
    .replace(/\p{Cc}/gu, (letter) => (letter >= ' ' || letter === '\n' || letter === '\t' ? letter : ''))
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}

/** What ISO-8859-1 lacks: the manual does not say; a reference is what loses nothing. */
function withReferences(xml: string): string {
  return xml.replace(/[\u0100-\u{10ffff}]/gu, (letter) => `&#${letter.codePointAt(0)};`);
}

function jsonOf(content: Content, style: JsonStyle): unknown {
  if (typeof content === 'string') return content;
  const entries = content.flatMap((part) => ('name' in part ? [entryOf(part, style)] : listEntries(part, style)));
  // An empty array of PHP is a list.
  return entries.length === 0 ? [] : Object.fromEntries(entries);
}

function entryOf({ name, content }: { name: string; content: Content }, style: JsonStyle): [string, unknown] {
  return [name, jsonOf(content, style)];
}

function listEntries(part: Extract<Part, { list: string }>, style: JsonStyle): [string, unknown][] {
  const values = part.items.map(({ content }) => jsonOf(content, style));
  const keys = part.items.flatMap(({ key }) => (key === undefined ? [] : [key]));
  if (values.length === 0) return style.none === 'absent' ? [] : [[part.list, style.none === 'text' ? '' : []]];
  if (style.keyed && keys.length > 0) {
    return [[part.list, Object.fromEntries(keys.map((key, at) => [key, values[at]]))]];
  }
  return [[part.list, values.length === 1 && style.one === 'object' ? values[0] : values]];
}

/** `json_encode` writes ASCII, and slashes with a backslash. */
function asPhpWrites(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll('/', '\\/')
    .replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
