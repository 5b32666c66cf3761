/** Requests and responses that Express need not change. */
import { IncomingMessage, ServerResponse } from 'node:http';
import type { Express } from 'express';

interface Messages {
  readonly IncomingMessage: typeof IncomingMessage;
  readonly ServerResponse: typeof ServerResponse;
}

/**
 * The classes for `createServer`, whose objects are born with the prototypes that Express gives to every request and
 * response. Express sets them in any case, and an object whose prototype has been changed is one that V8 optimises no
 * more: everything that Node does with it afterwards takes several times as long, half of a small lookup in all.
 */
export function messagesOf(app: Express): Messages {
  class AppRequest extends IncomingMessage {}
  class AppResponse<T extends IncomingMessage> extends ServerResponse<T> {}
  app.request = Object.setPrototypeOf(AppRequest.prototype, app.request);
  app.response = Object.setPrototypeOf(AppResponse.prototype, app.response);
  return { IncomingMessage: AppRequest, ServerResponse: AppResponse };
}
