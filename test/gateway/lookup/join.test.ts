/** Customers put together from several sources: who is joined, who stays apart, and which id he has. */
import { describe, expect, it } from 'vitest';
import { SourceError, type SourceRecord } from '../../../src/contract/index.ts';
import { createGateway } from '../../../src/gateway/gateway.ts';
import { textsOf } from '../../../src/gateway/lookup/contents.ts';
import type { FieldPlan, LookupPlan } from '../../../src/gateway/lookup/plan.ts';
import type { SourcePlan } from '../../../src/gateway/plan.ts';
import { recordedLog } from '../../support/log.ts';
import { type MemorySystem, memorySystem } from '../../support/memory-adapter.ts';
import { gatewayPlan, memorySource, renamed, steps } from '../../support/plans.ts';

type Systems = Readonly<Record<string, MemorySystem>>;

async function asked(
  systems: Systems,
  parameters: Record<string, string>,
  lookup: Partial<LookupPlan> = {},
  source: Partial<SourcePlan> = {},
) {
  const sources = Object.entries(systems).map(([name, system]) => memorySource(name, system, source));
  const plan = gatewayPlan(sources, { match: steps('customer_id', 'email', 'phone', 'last_name'), ...lookup });
  const gateway = createGateway(plan, { log: recordedLog() });
  const { answer, failure } = await gateway.lookup({ lookup: 'default', parameters });
  const customers = answer?.customers ?? [];
  return {
    failure,
    notices: answer?.notices ?? [],
    customers: [...customers].map((one) =>
      Object.fromEntries(one.map(({ name, content }) => [name, textsOf(content).join(', ')])),
    ),
  };
}

const BY_EMAIL = { mergeBy: ['email'] };
const system = (...records: readonly SourceRecord[]) => memorySystem(records);

describe('what stands for the id of a customer', () => {
  const email: FieldPlan = renamed('email', 'email');
  const hidden: FieldPlan = { element: 'email', content: { kind: 'hidden' }, visibleTo: undefined };
  const link: FieldPlan = {
    ...{
      element: 'mail',
      content: { kind: 'link', href: 'mailto:{{people.email}}', text: 'Mail' },
      visibleTo: ['admin'],
    },
  };
  it.each<[string, readonly FieldPlan[], string | undefined]>([
    ['is shown to all', [email], 'ann@example.com'],
    ['is shown to some', [{ ...email, visibleTo: ['admin'] }], undefined],
    ['is shown to some under another name', [{ ...renamed('contact', 'email'), visibleTo: ['admin'] }], undefined],
    ['is shown to some in a link', [link], undefined],
    ['is hidden', [hidden], undefined],
    [
      'is shown to some, and to all elsewhere',
      [{ ...email, visibleTo: ['admin'] }, renamed('mail', 'email')],
      'ann@example.com',
    ],
    ['is not mentioned', [renamed('room', 'room')], 'ann@example.com'],
  ])('where it %s', async (_how, fields, id) => {
    const people = system({ first_name: 'Ann', email: 'ann@example.com', room: '12' });
    for (const mergeBy of [[], ['email']]) {
      const { customers } = await asked(
        { people },
        { email: 'ann@example.com' },
        { fields: [renamed('customer_id', 'customer_id'), ...fields], mergeBy, otherFields: false },
      );
      expect(customers.map(({ customer_id }) => customer_id)).toEqual([id]);
    }
  });
});

describe('records of one source', () => {
  it('are never joined: two people who share an address stay two', async () => {
    const people = system(
      { customer_id: '1', first_name: 'Ann', email: 'office@example.com' },
      { customer_id: '2', first_name: 'Bob', email: 'office@example.com' },
    );
    const { customers, notices } = await asked({ people }, { email: 'office@example.com' }, BY_EMAIL);
    expect(customers.map(({ customer_id, first_name }) => [customer_id, first_name])).toEqual([
      ['1', 'Ann'],
      ['2', 'Bob'],
    ]);
    expect(notices).toEqual([]);
  });

  it('each get what the other sources know, and staff are told', async () => {
    const crm = system(
      { customer_id: '1', first_name: 'Ann', email: 'office@example.com' },
      { customer_id: '2', first_name: 'Bob', email: 'office@example.com' },
    );
    const directory = system({ email: 'Office@example.com', room: '12' });
    const { customers, notices } = await asked({ crm, directory }, { email: 'office@example.com' }, BY_EMAIL);
    expect(customers.map(({ first_name, room }) => [first_name, room])).toEqual([
      ['Ann', '12'],
      ['Bob', '12'],
    ]);
    expect(notices).toEqual(['crm has several records with the same email; each is shown apart']);
  });

  it('five requests of one person stay five, in the order of the sources', async () => {
    const crm = system({ customer_id: '1', email: 'a@example.com' });
    const desk = system(...[1, 2, 3, 4, 5].map((request) => ({ request, email: 'a@example.com' })));
    const { customers } = await asked({ desk, crm }, { email: 'a@example.com' }, BY_EMAIL);
    expect(customers.map(({ customer_id, request }) => [customer_id, request])).toEqual(
      [1, 2, 3, 4, 5].map((request) => ['1', String(request)]),
    );
  });
});

