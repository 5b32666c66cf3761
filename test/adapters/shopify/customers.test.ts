/** Customers: what is found, what is shown, and what is asked for it. */

import { describe, expect, it } from 'vitest';
import shopify from '../../../adapters/shopify/index.ts';
import { meets } from '../../../src/contract/index.ts';
import { recordedLog } from '../../support/log.ts';
import { ask, context } from '../../support/open-source.ts';
import { customers, orders } from '../../support/shopify/data.ts';
import { noting, openShop, shopForAll } from './source.ts';

const shop = await shopForAll();

const JUERG = '544365967';
const idsOf = (records: readonly object[]) => records.map((record) => Reflect.get(record, 'customer_id'));

/** The ids of those who are found. */
async function found(criteria: Readonly<Record<string, string>>, more: Parameters<typeof ask>[1] = {}, settings = {}) {
  const source = await openShop(shop, settings);
  return idsOf(await source.find(ask(criteria, more), context()));
}

describe('a customer', () => {
  it('is shown with everything, typed', async () => {
    const source = await openShop(shop);
    const [record] = await source.find(ask({ customer_id: JUERG }), context());
    expect(record).toEqual({
      customer_id: JUERG,
      first_name: 'Jürg',
      last_name: 'Müller',
      name: 'Jürg Müller',
      email: 'juerg@example.ch',
      phone: '+41445550102',
      company: 'Müller & Söhne AG',
      address: 'Müller & Söhne AG, Bahnhofstrasse 1, 8001 Zürich, Switzerland',
      city: 'Zürich',
      country: 'Switzerland',
      language: 'de',
      email_marketing: 'Subscribed',
      sms_marketing: 'Not subscribed',
      verified_email: true,
      tax_exempt: true,
      note: 'Calls <b>often</b>',
      tags: ['VIP', 'wholesale'],
      created: new Date('2024-02-29T10:00:00Z'),
      updated: new Date('2024-02-29T10:00:00Z'),
      orders_count: 2,
      amount_spent: '1234.50 CHF',
      last_order: { href: 'https://admin.shopify.com/store/example/orders/900002', text: '#1002' },
      admin_link: { href: `https://admin.shopify.com/store/example/customers/${JUERG}`, text: 'Open in Shopify' },
    });
  });

  it('has no field for what Shopify does not know', async () => {
    const source = await openShop(shop);
    const [record] = await source.find(ask({ email: 'bobby@example.com' }), context());
    const known = Object.entries(record ?? {}).filter(([, value]) => value !== undefined);
    expect(Object.fromEntries(known)).toEqual({
      customer_id: '544365970',
      first_name: 'Bobby',
      last_name: 'Smithers',
      name: 'Bobby Smithers',
      email: 'bobby@example.com',
      language: 'en',
      email_marketing: 'Not subscribed',
      verified_email: true,
      tax_exempt: false,
      created: new Date('2025-01-01T00:00:00Z'),
      updated: new Date('2025-01-01T00:00:00Z'),
      orders_count: 0,
      amount_spent: '0.00 CHF',
      admin_link: expect.objectContaining({ text: 'Open in Shopify' }),
    });
  });

  it('comes with the newest orders when they are asked for, and only then', async () => {
    const source = await openShop(shop, { orders: 5 });
    const [record] = await source.find(ask({ customer_id: JUERG }), context());
    const link = (id: number, text: string) => ({ href: `https://admin.shopify.com/store/example/orders/${id}`, text });
    expect(record?.['orders']).toEqual([
      link(900002, '#1002, 2026-11-02, Partially refunded, Unfulfilled, 34.00 CHF'),
      link(900001, '#1001, 2026-10-01, Paid, Fulfilled, 1200.50 CHF'),
    ]);
    expect(record?.['tracking']).toEqual([
      { href: 'https://service.post.ch/track?id=99.00.123456', text: '#1001: Swiss Post 99.00.123456' },
      // An address that is none of the web is no link.
      '#1001: Courier X1',
    ]);
    expect(shop.standIn.received.at(-1)?.text()).toContain('trackingInfo');
    const without = await openShop(shop);
    await without.find(ask({ customer_id: JUERG }), context());
    expect(shop.standIn.received.at(-1)?.text()).not.toContain('trackingInfo');
    const one = await openShop(shop, { orders: 1 });
    const [few] = await one.find(ask({ customer_id: JUERG }), context());
    expect(few?.['orders']).toHaveLength(1);
  });
});

