/** Web APIs of one test each, and sources over them. */
import { onTestFinished } from 'vitest';
import http from '../../../adapters/http/index.ts';
import { type Handler, type Reply, type StandIn, startStandIn } from '../../support/http/stand-in.ts';
import { openWith } from '../../support/open-source.ts';

/** A server that ends with the test. */
export async function started(handle: Handler): Promise<StandIn> {
  const standIn = await startStandIn(handle);
  onTestFinished(() => standIn.close());
  return standIn;
}

/** A source over a server that answers everything alike, or as a function says. */
export async function over(reply: Reply | Handler, settings: object = {}) {
  const standIn = await started(typeof reply === 'function' ? reply : () => reply);
  const source = await openWith(http, { url: `${standIn.url}/customers`, ...settings });
  return { ...source, standIn };
}

/** Path and query of the last request. */
export function lastUrl({ received }: StandIn): string {
  const url = received.at(-1)?.url;
  return url === undefined ? '' : url.pathname + url.search;
}
