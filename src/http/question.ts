/** Questions: calls that HelpSpot makes with GET or POST, and that end when nobody waits for the answer. */
import type { Request, Response } from 'express';
import type { CallOptions } from '../gateway/gateway.ts';
import { mergeParameters, type Parameters, parseForm, parseQuery } from '../helpspot/parameters.ts';
import { bodyOf } from './body.ts';
import { callOf, callOptions } from './call.ts';
import { withoutKey } from './credentials.ts';
import { goneController } from './gone.ts';

/** What was asked; the key is not among the parameters. */
export interface Question {
  readonly parameters: Parameters;
  readonly options: CallOptions & { readonly controller: AbortController };
}

/** The parameters come in the address, and with POST in a form as well. */
export function questionOf(req: Request, res: Response): Question {
  const call = callOf(req);
  const query = parseQuery(call.query);
  const form = bodyOf(req);
  const sent = form === undefined ? query : mergeParameters(query, parseForm(form));
  return {
    parameters: withoutKey(sent, call.keys),
    options: { ...callOptions(call), controller: goneController(res) },
  };
}
