/** What goes wrong with the calls of the stand-in for Live Helper Chat. */
import type { Fault, Reply } from '../http/stand-in.ts';

/**
 * - a number: the status, with a page of the web server;
 * - `cut`: the connection ends before anything is done; `lost-answer`: without an answer; `half`: in the middle of the
 *   answer; `hang`: nothing ever comes;
 * - `html`: 200 with a page, as of a proxy or a sign-in; `garbage`: 200 with bytes;
 * - `database`: its own error of the database, with status 200;
 * - `{ delayMs }`: the answer, so late; an answer: that one.
 */
export type ChatFault =
  | number
  | 'cut'
  | 'lost-answer'
  | 'half'
  | 'hang'
  | 'html'
  | 'garbage'
  | 'database'
  | { readonly delayMs: number }
  | { readonly reply: Reply };

/** A fault for one call, or for any; used up after so many. */
export interface PlannedFault {
  readonly how: ChatFault;
  readonly call: string | undefined;
  left: number;
}

const CUTS = {
  cut: 'cut-before',
  'lost-answer': 'cut-after',
  half: 'cut-within',
  hang: 'hang',
  garbage: 'garbage',
} as const;
const GONE = 'SQLSTATE[HY000] [2002] Connection refused for bob.smith@example.com';

/** The first fault that is meant for this call; it is used up by that. */
export function takeFault(planned: readonly PlannedFault[], call: string): ChatFault | undefined {
  const fault = planned.find((one) => one.left > 0 && (one.call === undefined || one.call === call));
  if (fault !== undefined) fault.left -= 1;
  return fault?.how;
}

/** As the server makes it. */
export function faultOf(how: ChatFault): Fault {
  if (typeof how === 'number') return page(how, how === 503 || how === 429 ? { 'retry-after': '1' } : {});
  if (typeof how === 'object') return 'delayMs' in how ? how : how.reply;
  if (how === 'html') return page(200);
  if (how === 'database') return { body: { error: true, result: GONE } };
  return CUTS[how];
}

function page(status: number, headers: Readonly<Record<string, string>> = {}): Reply {
  const body = `<!DOCTYPE html>\n<html><head><title>Page ${status}</title></head><body><h1>A page</h1></body></html>`;
  return { status, headers: { 'content-type': 'text/html; charset=UTF-8', ...headers }, body };
}
