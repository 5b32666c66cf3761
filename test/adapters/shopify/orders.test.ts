/** Orders as records, for an AJAX selection field and for themselves. */
import { describe, expect, it } from 'vitest';
import { ask, context } from '../../support/open-source.ts';
import { openShop, shopForAll } from './source.ts';

const shop = await shopForAll();
const JUERG = '544365967';
const namesOf = (records: readonly object[]) => records.map((record) => Reflect.get(record, 'order_name'));

async function found(criteria: Readonly<Record<string, string>>, more: Parameters<typeof ask>[1] = {}) {
  const source = await openShop(shop, { records: 'orders' });
  return namesOf(await source.find(ask(criteria, more), context()));
}

it('an order is shown with everything, typed', async () => {
  const source = await openShop(shop, { records: 'orders' });
  const [record] = await source.find(ask({ order_id: '900001' }), context());
  expect(record).toEqual({
    order_id: '900001',
    order_name: '#1001',
    order: { href: 'https://admin.shopify.com/store/example/orders/900001', text: '#1001' },
    created: new Date('2026-10-01T08:00:00Z'),
    status: 'Paid, Fulfilled',
    financial_status: 'Paid',
    fulfillment_status: 'Fulfilled',
    total: '1200.50 CHF',
    tracking: [
      { href: 'https://service.post.ch/track?id=99.00.123456', text: 'Swiss Post 99.00.123456' },
      'Courier X1',
    ],
    customer_id: JUERG,
    first_name: 'Jürg',
    last_name: 'Müller',
    name: 'Jürg Müller',
    email: 'juerg@example.ch',
    admin_link: { href: 'https://admin.shopify.com/store/example/orders/900001', text: 'Open in Shopify' },
  });
});

it('a cancelled order says so', async () => {
  const source = await openShop(shop, { records: 'orders' });
  const [record] = await source.find(ask({ order_name: '1003' }), context());
  expect(record).toMatchObject({
    status: 'Cancelled, Voided, Unfulfilled',
    cancelled: new Date('2026-11-04T08:00:00Z'),
  });
});

describe('orders are found', () => {
  it('by their customer, the newest first', async () => {
    expect(await found({ customer_id: JUERG })).toEqual(['#1002', '#1001']);
    expect(await found({ customer_id: `gid://shopify/Customer/${JUERG}` })).toEqual(['#1002', '#1001']);
    expect(shop.searches).toEqual([`customer_id:${JUERG}`, `customer_id:${JUERG}`]);
    expect(await found({ customer_id: 'nobody OR id:>0' })).toEqual([]);
    expect(shop.searches).toHaveLength(2);
  });

  it('by the address, the name with and without its mark, the status, a tag', async () => {
    expect(await found({ email: 'smith@example.com' })).toEqual(['#1003']);
    expect(await found({ order_name: '#1002' })).toEqual(['#1002']);
    expect(await found({ order_name: '1002' })).toEqual(['#1002']);
    expect(await found({ order_name: '100' }, { match: 'prefix' })).toEqual(['#1003', '#1002', '#1001']);
    expect(await found({ financial_status: 'Partially refunded' })).toEqual(['#1002']);
    expect(shop.searches.at(-1)).toBe('financial_status:partially_refunded');
    expect(await found({ tag: 'gift' })).toEqual(['#1002']);
    expect(await found({ last_name: 'Smith' })).toEqual(['#1003']);
    expect(await found({ email: 'juerg@example.ch', financial_status: 'paid' })).toEqual(['#1001']);
  });

  it('all of them, and none for what is no order', async () => {
    expect(await found({}, { limit: 2 })).toEqual(['#1003', '#1002']);
    expect(await found({ order_id: '1' })).toEqual([]);
    expect(await found({ order_id: 'gid://shopify/Order/900001' })).toEqual(['#1001']);
    expect(await found({ financial_status: 'paid OR voided' })).toEqual([]);
    expect(await found({ orders_count: '1' })).toEqual([]);
  });
});

it('check needs read_orders only, and orders come without their customers', async () => {
  shop.scopes.delete('read_customers');
  const source = await openShop(shop, { records: 'orders' });
  await source.check(context());
  const [record] = await source.find(ask({ email: 'smith@example.com' }), context());
  expect(record).toMatchObject({ order_name: '#1003', customer_id: undefined });
  shop.scopes.delete('read_orders');
  await expect(source.check(context())).rejects.toMatchObject({ kind: 'unauthorized' });
});
