/** Users of a site, and the tags of its calls, as sources. */
import type { CallContext, FindQuery, Log, SourceField, SourceRecord } from '../../src/contract/index.ts';
import { type Data, fieldsOfForms, isMetBy, SoughtFields } from '../../src/kit/web/index.ts';
import type { Api } from './api.ts';
import { tagsOf } from './call.ts';
import { filtersOf } from './filter.ts';
import { type Read, readPages } from './pages.ts';
import { USER_FIELDS, userRecord } from './person.ts';
import { narrowed, searchableUser, wayToUsers } from './search.ts';
import type { ListName } from './settings.ts';

/** So many that do not meet the criteria are read at most: more would take longer than anybody waits. */
const MOST_USERS = 1_000;
/** The tags that are in use are those of so many calls. */
const MOST_CALLS = 500;

const TAG_FIELDS = fieldsOfForms({ tag: 'text', tag_id: 'code', calls: 'number' });

/** The fields of a list. */
export function listFields(list: ListName): readonly SourceField[] {
  return list === 'users' ? USER_FIELDS.map(searchableUser) : TAG_FIELDS;
}

/** What {@link ListFinder} works with. */
export interface ListParts {
  readonly api: Api;
  readonly list: ListName;
  readonly keepMs: number;
  readonly log: Log;
}

/** Finds in one list. */
export class ListFinder {
  readonly #parts: ListParts;
  readonly #fields: SoughtFields;
  #tags: { readonly read: Read; readonly at: number } | undefined;

  constructor(parts: ListParts) {
    this.#parts = parts;
    this.#fields = new SoughtFields(listFields(parts.list), parts.log);
  }

  /** @throws {SourceError} */
  async find(query: FindQuery, context: CallContext): Promise<readonly SourceRecord[]> {
    context.signal.throwIfAborted();
    const search = this.#fields.in(query);
    if (search === undefined) return [];
    const isMet = (record: SourceRecord) => isMetBy(record, search);
    if (this.#parts.list === 'tags') return (await this.#allTags(context)).filter(isMet).slice(0, query.limit);
    const way = narrowed(search, wayToUsers);
    const isEnough = (users: readonly Data[]) => users.map(userRecord).filter(isMet).length >= query.limit;
    const most = Math.max(MOST_USERS, query.limit);
    const filters = way === undefined ? [undefined] : way.questions.flatMap(filtersOf);
    const answers = await Promise.all(
      filters.map((filter) => readPages(this.#parts.api, 'users', { filter, most, isEnough }, context)),
    );
    if (answers.some(({ items, hasMore }) => hasMore && !isEnough(items))) {
      context.notice?.(`only the first ${most} users were looked through; type more`, true);
    }
    const records = answers.flatMap(({ items }) => items).map(userRecord);
    const byId = new Map(records.map((record) => [record['user_id'], record]));
    return [...byId.values()].filter(isMet).slice(0, query.limit);
  }

  /** Those of the newest calls, the most used first. */
  async #allTags(context: CallContext): Promise<readonly SourceRecord[]> {
    const { api, keepMs } = this.#parts;
    if (this.#tags === undefined || performance.now() - this.#tags.at >= keepMs) {
      this.#tags = { read: await readPages(api, 'calls', { most: MOST_CALLS }, context), at: performance.now() };
    }
    const { items, hasMore } = this.#tags.read;
    if (hasMore) context.notice?.(`tags are those of the newest ${items.length} calls`, true);
    return tagRecords(items);
  }
}

function tagRecords(calls: readonly Data[]): readonly SourceRecord[] {
  const byName = new Map<string, { id: string | undefined; calls: number }>();
  for (const { id, name } of calls.flatMap(tagsOf)) {
    const known = byName.get(name);
    byName.set(name, { id: known?.id ?? id, calls: (known?.calls ?? 0) + 1 });
  }
  return [...byName]
    .toSorted(([, one], [, other]) => other.calls - one.calls)
    .map(([tag, { id, calls: count }]) => ({ tag, ...(id !== undefined && { tag_id: id }), calls: count }));
}
