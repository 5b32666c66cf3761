/**
 * A Help Lightning to talk to: the calls of its API that the gateway makes, after apidocs.helplightning.net and the vendor's
 * samples. It refuses what that refuses. What would change something is a scandal: it is noted down, and not done.
 */
import { type KeyObject, verify } from 'node:crypto';
import { type Fault, type Received, type Reply, type StandIn, startStandIn } from '../http/stand-in.ts';
import { type CallRow, defaultData, type SiteData, type UserRow } from './data.ts';
import { readFilter } from './filter.ts';

/** What a source needs to be let in. */
export const HL_KEY = 'hl-api-key-0815';
export const HL_TOKEN = 'hl-static-token-4711';
export const HL_USER = { user: 'tina@example.com', password: 'pass-word-of-tina' } as const;
export const HL_SITE = '54344';

/** What filters can ask of a list, by their keys. */
type Keys<Item> = Readonly<Record<string, (item: Item) => readonly string[]>>;

const USER_KEYS: Keys<UserRow> = {
  id: ({ id }) => [String(id)],
  email: ({ email }) => [email],
  name: ({ name }) => [name],
};
const CALL_KEYS: Keys<CallRow> = {
  dialerId: ({ dialerId }) => [dialerId],
  receiverId: ({ receiverId }) => [receiverId],
  'session.call_id': ({ session }) => [session],
  'tag.id': ({ tags }) => tags.map(({ id }) => String(id)),
  'tag.name': ({ tags }) => tags.map(({ name }) => name),
};

/** A page with what the list says of its length; changed by tests. */
export interface Habits {
  newestFirst: boolean;
  /** Entries of a page, at most, whatever is asked for. */
  largestPage: number;
  /** Left alone, replaced or left out. */
  total: (right: number) => unknown;
  /** Whether the token may read users. */
  givesUsers: boolean;
  /** Lists that have a page number take it. */
  knowsPages: boolean;
}

/** A Help Lightning that is running. */
export interface HelpLightningStandIn extends Habits {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly http: StandIn;
  data: SiteData;
  /** The public half of the partner key. */
  partnerKey: KeyObject | undefined;
  readonly scandals: string[];
  /** How often somebody signed in. */
  signIns: number;
  /** The filters that were asked for, as they came: `users "email|=a@example.com"`; `-` for none. */
  readonly asked: string[];
  /** Goes wrong so often, with requests whose path has this. */
  fail(how: Fault, options?: { readonly path?: string; readonly times?: number }): void;
  /** Ends all tokens of sign-ins. */
  expire(): void;
  heal(data?: SiteData): void;
  close(): Promise<void>;
}

const USUAL: Habits = {
  newestFirst: true,
  largestPage: 100,
  total: (right) => right,
  givesUsers: true,
  knowsPages: true,
};

/** Starts it on a free port of 127.0.0.1. */
export async function startHelpLightning(first?: SiteData): Promise<HelpLightningStandIn> {
  const planned: { how: Fault; path: string; left: number }[] = [];
  const http = await startStandIn((request) => replyTo(site, tokens, request), {
    faultFor({ path }) {
      const fault = planned.find((one) => one.left > 0 && path.includes(one.path));
      if (fault !== undefined) fault.left -= 1;
      return fault?.how;
    },
  });
  const tokens = new Set<string>();
  const site: HelpLightningStandIn = {
    ...USUAL,
    ...{ http, settings: { url: http.url, apiKey: HL_KEY, token: HL_TOKEN }, data: first ?? defaultData() },
    ...{ partnerKey: undefined, scandals: [], signIns: 0, asked: [] },
    fail: (how, { path = '/', times = 1 } = {}) => void planned.push({ how, path, left: times }),
    expire: () => tokens.clear(),
    heal(data = first ?? defaultData()) {
      planned.length = 0;
      http.faults = [];
      site.scandals.length = 0;
      site.asked.length = 0;
      Object.assign(site, USUAL, { data, signIns: 0 });
    },
    close: () => http.close(),
  };
  return site;
}

const refusal = (status: number, message: string): Reply => ({ status, body: { error: message } });

