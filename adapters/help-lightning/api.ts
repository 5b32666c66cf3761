/** Requests to Help Lightning's API, https://apidocs.helplightning.net/fermata/stable. Only such as change nothing, and the sign-in. */
import * as z from 'zod';
import { type CallContext, type Services, SourceError } from '../../src/contract/index.ts';
import {
  asNoAnswer,
  createHttpClient,
  type Headers,
  type HttpAnswer,
  type HttpClient,
  pathOf,
  readerFor,
  SystemClock,
  type Token,
  TokenKeeper,
} from '../../src/kit/http/index.ts';
import type { Data } from '../../src/kit/web/index.ts';
import { asNotLetIn, asStatusRefusal, MISLED, OWN_STATUSES, type SignInKind, SYSTEM, unexpected } from './failures.ts';
import { baseAddress, type Settings } from './settings.ts';
import { endOfToken, partnerKey, partnerToken, tokenIn } from './tokens.ts';

/** It names no limit, and "reserves the right" to one (background/api-keys). */
const REQUESTS_PER_SECOND = 10;
/** A page of a hundred calls with their participants is some 200 kB. */
const MAX_BYTES = 10_000_000;
/** The lists that are read. */
const PATHS = { users: '/api/v1r1/enterprise/users', calls: '/api/v1/enterprise/calls' } as const;

/** A list of the API. */
export type ListedThing = keyof typeof PATHS;

const read = readerFor(SYSTEM, 'check url, and that this version of Help Lightning has this list');
const pageIn = read(
  z.object({ entries: z.array(z.unknown()), total_entries: z.unknown().optional() }),
  'a page of a list',
);
const attachmentsIn = read(
  z.union([z.array(z.unknown()), z.object({ entries: z.array(z.unknown()) }).transform(({ entries }) => entries)]),
  'the attachments of a call',
);

/** Some of a list. */
export interface Page {
  readonly entries: readonly Data[];
  /** How many there are, as the system says; undefined where it does not. */
  readonly total: number | undefined;
}

/** One site, for one key and token. Every call throws {@link SourceError}. */
export class Api {
  readonly clock = new SystemClock();
  readonly #settings: Settings;
  readonly #url: string;
  readonly #signIn: SignInKind;
  readonly #resolve: (path: string) => string;
  readonly #http: HttpClient;
  readonly #unsigned: HttpClient;
  readonly #tokens: TokenKeeper | undefined;

  constructor(settings: Settings, { resolve, log }: Pick<Services, 'resolve' | 'log'>) {
    const { url, apiKey, token, partner, user, password, requestsPerSecond = REQUESTS_PER_SECOND } = settings;
    this.#settings = settings;
    this.#url = baseAddress(url);
    this.#resolve = resolve;
    this.#signIn = token !== undefined ? 'token' : partner !== undefined ? 'partner' : 'user';
    this.#tokens = token === undefined ? new TokenKeeper(SYSTEM, (signal) => this.#fetchToken(signal)) : undefined;
    const options = {
      ...{ baseUrl: this.#url, system: SYSTEM, resolve, log, maxBytes: MAX_BYTES },
      settings: { ...settings, requestsPerSecond },
      credentials: [apiKey, token ?? partner?.site ?? user ?? ''],
      secrets: [apiKey, token, password].filter((one) => one !== undefined),
    };
    // Without Bearer: the vendor's header is the token alone.
    const headersOf = (text: string): Headers => ({ 'x-helplightning-api-key': apiKey, authorization: text });
    const authorize = token === undefined ? this.#tokens?.authorize(headersOf) : () => headersOf(token);
    this.#http = createHttpClient({ ...options, authorize });
    this.#unsigned = createHttpClient({ ...options, headers: { 'x-helplightning-api-key': apiKey } });
  }

  /** A page of users or calls. @param filter as {@link filtersOf} makes it @param page from 1 */
  async page(
    list: ListedThing,
    { filter, page, size }: { readonly filter: string | undefined; readonly page: number; readonly size: number },
    context: CallContext,
  ): Promise<Page> {
    const query = { page, page_size: size, filter };
    const { entries, total_entries: total } = pageIn(
      await this.#ask(PATHS[list], query, `enterprise/${list}`, context),
    );
    return { entries, total: typeof total === 'number' && Number.isInteger(total) && total >= 0 ? total : undefined };
  }

  /** `/api/v1r1/enterprise/calls/ID/attachments`: what was captured or recorded. */
  async attachments(callId: string, context: CallContext): Promise<readonly Data[]> {
    const path = pathOf`/api/v1r1/enterprise/calls/${callId}/attachments`;
    return attachmentsIn(await this.#ask(path, {}, 'the attachments of a call', context));
  }

  async close(): Promise<void> {
    this.#tokens?.close();
    await Promise.all([this.#http.close(), this.#unsigned.close()]);
  }

  async #ask(
    path: string,
    query: Readonly<Record<string, string | number | undefined>>,
    call: string,
    { signal, reference }: CallContext,
  ): Promise<HttpAnswer> {
    try {
      const answer = await this.#http.request({ path, query, expect: OWN_STATUSES, reference }, signal);
      this.clock.learn(answer);
      if (answer.status >= 300) throw asStatusRefusal(answer, call, this.#url);
      const nothing = asNoAnswer(answer, { system: SYSTEM, call, remedy: MISLED });
      if (nothing !== undefined) throw nothing;
      return answer;
    } catch (error) {
      // A 403 has its words already.
      if (!(error instanceof SourceError) || error.kind !== 'unauthorized' || error.remedy === undefined) throw error;
      if (!/ answered 401 to /.test(error.message)) throw error;
      const { token } = this.#settings;
      throw asNotLetIn(error, this.#signIn, token === undefined ? undefined : endOfToken(token));
    }
  }

  async #fetchToken(signal: AbortSignal): Promise<Token> {
    const { partner, user, password } = this.#settings;
    if (partner !== undefined) {
      return partnerToken(partner.site, await partnerKey(this.#resolve(partner.keyFile)), this.clock.now);
    }
    const request = {
      method: 'POST',
      path: '/api/v1r1/auth',
      json: { email: user, password },
      repeatable: true,
    } as const;
    const answer = await this.#unsigned.request({ ...request, expect: OWN_STATUSES }, signal);
    this.clock.learn(answer);
    if (answer.status >= 300) throw this.#asRefusedSignIn(answer);
    const nothing = asNoAnswer(answer, { system: SYSTEM, call: 'the sign-in', remedy: MISLED });
    if (nothing !== undefined) throw nothing;
    const token = tokenIn(answer.json(), this.clock.now);
    if (token === undefined) throw unexpected('the sign-in without a token');
    return token;
  }

  /** A password that is wrong may come as 400, 403 or 422 as well; a wrong address as 404 only. */
  #asRefusedSignIn(answer: HttpAnswer): SourceError {
    const refusal = asStatusRefusal(answer, 'the sign-in', this.#url);
    if (answer.status < 400 || answer.status === 404) return refusal;
    return asNotLetIn(new SourceError('unauthorized', refusal.message, { said: refusal.said }), 'user', undefined);
  }
}
