/** What is looked for in an answer, and what was found: plain data both, since the work may be done in a thread. */
import {
  type Criterion,
  isList,
  kindByName,
  meets,
  type Scalar,
  type SourceRecord,
  type Value,
} from '../../contract/index.ts';
import { XmlMistake } from '../http/index.ts';
import { dateOf } from '../sql/index.ts';
import { packed } from './packing.ts';
import { pathsOf } from './path-formats.ts';
import { type Format, type Part, type Paths, textsAt } from './paths.ts';
import { mapValues } from './places.ts';
import { asNumbers, isWritten, valueFrom } from './values.ts';

/** Paths by a name of the caller's. A name without a path is left out. */
export type Named = Readonly<Record<string, string | undefined>>;

/** What is looked for. */
export interface Search {
  readonly format: Format;
  readonly namespaces?: Readonly<Record<string, string>> | undefined;
  /** All texts at each path, and in the lists there. */
  readonly texts?: Named;
  /** The value at each path. */
  readonly values?: Named;
  readonly records?: RecordSearch;
}

/** The records that are looked for. */
export interface RecordSearch {
  /** Undefined: the answer is one, or a list of them. */
  readonly path: string | undefined;
  /** Undefined: every value under its own name. */
  readonly fields: Readonly<Record<string, string>> | undefined;
  /** Fields that are dates. */
  readonly dates: readonly string[];
  /** What a record must meet. */
  readonly criteria: readonly Criterion[];
  /** No more than these are made. */
  readonly limit: number;
}

/** What was found. */
export interface Found {
  readonly texts: Readonly<Record<string, readonly string[]>>;
  readonly values: Readonly<Record<string, Value | undefined>>;
  readonly records: FoundRecords;
}

/** The records, and what is to be said of them. */
export interface FoundRecords {
  /** How many the answer has, whether they meet the criteria or not. */
  readonly count: number;
  /** Those that meet them, see {@link packed}. */
  readonly met: readonly Uint8Array[];
  /** A field of the criteria that no record has; undefined unless none met them. */
  readonly missing: string | undefined;
  /** A record had more values than {@link MOST_VALUES}. */
  readonly isCut: boolean;
  /** Nothing stands at a path that can meet only one place: that is not the same as an empty list. */
  readonly isAbsent: boolean;
}

/** What was found, or why nothing could be looked for. */
export type Searched = { readonly found: Found } | { readonly unreadable: string };

/** Of one record, those in lists counted. People have some hundreds; what is more would be carried about for nobody. */
export const MOST_VALUES = 5_000;
/** Of the texts at a path: they become one line of a message. */
const MOST_TEXTS = 100;

/**
 * Looks for things in the text of an answer.
 * @throws {SourceError} `bad-response` for what is nested too deep
 * @throws {UserError} for an XPath that cannot be evaluated
 */
export async function search({ text, wanted }: { readonly text: string; readonly wanted: Search }): Promise<Searched> {
  return searchWith(await pathsOf(wanted.format, wanted.namespaces), text, wanted);
}

/** The same with paths that are there already. */
export function searchWith(paths: Paths, text: string, wanted: Search): Searched {
  let document: Part;
  try {
    document = paths.read(text);
  } catch (error) {
    if (error instanceof XmlMistake) return { unreadable: `: ${error.message}` };
    if (error instanceof SyntaxError) return { unreadable: '' };
    throw error;
  }
  const texts = eachOf(wanted.texts, (path) => textsAt(paths, path, document).slice(0, MOST_TEXTS));
  const values = eachOf(wanted.values, (path) => shortened(valueFrom(paths.one(path, document))));
  return { found: { texts, values, records: recordsIn(document, wanted.records, paths) } };
}

function eachOf<Value>(named: Named = {}, find: (path: string) => Value): Readonly<Record<string, Value>> {
  return mapValues(named, (path) => (path === undefined ? undefined : find(path)));
}

function shortened(value: Value | undefined): Value | undefined {
  return Array.isArray(value) ? value.slice(0, MOST_VALUES) : value;
}

