/** What a CCAI Platform lists for the index: the suite, and what is its own. */
import { afterAll, describe, expect, it } from 'vitest';
import { expectResumes, listed } from '../../support/adapter-suite/list-run.ts';
import { describeListing, type SuiteCustomer } from '../../support/adapter-suite.ts';
import { emptyAccount } from '../../support/ccai/account.ts';
import { defaultAccount } from '../../support/ccai/default-account.ts';
import { generatedAccount } from '../../support/ccai/generated-account.ts';
import { timeText } from '../../support/ccai/records.ts';
import { callRow } from '../../support/ccai/rows.ts';
import { type CcaiStandIn, startCcai } from '../../support/ccai/server.ts';
import { partsOf, withSuiteNames } from './customers.ts';
import { ccaiForAll, openCcai, QUICK } from './source.ts';

const HOUR = 3_600_000;

describe('calls', async () => {
  const account = emptyAccount();
  const ccai = await startCcai({ account: () => account });
  afterAll(() => ccai.close());
  const ids = new Map<string, number>();
  const put = (customer: SuiteCustomer, at: Date, number: number) => {
    // Not all calls of a house end in one second.
    const updated_at = timeText(at.getTime() - Math.floor(number / 20) * 1000);
    const id = ids.get(customer.customer_id) ?? ids.size + 1;
    ids.set(customer.customer_id, id);
    account.calls.add(callRow({ id, ...partsOf(customer), created_at: updated_at, updated_at }));
  };
  describeListing({
    name: 'ccai-platform',
    adapter: withSuiteNames,
    size: 230,
    system: () => ({
      settings: { ...ccai.settings, ...QUICK },
      again: 100,
      async put(customers, at = new Date()) {
        for (const [number, customer] of customers.entries()) put(customer, at, number);
      },
      async remove(gone) {
        for (const id of gone.flatMap((one) => ids.get(one) ?? [])) account.calls.remove(id);
      },
      outage: { begin: () => ccai.fail('cut', { times: 100 }), end: () => ccai.heal(account) },
    }),
  });
});

describe('its calls and chats', async () => {
  const ccai = await ccaiForAll({ account: () => generatedAccount({ calls: 220, chats: 110, customers: 50 }) });
  const all = () => [
    ...ccai.account.calls.ids().map((id) => `calls ${id}`),
    ...ccai.account.chats.ids().map((id) => `chats ${id}`),
  ];

  it('come by the time of their last change, the newest first, each once, a hundred a request', async () => {
    const run = await listed(await openCcai(ccai));
    expect([...run.keys].sort()).toEqual(all().sort());
    const newest = run.batches.map(({ complete }) => complete?.since ?? Number.POSITIVE_INFINITY);
    expect(newest).toEqual(newest.toSorted((one, other) => other - one));
    expect(newest.at(-1)).toBe(0);
    expect(ccai.asked.length).toBeLessThanOrEqual(10);
    expect(ccai.askedOf('calls').every(({ query }) => query.includes('page=1&per=100'))).toBe(true);
  });

  it.each<[string, (house: CcaiStandIn) => unknown, number]>([
    ['bounds that are no part of their range', (house) => (house.includesBounds = false), 10],
    ['no total and no links', (house) => Object.assign(house, { givesTotal: false, givesLink: false }), 10],
    ['some that have no time of their change', (house) => house.account.calls.change(7, { updated_at: null }), 10],
    ['calls without an order', (house) => house.unsorted.add('calls'), 60],
    ['calls with neither order nor pages', (house) => house.unsorted.add('calls') && house.unpaged.add('calls'), 60],
  ])('are whole with %s', async (_, set, most) => {
    set(ccai);
    const run = await listed(await openCcai(ccai));
    expect(run.keys).toHaveLength(330);
    expect([...run.keys].sort()).toEqual(all().sort());
    expect(ccai.asked.length).toBeLessThanOrEqual(most);
  });

  it('of one second are read by pages', async () => {
    ccai.account = generatedAccount({ calls: 330, together: 250, days: 1 });
    const run = await expectResumes(await openCcai(ccai), {}, { again: 400 });
    expect(run.keys).toHaveLength(330);
  });

  it('that have no order and no pages in one second are an error, not a list with holes', async () => {
    ccai.account = generatedAccount({ calls: 330, together: 250, days: 1 });
    ccai.unsorted.add('calls');
    ccai.unpaged.add('calls');
    await expect(listed(await openCcai(ccai))).rejects.toMatchObject({ kind: 'bad-response' });
  });

  it('that have not changed for longer than they are kept are not asked for', async () => {
    const oldest = Date.now() - 10 * 24 * HOUR;
    const { records } = await listed(await openCcai(ccai), { oldest });
    expect(records.size).toBeGreaterThan(40);
    expect(records.size).toBeLessThan(70);
    expect(ccai.asked.length).toBeLessThan(6);
  });

  it('that change while a long run is under way come in it', async () => {
    ccai.account = generatedAccount({ calls: 1_300 });
    let number = 0;
    const run = await listed(await openCcai(ccai), { everyMs: 1 }, () => {
      number += 1;
      if (number === 5) ccai.account.calls.change(1_299, { status: 'failed', fail_reason: 'eu_busy' });
    });
    expect(run.records.get('calls 1299')).toMatchObject({ status: 'failed', failure: "the customer's line was busy" });
    const [first] = run.batches.flatMap(({ complete }) => complete ?? []);
    expect(run.batches.at(-1)?.complete?.until).toBeGreaterThan(first?.until ?? 0);
    // Its mark is that of the last look.
    const next = await listed(await openCcai(ccai), { since: run.mark });
    expect(next.keys).toContain('calls 1299');
  });

  it('go on after a crash with what has changed meanwhile, and then where they were', async () => {
    const source = await openCcai(ccai);
    const whole = await listed(source);
    const from = whole.batches[2]?.next;
    ccai.account.chats.change(110, { status: 'canceled' });
    ccai.asked.length = 0;
    const behind = await listed(source, { from });
    expect(behind.keys.slice(0, 3)).toContain('chats 110');
    expect(behind.records.size).toBeLessThan(200);
    expect([
      ...whole.batches.slice(0, 3).flatMap(({ records }) => records.map(({ key }) => key)),
      ...behind.keys,
    ]).toEqual(expect.arrayContaining(all()));
  });
});

describe('what changed', async () => {
  const ccai = await ccaiForAll({ account: defaultAccount });

  it('since a mark is asked for by its time, with an overlap', async () => {
    const source = await openCcai(ccai);
    const { mark } = await listed(source);
    ccai.asked.length = 0;
    ccai.account.calls.change(101, { rating: 5 });
    const { keys, records } = await listed(source, { since: mark });
    expect(keys).toContain('calls 101');
    expect(keys).not.toContain('calls 102');
    expect(records.get('calls 101')).toMatchObject({ rating: 5 });
    expect(ccai.asked.map(({ list }) => list)).toEqual(['calls', 'chats']);
  });

  it('is everything after a mark or a cursor of another version', async () => {
    const { keys } = await listed(await openCcai(ccai), { since: 'yesterday', from: '[1,2]' });
    expect(keys.length).toBe(ccai.account.calls.size + ccai.account.chats.size);
  });
});
