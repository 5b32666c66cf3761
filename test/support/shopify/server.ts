/**
 * A shop to talk to: the GraphQL Admin API and the grant of access tokens, after
 * https://shopify.dev/docs/api/admin-graphql and
 * https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens/client-credentials-grant
 */
import { type Received, type Reply, type StandIn, startStandIn } from '../http/stand-in.ts';
import { Bucket } from './cost.ts';
import { customers, orders } from './data.ts';
import { executeQuery } from './execute.ts';
import type { ShopData } from './resolvers.ts';
import { adminSchema } from './schema.ts';

/** The permanent token of the shop's app, and the credentials of another. */
export const accessToken = 'shpat_0123456789abcdef0123456789abcdef';
/** See {@link accessToken}. */
export const clientId = '0f1e2d3c4b5a69788796a5b4c3d2e1f0';
/** See {@link accessToken}. */
export const clientSecret = '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';
/** The address of the shop, whatever the server's is. */
export const shopAddress = 'example.myshopify.com';

/** Of these, the oldest answers for those that have ended. https://shopify.dev/docs/api/usage/versioning */
const VERSIONS = ['2026-01', '2026-04', '2026-07', '2026-10'] as const;
const A_DAY_SECONDS = 86_399;
/** https://shopify.dev/docs/api/usage/limits */
const MOST_OF_A_QUERY = 1_000;

/** A shop that is running. Whatever is not `readonly` can be changed while it runs. */
export interface Shop {
  readonly standIn: StandIn;
  readonly url: string;
  /** For a source with the permanent token. */
  readonly settings: Readonly<Record<string, unknown>>;
  data: ShopData;
  readonly scopes: Set<string>;
  /** Fields that the app is not approved for: `Customer.defaultPhoneNumber`. */
  readonly unapproved: Set<string>;
  bucket: Bucket;
  /** The most points that one query may cost. */
  mostOfAQuery: number;
  /** A field that this version does not have: `Customer.verifiedEmail`. */
  withoutField: string | undefined;
  /** 402: the shop is frozen; 423: it is locked; 403: the app is not approved. */
  refusal: 402 | 403 | 423 | undefined;
  /** Tokens that are good now. */
  readonly tokens: Set<string>;
  /** Every search query that came. */
  readonly searches: string[];
  /** As it was in the beginning. */
  heal(): void;
  close(): Promise<void>;
}

/** Starts a shop on a free port of 127.0.0.1. */
export async function startShopify(data: ShopData = { customers, orders }): Promise<Shop> {
  let issued = 0;
  const standIn = await startStandIn((request) => answer(request));
  const shop: Shop = {
    standIn,
    url: standIn.url,
    settings: { shop: shopAddress, url: standIn.url, accessToken },
    data,
    scopes: new Set(),
    unapproved: new Set(),
    bucket: new Bucket(2_000, 100),
    mostOfAQuery: MOST_OF_A_QUERY,
    withoutField: undefined,
    refusal: undefined,
    tokens: new Set(),
    searches: [],
    heal() {
      standIn.faults = [];
      shop.data = data;
      shop.bucket = new Bucket(20_000, 10_000);
      shop.mostOfAQuery = MOST_OF_A_QUERY;
      shop.withoutField = undefined;
      shop.refusal = undefined;
      shop.unapproved.clear();
      shop.searches.length = 0;
      for (const scope of ['read_customers', 'read_orders']) shop.scopes.add(scope);
      shop.tokens.add(accessToken);
    },
    close: () => standIn.close(),
  };
  shop.heal();

  async function answer(request: Received): Promise<Reply> {
    if (request.path === '/admin/oauth/access_token') return grant(request);
    const version = /^\/admin\/api\/([^/]+)\/graphql\.json$/.exec(request.path)?.[1];
    const answering = version === undefined ? undefined : versionFor(version);
    if (answering === undefined || request.method !== 'POST') return { status: 404, body: { errors: 'Not Found' } };
    const refused = refusalOf(request);
    if (refused !== undefined) return refused;
    const headers = { 'x-shopify-api-version': answering, 'x-request-id': '00000000-0000-4000-8000-000000000000' };
    const question = questionIn(request);
    if (question === undefined) {
      return { status: 400, body: { errors: { query: 'Required parameter missing or invalid' } } };
    }
    const { scopes, unapproved, bucket, searches, mostOfAQuery } = shop;
    const surroundings = {
      ...{ scopes, unapproved, bucket, searches, mostOfAQuery },
      ...{ data: shop.data, schema: adminSchema(shop.withoutField) },
    };
    return { headers, body: await executeQuery(question.query, question.variables, surroundings) };
  }

  function refusalOf({ headers }: Received): Reply | undefined {
    const token = headers['x-shopify-access-token'];
    if (typeof token !== 'string' || !shop.tokens.has(token)) {
      const errors = '[API] Invalid API key or access token (unrecognized login or wrong password)';
      return { status: 401, body: { errors } };
    }
    return shop.refusal === undefined ? undefined : { status: shop.refusal, body: { errors: REFUSALS[shop.refusal] } };
  }

  /** RFC 6749, 4.4 and 5.2. */
  function grant(request: Received): Reply {
    const form = new URLSearchParams(request.text());
    const type = request.headers['content-type'] ?? '';
    if (request.method !== 'POST' || !type.startsWith('application/x-www-form-urlencoded')) return { status: 404 };
    if (form.get('grant_type') !== 'client_credentials') {
      return {
        status: 400,
        body: { error: 'unsupported_grant_type', error_description: 'The grant type is not supported' },
      };
    }
    if (form.get('client_id') !== clientId || form.get('client_secret') !== clientSecret) {
      return {
        status: 401,
        body: { error: 'invalid_client', error_description: 'The client credentials are invalid' },
      };
    }
    issued += 1;
    const token = `shpat_${String(issued).padStart(32, '0')}`;
    shop.tokens.add(token);
    return { body: { access_token: token, scope: [...shop.scopes].join(','), expires_in: A_DAY_SECONDS } };
  }

  return shop;
}

/** https://shopify.dev/docs/api/usage/response-codes; the words of 402 and 423 are ours, those pages have none. */
const REFUSALS = {
  402: 'Unavailable Shop',
  403: '[API] This app is not approved to access endpoints with protected customer data. See https://partners.shopify.com/1/apps/2/customer_data for more details.',
  423: 'Unavailable Shop',
} as const;

function versionFor(asked: string): string | undefined {
  if (asked === 'unstable' || VERSIONS.some((version) => version === asked)) return asked;
  return /^\d{4}-(01|04|07|10)$/.test(asked) && asked < VERSIONS[0] ? VERSIONS[0] : undefined;
}

function questionIn(
  request: Received,
): { readonly query: string; readonly variables: Record<string, unknown> } | undefined {
  if (!(request.headers['content-type'] ?? '').startsWith('application/json')) return undefined;
  const { query, variables } = Object(request.json());
  return typeof query === 'string' ? { query, variables: Object(variables ?? {}) } : undefined;
}
