/** What Campfire's refusals mean. */
import { SourceError } from '../../src/contract/index.ts';
import type { HttpAnswer } from '../../src/kit/http/index.ts';

/** Where an answer sends us; undefined when it does not. Whoever is not signed in is sent to a page, whatever page it is. */
export function redirectOf(answer: HttpAnswer, base: string): URL | undefined {
  const location = answer.header('location');
  if (answer.status < 300 || answer.status >= 400) return undefined;
  return location !== undefined && URL.canParse(location, base) ? new URL(location, base) : new URL(base);
}

/** It sent us to its sign-in page, or elsewhere. Never names the path: it may hold the key. */
export function asRedirect(target: URL, base: string, remedy: string): SourceError {
  if (target.origin !== new URL(base).origin) {
    return new SourceError('bad-response', `Campfire sends us to ${target.origin}`, {
      unsent: true,
      remedy: `write url: ${target.origin}`,
    });
  }
  return new SourceError('unauthorized', 'Campfire does not let us in: it sent us to its sign-in page', { remedy });
}

/** The room is not there, or not for us. */
export function noRoom(room: string, remedy: string): SourceError {
  return new SourceError('rejected', `Campfire has no room ${room} for us (404)`, { remedy });
}

/** Nothing but white space arrived. */
export function blankMessage(): SourceError {
  return new SourceError('rejected', 'Campfire refused the message as blank (422)');
}
