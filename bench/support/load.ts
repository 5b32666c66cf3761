/** Asking a web server as fast as it answers. */
import autocannon from 'autocannon';

const SECONDS = 4;
const CONNECTIONS = 16;

/** What came of some seconds of it. */
export interface Load {
  readonly lookups: number;
  readonly perSecond: number;
  /** Milliseconds, as {@link Load.p99}. */
  readonly p50: number;
  readonly p99: number;
}

/**
 * Lookups of the paths in turn, on 16 connections that stay open.
 * @throws Error when one of them fails
 */
export async function load(url: string, paths: readonly string[], seconds = SECONDS): Promise<Load> {
  const requests = paths.map((path) => ({ path }));
  const result = await autocannon({ url, connections: CONNECTIONS, duration: seconds, requests });
  if (result.non2xx > 0 || result.errors > 0) throw new Error(`${result.non2xx} refused, ${result.errors} failed`);
  const { average, total } = result.requests;
  return { lookups: total, perSecond: average, p50: result.latency.p50, p99: result.latency.p99 };
}

/** The path of a lookup by mail address, as HelpSpot writes it. */
export function pathFor(email: string): string {
  return `/livelookup?customer_id=&email=${encodeURIComponent(email)}&phone=`;
}

/** One lookup, whose answer must hold all the parts: a rival that finds nobody is fast and says nothing. */
export async function proveAnswer(url: string, path: string, wanted: readonly string[]): Promise<void> {
  const answer = await (await fetch(`${url}${path}`)).text();
  const missing = wanted.filter((part) => !answer.includes(part));
  if (missing.length > 0) throw new Error(`${url} answered without ${missing.join(', ')}: ${answer}`);
}
