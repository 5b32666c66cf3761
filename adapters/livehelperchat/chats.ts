/** Chats as Live Helper Chat gives them: pages of those that meet some filters, one by its number, and what was said in it. */
import type { CallContext } from '../../src/contract/index.ts';
import { type Data, valueAt } from '../../src/kit/web/index.ts';
import { countAt, idAt, listAt } from './answer.ts';
import type { ChatApi, Params } from './api.ts';
import { idOf } from './chat.ts';
import { noDepartment, OF_ONE_CHAT, Refusal, unexpected } from './failures.ts';

/** Which rows of a list. */
export interface Rows {
  readonly offset: number;
  readonly limit: number;
}

/** Some chats. */
export interface ChatPage {
  readonly chats: readonly Data[];
  /**
   * How many meet the filters. Behind the first page Live Helper Chat gives none: it counts with the limit and the offset of
   * the page (`getCount()` in `validateChatList()` of its source), which leaves no row.
   */
  readonly total: number | undefined;
}

/**
 * Names come with each chat, so that no other right is needed. `user` and `department` are what the API makes them of; the
 * first has the hash of a password.
 */
const SHOWN = {
  prefill_fields: 'department_name,plain_user_name,link',
  ignore_fields: 'hash,ip,uagent,user,department',
};

/** Reads chats. Every method throws {@link SourceError}. */
export class Chats {
  readonly #api: ChatApi;

  constructor(api: ChatApi) {
    this.#api = api;
  }

  /** `/restapi/chats`: those that meet all filters, the newest first. */
  async page(filters: Params, { offset, limit }: Rows, context: CallContext): Promise<ChatPage> {
    // 0 is the default, and no offset that it takes.
    const params = { ...filters, ...SHOWN, limit, ...(offset > 0 && { offset }) };
    const answer = await this.#api.ask('chats', params, context);
    const filter = valueAt(answer, 'filter');
    // What it makes of an account without departments, and what no filter is read from any more.
    if (valueAt(filter, 'list_count') !== undefined && valueAt(filter, 'limit') === undefined) throw noDepartment();
    const [list, total] = [listAt(answer, 'list'), countAt(answer, 'list_count')];
    if (list === undefined || (total === undefined && offset === 0)) {
      throw unexpected('chats without a list and its count');
    }
    if (!list.every((chat) => idOf(chat) !== undefined)) throw unexpected('chats with one that has no number');
    return { chats: list, total };
  }

  /** `/restapi/chat/ID`; undefined where there is none, or none for this account. One in the archive is not there. */
  async current(id: string, context: CallContext): Promise<Data | undefined> {
    const asked = this.#api.ask(`chat/${encodeURIComponent(id)}`, { attr: 'department_name' }, context);
    // Of all its words, these two are in English on every site.
    const chat = valueAt(await orNone(asked, OF_ONE_CHAT), 'result');
    return idOf(chat) === id ? chat : undefined;
  }

  /** The same, and one in the archive by `/restapi/fetchchat`. */
  async get(id: string, context: CallContext): Promise<Data | undefined> {
    const current = await this.current(id, context);
    if (current !== undefined) return current;
    const archived = await orNone(this.#api.ask('fetchchat', { chat_id: id }, context, true));
    const found = valueAt(archived, 'chat');
    return idOf(found) === id ? found : undefined;
  }

  /** `/restapi/fetchchatmessages`: what was said, the oldest first; undefined where this account may not read it. */
  async messages(id: string, context: CallContext): Promise<readonly Data[] | undefined> {
    const answer = await orNone(this.#api.ask('fetchchatmessages', { chat_id: id }, context, true));
    if (answer === undefined) return undefined;
    const messages = listAt(valueAt(answer, 'result'), 'messages');
    if (messages === undefined) throw unexpected('fetchchatmessages without messages');
    return messages.toSorted((one, other) => Number(idAt(one, 'id') ?? 0) - Number(idAt(other, 'id') ?? 0));
  }
}

/**
 * Undefined where one chat is refused, since it is not there or of a department of others.
 * @param said how it says so; left out where the account was let in a moment ago, and nothing else can be meant
 */
async function orNone(asked: Promise<Data>, said = /^/): Promise<Data | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof Refusal && error.right === undefined && said.test(error.said ?? '')) return undefined;
    throw error;
  }
}