describe('by number', () => {
  it('is found by the number and by the global id, without a search', async () => {
    expect(await found({ customer_id: JUERG })).toEqual([JUERG]);
    expect(await found({ customer_id: ` gid://shopify/Customer/${JUERG} ` })).toEqual([JUERG]);
    expect(shop.searches).toEqual([]);
  });

  it('is nobody for what is no number of a customer', async () => {
    const before = shop.standIn.received.length;
    for (const value of [
      'gid://shopify/Order/900001',
      'C12',
      '5443659',
      '1e3',
      '-1',
      '٣',
      `${JUERG}; x`,
      '9'.repeat(30),
    ]) {
      expect(await found({ customer_id: value }), value).toEqual([]);
    }
    // Only the one that is a number was asked for.
    expect(shop.standIn.received.length).toBe(before + 1);
  });

  it('must meet the other criteria too', async () => {
    expect(await found({ customer_id: JUERG, last_name: 'muller' })).toEqual([JUERG]);
    expect(await found({ customer_id: JUERG, last_name: 'Smith' })).toEqual([]);
  });
});

describe('by words', () => {
  it('compares the whole value, where Shopify compares words', async () => {
    expect(await found({ last_name: 'Smith' })).toEqual(['544365968']);
    expect(shop.searches).toEqual(['last_name:"Smith"']);
    expect(await found({ email: 'smith@example.com' })).toEqual(['544365968']);
    expect(await found({ last_name: 'smith JONES' })).toEqual(['544365969']);
  });

  it('ands the criteria', async () => {
    expect(await found({ first_name: 'Bob', last_name: 'Smith', email: 'smith@example.com' })).toEqual(['544365968']);
    expect(shop.searches).toEqual(['first_name:"Bob" AND last_name:"Smith" AND email:"smith@example.com"']);
    expect(await found({ first_name: 'Bob', email: 'bobby@example.com' })).toEqual([]);
  });

  it('finds by the whole name, a tag, the company and the city', async () => {
    expect(await found({ name: 'bob smith jones' })).toEqual(['544365969']);
    expect(await found({ tag: 'vip' })).toEqual([JUERG]);
    expect(await found({ tags: 'VIP gold' })).toEqual(['544365968']);
    expect(await found({ company: 'Müller & Söhne AG' })).toEqual([JUERG]);
    expect(await found({ city: 'zürich' })).toEqual([JUERG]);
  });

  it('finds by the beginning, and by a part', async () => {
    expect(await found({ last_name: 'Smith' }, { match: 'prefix' })).toEqual(['544365970', '544365969', '544365968']);
    expect(shop.searches).toEqual(['last_name:Smith*']);
    expect(await found({ last_name: 'Smith J' }, { match: 'prefix' })).toEqual(['544365969']);
    expect(await found({ email: 'smith@' }, { match: 'contains' })).toEqual(['544365969', '544365968']);
    expect(await found({ name: 'bob s' }, { match: 'prefix' })).toEqual(['544365969', '544365968']);
    expect(await found({ tags: 'gol' }, { match: 'contains' })).toEqual(['544365968']);
  });

  it('says so when only a part of the shop was looked through', async () => {
    const many = Array.from({ length: 900 }, (_, index) => ({ id: index + 1, firstName: `Customer${index + 1}` }));
    shop.data = { customers: many, orders: [] };
    const source = await openShop(shop);
    const call = noting(context());
    expect(await source.find(ask({ first_name: 'nobodyhere' }, { match: 'contains' }), call)).toEqual([]);
    expect(call.notices).toEqual([
      expect.stringMatching(
        /^only 5\d\d customers were looked through, since Shopify cannot search for exactly this; type more$/,
      ),
    ]);
    const before = shop.standIn.received.length;
    const some = noting(context());
    // Customer99 would meet it too, but stands 800 customers further down.
    const few = await source.find(ask({ first_name: 'customer9' }, { match: 'contains', limit: 5 }), some);
    expect(idsOf(few)).toEqual(['900']);
    expect(some.notices).toHaveLength(1);
    expect(shop.standIn.received.length - before).toBeLessThan(10);
  });

  it('searches a field that Shopify cannot search among what it finds otherwise', async () => {
    expect(await found({ language: 'de' })).toEqual([JUERG]);
    expect(await found({ last_name: 'Smith', language: 'de' })).toEqual([]);
  });

  it('finds nobody by a field that does not exist, and says it once', async () => {
    const source = await openShop(shop);
    expect(await source.find(ask({ shoe_size: '42' }), context())).toEqual([]);
    expect(await source.find(ask({ shoe_size: '42' }), context())).toEqual([]);
    expect(source.log.lines.filter(({ fields }) => fields['field'] === 'shoe_size')).toHaveLength(1);
  });
});

