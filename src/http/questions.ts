/** Questions: calls that HelpSpot makes with GET or POST, and that end when nobody waits for the answer. */
import type { CallOptions } from '../gateway/gateway.ts';
import { mergeParameters, type Parameters, parseForm, parseQuery } from '../helpspot/parameters.ts';
import type { Area, Visit } from './area.ts';
import { readForm } from './body.ts';
import { callOptions } from './call.ts';
import { withoutKey } from './credentials.ts';
import { goneController } from './gone.ts';

/** What was asked; the key is not among the parameters. */
export interface Question {
  readonly parameters: Parameters;
  readonly options: CallOptions;
}

/** The methods of an area that is asked: the parameters come in the address, and with POST in a form as well. */
export function questionMethods(answer: (visit: Visit, question: Question) => Promise<void>): Area['methods'] {
  const ask = (visit: Visit, sent: Parameters) => {
    const { call, res } = visit;
    const options = { ...callOptions(call), controller: goneController(res) };
    return answer(visit, { parameters: withoutKey(sent, call.access.keys), options });
  };
  return {
    GET: (visit) => ask(visit, parseQuery(visit.call.query)),
    async POST(visit) {
      const form = await readForm(visit.req, visit.res);
      const query = parseQuery(visit.call.query);
      await ask(visit, form === undefined ? query : mergeParameters(query, parseForm(form)));
    },
  };
}
