/**
 * The classic Campfire of HelpSpot's sample (manual, chapter 2.5): an account signs in as a browser does, and speaks.
 * 37signals no longer documents it; what is not in the sample follows the early clients
 * (https://github.com/collectiveidea/tinder, before version 1.3).
 */
import {
  type CallContext,
  type PushReceipt,
  type PushRequest,
  type Source,
  SourceError,
} from '../../src/contract/index.ts';
import { type HttpAnswer, type HttpClient, REDIRECTS, redirectOf } from '../../src/kit/http/index.ts';
import { trimmedEnd } from '../../src/kit/text/index.ts';
import { beforehand } from '../../src/kit/wait/index.ts';
import { asRedirect, blankMessage, noRoom } from './failures.ts';
import { textMessage } from './message.ts';
import type { Settings } from './settings.ts';

const CHECK_LOGIN = 'check email and password of the source';
const CHECK_ROOM = 'check room: its number is in its address, /room/182650';

/** Opens a room for an account. */
export function openClassic(settings: Settings, http: HttpClient): Source {
  const { room } = settings;
  const desk = new ClassicRoom(http, settings);
  return {
    check: (context) => desk.enter(context),
    push: (request, context) => desk.speak(request, context),
    details: async () => ({ title: `Room ${room}`, link: desk.link, rows: [] }),
    close: () => http.close(),
  };
}

class ClassicRoom {
  readonly #http: HttpClient;
  readonly #settings: Settings;
  readonly #base: string;
  #cookie: string | undefined;

  constructor(http: HttpClient, settings: Settings) {
    this.#http = http;
    this.#settings = settings;
    this.#base = trimmedEnd(settings.url, '/');
  }

  get link(): string {
    return `${this.#base}/room/${this.#settings.room}`;
  }

  /** The page of the room: proves account and room. */
  async enter(context: CallContext): Promise<void> {
    await this.#signedIn(context, (cookie) => {
      const request = { path: `/room/${this.#settings.room}`, headers: { cookie }, expect: [...REDIRECTS, 404] };
      return this.#http.request({ ...request, reference: context.reference }, context.signal);
    });
  }

  /** `POST /room/ID/speak` with `message` and `paste`, as a script of the page does it. */
  async speak(request: PushRequest, context: CallContext): Promise<PushReceipt> {
    const form = { message: textMessage(request), paste: 'true' };
    const answer = await this.#signedIn(context, (cookie) => {
      const headers = { cookie, 'x-requested-with': 'XMLHttpRequest' };
      const expect = [...REDIRECTS, 404, 422];
      const path = `/room/${this.#settings.room}/speak`;
      return this.#http.request(
        { method: 'POST', path, form, headers, expect, reference: context.reference },
        context.signal,
      );
    });
    if (answer.status === 422) throw blankMessage();
    const id = /\bmessage_(\d{1,19})\b/.exec(answer.text)?.[1] ?? request.reference;
    return { id, link: this.link };
  }

  /** A session that has ended is begun again, once: who is sent to the login page was not heard. */
  async #signedIn(context: CallContext, ask: (cookie: string) => Promise<HttpAnswer>): Promise<HttpAnswer> {
    const known = this.#cookie;
    const first = await ask(known ?? (await this.#login(context)));
    const answer = isLogin(first, this.#base) && known !== undefined ? await ask(await this.#login(context)) : first;
    const target = redirectOf(answer, this.#base);
    if (answer.status === 404) throw noRoom(this.#settings.room, CHECK_ROOM);
    if (target === undefined || target.href === this.link) return answer;
    this.#cookie = undefined;
    throw asRedirect(target, this.#base, CHECK_LOGIN);
  }

  /** `POST /login` with `email_address` and `password`: a cookie and the way to the lobby, or the login page again. */
  async #login({ signal, reference }: CallContext): Promise<string> {
    const { email = '', password = '' } = this.#settings;
    const form = { email_address: email, password };
    const request = { method: 'POST', path: '/login', form, expect: [...REDIRECTS, 401, 403, 422], reference } as const;
    const answer = await beforehand(this.#http.request(request, signal));
    const target = redirectOf(answer, this.#base);
    const cookie = cookiesOf(answer.header('set-cookie') ?? '');
    if (target === undefined || isLogin(answer, this.#base) || cookie === '') {
      throw new SourceError('unauthorized', 'Campfire refused the account', { remedy: CHECK_LOGIN });
    }
    if (target.origin !== new URL(this.#base).origin) throw asRedirect(target, this.#base, CHECK_LOGIN);
    this.#cookie = cookie;
    return cookie;
  }
}

function isLogin(answer: HttpAnswer, base: string): boolean {
  return /\/login\b/.test(redirectOf(answer, base)?.pathname ?? '');
}

/** `a=b; c=d` of `Set-Cookie` headers that were joined with commas; the dates in them have commas too. */
function cookiesOf(header: string): string {
  return header
    .split(/,(?=\s*[^;,=\s]+=)/)
    .map((cookie) => cookie.split(';', 1)[0]?.trim() ?? '')
    .filter((pair) => /^[^=\s]+=\S+$/.test(pair))
    .join('; ');
}
