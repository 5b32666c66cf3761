/** Finding requests: HelpSpot narrows, and what it finds is compared by the gateway's own rules. Open ones first, then the newest. */
import {
  type CallContext,
  type Criterion,
  type FindQuery,
  type Log,
  meets,
  SourceError,
  type SourceRecord,
  valueMeets,
} from '../../src/contract/index.ts';
import { type Data, isMetBy, type Sought, SoughtFields } from '../../src/kit/web/index.ts';
import type { Params } from './api.ts';
import { type Found, inUsualOrder, united } from './found.ts';
import type { Names } from './names.ts';
import { CUSTOM, type NamedField, type Naming, numberOf, requestFields, requestRecord } from './request.ts';
import type { Requests, Rows } from './requests.ts';
import { isNamedField, narrowed, ownName, WORDS } from './search.ts';
import type { Settings } from './settings.ts';

/** So many at once are found quickly, and a page with fewer is the last: no HelpSpot gives fewer than it is asked for. */
export const PAGE = 50;
/** Whoever wants all of them gets them in larger pages. */
const LARGEST_PAGE = 250;
/** So many that do not meet the criteria are read at most: more would take longer than anybody waits. */
const MOST_LOOKED_THROUGH = 500;
/** Histories are long: mails with all that they quote. */
const MOST_HISTORIES = 50;
const HISTORIES_AT_ONCE = 25;

/** What {@link Finder} works with. */
export interface FinderParts {
  readonly requests: Requests;
  readonly names: Names;
  readonly settings: Settings;
  readonly log: Log;
}

/** Finds requests, all or those of a filter. */
export class Finder {
  readonly #requests: Requests;
  readonly #names: Names;
  readonly #settings: Settings;
  readonly #log: Log;
  readonly #fields: SoughtFields;