const NO_RECORDS: FoundRecords = { count: 0, met: [], missing: undefined, isCut: false, isAbsent: false };

function recordsIn(document: Part, wanted: RecordSearch | undefined, paths: Paths): FoundRecords {
  if (wanted === undefined) return NO_RECORDS;
  const { path, criteria, limit } = wanted;
  const at = path === undefined ? [document] : paths.all(path, document);
  const isAbsent = path !== undefined && at.length === 0 && paths.isDefinite(path);
  const parts = at.flatMap((part) => paths.items(part)).filter((part) => part !== null && part !== undefined);
  const make = new RecordMaker(paths, wanted);
  const met: SourceRecord[] = [];
  const unknown = new Set(criteria.map(({ field }) => field));
  for (const part of parts) {
    // What is beyond the limit is shown to nobody.
    if (met.length >= limit) break;
    const record = make.record(part);
    if (criteria.every((criterion) => meets(record, make.meant(criterion)))) met.push(record);
    for (const field of unknown) if (record[field] !== undefined) unknown.delete(field);
  }
  const missing = met.length === 0 && parts.length > 0 ? [...unknown][0] : undefined;
  return { count: parts.length, met: packed(met), missing, isCut: make.isCut, isAbsent };
}

/** Makes records of parts of an answer. */
class RecordMaker {
  readonly #paths: Paths;
  readonly #fields: readonly (readonly [field: string, path: string])[] | undefined;
  readonly #dates: ReadonlySet<string>;
  readonly #asNumber = new Map<Criterion, Criterion>();
  /** Fields of the last record that hold numbers as texts. */
  readonly #written = new Set<string>();
  isCut = false;

  constructor(paths: Paths, { fields, dates }: RecordSearch) {
    this.#paths = paths;
    this.#fields = fields === undefined ? undefined : Object.entries(fields);
    this.#dates = new Set(dates);
  }

  record(part: Part): SourceRecord {
    const entries: [string, Value][] = [];
    let left = MOST_VALUES;
    this.#written.clear();
    for (const [field, value] of this.#valuesOf(part)) {
      if (isWritten(value)) this.#written.add(field);
      const typed = valueFrom(this.#dates.has(field) ? asNumbers(value) : value);
      if (typed === undefined) continue;
      const cut = isList(typed) ? typed.slice(0, left) : typed;
      const size = isList(typed) ? typed.length : 1;
      if (size > left) this.isCut = true;
      if (left === 0) break;
      left = Math.max(0, left - size);
      entries.push([field, this.#dates.has(field) ? asDate(cut) : cut]);
    }
    return Object.fromEntries(entries);
  }

  /** A criterion as the last record is compared with it: a number that is kept as its text is a number all the same. */
  meant(criterion: Criterion): Criterion {
    const { field } = criterion;
    if (criterion.kind !== undefined || !this.#written.has(field) || kindByName(field) !== 'text') return criterion;
    const asNumber: Criterion = this.#asNumber.get(criterion) ?? { ...criterion, kind: 'number' };
    this.#asNumber.set(criterion, asNumber);
    return asNumber;
  }

  /** One by one: beyond the most, nothing is looked at. */
  *#valuesOf(part: Part): Generator<readonly [field: string, value: unknown]> {
    if (this.#fields !== undefined) {
      for (const [field, path] of this.#fields) yield [field, this.#paths.one(path, part)];
      return;
    }
    const own = this.#paths.own(part);
    for (const field of Object.keys(own)) yield [field, own[field]];
  }
}

function asDate(value: Value): Value {
  return isList(value) ? value.map(scalarAsDate) : scalarAsDate(value);
}

/** What is no date stays as it is. */
function scalarAsDate(value: Scalar): Scalar {
  if (typeof value === 'number') return dateOf(value) ?? value;
  if (typeof value !== 'string') return value;
  // ISO 8601's other form of a zone: +0100.
  return dateOf(value.replace(/(:\d\d(?:\.\d+)?[+-]\d\d)(\d\d)$/, '$1:$2')) ?? value;
}
