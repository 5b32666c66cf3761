/** Tokens by the client credentials grant: https://www.rfc-editor.org/rfc/rfc6749#section-4.4 */

import * as z from 'zod';
import { type Log, SourceError } from '../../contract/index.ts';
import {
  createHttpClient,
  type HttpAnswer,
  type HttpClient,
  type HttpSettings,
  type Token,
  TokenKeeper,
} from '../http/index.ts';
import type { OAuth2Setting } from './auth-settings.ts';

/** Without `expires_in` (it is only recommended) a token is used so long; a 401 renews it earlier. Seconds. */
const UNKNOWN_LIFETIME = 300;

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

/** The tokens of one client. */
export class ClientCredentials {
  readonly #setting: OAuth2Setting;
  readonly #host: string;
  readonly #client: HttpClient;
  readonly #tokens: TokenKeeper;

  constructor(setting: OAuth2Setting, { settings, resolve, log }: AuthServices) {
    const { origin, host } = new URL(setting.tokenUrl);
    const secrets = [setting.clientSecret];
    const common = { settings, resolve, log, secrets };
    this.#setting = setting;
    this.#host = host;
    this.#client = createHttpClient({ ...common, baseUrl: origin, system: host, maxBytes: 100_000 });
    this.#tokens = new TokenKeeper(host, (signal) => this.#fetch(signal));
  }

  /** For the client of the system itself. */
  get authorize() {
    return this.#tokens.authorize((token) => ({ authorization: `Bearer ${token}` }));
  }

  async close(): Promise<void> {
    this.#tokens.close();
    await this.#client.close();
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
    return { text: access_token, lifetimeMs: expires_in * 1000 };
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
