/**
 * ONCE Campfire, as far as bots see it:
 * https://github.com/basecamp/once-campfire/blob/main/docs/bots.md and
 * https://github.com/basecamp/once-campfire/blob/main/app/controllers/messages/by_bots_controller.rb
 */
import { parseFragment } from 'parse5';
import { type Received, type Reply, type StandIn, startStandIn } from '../http/stand-in.ts';

/** A message as it was stored. */
export interface OnceMessage {
  readonly id: number;
  readonly room: string;
  readonly html: string;
  /** What people read. */
  readonly plain: string;
  readonly at: Date;
}

/** A Campfire that runs. */
export interface OnceCampfire {
  readonly url: string;
  /** Of a source of the adapter. */
  readonly settings: { readonly url: string; readonly room: number; readonly botKey: string };
  readonly messages: OnceMessage[];
  readonly standIn: StandIn;
}

/** What a Campfire is like. */
export interface OnceOptions {
  /** Whether bots can read, as since 2026. */
  readonly readable?: boolean;
}

export const BOT_KEY = '7-kR3x9mP8qL2nZ5vT6wY1uE4sA0';
const ROOM = 12;
const PAGE = 40;

/** Starts a Campfire with one bot, which is in room 12. */
export async function startOnceCampfire({ readable = true }: OnceOptions = {}): Promise<OnceCampfire> {
  const messages: OnceMessage[] = [];
  const standIn = await startStandIn((request) => answer(request, messages, readable));
  return { url: standIn.url, settings: { url: standIn.url, room: ROOM, botKey: BOT_KEY }, messages, standIn };
}

function answer(request: Received, messages: OnceMessage[], readable: boolean): Reply {
  const [, rooms, room, key, list, ...rest] = request.path.split('/').map(decodeURIComponent);
  if (rooms === 'rooms' && key === 'messages' && list === undefined) {
    // `deny_bots` is asked before the room is looked for.
    return request.query.get('bot_key') === BOT_KEY ? { status: 403 } : toLogin(request);
  }
  const isRoute = rooms === 'rooms' && list === 'messages' && rest.length === 0;
  if (!isRoute || (request.method === 'GET' && !readable)) return { status: 404, body: '<h1>Not found</h1>' };
  if (key !== BOT_KEY) return toLogin(request);
  if (room !== String(ROOM)) return { status: 404 };
  return request.method === 'POST' ? create(request, room, messages) : index(request, room, messages);
}

/** app/controllers/concerns/authentication.rb: `redirect_to new_session_url` */
function toLogin(request: Received): Reply {
  return { status: 302, headers: { location: `${request.url.origin}/session/new` } };
}

function create(request: Received, room: string, messages: OnceMessage[]): Reply {
  const html = request.text();
  if (html.trim() === '') return { status: 422 };
  const id = 1_000 + messages.length;
  messages.push({ id, room, html, plain: plainText(html), at: new Date() });
  return { status: 201, headers: { location: `${request.url.origin}/messages/${id}` } };
}

function index(request: Received, room: string, messages: readonly OnceMessage[]): Reply {
  const before = request.query.get('before');
  if (before !== null && !messages.some(({ id }) => String(id) === before)) return { status: 404 };
  const older = messages.filter((message) => before === null || message.id < Number(before));
  const page = older.slice(-PAGE).map(({ id, html, plain, at }) => ({
    id,
    created_at: at.toISOString(),
    body: { plain_text: plain, html: `<div class="trix-content">${html}</div>` },
    creator: { id: 7, name: 'HelpSpot', role: 'bot' },
    room: { id: Number(room) },
    url: `${request.url.origin}/rooms/${room}/messages/${id}`,
  }));
  return { headers: { 'content-type': 'application/json; charset=utf-8' }, body: JSON.stringify(page) };
}

/** What ActionText makes of HTML (`to_plain_text`), more or less. */
export function plainText(html: string): string {
  return textOf(parseFragment(html));
}

/** A node of parse5, as little of it as is needed. */
interface Node {
  readonly nodeName: string;
  readonly value?: string;
  readonly childNodes?: readonly Node[];
}

function textOf({ nodeName, value, childNodes = [] }: Node): string {
  if (nodeName === '#text') return value ?? '';
  return nodeName === 'br' ? '\n' : childNodes.map(textOf).join('');
}
