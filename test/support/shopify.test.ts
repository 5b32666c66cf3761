/** The shop of the tests refuses what Shopify refuses, by a client that knows nothing of the adapter. */
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { Bucket } from './shopify/cost.ts';
import { isFound, parseSearch } from './shopify/search.ts';
import { accessToken, clientId, clientSecret, startShopify } from './shopify/server.ts';

const shop = await startShopify();
afterEach(() => shop.heal());
afterAll(() => shop.close());

interface Answer {
  readonly status: number;
  readonly version: string | null;
  readonly body: Record<string, unknown>;
}

async function post(
  query: unknown,
  variables: object = {},
  path = 'admin/api/2026-10',
  token = accessToken,
): Promise<Answer> {
  const answer = await fetch(`${shop.url}/${path}/graphql.json`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-shopify-access-token': token },
    body: JSON.stringify({ query, variables }),
  });
  return {
    status: answer.status,
    version: answer.headers.get('x-shopify-api-version'),
    body: Object(await answer.json()),
  };
}

const grant = (form: Record<string, string>) =>
  fetch(`${shop.url}/admin/oauth/access_token`, { method: 'POST', body: new URLSearchParams(form) });

const LIST =
  'query ($first: Int, $after: String, $query: String) { customers(first: $first, after: $after, query: $query) { nodes { id firstName } pageInfo { hasNextPage endCursor } } }';

describe('a query', () => {
  it('is answered with its cost', async () => {
    const { status, body } = await post(LIST, { first: 2 });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      data: { customers: { nodes: [{ firstName: 'Jürg' }, { firstName: 'Bob' }], pageInfo: { hasNextPage: true } } },
      extensions: { cost: { requestedQueryCost: 3, actualQueryCost: 4, throttleStatus: { maximumAvailable: 20_000 } } },
    });
  });

  it('goes on behind a record that is gone, and by the time of the last change', async () => {
    const list =
      'query ($after: String, $query: String) { customers(first: 2, after: $after, query: $query, sortKey: UPDATED_AT) { nodes { id } pageInfo { endCursor } } }';
    const people = [3, 2, 1].map((id) => ({ id, updatedAt: `2026-01-0${4 - id}T00:00:00Z` }));
    shop.data = { customers: people, orders: [] };
    const ids = async (variables: object) => {
      const { nodes, pageInfo } = Object((await post(list, variables)).body['data']).customers;
      return [nodes.map((node: { id: string }) => Number(node.id.split('/').at(-1))), pageInfo.endCursor];
    };
    const [first, after] = await ids({});
    expect(first).toEqual([3, 2]);
    shop.data = { customers: people.slice(2), orders: [] };
    expect(await ids({ after })).toMatchObject([[1], expect.anything()]);
    shop.data = { customers: people, orders: [] };
    expect((await ids({ query: "updated_at:>='2026-01-02T00:00:00Z'" }))[0]).toEqual([2, 1]);
    expect((await ids({ query: "updated_at:>'2026-01-02T00:00:00Z'" }))[0]).toEqual([1]);
    expect((await post(list, { after: 'bm9uZQ==' })).body['errors']).toMatchObject([{ message: expect.any(String) }]);
    expect((await post(list, { query: 'updated_at:>=yesterday' })).body['errors']).toHaveLength(1);
  });

  it('goes on from a cursor', async () => {
    const first = await post(LIST, { first: 3 });
    const { endCursor } = Object(first.body['data']).customers.pageInfo;
    const { body } = await post(LIST, { first: 3, after: endCursor });
    expect(body['data']).toEqual({
      customers: {
        nodes: [{ id: 'gid://shopify/Customer/544365970', firstName: 'Bobby' }],
        pageInfo: { hasNextPage: false, endCursor: expect.any(String) },
      },
    });
  });

  it.each([
    [
      'a field that does not exist',
      '{ customers(first: 1) { nodes { email } } }',
      "Field 'email' doesn't exist on type 'Customer'",
    ],
    ['no selection', '{ customers(first: 1) }', 'must have a selection of subfields'],
    ['no GraphQL', 'customers', 'Syntax Error'],
    [
      'an argument of another type',
      '{ customers(first: "1") { nodes { id } } }',
      'Int cannot represent non-integer value',
    ],
    ['no size', '{ customers { nodes { id } } }', "you must provide one of 'first' or 'last'"],
    ['too large a page', '{ customers(first: 251) { nodes { id } } }', 'first cannot exceed 250'],
    [
      'too many points',
      '{ customers(first: 250) { nodes { amountSpent { amount } defaultAddress { city } lastOrder { id } } } }',
      'Query cost is 1000',
    ],
  ])('with %s is refused', async (_name, query, words) => {
    shop.mostOfAQuery = 999;
    const { status, body } = await post(query);
    expect(status).toBe(200);
    expect(JSON.stringify(body['errors'])).toContain(words);
    expect(body['data'] ?? null).toBeNull();
  });

  it('without a text is a bad request', async () => {
    expect(await post(undefined)).toMatchObject({ status: 400 });
  });

  it('for more points than there are is throttled, and costs nothing', async () => {
    shop.bucket = new Bucket(100, 0);
    shop.bucket.take(98);
    expect((await post(LIST, { first: 2 })).body).toEqual({
      errors: [{ message: 'Throttled', extensions: { code: 'THROTTLED', documentation: expect.any(String) } }],
      extensions: {
        cost: {
          requestedQueryCost: 3,
          actualQueryCost: null,
          throttleStatus: { maximumAvailable: 100, currentlyAvailable: 2, restoreRate: 0 },
        },
      },
    });
    expect((await post('{ shop { name } }')).body).toMatchObject({ data: { shop: { name: 'Example' } } });
  });

  it('for what the app may not read is an error at that field', async () => {
    shop.scopes.delete('read_orders');
    const partial = await post('{ customer(id: "gid://shopify/Customer/544365967") { firstName lastOrder { id } } }');
    expect(partial.body).toMatchObject({
      data: { customer: { firstName: 'Jürg', lastOrder: null } },
      errors: [{ path: ['customer', 'lastOrder'], extensions: { code: 'ACCESS_DENIED' } }],
    });
    const nothing = await post('{ orders(first: 1) { nodes { id } } }');
    expect(nothing.body).toMatchObject({ data: null, errors: [{ path: ['orders'] }] });
  });
});

