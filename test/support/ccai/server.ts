/**
 * A CCAI Platform (UJET) to talk to: the lists of its API that the gateway reads, after the vendor's document and its page about
 * pagination and tailing. It refuses what that refuses. What would change something is a scandal: it is noted down, and not done.
 */
import { performance } from 'node:perf_hooks';
import { type Received, type Reply, type StandIn, startStandIn } from '../http/stand-in.ts';
import { type CcaiAccount, exampleAccount } from './account.ts';
import { answerTo } from './answer.ts';
import { type CcaiFault, faultOf, refusal } from './faults.ts';
import type { CcaiHabits, CcaiHouse } from './habits.ts';

export const CCAI_SUBDOMAIN = 'acme';
export const CCAI_TOKEN = 'ccai-token-0815-4711';

/** A request as it came. */
export interface AskedOf {
  /** Milliseconds of `performance.now()`. */
  readonly at: number;
  /** `calls`, `menus/tree` …; the whole path where it is none of the API. */
  readonly list: string;
  /** The query as it came, decoded. */
  readonly query: string;
  /** 0: an answer that a fault took away. */
  status: number;
}

/** A CCAI Platform that is running. */
export interface CcaiStandIn extends CcaiHouse {
  /** What a source needs beside `adapter: ccai-platform`. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly http: StandIn;
  readonly asked: AskedOf[];
  /** What was asked for that changes something. */
  readonly scandals: string[];
  /** Called when an answer has been made: what changes here changes between two pages. */
  afterAnswer: (list: string) => void;
  /** Goes wrong so often, with requests for a list whose path has this. */
  fail(how: CcaiFault, options?: { readonly list?: string; readonly times?: number }): void;
  /** The requests for one list. */
  askedOf(list: string): readonly AskedOf[];
  /** Milliseconds between the two requests that came closest; infinite with fewer than two. */
  shortestGap(): number;
  /** As it was in the beginning, with another account where there is one. */
  heal(account?: CcaiAccount): void;
  close(): Promise<void>;
}

/** Options of {@link startCcai}. */
export interface CcaiOptions extends Partial<Pick<CcaiHabits, 'requestsPerSecond' | 'second'>> {
  /** Made anew when it is healed. Default: what the vendor's document shows. */
  readonly account?: () => CcaiAccount;
  /** Below which path the API lies; the other is not there. Default: `manager`. */
  readonly path?: 'manager' | 'apps';
}

const NOTHING_FOUND: Reply = {
  status: 404,
  headers: { 'content-type': 'text/html; charset=UTF-8' },
  body: '<!DOCTYPE html>\n<html><head><title>The page you were looking for does not exist (404)</title></head></html>',
};

/** Starts it on a free port of 127.0.0.1. */
export async function startCcai(options: CcaiOptions = {}): Promise<CcaiStandIn> {
  const { account = exampleAccount, path = 'manager', requestsPerSecond = Number.POSITIVE_INFINITY } = options;
  const usual = () => ({
    ...{ order: 'id' as const, unpaged: new Set<string>(), unsorted: new Set<string>(), includesBounds: true },
    ...{ givesTotal: true, givesLink: true, givesOne: true, retryAfter: undefined, token: CCAI_TOKEN },
    ...{ requestsPerSecond, second: options.second ?? 1_000, afterAnswer: () => undefined },
  });
  const root = `/${path}/api/v1/`;
  const listOf = (request: Received) =>
    request.path.startsWith(root) ? request.path.slice(root.length) : request.path;
  const planned: { readonly how: CcaiFault; readonly list: string; left: number }[] = [];
  const log = new Map<Received, AskedOf>();
  const http = await startStandIn(
    (request) => {
      const reply = whyNot(ccai, request, listOf(request), served) ?? answerTo(ccai, request, listOf(request));
      const { status = 200 } = reply;
      const entry = log.get(request);
      if (entry !== undefined) entry.status = status;
      if (status === 200) ccai.afterAnswer(listOf(request));
      return reply;
    },
    {
      faultFor(request) {
        const list = listOf(request);
        const entry: AskedOf = { at: performance.now(), list, query: queryText(request), status: 0 };
        log.set(request, entry);
        ccai.asked.push(entry);
        const fault = planned.find((one) => one.left > 0 && list.includes(one.list));
        if (fault === undefined) return undefined;
        fault.left -= 1;
        if (typeof fault.how === 'number') entry.status = fault.how;
        return faultOf(fault.how);
      },
    },
  );
  const served: number[] = [];
  const ccai: CcaiStandIn = {
    ...{ ...usual(), http, account: account(), asked: [], scandals: [], unknown: new Set() },
    settings: {
      ...{ url: http.url, subdomain: CCAI_SUBDOMAIN, domain: 'ccaiplatform.example.com', token: CCAI_TOKEN },
      ...(path === 'manager' ? {} : { path }),
    },
    fail: (how, { list = '', times = 1 } = {}) => void planned.push({ how, list, left: times }),
    askedOf: (list) => ccai.asked.filter((one) => one.list === list),
    shortestGap: () =>
      Math.min(...ccai.asked.slice(1).map(({ at }, before) => at - (ccai.asked[before]?.at ?? Number.NaN))),
    heal(again = account()) {
      for (const list of [planned, ccai.asked, ccai.scandals, served]) list.length = 0;
      log.clear();
      ccai.unknown.clear();
      http.faults = [];
      Object.assign(ccai, usual(), { account: again });
    },
    close: () => http.close(),
  };
  return ccai;
}

/** Of the way to the API: the rate, the credentials, the method. @param served when requests were let through */
function whyNot(ccai: CcaiStandIn, request: Received, list: string, served: number[]): Reply | undefined {
  const now = performance.now();
  while ((served[0] ?? now) <= now - ccai.second) served.shift();
  if (served.length >= ccai.requestsPerSecond) {
    return refusal(429, undefined, ccai.retryAfter === undefined ? {} : { 'retry-after': ccai.retryAfter });
  }
  served.push(now);
  if (list === request.path) return NOTHING_FOUND;
  const right = Buffer.from(`${CCAI_SUBDOMAIN}:${ccai.token}`).toString('base64');
  if (request.headers.authorization !== `Basic ${right}`) return refusal(401);
  if (request.method === 'GET') return undefined;
  ccai.scandals.push(`${request.method} ${list}`);
  return refusal(405, 'this would change something');
}

function queryText({ query }: Received): string {
  return [...query].map(([name, value]) => `${name}=${value}`).join('&');
}
