/** `GET` and `POST /ajax/NAME`: AJAX selection fields. */
import type { Gateway } from '../../gateway/gateway.ts';
import { writtenAjax } from '../../gateway/writing.ts';
import type { Area, Visit } from '../area.ts';
import { type Question, questionMethods } from '../questions.ts';
import { Refusal } from '../refusal.ts';
import { ajaxRefusal } from '../refusal-formats.ts';
import { sendWritten } from '../send.ts';

/** AJAX selection fields over HTTP (manual, chapter 3.2). HelpSpot uses GET. */
export function ajaxFields(gateway: Gateway): Area {
  return {
    path: '/ajax',
    depth: 1,
    key: 'required',
    refusal: ajaxRefusal,
    methods: questionMethods((visit, question) => answer(gateway, visit, question)),
  };
}

async function answer(gateway: Gateway, { res, below }: Visit, { parameters, options }: Question): Promise<void> {
  const [field] = below;
  if (field === undefined) throw new Refusal(404, 'The address names no AJAX field; write /ajax/NAME');
  const outcome = await gateway.ajax({ field, parameters }, options);
  // Nobody is there to read it.
  if (res.destroyed) return;
  const { signal } = options.controller ?? new AbortController();
  sendWritten(res, await writtenAjax(outcome, { signal, log: gateway.log }));
}
