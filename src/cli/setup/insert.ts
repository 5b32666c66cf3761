/** Puts an entry into a configuration that people have written: nothing of it moves, no comment is lost. */
import { isDeepStrictEqual } from 'node:util';
import { isMap, isScalar, LineCounter, type Pair, parse, type YAMLMap } from 'yaml';
import { composeDocument } from '../../config/compose.ts';
import { UserError } from '../../contract/index.ts';
import { indented, type Lines } from './config-text.ts';

/**
 * The text with one entry more at the end of a section; with the section, where that is missing.
 * @param lines of the entry: `NAME:`, and what stands below it, perhaps with comments above
 * @throws {UserError} where the entry is there already, or the section is written in a way that nothing can be added to
 */
export function withEntry(text: string, section: string, name: string, lines: Lines): string {
  const next = inserted(text, section, name, lines);
  const { [section]: entries, ...others } = plainOf(next);
  const { [section]: before, ...same } = plainOf(text);
  const { [name]: added, ...rest } = asMap(entries);
  // Whatever YAML makes of a file, this is what was meant.
  if (!isDeepStrictEqual(others, same) || !isDeepStrictEqual(rest, asMap(before)) || added === undefined) {
    throw new UserError(`${section} is written in a way that nothing can be added to; add ${name} by hand`);
  }
  return next;
}

function plainOf(text: string): Readonly<Record<string, unknown>> {
  return asMap(parse(text, { schema: 'core', logLevel: 'silent' }));
}

function asMap(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}

function inserted(text: string, section: string, name: string, lines: Lines): string {
  const root = composeDocument(text, new LineCounter()).contents;
  if (!isMap(root) || root.flow === true) {
    throw new UserError(`the file is not a map of sections below each other; add ${name} to ${section} by hand`);
  }
  const pair = root.items.find(({ key }) => isScalar(key) && key.value === section);
  if (pair === undefined) return withSection(text, section, lines);
  const { value } = pair;
  if (isMap(value)) {
    if (value.has(name)) throw new UserError(`${section}.${name} is there already; choose another name`);
    return value.flow === true ? withFlowEntry(text, value, name, lines) : withBlockEntry(text, value, lines);
  }
  const isEmpty = value === null || (isScalar(value) && value.value === null);
  if (isEmpty) return atLine(text, behindComments(text, endOfLine(text, endOf(pair)), 1), indented(lines));
  throw new UserError(`${section} is not a map of names; add ${name} by hand`);
}

function withSection(text: string, section: string, lines: Lines): string {
  return atLine(text, text.length, [...(text.trim() === '' ? [] : ['']), `${section}:`, ...indented(lines)]);
}

function withBlockEntry(text: string, map: YAMLMap, lines: Lines): string {
  const [first] = map.items;
  const last = map.items.at(-1);
  if (first === undefined || last === undefined) throw new Error('a block map has an entry');
  const start = startOf(first);
  const column = start - lineStart(text, start);
  return atLine(text, behindComments(text, endOfLine(text, endOf(last)), column), indented(lines, ' '.repeat(column)));
}

/** JSON is YAML, within braces. Right behind the last entry, so that comments and a comma at the end stay what they are. */
function withFlowEntry(text: string, map: YAMLMap, name: string, lines: Lines): string {
  const entry = `${JSON.stringify(name)}: ${JSON.stringify(asMap(parse(lines.join('\n')))[name])}`;
  const last = map.items.at(-1);
  const at = last === undefined ? (map.range?.[0] ?? 0) + 1 : endOf(last);
  return `${text.slice(0, at)}${last === undefined ? ' ' : ', '}${entry}${text.slice(at)}`;
}

function startOf({ key }: Pair): number {
  const start = isScalar(key) ? key.range?.[0] : undefined;
  if (start === undefined) throw new Error('a key that was read has a place');
  return start;
}

/** Where the value of an entry ends, or its key where it has none. */
function endOf({ key, value }: Pair): number {
  const [first, second] = [key, value].map((node) => (hasRange(node) ? node.range[1] : 0));
  return Math.max(first ?? 0, second ?? 0);
}

function hasRange(node: unknown): node is { range: [number, number, number] } {
  return typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range);
}

function lineStart(text: string, at: number): number {
  return text.lastIndexOf('\n', at - 1) + 1;
}

/** The beginning of the next line; a block of text ends with its own. */
function endOfLine(text: string, at: number): number {
  if (at > 0 && text[at - 1] === '\n') return at;
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end + 1;
}

/** Comments as far to the right as the entries belong to them, and so do empty lines before such comments. */
function behindComments(text: string, from: number, column: number): number {
  let end = from;
  for (let at = from; at < text.length; at = endOfLine(text, at + 1)) {
    const line = text.slice(at, endOfLine(text, at + 1));
    const start = line.length - line.trimStart().length;
    if (line.trim() === '') continue;
    if (!line.trimStart().startsWith('#') || start < column) break;
    end = at + line.length;
  }
  return end;
}

/** Whole lines at the beginning of a line, or at the end of the text. */
function atLine(text: string, at: number, lines: Lines): string {
  const lineEnd = text.includes('\r\n') ? '\r\n' : '\n';
  const before = text.slice(0, at);
  const open = before === '' || before.endsWith('\n') ? '' : lineEnd;
  return `${before}${open}${lines.map((line) => `${line}${lineEnd}`).join('')}${text.slice(at)}`;
}
