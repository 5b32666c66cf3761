/** Finding calls: by the users in them, by tag and by ID. What comes back is compared by the gateway's own rules; the newest come first. */
import {
  type CallContext,
  type FindQuery,
  type Log,
  meets,
  SourceError,
  type SourceRecord,
  valueMeets,
} from '../../src/contract/index.ts';
import { someOf } from '../../src/kit/text/index.ts';
import { type Data, isMetBy, type Sought, SoughtFields, textAt } from '../../src/kit/web/index.ts';
import type { Api } from './api.ts';
import { beginningOf, callFields, callRecord, mayHaveAttachments, peopleIn } from './call.ts';
import { canBeAsked, filtersOf, type Question } from './filter.ts';
import { callIdOf, type Reading, readPages } from './pages.ts';
import { type Person, personOf, userRecord } from './person.ts';
import { narrowed, united, userQuestion, type Way, wayToCalls } from './search.ts';
import type { Settings } from './settings.ts';

/** Of one question, so many are read: a customer with more is a colleague. */
const MOST_CALLS = 500;
/** Users with one name, or of a list of addresses. */
const MOST_PEOPLE = 100;
/** Each takes a request. */
const MOST_WITH_ATTACHMENTS = 10;
const MOST_ATTACHMENTS = 50;

interface Found {
  readonly call: Data;
  readonly record: SourceRecord;
}

/** What {@link Finder} works with. */
export interface FinderParts {
  readonly api: Api;
  readonly settings: Settings;
  readonly log: Log;
}

/** Finds calls. */
export class Finder {
  readonly #parts: FinderParts;
  readonly #fields: SoughtFields;

  constructor(parts: FinderParts) {
    this.#parts = parts;
    this.#fields = new SoughtFields(callFields(parts.settings.attachments), parts.log);
  }

  /** @throws {SourceError} */
  async find(query: FindQuery, context: CallContext): Promise<readonly SourceRecord[]> {
    context.signal.throwIfAborted();
    const search = this.#fields.in(query);
    if (search === undefined) return [];
    const way = narrowed(search, wayToCalls);
    const people = await this.#people(search, way, context);
    const isMet = (call: Data) => recordOf(call, people, search) !== undefined;
    const mayBeGuest = way !== undefined && isOfGuest(way, search, people);
    const calls = await this.#calls(way, people, { isMet, wanted: query.limit, mayBeGuest }, context);
    const found = [...new Map(calls.map((call) => [callIdOf(call), call])).values()]
      .toSorted((one, other) => beginningOf(other) - beginningOf(one))
      .flatMap((call): readonly Found[] => {
        const record = recordOf(call, people, search);
        return record === undefined ? [] : [{ call, record }];
      })
      .slice(0, query.limit);
    return this.#parts.settings.attachments
      ? await this.#withAttachments(found, context)
      : found.map(({ record }) => record);
  }

  /** The users who are meant. Calls have no mail, so whoever is looked for by mail is asked for whatever finds the call. */
  async #people(search: Sought, way: Way | undefined, context: CallContext): Promise<ReadonlyMap<string, Person>> {
    const all = [...search.criteria, ...search.groups.flat()];
    const byMail = all.filter(({ field, match }) => field === 'email' && match === 'exact');
    const questions = united([...byMail.flatMap((one) => userQuestion(one) ?? []), ...(way?.people ?? [])]);
    const criteria = all.filter(({ field, match }) => match === 'exact' && (field === 'email' || field === 'name'));
    const reading = { most: MOST_PEOPLE, what: 'users' } as const;
    const users = (await this.#read('users', questions, reading, context)).map(userRecord);
    const meant = users.filter((user) => criteria.some((criterion) => meets(user, criterion)));
    return new Map(meant.flatMap((user) => personOf(user) ?? []).map((person) => [person.id, person]));
  }

