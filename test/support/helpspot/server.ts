/**
 * A HelpSpot to talk to: its Web Service API, method by method after its manual (chapter 4 and the appendix "API Field
 * Definitions"; with all parameters in the copy at https://github.com/trackd/PSHelpspot, docs/APIManual.txt). It refuses what
 * HelpSpot refuses, keeps what was made, and notes down every call. Left out, and so a 201: forums, votes, responses, streams,
 * the audit log, new contacts; serialised PHP.
 */
import { type Received, type StandIn, startStandIn } from '../http/stand-in.ts';
import { usualStyle } from './answer.ts';
import type { House } from './call.ts';
import type { HelpSpotData } from './data.ts';
import { defaultData } from './default-data.ts';
import { type Arrived, arrived, refusalReply, replyTo } from './dispatch.ts';
import { apiError, type ErrorId, Refusal } from './failures.ts';
import { faultOf, type HelpSpotFault, type PlannedFault, takeFault } from './faults.ts';

/** The token of the administrator Tina Andrews (1) of the default data. */
export const HELPSPOT_TOKEN = '1|5VdNXJEtsPoFpX1KH5yc0BO2wlCqDp0sRTxZtox3';
/** Her password, for HTTP Basic. */
export const HELPSPOT_PASSWORD = 'nusoxdln-7';
/** The token of a guest (5) who sees the requests of one category and may not write. */
export const GUEST_TOKEN = '5|QeJDIPybZSjykqjzuxVJ94WqlaoVruWWbEm4ffqc';

/** A HelpSpot that is running. */
export interface HelpSpotStandIn extends House {
  readonly url: string;
  /** What a source needs beside `adapter: helpspot`. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** The same with the name and password of Tina Andrews in place of her token. */
  readonly passwordSettings: Readonly<Record<string, unknown>>;
  /** The connection: what was received, `cutConnections`, `openSoMany`. Its own `faults` come after those of {@link fail}. */
  readonly http: StandIn;
  /** Has the next `times` calls (1) of a method, or of any, go wrong. */
  fail(how: HelpSpotFault, options?: { readonly method?: string; readonly times?: number }): void;
  /** How often a method was called. */
  callsOf(method: string): number;
  /** As it was in the beginning, with new data. */
  heal(data?: HelpSpotData): void;
  close(): Promise<void>;
}

/** Options of {@link startHelpSpot}. */
export interface HelpSpotOptions {
  readonly data?: HelpSpotData;
}

const UNLIMITED = 1_000_000;

/** Starts it on a free port of 127.0.0.1. */
export async function startHelpSpot({ data = defaultData() }: HelpSpotOptions = {}): Promise<HelpSpotStandIn> {
  const planned: PlannedFault[] = [];
  const came = new WeakMap<Received, Arrived>();
  const http = await startStandIn(
    (request) => {
      const call = came.get(request);
      return call === undefined ? { status: 404, body: 'Not Found' } : replyTo(helpspot, request, call);
    },
    {
      async faultFor(request) {
        const call = await arrived(helpspot, request);
        if (call === undefined) return undefined;
        came.set(request, call);
        const how = takeFault(planned, call.logged.method);
        const refusal = (ids: readonly ErrorId[]) =>
          refusalReply(helpspot, new Refusal(ids.map((id) => apiError(id))), call.output);
        return how === undefined ? undefined : faultOf(how, refusal);
      },
    },
  );
  const helpspot: HelpSpotStandIn = {
    ...{ url: http.url, http, settings: { url: http.url, token: HELPSPOT_TOKEN } },
    passwordSettings: { url: http.url, user: 'tina@example.com', password: HELPSPOT_PASSWORD },
    ...{ data, search: { matching: 'whole', lagMs: 0, unindexed: new Set(), most: UNLIMITED }, json: usualStyle() },
    ...{ publicApi: true, privateApi: true, takesTokens: true, tokens: new Map(), takesPasswords: true },
    ...{ mostWrongSignIns: 20, wrongSignIns: 0, mode: 'normal', calls: [], writes: [], mails: [], scandals: [] },
    fail: (how, { method, times = 1 } = {}) => void planned.push({ how, method, left: times }),
    callsOf: (name) => helpspot.calls.filter(({ method }) => method === name).length,
    heal(newData = defaultData()) {
      planned.length = 0;
      http.faults = [];
      Object.assign(helpspot.search, { matching: 'whole', lagMs: 0, most: UNLIMITED });
      helpspot.search.unindexed.clear();
      Object.assign(helpspot.json, usualStyle());
      Object.assign(helpspot, { publicApi: true, privateApi: true, takesTokens: true, takesPasswords: true });
      Object.assign(helpspot, { mostWrongSignIns: 20, wrongSignIns: 0, mode: 'normal', data: newData });
      helpspot.tokens.clear();
      helpspot.tokens.set(HELPSPOT_TOKEN, 1).set(GUEST_TOKEN, 5);
      for (const kept of [helpspot.calls, helpspot.writes, helpspot.mails, helpspot.scandals]) kept.length = 0;
    },
    close: () => http.close(),
  };
  helpspot.heal(data);
  return helpspot;
}
