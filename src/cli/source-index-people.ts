/** `helpspot-gateway index find` and `index delete`: the data of one person, as the index keeps them. */
import { suggestion } from '../config/names.ts';
import {
  type CallContext,
  type Criterion,
  isSought,
  LONGEST_SOUGHT,
  meets,
  ownValue,
  type SourceRecord,
  textOf,
  UserError,
} from '../contract/index.ts';
import type { IndexedRecord } from '../gateway/sources/customer-index.ts';
import { ago, clock, counted } from '../kit/text/index.ts';
import type { SourceRow } from '../store/index-file/rows.ts';
import { removeIndexed } from '../store/store.ts';
import { agreed } from './agree.ts';
import { recordChange } from './audit-change.ts';
import { Misuse } from './command-line.ts';
import { inJson } from './json.ts';
import type { IndexedOne, IndexWork } from './source-index-work.ts';
import { list } from './terminal.ts';
import { printable } from './text-width.ts';

/** Nobody has more records; who means all of them empties the index. */
const MOST_DELETED = 1_000;

/** Whom the command line means. */
interface Wanted {
  readonly sources: readonly Known[];
  /** In whatever field it stands. */
  readonly text: string | undefined;
  /** Whether it must be the whole of a value, and not a part. */
  readonly isWhole?: boolean;
  /** All of them must be met. */
  readonly pairs: readonly (readonly [field: string, value: string])[];
}

/** A source of which the file has something. */
type Known = IndexedOne & { readonly row: SourceRow };

/** What there is of them in one source. */
interface Found {
  readonly source: Known;
  readonly records: readonly IndexedRecord[];
}

/** @param limit so many records are shown, of all sources together @returns the exit status */
export async function findPeople(work: IndexWork, given: readonly string[], limit: number): Promise<number> {
  const { line, say, terminal } = work;
  // One more tells whether there are more.
  const all = await search(work, wantedIn(work, given), limit + 1);
  const count = all.reduce((sum, { records }) => sum + records.length, 0);
  const found = firstOf(all, limit);
  if (line.has('json')) {
    say(inJson(found.flatMap(asJson)));
  } else if (count === 0) {
    say('Nobody was found in the index\n');
  }
  for (const { source, records } of found) {
    if (records.length === 0 || line.has('json')) continue;
    const { name, row } = source;
    const age = row.freshAt === undefined ? 'not complete yet' : `from ${clock(row.freshAt)}, ${ago(row.freshAt)}`;
    say(`${name} (${age}):\n\n`);
    for (const { record } of records) say(`${list(valuesOf(record))}\n`);
  }
  if (count > limit) terminal.stderr.write(`note: only the first ${limit} are shown; --limit=COUNT shows more\n`);
  return 0;
}

/** @returns the exit status: 1 when nobody said yes */
export async function deletePeople(work: IndexWork, given: readonly string[]): Promise<number> {
  const { file, line, say, plan, terminal } = work;
  // Where nobody is asked, nobody sees whom else a part of a value means.
  const wanted = { ...wantedIn(work, given), isWhole: line.has('yes') };
  const found = (await search(work, wanted, MOST_DELETED + 1)).filter(({ records }) => records.length > 0);
  const count = found.reduce((sum, { records }) => sum + records.length, 0);
  if (count === 0) {
    const hint = wanted.isWhole && wanted.text !== undefined ? '; with --yes a text must be the whole of a value' : '';
    say(`Nobody was found in the index; nothing was changed${hint}\n`);
    return 0;
  }
  if (count > MOST_DELETED) {
    throw new UserError(
      `nothing was changed: more than ${MOST_DELETED} records are meant, which is more than one person has; ` +
        'say more of whom, or remove all of a source with index empty',
    );
  }
  const where = found.map(({ source, records }) => `${source.name}: ${records.length}`).join(', ');
  const what = `${counted(count, 'record')} (${where})`;
  const question = `Delete ${what} from the index? What the source still lists comes back with a later run.`;
  if (!(await agreed(work, question, `${what} ${count === 1 ? 'is' : 'are'} meant`))) return 1;
  let removed = 0;
  for (const { source, records } of found) {
    const ids = records.map(({ id }) => id);
    removed += await removeIndexed(plan.store, file, source.row, ids);
  }
  const things = found.map(({ source }) => source.name);
  await recordChange(plan, terminal, { name: 'index delete', things, count: removed });
  say(
    `${counted(removed, 'record')} deleted from the index; what the source still lists comes back with a later run\n`,
  );
  return 0;
}

