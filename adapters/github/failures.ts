/** What GitHub's refusals mean. https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api */
import { SourceError } from '../../src/contract/index.ts';
import { type HttpAnswer, jsonOrNothing, retryAfterMs, slowDown, told } from '../../src/kit/http/index.ts';

const ASK_FOR_ISSUES =
  'give the token access to the repository with the permission Issues: read and write; an organisation may have to approve it';
/** "If you did not receive a retry-after header, wait for at least one minute." */
const SECONDARY_PAUSE_MS = 60_000;

/** 403, 410, 422 or 429. */
export function asRefusal(answer: HttpAnswer): SourceError {
  const { words } = answer;
  const said = `GitHub answered ${answer.status}${told(answer)}`;
  const pause = pauseOf(answer, words);
  if (pause !== undefined) return slowDown('GitHub', pause, ` (${answer.status}): ${words}`);
  if (answer.status === 410)
    return new SourceError('rejected', said, { said: words, remedy: 'turn the issues of the repository on' });
  if (answer.status !== 403) return new SourceError('rejected', said, { said: words });
  // https://docs.github.com/en/rest/authentication/authenticating-to-the-rest-api
  const sso = answer.header('x-github-sso') !== undefined;
  const remedy = sso ? 'authorise the token for the single sign-on of the organisation' : ASK_FOR_ISSUES;
  return new SourceError('unauthorized', said, { remedy });
}

/** A repository that is not there, or that the token may not see. */
export function asUnseen(repository: string): SourceError {
  const message = `GitHub shows no repository ${repository} to this token (404)`;
  return new SourceError('unauthorized', message, { remedy: `check repository; ${ASK_FOR_ISSUES}` });
}

/** What was sent to the old name was not done: a client must not follow a redirect of a POST by itself (RFC 9110, 15.4). */
export function asMoved(from: string, to: string | undefined): SourceError {
  const place = to === undefined ? 'has moved' : `is called ${to} now`;
  const remedy = to === undefined ? 'write its new name as repository' : `write repository: ${to}`;
  return new SourceError('rejected', `the repository ${from} ${place}`, { remedy, unsent: true });
}

/**
 * https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit: 403 or 429,
 * with `retry-after`, or with `x-ratelimit-remaining: 0` and the second at which it ends, or with words only.
 */
function pauseOf(answer: HttpAnswer, words: string): number | undefined {
  if (answer.status !== 403 && answer.status !== 429) return undefined;
  const asked = retryAfterMs(answer.header('retry-after'));
  if (asked !== undefined) return asked;
  const reset = Number(answer.header('x-ratelimit-reset') ?? Number.NaN);
  if (answer.header('x-ratelimit-remaining') === '0' && Number.isFinite(reset)) {
    return Math.max(1_000, reset * 1_000 - Date.now());
  }
  return answer.status === 429 || /rate limit|abuse detection/i.test(words) ? SECONDARY_PAUSE_MS : undefined;
}

/** "Validation Failed: title is too long; assignees: invalid (nobody)"; undefined when GitHub says nothing. */
export function errorText(answer: HttpAnswer): string | undefined {
  const body = jsonOrNothing(answer);
  const message = textAt(body, 'message');
  if (message === '') return undefined;
  const errors: unknown = Reflect.get(Object(body), 'errors');
  const words = Array.isArray(errors) ? errors.map(wordsOfError).filter((text) => text !== '') : [];
  return words.length === 0 ? message : `${message}: ${words.join('; ')}`;
}

/** https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api#validation-failed */
function wordsOfError(error: unknown): string {
  if (typeof error === 'string') return error;
  const field = textAt(error, 'field');
  const what = textAt(error, 'message') || textAt(error, 'code').replaceAll('_', ' ');
  const value = textAt(error, 'value');
  return `${field === '' || what.startsWith(field) ? '' : `${field}: `}${what}${value === '' ? '' : ` (${value})`}`;
}

function textAt(value: unknown, name: string): string {
  const found: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
  return typeof found === 'string' ? found : '';
}
