/**
 * The whole customer: who he is in a directory, his contracts in a database, his requests in a web system, his calls in
 * another database; real servers, a configuration in YAML, HTTP. Each system goes away and comes back; the customer stays.
 */
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { reasonOf } from './support/packages.ts';
import { WHOLE_FAULTS } from './support/whole-customer/faults.ts';
import { type Parameters, startWholeGateway } from './support/whole-customer/gateway.ts';
import { requireWholeSystems, startWholeSystems, type WholeSystems } from './support/whole-customer/systems.ts';
import { tableIn } from './support/whole-customer/tables.ts';

const available = await requireWholeSystems();

/** The request that is open is 13. */
const MAX: Parameters = { email: 'max@whole.example', request: '13' };
const TOM: Parameters = { email: 'tom@whole.example' };
const LOST = /^Not known therefore: [a-z, ]+$/;
/** Far below the deadline of 10 seconds. */
const SOON_MS = 5_000;

const plain = (html: string | undefined) => tableIn(html).below;
const median = (numbers: readonly number[]) => numbers.toSorted((one, other) => one - other)[numbers.length >> 1] ?? 0;

describe.skipIf(!available.ok)(`The whole customer${reasonOf(available)}`, () => {
  let systems: WholeSystems;
  beforeAll(async () => {
    systems = await startWholeSystems();
  });
  afterAll(() => systems?.stop());

  test('is one customer with his contracts, his other requests and his calls', async () => {
    const { ask } = await startWholeGateway(systems);
    const { customers } = await ask(MAX);
    expect(customers).toHaveLength(1);
    const { contracts, requests, ...rest } = customers[0] ?? {};
    expect(tableIn(contracts).rows).toEqual([
      ['Number', 'Ends', 'Title', 'Note'],
      ['C-2', '2999-12-31', 'Network', 'on site'],
      ['C-1', '2020-01-31', 'Printers', ''],
    ]);
    expect(contracts?.match(/<strong style="color: #b00020">[^<]*/g)).toEqual([
      '<strong style="color: #b00020">2020-01-31',
    ]);
    expect(tableIn(requests).rows).toEqual([
      ['Request', 'Subject', 'Status'],
      ['12', 'It jams again', 'Escalated'],
      ['11', 'It jams', 'Closed'],
    ]);
    const texts = Object.entries(rest).map(([name, html]) => [name, plain(html)]);
    expect(Object.fromEntries(texts)).toEqual({
      ...{ customer_id: 'max', first_name: 'Max', last_name: 'Wholemann', email: 'max@whole.example' },
      ...{ phone: '+49 30 7654321', organization: 'Example', room: 'Not available', status: 'blocked' },
      ...{ contract_count: '2', latest_contract: 'C-2 until 2999-12-31', loyal: 'has several contracts' },
      ...{ calls: 'paper\nprinter', has_called: 'yes' },
    });
    expect(rest['status']).toContain('<strong style="color: #b00020">blocked');
  });

  test('to whom nothing belongs has noughts, and what is said for none', async () => {
    const { ask } = await startWholeGateway(systems);
    const [tom = {}] = (await ask(TOM)).customers;
    expect(Object.fromEntries(Object.entries(tom).map(([name, html]) => [name, plain(html)]))).toMatchObject({
      ...{ room: '7', contracts: 'no contract', requests: 'no other request', contract_count: '0' },
      ...{ latest_contract: 'none yet', calls: 'no call', has_called: 'no' },
    });
    expect(tom).not.toHaveProperty('loyal');
    expect(tom).not.toHaveProperty('lookup_notice');
  });

  test('is joined by either of two fields, and found by whatever step knows him', async () => {
    const { ask } = await startWholeGateway(systems);
    // The list has another address of hers, and the same number.
    const eva = { customer_id: 'eva', email: 'eva@whole.example', phone: '+49 30 1234567' };
    const [own] = (await ask({ customer_id: 'eva' })).customers;
    expect(own).toMatchObject(eva);
    expect(plain(own?.['status'])).toBe('active');
    const united = await ask({ email: 'eva@private.example', last_name: 'Wholemann' }, 'united');
    expect(united.customers.map(({ customer_id }) => customer_id)).toEqual(['max', 'eva', 'tom']);
    expect(united.customers[1]).toMatchObject(eva);
  });

  describe.each([
    ['directory', 'Directory', ['customer_id', 'first_name', 'organization']],
    ['erp', 'ERP', ['contracts', 'contract_count', 'latest_contract', 'loyal']],
    ['helpdesk', 'Help desk', ['requests']],
    ['phone', undefined, ['calls', 'has_called']],
  ] as const)('without %s', (name, title, unknown) => {
    /** What is left of the whole: a default is not known to hold either. */
    const knownOf = (whole: Readonly<Record<string, string>>) =>
      Object.fromEntries(
        Object.entries(whole).filter(
          ([element, html]) =>
            !unknown.some((one) => one === element) && (name !== 'directory' || html !== 'Not available'),
        ),
      );

    test('stays, says just what is missing, and is whole again when it is back', async () => {
      const { ask } = await startWholeGateway(systems, {
        ...{ patience: '700ms', source: 'breaker: { failures: 100, retry: 1s, longest: 1s }' },
      });
      const { ask: patient } = await startWholeGateway(systems);
      const whole = (await Promise.all([patient(MAX), patient(TOM)])).map(({ customers }) => customers[0] ?? {});
      const asked = async () =>
        (await Promise.all([ask(MAX), ask(TOM)])).map(({ customers, milliseconds }) => {
          expect(customers).toHaveLength(1);
          expect(milliseconds).toBeLessThan(SOON_MS);
          return customers[0] ?? {};
        });
      for (const fault of WHOLE_FAULTS) {
        await expect.poll(asked, { timeout: 30_000 }).toEqual(whole);
        await fault.strike(systems, name);
        try {
          const seen = async () =>
            (await asked()).map(({ lookup_notice: notice, ...rest }) => {
              const [said = '', ...others] = notice?.split('<br>') ?? [];
              const words = said.startsWith(title ?? ' ') ? said.slice(title?.length) : said;
              const isTold = title === undefined ? notice === undefined : fault.words.test(words);
              return { rest, isTold, others: others.filter((other) => !LOST.test(other)) };
            });
          // On a busy machine another one may be late once.
          const expected = whole.map((one) => ({ rest: knownOf(one), isTold: true, others: [] }));
          await expect.poll(seen, { timeout: 30_000, message: fault.name }).toEqual(expected);
        } finally {
          await fault.end(systems, name);
        }
      }
      await expect.poll(asked, { timeout: 30_000 }).toEqual(whole);
    });

    test('for a moment is waited for, and whole', async () => {
      const { ask } = await startWholeGateway(systems);
      const {
        customers: [whole],
      } = await ask(MAX);
      const system = systems[name];
      system.hang();
      onTestFinished(() => system.restore());
      setTimeout(() => void system.restore(), 500);
      const { customers, milliseconds } = await ask(MAX);
      expect(customers).toEqual([whole]);
      expect(milliseconds).toBeGreaterThan(400);
    });
  });

  test('is told apart from others: one question for all of them, where the system takes one', async () => {
    const { ask } = await startWholeGateway(systems);
    await ask(MAX);
    let customers: readonly Record<string, string>[] = [];
    const before = systems.helpdesk.standIn.received.length;
    const count = await systems.erp.server.ran('contracts', async () => {
      ({ customers } = await ask({ last_name: 'Wholemann' }));
    });
    expect(count).toBe(1);
    expect(customers.map(({ customer_id }) => customer_id)).toEqual(['max', 'eva', 'tom']);
    expect(
      customers.map(({ contracts }) =>
        tableIn(contracts)
          .rows.slice(1)
          .map(([number]) => number),
      ),
    ).toEqual([['C-2', 'C-1'], ['C-3'], []]);
    expect(customers.map(({ contracts }) => plain(contracts))).toEqual(['', '', 'no contract']);
    expect(customers.map(({ contract_count: one }) => plain(one))).toEqual(['2', '1', '0']);
    expect(customers.map(({ calls }) => plain(calls))).toEqual(['paper\nprinter', 'of Eva', 'no call']);
    // The web system is asked by one address at a time.
    expect(systems.helpdesk.standIn.received).toHaveLength(before);
    expect(customers.filter((one) => 'requests' in one)).toEqual([]);
    expect(customers[0]?.['lookup_notice']).toBe(
      'With a single customer only: requests; fill in more fields to narrow the search',
    );
  });

  test('with ten thousand contracts and requests is cut, says so, and has the newest of all', async () => {
    const { ask } = await startWholeGateway(systems, { patience: '5s' });
    const [big = {}] = (await ask({ customer_id: 'big' })).customers;
    const newest = await systems.erp.server.sql(
      "SELECT number FROM contracts WHERE customer = 'W-4' ORDER BY ends DESC LIMIT 10",
    );
    const { rows, below } = tableIn(big['contracts']);
    expect(rows.slice(1).map(([number]) => number)).toEqual(newest);
    expect(below).toBe('and more than 490 more');
    expect(plain(big['contract_count'])).toBe('more than 500');
    const requests = tableIn(big['requests']);
    expect(requests.rows).toHaveLength(11);
    expect(requests.below).toBe('and more than 490 more');
    expect(big['lookup_notice']).toBe('Only the first 500 requests of Help desk were sorted; there may be others');
    const taken = { big: [] as number[], small: [] as number[] };
    for (let turn = 0; turn < 9; turn += 1) {
      for (const who of ['big', 'small'] as const)
        taken[who].push((await ask({ customer_id: who }, 'contracts')).milliseconds);
    }
    expect(median(taken.big)).toBeLessThan(20 * median(taken.small));
  });
});
