/** `/restapi/chats` and the calls for one chat: `validateChatList()`, `fetchchat.php`, `fetchchatmessages.php` of the vendor. */
import type { ChatData, ChatRow, UserRow } from './data.ts';
import { type Language, Refusal, wordsIn } from './words.ts';

/** What a chat is shown with. */
export interface House {
  data: ChatData;
  readonly url: string;
  language: Language;
  /** Since when `prefill_fields` is known. */
  prefills: boolean;
  /** Before `getCount()` took the limit of the page, every page had the right count. */
  counts: boolean;
  /** An extension may cut pages off. */
  largestPage: number;
}

type Shown = Record<string, unknown>;

// utf8mb4_unicode_ci: neither capitals nor accents count; and PAD SPACE: blanks at the end do not either.
const { compare } = new Intl.Collator('en', { sensitivity: 'base' });
const isSame = (stored: string, sought: string) => compare(stored.trimEnd(), sought.trimEnd()) === 0;

/** ezcInputForm: an int from 1; anything else is as if it were not there. */
function intFrom1(text: string | null): number | undefined {
  return text !== null && /^\d+$/.test(text) && Number(text) >= 1 ? Number(text) : undefined;
}

/** `!empty($_GET[…])`, and `(int)` of each part. */
function listIn(text: string | null): readonly number[] | undefined {
  return text === null || text === '' || text === '0'
    ? undefined
    : text.split(',').map((one) => Number.parseInt(one, 10) || 0);
}

/** `is_numeric` */
function numberIn(text: string | null): number | undefined {
  return text !== null && text.trim() !== '' && !Number.isNaN(Number(text)) ? Math.trunc(Number(text)) : undefined;
}

type Test = (chat: ChatRow) => boolean;

/** The filters of a query, ANDed, and what the answer says of them. */
function filtersOf(query: URLSearchParams, user: UserRow, { departments }: ChatData) {
  const tests: Test[] = [];
  const equal: Shown = {};
  const within: Shown = {};
  const above: Shown = {};
  for (const field of ['phone', 'email', 'nick'] as const) {
    const value = query.get(field);
    if (value === null) continue;
    equal[field] = value;
    tests.push((chat) => isSame(chat[field], value));
  }
  for (const [name, field] of [
    ['departament_id', 'dep_id'],
    ['user_id', 'user_id'],
    ['status', 'status'],
  ] as const) {
    const value = intFrom1(query.get(name));
    if (value === undefined) continue;
    equal[field] = value;
    tests.push((chat) => chat[field] === value);
  }
  for (const [name, field] of [
    ['departament_ids', 'dep_id'],
    ['user_ids', 'user_id'],
    ['status_ids', 'status'],
  ] as const) {
    const values = listIn(query.get(name));
    if (values === undefined) continue;
    within[field] = values;
    tests.push((chat) => values.includes(chat[field]));
  }
  const identifiers = query.getAll('identifier[]');
  if (identifiers.length > 0) {
    const ids = departments.filter(({ identifier }) => identifiers.includes(identifier)).map(({ id }) => id);
    tests.push((chat) => ids.includes(chat.dep_id));
  }
  for (const [name, field] of [
    ['id_gt', 'id'],
    ['time_gt', 'time'],
    ['last_user_msg_time_gt', 'last_user_msg_time'],
  ] as const) {
    const value = numberIn(query.get(name));
    if (value === undefined) continue;
    above[field] = value;
    tests.push((chat) => chat[field] > value);
  }
  const before = numberIn(query.get('time_lt'));
  if (before !== undefined) tests.push((chat) => chat.time < before);
  if (user.all_departments === 0) tests.push((chat) => user.departments.includes(chat.dep_id));
  const [limit, offset] = [intFrom1(query.get('limit')) ?? 20, intFrom1(query.get('offset')) ?? 0];
  const filter = { filter: equal, filterin: within, filtergt: above, limit, offset, smart_select: true };
  return { tests, limit, offset, filter };
}