describe('however it is written', () => {
  it.each<[string, string, string[]]>([
    ['last_name', 'Mueller', [JUERG]],
    ['last_name', 'Mu\u0308ller', [JUERG]],
    ['name', 'Juerg Mueller', [JUERG]],
    ['name', 'Müller Jürg', []],
    ['city', 'Zu\u0308rich', [JUERG]],
    ['email', 'Jürg Müller <juerg@example.ch>', [JUERG]],
    ['email', 'mailto:Juerg@Example.ch', [JUERG]],
  ])('%s %s is found', async (field, value, ids) => {
    expect(await found({ [field]: value })).toEqual(ids);
  });

  it.each([
    ['044 555 01 02', 'CH'],
    ['+41 (0)44 555 01 02', undefined],
    ['tel:+41-44-555-01-02;ext=7', undefined],
    ['0041 44 555 01 02 x12', 'DE'],
  ])('the number %s is found in the country %s', async (value, country) => {
    const source = await openShop(shop);
    const criteria = [{ field: 'phone', match: 'exact', value, country } as const];
    expect(idsOf(await source.find({ criteria, limit: 10, parameters: {} }, context()))).toEqual([JUERG]);
  });
});

it('the fields are known, with what they mean', async () => {
  const services = { name: 'shop', log: recordedLog(), resolve: (path: string) => path };
  const source = await shopify.open(shopify.settings.parse(shop.settings), services);
  const fields = await source.fields?.(context());
  await source.close?.();
  expect(fields).toEqual(
    expect.arrayContaining([
      { name: 'email' },
      { name: 'created', kind: 'date' },
      { name: 'tax_exempt', kind: 'boolean' },
      { name: 'tags', list: true },
      { name: 'tag', shown: false },
    ]),
  );
});

describe('by telephone', () => {
  it('is found however the number is written', async () => {
    for (const phone of ['+41 44 555 01 02', '0041 44 555 01 02', '41445550102', '+41 (44) 555.01.02']) {
      expect(await found({ phone }), phone).toEqual([JUERG]);
    }
    expect(new Set(shop.searches)).toEqual(new Set(['phone:"+41445550102"']));
  });

  it('is completed with the country of the shop', async () => {
    const swiss = { defaultCountryCode: '41' };
    expect(await found({ phone: '044 555 01 02' })).toEqual([]);
    expect(await found({ phone: '044 555 01 02' }, {}, swiss)).toEqual([JUERG]);
    expect(await found({ phone: '41 44 555 01 02' }, {}, swiss)).toEqual([JUERG]);
    expect(await found({ phone: '(845) 555-4278' }, {}, { defaultCountryCode: '1' })).toEqual(['544365968']);
    expect(await found({ phone: '1-845-555-4278' }, {}, { defaultCountryCode: '1' })).toEqual(['544365968']);
    expect(await found({ phone: '+1 845 555 4278' }, {}, swiss)).toEqual(['544365968']);
  });

  it('is nobody without a digit', async () => {
    const before = shop.standIn.received.length;
    expect(await found({ phone: 'unknown' })).toEqual([]);
    expect(shop.standIn.received.length).toBe(before);
  });
});

describe('a list', () => {
  it('has everybody, the newest first, up to the limit and over pages', async () => {
    expect(await found({})).toEqual(['544365970', '544365969', '544365968', JUERG]);
    expect(await found({}, { limit: 2 })).toEqual(['544365970', '544365969']);
    const many = Array.from({ length: 400 }, (_, index) => ({
      id: index + 1,
      firstName: 'Ann',
      lastName: `Nr${index}`,
    }));
    shop.data = { customers: many, orders: [] };
    const before = shop.standIn.received.length;
    const all = await found({}, { limit: 350 }, { orders: 2 });
    expect(all).toEqual(Array.from({ length: 350 }, (_, index) => String(400 - index)));
    expect(shop.standIn.received.length - before).toBeGreaterThan(5);
    const some = await found({ first_name: 'Ann' }, { limit: 60 });
    expect(new Set(some).size).toBe(60);
  });
});

it('the test data share words, so that the tests can fail', () => {
  const smiths = customers.filter(({ lastName }) => /smith/i.test(lastName ?? ''));
  expect(
    smiths.filter(({ lastName = '' }) => meets({ lastName }, { field: 'lastName', match: 'exact', value: 'smith' })),
  ).toHaveLength(1);
  expect(smiths).toHaveLength(3);
  expect(orders).toHaveLength(3);
});
