/** Finding chats: Live Helper Chat narrows, and what it finds is compared by the gateway's own rules. Open ones first, then the newest. */
import {
  type CallContext,
  type Criterion,
  type FindQuery,
  type Log,
  ownValue,
  type SourceRecord,
  textOf,
  valueMeets,
} from '../../src/contract/index.ts';
import { asFailure, type Data, isMetBy, isPossible, type Sought, SoughtFields } from '../../src/kit/web/index.ts';
import type { Params } from './api.ts';
import { chatFields, chatRecord, idOf, OPEN } from './chat.ts';
import type { Chats } from './chats.ts';
import { SYSTEM } from './failures.ts';
import { isNamedField, type Names } from './names.ts';
import { CONTACT, kindOfText, meetsChat, NUMBER, narrowed, ownName } from './search.ts';
import type { Settings } from './settings.ts';
import { transcriptOf } from './transcript.ts';

/** So many chats at once are given quickly, and most customers have fewer. */
const PAGE = 100;
/** Whoever wants more of them gets them in larger pages. */
const LARGEST_PAGE = 500;
/** So many that do not meet the criteria are read at most: more would take longer than anybody waits. */
const MOST_LOOKED_THROUGH = 500;

interface Found {
  readonly id: string;
  readonly data: Data;
  readonly record: SourceRecord;
}

/** What {@link Finder} works with. */
export interface FinderParts {
  readonly chats: Chats;
  readonly names: Names;
  readonly settings: Settings;
  /** Of the API: what stands before `/restapi/`. */
  readonly url: string;
  readonly log: Log;
}

/** Finds chats. */
export class Finder {
  readonly #parts: FinderParts;
  readonly #fields: SoughtFields;

