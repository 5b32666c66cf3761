/** Answers that send us elsewhere. To a request that changes something they are a no: it is never sent on. */
import { SourceError } from '../../contract/index.ts';
import { outsideAddress } from '../text/index.ts';
import type { HttpAnswer } from './types.ts';

/** The statuses with a `Location` to go to (RFC 9110, 15.4). */
export const REDIRECTS = [301, 302, 303, 307, 308] as const;

/** Whether a status is one of {@link REDIRECTS}. */
export function isRedirect(status: number): boolean {
  return REDIRECTS.some((one) => one === status);
}

/** Where an answer sends us; undefined when it does not. Of what is no address it is the one of the source. */
export function redirectOf(answer: HttpAnswer, base: string): URL | undefined {
  if (!isRedirect(answer.status)) return undefined;
  return outsideAddress(answer.header('location') ?? '', base) ?? new URL(base);
}

/** Whether an address looks like that of a page where a person signs in. */
export function isSignInPage(location: string): boolean {
  return /log[-_]?(?:on|in)|sign[-_]?in|session|launchpad|auth|sso|saml/i.test(location);
}

/**
 * What it means that a system sends its API's caller elsewhere.
 * @param said what it answered, for the message: "FogBugz answered 302 to "new""
 * @param credentials what to do where a person is to sign in
 */
export function asSentElsewhere(
  answer: HttpAnswer,
  said: string,
  system: string,
  credentials = 'check the address and the credentials of the source, and that no single sign-on stands before the API',
): SourceError {
  if (isSignInPage(answer.header('location') ?? '')) {
    return new SourceError('unauthorized', `${said}: it wants a person to sign in`, { remedy: credentials });
  }
  return new SourceError('bad-response', `${said} and points elsewhere`, {
    remedy: `write the address of ${system} as it is after the redirect, with https`,
  });
}
