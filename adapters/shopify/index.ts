/** Customers of a Shopify shop, or its orders, through the GraphQL Admin API. */
import { defineAdapter } from '../../src/contract/index.ts';
import { createHttpClient, type HttpClientOptions, TokenKeeper } from '../../src/kit/http/index.ts';
import { Admin } from './admin.ts';
import { customerKind } from './customers.ts';
import { Finder } from './finder.ts';
import { orderKind } from './orders.ts';
import { Reader } from './reader.ts';
import { type Settings, settings } from './settings.ts';
import { adminLinksOf } from './texts.ts';
import { fetchToken } from './tokens.ts';

export default defineAdapter({
  name: 'shopify',
  title: 'Shopify',
  settings,

  open(settings, { resolve, log }) {
    const { shop, apiVersion, defaultCountryCode: countryCode } = settings;
    const connection = {
      baseUrl: settings.url ?? `https://${shop}`,
      system: 'Shopify',
      headers: { accept: 'application/json' },
      settings,
      resolve,
      log,
    };
    const signIn = signInOf(settings, connection);
    const http = createHttpClient({ ...connection, authorize: signIn.authorize });
    const links = adminLinksOf(shop);
    const kind = settings.records === 'orders' ? orderKind(links) : customerKind(links, settings.orders);
    const reader = new Reader(new Admin({ http, shop, apiVersion, log }), kind, log);
    const finder = new Finder(reader, kind, { countryCode }, log);
    return {
      /** One record with every field: proves the credentials, the access scopes and the version. */
      async check(context) {
        context.signal.throwIfAborted();
        await reader.page({ query: undefined, first: 1, after: undefined }, context);
      },
      find: (query, context) => finder.find(query, context),
      async close() {
        await Promise.all([http.close(), signIn.close()]);
      },
    };
  },
});

interface SignIn {
  readonly authorize: NonNullable<HttpClientOptions['authorize']>;
  close(): Promise<void>;
}

/** https://shopify.dev/docs/api/admin-graphql#authentication */
function signInOf(values: Settings, connection: HttpClientOptions): SignIn {
  const { accessToken, clientId = '', clientSecret = '' } = values;
  const header = (token: string) => ({ 'x-shopify-access-token': token });
  if (accessToken !== undefined) return { authorize: () => header(accessToken), close: async () => {} };
  const http = createHttpClient({ ...connection, secrets: [clientSecret] });
  const tokens = new TokenKeeper('Shopify', (signal) => fetchToken(http, { clientId, clientSecret }, signal));
  return {
    authorize: tokens.authorize(header),
    close() {
      tokens.close();
      return http.close();
    },
  };
}