describe('who asks', () => {
  it('needs a token that is good', async () => {
    expect(await post(LIST, { first: 1 }, undefined, 'shpat_wrong')).toMatchObject({
      status: 401,
      body: { errors: expect.stringContaining('Invalid API key or access token') },
    });
  });

  it('gets one for the client credentials, and only for them', async () => {
    const good = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret };
    const answer = await (await grant(good)).json();
    expect(answer).toEqual({
      access_token: expect.any(String),
      scope: 'read_customers,read_orders',
      expires_in: 86_399,
    });
    expect(await post(LIST, { first: 1 }, undefined, Object(answer).access_token)).toMatchObject({ status: 200 });
    expect((await grant({ ...good, client_secret: 'x' })).status).toBe(401);
    expect((await grant({ ...good, client_id: 'x' })).status).toBe(401);
    expect((await grant({ ...good, grant_type: 'password' })).status).toBe(400);
  });

  it('is answered by the oldest version for one that has ended, and not at all for one that never was', async () => {
    expect(await post(LIST, { first: 1 }, 'admin/api/2024-07')).toMatchObject({ status: 200, version: '2026-01' });
    expect(await post(LIST, { first: 1 })).toMatchObject({ version: '2026-10' });
    expect(await post(LIST, { first: 1 }, 'admin/api/2026-13')).toMatchObject({ status: 404 });
    expect(await post(LIST, { first: 1 }, 'admin/api/2031-01')).toMatchObject({ status: 404 });
  });

  it.each([402, 403, 423] as const)('is refused with %i', async (status) => {
    shop.refusal = status;
    expect(await post(LIST, { first: 1 })).toMatchObject({ status, body: { errors: expect.any(String) } });
  });
});

describe('the search', () => {
  const record = {
    first_name: 'Bob',
    last_name: "O'Brien Smith",
    email: 'bob.smith@example.com',
    tag: ['VIP', 'new'],
    phone: '+18455554278',
  };
  const finds = (query: string) => isFound(parseSearch(query), record);

  it.each([
    'Bob',
    'bob smith',
    'first_name:Bob AND last_name:smith',
    'first_name:Ann OR last_name:smith',
    'last_name:"brien smith"',
    'email:"smith@example.com"',
    "last_name:'O\\'Brien'",
    'last_name:"O\'Brien"',
    'last_name:Smi*',
    '-first_name:Ann',
    'NOT first_name:Ann',
    '(first_name:Ann OR first_name:Bob) AND tag:vip',
    'phone:"+18455554278"',
    'no_such_filter:x first_name:Bob',
  ])('finds by %s', (query) => expect(finds(query)).toBe(true));

  it.each([
    'Ann',
    'first_name:Bo',
    'first_name:Ann AND last_name:smith',
    'first_name:Bob AND first_name:Ann OR last_name:Jones',
    'last_name:"smith brien"',
    'last_name:mith*',
    'last_name:"Smi*"',
    '-first_name:Bob',
    'phone:8455554278',
    'tag:"*"',
  ])('does not find by %s', (query) => expect(finds(query)).toBe(false));

  it.each(['first_name:"Bob', 'first_name:', '(Bob', 'Bob)', ':x'])('does not understand %s', (query) => {
    expect(() => parseSearch(query)).toThrow();
  });

  it('says which filters it does not know', async () => {
    const { body } = await post(LIST, { first: 1, query: 'shoe_size:"42"' });
    expect(body).toMatchObject({
      extensions: { search: [{ warnings: [{ field: 'shoe_size', code: 'invalid_field' }] }] },
    });
  });
});
