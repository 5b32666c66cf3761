/** Highrise says no, or what answers is not Highrise. */
import { SourceError } from '../../src/contract/index.ts';
import {
  asSentElsewhere,
  elsewhere,
  type HttpAnswer,
  REDIRECTS,
  redirectOf,
  xmlOrNothing,
} from '../../src/kit/http/index.ts';

const NOT_FOUND = 404;
/** "If the account doesn’t allow for more people to be created" (sections/people.md). */
const FULL = 507;

/** The statuses that are looked at here instead of by the client. */
export const READ_STATUSES: readonly number[] = [...REDIRECTS, NOT_FOUND, FULL];

/** An answer that is well-formed and not what the documentation promises. */
export function unexpected(what: string): SourceError {
  return new SourceError('bad-response', `Highrise answered with ${what}`);
}

/**
 * The failure that an answer of {@link READ_STATUSES} is.
 * @param asked the request in messages: "GET /people.xml"
 * @param base the address of the account
 */
export function statusFailure(answer: HttpAnswer, asked: string, base: string): SourceError {
  const { status } = answer;
  if (status === FULL) {
    return new SourceError('rejected', 'the Highrise account is full: no more people can be made (507)', {
      unsent: true,
      remedy: 'delete people in Highrise, or choose a larger plan of it',
    });
  }
  if (status === NOT_FOUND) return new SourceError('rejected', `Highrise has nothing at ${asked} (404)`);
  const said = `Highrise answered ${asked} with ${status}`;
  const [target, own] = [redirectOf(answer, base), new URL(base)];
  // https://github.com/basecamp/highrise-api#ssl-usage: 302 to the right scheme.
  if (target?.hostname === own.hostname && target.protocol !== own.protocol) {
    return new SourceError('rejected', `Highrise wants to be asked at ${target.origin}`, {
      unsent: true,
      remedy: `write ${target.origin} as the url of the source`,
    });
  }
  return asSentElsewhere(answer, elsewhere(said, 'Highrise', 'check token and url of the source'));
}

/** `<errors><error>First name can't be blank</error></errors>` with a 422; undefined for what is none. */
export function errorWords(answer: HttpAnswer): string | undefined {
  if (!/^\s*(<\?xml[^>]*>\s*)?<errors[\s>]/.test(answer.text.slice(0, 500))) return undefined;
  const words = xmlOrNothing(answer)
    ?.all('error')
    .map(({ text }) => text.trim());
  return words?.filter((text) => text !== '').join('; ');
}