  constructor(parts: FinderParts) {
    this.#parts = parts;
    this.#fields = new SoughtFields(chatFields(parts.settings.transcript), parts.log, {
      isKnown: (field) => field === CONTACT,
      kindOf: kindOfText,
      isPossible: ({ field, value }) => isPossible({ value: field === CONTACT ? value.replaceAll('\n', ';') : value }),
    });
  }

  /** @throws {SourceError} */
  async find(query: FindQuery, context: CallContext): Promise<readonly SourceRecord[]> {
    context.signal.throwIfAborted();
    const { limit } = query;
    const search = this.#fields.in(query);
    if (search === undefined) return [];
    const found = await this.#search(search, limit, context);
    const records = inUsualOrder(found).slice(0, limit);
    return this.#parts.settings.transcript ? await this.#withTranscript(records, context) : records.map(recordOf);
  }

  async #one(id: string, search: Sought, context: CallContext): Promise<readonly Found[]> {
    const chat = await this.#parts.chats.get(id, context);
    return chat === undefined ? [] : await this.#met([chat], search, context);
  }

  async #search(search: Sought, wanted: number, context: CallContext): Promise<readonly Found[]> {
    const numbers = await this.#numbersOf(search, context);
    const { phoneFormats } = this.#parts.settings;
    const numbersOf = (_field: unknown, criterion: Criterion) => numbers.get(criterion) ?? [];
    const questions = narrowed(search.criteria, search.groups, { phoneFormats, numbersOf });
    const reading = { search, wanted, context, isSure: isSure(search) };
    const answers = questions.map(({ [NUMBER]: id, ...question }) =>
      id === undefined ? this.#answer(question, reading) : this.#one(String(id), search, context),
    );
    return united(await Promise.all(answers));
  }

  /** Open ones first: of more than a page, the open ones are asked for, and then the others. */
  async #answer(question: Params, reading: Reading): Promise<readonly Found[]> {
    const { chats, total } = await this.#parts.chats.page(question, { offset: 0, limit: PAGE }, reading.context);
    const first = await this.#met(chats, reading.search, reading.context);
    const start = { read: chats.length, total: total ?? 0 };
    if (start.total <= start.read) return first;
    const isOpenOnly = question['status_ids'] !== undefined;
    const ofOpen = { ...question, status_ids: OPEN.join(',') };
    const open = isOpenOnly ? [] : await this.#pages(ofOpen, [], { read: 0, total: 0 }, reading);
    return await this.#pages(question, united([open, first]), start, reading);
  }

  /** Pages until so many have been found, there are no more, or too many were in vain. */
  async #pages(
    question: Params,
    before: readonly Found[],
    start: { readonly read: number; readonly total: number },
    { search, wanted, context, isSure }: Reading,
  ): Promise<readonly Found[]> {
    let found = before;
    // The first page says how many there are.
    let { read, total } = start;
    while (found.length < wanted) {
      if (!isSure && read - found.length >= MOST_LOOKED_THROUGH) {
        context.notice?.(`only the newest ${read} chats were looked through; type more`, true);
        break;
      }
      const limit = Math.min(LARGEST_PAGE, Math.max(PAGE, wanted - found.length));
      const page = await this.#parts.chats.page(question, { offset: read, limit }, context);
      const { chats } = page;
      found = united([found, await this.#met(chats, search, context)]);
      read += chats.length;
      total = page.total ?? total;
      if (chats.length === 0 || read >= total) break;
    }
    return found;
  }

  async #met(chats: readonly Data[], search: Sought, context: CallContext): Promise<readonly Found[]> {
    const { names, url } = this.#parts;
    const naming = await names.of(chats, context);
    return chats
      .map((data) => ({ id: idOf(data) ?? '', data, record: chatRecord(data, naming, url) }))
      .filter(({ record }) => isMetBy(record, search, meetsChat));
  }

  /** Of the newest, and of the one that comes first: it may be an older one that is open. */
  async #withTranscript(found: readonly Found[], context: CallContext): Promise<readonly SourceRecord[]> {
    const newest = found.reduce<Found | undefined>(
      (best, one) => (best === undefined || Number(one.id) > Number(best.id) ? one : best),
      undefined,
    );
    const wanted = new Set([found[0], newest].filter((one) => one !== undefined));
    const transcripts = new Map(
      await Promise.all([...wanted].map(async (one) => [one, await this.#transcript(one, context)] as const)),
    );
    return found.map((one) => {
      const transcript = transcripts.get(one);
      return transcript === undefined ? one.record : { ...one.record, transcript };
    });
  }

  /** It is an addition: a failure leaves it out, and staff are told. */
  async #transcript({ id, record }: Found, context: CallContext): Promise<string | undefined> {
    const { chats, names } = this.#parts;
    try {
      const messages = await chats.messages(id, context);
      if (messages === undefined) {
        context.notice?.(
          `what was said in chat ${id} may not be read: the right lhchat,allowopenremotechat is missing`,
        );
        return undefined;
      }
      const visitor = textOf(ownValue(record, 'name')) || undefined;
      return transcriptOf(messages, { visitor, operator: (by) => names.known('agent', by) });
    } catch (error) {
      if (asFailure(error, SYSTEM) === undefined || context.signal.aborted) throw error;
      context.notice?.(`what was said in chat ${id} is missing: it could not be read`);
      return undefined;
    }
  }

  /** @throws {SourceError} when a list that has the names cannot be read */
  async #numbersOf({ criteria, groups }: Sought, context: CallContext) {
    const entries = [...criteria, ...groups.flat()].map(async (criterion) => {
      const field = ownName(criterion.field);
      if (!isNamedField(field)) return [criterion, []] as const;
      const isMeant = (name: string) => valueMeets(name, criterion);
      return [criterion, await this.#parts.names.numbersOf(field, isMeant, context)] as const;
    });
    return new Map<Criterion, readonly string[]>(await Promise.all(entries));
  }
}

interface Reading {
  readonly search: Sought;
  /** So many are enough. */
  readonly wanted: number;
  readonly context: CallContext;
  /** Whether all that is read is wanted. */
  readonly isSure: boolean;
}

/** Everything is wanted: no page is in vain. */
function isSure({ criteria, groups }: Sought): boolean {
  return criteria.length === 0 && groups.length === 0;
}

function recordOf({ record }: Found): SourceRecord {
  return record;
}

/** Several questions may find the same. */
function united(answers: readonly (readonly Found[])[]): readonly Found[] {
  return [...new Map(answers.flat().map((one) => [one.id, one])).values()];
}

function inUsualOrder(found: readonly Found[]): readonly Found[] {
  const isOpen = ({ record }: Found) => Number(ownValue(record, 'open') === true);
  return found.toSorted((one, other) => isOpen(other) - isOpen(one) || Number(other.id) - Number(one.id));
}
