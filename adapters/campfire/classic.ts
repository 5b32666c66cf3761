/**
 * The classic Campfire of HelpSpot's sample (manual, chapter 2.5): an account signs in as a browser does, and speaks.
 * 37signals no longer documents it; what is not in the sample follows the early clients
 * (https://github.com/collectiveidea/tinder, before version 1.3).
 */
import { type CallContext, type Source, SourceError } from '../../src/contract/index.ts';
import { type HttpAnswer, type HttpClient, type HttpRequest, REDIRECTS, redirectOf } from '../../src/kit/http/index.ts';
import { trimmedEnd } from '../../src/kit/text/index.ts';
import { beforehand } from '../../src/kit/wait/index.ts';
import { asRedirect, blankMessage, noRoom } from './failures.ts';
import { textMessage } from './message.ts';
import type { Settings } from './settings.ts';

const CHECK_LOGIN = 'check email and password of the source';
const CHECK_ROOM = 'check room: its number is in its address, /room/182650';

/** Opens a room for an account. */
export function openClassic({ url, room, email = '', password = '' }: Settings, http: HttpClient): Source {
  const base = trimmedEnd(url, '/');
  const link = `${base}/room/${room}`;
  let known: string | undefined;

  /** A session that has ended is begun again, once: who is sent to the login page was not heard. */
  async function ask(request: HttpRequest, context: CallContext): Promise<HttpAnswer> {
    const { signal, reference } = context;
    const expect = [...REDIRECTS, 404, ...(request.expect ?? [])];
    const send = (cookie: string) =>
      http.request({ ...request, headers: { ...request.headers, cookie }, expect, reference }, signal);
    const before = known;
    const first = await send(before ?? (await login(context)));
    const answer = isLogin(first, base) && before !== undefined ? await send(await login(context)) : first;
    const target = redirectOf(answer, base);
    if (answer.status === 404) throw noRoom(room, CHECK_ROOM);
    if (target === undefined || target.href === link) return answer;
    known = undefined;
    throw asRedirect(answer, base, CHECK_LOGIN);
  }

  /** `POST /login` with `email_address` and `password`: a cookie and the way to the lobby, or the login page again. */
  async function login({ signal, reference }: CallContext): Promise<string> {
    const form = { email_address: email, password };
    const request = { method: 'POST', path: '/login', form, expect: [...REDIRECTS, 401, 403, 422], reference } as const;
    const answer = await beforehand(http.request(request, signal));
    const target = redirectOf(answer, base);
    const cookie = cookiesOf(answer.header('set-cookie') ?? '');
    if (target === undefined || isLogin(answer, base) || cookie === '') {
      throw new SourceError('unauthorized', 'Campfire refused the account', { remedy: CHECK_LOGIN });
    }
    if (target.origin !== new URL(base).origin) throw asRedirect(answer, base, CHECK_LOGIN);
    known = cookie;
    return cookie;
  }

  return {
    /** The page of the room: proves account and room. */
    check: async (context) => void (await ask({ path: `/room/${room}` }, context)),

    /** `POST /room/ID/speak` with `message` and `paste`, as a script of the page does it. */
    async push(request, context) {
      const form = { message: textMessage(request), paste: 'true' };
      const headers = { 'x-requested-with': 'XMLHttpRequest' };
      const path = `/room/${room}/speak`;
      const answer = await ask({ method: 'POST', path, form, headers, expect: [422] }, context);
      if (answer.status === 422) throw blankMessage();
      return { id: /\bmessage_(\d{1,19})\b/.exec(answer.text)?.[1] ?? request.reference, link };
    },

    details: async () => ({ title: `Room ${room}`, link, rows: [] }),
    close: () => http.close(),
  };
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
