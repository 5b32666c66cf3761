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

/** What an adapter says of an answer that sends us elsewhere. */
export interface SentElsewhere {
  /** The address of a source that sends nobody on within its own site: there it is the sign-in page, whatever its name. */
  readonly base?: string;
  /** A person is to sign in. */
  readonly signIn: { readonly message: string; readonly remedy: string };
  /** It is another place. The rest of its address may hold a token, and is not told. */
  moved(origin: string): SourceError;
}

/** What it means that a system sends its API's caller elsewhere: to a page where a person signs in, or to another place. */
export function asSentElsewhere(answer: HttpAnswer, { base, signIn, moved }: SentElsewhere): SourceError {
  const location = answer.header('location') ?? '';
  const target = base === undefined ? undefined : redirectOf(answer, base);
  const isOwnSite = base !== undefined && target?.origin === new URL(base).origin;
  if (!isOwnSite && !looksLikeSignIn(location)) return moved(target?.origin ?? '');
  return new SourceError('unauthorized', signIn.message, { remedy: signIn.remedy });
}

/**
 * The usual words.
 * @param said what it answered, for the message: "FogBugz answered 302 to "new""
 * @param credentials what to do where a person is to sign in
 */
export function elsewhere(
  said: string,
  system: string,
  credentials = 'check the address and the credentials of the source, and that no single sign-on stands before the API',
): SentElsewhere {
  const remedy = `write the address of ${system} as it is after the redirect, with https`;
  return {
    signIn: { message: `${said}: it wants a person to sign in`, remedy: credentials },
    moved: () => new SourceError('bad-response', `${said} and points elsewhere`, { remedy }),
  };
}

function looksLikeSignIn(location: string): boolean {
  return /log[-_]?(?:on|in)|sign[-_]?in|session|launchpad|auth|sso|saml/i.test(location);
}
