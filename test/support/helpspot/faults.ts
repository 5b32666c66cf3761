/** What goes wrong with the calls of the stand-in for HelpSpot. */
import type { Fault, Reply } from '../http/stand-in.ts';
import type { ErrorId } from './failures.ts';

/**
 * - a number: the status, with a page of the web server;
 * - `cut`: the connection ends before anything is done; `lost-answer`: everything is done, and then it ends without an answer;
 *   `half`: it ends in the middle of the answer; `hang`: nothing ever comes;
 * - `html`: 200 with a page, as of a proxy or a sign-in; `garbage`: 200 with bytes;
 * - `maintenance`, `too-many-attempts`, `trial-over`: the API's errors 302, 003, 301;
 * - `{ delayMs }`: the answer, so late; `{ errors }`: these errors of the API; an answer: that one.
 */
export type HelpSpotFault =
  | number
  | 'cut'
  | 'lost-answer'
  | 'half'
  | 'hang'
  | 'html'
  | 'garbage'
  | 'maintenance'
  | 'too-many-attempts'
  | 'trial-over'
  | { readonly delayMs: number }
  | { readonly errors: readonly ErrorId[] }
  | { readonly reply: Reply };

/** A fault for calls of one method, or of any; used up after so many. */
export interface PlannedFault {
  readonly how: HelpSpotFault;
  readonly method: string | undefined;
  left: number;
}

const CUTS = {
  cut: 'cut-before',
  'lost-answer': 'cut-after',
  half: 'cut-within',
  hang: 'hang',
  garbage: 'garbage',
} as const;
const API_ERRORS = { maintenance: 302, 'too-many-attempts': 3, 'trial-over': 301 } as const;

/** The first fault that is meant for this method; it is used up by that. */
export function takeFault(planned: PlannedFault[], method: string): HelpSpotFault | undefined {
  const fault = planned.find((one) => one.left > 0 && (one.method === undefined || one.method === method));
  if (fault !== undefined) fault.left -= 1;
  return fault?.how;
}

/** As the server makes it. @param refusal the reply with these errors of the API */
export function faultOf(how: HelpSpotFault, refusal: (errors: readonly ErrorId[]) => Reply): Fault {
  if (typeof how === 'number') return page(how, how === 503 || how === 429 ? { 'retry-after': '1' } : {});
  if (typeof how === 'object') return 'delayMs' in how ? how : 'errors' in how ? refusal(how.errors) : how.reply;
  if (how === 'html') return page(200);
  if (how === 'maintenance' || how === 'too-many-attempts' || how === 'trial-over') return refusal([API_ERRORS[how]]);
  return CUTS[how];
}

function page(status: number, headers: Readonly<Record<string, string>> = {}): Reply {
  const body = `<!DOCTYPE html>\n<html><head><title>Page ${status}</title></head><body><h1>A page</h1></body></html>`;
  return { status, headers: { 'content-type': 'text/html; charset=UTF-8', ...headers }, body };
}