  async #calls(
    way: Way | undefined,
    people: ReadonlyMap<string, Person>,
    {
      isMet,
      wanted,
      mayBeGuest,
    }: { isMet(call: Data): boolean; readonly wanted: number; readonly mayBeGuest: boolean },
    context: CallContext,
  ): Promise<readonly Data[]> {
    const { userKeys } = this.#parts.settings;
    const byUser = way !== undefined && (way.people.length > 0 || way.ids.length > 0);
    // Of no user nobody has a call, whatever the keys are.
    const ids = [...(way?.ids ?? []), ...(byUser ? people.keys() : [])];
    if (byUser && ids.length === 0 && way.questions.length === 0 && !mayBeGuest) return [];
    const reading = { most: Math.max(MOST_CALLS, wanted), what: 'calls', isMet, wanted } as const;
    if (way === undefined || (ids.length > 0 && userKeys.length === 0)) {
      return await this.#newest(reading, context);
    }
    const byKey = ids.length === 0 ? [] : userKeys.map((key) => ({ key, values: ids }));
    const [asked, newest] = await Promise.all([
      this.#read('calls', [...way.questions, ...byKey], reading, context),
      mayBeGuest ? this.#newest(reading, context) : [],
    ]);
    return [...asked, ...newest];
  }

  /** All that the questions find, each once. */
  async #read(
    list: 'users' | 'calls',
    questions: readonly Question[],
    { most, what, isMet, wanted }: ReadingOf,
    context: CallContext,
  ): Promise<readonly Data[]> {
    const isEnough = isMet === undefined ? undefined : enough(isMet, wanted ?? most);
    const answers = await Promise.all(
      questions
        .flatMap(filtersOf)
        .map((filter) => readPages(this.#parts.api, list, readingOf(most, isEnough, filter), context)),
    );
    for (const { hasMore, items } of answers) {
      if (hasMore && items.length >= most) context.notice?.(`only the first ${most} ${what} were looked at`, true);
    }
    const byId = new Map(answers.flatMap(({ items }) => items).map((item) => [idIn(list, item), item]));
    return [...byId.values()];
  }

  async #newest({ most, isMet, wanted }: ReadingOf, context: CallContext): Promise<readonly Data[]> {
    const isEnough = isMet === undefined ? undefined : enough(isMet, wanted ?? most);
    const { items, hasMore } = await readPages(this.#parts.api, 'calls', readingOf(most, isEnough), context);
    if (hasMore && isEnough?.(items) !== true) {
      context.notice?.(`only the newest ${items.length} calls were looked through; type more`, true);
    }
    return items;
  }

  /** They are an addition: a failure leaves them out, and staff are told. */
  async #withAttachments(found: readonly Found[], context: CallContext): Promise<readonly SourceRecord[]> {
    const asked = found.filter(({ call }) => mayHaveAttachments(call));
    if (asked.length > MOST_WITH_ATTACHMENTS) {
      context.notice?.(`attachments are told of the first ${MOST_WITH_ATTACHMENTS} calls only`);
    }
    const some = asked.slice(0, MOST_WITH_ATTACHMENTS);
    const names = new Map(
      await Promise.all(
        some.map(async ({ call, record }) => [record, await this.#attachments(call, context)] as const),
      ),
    );
    return found.map(({ record }) => {
      const attachments = someOf(names.get(record) ?? []);
      return attachments === undefined ? record : { ...record, attachments };
    });
  }

  async #attachments(call: Data, context: CallContext): Promise<readonly string[]> {
    const id = callIdOf(call) ?? '';
    try {
      const attachments = await this.#parts.api.attachments(id, context);
      // Not the address, with which anybody could get the file.
      return attachments.flatMap((one) => textAt(one, 'name') ?? []).slice(0, MOST_ATTACHMENTS);
    } catch (error) {
      if (!(error instanceof SourceError) || context.signal.aborted) throw error;
      context.notice?.('the attachments of a call are missing: they could not be read');
      return [];
    }
  }
}

interface ReadingOf {
  readonly most: number;
  readonly what: string;
  isMet?(call: Data): boolean;
  readonly wanted?: number;
}

function readingOf(most: number, isEnough: Reading['isEnough'], filter?: string): Reading {
  return { filter, most, ...(isEnough !== undefined && { isEnough }) };
}

/** So many are enough only while the newest come first, which is not documented; else an older page may have a newer one. */
function enough(isMet: (call: Data) => boolean, wanted: number): (calls: readonly Data[]) => boolean {
  return (calls) => {
    const times = calls.map(beginningOf);
    const areNewestFirst = times.every((time, at) => at === 0 || time <= (times[at - 1] ?? time));
    return areNewestFirst && calls.filter(isMet).length >= wanted;
  };
}

function idIn(list: 'users' | 'calls', item: Data): string | undefined {
  return list === 'calls' ? callIdOf(item) : textAt(item, 'id');
}

/** Whether a name that is looked for is that of no user: a guest may have it, who stands in calls only. */
function isOfGuest({ people: asked }: Way, { criteria, groups }: Sought, users: ReadonlyMap<string, Person>): boolean {
  if (!asked.some(({ key }) => key === 'name')) return false;
  const names = [...users.values()].flatMap(({ name }) => name ?? []);
  return [...criteria, ...groups.flat()]
    .filter(({ field, match, value }) => field === 'name' && match === 'exact' && canBeAsked(value.trim()))
    .some((criterion) => !names.some((name) => valueMeets(name, criterion)));
}

/** The call from where one of those stands who are meant: users who were found first, then everybody in it. Undefined: nobody meets. */
function recordOf(call: Data, people: ReadonlyMap<string, Person>, search: Sought): SourceRecord | undefined {
  const within = peopleIn(call);
  const known = within.flatMap(({ id }) => (id === undefined ? [] : (people.get(id) ?? [])));
  const candidates = [...known, ...within];
  const records = (candidates.length === 0 ? [undefined] : candidates).map((person) => callRecord(call, person));
  return records.find((record) => isMetBy(record, search));
}
