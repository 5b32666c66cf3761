/** Sends a request as often as it needs: with new credentials, after a pause, to where it was redirected. */
import { SourceError, untilAborted } from '../../contract/index.ts';
import { outsideAddress } from '../text/index.ts';
import { type AccountLimiter, type Caller, endOf, fits, pause } from '../wait/index.ts';
import { otherOrigin } from './address.ts';
import { readAnswer } from './answer.ts';
import type { HttpConnections } from './connections.ts';
import { ABORTED, ExchangeFailure, exchange, type Incoming } from './exchange.ts';
import { asConnectionFailure, asksForAnother, asRefusal } from './failures.ts';
import { isRedirect } from './redirects.ts';
import { backOffMs, isThrottled, isWorthRepeating, MOST_REPEATS, retryAfterMs } from './retry.ts';
import { Discretion } from './secrets.ts';
import type { Headers, HttpAnswer, HttpClientOptions } from './types.ts';

const MOST_REDIRECTS = 5;

/** A request with everything decided. */
export interface Prepared {
  readonly method: string;
  readonly url: URL;
  /** Without credentials; names in lower case. */
  readonly headers: Headers;
  readonly body: Buffer | undefined;
  readonly isRepeatable: boolean;
  readonly expect: ReadonlySet<number>;
  readonly hasOwnLimit: boolean;
  readonly reference: string | undefined;
}

/** What a {@link Sender} works with. */
export interface SenderParts extends Pick<HttpClientOptions, 'system' | 'authorize' | 'errorText' | 'secrets' | 'log'> {
  readonly base: URL;
  readonly maxBytes: number;
  readonly connections: HttpConnections;
  readonly limiter: AccountLimiter;
  readonly hasSecretAddress: boolean;
}

/** What has happened to a request so far. */
interface Journey {
  readonly prepared: Prepared;
  readonly caller: Caller;
  url: URL;
  credentials: Headers;
  refreshed: boolean;
  repeats: number;
  redirects: number;
  /** An attempt broke off after the system may have got it. */
  maybeDone: boolean;
}

/** Sends the requests of a source. */
export class Sender {
  readonly #parts: SenderParts;

  constructor(parts: SenderParts) {
    this.#parts = parts;
  }

  /** @throws what {@link HttpClient.request} throws */
  async send(prepared: Prepared, caller: Caller): Promise<HttpAnswer> {
    const journey: Journey = {
      ...{ prepared, caller, credentials: {}, url: prepared.url },
      ...{ refreshed: false, repeats: 0, redirects: 0, maybeDone: false },
    };
    try {
      journey.credentials = await this.#authorize(caller.signal, false);
      for (;;) {
        const answer = await this.#step(journey);
        if (answer !== undefined) return answer;
      }
    } catch (error) {
      throw this.#discretion(journey).error(error);
    }
  }

