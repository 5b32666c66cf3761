/** `POST /webhooks/NAME`: a webhook of a trigger, an automation rule or a mail rule (manual, chapter 6). */
import { type RequestHandler, Router } from 'express';
import type { Gateway } from '../../gateway/gateway.ts';
import {
  mergeParameters,
  type Parameters,
  parseQuery,
  parseWholeForm,
  TooManyParameters,
} from '../../helpspot/parameters.ts';
import { readWebhook } from '../../helpspot/webhook-form.ts';
import { keyRequired } from '../access.ts';
import { bodyOf, pushedForm } from '../body.ts';
import { callOf, callOptions } from '../call.ts';
import { withoutKey } from '../credentials.ts';
import { httpLimits } from '../limits.ts';
import { Refusal, takesOnly } from '../refusal.ts';
import { JSON_TYPE, send } from '../send.ts';
import { reading, refuseUnknown, sendFailure } from './push.ts';

/**
 * HelpSpot's webhooks. 202 says that every push of the webhook is stored, and will be delivered; HelpSpot does not
 * read the body, people who try it out do. Fields in the address (`?Custom5=x`) are fields of the request.
 */
export function webhooks(gateway: Gateway): Router {
  const known: RequestHandler<{ name?: string }> = (req, _res, next) => {
    const { name } = req.params;
    if (name === undefined) throw new Refusal(404, 'The address names no webhook; write /webhooks/NAME');
    refuseUnknown('webhook', name, gateway.plan.webhooks);
    next();
  };

  const take: RequestHandler<{ name: string }> = async (req, res) => {
    const call = callOf(req);
    const form = bodyOf(req);
    const query = parseQuery(call.query);
    const sent = form === undefined ? query : mergeParameters(query, fieldsIn(form));
    const request = reading(readWebhook, withoutKey(sent, call.keys));
    const outcome = await gateway.webhook({ name: req.params.name, request }, callOptions(call));
    if (outcome.failure !== undefined) return sendFailure(res, outcome.failure);
    const { accepted, reference } = outcome;
    send(res, { status: 202, contentType: JSON_TYPE, body: `${JSON.stringify({ accepted, reference })}\n` });
  };

  const router = Router();
  router.use('/webhooks', keyRequired);
  router.post('/webhooks{/:name}', known, pushedForm, take);
  router.all('/webhooks{/:name}', takesOnly('POST'));
  return router;
}

/** Every field, or a refusal: of a webhook that was cut off, nobody would know what is missing. */
function fieldsIn(form: Uint8Array): Parameters {
  const most = httpLimits.pushParameters;
  try {
    return parseWholeForm(form, most);
  } catch (error) {
    if (!(error instanceof TooManyParameters)) throw error;
    throw new Refusal(
      413,
      `The webhook has more than ${most} fields, and the gateway reads no more; nothing was pushed`,
    );
  }
}