it.each([
  ['email', 'Ann <ann@example.com>', 'ANN@example.com'],
  ['phone', '+49 (0)30 123-45', '+493012345'],
  ['phone', '(212) 555-0101', '1-212-555-0101'],
  ['last_name', 'Müller', 'Mueller'],
])('records are joined by %s when %j and %j mean the same', async (field, one, other) => {
  const systems = { a: system({ customer_id: '1', [field]: one }), b: system({ [field]: other, room: '7' }) };
  const { customers } = await asked(systems, { customer_id: '1' }, { mergeBy: [field] });
  expect(customers).toHaveLength(1);
  expect(customers[0]).toMatchObject({ customer_id: '1', room: '7' });
});

it('who is joined by the second field keeps his place', async () => {
  const crm = system({ last_name: 'x', email: 'ann@example.com' }, { last_name: 'x', email: 'bob@example.com' });
  const directory = system({ last_name: 'x', email: 'ann@example.com', phone: '2' });
  const { customers } = await asked({ crm, directory }, { last_name: 'x' }, { mergeBy: ['phone', 'email'] });
  expect(customers.map(({ email, phone }) => [email, phone])).toEqual([
    ['ann@example.com', '2'],
    ['bob@example.com', undefined],
  ]);
});

it('telephone numbers of two countries are not one', async () => {
  const a = system({ customer_id: '1', last_name: 'x', phone: '+49 30 1234567' });
  const b = system({ customer_id: '2', last_name: 'x', phone: '+43 30 1234567' });
  const { customers } = await asked({ a, b }, { last_name: 'x' }, { mergeBy: ['phone'] });
  expect(customers.map(({ customer_id }) => customer_id)).toEqual(['1', '2']);
});

describe('the id of a customer', () => {
  const directory = () => system({ customer_id: 'bjones', email: 'bob@example.com' });
  const kunden = () => system({ customer_id: '1004', email: 'bob@example.com' });
  const away = () => Object.assign(memorySystem(), { error: new SourceError('unreachable', 'away') });

  it('does not depend on which source is up', async () => {
    const question = { email: 'bob@example.com' };
    const both = await asked({ directory: directory(), kunden: kunden() }, question, BY_EMAIL);
    expect(both.customers[0]?.['customer_id']).toBe('bjones');
    const one = await asked({ directory: away(), kunden: kunden() }, question, BY_EMAIL);
    expect(one.customers[0]).not.toHaveProperty('customer_id');
    const other = await asked({ directory: directory(), kunden: away() }, question, BY_EMAIL);
    expect(other.customers[0]?.['customer_id']).toBe('bjones');
  });

  it('can be the field of a named source', async () => {
    const fields = { ...BY_EMAIL, fields: [renamed('customer_id', 'kunden.customer_id'), renamed('email', 'email')] };
    const question = { email: 'bob@example.com' };
    const both = await asked({ directory: directory(), kunden: kunden() }, question, fields);
    expect(both.customers).toEqual([{ customer_id: '1004', email: 'bob@example.com' }]);
    const without = await asked({ directory: directory(), kunden: away() }, question, fields);
    expect(without.customers).toEqual([{ email: 'bob@example.com' }]);
  });

  it('of a named source is found when it is sent back', async () => {
    const fields = [renamed('customer_id', 'kunden.customer_id'), renamed('email', 'email')];
    const lookup = {
      ...BY_EMAIL,
      fields,
      match: [[{ parameter: 'customer_id', field: 'kunden.customer_id', match: 'exact' as const }]],
    };
    const systems = { directory: directory(), kunden: kunden() };
    expect((await asked(systems, { customer_id: '1004' }, lookup)).customers).toEqual([
      { customer_id: '1004', email: 'bob@example.com' },
    ]);
    expect(systems.directory.queries.map(({ criteria }) => criteria.map(({ field }) => field))).toEqual([['email']]);
  });

  it('is not what several customers share', async () => {
    const people = system(
      { name: 'Ann', team: 'red', email: 'a@example.com' },
      { name: 'Bob', team: 'red', email: 'b@example.com' },
    );
    const { customers } = await asked(
      { people },
      { Custom1: 'red' },
      { mergeBy: ['team'], match: steps('team=Custom1') },
    );
    expect(customers.map(({ customer_id }) => customer_id)).toEqual(['a@example.com', 'b@example.com']);
  });

  it('is the merging field, the id or the address where no source has one', async () => {
    const person = { id: 77, email: 'Bob <bob@example.com>', phone: '1' };
    expect((await asked({ a: system(person) }, { phone: '1' }, BY_EMAIL)).customers[0]?.['customer_id']).toBe(
      'bob@example.com',
    );
    expect((await asked({ a: system(person) }, { phone: '1' })).customers[0]?.['customer_id']).toBe('77');
    const { id: _, ...nameless } = person;
    expect((await asked({ a: system(nameless) }, { phone: '1' })).customers[0]?.['customer_id']).toBe(
      'bob@example.com',
    );
  });
});

