/** Finding calls and chats live: by ID, by the customer's ID and by the agent's; or the newest. */
import type { CallContext, FindQuery, Log, SourceRecord } from '../../src/contract/index.ts';
import { type Data, isMetBy, SoughtFields } from '../../src/kit/web/index.ts';
import type { Api } from './api.ts';
import { changedAt, conversationFields, conversationRecord, keyOf, THINGS, type Thing } from './conversation.ts';
import { inIndexOnly } from './failures.ts';
import { newest } from './lister.ts';
import { type Question, questionsFor } from './search.ts';
import { Walk } from './walk.ts';

/** Of one question, so many pages are read: each takes a request of the account. */
const MOST_PAGES = 3;

/** A call or chat with what it is. */
interface Found {
  readonly thing: Thing;
  readonly item: Data;
}

/** What {@link Finder} works with. */
export interface FinderParts {
  readonly api: Api;
  readonly recordings: boolean;
  readonly log: Log;
}

/** Finds calls and chats. */
export class Finder {
  readonly #parts: FinderParts;
  readonly #fields: SoughtFields;

  constructor(parts: FinderParts) {
    this.#parts = parts;
    this.#fields = new SoughtFields(conversationFields(parts.recordings), parts.log);
  }

  /** Those that changed last first. @throws {SourceError} */
  async find(query: FindQuery, context: CallContext): Promise<readonly SourceRecord[]> {
    context.signal.throwIfAborted();
    const search = this.#fields.in(query);
    if (search === undefined) return [];
    const { limit } = query;
    const all = [...search.criteria, ...search.groups.flat()];
    if (all.length === 0) return (await this.#newest(limit, context)).map((one) => this.#record(one));
    const questions = questionsFor(search);
    if (questions === undefined) throw inIndexOnly(all[0]?.field ?? '');
    const answers = await Promise.all(questions.map((question) => this.#answer(question, context)));
    const byKey = new Map(answers.flat().map((one) => [keyOf(one.thing, one.item), one]));
    return [...byKey.values()]
      .toSorted((one, other) => (changedAt(other.item) ?? 0) - (changedAt(one.item) ?? 0))
      .map((one) => this.#record(one))
      .filter((record) => isMetBy(record, search))
      .slice(0, limit);
  }

  async #newest(limit: number, context: CallContext): Promise<readonly Found[]> {
    const walks = THINGS.map((thing) => new Walk(this.#parts.api, thing, undefined));
    const found: Found[] = [];
    // What comes next is older than what is least far back.
    const isSure = ({ item }: Found) => walks.every(({ readFrom }) => (changedAt(item) ?? 0) >= readFrom);
    for (let walk = newest(walks); walk !== undefined; walk = newest(walks)) {
      for (const item of await walk.next(context)) found.push({ thing: walk.thing, item });
      if (found.length >= limit && found.filter(isSure).length >= limit) break;
    }
    return found.toSorted((one, other) => (changedAt(other.item) ?? 0) - (changedAt(one.item) ?? 0)).slice(0, limit);
  }

  async #answer(question: Question, context: CallContext): Promise<readonly Found[]> {
    const { api } = this.#parts;
    const { thing } = question;
    if ('one' in question) {
      const item = await api.one('calls', question.one, context);
      if (item !== undefined) return [{ thing, item }];
      context.notice?.(`call ${question.one} was not found by its ID, which not every account can be asked for`);
      return [];
    }
    const found: Found[] = [];
    const order = { sort_column: 'updated_at', sort_direction: 'DESC' };
    for (let number = 1; number <= MOST_PAGES; number += 1) {
      const { items, hasMore } = await api.page(thing, { ...question.params, ...order }, context, number);
      for (const item of items) found.push({ thing, item });
      if (!hasMore) return found;
    }
    context.notice?.(`only ${found.length} ${thing} were looked at`, true);
    return found;
  }

  #record({ thing, item }: Found): SourceRecord {
    return conversationRecord(thing, item, this.#parts.recordings);
  }
}
