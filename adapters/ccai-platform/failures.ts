/** What errors of CCAI Platform mean. Its document names no statuses; its words are told as they are. */
import { SourceError } from '../../src/contract/index.ts';
import { asSentElsewhere, elsewhere, type HttpAnswer, REDIRECTS, told } from '../../src/kit/http/index.ts';

/** In messages. */
export const SYSTEM = 'CCAI Platform';

/** The others mean what they mean everywhere. */
export const OWN_STATUSES = [...REDIRECTS, 400, 401, 403, 404, 422] as const;

const ADDRESS = 'check subdomain, domain and path (manager or apps)';
const CREDENTIAL =
  'check subdomain and token: those of an API credential of Settings, Developer Settings, API Credentials, which is shown once only';

/** One of {@link OWN_STATUSES}. @param call in messages: "calls" */
export function asStatusRefusal(answer: HttpAnswer, call: string, url: string): SourceError {
  const { status, words } = answer;
  const said = `${SYSTEM} answered ${status} to ${call}`;
  if (status < 400) return asSentElsewhere(answer, { ...elsewhere(said, SYSTEM), base: url });
  const message = `${said}${told(answer)}`;
  if (status === 401) return new SourceError('unauthorized', message, { said: words, remedy: CREDENTIAL });
  if (status === 403) {
    const remedy = `the API credential may not read ${call}: give it that right, or ask for this API to be switched on`;
    return new SourceError('unauthorized', message, { said: words, remedy });
  }
  const remedy = status === 404 ? ADDRESS : `check that this ${SYSTEM} has ${call} as documented`;
  return new SourceError('rejected', message, { said: words, remedy, lasting: true });
}

/** Of what came in the place of an answer. */
export const MISLED = `${ADDRESS}, and that neither a proxy nor a sign-in page answers in its place`;

/** What came is not what is documented. */
export function unexpected(what: string): SourceError {
  return new SourceError('bad-response', `${SYSTEM} answered ${what}`, { remedy: ADDRESS });
}

/** Its calls cannot be asked for by what is looked for. @param field `email` */
export function inIndexOnly(field: string): SourceError {
  return new SourceError('rejected', `${SYSTEM} cannot be asked for calls by ${field}: it has no such filter`, {
    remedy:
      'give the source an index (index: { every: 1m, keep: 90d }), which is searched in its place; where it has one, its first run has just begun',
    staffWords: 'has not been read yet; try again in a minute',
    unsent: true,
  });
}
