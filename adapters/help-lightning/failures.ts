/** What errors of Help Lightning mean. Its document names statuses; their words are not documented, and told as they are. */
import { SourceError } from '../../src/contract/index.ts';
import { asSentElsewhere, elsewhere, type HttpAnswer, REDIRECTS, told } from '../../src/kit/http/index.ts';
import { amended } from '../../src/kit/wait/index.ts';

/** In messages. */
export const SYSTEM = 'Help Lightning';

/** A 401 is left to the HTTP client, which gets another token first. */
export const OWN_STATUSES = [...REDIRECTS, 400, 403, 404, 422] as const;

const KEY = 'check apiKey: an API key of Workspace Settings, Developer, that nobody has revoked';

/** How the source proves who it is, for what an administrator does when that is refused. */
export type SignInKind = 'token' | 'partner' | 'user';

const TOKENS: Readonly<Record<SignInKind, string>> = {
  token: 'check token: it may have ended; a partner key needs no new one',
  partner: 'check partner: the ID of the site, that the key belongs to it, and the clock of this machine',
  user: 'check user and password, and that the user may sign in with a password',
};

/** A 401 that stays. Its words say whether the key or the token was meant; where they do not, both are named. */
export function asNotLetIn(error: SourceError, signIn: SignInKind, endedAt: Date | undefined): SourceError {
  if (/api[\s_-]?key/i.test(error.message)) return amended(error, { remedy: KEY });
  if (endedAt !== undefined && endedAt.getTime() <= Date.now()) {
    return amended(error, { remedy: `write a new token: this one ended at ${endedAt.toISOString()}; or use partner` });
  }
  const isToken = /token|jwt|expired|signature|issuer|audience|password/i.test(error.message);
  return amended(error, { remedy: isToken ? TOKENS[signIn] : `${TOKENS[signIn]}; if it is right, ${KEY}` });
}

/** One of {@link OWN_STATUSES}. @param call in messages: "enterprise/calls" */
export function asStatusRefusal(answer: HttpAnswer, call: string, url: string): SourceError {
  const { status, words } = answer;
  const said = `${SYSTEM} answered ${status} to ${call}`;
  if (status < 400) return asSentElsewhere(answer, { ...elsewhere(said, SYSTEM), base: url });
  const message = `${said}${told(answer)}`;
  if (status === 403) {
    const isKey = /api[\s_-]?key/i.test(words);
    const remedy = `the token may not read ${call}: use a partner key, or a user who administers the site`;
    return new SourceError('unauthorized', message, { said: words, remedy: isKey ? KEY : remedy });
  }
  const remedy = status === 404 ? 'check url: the API of the data centre of your site' : 'check userKeys';
  return new SourceError('rejected', message, { said: words, remedy, lasting: true });
}

/** Of what came in the place of an answer. */
export const MISLED = 'check url, and that neither a proxy nor a sign-in page answers in its place';

/** What came is not what is documented. */
export function unexpected(what: string): SourceError {
  return new SourceError('bad-response', `${SYSTEM} answered ${what}`, { remedy: 'check url' });
}
