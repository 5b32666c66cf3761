/** Customers of a Shopify shop, or its orders, through the GraphQL Admin API. */

import * as z from 'zod';
import {
  type CallContext,
  defineAdapter,
  type FindQuery,
  type Services,
  type Source,
  type SourceRecord,
} from '../../src/contract/index.ts';
import { createHttpClient, type HttpClientOptions, httpShape } from '../../src/kit/http/index.ts';
import { Admin } from './admin.ts';
import { customerKind } from './customers.ts';
import { Finder } from './finder.ts';
import { orderKind } from './orders.ts';
import { Reader } from './reader.ts';
import { settingsMistakes } from './settings.ts';
import { adminLinksOf } from './texts.ts';
import { Tokens } from './tokens.ts';

const MOST_ORDERS = 20;

const settings = z
  .strictObject({
    shop: z
      .string()
      .trim()
      .toLowerCase()
      .regex(/^[a-z0-9][a-z0-9-]*\.myshopify\.com$/, 'is no address of a shop; write only example.myshopify.com')
      .describe('The shop: the address that ends with myshopify.com, whatever its own domain is.')
      .meta({ examples: ['example.myshopify.com'] }),
    url: z
      .url({ protocol: /^https?$/ })
      .optional()
      .describe('Replaces https://SHOP as the address that is asked.'),
    accessToken: z
      .string()
      .min(1)
      .optional()
      .describe('The Admin API access token of a custom app.')
      .meta({ examples: ['${SHOPIFY_TOKEN}'] }),
    clientId: z.string().min(1).optional().describe('Instead of accessToken: the Client ID of an app of your own.'),
    clientSecret: z.string().min(1).optional().describe('With clientId: the secret of the app.'),
    apiVersion: z
      .string()
      .regex(/^(\d{4}-(01|04|07|10)|unstable)$/, 'is no version; write a year and a quarter such as 2026-10')
      .default('2026-10')
      .describe('The version of the Admin API. Each lives for a year at least.')
      .meta({ examples: ['2026-10'] }),
    records: z
      .enum(['customers', 'orders'])
      .default('customers')
      .describe('What the source gives: customers, or orders.')
      .meta({ examples: ['customers'] }),
    orders: z
      .int()
      .min(0)
      .max(MOST_ORDERS)
      .default(0)
      .describe('How many of their newest orders customers come with; 0 for none.')
      .meta({ examples: [5] }),
    defaultCountryCode: z
      .string()
      .regex(/^[1-9]\d{0,2}$/, 'is no country code; write its digits without + such as "41"')
      .optional()
      .describe('The country of telephone numbers that are typed without one: "1", "41".')
      .meta({ examples: ['1'] }),
    ...httpShape,
  })
  .superRefine((values, context) => {
    for (const { path, message } of settingsMistakes(values)) {
      context.addIssue({ code: 'custom', path: [path], message });
    }
  });

type Settings = z.output<typeof settings>;

class ShopifySource implements Source {
  readonly #reader: Reader;
  readonly #finder: Finder;
  readonly #end: () => Promise<void>;

  constructor(reader: Reader, finder: Finder, end: () => Promise<void>) {
    this.#reader = reader;
    this.#finder = finder;
    this.#end = end;
  }

  /** One record with every field: proves the credentials, the access scopes and the version. */
  async check(context: CallContext): Promise<void> {
    context.signal.throwIfAborted();
    await this.#reader.page({ query: undefined, first: 1, after: undefined }, context);
  }

  find(query: FindQuery, context: CallContext): Promise<readonly SourceRecord[]> {
    return this.#finder.find(query, context);
  }

  close(): Promise<void> {
    return this.#end();
  }
}

function openShopify(values: Settings, services: Services): Source {
  const { shop, apiVersion, defaultCountryCode: countryCode } = values;
  const { log } = services;
  const connection: Omit<HttpClientOptions, 'authorize'> = {
    baseUrl: values.url ?? `https://${shop}`,
    system: 'Shopify',
    headers: { accept: 'application/json' },
    settings: values,
    resolve: services.resolve,
    log,
  };
  const signIn = signInOf(values, connection);
  const http = createHttpClient({ ...connection, authorize: signIn.authorize });
  const links = adminLinksOf(shop);
  const kind = values.records === 'orders' ? orderKind(links) : customerKind(links, values.orders);
  const reader = new Reader(new Admin({ http, shop, apiVersion, log }), kind, log);
  return new ShopifySource(reader, new Finder(reader, kind, { countryCode }, log), async () => {
    await Promise.all([http.close(), signIn.close()]);
  });
}

interface SignIn {
  readonly authorize: NonNullable<HttpClientOptions['authorize']>;
  close(): Promise<void>;
}

/** https://shopify.dev/docs/api/admin-graphql#authentication */
function signInOf(values: Settings, connection: Omit<HttpClientOptions, 'authorize'>): SignIn {
  const { accessToken, clientId = '', clientSecret = '' } = values;
  const header = (token: string) => ({ 'x-shopify-access-token': token });
  if (accessToken !== undefined) return { authorize: () => header(accessToken), close: async () => {} };
  const tokens = new Tokens(createHttpClient({ ...connection, secrets: [clientSecret] }), { clientId, clientSecret });
  // Of several whose token was refused, each says which one: the others may have got a new one meanwhile.
  const given = new WeakMap<AbortSignal, string>();
  const authorize = async (signal: AbortSignal, refresh: boolean) => {
    const token = await tokens.get(signal, refresh ? given.get(signal) : undefined);
    given.set(signal, token);
    return header(token);
  };
  return { authorize, close: () => tokens.close() };
}

export default defineAdapter({
  name: 'shopify',
  title: 'Shopify',
  settings,
  open: openShopify,
});
