/**
 * ONCE Campfire: a bot writes in a room, and in versions since 2026 it reads there too.
 * https://github.com/basecamp/once-campfire/blob/main/docs/bots.md
 */
import {
  type CallContext,
  type PushReceipt,
  type PushRequest,
  type Source,
  SourceError,
} from '../../src/contract/index.ts';
import { type HttpClient, pathOf, REDIRECTS, redirectOf } from '../../src/kit/http/index.ts';
import { trimmedEnd } from '../../src/kit/text/index.ts';
import { asRedirect, blankMessage, noRoom } from './failures.ts';
import { htmlMessage } from './message.ts';
import type { Settings } from './settings.ts';
import type { RoomMessage } from './wire.ts';

const CHECK_KEY = 'check botKey: Campfire shows the address with the key under Settings, Chat bots';
const JOIN_ROOM = 'check room, and add the bot to the room in its settings';
/** A push is given up after so long at most. */
const OLDEST_MS = 30 * 86_400_000;
/** Campfire gives 40 messages a page. */
const MOST_PAGES = 50;

/** Opens a room for a bot. */
export function openOnce(settings: Settings, http: HttpClient): Source {
  const room = new BotRoom(http, settings);
  return {
    check: (context) => (settings.findMessages ? room.read(context).then(() => undefined) : room.proveKey(context)),
    push: (request, context) => room.write(request, context),
    ...(settings.findMessages ? { findPush: (request, context) => room.find(request, context) } : {}),
    details: async (id) => ({ title: `Message in room ${settings.room}`, ...room.linkOf(id), rows: [] }),
    close: () => http.close(),
  };
}

class BotRoom {
  readonly #http: HttpClient;
  readonly #url: string;
  readonly #room: string;
  readonly #path: string;
  readonly #key: string;

  constructor(http: HttpClient, { url, room, botKey = '' }: Settings) {
    this.#http = http;
    this.#url = trimmedEnd(url, '/');
    this.#room = room;
    this.#key = botKey;
    this.#path = pathOf`/rooms/${room}/${botKey}/messages`;
  }

  /** docs/bots.md, "Sending messages and files": the raw body is the message; 201 with its address in `Location`. */
  async write(request: PushRequest, { signal, reference }: CallContext): Promise<PushReceipt> {
    const text = htmlMessage(request);
    const expect = [...REDIRECTS, 404, 422];
    const answer = await this.#http.request({ method: 'POST', path: this.#path, text, expect, reference }, signal);
    const target = redirectOf(answer, this.#url);
    if (target !== undefined) throw asRedirect(target, this.#url, CHECK_KEY);
    if (answer.status === 404) throw noRoom(this.#room, JOIN_ROOM);
    if (answer.status === 422) throw blankMessage();
    const [path = ''] = (answer.header('location') ?? '').split(/[?#]/, 1);
    const id = /\/(\d+)\/?$/.exec(path)?.[1];
    if (answer.status !== 201 || id === undefined) {
      throw new SourceError('bad-response', `Campfire answered ${answer.status} without the address of the message`, {
        remedy: 'check that url is the address of ONCE Campfire',
      });
    }
    return { id, ...this.linkOf(id) };
  }

  /**
   * Looks through the messages of the room, the newest first. They come from Campfire's one database: a message that
   * was taken is there at once.
   */
  async find({ reference }: PushRequest, context: CallContext): Promise<PushReceipt | undefined> {
    const oldest = Date.now() - OLDEST_MS;
    let before: string | undefined;
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const messages = await this.read(context, before);
      const found = messages.find(({ text }) => text.includes(reference));
      if (found !== undefined) return { id: found.id, ...this.linkOf(found.id) };
      const first = messages[0];
      if (first === undefined || first.at < oldest || first.id === before) return undefined;
      before = first.id;
    }
    throw new SourceError('rejected', 'the room has too many messages to find out whether one of them is this one');
  }

  /** docs/bots.md, "Reading messages": at most 40, oldest first; the last ones, or those before one. */
  async read({ signal, reference }: CallContext, before?: string): Promise<readonly RoomMessage[]> {
    const expect = [...REDIRECTS, 404];
    const answer = await this.#http.request({ path: this.#path, query: { before }, expect, reference }, signal);
    const target = redirectOf(answer, this.#url);
    if (target !== undefined) throw asRedirect(target, this.#url, CHECK_KEY);
    if (answer.status === 404) {
      throw noRoom(this.#room, `${JOIN_ROOM}; in a Campfire whose bots cannot read yet, write findMessages: false`);
    }
    if (answer.text.trim() === '') return [];
    const { readMessages } = await import('./wire.ts');
    return readMessages(answer.json());
  }

  /** Bots may not see the ordinary page: a 403 is for a bot that Campfire knows, a redirect for a stranger. */
  async proveKey({ signal, reference }: CallContext): Promise<void> {
    const path = `/rooms/${this.#room}/messages`;
    const request = { path, query: { bot_key: this.#key }, expect: [...REDIRECTS, 403], reference };
    const target = redirectOf(await this.#http.request(request, signal), this.#url);
    if (target !== undefined) throw asRedirect(target, this.#url, CHECK_KEY);
  }

  /** The room, scrolled to the message (config/routes.rb: `get "@:message_id"`). */
  linkOf(id: string): { link?: string } {
    return /^\d+$/.test(id) ? { link: `${this.#url}/rooms/${this.#room}/@${id}` } : {};
  }
}
