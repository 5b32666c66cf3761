/** A lookup as HelpSpot's address book (manual, chapter 1.3), over sources in memory. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SourceRecord } from '../../../src/contract/index.ts';
import { createGateway } from '../../../src/gateway/gateway.ts';
import { SCAN_LIMIT } from '../../../src/gateway/lookup/address-book.ts';
import type { AddressBookPlan, FieldPlan, LookupPlan } from '../../../src/gateway/lookup/plan.ts';
import { writeLookup } from '../../../src/helpspot/lookup-xml.ts';
import { recordedLog } from '../../support/log.ts';
import { type MemorySystem, memorySystem } from '../../support/memory-adapter.ts';
import { gatewayPlan, memorySource, renamed, steps } from '../../support/plans.ts';
import { runs } from '../../support/runs.ts';
import { readLookup } from '../../support/xml.ts';

const BY_LOOKING: AddressBookPlan = { highlighted: undefined };
const BY_VIP: AddressBookPlan = { highlighted: [{ field: 'vip', match: 'exact', value: 'yes' }] };

/** What HelpSpot reads of an answer, and the log. */
async function asked(
  system: MemorySystem,
  parameters: Readonly<Record<string, string>>,
  more: Partial<LookupPlan> = {},
) {
  const log = recordedLog();
  const lookup = {
    addressBook: BY_LOOKING,
    match: steps('email', 'last_name:prefix', 'first_name+last_name'),
    ...more,
  };
  const gateway = createGateway(gatewayPlan([memorySource('crm', system)], lookup), { log });
  const { answer, failure } = await gateway.lookup({ lookup: 'default', parameters });
  if (answer === undefined) throw new Error(failure.message);
  const { customers } = readLookup(await writeLookup(answer));
  const line = log.lines.find(({ message }) => message === 'lookup')?.fields;
  return { customers, emails: customers.map(({ email }) => email), line, log };
}

const person = (email: string | undefined, more: SourceRecord = {}): SourceRecord => ({
  last_name: 'Smith',
  ...(email !== undefined && { email }),
  ...more,
});

