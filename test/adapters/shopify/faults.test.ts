/** What goes wrong on the way, and at Shopify. */
import { describe, expect, it } from 'vitest';
import type { Fault } from '../../support/http/stand-in.ts';
import { ask, context } from '../../support/open-source.ts';
import { accessToken } from '../../support/shopify/server.ts';
import { failure, noting, openShop, shopForAll, within } from './source.ts';

const shop = await shopForAll();
const JUERG = ask({ email: 'juerg@example.ch' });

describe('on the way', () => {
  it.each<Fault>(['cut-before', 'cut-after', 'cut-within'])('%s once is asked again', async (fault) => {
    const source = await openShop(shop);
    shop.standIn.faults = [fault];
    expect(await source.find(JUERG, context())).toHaveLength(1);
  });

  it('nothing but broken connections is unreachable', async () => {
    shop.standIn.faults = Array.from({ length: 10 }, () => 'cut-after');
    expect(await failure(await openShop(shop), JUERG)).toMatchObject({ kind: 'unreachable' });
  });

  it.each<Fault>(['hang', 'hang-within'])('%s ends with the deadline', async (fault) => {
    const source = await openShop(shop);
    shop.standIn.faults = [fault];
    const asked = within(300, (signal) => source.find(JUERG, { signal, reference: 'test' }));
    await expect(asked).rejects.toMatchObject({ kind: 'timeout' });
    expect(await source.find(JUERG, context())).toHaveLength(1);
  });

  const page = (nodes: unknown) => ({
    data: { customers: { nodes, pageInfo: { hasNextPage: false, endCursor: null } } },
  });
  it.each<[string, Fault]>([
    ['no JSON', 'garbage'],
    ['a page of a proxy', { headers: { 'content-type': 'text/html' }, body: '<html><title>Sign in</title></html>' }],
    ['a list', { body: [] }],
    ['neither data nor errors', { body: {} }],
    ['data of another kind', { body: { data: 'customers' } }],
    ['no list of customers', { body: { data: { customers: [] } } }],
    ['a customer that is a text', { body: page(['gid://shopify/Customer/1']) }],
    ['a customer without an id', { body: page([{ firstName: 'Bob' }]) }],
    ['a number where a text should be', { body: page([{ id: 'gid://shopify/Customer/1', firstName: 7 }]) }],
    ['a text where a number should be', { body: page([{ id: 'gid://shopify/Customer/1', numberOfOrders: 'many' }]) }],
    ['a redirect', { status: 302, headers: { location: 'https://accounts.shopify.com/login' } }],
    ['an error of the server', { status: 500, body: 'oops' }],
  ])('%s is no answer', async (_name, fault) => {
    const source = await openShop(shop);
    shop.standIn.faults = [fault];
    expect(await failure(source, JUERG)).toMatchObject({
      kind: 'bad-response',
      message: expect.stringContaining('Shopify'),
    });
    expect(await source.find(JUERG, context())).toHaveLength(1);
  });

  it('says where the answer is wrong, and nothing of what is in it', async () => {
    const source = await openShop(shop);
    shop.standIn.faults = [{ body: page([{ id: 'gid://shopify/Customer/1', note: 7, firstName: 'secret name' }]) }];
    const { message } = await failure(source, JUERG);
    expect(message).toBe('Shopify gave a customer that is not as documented (note)');
  });

  it('an endless answer is not read', async () => {
    const source = await openShop(shop);
    shop.standIn.faults = [{ headers: { 'content-type': 'application/json' }, body: Buffer.alloc(6_000_000, 0x20) }];
    expect(await failure(source, JUERG)).toMatchObject({
      kind: 'bad-response',
      message: expect.stringContaining('more than 5 MB'),
    });
  });

  it('a shop that cannot be reached is unreachable, and surely unasked', async () => {
    const source = await openShop(shop, { url: 'http://127.0.0.1:1' });
    expect(await failure(source, JUERG)).toMatchObject({ kind: 'unreachable', unsent: true });
  });
});

