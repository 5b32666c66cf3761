/** `GET` and `POST /ajax/NAME`: AJAX selection fields. */
import type { IRouter, RequestHandler } from 'express';
import type { Gateway } from '../../gateway/gateway.ts';
import { writtenAjax } from '../../gateway/writing.ts';
import { keyRequired } from '../access.ts';
import { form } from '../body.ts';
import { questionOf } from '../question.ts';
import { Refusal, takesOnly } from '../refusal.ts';
import { sendWritten } from '../send.ts';

/** AJAX selection fields over HTTP (manual, chapter 3.2). HelpSpot uses GET. */
export function ajaxFields(router: IRouter, gateway: Gateway): void {
  const answer: RequestHandler<{ name?: string }> = async (req, res) => {
    const { name: field } = req.params;
    if (field === undefined) throw new Refusal(404, 'The address names no AJAX field; write /ajax/NAME');
    const { parameters, options } = await questionOf(gateway, req, res);
    const outcome = await gateway.ajax({ field, parameters }, options);
    // Nobody is there to read it.
    if (res.destroyed) return;
    sendWritten(res, await writtenAjax(outcome, { signal: options.controller.signal, log: gateway.log }));
  };

  router.use('/ajax', keyRequired);
  router.get('/ajax{/:name}', answer);
  router.post('/ajax{/:name}', form, answer);
  router.all('/ajax{/:name}', takesOnly('GET', 'POST'));
}
