/**
 * A Live Helper Chat to talk to: its REST API after its documents and its source (`lhc_web/modules/lhrestapi/`, August 2026).
 * It refuses what that refuses. What would change a state is a scandal: it is noted down, and not done.
 */
import { type Received, type Reply, type StandIn, startStandIn } from '../http/stand-in.ts';
import { chatCount, chatList, type House, mayRead, messageList, prefilled } from './chats.ts';
import { type ChatData, LHC_KEY, type UserRow } from './data.ts';
import { defaultData } from './default-data.ts';
import { type ChatFault, faultOf, type PlannedFault, takeFault } from './faults.ts';
import { missingRight, Refusal, wordsIn } from './words.ts';

/** A call as it came. */
export interface LoggedCall {
  /** `chats`, `isonlinedepartment` … */
  readonly call: string;
  readonly query: Readonly<Record<string, string>>;
  /** The account, as far as it was let in. */
  readonly user: string | undefined;
}

/** A Live Helper Chat that is running. */
export interface ChatStandIn extends House {
  /** What a source needs beside `adapter: livehelperchat`. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly http: StandIn;
  readonly calls: LoggedCall[];
  /** What was asked for that changes a state. */
  readonly scandals: string[];
  /** Whether the web server hands the header `Authorization` on to PHP. */
  handsOn: boolean;
  /** Whether numbers come as texts, as PHP gave them before 8.1. */
  asTexts: boolean;
  fail(how: ChatFault, options?: { readonly call?: string; readonly times?: number }): void;
  callsOf(call: string): readonly LoggedCall[];
  /** The rights of the account `rest`. */
  readonly rights: Set<string>;
  /** As it was in the beginning, with new data. */
  heal(data?: ChatData): void;
  close(): Promise<void>;
}

/** Options of {@link startLiveHelperChat}. */
export interface ChatOptions {
  readonly data?: ChatData;
  /** Where it lies on its server: `/lhc_web`. */
  readonly folder?: string;
}

/** Calls that only read, and how their errors come. */
const READING: Readonly<Record<string, 200 | 400>> = {
  ...{ chats: 200, chatscount: 200, chat: 400, fetchchat: 200, fetchchatmessages: 200, departments: 400 },
  ...{ departaments: 400, getusers: 200, isonline: 200, isonlinedepartment: 200, isonlineuser: 200 },
};
/** Whoever sends these changes something, or gets no JSON. */
const CHANGING = ['update_activity', 'workflow', 'callback', 'format'];

const USUAL: Omit<House, 'data' | 'url'> & Pick<ChatStandIn, 'handsOn' | 'asTexts'> = {
  ...{ language: 'en', prefills: true, counts: false, largestPage: Number.POSITIVE_INFINITY },
  ...{ handsOn: true, asTexts: false },
};

/** Starts it on a free port of 127.0.0.1. */
export async function startLiveHelperChat({ data, folder = '' }: ChatOptions = {}): Promise<ChatStandIn> {
  const planned: PlannedFault[] = [];
  const http = await startStandIn((request) => replyTo(chat, request, folder), {
    faultFor(request) {
      const [call] = callOf(request, folder) ?? [];
      const how = call === undefined ? undefined : takeFault(planned, call);
      return how === undefined ? undefined : faultOf(how);
    },
  });
  const url = `${http.url}${folder}/index.php`;
  const chat: ChatStandIn = {
    ...{
      url,
      settings: { url, user: 'rest', key: LHC_KEY },
      http,
      data: data ?? defaultData(),
      calls: [],
      scandals: [],
    },
    ...USUAL,
    get rights() {
      return chat.data.users.find(({ username }) => username === 'rest')?.rights ?? new Set();
    },
    fail: (how, { call, times = 1 } = {}) => void planned.push({ how, call, left: times }),
    callsOf: (name) => chat.calls.filter(({ call }) => call === name),
    heal(newData = defaultData()) {
      planned.length = 0;
      http.faults = [];
      chat.calls.length = 0;
      chat.scandals.length = 0;
      Object.assign(chat, USUAL, { data: newData });
    },
    close: () => http.close(),
  };
  return chat;
}

/** What is called below `/restapi/`, with its parts; undefined for another page. With and without `index.php`. */
function callOf({ path }: Received, folder: string): readonly string[] | undefined {
  const below = path.startsWith(folder) ? path.slice(folder.length) : '';
  const [, call] = /^(?:\/index\.php)?\/restapi\/(.+)$/.exec(below) ?? [];
  return call?.split('/').map(decodeURIComponent);
}

