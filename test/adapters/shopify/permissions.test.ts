/** What the app may read, and how much of it in a time. */
import { describe, expect, it } from 'vitest';
import { ask, context } from '../../support/open-source.ts';
import { Bucket } from '../../support/shopify/cost.ts';
import { failure, noting, openShop, shopForAll, within } from './source.ts';

const shop = await shopForAll();
const JUERG = ask({ email: 'juerg@example.ch' });

describe('what the app may do', () => {
  it('without read_orders, everything else comes, and staff are told', async () => {
    shop.scopes.delete('read_orders');
    const source = await openShop(shop, { orders: 3 });
    const call = noting(context());
    const [record] = await source.find(JUERG, call);
    expect(record).toMatchObject({ first_name: 'Jürg', orders_count: 2, last_order: undefined, orders: undefined });
    expect(call.notices).toEqual([
      expect.stringMatching(/^some fields are kept back: .*Required access: `read_orders` access scope$/),
    ]);
    // The next time it is not even asked.
    const before = shop.standIn.received.length;
    const again = noting(context());
    expect(await source.find(JUERG, again)).toHaveLength(1);
    expect(shop.standIn.received.length).toBe(before + 1);
    expect(again.notices).toHaveLength(1);
    await source.check(context());
  });

  it('without read_customers, nothing comes', async () => {
    shop.scopes.delete('read_customers');
    const source = await openShop(shop);
    const error = await failure(source, JUERG);
    expect(error).toMatchObject({
      kind: 'unauthorized',
      message: 'Shopify refused: Access denied for customers field. Required access: `read_customers` access scope.',
      remedy: expect.stringContaining('access scopes'),
    });
    await expect(source.check(context())).rejects.toMatchObject({ kind: 'unauthorized' });
  });

  it('a field with protected data that is kept back is missing, and staff are told', async () => {
    shop.unapproved.add('Customer.defaultPhoneNumber');
    const source = await openShop(shop);
    const call = noting(context());
    const [record] = await source.find(JUERG, call);
    expect(record).toMatchObject({ email: 'juerg@example.ch', phone: undefined });
    expect(call.notices).toEqual([
      expect.stringContaining('some fields are kept back: This app is not approved to access the Customer object'),
    ]);
  });

  it('a search by what is kept back is refused, not empty', async () => {
    shop.unapproved.add('Customer.defaultEmailAddress');
    const error = await failure(await openShop(shop), JUERG);
    expect(error).toMatchObject({
      kind: 'unauthorized',
      message: expect.stringContaining('Shopify keeps back what was searched for: This app is not approved'),
      remedy: expect.stringContaining('protected customer data access'),
    });
  });
});

describe('what is kept back, and what is searched', () => {
  it('are two things: nobody is found by what can be compared', async () => {
    shop.scopes.delete('read_orders');
    const source = await openShop(shop);
    // Shopify finds Smith Jones by the word.
    expect(await source.find(ask({ last_name: 'Jones' }), context())).toEqual([]);
    shop.unapproved.add('Customer.defaultPhoneNumber');
    expect(await source.find(ask({ last_name: 'Jones' }), context())).toEqual([]);
    expect(await failure(source, ask({ phone: '+1 845 555 4278' }))).toMatchObject({ kind: 'unauthorized' });
    expect(await failure(source, ask({ customer_id: '544365968', phone: '+1 845 555 4278' }))).toMatchObject({
      kind: 'unauthorized',
    });
  });

  it('are the same for orders of a customer whom the app may not read', async () => {
    shop.scopes.delete('read_customers');
    const source = await openShop(shop, { records: 'orders' });
    expect(await failure(source, ask({ customer_id: '544365967' }))).toMatchObject({
      kind: 'unauthorized',
      message: expect.stringContaining('Access denied for customer field'),
    });
    expect(await source.find(ask({ email: 'juerg@example.ch' }), context())).toHaveLength(2);
  });
});

describe('the budget of points', () => {
  it('a status 429 is waited for as well', async () => {
    const source = await openShop(shop);
    shop.standIn.faults = [{ status: 429, headers: { 'retry-after': '0.1' }, body: { errors: 'Too many requests' } }];
    expect(await source.find(JUERG, context())).toHaveLength(1);
  });

  it('a question that is throttled is asked again when there are points', async () => {
    const source = await openShop(shop);
    await source.find(JUERG, context());
    // Another program has used them up.
    shop.bucket = new Bucket(200, 20);
    shop.bucket.take(200);
    const before = shop.standIn.received.length;
    expect(await source.find(JUERG, context())).toHaveLength(1);
    expect(shop.standIn.received.length - before).toBe(2);
    expect(source.log.lines.filter(({ message }) => message === 'Shopify throttles')).toHaveLength(1);
  });

  it('after an answer the points are known here, and Shopify need not refuse', async () => {
    const source = await openShop(shop);
    shop.bucket = new Bucket(100, 5);
    // Enough for two questions: each reserves far more than it uses.
    shop.bucket.take(60);
    const before = shop.standIn.received.length;
    for (let time = 1; time <= 3; time += 1) await source.find(JUERG, context());
    expect(shop.standIn.received.length - before).toBe(3);
    expect(source.log.lines.filter(({ message }) => message === 'Shopify throttles')).toEqual([]);
  });

  it('throttling without an end is an error that says so', async () => {
    const source = await openShop(shop);
    const throttled = { errors: [{ message: 'Throttled', extensions: { code: 'THROTTLED' } }] };
    const status = { maximumAvailable: 2_000, currentlyAvailable: 2_000, restoreRate: 100 };
    const body = { ...throttled, extensions: { cost: { requestedQueryCost: 70, throttleStatus: status } } };
    shop.standIn.faults = Array.from({ length: 10 }, () => ({ body }));
    expect(await failure(source, JUERG)).toMatchObject({
      kind: 'rate-limited',
      message: expect.stringContaining('Throttled'),
    });
    expect(shop.standIn.faults).toHaveLength(6);
  });

  it.each([0, 1, 5, 20])('with %i orders each, no page costs more than a question may', async (orders) => {
    const source = await openShop(shop, { orders });
    shop.data = {
      orders: [],
      customers: Array.from({ length: 300 }, (_, index) => ({ id: index + 1, firstName: 'Ann' })),
    };
    expect(await source.find(ask({}, { limit: 30 }), context())).toHaveLength(30);
  });

  it('where Shopify counts otherwise, the pages become smaller', async () => {
    const source = await openShop(shop);
    shop.mostOfAQuery = 20;
    expect(await source.find(ask({}, { limit: 20 }), context())).toHaveLength(4);
    const before = shop.standIn.received.length;
    await source.find(ask({}, { limit: 2 }), context());
    expect(shop.standIn.received.length).toBe(before + 1);
    shop.mostOfAQuery = 3;
    expect(await failure(source, JUERG)).toMatchObject({
      kind: 'rejected',
      message: expect.stringContaining('exceeds the single query max cost limit (3)'),
    });
  });

  // The last: what it uses up is missed by all that come after it.
  it('who cannot wait so long is told how long', async () => {
    const source = await openShop(shop);
    shop.bucket = new Bucket(100, 2);
    shop.bucket.take(100);
    const asked = within(2_000, (signal) => source.find(JUERG, { signal, reference: 'test' }));
    await expect(asked).rejects.toMatchObject({ kind: 'rate-limited', retryAfterMs: expect.any(Number) });
  });
});
