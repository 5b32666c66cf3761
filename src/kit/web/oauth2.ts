/** Tokens by the client credentials grant: https://www.rfc-editor.org/rfc/rfc6749#section-4.4 */

import * as z from 'zod';
import { type Log, SourceError } from '../../contract/index.ts';
import { createHttpClient, Flights, type HttpAnswer, type HttpClient, type HttpSettings } from '../http/index.ts';
import { beforehand } from '../wait/index.ts';
import type { OAuth2Setting } from './auth-settings.ts';

/** Without `expires_in` (it is only recommended) a token is used so long; a 401 renews it earlier. Seconds. */
const UNKNOWN_LIFETIME = 300;
/** A token must not run out on the way. Seconds; of a short life a tenth. */
const MARGIN = 60;

// RFC 6749, 5.1. Some servers write the number as a text.
const answerSchema = z.object({
  access_token: z.string().min(1),
  token_type: z.string().optional(),
  expires_in: z.coerce.number().positive().optional().catch(undefined),
});

/** What a token server is reached with: the same as the system. */
export interface AuthServices {
  readonly settings: HttpSettings;
  readonly resolve: (path: string) => string;
  readonly log: Log;
}

interface Token {
  readonly text: string;
  /** On the clock of `performance.now()`. */
  readonly staleAt: number;
}

/** The tokens of one client, fetched when they are needed, once for all who wait. */
export class ClientCredentials {
  readonly #setting: OAuth2Setting;
  readonly #host: string;
  readonly #client: HttpClient;
  readonly #flights = new Flights<Token>();
  #token: Token | undefined;

  constructor(setting: OAuth2Setting, { settings, resolve, log }: AuthServices) {
    const { origin, host } = new URL(setting.tokenUrl);
    this.#setting = setting;
    this.#host = host;
    const secrets = [setting.clientSecret];
    const common = { settings, resolve, log, secrets };
    this.#client = createHttpClient({ ...common, baseUrl: origin, system: host, maxBytes: 100_000 });
  }

  /**
   * A token that is valid for a while.
   * @param refresh the last one was refused
   * @throws {SourceError} `unsent` always: without a token nothing was asked of the system itself
   */
  async token(signal: AbortSignal, refresh: boolean): Promise<string> {
    if (refresh) this.#token = undefined;
    if (this.#token !== undefined && performance.now() < this.#token.staleAt) return this.#token.text;
    this.#token = await beforehand(this.#flights.join('token', signal, (caller) => this.#fetch(caller.signal)));
    return this.#token.text;
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  async #fetch(signal: AbortSignal): Promise<Token> {
    const { tokenUrl, clientId, clientSecret, scope, parameters, credentialsIn } = this.#setting;
    const inBody = credentialsIn === 'body' ? { client_id: clientId, client_secret: clientSecret } : {};
    const form = {
      ...parameters,
      grant_type: 'client_credentials',
      ...(scope === undefined ? {} : { scope }),
      ...inBody,
    };
    // RFC 6749, 2.3.1: both are form-encoded before they are joined.
    const authorization = basic(encodeURIComponent(clientId), encodeURIComponent(clientSecret));
    const headers = { accept: 'application/json', ...(credentialsIn === 'header' ? { authorization } : {}) };
    // A token more does no harm: the request may be sent again.
    const request = {
      method: 'POST',
      path: tokenUrl,
      form,
      headers,
      repeatable: true,
      expect: [400, 401, 403],
    } as const;
    const answer = await this.#client.request(request, signal);
    if (answer.status >= 400) throw this.#refusal(answer);
    return this.#read(answer);
  }

  #read(answer: HttpAnswer): Token {
    const parsed = answerSchema.safeParse(answer.json());
    if (!parsed.success || !/^(?:bearer)?$/i.test(parsed.data.token_type ?? '')) {
      throw new SourceError('bad-response', `${this.#host} answered without a bearer token`, {
        remedy: 'check auth.oauth2.tokenUrl',
      });
    }
    const { access_token, expires_in = UNKNOWN_LIFETIME } = parsed.data;
    const usable = expires_in - Math.min(MARGIN, expires_in / 10);
    return { text: access_token, staleAt: performance.now() + usable * 1000 };
  }

  #refusal(answer: HttpAnswer): SourceError {
    const told = answer.words === '' ? '' : `: ${answer.words}`;
    return new SourceError('unauthorized', `${this.#host} gives no token (${answer.status})${told}`, {
      remedy: 'check clientId, clientSecret and scope under auth.oauth2',
    });
  }
}

/** RFC 7617, in UTF-8. */
export function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}
