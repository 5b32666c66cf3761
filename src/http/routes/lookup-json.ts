/** `GET /api/lookups/NAME`: the same lookup as JSON, for other programs. */
import type { IRouter, RequestHandler } from 'express';
import { booleanOf } from '../../contract/index.ts';
import type { Gateway } from '../../gateway/gateway.ts';
import { writtenFlat, writtenJson } from '../../gateway/writing.ts';
import { keyRequired } from '../access.ts';
import { questionOf } from '../question.ts';
import { Refusal, takesOnly } from '../refusal.ts';
import { JSON_TYPE, send } from '../send.ts';
import { refuseUnknown, sendFailure } from './push.ts';

/**
 * A lookup answers 200 with its customers, or `{"error": "…"}` with a status that says the same. `?provenance=1` adds where their
 * values come from, and leaves the values what the lookup makes of them: links, tables, what stands out.
 */
export function lookupApi(router: IRouter, gateway: Gateway): void {
  const answer: RequestHandler<{ name: string }> = async (req, res) => {
    const { name: lookup } = req.params;
    refuseUnknown('lookup', lookup, gateway.plan.lookups);
    const { parameters: sent, options } = await questionOf(gateway, req, res);
    const asked = sent['provenance'] ?? '';
    const provenance = asked !== '' && booleanOf(asked) !== false;
    // No prototype: a parameter may be called like anything.
    const parameters = Object.assign(Object.create(null), sent);
    delete parameters.provenance;
    const outcome = await gateway.lookup({ lookup, parameters }, { ...options, provenance });
    if (res.destroyed) return;
    if (outcome.failure !== undefined) return sendFailure(res, outcome.failure);
    const call = { signal: options.controller.signal, log: gateway.log };
    const written = await (provenance ? writtenJson(outcome, call) : writtenFlat(outcome, call));
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
