/** The parameters of a list, as the vendor's tables have them: what each may be, and which records it leaves. */
import type { Row } from './records.ts';

/** What the vendor says no to; becomes 422. */
export class Wrong extends Error {}

/** What a parameter may hold. A list of words: one of them. Words with meanings: they stand for what the records have. */
export type Kind =
  | 'time'
  | 'number'
  | 'rating'
  | 'text'
  | 'flag'
  | readonly string[]
  | Readonly<Record<string, string>>;

/** One parameter: `NAME[from]` and `NAME[to]` for a range, else `NAME[]`. */
export interface Filter {
  readonly name: string;
  readonly kind: Kind;
  /** Several of them: one is enough. */
  readonly valueOf: (row: Row) => unknown;
}

/** All that a list takes. */
export interface ListParameters {
  readonly ranges: readonly Filter[];
  readonly choices: readonly Filter[];
  /** Beside these: `page` and `per`; `sort_column` and `sort_direction` with the columns; `with_deleted`. */
  readonly paged: boolean;
  readonly sortedBy: readonly string[];
  readonly deleted: boolean;
}

/** What was asked of a list. */
export interface Question {
  readonly page: number;
  readonly per: number;
  readonly sort: { readonly column: string; readonly down: boolean } | undefined;
  /** The bounds of `updated_at`, in milliseconds. */
  readonly updated: Bounds;
  /** The other filters. */
  readonly isMet: (row: Row) => boolean;
  /** False: `isMet` leaves every record. */
  readonly isFiltered: boolean;
  /** Parameters that no document knows: the vendor passes over them. */
  readonly unknown: readonly string[];
}

/** The ends of a range; infinite where there is none. */
export interface Bounds {
  readonly from: number;
  readonly to: number;
}

/** Records of a page, at most; a larger wish is cut down to it (manager-api-pagination-tailing). */
export const LARGEST_PAGE = 100;

const TIME = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?$/;

/** @throws {Wrong} where a value is none for its parameter. @param includes whether bounds are part of their range */
export function readQuestion(query: URLSearchParams, list: ListParameters, includes: boolean): Question {
  const known = new Set<string>();
  const one = (name: string): string | undefined => {
    known.add(name);
    return query.get(name) ?? undefined;
  };
  const page = list.paged ? whole('page', one('page') ?? '1') : 1;
  const per = list.paged ? Math.min(whole('per', one('per') ?? '100'), LARGEST_PAGE) : Number.POSITIVE_INFINITY;
  const sort =
    list.sortedBy.length > 0 ? readSort(one('sort_column'), one('sort_direction'), list.sortedBy) : undefined;
  const tests: ((row: Row) => boolean)[] = [];
  let updated: Bounds = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };
  for (const range of list.ranges) {
    const bounds = readBounds(range, one(`${range.name}[from]`), one(`${range.name}[to]`));
    if (bounds === undefined) continue;
    if (range.name === 'updated_at') updated = bounds;
    else tests.push((row) => isWithin(measure(range.kind, range.valueOf(row)), bounds, includes));
  }
  for (const choice of list.choices) {
    const name = `${choice.name}[]`;
    known.add(name);
    if (!query.has(name)) continue;
    const wanted = query.getAll(name).map((value) => readChoice(name, choice.kind, value));
    tests.push((row) => [choice.valueOf(row)].flat().some((value) => wanted.includes(String(value))));
  }
  if (list.deleted && readChoice('with_deleted', 'flag', one('with_deleted') ?? 'false') === 'false') {
    tests.push((row) => row['deleted'] !== true);
  }
  const unknown = [...new Set(query.keys())].filter((name) => !known.has(name));
  const isMet = (row: Row) => tests.every((test) => test(row));
  return { page, per, sort, updated, isMet, isFiltered: tests.length > 0, unknown };
}

/** A missing value is in no range. */
export function isWithin(value: number, { from, to }: Bounds, includes: boolean): boolean {
  return includes ? value >= from && value <= to : value > from && value < to;
}

/** A whole number from 1. @throws {Wrong} */
export function whole(name: string, text: string): number {
  const number = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (number < 1) throw new Wrong(`${name} is invalid`);
  return number;
}

/** @throws {Wrong} where none of the words is there. */
export function oneOf(name: string, text: string | null, words: readonly string[]): string {
  if (text === null || text === '') throw new Wrong(`${name} is required`);
  if (!words.includes(text)) throw new Wrong(`${name} is invalid. Values accepted: ${words.join(', ')}`);
  return text;
}

function readSort(column: string | undefined, direction: string | undefined, columns: readonly string[]) {
  if (direction !== undefined) oneOf('sort_direction', direction, ['ASC', 'DESC']);
  if (column === undefined) return direction === undefined ? undefined : { column: 'id', down: direction === 'DESC' };
  if (!columns.includes(column)) throw new Wrong('sort_column is invalid');
  return { column, down: direction === 'DESC' };
}

function readBounds({ name, kind }: Filter, from: string | undefined, to: string | undefined): Bounds | undefined {
  if (from === undefined && to === undefined) return undefined;
  const read = (end: string, text: string | undefined, none: number) => {
    // "Number 1-5 or null": no bound.
    if (text === undefined || (kind === 'rating' && text === 'null')) return none;
    const value = kind === 'time' ? timeIn(text) : Number(text.trim() === '' ? 'none' : text);
    const isRating = kind !== 'rating' || (value >= 1 && value <= 5);
    if (!Number.isFinite(value) || !isRating) throw new Wrong(`${name}[${end}] is invalid`);
    return value;
  };
  return { from: read('from', from, Number.NEGATIVE_INFINITY), to: read('to', to, Number.POSITIVE_INFINITY) };
}

/** "Time in UTC": without a zone it is one. */
function timeIn(text: string): number {
  if (!TIME.test(text)) return Number.NaN;
  const hasZone = text.length === 10 || /(?:Z|[+-]\d\d:?\d\d)$/.test(text.slice(10));
  return Date.parse(hasZone ? text : `${text.replace(' ', 'T')}Z`);
}

function measure(kind: Kind, value: unknown): number {
  if (value === null || value === undefined) return Number.NaN;
  return kind === 'time' ? Date.parse(String(value)) : Number(value);
}

function readChoice(name: string, kind: Kind, value: string): string {
  const isIn = (words: readonly string[]) => {
    if (!words.includes(value)) throw new Wrong(`${name} is invalid. Possible values: ${words.join(', ')}`);
    return value;
  };
  if (kind === 'flag') return /^(?:true|false)$/i.test(value) ? value.toLowerCase() : isIn(['true', 'false']);
  if (kind === 'number' && !/^-?\d{1,15}$/.test(value)) throw new Wrong(`${name} is invalid`);
  if (typeof kind === 'string') return value;
  if (isWords(kind)) return isIn(kind);
  isIn(Object.keys(kind));
  return kind[value] ?? value;
}

function isWords(kind: readonly string[] | Readonly<Record<string, string>>): kind is readonly string[] {
  return Array.isArray(kind);
}
