/** `GET` and `POST /ajax/NAME`: AJAX selection fields. */
import type { ServerResponse } from 'node:http';
import type { Gateway } from '../../gateway/gateway.ts';
import type { AjaxOutcome } from '../../gateway/outcome.ts';
import { note } from '../../helpspot/ajax-answer.ts';
import { writeAjax } from '../../helpspot/ajax-xml.ts';
import type { Area, Visit } from '../area.ts';
import { type Question, questionMethods } from '../questions.ts';
import { Refusal } from '../refusal.ts';
import { ajaxRefusal } from '../refusal-formats.ts';
import { send, XML } from '../send.ts';

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
  if (!res.destroyed) await sendOutcome(res, outcome);
}

async function sendOutcome(res: ServerResponse, { answer, failure, encoding }: AjaxOutcome): Promise<void> {
  if (failure === undefined) {
    return send(res, { status: 200, contentType: XML, body: await writeAjax(answer, encoding) });
  }
  const { message, status, retryAfterSeconds } = failure;
  const headers = retryAfterSeconds === undefined ? {} : { 'Retry-After': String(retryAfterSeconds) };
  const body = await writeAjax({ options: [note(message)] }, encoding);
  send(res, { status, contentType: XML, body, headers });
}
