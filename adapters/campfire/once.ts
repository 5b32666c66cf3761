/**
 * ONCE Campfire: a bot writes in a room, and in versions since 2026 it reads there too.
 * https://github.com/basecamp/once-campfire/blob/main/docs/bots.md
 */

import * as z from 'zod';
import { type CallContext, type Log, type PushReceipt, type Source, SourceError } from '../../src/contract/index.ts';
import { type HttpAnswer, type HttpClient, isRedirect, pathOf, REDIRECTS } from '../../src/kit/http/index.ts';
import { commentRows, moreRows, type SaidComment, trimmedEnd } from '../../src/kit/text/index.ts';
import { asRedirect, blankMessage, noRoom } from './failures.ts';
import { htmlMessage } from './message.ts';
import type { Settings } from './settings.ts';

const CHECK_KEY = 'check botKey: Campfire shows the address with the key under Settings, Chat bots';
const MESSAGE = 'Message';
const JOIN_ROOM = 'check room, and add the bot to the room in its settings';
/** A push is given up after so long at most. */
const OLDEST_MS = 30 * 86_400_000;
/** Campfire gives 40 messages a page. */
const MOST_PAGES = 50;

/** What is in a message, wherever the reference may be. */
interface RoomMessage {
  readonly id: string;
  readonly text: string;
  /** As plain text; empty where Campfire has none. */
  readonly plain: string;
  readonly author: string | undefined;
  /** Milliseconds. */
  readonly at: number;
}

const message = z
  .object({
    id: z.union([z.int(), z.string().min(1)]).transform(String),
    created_at: z.string().transform(Date.parse).pipe(z.number()),
    body: z.record(z.string(), z.unknown()),
    creator: z.object({ name: z.string() }).nullish().catch(null),
  })
  .transform(({ id, created_at: at, body, creator }): RoomMessage => {
    const texts = Object.values(body).filter((part) => typeof part === 'string');
    const { plain_text: plain } = body;
    return { id, text: texts.join('\n'), plain: typeof plain === 'string' ? plain : '', author: creator?.name, at };
  });
// The first version that could be read wrapped the list.
const messageList = z.union([
  z.array(message),
  z.object({ messages: z.array(message) }).transform(({ messages }) => messages),
]);

/** Opens a room for a bot. */
export function openOnce({ url, room, botKey = '', findMessages }: Settings, http: HttpClient, log: Log): Source {
  const base = trimmedEnd(url, '/');
  const path = pathOf`/rooms/${room}/${botKey}/messages`;

  /** The room, scrolled to the message (config/routes.rb: `get "@:message_id"`). */
  const linkTo = (id: string) => `${base}/rooms/${room}/@${id}`;
  const refuseRedirect = (answer: HttpAnswer) => {
    if (isRedirect(answer.status)) throw asRedirect(answer, base, CHECK_KEY);
  };

  /** docs/bots.md, "Reading messages": at most 40, oldest first; the last ones, or those before one. */
  async function read({ signal, reference }: CallContext, before?: string): Promise<readonly RoomMessage[]> {
    const answer = await http.request({ path, query: { before }, expect: [...REDIRECTS, 404], reference }, signal);
    refuseRedirect(answer);
    if (answer.status === 404) {
      throw noRoom(room, `${JOIN_ROOM}; in a Campfire whose bots cannot read yet, write findMessages: false`);
    }
    if (answer.text.trim() === '') return [];
    const messages = messageList.safeParse(answer.json());
    if (messages.success) return messages.data.sort((one, other) => one.at - other.at);
    throw new SourceError('bad-response', 'Campfire gave a list of messages that is none');
  }

  /** Bots may not see the ordinary page: a 403 is for a bot that Campfire knows, a redirect for a stranger. */
  async function proveKey({ signal, reference }: CallContext): Promise<void> {
    const query = { bot_key: botKey };
    const expect = [...REDIRECTS, 403];
    refuseRedirect(await http.request({ path: `/rooms/${room}/messages`, query, expect, reference }, signal));
  }

  /**
   * Looks through the messages of the room, the newest first. They come from Campfire's one database: a message that
   * was taken is there at once.
   */
  async function find(wanted: string, context: CallContext): Promise<PushReceipt | undefined> {
    const oldest = Date.now() - OLDEST_MS;
    let before: string | undefined;
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const messages = await read(context, before);
      const found = messages.find(({ text }) => text.includes(wanted));
      if (found !== undefined) return { id: found.id, link: linkTo(found.id) };
      const first = messages[0];
      if (first === undefined || first.at < oldest || first.id === before) return undefined;
      before = first.id;
    }
    throw new SourceError('rejected', 'the room has too many messages to find out whether one of them is this one');
  }

  async function said(id: string, context: CallContext): Promise<readonly SaidComment[]> {
    const found = (await read(context)).filter((one) => one.id === id);
    return found.map(({ author, at, plain }) => ({ author, at: new Date(at), text: plain }));
  }

  return {
    check: async (context) => void (await (findMessages ? read(context) : proveKey(context))),

    /** docs/bots.md, "Sending messages and files": the raw body is the message; 201 with its address in `Location`. */
    async push(request, { signal, reference }) {
      const text = htmlMessage(request);
      const expect = [...REDIRECTS, 404, 422];
      const answer = await http.request({ method: 'POST', path, text, expect, reference }, signal);
      refuseRedirect(answer);
      if (answer.status === 404) throw noRoom(room, JOIN_ROOM);
      if (answer.status === 422) throw blankMessage();
      const [location = ''] = (answer.header('location') ?? '').split(/[?#]/, 1);
      const id = /\/(\d+)\/?$/.exec(location)?.[1];
      if (answer.status === 201 && id !== undefined) return { id, link: linkTo(id) };
      throw new SourceError('bad-response', `Campfire answered ${answer.status} without the address of the message`, {
        remedy: 'check that url is the address of ONCE Campfire',
      });
    },

    ...(findMessages && { findPush: ({ reference }, context) => find(reference, context) }),
    /** The message itself, while it is among the last ones of the room. */
    async details(id, context) {
      const read = async (limited: CallContext) =>
        commentRows(await said(id, limited)).map(({ value }) => ({ label: MESSAGE, value }));
      const rows = findMessages ? await moreRows(MESSAGE, read, context, log) : [];
      return { title: `Message in room ${room}`, link: linkTo(id), rows };
    },
    close: () => http.close(),
  };
}
