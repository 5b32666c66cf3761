/** Customers of a Shopify shop, or its orders, through the GraphQL Admin API. */

import * as z from 'zod';
import { defineAdapter, type Services, SourceError } from '../../src/contract/index.ts';
import {
  budgetOf,
  createHttpClient,
  type HttpClient,
  httpReach,
  type Token,
  TokenKeeper,
  told,
} from '../../src/kit/http/index.ts';
import { Admin, START } from './admin.ts';
import { customerKind } from './customers.ts';
import { Finder } from './finder.ts';
import { Lister } from './lister.ts';
import { adminLinkOf, orderKind } from './orders.ts';
import { Reader } from './reader.ts';
import { fieldsOf } from './selection.ts';
import { type Settings, settings } from './settings.ts';

export default defineAdapter({
  name: 'shopify',
  title: 'Shopify',
  settings,
  reachedBy: httpReach,
  identifiedBy: ['shop', 'url'],

  open(settings, services) {
    const { shop, apiVersion, defaultCountryCode, records, orders } = settings;
    const { log } = services;
    const { http, budget, close } = clientOf(settings, services);
    const link = adminLinkOf(shop);
    const kind = records === 'orders' ? orderKind(link) : customerKind(link, orders);
    const admin = new Admin({ http, budget, shop, apiVersion, log });
    const reader = new Reader(admin, kind, log);
    const finder = new Finder(reader, kind, defaultCountryCode, log);
    const lister = new Lister(reader, kind, admin.clock);
    return {
      /** One record with every field: proves the credentials, the access scopes and the version. */
      async check(context) {
        context.signal.throwIfAborted();
        await reader.page({ query: undefined, first: 1, after: undefined }, context);
      },
      find: (query, context) => finder.find(query, context),
      parameters: [],
      list: (query, context) => lister.list(query, context),
      listsChanges: true,
      fields: async () => fieldsOf(kind),
      close,
    };
  },
});

/** Signs in on its own: https://shopify.dev/docs/api/admin-graphql#authentication */
function clientOf(settings: Settings, { resolve, log }: Services) {
  const { shop, url, accessToken, clientId = '', clientSecret = '' } = settings;
  const baseUrl = url ?? `https://${shop}`;
  const credentials = accessToken === undefined ? [clientId, clientSecret] : [accessToken];
  // "Based on the combination of the app and store": https://shopify.dev/docs/apps/build/apis/graphql-admin/rate-limits
  const { value: budget, release } = budgetOf({ origin: baseUrl, credentials }, START);
  const connection = {
    ...{ baseUrl, credentials, system: 'Shopify', headers: { accept: 'application/json' } },
    ...{ settings, resolve, log },
  };
  const header = (token: string) => ({ 'x-shopify-access-token': token });
  if (accessToken !== undefined) {
    const http = createHttpClient({ ...connection, authorize: () => header(accessToken) });
    const close = () => {
      release();
      return http.close();
    };
    return { http, budget, close };
  }
  const door = createHttpClient({ ...connection, secrets: [clientSecret] });
  const grant = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret };
  const tokens = new TokenKeeper('Shopify', (signal) => fetchToken(door, grant, signal));
  const http = createHttpClient({ ...connection, authorize: tokens.authorize(header) });
  const close = async () => {
    release();
    tokens.close();
    await Promise.all([http.close(), door.close()]);
  };
  return { http, budget, close };
}

const REFUSALS = [400, 401, 402, 403, 404, 422, 423] as const;

const tokenAnswer = z.object({
  access_token: z.string().min(1),
  expires_in: z.number().positive().nullish().catch(undefined),
});
const A_DAY_SECONDS = 86_400;

/**
 * An access token by the client credentials grant, which lives for 24 hours:
 * https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens/client-credentials-grant
 * @param http without credentials of its own
 */
async function fetchToken(
  http: HttpClient,
  form: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Token> {
  const path = '/admin/oauth/access_token';
  // A second token does not end the first.
  const answer = await http.request({ method: 'POST', path, form, repeatable: true, expect: REFUSALS }, signal);
  if (answer.status !== 200) {
    throw new SourceError('unauthorized', `Shopify gave no access token (${answer.status})${told(answer)}`, {
      remedy:
        'check shop, clientId and clientSecret; the app must be installed in the shop and belong to the same organization',
    });
  }
  const parsed = tokenAnswer.safeParse(answer.json());
  if (!parsed.success) {
    throw new SourceError('bad-response', 'Shopify gave no access token for the client credentials', {
      remedy: 'check shop and url',
    });
  }
  const { access_token, expires_in } = parsed.data;
  return { text: access_token, lifetimeMs: (expires_in ?? A_DAY_SECONDS) * 1000 };
}