/** `/restapi/chats` */
export function chatList(house: House, query: URLSearchParams, user: UserRow): Shown {
  const { data } = house;
  const newest = data.chats.toReversed();
  // The vendor's own way with an account that has no department: what should be the answer is taken for the filter.
  if (user.all_departments === 0 && user.departments.length === 0) {
    const list = newest.slice(0, 500).map((chat) => shown(house, chat, query));
    return { filter: { list: [], list_count: 0 }, list, list_count: newest.length, error: false };
  }
  const { tests, limit, offset, filter } = filtersOf(query, user, data);
  const met = newest.filter((chat) => tests.every((test) => test(chat)));
  const list = met.slice(offset, offset + Math.min(limit, house.largestPage)).map((chat) => shown(house, chat, query));
  return { filter, list, list_count: countOf(met.length, offset, house), error: false };
}

/** It counts with the limit and the offset of the page: `SELECT COUNT(…) … LIMIT 100 OFFSET 100` has no row, which PHP gives as false. */
function countOf(right: number, offset: number, { counts }: House): number | false {
  return offset === 0 || counts ? right : false;
}

/** `/restapi/chatscount` */
export function chatCount(house: House, query: URLSearchParams, user: UserRow): Shown {
  const { tests } = filtersOf(query, user, house.data);
  return { list_count: house.data.chats.filter((chat) => tests.every((test) => test(chat))).length, error: false };
}

/** `name_support` */
export function nameOf({ chat_nickname, name, surname }: UserRow): string {
  return chat_nickname.trim() || `${name} ${surname}`.trim();
}

function shown(house: House, chat: ChatRow, query: URLSearchParams): Shown {
  const { data, url, prefills } = house;
  const row: Shown = { ...chat };
  const wanted = prefills ? (query.get('prefill_fields') ?? '').replaceAll(' ', '').split(',') : [];
  const ignored = (query.get('ignore_fields') ?? '').replaceAll(' ', '').split(',');
  if (wanted.includes('link')) {
    row['link'] =
      `${url}/user/login/(r)/${encodeURIComponent(Buffer.from(`chat/single/${chat.id}`).toString('base64'))}`;
  }
  Object.assign(row, prefilled(data, chat, wanted));
  if (query.get('include_messages') === 'true')
    row['messages'] = data.messages.filter((one) => one.chat_id === chat.id);
  for (const name of ignored) delete row[name];
  return row;
}

/** What is asked for is made through objects, and these stay in the row: that of the operator with his password's hash. */
export function prefilled({ departments, users }: ChatData, chat: ChatRow, wanted: readonly string[]): Shown {
  const row: Shown = {};
  if (wanted.includes('department_name')) {
    const department = departments.find(({ id }) => id === chat.dep_id);
    Object.assign(row, { department: department ?? false, department_name: department?.name ?? '' });
  }
  if (wanted.includes('plain_user_name')) {
    const user = users.find(({ id }) => id === chat.user_id);
    const state =
      user === undefined ? false : { ...user, rights: undefined, departments: undefined, active: undefined };
    Object.assign(row, { user: state, plain_user_name: user === undefined ? false : nameOf(user) });
  }
  return row;
}

/** `hasAccessToRead()` */
export function mayRead(chat: ChatRow, user: UserRow, has: (right: string) => boolean): boolean {
  if (user.all_departments !== 0 || chat.user_id === user.id) return true;
  if (!user.departments.includes(chat.dep_id)) return false;
  return has('lhchat,allowopenremotechat') || chat.status === 4 || chat.user_id === 0;
}

/** `/restapi/fetchchatmessages` */
export function messageList(
  house: House,
  query: URLSearchParams,
  user: UserRow,
  has: (right: string) => boolean,
): Shown {
  const { data, language } = house;
  const id = Number.parseInt(query.get('chat_id') ?? '', 10);
  const chat = [...data.chats, ...data.archived].find((one) => one.id === id);
  if (chat === undefined) throw new Refusal(wordsIn(language, 'noChat'));
  if (!mayRead(chat, user, has)) throw new Refusal(wordsIn(language, 'noReading'));
  const last = numberIn(query.get('last_message_id')) ?? 0;
  const messages = data.messages.filter((one) => one.chat_id === id && one.id > last);
  const left = query.get('ignore_system_messages') === 'true' ? messages.filter((one) => one.user_id !== -1) : messages;
  return {
    error: false,
    result: { messages: left, ot: '', closed: chat.status === 2, check_status: false, lmid: last },
  };
}
