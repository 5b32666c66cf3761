/** `POST /webhooks/NAME`: a webhook of a trigger, an automation rule or a mail rule (manual, chapter 6). */
import type { IRouter, RequestHandler } from 'express';
import type { Gateway } from '../../gateway/gateway.ts';
import { parseQuery } from '../../helpspot/parameters.ts';
import { refusedWhenEmpty } from '../../helpspot/webhook-form.ts';
import { keyRequired } from '../access.ts';
import { bytesOf, pushedForm } from '../body.ts';
import { callOf, callOptions } from '../call.ts';
import { withoutKey } from '../credentials.ts';
import { httpLimits } from '../limits.ts';
import { readWebhookCall } from '../reading.ts';
import { Refusal, takesOnly } from '../refusal.ts';
import { JSON_TYPE, send } from '../send.ts';
import { refuseUnknown, sendFailure } from './push.ts';

/**
 * HelpSpot's webhooks. 202 says that every push of the webhook is stored, and will be delivered; HelpSpot does not
 * read the body, people who try it out do. Fields in the address (`?Custom5=x`) are fields of the request.
 */
export function webhooks(router: IRouter, gateway: Gateway): void {
  const known: RequestHandler<{ name?: string }> = (req, _res, next) => {
    const { name } = req.params;
    if (name === undefined) throw new Refusal(404, 'The address names no webhook; write /webhooks/NAME');
    refuseUnknown(
      gateway,
      { what: 'webhook', kind: 'webhook', known: gateway.plan.webhooks },
      name,
      callOptions(callOf(req)),
    );
    next();
  };

  const take: RequestHandler<{ name: string }> = async (req, res) => {
    const call = callOf(req);
    const sent = { query: parseQuery(call.query), form: bytesOf(req), most: httpLimits.pushParameters };
    const { fields, notes } = await readWebhookCall(sent, { deadlineMs: gateway.plan.server.deadlineMs });
    const request = refusedWhenEmpty({ fields: withoutKey(fields, call.keys), notes });
    const outcome = await gateway.webhook({ name: req.params.name, request }, callOptions(call));
    if (outcome.failure !== undefined) return sendFailure(res, outcome.failure);
    const { accepted, reference } = outcome;
    send(res, { status: 202, contentType: JSON_TYPE, body: `${JSON.stringify({ accepted, reference })}\n` });
  };

  router.use('/webhooks', keyRequired);
  router.post('/webhooks{/:name}', known, pushedForm, take);
  router.all('/webhooks{/:name}', takesOnly('POST'));
}
