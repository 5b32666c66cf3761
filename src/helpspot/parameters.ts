/**
 * What HelpSpot sends over HTTP: a query string, a form body, or both with the same content. HelpSpot forwards every
 * field of its request page, so unknown names, arrays and long values are normal; reading them never throws.
 */
import { decodeComponent } from './percent.ts';

/**
 * Parameter name → raw value, as HelpSpot spells the names (manual, chapter
 * 1.2). The object has no prototype, so that a parameter called `__proto__` is
 * a parameter and nothing else. Values are not trimmed.
 */
export type Parameters = Readonly<Record<string, string>>;

/**
 * More parameters than this in one string are ignored. HelpSpot sends some
 * tens plus one for each custom field; PHP's own limit is 1,000.
 */
export const MAX_PARAMETERS = 2_000;

/** The manual spells this one name in two ways. */
const CANONICAL_NAMES: ReadonlyMap<string, string> = new Map([['sUserID', 'sUserId']]);

const OF_HELPSPOT =
  /^(?:customer_id|first_name|last_name|email|phone|request|source_id|acting_person_\w+|[a-z]{1,2}[A-Z]\w*|Custom\d+)$/;

/** Whether HelpSpot sends a parameter of this name (manual, chapter 1.2), or a field of its request page (`sUserId`, `xStatus`, `fOpen`). */
export function isHelpSpotParameter(name: string): boolean {
  return OF_HELPSPOT.test(name);
}

/** `name[]` or `name[7]`: an item of a PHP array. Other keys are names of their own. */
const LIST_ITEM = /^([^[\]]+)\[(\d{0,9})\]$/;

/** A PHP array as it grows: items by index, and the index that the next `[]` takes. */
interface Items {
  readonly byIndex: Map<number, string>;
  next: number;
}

/** Takes keys (a name, `name[]`, `name[7]`) and values in the order in which they were sent. */
export interface ParameterCollector {
  add(key: string, value: string): void;
  parameters(): Parameters;
}

/** A parameter, and of an item of its list the index: empty for the next one. */
function partsOf(key: string): readonly [name: string, index: string | undefined] {
  const [, list, index] = LIST_ITEM.exec(key) ?? [];
  const name = list ?? key;
  return [CANONICAL_NAMES.get(name) ?? name, index];
}

/** The parameter that a key of a call gives, or gives an item of: `email` for `email[]`. */
export function parameterOf(key: string): string {
  return partsOf(key)[0];
}

/** PHP's reading: a repeated name's last value wins; the items of `name[]` are joined with `, ` under `name`. */
export function collectParameters(): ParameterCollector {
  const gathered = new Map<string, string | Items>();
  return {
    add(key, value) {
      const [name, index] = partsOf(key);
      gathered.set(name, index === undefined ? value : withItem(gathered.get(name), index, value));
    },
    parameters() {
      const parameters: Record<string, string> = Object.create(null);
      for (const [name, value] of gathered) parameters[name] = typeof value === 'string' ? value : joined(value);
      return parameters;
    },
  };
}

function withItem(before: string | Items | undefined, key: string, value: string): Items {
  const items = typeof before === 'object' ? before : { byIndex: new Map<number, string>(), next: 0 };
  const index = key === '' ? items.next : Number(key);
  items.byIndex.set(index, value);
  items.next = Math.max(items.next, index + 1);
  return items;
}

function joined(items: Items): string {
  return [...items.byIndex.values()].filter((item) => item.trim() !== '').join(', ');
}

/**
 * Reads a raw query string, without its leading `?`. Characters up to U+00FF are taken as bytes, because that is how
 * Node hands over a request line.
 *
 * For an HTTP POST source or an AJAX field HelpSpot appends `?` to an address that may already have a query string, so
 * a later raw `?` separates like `&`: `key=abc?customer_id=12&email=`. HelpSpot encodes its values, so a `?` within one
 * arrives as `%3F` and stays data.
 */
export function parseQuery(raw: string): Parameters {
  return parsePairs(raw, '?');
}

/** Reads an `application/x-www-form-urlencoded` body. */
export function parseForm(body: Uint8Array): Parameters {
  return parsePairs(latin1(body), '&');
}

/** Whether a query string has more parameters than {@link parseQuery} reads. */
export function isMoreThanRead(raw: string): boolean {
  let count = 0;
  for (const _ of pieces(raw, '?')) {
    count += 1;
    if (count > MAX_PARAMETERS) return true;
  }
  return false;
}

/** There are more parameters than are read, where none may be lost. */
export class TooManyParameters extends Error {
  override readonly name = 'TooManyParameters';
}

/**
 * The same, for what must be read whole or not at all.
 * @param most so many parameters are read
 * @throws {TooManyParameters} when there are more
 */
export function parseWholeForm(body: Uint8Array, most: number): Parameters {
  return parsePairs(latin1(body), '&', { most, whole: true });
}

function latin1(body: Uint8Array): string {
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('latin1');
}

/** An HTTP POST sends the same fields in the address and in the body; where they differ, the body wins. */
export function mergeParameters(query: Parameters, body: Parameters): Parameters {
  const merged: Record<string, string> = Object.create(null);
  return Object.assign(merged, query, body);
}

/** How far a text is read, and whether there may be more of it. */
interface Reach {
  readonly most: number;
  readonly whole: boolean;
}

const UP_TO_LIMIT: Reach = { most: MAX_PARAMETERS, whole: false };

/** @param later another character that separates as `&` does */
function parsePairs(raw: string, later: string, { most, whole }: Reach = UP_TO_LIMIT): Parameters {
  const collector = collectParameters();
  let count = 0;
  for (const piece of pieces(raw, later)) {
    // Pieces without a name count too, since each of them costs as much as one with a name.
    if (count >= most) {
      if (whole) throw new TooManyParameters(`more than ${most} fields`);
      break;
    }
    count += 1;
    const [name, value] = pair(piece);
    if (name !== '') collector.add(name, value);
  }
  return collector.parameters();
}

/** What stands between separators, without what is empty. Step by step: there may be millions, of which few are read. */
function* pieces(raw: string, later: string): Generator<string> {
  let start = 0;
  for (let at = 0; at <= raw.length; at += 1) {
    const isEnd = at === raw.length || raw[at] === '&' || raw[at] === later;
    if (!isEnd) continue;
    if (at > start) yield raw.slice(start, at);
    start = at + 1;
  }
}

function pair(text: string): [name: string, value: string] {
  const equals = text.indexOf('=');
  if (equals < 0) return [decodeComponent(text), ''];
  return [decodeComponent(text.slice(0, equals)), decodeComponent(text.slice(equals + 1))];
}
