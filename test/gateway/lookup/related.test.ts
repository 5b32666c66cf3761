/** What belongs to the customer: asked once he is found, told apart for several, and missing when its source is. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type FindQuery, SourceError, type SourceRecord } from '../../../src/contract/index.ts';
import { createGateway } from '../../../src/gateway/gateway.ts';
import { textsOf } from '../../../src/gateway/lookup/contents.ts';
import type { ContentPlan, FieldPlan, LookupPlan, RelatedPlan } from '../../../src/gateway/lookup/plan.ts';
import type { SourcePlan } from '../../../src/gateway/plan.ts';
import type { Content } from '../../../src/helpspot/answer.ts';
import { recordedLog } from '../../support/log.ts';
import { type MemorySystem, memorySystem } from '../../support/memory-adapter.ts';
import { gatewayPlan, memorySource, renamed, steps } from '../../support/plans.ts';

const MAX = { customer_id: '1', email: 'max@example.com', last_name: 'Müller' };
const EVA = { customer_id: '2', email: 'eva@example.com', last_name: 'Müller' };
const NOBODY = { customer_id: '3', last_name: 'Müller' };
const LOST = 'Not known therefore: contracts, count, exists';
const SINGLE = 'With a single customer only: contracts, count, exists; fill in more fields to narrow the search';
const SERVER = { host: '127.0.0.1', port: 0, deadlineMs: 4_000, trustProxy: [] };

function related(
  name: string,
  source: string,
  where: Readonly<Record<string, string>>,
  more: Partial<RelatedPlan> = {},
) {
  const plan: RelatedPlan = {
    ...{ name, source, except: [], order: [], limit: 10, optional: false, patienceMs: 200 },
    where: Object.entries(where).map(([field, value]) => ({ field, value })),
    ...more,
  };
  return plan;
}

function shown(element: string, content: ContentPlan, more: Partial<FieldPlan> = {}): FieldPlan {
  return { element, content, visibleTo: undefined, ...more };
}

const template = (text: string) => ({ content: { kind: 'template', template: text } as const, visibleTo: undefined });
const numbers = shown('contracts', { kind: 'lines', related: 'contracts', value: template('{{number}}') });
const count = shown('count', { kind: 'count', related: 'contracts' });
const exists = shown('exists', { kind: 'exists', related: 'contracts' });

function gatewayOver(
  systems: Readonly<Record<string, MemorySystem>>,
  lookup: Partial<LookupPlan>,
  source: Partial<SourcePlan> = {},
) {
  const sources = Object.entries(systems).map(([name, system]) => memorySource(name, system, source));
  const log = recordedLog();
  const plan = gatewayPlan(
    sources,
    {
      ...{ sources: ['crm'], match: steps('customer_id', 'email', 'last_name') },
      fields: [renamed('customer_id', 'customer_id'), numbers, count, exists],
      ...lookup,
    },
    { server: SERVER },
  );
  const gateway = createGateway(plan, { log });
  onTestFinished(() => gateway.close());
  const ask = async (parameters: Readonly<Record<string, string>>, explain = false) => {
    const started = performance.now();
    const outcome = await gateway.lookup({ lookup: 'default', parameters }, { explain });
    const { answer, failure, reference, explanation } = outcome;
    const customers = (answer?.customers ?? []).map((customer) =>
      Object.fromEntries(customer.map(({ name, content }) => [name, textsOf(content).join(' | ')])),
    );
    const said = (answer?.notices ?? [failure?.message ?? '']).map((text) => text.replaceAll(reference, 'REF'));
    const milliseconds = performance.now() - started;
    return { customers, said, failure, explanation, milliseconds, contents: answer?.customers };
  };
  return { gateway, log, ask };
}

const contract = (number: string, customer: string, more: SourceRecord = {}): SourceRecord => {
  return { number, customer, ...more };
};
const CONTRACTS = [contract('C-1', '1'), contract('C-2', '1'), contract('C-3', '2')];
const BY_ID = related('contracts', 'erp', { customer: '{{customer_id}}' });

function grouping(records: readonly SourceRecord[]): MemorySystem {
  return { ...memorySystem(records), findsGroups: true };
}

describe('one customer', () => {
  test('has what belongs to him', async () => {
    const erp = memorySystem(CONTRACTS);
    const { ask } = gatewayOver({ crm: memorySystem([MAX, EVA]), erp }, { related: [BY_ID] });
    const { customers, said } = await ask({ email: 'max@example.com' });
    expect(customers).toEqual([{ customer_id: '1', contracts: 'C-1 | C-2', count: '2', exists: 'yes' }]);
    expect(said).toEqual([]);
    expect(erp.queries).toMatchObject([{ criteria: [{ field: 'customer', value: '1' }], limit: 501 }]);
  });

  test('to whom nothing belongs has a nought, and what is said for none', async () => {
    const fields = [{ ...numbers, otherwise: 'no contract' }, count, exists];
    const { ask } = gatewayOver({ crm: memorySystem([MAX]), erp: memorySystem([]) }, { related: [BY_ID], fields });
    const { customers } = await ask({ email: 'max@example.com' });
    expect(customers).toEqual([{ contracts: 'no contract', count: '0', exists: 'no' }]);
  });

  test('of whom the value is not known is not asked for, and nothing is said of what he has', async () => {
    const erp = memorySystem(CONTRACTS);
    const fields = [renamed('customer_id', 'customer_id'), { ...numbers, otherwise: 'no contract' }, count, exists];
    const by = related('contracts', 'erp', { mail: '{{email}}' });
    const { ask } = gatewayOver({ crm: memorySystem([NOBODY]), erp }, { related: [by], fields });
    const { customers, said, explanation } = await ask({ customer_id: '3' }, true);
    expect(customers).toEqual([{ customer_id: '3' }]);
    expect(said).toEqual([]);
    expect(erp.queries).toEqual([]);
    expect(explanation?.steps.at(-1)).toMatchObject({
      step: 'related contracts',
      problem: 'the customer has no value for it',
    });
  });

  test('of whom a source that is away may have the value has what is not known named', async () => {
    const known = { ...MAX, nr: '1' };
    const by = related('contracts', 'erp', { customer: '{{nr}}' });
    const error = new SourceError('unreachable', 'no route');
    const merged = { sources: ['crm', 'list'], mergeBy: ['email'], related: [by] };
    const asked = async (crm: MemorySystem, lookup: Partial<LookupPlan>) => {
      const systems = { crm, list: memorySystem([MAX]), erp: memorySystem(CONTRACTS) };
      const { customers, said, explanation } = await gatewayOver(systems, lookup).ask({ email: MAX.email }, true);
      expect(customers).toHaveLength(1);
      return { lost: said.filter((one) => one === LOST), problem: explanation?.steps.at(-1)?.problem };
    };
    expect(await asked({ ...memorySystem([known]), error }, merged)).toEqual({
      lost: [LOST],
      problem: 'the customer has no value for it as long as a source is away',
    });
    // It answers, and does not know him: what he has not, he has not.
    const none = { lost: [], problem: 'the customer has no value for it' };
    expect(await asked(memorySystem([EVA]), merged)).toEqual(none);
    // Without a join nothing of his is elsewhere.
    expect(await asked({ ...memorySystem([known]), error }, { ...merged, mergeBy: [] })).toEqual(none);
    // What is optional is missing without a word.
    const optional = { ...merged, related: [{ ...by, optional: true }] };
    expect((await asked({ ...memorySystem([known]), error }, optional)).lost).toEqual([]);
  });

  test('has the values of another person of the request in nothing', async () => {
    const erp = memorySystem([contract('C-9', '9', { mail: 'other@example.com' })]);
    const by = related('contracts', 'erp', { mail: '{{email}}' });
    const { ask } = gatewayOver({ crm: memorySystem([NOBODY]), erp }, { related: [by] });
    await ask({ customer_id: '3', email: 'other@example.com' });
    expect(erp.queries).toEqual([]);
  });

  test('with several addresses is asked for by each, in one question where the source can', async () => {
    const max = { ...MAX, email: ['max@example.com', 'm@example.org'] };
    const records = [contract('C-1', '', { mail: 'm@example.org' }), contract('C-2', '', { mail: 'max@example.com' })];
    const by = related('contracts', 'erp', { mail: '{{email}}' });
    for (const erp of [memorySystem(records), grouping(records)]) {
      const { ask } = gatewayOver({ crm: memorySystem([max]), erp }, { related: [by] });
      const { customers } = await ask({ customer_id: '1' });
      expect(customers[0]?.['count']).toBe('2');
      expect(erp.queries).toHaveLength(erp.findsGroups === true ? 1 : 2);
    }
  });

  test('is not shown the request that is open, nor more than the limit, and reads how many more there are', async () => {
    const requests = Array.from({ length: 8 }, (_, index) => ({ xRequest: String(100 + index), mail: MAX.email }));
    const plan = related(
      'contracts',
      'helpdesk',
      { mail: '{{email}}' },
      {
        except: [{ field: 'xRequest', value: '{{request}}' }],
        order: [{ field: 'xRequest', descending: true }],
        limit: 3,
      },
    );
    const fields = [shown('requests', { kind: 'lines', related: 'contracts', value: template('{{xRequest}}') }), count];
    const { ask } = gatewayOver(
      { crm: memorySystem([MAX]), helpdesk: memorySystem(requests) },
      { related: [plan], fields },
    );
    const open = await ask({ customer_id: '1', request: '106' });
    expect(open.customers).toEqual([{ requests: '107 | 105 | 104 | and 4 more', count: '7' }]);
    const none = await ask({ customer_id: '1' });
    expect(none.customers).toEqual([{ requests: '107 | 106 | 105 | and 5 more', count: '8' }]);
  });

  test('with ten thousand of them has some, and reads that there are more', async () => {
    const many = Array.from({ length: 10_000 }, (_, index) => contract(`C-${index}`, '1'));
    const order = [{ field: 'number', descending: false }];
    const { ask } = gatewayOver(
      { crm: memorySystem([MAX]), erp: memorySystem(many) },
      { related: [{ ...BY_ID, order, patienceMs: 3_000 }] },
    );
    const { customers, said } = await ask({ customer_id: '1' });
    expect(customers[0]).toMatchObject({
      count: 'more than 500',
      contracts: expect.stringMatching(/and more than 490 more$/),
    });
    expect(said).toEqual(['Only the first 500 contracts of erp were sorted; there may be others']);
  });
});

describe('what is not known is not told as none', () => {
  const many = Array.from({ length: 600 }, (_, index) => contract(`C-${index}`, '1'));
  const fields = [renamed('customer_id', 'customer_id'), { ...numbers, otherwise: 'no contract' }, count, exists];

  test('of a customer whose records may be among those that were not read', async () => {
    const erp = grouping([...many, contract('D-1', '2')]);
    const { ask } = gatewayOver({ crm: memorySystem([MAX, EVA]), erp }, { related: [BY_ID], fields });
    const { customers, said } = await ask({ last_name: 'Müller' });
    expect(customers[0]).toMatchObject({ count: 'more than 500', exists: 'yes' });
    expect(customers[1]).toEqual({ customer_id: '2' });
    expect(said).toEqual([LOST, 'Only the first 500 contracts of erp were looked through; there may be others']);
  });

  test('of a source that says that its answer is not whole', async () => {
    const erp: MemorySystem = { ...grouping([contract('C-1', '1')]), cut: 'only two pages were read' };
    const { ask } = gatewayOver({ crm: memorySystem([MAX, EVA]), erp }, { related: [BY_ID], fields });
    expect((await ask({ customer_id: '1' })).customers[0]).toMatchObject({ count: 'more than 1' });
    expect((await ask({ customer_id: '2' })).customers[0]).toEqual({ customer_id: '2' });
    // The source has said so, and how many it read says nothing more.
    expect((await ask({ last_name: 'Müller' })).said).toEqual([LOST, 'erp: only two pages were read']);
  });

  test('of a customer with more values than are asked for', async () => {
    const email = Array.from({ length: 30 }, (_, index) => `m${index}@example.com`);
    const erp = grouping([contract('C-1', '', { mail: 'm20@example.com' })]);
    const by = related('contracts', 'erp', { mail: '{{email}}' });
    const { ask } = gatewayOver({ crm: memorySystem([{ ...MAX, email }]), erp }, { related: [by], fields });
    const { customers, said } = await ask({ customer_id: '1' });
    expect(customers[0]).toEqual({ customer_id: '1' });
    expect(said).toEqual([LOST, 'contracts are looked for by the first 20 values only']);
  });

  test('and no condition holds of it', async () => {
    const erp = { ...memorySystem(CONTRACTS), error: new SourceError('unreachable', 'no route') };
    const when = [{ field: 'contracts', test: { equals: ['0'] } }];
    const not = [{ field: 'contracts', test: { not: ['5'] } }];
    const empty = [{ field: 'contracts', test: { filled: false } }];
    const { ask } = gatewayOver(
      { crm: memorySystem([{ ...MAX, contracts: '0' }]), erp },
      {
        related: [BY_ID],
        fields: [when, not, empty].map((one, at) =>
          shown(`x${at}`, { kind: 'template', template: 'x' }, { when: one }),
        ),
      },
    );
    expect((await ask({ customer_id: '1' })).customers).toEqual([{}]);
  });

  test('of a source that would be joined and was not asked', async () => {
    const vip = shown(
      'vip',
      { kind: 'field', from: ['vip'], html: false, date: 'iso', list: 'comma' },
      { otherwise: 'no' },
    );
    const systems = { crm: memorySystem([MAX, EVA]), directory: memorySystem([{ email: MAX.email, vip: 'yes' }]) };
    const { ask } = gatewayOver(systems, {
      sources: ['crm', 'directory'],
      mergeBy: ['email'],
      fields: [renamed('customer_id', 'customer_id'), vip],
    });
    expect((await ask({ last_name: 'Müller' })).customers).toEqual([{ customer_id: '1' }, { customer_id: '2' }]);
    expect((await ask({ customer_id: '1' })).customers).toEqual([{ customer_id: '1', vip: 'yes' }]);
    expect((await ask({ customer_id: '2' })).customers).toEqual([{ customer_id: '2', vip: 'no' }]);
  });

  test('of a source that would be joined, and failed', async () => {
    const vip = shown(
      'vip',
      { kind: 'field', from: ['vip'], html: false, date: 'iso', list: 'comma' },
      { otherwise: 'no' },
    );
    const wait = async ({ criteria }: FindQuery) => {
      if (criteria[0]?.field === 'email') throw new SourceError('unreachable', 'no route');
    };
    const systems = { crm: memorySystem([MAX]), directory: { ...memorySystem([]), wait } };
    const { ask } = gatewayOver(systems, {
      ...{ sources: ['crm', 'directory'], mergeBy: ['email'], match: steps('customer_id') },
      fields: [renamed('customer_id', 'customer_id'), vip],
    });
    expect((await ask({ customer_id: '1' })).customers).toEqual([{ customer_id: '1' }]);
  });

  test('of what is excepted by something that failed', async () => {
    const chat = { ...memorySystem([]), error: new SourceError('unreachable', 'no route') };
    const chats = related('chats', 'chat', { mail: '{{email}}' });
    const excepting = { ...BY_ID, except: [{ field: 'number', value: '{{chats.contract}}' }] };
    const { ask } = gatewayOver(
      { crm: memorySystem([MAX]), chat, erp: memorySystem(CONTRACTS) },
      { related: [chats, excepting], fields },
    );
    expect((await ask({ customer_id: '1' })).customers).toEqual([{ customer_id: '1' }]);
  });

  test('nor is what is only hidden', async () => {
    const hidden = { content: { kind: 'template', template: '{{number}}' }, visibleTo: ['admin'] } as const;
    const lines = shown(
      'contracts',
      { kind: 'lines', related: 'contracts', value: hidden },
      { otherwise: 'no contract' },
    );
    const { ask } = gatewayOver(
      { crm: memorySystem([MAX]), erp: memorySystem(CONTRACTS) },
      { related: [BY_ID], fields: [lines, count] },
    );
    expect((await ask({ customer_id: '1' })).customers).toEqual([{ count: '2' }]);
  });
});

describe('a customer gets what is his', () => {
  test('also where what it is asked by comes in pairs', async () => {
    const chats = memorySystem([
      { mail: MAX.email, user: 'u1', site: 's1' },
      { mail: MAX.email, user: 'u2', site: 's2' },
    ]);
    const calls = grouping([
      contract('own', '', { user: 'u1', site: 's1' }),
      contract('foreign', '', { user: 'u1', site: 's2' }),
    ]);
    const plans = [
      related('chats', 'chats', { mail: '{{email}}' }),
      related('contracts', 'calls', { user: '{{chats.user}}', site: '{{chats.site}}' }),
    ];
    const { ask } = gatewayOver({ crm: memorySystem([MAX]), chats, calls }, { related: plans });
    expect((await ask({ customer_id: '1' })).customers[0]).toMatchObject({ contracts: 'own', count: '1' });
  });

  test('however a longer template holds a list', async () => {
    const max = { ...MAX, email: ['a@example.com', 'b@example.com'] };
    const erp = memorySystem([contract('C-1', '', { owner: 'mailto:b@example.com' })]);
    const by = related('contracts', 'erp', { owner: 'mailto:{{ email }}' });
    const { ask } = gatewayOver({ crm: memorySystem([max]), erp }, { related: [by] });
    expect((await ask({ customer_id: '1' })).customers[0]).toMatchObject({ contracts: 'C-1' });
  });

  test('and not what a word in place of an address finds', async () => {
    const erp = memorySystem([contract('C-1', '', { email: 'unknown' })]);
    const by = related('contracts', 'erp', { email: '{{email}}' });
    const { ask } = gatewayOver({ crm: memorySystem([{ ...MAX, email: 'unknown' }]), erp }, { related: [by] });
    await ask({ customer_id: '1' });
    expect(erp.queries).toEqual([]);
  });

  test('a field may be called like something that every object has', async () => {
    const odd = shown('odd', { kind: 'field', from: ['constructor'], html: false, date: 'iso', list: 'comma' });
    const text = shown('text', { kind: 'template', template: '{{toString}}{{customer_id}}' });
    const { ask } = gatewayOver({ crm: memorySystem([MAX]) }, { fields: [odd, text] });
    expect((await ask({ customer_id: '1' })).customers).toEqual([{ text: '1' }]);
    const [chat, phone] = [memorySystem([{ mail: MAX.email }]), memorySystem(CONTRACTS)];
    const plans = [
      related('chats', 'chat', { mail: '{{email}}' }),
      related('contracts', 'phone', { user: '{{chats.constructor}}' }),
    ];
    const chained = gatewayOver({ crm: memorySystem([MAX]), chat, phone }, { related: plans });
    await chained.ask({ customer_id: '1' });
    expect(phone.queries).toEqual([]);
  });
});

describe('a chain', () => {
  const chats = related('chats', 'chat', { mail: '{{email}}' }, { limit: 1 });
  const calls = related('contracts', 'phone', { user: '{{chats.user_id}}' });
  const CHATS = [
    { id: 'a', mail: MAX.email, user_id: 'u1' },
    { id: 'b', mail: MAX.email, user_id: 'u2' },
  ];
  const CALLS = [
    contract('K-1', '', { user: 'u1' }),
    contract('K-2', '', { user: 'u2' }),
    contract('K-3', '', { user: 'u3' }),
  ];

  test('goes on by all that was found, also what is not shown', async () => {
    const systems = { crm: memorySystem([MAX]), chat: memorySystem(CHATS), phone: memorySystem(CALLS) };
    const { ask } = gatewayOver(systems, { related: [calls, chats] });
    expect((await ask({ customer_id: '1' })).customers[0]).toMatchObject({ contracts: 'K-1 | K-2' });
    // All of them are his: nothing has to be told apart by what the records do not show.
    const hiding = gatewayOver(
      { ...systems, phone: { ...grouping(CALLS), hides: 'user' } },
      { related: [calls, chats] },
    );
    expect((await hiding.ask({ customer_id: '1' })).customers[0]).toMatchObject({ contracts: 'K-1 | K-2' });
  });

  test('of nothing leads to nothing, and that is known', async () => {
    const systems = { crm: memorySystem([MAX]), chat: memorySystem([]), phone: memorySystem(CALLS) };
    const { ask } = gatewayOver(systems, { related: [calls, chats] });
    expect((await ask({ customer_id: '1' })).customers[0]).toMatchObject({ count: '0', exists: 'no' });
    expect(systems.phone.queries).toEqual([]);
  });

  test('that breaks says nothing of what comes behind', async () => {
    const chat = { ...memorySystem(CHATS), error: new SourceError('unreachable', 'no route') };
    const systems = { crm: memorySystem([MAX]), chat, phone: memorySystem(CALLS) };
    const { ask } = gatewayOver(systems, { related: [calls, chats] });
    const { customers, said } = await ask({ customer_id: '1' });
    expect(customers).toEqual([{ customer_id: '1' }]);
    expect(said).toEqual(['chat did not answer; try again in a minute (ref REF)', LOST]);
    expect(systems.phone.queries).toEqual([]);
  });
});

describe('several customers', () => {
  test('are asked for in one question, and each has his own', async () => {
    const erp = grouping(CONTRACTS);
    const { ask } = gatewayOver({ crm: memorySystem([MAX, EVA, NOBODY]), erp }, { related: [BY_ID] });
    const { customers, said } = await ask({ last_name: 'Müller' });
    expect(customers.map(({ contracts, count: all }) => [contracts, all])).toEqual([
      ['C-1 | C-2', '2'],
      ['C-3', '1'],
      [undefined, '0'],
    ]);
    expect(erp.queries).toHaveLength(1);
    expect(said).toEqual([]);
  });

  test('are not asked for one by one of a source that takes one question each', async () => {
    const erp = memorySystem(CONTRACTS);
    const { ask } = gatewayOver({ crm: memorySystem([MAX, EVA]), erp }, { related: [BY_ID] });
    const { customers, said } = await ask({ last_name: 'Müller' });
    expect(customers).toEqual([{ customer_id: '1' }, { customer_id: '2' }]);
    expect(said).toEqual([SINGLE]);
    expect(erp.queries).toEqual([]);
  });

  test('are not held up by a source that does not open', async () => {
    const erp: MemorySystem = { ...grouping(CONTRACTS), openHangs: true };
    const { ask } = gatewayOver({ crm: memorySystem([MAX, EVA]), erp }, { related: [BY_ID] });
    const { customers, said, milliseconds } = await ask({ last_name: 'Müller' });
    expect(customers).toEqual([{ customer_id: '1' }, { customer_id: '2' }]);
    expect(said).toEqual([
      'erp has not answered yet, so what it knows is missing; look again in a moment (ref REF)',
      LOST,
    ]);
    expect(milliseconds).toBeLessThan(SERVER.deadlineMs / 2);
  });

  test('are not told apart by a field that the records do not show', async () => {
    const erp = { ...grouping(CONTRACTS), hides: 'customer' };
    const { ask } = gatewayOver({ crm: memorySystem([MAX, EVA]), erp }, { related: [BY_ID] });
    const { customers, said, explanation } = await ask({ last_name: 'Müller' }, true);
    expect(customers).toEqual([{ customer_id: '1' }, { customer_id: '2' }]);
    expect(said).toEqual([SINGLE]);
    expect(explanation?.steps.at(-1)?.problem).toMatch(/^its records do not show customer/);
    // One customer needs not be told apart.
    expect((await ask({ customer_id: '1' })).customers[0]).toMatchObject({ count: '2' });
  });
});

describe('a related source that', () => {
  const failing = (more: Partial<MemorySystem>): MemorySystem => ({ ...memorySystem(CONTRACTS), ...more });
  const fields = [renamed('customer_id', 'customer_id'), { ...numbers, otherwise: 'no contract' }, count, exists];

  test.each([
    [
      'fails',
      failing({ error: new SourceError('unreachable', 'no route') }),
      'erp did not answer; try again in a minute',
    ],
    [
      'hangs',
      failing({ hangs: true }),
      'erp has not answered yet, so what it knows is missing; look again in a moment',
    ],
    [
      'has a bug',
      failing({ error: new TypeError('x') }),
      'erp could not be asked because of an error in the gateway; tell your administrator',
    ],
  ])('%s leaves the customer, and is told', async (_what, erp, words) => {
    const { ask } = gatewayOver({ crm: memorySystem([MAX]), erp }, { related: [BY_ID], fields });
    const { customers, said, milliseconds } = await ask({ customer_id: '1' });
    expect(customers).toEqual([{ customer_id: '1' }]);
    expect(said).toEqual([`${words} (ref REF)`, LOST]);
    expect(milliseconds).toBeLessThan(SERVER.deadlineMs / 2);
  });

  test('is optional leaves the customer without a word to staff; the log has it', async () => {
    const erp = failing({ error: new SourceError('unreachable', 'no route') });
    const { ask, log } = gatewayOver(
      { crm: memorySystem([MAX]), erp },
      { related: [{ ...BY_ID, optional: true }], fields },
    );
    expect(await ask({ customer_id: '1' })).toMatchObject({ customers: [{ customer_id: '1' }], said: [] });
    expect(log.lines.map(({ message }) => message)).toContain('an optional source failed');
  });

  test('is slow holds up no other, and is waited for with its own patience', async () => {
    const slow = failing({ wait: () => sleep(300) });
    const calls = related('calls', 'phone', { customer: '{{customer_id}}' }, { patienceMs: 20 });
    const { ask } = gatewayOver(
      { crm: memorySystem([MAX]), erp: slow, phone: failing({ hangs: true }) },
      { related: [{ ...BY_ID, patienceMs: 3_000 }, calls] },
    );
    const { customers, said } = await ask({ customer_id: '1' });
    expect(customers[0]).toMatchObject({ count: '2' });
    expect(said).toEqual(['phone has not answered yet, so what it knows is missing; look again in a moment (ref REF)']);
  });

  test('was late is answered for by the last answer, with its age', async () => {
    const erp = failing({});
    const { ask } = gatewayOver(
      { crm: memorySystem([MAX]), erp },
      { related: [BY_ID] },
      { cache: { freshMs: 1, staleMs: 60_000, entries: 10 } },
    );
    await ask({ customer_id: '1' });
    await sleep(5);
    erp.hangs = true;
    const { customers, said } = await ask({ customer_id: '1' });
    expect(customers[0]).toMatchObject({ count: '2' });
    expect(said.filter((text) => text.startsWith('erp'))).toEqual([
      expect.stringMatching(/^erp has not answered yet; this is from \d\d:\d\d, a moment ago \(ref REF\)$/),
    ]);
  });

  test('is asked when the time is all but up is not accused, and the customer is there', async () => {
    const crm = { ...memorySystem([MAX]), wait: () => sleep(SERVER.deadlineMs - 60) };
    const { ask } = gatewayOver({ crm, erp: failing({ hangs: true }) }, { related: [BY_ID] }, { timeoutMs: 10_000 });
    const { customers, said } = await ask({ customer_id: '1' });
    expect(customers).toEqual([{ customer_id: '1' }]);
    expect(said).toEqual(['erp could not be asked in time; look again in a moment (ref REF)', LOST]);
  });
});

describe('a table', () => {
  const columns = [
    {
      heading: 'Number',
      content: { kind: 'field', from: ['number'], html: false, date: 'iso', list: 'comma' },
      visibleTo: undefined,
    },
    {
      heading: 'Ends',
      content: { kind: 'field', from: ['ends'], html: false, date: 'date', list: 'comma' },
      visibleTo: ['admin'],
      marks: [{ field: undefined, test: { before: { kind: 'day', days: 0 } }, as: 'danger' }],
    },
  ] as const;
  const erp = () =>
    memorySystem([contract('C-1', '1', { ends: '2020-01-01' }), contract('C-2', '1', { ends: '2999-01-01' })]);
  const tabled = (more: Readonly<Record<string, string>> = {}) => {
    const fields = [shown('contracts', { kind: 'table', related: 'contracts', columns })];
    const { ask } = gatewayOver({ crm: memorySystem([MAX]), erp: erp() }, { related: [BY_ID], fields });
    return ask({ customer_id: '1', ...more });
  };
  const text = (value: string): Content => ({ kind: 'text', text: value });

  test('has a row for each record, and what is past stands out', async () => {
    const { contents } = await tabled({ acting_person_fusertype: '1' });
    expect(contents?.[0]?.[0]?.content).toEqual({
      kind: 'table',
      headings: ['Number', 'Ends'],
      rows: [
        [text('C-1'), { kind: 'marked', as: 'danger', content: text('2020-01-01') }],
        [text('C-2'), text('2999-01-01')],
      ],
      more: '',
    });
  });

  test('hides a column from those who may not see it', async () => {
    const { contents } = await tabled({ acting_person_fusertype: '4' });
    expect(contents?.[0]?.[0]?.content).toMatchObject({ headings: ['Number'], rows: [[text('C-1')], [text('C-2')]] });
  });

  test('is there by itself where nothing is said of what is shown', async () => {
    const { ask } = gatewayOver({ crm: memorySystem([MAX]), erp: erp() }, { related: [BY_ID], fields: undefined });
    const { contents } = await ask({ customer_id: '1' });
    expect(contents?.[0]?.at(-1)).toMatchObject({
      name: 'contracts',
      content: { kind: 'table', headings: ['number', 'customer', 'ends'] },
    });
  });
});
