/** How records and the state of a source stand in the file of the index. */
import { hash } from 'node:crypto';
import { isLink, isList, type Scalar, type SourceRecord, type TimeSpan, type Value } from '../../contract/index.ts';
import type { IndexRun, IndexState, SearchedField } from '../../gateway/sources/customer-index.ts';

/** A row of the table `sources`. Times in milliseconds since 1970. */
export interface SourceRow extends IndexState {
  readonly seq: number;
  /** The shared copy that it is of; '': none. */
  readonly generation: string;
  /** It has what was written there until then. */
  readonly version: number;
  /**
   * `removing`: it has got to its end, and removes what it did not see. `isFirst`: it began with nothing, so that it sees all
   * that is there. `leftOut`: so many records were too large.
   */
  readonly run:
    | (IndexRun & {
        /** Tells it from other runs. */
        readonly id?: string | undefined;
        readonly mark?: string | undefined;
        readonly removing?: boolean;
        readonly isFirst?: boolean;
        readonly leftOut?: number;
      })
    | undefined;
  /** Which gateway follows. */
  readonly owner: string;
  /** Names of the values of a record, by place. */
  readonly names: readonly string[];
  /** The fields that are searched, at the places that are in its words. */
  readonly searched: readonly SearchedField[];
}

/** A row as it is read. */
export function sourceRow(row: unknown): SourceRow {
  const get = (name: string): unknown => Reflect.get(Object(row), name);
  const text = (name: string) => {
    const value = get(name);
    return typeof value === 'string' ? value : undefined;
  };
  const time = (name: string) => (get(name) === null ? undefined : Number(get(name)));
  return {
    ...{ seq: Number(get('seq')), name: text('name') ?? '', plan: text('plan') ?? '' },
    ...{ records: Number(get('records')), leftOut: Number(get('left_out')), held: Number(get('held')) },
    ...{ freshAt: time('fresh_at'), fullAt: time('full_at'), mark: text('mark'), run: runOf(text('run')) },
    ...{
      problem: text('problem'),
      follower: text('follower'),
      owner: text('owner') ?? '',
      ownedUntil: Number(get('owned_until')),
    },
    ...{ generation: text('generation') ?? '', version: Number(get('version') ?? 0) },
    names: namesOf(text('fields')),
    searched: searchedOf(text('searched')),
  };
}

/** @param text as it stands in the row */
export function runOf(text: string | undefined): SourceRow['run'] {
  if (text === undefined) return undefined;
  const run: unknown = JSON.parse(text);
  const get = (name: string) => {
    const value: unknown = Reflect.get(Object(run), name);
    return typeof value === 'string' ? value : undefined;
  };
  const count = (name: string) => Number(Reflect.get(Object(run), name) ?? 0);
  return {
    ...{ id: get('id'), since: get('since'), from: get('from'), mark: get('mark') },
    ...{ began: count('began'), read: count('read'), changed: count('changed'), leftOut: count('leftOut') },
    complete: spanOf(Reflect.get(Object(run), 'complete')),
    removing: Reflect.get(Object(run), 'removing') === true,
    isFirst: Reflect.get(Object(run), 'isFirst') === true,
  };
}

function spanOf(span: unknown): TimeSpan | undefined {
  const [since, until]: unknown[] = ['since', 'until'].map((name) => Reflect.get(Object(span), name));
  return typeof since === 'number' && typeof until === 'number' ? { since, until } : undefined;
}

function namesOf(text: string | undefined): readonly string[] {
  const names: unknown = JSON.parse(text ?? '[]');
  return Array.isArray(names) ? names.map(String) : [];
}

function searchedOf(text: string | undefined): readonly SearchedField[] {
  const fields: unknown = JSON.parse(text ?? '[]');
  return Array.isArray(fields) ? fields : [];
}

/** Of keys that are counted, a thousand stand side by side. Characters. */
const KEY_END = 3;

/**
 * Keys as they stand in the file: 72 bits of a hash behind 24 of another, which keys share that differ at their end only.
 * What is listed by its key is then written into few pages; anywhere, each record is a page to read and to write.
 */
export function keyTexts(keys: readonly string[]): readonly string[] {
  let [beginning, near]: (string | undefined)[] = [];
  return keys.map((key) => {
    const begins = key.slice(0, -KEY_END);
    if (near === undefined || begins !== beginning) near = hash('sha256', begins, 'base64url').slice(0, 4);
    beginning = begins;
    return near + hash('sha256', key, 'base64url').slice(0, 12);
  });
}

/** Where the names of fields are data themselves, there is no end of them. Those that are searched and shown by name are there first. */
const MOST_NAMES = 1_000;

/**
 * The values of a record by place, as JSON: a list, or a map where it would be nearly empty.
 * @param names of the values
 * @param places grows by names that are new
 */
export function dataOf(
  values: readonly (Value | undefined)[],
  names: readonly string[],
  places: Map<string, number>,
  kept: ReadonlySet<string> | undefined,
): string {
  const written: unknown[] = [];
  let count = 0;
  for (const [column, name] of names.entries()) {
    const value = values[column];
    if (value === undefined || (kept !== undefined && !kept.has(name))) continue;
    let place = places.get(name);
    if (place === undefined) {
      if (places.size >= MOST_NAMES) continue;
      place = places.size;
      places.set(name, place);
    }
    count += 1;
    while (written.length <= place) written.push(null);
    written[place] = isList(value) ? value.map(writtenScalar) : writtenScalar(value);
  }
  // Of many names a record may have few.
  const isSparse = written.length > 2 * count + 10;
  return JSON.stringify(
    isSparse ? Object.fromEntries([...written.entries()].filter(([, value]) => value !== null)) : written,
  );
}

/** A date is `{"d": milliseconds}`, a link `{"h": address, "t": text}`; all else is what JSON has for it. What is no date is nothing. */
function writtenScalar(value: Scalar): unknown {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : { d: value.getTime() };
  return isLink(value) ? { h: value.href, t: value.text } : value;
}

/** The record of such a text. */
export function readRecord(data: string, names: readonly string[]): SourceRecord {
  const values: unknown = JSON.parse(data);
  const record: [string, Value][] = [];
  for (const [place, value] of Object.entries(Object(values))) {
    const name = names[Number(place)];
    const read = readValue(value);
    if (name !== undefined && read !== undefined) record.push([name, read]);
  }
  // Not by assignment: a field may be called `__proto__`.
  return Object.fromEntries(record);
}

/** A value of such a text. */
export function readValue(value: unknown): Value | undefined {
  if (!Array.isArray(value)) return readScalar(value);
  return value.flatMap((item) => readScalar(item) ?? []);
}

function readScalar(value: unknown): Scalar | undefined {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (typeof value !== 'object' || value === null) return undefined;
  if ('d' in value) return new Date(Number(value.d));
  return 'h' in value && 't' in value ? { href: String(value.h), text: String(value.t) } : undefined;
}