function replyTo(site: HelpLightningStandIn, tokens: Set<string>, request: Received): Reply {
  const { method, path, headers } = request;
  if (headers['x-helplightning-api-key'] !== HL_KEY) return refusal(401, 'Invalid API key');
  if (method === 'POST' && path === '/api/v1r1/auth') return signIn(site, tokens, request);
  if (method !== 'GET') {
    site.scandals.push(`${method} ${path}`);
    return refusal(405, 'this would change something');
  }
  const why = whyNotLetIn(site, tokens, headers.authorization);
  if (why !== undefined) return refusal(401, why);
  const [, id] = /^\/api\/v1r1\/enterprise\/calls\/([^/]+)\/attachments$/.exec(path) ?? [];
  if (id !== undefined) return { body: site.data.attachments.get(decodeURIComponent(id)) ?? [] };
  if (path === '/api/v1r1/enterprise/users') {
    if (!site.givesUsers) return refusal(403, 'permission denied');
    return listed(site, 'users', site.data.users, USER_KEYS, request.query);
  }
  if (path !== '/api/v1/enterprise/calls') return refusal(404, 'not found');
  const calls = site.newestFirst ? site.data.calls.toReversed() : site.data.calls;
  return listed(site, 'calls', calls, CALL_KEYS, request.query);
}

function listed<Item>(
  site: HelpLightningStandIn,
  list: string,
  items: readonly Item[],
  keys: Keys<Item>,
  query: URLSearchParams,
): Reply {
  const text = query.get('filter');
  site.asked.push(`${list} ${text ?? '-'}`);
  const filter = text === null ? undefined : readFilter(text);
  if (text !== null && filter === undefined) return refusal(400, 'the filter cannot be read');
  const valuesOf = filter !== undefined && Object.hasOwn(keys, filter.key) ? keys[filter.key] : undefined;
  if (filter !== undefined && valuesOf === undefined) return refusal(400, 'there is no such key to filter by');
  const met = items.filter((item) => valuesOf?.(item).some((value) => filter?.values.includes(value)) ?? true);
  const page = site.knowsPages ? Number(query.get('page') ?? 1) : 1;
  const size = Math.min(Number(query.get('page_size') ?? 50), site.largestPage);
  if (!Number.isInteger(page) || page < 1 || !Number.isInteger(size) || size < 1) return refusal(400, 'page');
  return { body: { entries: met.slice((page - 1) * size, page * size), total_entries: site.total(met.length) } };
}

function signIn(site: HelpLightningStandIn, tokens: Set<string>, request: Received): Reply {
  const { email, password } = Object(request.json());
  if (email !== HL_USER.user || password !== HL_USER.password) return refusal(401, 'Invalid email or password');
  site.signIns += 1;
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const exp = Math.floor(Date.now() / 1000) + 3_600;
  const token = `${part({ alg: 'RS256' })}.${part({ iss: 'Ghazal', sub: 'User:100', exp })}.signature${site.signIns}`;
  tokens.add(token);
  return { body: { token, refresh_token: 'refresh' } };
}

/** The header is the token alone: with Bearer it is none. */
function whyNotLetIn({ partnerKey }: HelpLightningStandIn, tokens: Set<string>, token = ''): string | undefined {
  if (token === '') return 'Unauthorized';
  if (token === HL_TOKEN || tokens.has(token)) return undefined;
  const [head = '', claims = '', signature = '', ...rest] = token.split('.');
  if (partnerKey === undefined || rest.length > 0 || signature === '') return 'Invalid token';
  const { alg } = Object(jsonIn(head));
  const { iss, aud, sub, exp } = Object(jsonIn(claims));
  const isSigned = verify(
    'RSA-SHA256',
    Buffer.from(`${head}.${claims}`),
    partnerKey,
    Buffer.from(signature, 'base64url'),
  );
  if (alg !== 'RS256' || !isSigned) return 'Invalid token signature';
  if (iss !== 'Ghazal' || aud !== 'Ghazal' || sub !== `Partner:${HL_SITE}`) return 'Invalid token claims';
  const left = Number(exp) - Date.now() / 1000;
  return left > 0 && left <= 3_600 ? undefined : 'Token expired';
}

function jsonIn(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString());
  } catch {
    return undefined;
  }
}
