/** What a shop lists for the index. */
import { describe, expect, it } from 'vitest';
import shopify from '../../../adapters/shopify/index.ts';
import { type Listed, listed } from '../../support/adapter-suite/list-run.ts';
import { everybody, openWith } from '../../support/open-source.ts';
import { Bucket } from '../../support/shopify/cost.ts';
import { type ShopCustomer, type ShopOrder, customers as someCustomers } from '../../support/shopify/data.ts';
import { shopForAll } from './source.ts';

const many: readonly ShopCustomer[] = Array.from({ length: 300 }, (_, index) => ({
  id: 1_000 + index * 10,
  lastName: `Person ${index}`,
  updatedAt: new Date(Date.UTC(2026, 0, 1) + index * 60_000).toISOString(),
}));
const orders: readonly ShopOrder[] = [{ id: 7, name: '#7', createdAt: '2026-10-01T08:00:00Z', amount: '1' }];
const shop = await shopForAll({ customers: [...someCustomers, ...many], orders });
const open = (settings: object = {}) => openWith(shopify, { ...shop.settings, ...settings });
const has = ({ keys }: Listed, id: number) => keys.includes(String(id));
const change = (make: (all: readonly ShopCustomer[]) => readonly ShopCustomer[]) => {
  shop.data = { ...shop.data, customers: make(shop.data.customers) };
};
const now = () => new Date().toISOString();

describe('a shop', () => {
  it('lists orders too', async () => {
    const source = await open({ records: 'orders' });
    expect([...(await listed(source)).records]).toEqual([['7', (await everybody(source))[0]]]);
    const { mark } = await listed(source);
    expect((await listed(source, { since: mark })).keys).toEqual([]);
    shop.data = { ...shop.data, orders: [{ id: 7, name: '#7', createdAt: now(), amount: '2' }] };
    expect((await listed(source, { since: mark })).keys).toEqual(['7']);
  });

  it('says what changed since, the oldest change first', async () => {
    const source = await open();
    const { mark } = await listed(source);
    expect((await listed(source, { since: mark })).keys).toEqual([]);
    change((all) => [...all.map((one) => (one.id === 1_500 ? { ...one, note: 'new', updatedAt: now() } : one))]);
    change((all) => [...all, { id: 999_999, createdAt: now() }]);
    const changed = await listed(source, { since: mark });
    expect(changed.keys).toEqual(['1500', '999999']);
    expect(changed.records.get('1500')).toMatchObject({ note: 'new' });
    expect((await listed(source, { since: '2026-01-01T04:00:00Z' })).keys).toHaveLength(300 - 240 + 2);
    // What it does not understand is no filter.
    expect((await listed(source, { since: 'yesterday' })).keys).toHaveLength(305);
  });

  it('takes the mark from the clock of the shop, when the run begins', async () => {
    const source = await open();
    const year = { status: 200, headers: { date: 'Sat, 01 Jan 2050 12:00:00 GMT' } };
    const page = { data: { customers: { nodes: [], pageInfo: { hasNextPage: false } } } };
    shop.standIn.faults = [{ ...year, body: page }];
    expect((await listed(source)).mark).toMatch(/^2050-01-01T11:(49|50):\d\dZ$/);
    const { mark } = await listed(source, {}, (_batch, number) =>
      number === 1 ? change((all) => all.map((one) => (one.id === 1_000 ? { ...one, updatedAt: now() } : one))) : 0,
    );
    expect(has(await listed(source, { since: mark }), 1_000)).toBe(true);
  });

  it('neither loses nor doubles anybody when others come and go meanwhile', async () => {
    const source = await open();
    let gone: readonly string[] = [];
    const run = await listed(source, {}, ({ records, next }, number) => {
      if (number > 1) return;
      // The last of the batch, which the cursor names, and the next one behind it; and one is new.
      expect(next).toBeDefined();
      const last = Number(records.at(-1)?.key);
      gone = [last, last + 10].map(String);
      change((all) => [...all.filter(({ id }) => !gone.includes(String(id))), { id: 5 }, { id: last + 5 }]);
    });
    const left = shop.data.customers.map(({ id }) => String(id)).filter((id) => id !== '5');
    expect(run.keys.toSorted()).toEqual([...left, gone[0]].toSorted());
  });
});

describe('a run of a shop that goes wrong', () => {
  it.each([
    ['cut', Array.from({ length: 20 }, () => 'cut-before' as const), { kind: 'unreachable' }],
    ['garbage', ['garbage' as const], { kind: 'bad-response' }],
    ['a whole list of nothing', [{ body: { data: { customers: null } } }], { kind: 'bad-response' }],
    [
      'a part of a page',
      [{ body: { data: { customers: { nodes: [null], pageInfo: { hasNextPage: false } } } } }],
      { kind: 'bad-response', message: 'Shopify gave only a part of a page of customers' },
    ],
    [
      'a page that is not the last and does not say how to go on',
      [{ body: { data: { customers: { nodes: [], pageInfo: { hasNextPage: true } } } } }],
      { kind: 'bad-response' },
    ],
    [
      'a page with a failure',
      [
        {
          body: {
            data: { customers: { nodes: [], pageInfo: { hasNextPage: false } } },
            errors: [{ message: 'Internal error' }],
          },
        },
      ],
      { kind: 'bad-response', remedy: 'the answer is not whole: Internal error' },
    ],
  ])('ends with the failure: %s', async (_what, faults, failure) => {
    const source = await open();
    const run = listed(source, {}, (_batch, number) => {
      if (number === 1) shop.standIn.faults = faults;
    });
    await expect(run).rejects.toMatchObject(failure);
  });

  it('ends at once when it is given up, and leaves nothing open', async () => {
    const source = await open();
    const controller = new AbortController();
    shop.standIn.faults = ['hang'];
    const run = listed(source, {}, undefined, controller.signal);
    setTimeout(() => controller.abort(new Error('enough')), 100);
    await expect(run).rejects.toThrow('enough');
    await shop.standIn.openSoMany(0);
    expect((await listed(source)).keys).toHaveLength(304);
  });

  it('waits for the points of the shop', async () => {
    shop.bucket = new Bucket(2_000, 1_000);
    const source = await open({ orders: 5 });
    expect((await listed(source)).keys).toHaveLength(304);
  });
});