it('one address is inserted, bare; the others are shown', async () => {
  const a = system({ customer_id: '1', email: 'Bob <bob@example.com>; office@example.com' });
  expect((await asked({ a }, { email: 'office@example.com' })).customers).toEqual([
    { customer_id: '1', email: 'bob@example.com', other_emails: 'office@example.com' },
  ]);
});

describe('words', () => {
  const people = () =>
    system(
      { customer_id: '1', first_name: 'Max', last_name: 'Muster', company: 'Acme' },
      { customer_id: '2', first_name: 'Max', last_name: 'Meier', company: 'Muster GmbH' },
      { customer_id: '3', first_name: 'Maxine', last_name: 'Jones' },
    );
  const match = [
    [{ parameters: ['first_name', 'last_name', 'company'], words: ['first_name', 'last_name', 'company'] }],
  ];

  it.each([
    ['Max Muster', ['1', '2']],
    ['Muster, Max', ['1', '2']],
    ['max acme', ['1']],
    ['Jones', ['3']],
    ['Muster Jones', []],
    ['-', []],
  ])('%j is found in any of the fields, in any order', async (last_name, ids) => {
    const { customers } = await asked({ people: people() }, { last_name }, { match });
    expect(customers.map(({ customer_id }) => customer_id).sort()).toEqual(ids);
  });

  it('that stand in each other’s box are found', async () => {
    const { customers } = await asked({ people: people() }, { first_name: 'muster', last_name: 'max' }, { match });
    expect(customers.map(({ customer_id }) => customer_id).sort()).toEqual(['1', '2']);
  });
});