describe('at Shopify', () => {
  it.each([
    [402, 'rejected', /frozen/],
    [423, 'rejected', /locked/],
    [403, 'unauthorized', /not approved to access endpoints with protected customer data/],
  ] as const)('%i is told in its words', async (status, kind, words) => {
    shop.refusal = status;
    const error = await failure(await openShop(shop), JUERG);
    expect(error).toMatchObject({ kind, message: expect.stringMatching(words), remedy: expect.any(String) });
  });

  it('a shop or version that does not exist is a mistake of the configuration', async () => {
    const error = await failure(await openShop(shop, { apiVersion: '2031-01' }), JUERG);
    expect(error).toMatchObject({ kind: 'rejected', remedy: 'check shop (example.myshopify.com), url and apiVersion' });
  });

  it('a version that has ended is answered by another, which the log says once', async () => {
    const source = await openShop(shop, { apiVersion: '2025-01' });
    await source.find(JUERG, context());
    await source.find(JUERG, context());
    expect(source.log.lines.filter(({ level }) => level === 'warn')).toEqual([
      expect.objectContaining({ fields: { apiVersion: '2025-01', answered: '2026-01' } }),
    ]);
  });

  it('a wrong token is unauthorized, and is in no message or log', async () => {
    shop.tokens.delete(accessToken);
    const source = await openShop(shop);
    const error = await failure(source, JUERG);
    expect(error).toMatchObject({
      kind: 'unauthorized',
      message: expect.stringContaining('Invalid API key or access token'),
    });
    await expect(source.check(context())).rejects.toMatchObject({ kind: 'unauthorized' });
    expect(JSON.stringify([source.log.lines, error.message, error.remedy])).not.toContain(accessToken);
  });

  it('a token that it echoes is masked', async () => {
    shop.standIn.faults = [{ status: 401, body: { errors: `[API] ${accessToken} is not right` } }];
    const { message } = await failure(await openShop(shop), JUERG);
    expect(message).toContain('*** is not right');
  });

  it('a field that the version does not have is left out', async () => {
    shop.withoutField = 'Customer.verifiedEmail';
    const source = await openShop(shop);
    const [record] = await source.find(JUERG, context());
    expect(record).toMatchObject({ first_name: 'Jürg', verified_email: undefined });
    const before = shop.standIn.received.length;
    await source.find(JUERG, context());
    expect(shop.standIn.received.length).toBe(before + 1);
    expect(source.log.lines.find(({ level }) => level === 'warn')?.fields).toEqual({ field: 'Customer.verifiedEmail' });
  });

  it('without the id, no version can be used', async () => {
    shop.withoutField = 'Customer.id';
    expect(await failure(await openShop(shop), JUERG)).toMatchObject({ kind: 'rejected', remedy: 'check apiVersion' });
  });

  it('an error beside the data is told to staff with what there is', async () => {
    const source = await openShop(shop);
    const call = noting(context());
    const nodes = [{ id: 'gid://shopify/Customer/1', defaultEmailAddress: { emailAddress: 'juerg@example.ch' } }];
    const message = 'Internal error. Looks like something went wrong on our end.';
    const errors = [
      { message, path: ['customers', 'nodes', 0, 'lastOrder'], extensions: { code: 'INTERNAL_SERVER_ERROR' } },
    ];
    shop.standIn.faults = [{ body: { data: { customers: { nodes, pageInfo: { hasNextPage: false } } }, errors } }];
    expect(await source.find(JUERG, call)).toHaveLength(1);
    expect(call.notices).toEqual([`the answer is not whole: ${message}`]);
    shop.standIn.faults = [{ body: { data: null, errors } }];
    expect(await failure(source, JUERG)).toMatchObject({ kind: 'bad-response', message: `Shopify failed: ${message}` });
  });

  it('a filter that it passes over is in the log, and finds no strangers', async () => {
    const source = await openShop(shop);
    const cost = { requestedQueryCost: 1, actualQueryCost: 1 };
    const search = [
      { path: ['customers'], query: 'x', warnings: [{ field: 'email', message: 'Invalid', code: 'invalid_field' }] },
    ];
    const nodes = [{ id: 'gid://shopify/Customer/1', defaultEmailAddress: { emailAddress: 'somebody@example.com' } }];
    const data = { customers: { nodes, pageInfo: { hasNextPage: false } } };
    shop.standIn.faults = [{ body: { data, extensions: { cost, search } } }];
    expect(await source.find(JUERG, context())).toEqual([]);
    expect(source.log.lines.find(({ level }) => level === 'warn')?.fields).toEqual({
      field: 'email',
      code: 'invalid_field',
    });
  });
});
