/** The credentials of a source, in the form in which each request carries them. */
import type { Headers, HttpClientOptions } from '../http/index.ts';
import type { AuthSetting } from './auth-settings.ts';
import { type AuthServices, basic, ClientCredentials } from './oauth2.ts';

/** Credentials that are ready to be used. */
export interface Auth {
  /** For an {@link HttpClientOptions}; undefined when no header is needed. */
  readonly authorize: NonNullable<HttpClientOptions['authorize']> | undefined;
  /** Parameters of every address. */
  readonly query: Readonly<Record<string, readonly string[]>>;
  close(): Promise<void>;
}

/** Nothing is sent before the first request. */
export function openAuth(setting: AuthSetting | undefined, services: AuthServices): Auth {
  if (setting?.oauth2 !== undefined) {
    const credentials = new ClientCredentials(setting.oauth2, services);
    return { authorize: credentials.authorize, query: {}, close: () => credentials.close() };
  }
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
