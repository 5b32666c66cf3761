/** Paths into JSON: dotted (`name.first`, `emails.0.value`), or JSONPath (RFC 9535), which begins with `$`. */
import { query } from 'jsonpath-rfc9535';
import parse from 'jsonpath-rfc9535/parser';
import { costMistake, tooDeep } from './path-cost.ts';
import type { Part, Paths } from './paths.ts';
import { textFrom } from './values.ts';

type Json = Parameters<typeof query>[0];

/** No API nests so deep; what does is meant to exhaust whoever walks it. */
const DEEPEST = 200;
/** `$.data.items`: a dotted path with another beginning, which needs no search. */
const PLAIN = /^\$(?:\.[A-Za-z_][\w-]*|\[\d+\])*$/;
const SINGULAR = /^\$(?:\.[A-Za-z_]\w*|\[-?\d+\]|\['[^']*'\]|\["[^"]*"\])*$/;
/** Digits that a number of JavaScript would round: 18-digit ids are common. */
const LONG_INTEGER = /\d{16}/g;
/** What a number is written with. */
const OF_NUMBER = new Set('-+.0123456789eE');

/** The face of this format. */
export const jsonPaths: Paths = { read, mistake, all, one, items, text, own, isDefinite };

function read(text: string): Part {
  // Complains about what is no JSON, so that afterwards every string has an end.
  const plain: unknown = JSON.parse(text);
  const document: unknown = text.search(LONG_INTEGER) !== -1 ? JSON.parse(withLongIntegers(text)) : plain;
  if (depthOf(document) > DEEPEST) throw tooDeep(DEEPEST);
  return document;
}

/** Integers that would be rounded become strings; what stands in strings stays as it is. */
function withLongIntegers(text: string): string {
  const parts: string[] = [];
  let from = 0;
  while (from < text.length) {
    const quote = text.indexOf('"', from);
    const start = quote === -1 ? text.length : quote;
    const end = quote === -1 ? start : endOfString(text, quote);
    parts.push(withLongNumbers(text.slice(from, start)), text.slice(start, end));
    from = end;
  }
  return parts.join('');
}

/** Step by step: a pattern for the whole number would keep a way back for each of a million digits. */
function withLongNumbers(text: string): string {
  const parts: string[] = [];
  let from = 0;
  for (const { index } of text.matchAll(LONG_INTEGER)) {
    if (index < from) continue;
    let [start, end] = [index, index];
    while (start > from && OF_NUMBER.has(text.charAt(start - 1))) start -= 1;
    while (end < text.length && OF_NUMBER.has(text.charAt(end))) end += 1;
    parts.push(text.slice(from, start), exact(text.slice(start, end)));
    from = end;
  }
  return parts.join('') + text.slice(from);
}

function exact(number: string): string {
  return !/^-?\d+$/.test(number) || Number.isSafeInteger(Number(number)) ? number : `"${number}"`;
}

/** The place behind the string that begins at `quote`. A quote with an odd number of backslashes before it is in it. */
function endOfString(text: string, quote: number): number {
  for (let at = text.indexOf('"', quote + 1); at !== -1; at = text.indexOf('"', at + 1)) {
    let slashes = at;
    while (text[slashes - 1] === '\\') slashes -= 1;
    if ((at - slashes) % 2 === 0) return at + 1;
  }
  return text.length;
}

/** Without recursion: what is too deep must not exhaust this either. */
function depthOf(document: unknown): number {
  let depth = 0;
  let level: readonly unknown[] = [document];
  while (level.length > 0 && depth <= DEEPEST) {
    level = level.flatMap((part) => (typeof part === 'object' && part !== null ? Object.values(part) : []));
    depth += 1;
  }
  return depth;
}

function mistake(path: string): string | undefined {
  const cost = costMistake(path, /\.\./g);
  if (cost !== undefined) return cost;
  if (!path.startsWith('$')) return path.trim() === '' ? 'is empty' : undefined;
  try {
    parse(path);
    return undefined;
  } catch (error) {
    const why = error instanceof Error ? error.message.slice(0, 200) : '';
    return `is no JSONPath (RFC 9535): ${why}`;
  }
}

function all(path: string, within: Part): readonly Part[] {
  if (path.startsWith('$') && !PLAIN.test(path)) return isJson(within) ? query(within, path) : [];
  const found = dotted(path, within);
  return found === undefined ? [] : [found];
}

function one(path: string, within: Part): unknown {
  const found = all(path, within);
  return found.length > 1 ? found.flatMap(items) : found[0];
}

function items(part: Part): readonly Part[] {
  return Array.isArray(part) ? part : [part];
}

function text(part: Part): string | undefined {
  return textFrom(part) ?? (typeof part === 'object' && part !== null ? JSON.stringify(part) : undefined);
}

function own(part: Part): Readonly<Record<string, unknown>> {
  if (isObject(part)) return part;
  return part === null || part === undefined ? {} : { value: part };
}

function isDefinite(path: string): boolean {
  return !path.startsWith('$') || SINGULAR.test(path);
}

function dotted(path: string, within: Part): unknown {
  const steps = path.startsWith('$') ? path.slice(1).split(/[.[\]]/) : path.split('.');
  return steps.filter((step) => step !== '').reduce<unknown>(stepInto, within);
}

/** A step into a list is a step into each of its items, unless it is the number of one. */
function stepInto(part: unknown, step: string): unknown {
  if (typeof part !== 'object' || part === null) return undefined;
  if (Array.isArray(part) && !/^\d+$/.test(step)) {
    const each = part.map((item) => stepInto(item, step)).filter((item) => item !== undefined);
    return each.length === 0 ? undefined : each.flat();
  }
  return Object.hasOwn(part, step) ? Reflect.get(part, step) : undefined;
}

function isObject(part: unknown): part is Readonly<Record<string, unknown>> {
  return typeof part === 'object' && part !== null && !Array.isArray(part);
}

/** What was read from JSON is JSON; the check is for the compiler. */
function isJson(part: unknown): part is Json {
  return part !== undefined && typeof part !== 'function';
}
