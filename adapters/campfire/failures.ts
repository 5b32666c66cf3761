/** What Campfire's refusals mean. */
import { SourceError } from '../../src/contract/index.ts';
import { asSentElsewhere, type HttpAnswer } from '../../src/kit/http/index.ts';

/** It sent us to its sign-in page, whatever page that is, or elsewhere. Never names the path: it may hold the key. */
export function asRedirect(answer: HttpAnswer, base: string, remedy: string): SourceError {
  return asSentElsewhere(answer, {
    base,
    signIn: { message: 'Campfire does not let us in: it sent us to its sign-in page', remedy },
    moved: (origin) =>
      new SourceError('bad-response', `Campfire sends us to ${origin}`, {
        unsent: true,
        remedy: `write url: ${origin}`,
      }),
  });
}

/** The room is not there, or not for us. */
export function noRoom(room: string, remedy: string): SourceError {
  return new SourceError('rejected', `Campfire has no room ${room} for us (404)`, { remedy });
}

/** Nothing but white space arrived. */
export function blankMessage(): SourceError {
  return new SourceError('rejected', 'Campfire refused the message as blank (422)');
}
