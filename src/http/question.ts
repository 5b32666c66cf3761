/** Questions: calls that HelpSpot makes with GET or POST, and that end when nobody waits for the answer. */
import type { Request, Response } from 'express';
import type { CallOptions } from '../gateway/call.ts';
import type { Gateway } from '../gateway/gateway.ts';
import {
  isMoreThanRead,
  MAX_PARAMETERS,
  mergeParameters,
  type Parameters,
  parseQuery,
} from '../helpspot/parameters.ts';
import { bytesOf } from './body.ts';
import { callOf, callOptions } from './call.ts';
import { withoutKey } from './credentials.ts';
import { goneController } from './gone.ts';
import { hasMoreFields, readForm } from './reading.ts';

/** What was asked; the key is not among the parameters. */
export interface Question {
  readonly parameters: Parameters;
  readonly options: CallOptions & { readonly controller: AbortController };
}

/** The parameters come in the address, and with POST in a form as well. @throws {Refusal} */
export async function questionOf(gateway: Gateway, req: Request, res: Response): Promise<Question> {
  const call = callOf(req);
  const query = parseQuery(call.query);
  const form = bytesOf(req);
  const controller = goneController(res);
  const time = { deadlineMs: gateway.plan.server.deadlineMs, signal: controller.signal };
  const sent = form === undefined ? query : mergeParameters(query, await readForm(form, time));
  const isCut = isMoreThanRead(call.query) || (form !== undefined && hasMoreFields(form, MAX_PARAMETERS));
  const cut = isCut ? { readOnly: MAX_PARAMETERS } : {};
  return { parameters: withoutKey(sent, call.keys), options: { ...callOptions(call), ...cut, controller } };
}
