/** Requests to Microsoft Graph: with a token, with the pauses that it asks for, within their time. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Context, Middleware } from '@microsoft/microsoft-graph-client';
import {
  DeadlineExceeded,
  isBackground,
  remainingMs,
  SourceError,
  withDeadlineWithin,
} from '../../src/contract/index.ts';
import { isThrottled, retryAfterMs, slowDown, type TokenKeeper } from '../../src/kit/http/index.ts';
import { errorOf } from './exchange.ts';
import type { GraphError } from './failures.ts';
import type { Answer, Wire } from './wire.ts';

type Library = typeof import('@microsoft/microsoft-graph-client');

/** What messages call it. */
export const WHO = 'Microsoft Graph';
/** What a request takes after a pause; a pause that leaves less before the deadline is not begun. */
const REQUEST_MS = 500;
/** A pause that is waited for where no deadline is known. */
const LONGEST_PAUSE_MS = 2_000;
/** One request of a list, with the pause that Graph may ask for. */
const LISTED_PAGE_MS = 60_000;

/** What requests are made with. */
export interface RequestParts {
  readonly library: Library;
  /** Address without a path. */
  readonly origin: string;
  readonly tokens: TokenKeeper;
  readonly wire: Wire;
}

/** One request after the other; a pause that one is told to make holds for all. */
export class Requests {
  readonly #parts: RequestParts;
  /** Unix milliseconds; Graph counts every request against us that comes before. */
  #notBefore = 0;

  constructor(parts: RequestParts) {
    this.#parts = parts;
  }

  /**
   * An answer that is a success. A list has no deadline as a whole; then each request has one.
   * @throws {Refusal}, {@link SourceError}
   */
  async get(path: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Answer> {
    if (!isBackground(signal) || remainingMs(signal) !== undefined) return await this.#ask(path, headers, signal);
    try {
      return await withDeadlineWithin(LISTED_PAGE_MS, signal, (limited) => this.#ask(path, headers, limited));
    } catch (error) {
      if (signal.aborted || !(error instanceof DeadlineExceeded)) throw error;
      throw new SourceError('timeout', `${WHO} did not answer within ${LISTED_PAGE_MS / 1000} seconds`);
    }
  }

  /** One request, repeated once for a token that has become worthless, and once after a short pause. */
  async #ask(path: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Answer> {
    let refused: string | undefined;
    let hasPaused = false;
    for (;;) {
      await this.#pause(signal);
      const token = await this.#parts.tokens.get(signal, refused);
      const answer = await this.#send(path, { ...headers, Authorization: `Bearer ${token}` }, signal);
      if (answer.status === 401 && refused === undefined) {
        refused = token;
        continue;
      }
      const wait = retryAfterMs(answer.headers['retry-after']);
      if (!isThrottled(answer.status, wait)) {
        if (answer.status !== 200) throw new Refusal(errorOf(answer));
        return answer;
      }
      if (wait !== undefined) this.#notBefore = Math.max(this.#notBefore, Date.now() + wait);
      if (hasPaused || wait === undefined) throw slowDown(WHO, wait);
      hasPaused = true;
    }
  }

  async #pause(signal: AbortSignal): Promise<void> {
    const wait = this.#notBefore - Date.now();
    if (wait <= 0) return;
    const left = remainingMs(signal);
    if (wait > (left === undefined ? LONGEST_PAUSE_MS : left - REQUEST_MS)) throw slowDown(WHO, wait);
    try {
      await sleep(wait, undefined, { signal });
    } catch {
      throw slowDown(WHO, wait);
    }
  }

  /** The vendor's client writes the address; our own end of it does the rest, so that limits and signals hold. */
  async #send(path: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Answer> {
    const { library, origin, wire } = this.#parts;
    const seen: { answer?: Answer; failure?: unknown } = {};
    const middleware: Middleware = {
      async execute(context) {
        try {
          seen.answer = await wire.get(String(context.request), headersOf(context), signal);
          context.response = new Response();
        } catch (error) {
          seen.failure = error;
          throw error;
        }
      },
    };
    const client = library.Client.initWithMiddleware({ middleware, baseUrl: `${origin}/`, defaultVersion: 'v1.0' });
    try {
      await client
        .api(path)
        .headers({ Accept: 'application/json', 'User-Agent': 'helpspot-gateway', ...headers })
        .responseType(library.ResponseType.RAW)
        .get();
    } catch (error) {
      // The client keeps only the text of what its middleware threw.
      throw seen.failure ?? error;
    }
    if (seen.answer === undefined) throw new Error('the Graph client sent nothing');
    return seen.answer;
  }
}

function headersOf({ options }: Context): Record<string, string> {
  return Object.fromEntries(new Headers(options?.headers));
}

/** Graph has understood, and said no. Kept apart from other failures until it is known whether to ask otherwise. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;

  constructor({ status, code, message }: GraphError) {
    super(message);
    this.status = status;
    this.code = code;
  }
}