  /** One exchange; undefined when there is to be another. Each of the reasons for another can come only so often. */
  async #step(journey: Journey): Promise<HttpAnswer | undefined> {
    const { prepared, caller } = journey;
    await this.#parts.limiter.take(caller);
    const incoming = await this.#exchange(journey);
    if (incoming === undefined) return undefined;
    const { status, headers } = incoming;
    const asked = retryAfterMs(headers['retry-after']);
    const wait = Math.max(asked ?? 0, backOffMs(journey.repeats));
    // It is the account that asks too often, and so it is a pause for everybody who uses it.
    if (isThrottled(status, asked) && !prepared.hasOwnLimit) this.#parts.limiter.hold(wait);
    if (prepared.expect.has(status)) return await this.#read(incoming, journey);
    if (status === 401 && (await this.#refresh(journey))) return undefined;
    if (isRedirect(status) && prepared.method === 'GET') {
      this.#redirect(journey, headers.location, status);
      return undefined;
    }
    if (asksForAnother(status) && prepared.isRepeatable && (await this.#pause(wait, journey))) return undefined;
    const answer = await this.#read(incoming, journey);
    if (status >= 200 && status < 300) return answer;
    const { system } = this.#parts;
    throw asRefusal(answer, { system, what: this.#whatOf(journey), maybeDone: journey.maybeDone });
  }

  /** Undefined when it broke off and is worth another try, after a pause. */
  async #exchange(journey: Journey): Promise<Incoming | undefined> {
    const { system, maxBytes, connections } = this.#parts;
    const { prepared, url, credentials, caller } = journey;
    const { method, body } = prepared;
    const headers = { ...prepared.headers, ...credentials };
    const started = performance.now();
    try {
      const incoming = await exchange(connections, { url, method, headers, body }, maxBytes, caller.signal);
      this.#note(journey, started, incoming.status);
      return incoming;
    } catch (error) {
      if (!(error instanceof ExchangeFailure)) throw error;
      this.#note(journey, started, error.code || 'failed');
      // Before the pause, which may not end: what broke off after it was sent may have been done.
      if (error.started && error.code !== ABORTED) journey.maybeDone = true;
      const isWorthIt = isWorthRepeating(error, prepared.isRepeatable);
      if (isWorthIt && (await this.#pause(backOffMs(journey.repeats), journey))) return undefined;
      const { maybeDone } = journey;
      throw asConnectionFailure(error, { system, host: url.host, maxBytes, maybeDone }, caller.signal);
    }
  }

  /** Whether there was time for the pause before another try. */
  async #pause(milliseconds: number, journey: Journey): Promise<boolean> {
    const { caller } = journey;
    if (journey.repeats >= MOST_REPEATS || !fits(milliseconds, caller)) return false;
    journey.repeats += 1;
    try {
      await pause(milliseconds, caller.signal);
    } catch {
      throw endOf(caller.signal, `${this.#parts.system} did not answer in time`, !journey.maybeDone);
    }
    return true;
  }

  async #authorize(signal: AbortSignal, refresh: boolean): Promise<Headers> {
    const { authorize, system } = this.#parts;
    if (authorize === undefined) return {};
    try {
      const given = await untilAborted(Promise.resolve(authorize(signal, refresh)), signal);
      return Object.fromEntries(Object.entries(given).map(([name, value]) => [name.toLowerCase(), value]));
    } catch (error) {
      if (signal.aborted && error === signal.reason) {
        throw endOf(signal, `there was no time left to sign in to ${system}`, true);
      }
      throw error;
    }
  }

  /** Whether there are other credentials now than those that were refused. */
  async #refresh(journey: Journey): Promise<boolean> {
    if (journey.refreshed || this.#parts.authorize === undefined) return false;
    journey.refreshed = true;
    const before = JSON.stringify(journey.credentials);
    journey.credentials = await this.#authorize(journey.caller.signal, true);
    return JSON.stringify(journey.credentials) !== before;
  }

  #redirect(journey: Journey, location: string | undefined, status: number): void {
    const { system, base } = this.#parts;
    const target = location === undefined ? undefined : outsideAddress(location, journey.url.href);
    if (target === undefined) {
      throw new SourceError('bad-response', `${system} answered ${status} without saying where to`);
    }
    if (target.origin !== base.origin) throw otherOrigin(target, base, system);
    journey.redirects += 1;
    if (journey.redirects > MOST_REDIRECTS) {
      throw new SourceError('bad-response', `${system} redirects in circles (${this.#whatOf(journey)})`);
    }
    target.hash = '';
    journey.url = target;
  }

  #read(incoming: Incoming, journey: Journey): Promise<HttpAnswer> {
    const { system, maxBytes, errorText } = this.#parts;
    const discreet = (text: string) => this.#discretion(journey).text(text);
    return readAnswer(incoming, { system, what: this.#whatOf(journey), maxBytes, errorText, discreet });
  }

  #whatOf(journey: Journey): string {
    return `${journey.prepared.method} ${this.#discretion(journey).path}`;
  }

  /** Made anew each time: a token that has been fetched meanwhile is a secret too. */
  #discretion({ prepared, credentials, url }: Journey): Discretion {
    const { secrets = [], hasSecretAddress } = this.#parts;
    const known = typeof secrets === 'function' ? secrets() : secrets;
    return new Discretion({ headers: { ...prepared.headers, ...credentials }, url, known, hasSecretAddress });
  }

  #note(journey: Journey, started: number, outcome: number | string): void {
    const { method, reference } = journey.prepared;
    const { system, hasSecretAddress } = this.#parts;
    const path = hasSecretAddress ? {} : { path: this.#discretion(journey).path };
    const ms = Math.round(performance.now() - started);
    const fields = { system, method, ...path, ms };
    const result = typeof outcome === 'number' ? { status: outcome } : { failed: outcome };
    this.#parts.log.debug({ ...fields, ...result, ...(reference === undefined ? {} : { reference }) }, 'http request');
  }
}
