/** What goes wrong with the calls of the stand-in for CCAI Platform. */
import type { Fault, Reply } from '../http/stand-in.ts';

/**
 * - a number: the status; from 502 with a page of what stands in front of the platform;
 * - `cut`: the connection ends before anything is done; `lost-answer`: without an answer; `half`: in the middle of the
 *   answer; `hang`: nothing ever comes;
 * - `html`: 200 with a page, as of a sign-in; `garbage`: 200 with bytes; `empty`: 200 with nothing; `wrong-type`: 200 with
 *   an object where a list is due;
 * - `{ delayMs }`: the answer, so late; `{ reply }`: that one.
 */
export type CcaiFault =
  | number
  | 'cut'
  | 'lost-answer'
  | 'half'
  | 'hang'
  | 'html'
  | 'garbage'
  | 'empty'
  | 'wrong-type'
  | { readonly delayMs: number }
  | { readonly reply: Reply };

const CUTS = {
  cut: 'cut-before',
  'lost-answer': 'cut-after',
  half: 'cut-within',
  hang: 'hang',
  garbage: 'garbage',
} as const;
const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' };
const WORDS: Readonly<Record<number, string>> = {
  ...{ 401: 'Unauthorized', 403: 'Forbidden', 404: 'Not Found', 422: 'Unprocessable Entity' },
  ...{ 429: 'Rate limit exceeded', 500: 'Internal Server Error' },
};

/** An answer that refuses. */
export function refusal(status: number, message = WORDS[status] ?? 'Error', headers: Reply['headers'] = {}): Reply {
  return { status, headers, body: { message } };
}

/** As the server makes it. */
export function faultOf(how: CcaiFault): Fault {
  if (typeof how === 'number') return how < 502 ? refusal(how) : page(how);
  if (typeof how === 'object') return 'delayMs' in how ? how : how.reply;
  if (how === 'html') return page(200);
  if (how === 'empty') return { headers: JSON_TYPE, body: '' };
  if (how === 'wrong-type') return { body: { message: 'This account is being moved.' } };
  return CUTS[how];
}

function page(status: number): Reply {
  const body = `<!DOCTYPE html>\n<html><head><title>Page ${status}</title></head><body><h1>A page</h1></body></html>`;
  return { status, headers: { 'content-type': 'text/html; charset=UTF-8' }, body };
}