/** @throws {Misuse | UserError} for what cannot be looked for */
function wantedIn({ sources }: IndexWork, given: readonly string[]): Wanted {
  const known = [...sources.values()].filter((one): one is Known => one.row !== undefined);
  const [first = '', ...others] = given;
  const isNamed = others.length > 0 && !first.includes('=');
  if (isNamed && !sources.has(first)) {
    const hint = suggestion(first, [...sources.keys()], 'sources with an index');
    throw new UserError(`there is no source "${first}" with an index; ${hint}; a text of several words needs quotes`);
  }
  if (sources.has(first) && others.length === 0) {
    throw new Misuse(`say whom in ${first}: a text, or FIELD=VALUE, such as email=bob@example.com`);
  }
  const words = isNamed ? others : given;
  const pairs = words.map((word): readonly [string, string] => {
    const equals = word.indexOf('=');
    return equals < 1 ? ['', word.trim()] : [word.slice(0, equals), word.slice(equals + 1).trim()];
  });
  const texts = pairs.filter(([field]) => field === '').map(([, value]) => value);
  if (texts.length > 1 || (texts.length === 1 && pairs.length > 1)) {
    throw new Misuse(
      'write one text (in quotes where it has blanks), or FIELD=VALUE, several of which must all be met',
    );
  }
  for (const [, value] of pairs) {
    if (value === '') throw new Misuse('what is looked for is empty; write a text, or FIELD=VALUE');
    if (value.length > LONGEST_SOUGHT) {
      throw new UserError(`what is looked for is longer than ${LONGEST_SOUGHT} characters, which nobody's name is`);
    }
  }
  const asked = isNamed ? known.filter(({ name }) => name === first) : known;
  const [text] = texts;
  if (text === undefined) refuseUnknownFields(asked, pairs);
  return { sources: asked, text, pairs: text === undefined ? pairs : [] };
}

function refuseUnknownFields(sources: readonly Known[], pairs: Wanted['pairs']): void {
  const names = [...new Set(sources.flatMap(({ row }) => row.names))];
  const wrong = pairs.find(([field]) => !names.includes(field));
  if (wrong === undefined || names.length === 0) return;
  throw new UserError(`the index has no field "${wrong[0]}"; ${suggestion(wrong[0], names, 'fields')}`);
}

async function search(
  work: IndexWork,
  { sources, text, isWhole = false, pairs }: Wanted,
  limit: number,
): Promise<readonly Found[]> {
  const { terminal } = work;
  const found: Found[] = [];
  const notice = (sentence: string) => void terminal.stderr.write(`note: ${printable(sentence)}\n`);
  const context: CallContext = { signal: new AbortController().signal, reference: '', notice };
  for (const source of sources) {
    const records =
      text === undefined
        ? await byFields(work, source, pairs, limit, context)
        : await work.reader.scan(source.row, anywhere(source, text, isWhole), limit, context);
    found.push({ source, records });
  }
  return found;
}

/** By what is searched, where all of it is; else every record is compared. */
async function byFields(
  { reader }: IndexWork,
  source: Known,
  pairs: Wanted['pairs'],
  limit: number,
  context: CallContext,
): Promise<readonly IndexedRecord[]> {
  const criteria = pairs.map(([field, value]) => criterion(source, field, 'exact', value));
  const nothing = criteria.find((one) => !isSought(one));
  if (nothing !== undefined) context.notice?.(`what is looked for in ${nothing.field} is nothing that can be compared`);
  const found = await reader.find(source.row, { criteria, limit, parameters: {} }, context);
  if (found !== undefined) return found;
  const isMeant = (record: SourceRecord) => criteria.every((one) => meets(record, one));
  return reader.scan(source.row, isMeant, limit, context);
}

/** A test whether a text is one of the values, or a part of one, as people compare them. */
function anywhere(source: Known, text: string, isWhole: boolean): (record: SourceRecord) => boolean {
  const criteria = new Map<string, readonly Criterion[]>();
  const criteriaOf = (field: string) => {
    const matches = isWhole ? (['exact'] as const) : (['contains', 'exact'] as const);
    const known = criteria.get(field) ?? matches.map((match) => criterion(source, field, match, text));
    criteria.set(field, known);
    return known;
  };
  return (record) => Object.keys(record).some((field) => criteriaOf(field).some((one) => meets(record, one)));
}

function criterion({ plan }: Known, field: string, match: Criterion['match'], value: string): Criterion {
  return { field, match, value, kind: plan?.kinds?.get(field), country: plan?.country };
}

function firstOf(all: readonly Found[], limit: number): readonly Found[] {
  let left = limit;
  return all.map(({ source, records }) => {
    const shown = records.slice(0, left);
    left -= shown.length;
    return { source, records: shown };
  });
}

function valuesOf(record: SourceRecord): readonly (readonly [string, string])[] {
  return Object.keys(record).flatMap((name) => {
    const value = ownValue(record, name);
    return value === undefined ? [] : [[name, textOf(value)] as const];
  });
}

function asJson({ source, records }: Found): readonly object[] {
  const { name, row } = source;
  const dataFrom = row.freshAt === undefined ? undefined : new Date(row.freshAt).toISOString();
  return records.map(({ record }) => ({ source: name, dataFrom, record }));
}
