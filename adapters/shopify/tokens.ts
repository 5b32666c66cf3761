/**
 * Access tokens by the client credentials grant: they live for 24 hours, are kept until shortly before that, and are
 * fetched once for all who wait.
 * https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens/client-credentials-grant
 */

import * as z from 'zod';
import { SourceError, untilAborted, withDeadlineWithin } from '../../src/contract/index.ts';
import type { HttpAnswer, HttpClient } from '../../src/kit/http/index.ts';

/** Longer than a lookup takes and than clocks differ. */
const RENEWED_BEFORE_END_MS = 5 * 60_000;
/** The fetching goes on for those who ask next, though nobody waits any more; so it has a limit of its own. */
const LONGEST_FETCH_MS = 10_000;
const REFUSALS = [400, 401, 402, 403, 404, 422, 423] as const;

const tokenAnswer = z.object({
  access_token: z.string().min(1),
  expires_in: z.number().positive().nullish().catch(undefined),
});
const A_DAY_SECONDS = 86_400;

interface Token {
  readonly text: string;
  /** Unix milliseconds. */
  readonly renewAt: number;
}

/** What the grant needs. */
export interface ClientCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** The tokens of a source. */
export class Tokens {
  readonly #http: HttpClient;
  readonly #credentials: ClientCredentials;
  readonly #closed = new AbortController();
  #token: Token | undefined;
  #fetching: Promise<Token> | undefined;

  /** @param http without credentials of its own */
  constructor(http: HttpClient, credentials: ClientCredentials) {
    this.#http = http;
    this.#credentials = credentials;
  }

  /**
   * A token that is good, as far as anybody knows.
   * @param refused a token that Shopify has refused: it is not given again
   * @throws {SourceError}
   */
  async get(signal: AbortSignal, refused?: string): Promise<string> {
    signal.throwIfAborted();
    const known = this.#token;
    if (known !== undefined && known.text !== refused && Date.now() < known.renewAt) return known.text;
    this.#fetching ??= this.#fetch();
    return (await untilAborted(this.#fetching, signal)).text;
  }

  async close(): Promise<void> {
    this.#closed.abort(new Error('the source is closed'));
    await this.#http.close();
  }

  #fetch(): Promise<Token> {
    const fetching = withDeadlineWithin(LONGEST_FETCH_MS, this.#closed.signal, (signal) => this.#ask(signal))
      .then((token) => {
        this.#token = token;
        return token;
      })
      .finally(() => {
        this.#fetching = undefined;
      });
    // All who wait may have gone meanwhile.
    fetching.catch(() => undefined);
    return fetching;
  }

  async #ask(signal: AbortSignal): Promise<Token> {
    const { clientId, clientSecret } = this.#credentials;
    const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret };
    const path = '/admin/oauth/access_token';
    // A second token does not end the first.
    const answer = await this.#http.request({ method: 'POST', path, form, repeatable: true, expect: REFUSALS }, signal);
    if (answer.status !== 200) throw asRefusal(answer);
    const parsed = tokenAnswer.safeParse(answer.json());
    if (!parsed.success) {
      throw new SourceError('bad-response', 'Shopify gave no access token for the client credentials', {
        remedy: 'check shop and url',
      });
    }
    const { access_token, expires_in } = parsed.data;
    const lifetimeMs = (expires_in ?? A_DAY_SECONDS) * 1000;
    return { text: access_token, renewAt: Date.now() + Math.max(lifetimeMs - RENEWED_BEFORE_END_MS, lifetimeMs / 2) };
  }
}

function asRefusal({ status, words }: HttpAnswer): SourceError {
  const said = words === '' ? '' : `: ${words}`;
  return new SourceError('unauthorized', `Shopify gave no access token (${status})${said}`, {
    remedy:
      'check shop, clientId and clientSecret; the app must be installed in the shop and belong to the same organization',
  });
}
