/** `GET` and `POST /livelookup/NAME`; `/livelookup` is the lookup called `default`. */
import type { Gateway } from '../../gateway/gateway.ts';
import { writtenLookup } from '../../gateway/writing.ts';
import type { Area, Visit } from '../area.ts';
import { type Question, questionMethods } from '../questions.ts';
import { xmlRefusal } from '../refusal-formats.ts';
import { sendWritten } from '../send.ts';

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
  if (res.destroyed) return;
  const { signal } = options.controller ?? new AbortController();
  sendWritten(res, await writtenLookup(outcome, { signal, log: gateway.log }));
}