  constructor({ requests, names, settings, log }: FinderParts) {
    this.#requests = requests;
    this.#names = names;
    this.#settings = settings;
    this.#log = log;
    const fields = requestFields(new Map(), settings.history);
    const known = new Set(fields.map(({ name }) => name));
    this.#fields = new SoughtFields(fields, log, {
      isKnown: (field) => isSearched(field, known, settings),
      kindOf: () => undefined,
    });
  }

  /** @throws {SourceError} */
  async find(query: FindQuery, context: CallContext): Promise<readonly SourceRecord[]> {
    context.signal.throwIfAborted();
    const { limit } = query;
    const groups = (query.groups ?? []).map((group) => group.map(asUsual));
    const search = this.#fields.in({ criteria: query.criteria.map(asUsual), groups });
    if (search === undefined) return [];
    const byId = search.criteria.find(({ field, match }) => field === 'xRequest' && match === 'exact');
    // The lists are read beside the search, and waited for once, however many pages it reads.
    const naming = this.#names.known(context);
    naming.catch(() => undefined);
    const found =
      byId === undefined || this.#settings.filter !== undefined
        ? await this.#search({ search, wanted: limit, context, naming })
        : await this.#one(byId, { search, wanted: limit, context, naming });
    return await this.#finished(found.slice(0, limit), await naming, context);
  }

  /** A request that was merged is the one that it was merged into. */
  async #one(byId: Criterion, { search, naming, context }: Reading): Promise<readonly Found[]> {
    const { criteria, groups } = search;
    const id = numberOf({ xRequest: byId.value });
    const data = id === undefined ? undefined : await this.#requests.get(id, context);
    if (data === undefined) return [];
    const made = this.#found(data, await naming);
    const merged = made.id === id ? made : { ...made, record: { ...made.record, merged_from: id } };
    const rest = { criteria: criteria.filter((one) => one !== byId), groups };
    return isMetBy(merged.record, rest, meetsOne) ? [merged] : [];
  }

  async #search(reading: Reading): Promise<readonly Found[]> {
    const { search, wanted, context } = reading;
    const { filter, phoneFormats } = this.#settings;
    if (filter !== undefined) {
      const pages = (rows: Rows) => this.#requests.ofFilter(String(filter), rows, context);
      return (await this.#readPages(pages, reading)).found;
    }
    const [customForms, numbers] = await Promise.all([customFormsFor(reading), this.#numbersOf(search, context)]);
    const numbersOf = (_field: NamedField, criterion: Criterion) => numbers.get(criterion) ?? [];
    const { questions, isSure, always } = narrowed(search.criteria, search.groups, {
      ...{ phoneFormats, customForms, numbersOf },
    });
    const answers = await Promise.all(questions.map((question) => this.#answer(question, reading)));
    const found = united(answers);
    return inUsualOrder(
      isSure || found.length >= wanted ? found : united([found, await this.#answer(always, reading)]),
    );
  }

  /** Open ones first: of more than a page, the open ones are asked for, and then the others. */
  async #answer(question: Params, reading: Reading): Promise<readonly Found[]> {
    const { wanted, context } = reading;
    const pages = (more: Params) => (rows: Rows) => this.#requests.search({ ...question, ...more }, rows, context);
    if (question['fOpen'] !== undefined) return (await this.#readPages(pages({}), reading)).found;
    const first = await pages({})({ start: 0, length: PAGE });
    if (first.length < PAGE) return await this.#met(first, reading);
    const open = await this.#readPages(pages({ fOpen: 1 }), reading);
    if (open.isCut || open.found.length >= wanted) return open.found;
    const closed = await this.#readPages(pages({ fOpen: 0 }), { ...reading, wanted: wanted - open.found.length });
    return united([open.found, closed.found]);
  }

  /** Pages until so many have been found, there are no more, or too many were in vain. */
  async #readPages(
    pages: (rows: Rows) => Promise<readonly Data[]>,
    reading: Reading,
  ): Promise<{ readonly found: readonly Found[]; readonly isCut: boolean }> {
    const { search, context, wanted } = reading;
    const isFree = search.criteria.length === 0 && search.groups.length === 0;
    const length = isFree ? Math.min(Math.max(wanted, PAGE), LARGEST_PAGE) : PAGE;
    let found: readonly Found[] = [];
    let read = 0;
    for (;;) {
      const page = await pages({ start: read, length });
      found = united([found, await this.#met(page, reading)]);
      read += page.length;
      if (page.length < PAGE || found.length >= wanted) return { found, isCut: false };
      if (read - found.length >= MOST_LOOKED_THROUGH) {
        context.notice?.(`only the newest ${read} requests were looked through; type more`, true);
        return { found, isCut: true };
      }
    }
  }

  async #met(page: readonly Data[], { search, naming }: Reading): Promise<readonly Found[]> {
    const known = await naming;
    return page.map((data) => this.#found(data, known)).filter(({ record }) => isMetBy(record, search, meetsOne));
  }

  #found(data: Data, naming: Naming): Found {
    const { url, history: withHistory } = this.#settings;
    return { id: numberOf(data) ?? '', data, record: requestRecord(data, { naming, url, withHistory }) };
  }

  /** With their histories, where the settings want them, and with names that no list has. */
  async #finished(found: readonly Found[], naming: Naming, context: CallContext): Promise<readonly SourceRecord[]> {
    const whole = this.#settings.history ? await this.#withHistories(found, context) : found;
    await this.#names.learn(
      whole.map(({ data }) => data),
      naming,
      context,
    );
    return whole.map(({ data, record: { merged_from } }) => {
      const { record } = this.#found(data, naming);
      return merged_from === undefined ? record : { ...record, merged_from };
    });
  }

  async #withHistories(found: readonly Found[], context: CallContext): Promise<readonly Found[]> {
    const ids = found.map(({ id }) => id).slice(0, MOST_HISTORIES);
    if (found.length > ids.length) {
      context.notice?.(`only the first ${ids.length} requests come with their notes`);
    }
    const starts = Array.from({ length: Math.ceil(ids.length / HISTORIES_AT_ONCE) }, (_, at) => at * HISTORIES_AT_ONCE);
    const batches = await Promise.all(
      starts.map((start) => this.#histories(ids.slice(start, start + HISTORIES_AT_ONCE), context)),
    );
    const byId = new Map(batches.flat().map((data) => [numberOf(data), data]));
    return found.map((one) => ({ ...one, data: withNote(byId.get(one.id) ?? one.data, one.data) }));
  }

  /** What was found is worth more than its notes, which may be too long to be read together. */
  async #histories(ids: readonly string[], context: CallContext): Promise<readonly Data[]> {
    try {
      return await this.#requests.getMany(ids, context);
    } catch (error) {
      if (context.signal.aborted || !(error instanceof SourceError)) throw error;
      this.#log.warn({ problem: error.message, reference: context.reference }, 'notes of requests cannot be read');
      context.notice?.('notes of its requests are missing: HelpSpot does not give them');
      return [];
    }
  }

  /** @throws {SourceError} when a list that has the names cannot be read */
  async #numbersOf({ criteria, groups }: Sought, context: CallContext) {
    const named = [...criteria, ...groups.flat()].filter(({ field }) => isNamedField(field));
    const entries = named.map(async (criterion) => {
      const isMeant = (name: string) => valueMeets(name, criterion);
      const field: NamedField = isNamedField(criterion.field) ? criterion.field : 'status';
      return [criterion, await this.#names.numbersOf(field, isMeant, context)] as const;
    });
    return new Map(await Promise.all(entries));
  }
}

interface Reading {
  readonly search: Sought;
  /** So many are enough. */
  readonly wanted: number;
  readonly context: CallContext;
  readonly naming: Promise<Naming>;
}

/** Only where they are needed: a search does not wait for lists that it does not use. */
async function customFormsFor({ search: { criteria, groups }, naming }: Reading): Promise<Naming['customForms']> {
  const isAsked = [...criteria, ...groups.flat()].some(({ field }) => CUSTOM.test(field));
  return isAsked ? (await naming).customForms : new Map();
}

/** The name that the manual usually has: in one place it says sUserID. */
function asUsual(criterion: Criterion): Criterion {
  return criterion.field === 'sUserID' ? { ...criterion, field: 'sUserId' } : criterion;
}

function isSearched(field: string, fields: ReadonlySet<string>, { filter }: Settings): boolean {
  return fields.has(ownName(field)) || CUSTOM.test(field) || (field === WORDS && filter === undefined);
}

/** What words are in the notes, only HelpSpot knows. */
function meetsOne(record: SourceRecord, criterion: Criterion): boolean {
  return criterion.field === WORDS || meets(record, criterion);
}

/** With the beginning of the initial note as the search gave it. */
function withNote(whole: Data, found: Data): Data {
  const tNote: unknown = Reflect.get(Object(found), 'tNote');
  return tNote === undefined ? whole : { ...Object(whole), tNote };
}
