/** The credentials of a source, in the form in which each request carries them. */
import * as z from 'zod';
import { type Log, SourceError } from '../../contract/index.ts';
import {
  createHttpClient,
  type Headers,
  type HttpAnswer,
  type HttpClientOptions,
  type HttpSettings,
  type Token,
  TokenKeeper,
} from '../http/index.ts';
import type { AuthSetting, OAuth2Setting } from './auth-settings.ts';

/** Credentials that are ready to be used. */
export interface Auth {
  /** For an {@link HttpClientOptions}; undefined when no header is needed. */
  readonly authorize: NonNullable<HttpClientOptions['authorize']> | undefined;
  /** Parameters of every address. */
  readonly query: Readonly<Record<string, readonly string[]>>;
  close(): Promise<void>;
}

/** What a token server is reached with: the same as the system. */
export interface AuthServices {
  readonly settings: HttpSettings;
  readonly resolve: (path: string) => string;
  readonly log: Log;
}

/** Nothing is sent before the first request. */
export function openAuth(setting: AuthSetting | undefined, services: AuthServices): Auth {
  if (setting?.oauth2 !== undefined) return clientCredentials(setting.oauth2, services);
  const headers = headersOf(setting);
  return {
    authorize: headers === undefined ? undefined : () => headers,
    query: Object.fromEntries(Object.entries(setting?.query ?? {}).map(([name, value]) => [name, [value]])),
    close: async () => undefined,
  };
}

function headersOf(setting: AuthSetting | undefined): Headers | undefined {
  if (setting?.bearer !== undefined) return { authorization: `Bearer ${setting.bearer}` };
  if (setting?.basic !== undefined) return { authorization: basic(setting.basic.user, setting.basic.password) };
  return setting?.header;
}

/** RFC 7617, in UTF-8. */
function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

/** Without `expires_in` (it is only recommended) a token is used so long; a 401 renews it earlier. Seconds. */
const UNKNOWN_LIFETIME = 300;

// RFC 6749, 5.1. Some servers write the number as a text.
const answerSchema = z.object({
  access_token: z.string().min(1),
  token_type: z.string().optional(),
  expires_in: z.coerce.number().positive().optional().catch(undefined),
});

/** Tokens by the client credentials grant: https://www.rfc-editor.org/rfc/rfc6749#section-4.4 */
function clientCredentials(setting: OAuth2Setting, services: AuthServices): Auth {
  const { tokenUrl, clientId, clientSecret, scope, parameters, credentialsIn } = setting;
  const { origin, host } = new URL(tokenUrl);
  const secrets = [clientSecret];
  const credentials = [clientId, clientSecret];
  const client = createHttpClient({
    ...services,
    secrets,
    credentials,
    baseUrl: origin,
    system: host,
    maxBytes: 100_000,
  });
  const inBody = credentialsIn === 'body' ? { client_id: clientId, client_secret: clientSecret } : {};
  const scoped = scope === undefined ? {} : { scope };
  const form = { ...parameters, grant_type: 'client_credentials', ...scoped, ...inBody };
  // RFC 6749, 2.3.1: both are form-encoded before they are joined.
  const authorization = basic(encodeURIComponent(clientId), encodeURIComponent(clientSecret));
  const headers = { accept: 'application/json', ...(credentialsIn === 'header' ? { authorization } : {}) };
  // A token more does no harm: the request may be sent again.
  const request = { method: 'POST', path: tokenUrl, form, headers, repeatable: true, expect: [400, 401, 403] } as const;
  const tokens = new TokenKeeper(host, async (signal) => tokenIn(await client.request(request, signal), host));
  return {
    authorize: tokens.authorize((token) => ({ authorization: `Bearer ${token}` })),
    query: {},
    async close() {
      tokens.close();
      await client.close();
    },
  };
}

function tokenIn(answer: HttpAnswer, host: string): Token {
  if (answer.status >= 400) {
    const told = answer.words === '' ? '' : `: ${answer.words}`;
    throw new SourceError('unauthorized', `${host} gives no token (${answer.status})${told}`, {
      remedy: 'check clientId, clientSecret and scope',
    });
  }
  const parsed = answerSchema.safeParse(answer.json());
  if (!parsed.success || !/^(?:bearer)?$/i.test(parsed.data.token_type ?? '')) {
    throw new SourceError('bad-response', `${host} answered without a bearer token`, {
      remedy: 'check tokenUrl',
    });
  }
  const { access_token, expires_in = UNKNOWN_LIFETIME } = parsed.data;
  return { text: access_token, lifetimeMs: expires_in * 1000 };
}
