/** `GET` and `POST /livelookup/NAME`; `/livelookup` is the lookup called `default`. */
import type { IRouter, RequestHandler } from 'express';
import type { Gateway } from '../../gateway/gateway.ts';
import { writtenLookup } from '../../gateway/writing.ts';
import { keyRequired } from '../access.ts';
import { form } from '../body.ts';
import { questionOf } from '../question.ts';
import { takesOnly } from '../refusal.ts';
import { sendWritten } from '../send.ts';

/** Live Lookup over HTTP (manual, chapter 1.1). */
export function liveLookup(router: IRouter, gateway: Gateway): void {
  const answer: RequestHandler<{ name?: string }> = async (req, res) => {
    const { name: lookup = 'default' } = req.params;
    const { parameters, options } = await questionOf(gateway, req, res);
    const outcome = await gateway.lookup({ lookup, parameters }, options);
    // Nobody is there to read it.
    if (res.destroyed) return;
    sendWritten(res, await writtenLookup(outcome, { signal: options.controller.signal, log: gateway.log }));
  };

  router.use('/livelookup', keyRequired);
  router.get('/livelookup{/:name}', answer);
  router.post('/livelookup{/:name}', form, answer);
  router.all('/livelookup{/:name}', takesOnly('GET', 'POST'));
}