describe('a search', () => {
  it('finds contacts only: who has no address is left out, and counted', async () => {
    const system = memorySystem([
      person('ann@example.com', { title: 'Manager' }),
      person(undefined),
      person('n/a'),
      person('@'),
      person('bob@example.com'),
    ]);
    const { customers, line } = await asked(system, { last_name: 'smi' });
    expect(customers).toEqual([
      { customer_id: 'ann@example.com', last_name: 'Smith', email: 'ann@example.com', title: 'Manager' },
      { customer_id: 'bob@example.com', last_name: 'Smith', email: 'bob@example.com' },
    ]);
    expect(line).toMatchObject({ count: 5, withoutEmail: 3, duplicates: 0, step: 'last_name' });
  });

  it.each([
    ['Bob <bob@example.com>', 'bob@example.com'],
    ['one@example.com; two@example.com', 'one@example.com'],
    [['no address', 'two@example.com'], 'two@example.com'],
    [{ href: 'mailto:bob@example.com', text: 'Write to Bob' }, 'bob@example.com'],
  ])('takes the address out of %j', async (email, wanted) => {
    const system = memorySystem([{ last_name: 'Smith', email }]);
    expect((await asked(system, { last_name: 'smith' })).emails).toEqual([wanted]);
  });

  it('shows each address once, whatever its capitals: the first contact, highlighted if any of them is', async () => {
    const system = memorySystem([
      person('Info@example.com', { first_name: 'Ann' }),
      person('bob@example.com'),
      person('INFO@EXAMPLE.COM', { first_name: 'Zoe', highlight: 'yes' }),
    ]);
    const { customers, line } = await asked(system, { last_name: 'smith' });
    expect(customers).toEqual([
      {
        customer_id: 'Info@example.com',
        first_name: 'Ann',
        last_name: 'Smith',
        email: 'Info@example.com',
        highlight: '1',
      },
      { customer_id: 'bob@example.com', last_name: 'Smith', email: 'bob@example.com' },
    ]);
    expect(line).toMatchObject({ withoutEmail: 0, duplicates: 1 });
  });

  it.each(['yes', 'TRUE', ' x ', '1', 1, true, 'VIP', ['no', 'yes']])(
    'highlight %j is exactly 1',
    async (highlight) => {
      const { customers } = await asked(memorySystem([person('a@example.com', { highlight })]), { last_name: 'smith' });
      expect(customers[0]?.['highlight']).toBe('1');
    },
  );

  it.each(['no', 'False', '0', '0.00', ' ', 0, false, 'N', 'off', ['no']])(
    'highlight %j is not there',
    async (value) => {
      const system = memorySystem([person('a@example.com', { highlight: value })]);
      expect((await asked(system, { last_name: 'smith' })).customers[0]).not.toHaveProperty('highlight');
    },
  );

  it('is by the element, which may be mapped and may not be for everybody', async () => {
    const system = memorySystem([{ last_name: 'Smith', mail: 'a@example.com', vip: 'yes' }]);
    const highlight: FieldPlan = { ...renamed('highlight', 'vip'), visibleTo: ['admin'] };
    const more = { fields: [renamed('email', 'mail'), highlight], match: steps('last_name') };
    const read = async (level: string) =>
      (await asked(system, { last_name: 'smith', acting_person_fusertype: level }, more)).customers;
    expect(await read('1')).toEqual([{ email: 'a@example.com', highlight: '1' }]);
    expect(await read('2')).toEqual([{ email: 'a@example.com' }]);
    expect((await asked(system, { acting_person_fusertype: '2' }, more)).customers).toEqual([]);
  });

  it('keeps its limit, but not by cutting off who is highlighted, and says that there are more', async () => {
    const records = [...Array.from({ length: 5 }, (_, at) => person(`p${at}@example.com`)), person(undefined)];
    const vip = person('vip@example.com', { highlight: 1 });
    const { customers } = await asked(memorySystem([...records, vip]), { last_name: 'smith' }, { limit: 2 });
    expect(customers.map(({ email }) => email)).toEqual(['vip@example.com', 'p0@example.com']);
    expect(customers[0]?.['lookup_notice']).toContain('Only the first 2 matches');
  });

  it('is not crowded out by records without an address', async () => {
    const records = Array.from({ length: 5 }, () => person(undefined));
    const system = memorySystem([...records, person('last@example.com')]);
    expect((await asked(system, { last_name: 'smith' }, { limit: 2 })).emails).toEqual(['last@example.com']);
  });

  it('that no step can use finds nobody, rather than everybody who is highlighted', async () => {
    const system = memorySystem([person('a@example.com', { highlight: 1 })]);
    expect((await asked(system, { first_name: 'Ann' })).customers).toEqual([]);
    expect((await asked(system, { phone: 'n/a' })).customers).toEqual([]);
    expect((await asked(system, { Custom5: 'x' }, { match: steps('building=Custom5') })).customers).toEqual([]);
    expect(system.queries.filter(({ criteria }) => criteria.length === 0)).toEqual([]);
  });
});

describe('whatever the source holds', () => {
  const word = fc.oneof(
    fc.string(),
    fc.constantFrom('a@example.com', 'A@EXAMPLE.COM', 'Bob <b@example.com>', '@', ' '),
  );
  const value = fc.oneof(word, fc.boolean(), fc.integer(), fc.array(word, { maxLength: 3 }), fc.date());
  const record = fc.record(
    { email: value, highlight: value, title: value, last_name: fc.constant('Smith') },
    { requiredKeys: [] },
  );

  it('contacts have an address each, and highlight is 1 or not there', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(record, { maxLength: 8 }), async (records) => {
        const search = await asked(memorySystem(records), { last_name: 'smith' });
        const listing = await asked(memorySystem(records), NOTHING);
        for (const { emails } of [search, listing]) {
          expect(new Set(emails.map((email) => email?.toLowerCase())).size).toBe(emails.length);
          for (const email of emails) expect(email).toMatch(/^[^@\s]+@[^@\s]+$/);
        }
        for (const { highlight = '1' } of search.customers) expect(highlight).toBe('1');
        for (const { highlight } of listing.customers) expect(highlight).toBe('1');
      }),
      runs(60),
    );
  });
});

