/** `GET` and `POST /livelookup/NAME`; `/livelookup` is the lookup called `default`. */
import type { ServerResponse } from 'node:http';
import type { Gateway } from '../../gateway/gateway.ts';
import type { LookupOutcome } from '../../gateway/outcome.ts';
import { writeLookup, writeLookupError } from '../../helpspot/lookup-xml.ts';
import type { Area, Visit } from '../area.ts';
import { type Question, questionMethods } from '../questions.ts';
import { xmlRefusal } from '../refusal-formats.ts';
import { send, XML } from '../send.ts';

/** Live Lookup over HTTP (manual, chapter 1.1). */
export function liveLookup(gateway: Gateway): Area {
  return {
    path: '/livelookup',
    depth: 1,
    key: 'required',
    refusal: xmlRefusal,
    methods: questionMethods((visit, question) => answer(gateway, visit, question)),
  };
}

async function answer(gateway: Gateway, { res, below }: Visit, { parameters, options }: Question): Promise<void> {
  const [lookup = 'default'] = below;
  const outcome = await gateway.lookup({ lookup, parameters }, options);
  // Nobody is there to read it.
  if (!res.destroyed) await sendOutcome(res, outcome);
}

async function sendOutcome(res: ServerResponse, outcome: LookupOutcome): Promise<void> {
  if (outcome.failure === undefined) {
    return send(res, { status: 200, contentType: XML, body: await writeLookup(outcome.answer) });
  }
  const { message, status, retryAfterSeconds } = outcome.failure;
  const headers = retryAfterSeconds === undefined ? {} : { 'Retry-After': String(retryAfterSeconds) };
  send(res, { status, contentType: XML, body: writeLookupError(message), headers });
}
