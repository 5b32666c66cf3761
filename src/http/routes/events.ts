/** `POST /events/NAME`: a signed event of another system. */
import type { IRouter, Request, RequestHandler } from 'express';
import type { EventHeaders } from '../../gateway/events/signature.ts';
import type { Gateway } from '../../gateway/gateway.ts';
import { bytesOf, signedBody } from '../body.ts';
import { callOf, callOptions } from '../call.ts';
import { Refusal, takesOnly } from '../refusal.ts';
import { JSON_TYPE, send, TEXT } from '../send.ts';
import { sendFailure } from './push.ts';

/**
 * Takes events without a key: the signature is the key. 200 says that the event is stored, now or when it came before.
 * Senders take anything but 2xx for a failure, and send it again.
 */
export function signedEvents(router: IRouter, gateway: Gateway): void {
  // Before the body is looked at.
  const known: RequestHandler<{ name?: string }> = (req, _res, next) => {
    const { name } = req.params;
    // Nobody has shown who he is: what there is in its place is not told.
    if (name === undefined || gateway.plan.events?.has(name) !== true) {
      throw new Refusal(404, 'The address names no events of the configuration; write /events/NAME');
    }
    next();
  };

  const take: RequestHandler<{ name: string }> = async (req, res) => {
    const call = callOf(req);
    const body = bytesOf(req) ?? new Uint8Array();
    const event = { name: req.params.name, headers: headersOf(req), body, address: call.address };
    const outcome = await gateway.event(event, callOptions(call));
    if (outcome.failure !== undefined) return sendFailure(res, outcome.failure);
    const { fate, challenge, reference } = outcome;
    if (challenge !== undefined) return send(res, { status: 200, contentType: TEXT, body: challenge });
    send(res, { status: 200, contentType: JSON_TYPE, body: `${JSON.stringify({ event: fate, reference })}\n` });
  };

  router.post('/events{/:name}', known, signedBody, take);
  router.all('/events{/:name}', takesOnly('POST'));
}

/** Each value by itself: one that came twice is no signature. */
function headersOf({ headersDistinct }: Request): EventHeaders {
  return Object.assign(Object.create(null), headersDistinct);
}
