/** What Campfire's refusals mean. */
import { SourceError } from '../../src/contract/index.ts';

/** It sent us to its sign-in page, whatever page that is, or elsewhere. Never names the path: it may hold the key. */
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