function replyTo(chat: ChatStandIn, request: Received, folder: string): Reply {
  const [call = '', part = ''] = callOf(request, folder) ?? [];
  const status = READING[call];
  const names = [...request.query.keys()];
  const changes = names.filter((name) => CHANGING.includes(name));
  if (call !== '' && (status === undefined || request.method !== 'GET' || changes.length > 0)) {
    chat.scandals.push(`${request.method} ${call}${changes.length === 0 ? '' : ` ${changes.join(' ')}`}`);
    return { status: 400, body: { error: true, result: 'this would change something' } };
  }
  if (status === undefined) {
    return {
      status: 404,
      headers: { 'content-type': 'text/html' },
      body: '<html><title>Page not found</title></html>',
    };
  }
  const query = Object.fromEntries(request.query);
  let user: UserRow | undefined;
  try {
    if (!call.startsWith('isonline')) user = userOf(chat, request);
    chat.calls.push({ call, query, user: user?.username });
    return { body: written(chat, answerTo(chat, call, part, request.query, user)) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (user === undefined) chat.calls.push({ call, query, user: undefined });
    const errors = call === 'chat' ? { errors: [] } : {};
    return { status, body: { error: true, ...errors, result: error.message } };
  }
}

/** `validateRequest()` */
function userOf({ data, language, handsOn }: ChatStandIn, request: Received): UserRow {
  const { authorization } = request.headers;
  if (authorization === undefined || !handsOn) throw new Refusal(wordsIn(language, 'noHeader'));
  const [name = '', secret] = Buffer.from(authorization.replace(/^basic /i, ''), 'base64')
    .toString()
    .split(/:(.*)/s);
  const key = data.keys.find(({ api_key, active }) => active && api_key === secret);
  const byName = data.users.find(({ username, email }) => username === name || email === name);
  if (key === undefined) {
    if (byName === undefined || byName.password !== `$2y$10$${secret}`) throw new Refusal(wordsIn(language, 'failed'));
    if (!hasRight(byName, 'lhrestapi,use_direct_logins')) throw new Refusal(wordsIn(language, 'noDirect'));
    return byName;
  }
  const owner = data.users.find(({ id }) => id === key.user_id);
  if (owner === undefined || owner.username !== name) throw new Refusal(wordsIn(language, 'failed'));
  if (key.ip_restrictions !== '') throw new Refusal(`${wordsIn(language, 'address')}127.0.0.1`);
  return owner;
}

function hasRight({ rights }: UserRow, right: string): boolean {
  return rights.has('*') || rights.has(right);
}

function answerTo(
  chat: ChatStandIn,
  call: string,
  part: string,
  query: URLSearchParams,
  user: UserRow | undefined,
): Record<string, unknown> {
  const { data } = chat;
  if (user === undefined) return { isonline: isOnline(data, call, Number.parseInt(part, 10) || 0) };
  const has = (right: string) => hasRight(user, right);
  const need = (right: string, what?: string) => {
    if (!has(right)) throw missingRight(right, what);
  };
  switch (call) {
    case 'departments':
      need('lhdepartment,list');
      return { error: false, result: data.departments };
    case 'departaments':
      need('lhdepartment,list');
      return { list: data.departments, list_count: data.departments.length, error: false };
    case 'getusers':
      need('lhuser,userlist', 'You do not have permission to list a users.');
      return { error: false, result: data.users.map(withoutPassword) };
    case 'fetchchat': {
      const id = Number.parseInt(query.get('chat_id') ?? '', 10);
      const found = [...data.chats, ...data.archived].find((one) => one.id === id);
      if (found === undefined) throw new Refusal(wordsIn(chat.language, 'noChat'));
      if (!mayRead(found, user, has)) throw new Refusal(wordsIn(chat.language, 'noReading'));
      return { error: false, chat: { ...found, archive: null, ...prefilled(data, found, ['plain_user_name']) } };
    }
    default:
      break;
  }
  need('lhchat,use');
  if (call === 'chats') return chatList(chat, query, user);
  if (call === 'chatscount') return chatCount(chat, query, user);
  if (call === 'fetchchatmessages') return messageList(chat, query, user, has);
  const found = data.chats.find(({ id }) => String(id) === part);
  if (found === undefined) throw new Refusal('Chat could not be found!');
  if (!mayRead(found, user, has)) {
    throw new Refusal(
      'You do not have permission. Please check that current user has permission to read to selected department.',
    );
  }
  return { error: false, result: { ...found, ...prefilled(data, found, (query.get('attr') ?? '').split(',')) } };
}

function withoutPassword({ password: _, rights: __, departments: ___, active: ____, ...user }: UserRow): object {
  return user;
}

/** A department counts only the operators who are assigned to it one by one. */
function isOnline({ users, departments }: ChatData, call: string, id: number): boolean {
  const there = users.filter(({ active, hide_online }) => active && hide_online === 0);
  if (call === 'isonline') return there.length > 0;
  if (call === 'isonlineuser') return there.some((user) => user.id === id);
  const isOpen = departments.some((one) => one.id === id && one.disabled === 0);
  return isOpen && there.some((user) => user.departments.includes(id));
}

function written({ asTexts }: ChatStandIn, answer: object): string {
  const asText = (key: string, value: unknown) =>
    typeof value === 'number' && key !== 'list_count' ? String(value) : value;
  return JSON.stringify(answer, asTexts ? asText : undefined);
}