describe('texts that are dates', () => {
  const dates = new Map([['ends', 'DD.MM.YYYY']]);
  const contracts = () => system({ customer_id: '1', ends: '31.12.2026' }, { customer_id: '2', ends: '32.12.2026' });
  const match = steps('ends=Custom5', 'customer_id');

  it.each(['2026-12-31', '31.12.2026', '1798675200'])('are found by %s, and shown as dates', async (Custom5) => {
    const { customers } = await asked({ contracts: contracts() }, { Custom5 }, { match }, { dates });
    expect(customers).toEqual([{ customer_id: '1', ends: '2026-12-31' }]);
  });

  it('with a time are found by their day', async () => {
    const calls = system({ customer_id: '1', at: '31.12.2026 14:05' }, { customer_id: '2', at: '31.12.2025 14:05' });
    const more = { dates: new Map([['at', 'DD.MM.YYYY HH:mm']]) };
    const found = async (Custom5: string) =>
      (await asked({ calls }, { Custom5 }, { match: steps('at=Custom5') }, more)).customers.map(
        (one) => one['customer_id'],
      );
    expect(await found('2026-12-31')).toEqual(['1']);
    expect(await found('2026-12-31T14:05:00Z')).toEqual(['1']);
    expect(await found('2026-12-30')).toEqual([]);
  });

  it.each([
    ['D.M.YYYY', '01.02.2024'],
    ['D.M.YYYY', '1.02.2024'],
    ['D.M.YYYY', '1.2.2024'],
    ['M/D/YYYY', '02/01/2024'],
    ['YYYY-M-D', '2024-02-01'],
  ])('in the format %s may have zeros in front: %s', async (format, ends) => {
    const contracts = system({ customer_id: '1', ends }, { customer_id: '2', ends: ends.replace('2024', '2023') });
    const more = { dates: new Map([['ends', format]]) };
    const found = await asked({ contracts }, { Custom5: '2024-02-01' }, { match }, more);
    expect(found).toMatchObject({ customers: [{ customer_id: '1', ends: '2024-02-01' }], notices: [] });
  });

  it('with an hour of one digit or two are found by their instant and their day', async () => {
    const calls = system({ customer_id: '1', at: '01.02.2024 09:05' }, { customer_id: '2', at: '11.2.2024 9:05' });
    const more = { dates: new Map([['at', 'D.M.YYYY H:mm']]) };
    for (const Custom5 of ['2024-02-01', '2024-02-01T09:05:00Z', '1706778300']) {
      const { customers } = await asked({ calls }, { Custom5 }, { match: steps('at=Custom5') }, more);
      expect(customers).toMatchObject([{ customer_id: '1', at: '2024-02-01T09:05:00Z' }]);
    }
  });

  it('of two digits need both, and brackets stand for themselves', async () => {
    const of = async (format: string, ends: string) =>
      (
        await asked(
          { a: system({ customer_id: '1', ends }) },
          { customer_id: '1' },
          { match },
          { dates: new Map([['ends', format]]) },
        )
      ).customers[0]?.['ends'];
    expect(await of('DD.MM.YYYY', '1.2.2024')).toBe('1.2.2024');
    expect(await of('[D] D.M.YYYY', 'D 01.02.2024')).toBe('2024-02-01');
    expect(await of('D.M.YYYY', '031.12.2026')).toBe('031.12.2026');
  });

  it('stay as they are where they are none, and staff are told', async () => {
    const { customers, notices } = await asked({ contracts: contracts() }, { customer_id: '2' }, { match }, { dates });
    expect(customers).toEqual([{ customer_id: '2', ends: '32.12.2026' }]);
    expect(notices).toEqual([
      'contracts: ends has a date that cannot be read; it is not written as DD.MM.YYYY; tell your administrator',
    ]);
  });
});

it('kinds that the source names decide', async () => {
  const a = system({ customer_id: '1', tel2: '030 123450' }, { customer_id: '2', tel2: '040 123450' });
  const more = { kinds: new Map([['tel2', 'phone'] as const]), country: 'DE' };
  const { customers } = await asked({ a }, { Custom5: '+49 30 123450' }, { match: steps('tel2=Custom5') }, more);
  expect(customers.map(({ customer_id }) => customer_id)).toEqual(['1']);
});

describe('an id, where several records share the merging field', () => {
  const bills = () => system({ customer_id: '1', email: 'fam@example.com', plan: 'Gold' });
  const people = () =>
    system(
      { customer_id: '1', email: 'fam@example.com', first_name: 'Tom' },
      { customer_id: '2', email: 'fam@example.com', first_name: 'Eva' },
    );

  it('is that of the record that tells one from the other, whichever source comes first', async () => {
    for (const systems of [
      { bills: bills(), people: people() },
      { people: people(), bills: bills() },
    ]) {
      const { customers } = await asked(systems, { email: 'fam@example.com' }, BY_EMAIL);
      expect(customers.map(({ customer_id, first_name }) => [customer_id, first_name])).toEqual([
        ['1', 'Tom'],
        ['2', 'Eva'],
      ]);
    }
  });

  it('is the one that was searched, when the others know him by another', async () => {
    const systems = { bills: bills(), people: people() };
    const { customers } = await asked(systems, { customer_id: '2' }, BY_EMAIL);
    expect(customers).toEqual([expect.objectContaining({ customer_id: '2', first_name: 'Eva', plan: 'Gold' })]);
  });
});
