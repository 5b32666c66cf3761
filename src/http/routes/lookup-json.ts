/** `GET /api/lookups/NAME`: the same lookup as JSON, for other programs. */
import type { IRouter, RequestHandler } from 'express';
import type { Gateway } from '../../gateway/gateway.ts';
import { writtenJson } from '../../gateway/writing.ts';
import { keyRequired } from '../access.ts';
import { callOf } from '../call.ts';
import { questionOf } from '../question.ts';
import { Refusal, takesOnly } from '../refusal.ts';
import { JSON_TYPE, send } from '../send.ts';
import { refuseUnknown, sendFailure } from './push.ts';

/** A lookup answers 200 with its customers and where their values come from, or `{"error": "…"}` with a status that says the same. */
export function lookupApi(router: IRouter, gateway: Gateway): void {
  const answer: RequestHandler<{ name: string }> = async (req, res) => {
    const { name: lookup } = req.params;
    const kind = { what: 'lookup', kind: 'lookup', known: gateway.plan.lookups } as const;
    refuseUnknown(gateway, kind, lookup, callOf(req));
    const { parameters, options } = await questionOf(gateway, req, res);
    const outcome = await gateway.lookup({ lookup, parameters }, { ...options, provenance: true });
    if (res.destroyed) return;
    if (outcome.failure !== undefined) return sendFailure(res, outcome.failure);
    const written = await writtenJson(outcome, { signal: options.controller.signal, log: gateway.log });
    if (written.failure !== undefined) return sendFailure(res, written.failure);
    const body = `${JSON.stringify({ reference: outcome.reference, ...written.value })}\n`;
    send(res, { status: 200, contentType: JSON_TYPE, body });
  };

  const unnamed: RequestHandler = () => {
    throw new Refusal(404, 'The address names no lookup; write /api/lookups/NAME');
  };

  router.use('/api', keyRequired);
  router.get('/api/lookups/:name', answer);
  router.all('/api/lookups/:name', takesOnly('GET'));
  router.all('/api{/*rest}', unnamed);
}
