/** Paths into JSON: dotted (`name.first`, `emails.0.value`), or JSONPath (RFC 9535), which begins with `$`. */
import { exec, query } from 'jsonpath-rfc9535';
import parse from 'jsonpath-rfc9535/parser';
import { DEEPEST, hasWritten, hasWrittenWithin, memberAt, readJson, WrittenNumber } from './json-numbers.ts';
import { costMistake, tooDeep } from './path-cost.ts';
import type { Part, Paths } from './paths.ts';
import { textFrom } from './values.ts';

type Json = Parameters<typeof exec>[0];

/** `$.data.items`: a dotted path with another beginning, which needs no search. */
const PLAIN = /^\$(?:\.[A-Za-z_][\w-]*|\[\d+\])*$/;
const SINGULAR = /^\$(?:\.[A-Za-z_]\w*|\[-?\d+\]|\['[^']*'\]|\["[^"]*"\])*$/;

/** The face of this format. */
export const jsonPaths: Paths = { read, mistake, all, one, items, text, own, isDefinite };

function read(text: string): Part {
  const json = readJson(text.trimStart());
  if (json === undefined) throw tooDeep(DEEPEST);
  return json.document;
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
  if (path.startsWith('$') && !PLAIN.test(path)) return isJson(within) ? queried(path, within) : [];
  const found = dotted(path, within);
  return found === undefined ? [] : [found];
}

/** By the library, which compares numbers in its filters: so they become written ones only afterwards. */
function queried(path: string, within: Json): readonly Part[] {
  // To tell where each value stands takes the library more than twice the time.
  if (typeof within !== 'object' || within === null || !hasWrittenWithin(within)) return query(within, path);
  const found: Part[] = [];
  exec(within, path, (value, steps) => found.push(typeof value === 'number' ? numberAt(steps, within) : value));
  return found;
}

function numberAt(steps: readonly (string | number)[], within: unknown): unknown {
  return steps.reduce<unknown>(
    (part, step) => (typeof part === 'object' && part !== null ? memberAt(part, step) : part),
    within,
  );
}

function one(path: string, within: Part): unknown {
  const found = all(path, within);
  const [first] = found;
  return found.length > 1 || Array.isArray(first) ? found.flatMap(items) : first;
}

function items(part: Part): readonly Part[] {
  if (!Array.isArray(part)) return [part];
  return hasWritten(part) ? part.map((_item, index) => memberAt(part, index)) : part;
}

function text(part: Part): string | undefined {
  return textFrom(part) ?? (typeof part === 'object' && part !== null ? JSON.stringify(part) : undefined);
}

function own(part: Part): Readonly<Record<string, unknown>> {
  if (isObject(part)) {
    const names = Object.keys(part);
    const isPlain = !hasWritten(part) && !names.some((name) => isWrittenList(part[name]));
    return isPlain ? part : Object.fromEntries(names.map((name) => [name, ownValue(part, name)]));
  }
  return part === null || part === undefined ? {} : { value: part };
}

function ownValue(part: object, name: string): unknown {
  const value = memberAt(part, name);
  return Array.isArray(value) ? items(value) : value;
}

function isWrittenList(value: unknown): boolean {
  return Array.isArray(value) && hasWritten(value);
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
  if (typeof part !== 'object' || part === null || part instanceof WrittenNumber) return undefined;
  if (Array.isArray(part) && !/^\d+$/.test(step)) {
    const each = part.map((item) => stepInto(item, step)).filter((item) => item !== undefined);
    return each.length === 0 ? undefined : each.flatMap(items);
  }
  return Object.hasOwn(part, step) ? memberAt(part, Array.isArray(part) ? Number(step) : step) : undefined;
}

function isObject(part: unknown): part is Readonly<Record<string, unknown>> {
  return typeof part === 'object' && part !== null && !Array.isArray(part) && !(part instanceof WrittenNumber);
}

/** What was read from JSON is JSON; the check is for the compiler. */
function isJson(part: unknown): part is Json {
  return part !== undefined && typeof part !== 'function';
}