const NOTHING = { customer_id: '', first_name: ' ', last_name: '', email: '', phone: '', acting_person_fusertype: '2' };

describe('without a search', () => {
  it('lists the highlighted contacts, looked for among all', async () => {
    const system = memorySystem([
      person('a@example.com'),
      person('b@example.com', { highlight: true }),
      person(undefined, { highlight: true }),
      person(undefined),
    ]);
    const { customers, line } = await asked(system, NOTHING);
    expect(customers).toEqual([
      { customer_id: 'b@example.com', last_name: 'Smith', email: 'b@example.com', highlight: '1' },
    ]);
    expect(system.queries).toEqual([expect.objectContaining({ criteria: [], limit: SCAN_LIMIT + 1 })]);
    // Those without an address who would not have been listed anyway do not count.
    expect(line).toMatchObject({ step: 'listing', count: 4, withoutEmail: 1 });
  });

  it('asks just for them where it is said what they are found by', async () => {
    const system = memorySystem([person('a@example.com'), person('b@example.com', { vip: 'YES' })]);
    const more = { addressBook: BY_VIP, fields: [renamed('email', 'email')] };
    const { customers } = await asked(system, NOTHING, more);
    expect(customers).toEqual([{ email: 'b@example.com', highlight: '1' }]);
    expect(system.queries.map(({ criteria }) => criteria)).toEqual([BY_VIP.highlighted]);
    const search = await asked(system, { last_name: 'smith' }, more);
    expect(search.customers).toEqual([{ email: 'b@example.com', highlight: '1' }, { email: 'a@example.com' }]);
  });

  it('takes a flag for the same however it is written', async () => {
    const flag = (value: string): AddressBookPlan => ({ highlighted: [{ field: 'vip', match: 'exact', value }] });
    const system = memorySystem([person('a@example.com', { vip: true }), person('b@example.com', { vip: false })]);
    for (const [value, wanted] of [
      ['1', '1'],
      ['yes', '1'],
      ['0', undefined],
    ] as const) {
      const { customers } = await asked(system, { email: 'a@example.com' }, { addressBook: flag(value) });
      expect(customers[0]?.['highlight']).toBe(wanted);
    }
  });

  it('asks nobody where nobody can be highlighted', async () => {
    const system = memorySystem([person('a@example.com', { highlight: true })]);
    const hidden: FieldPlan = { element: 'highlight', content: { kind: 'hidden' }, visibleTo: undefined };
    expect((await asked(system, NOTHING, { fields: [renamed('email', 'email'), hidden] })).customers).toEqual([]);
    expect(system.queries).toEqual([]);
  });

  it('says in the log when there were more records than it looks through, and nothing to staff', async () => {
    const records = Array.from({ length: SCAN_LIMIT + 1 }, (_, at) =>
      person(`p${at}@example.com`, at < 2 ? { highlight: 1 } : {}),
    );
    const { customers, log } = await asked(memorySystem(records), NOTHING);
    expect(customers.map(({ lookup_notice }) => lookup_notice)).toEqual([undefined, undefined]);
    expect(log.lines.find(({ level }) => level === 'warn')?.message).toContain('addressBook: { highlighted');
    const fewer = await asked(memorySystem(records.slice(1)), NOTHING);
    expect(fewer.log.lines.some(({ level }) => level === 'warn')).toBe(false);
  });

  it('is nobody in a lookup that is no address book, as ever', async () => {
    const system = memorySystem([person('a@example.com', { highlight: 'yes' })]);
    const more = { addressBook: undefined };
    expect((await asked(system, NOTHING, more)).customers).toEqual([]);
    expect(system.queries).toEqual([]);
    const { customers, line } = await asked(system, { last_name: 'smith' }, more);
    expect(customers).toEqual([
      { customer_id: 'a@example.com', last_name: 'Smith', email: 'a@example.com', highlight: 'yes' },
    ]);
    expect(line).not.toHaveProperty('withoutEmail');
  });
});
