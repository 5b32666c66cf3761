/** How an answer came about: what the join and the limit made of the records, without any value of a customer. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { SourceError, type SourceField, type SourceRecord } from '../../../src/contract/index.ts';
import { createGateway } from '../../../src/gateway/gateway.ts';
import type { LookupPlan } from '../../../src/gateway/lookup/plan.ts';
import type { GatewayPlan } from '../../../src/gateway/plan.ts';
import { recordedLog } from '../../support/log.ts';
import { memorySystem } from '../../support/memory-adapter.ts';
import { gatewayPlan, memorySource, steps } from '../../support/plans.ts';

interface Told {
  readonly records?: readonly SourceRecord[];
  readonly fields?: readonly SourceField[];
  readonly error?: unknown;
  readonly wait?: () => Promise<void>;
}

async function explained(
  systems: Readonly<Record<string, Told>>,
  lookup: Partial<LookupPlan>,
  parameters: Record<string, string>,
  more: Partial<GatewayPlan> = {},
) {
  const sources = Object.entries(systems).map(([name, told]) => memorySource(name, { ...memorySystem(), ...told }));
  const gateway = createGateway(gatewayPlan(sources, lookup, more), { log: recordedLog() });
  try {
    const { explanation } = await gateway.lookup({ lookup: 'default', parameters }, { explain: true });
    return explanation;
  } finally {
    await gateway.close();
  }
}

const people = (count: number, more: (index: number) => SourceRecord = () => ({})) =>
  Array.from({ length: count }, (_, index) => ({ last_name: 'Doe', email: `p${index}@example.com`, ...more(index) }));
const byName = { match: steps('last_name'), mergeBy: ['email'] };
const asked = { last_name: 'Doe' };

describe('the join', () => {
  it('says which records became one, and which did not and why', async () => {
    const crm = { records: [...people(4), { last_name: 'Doe' }] };
    const directory = { records: [...people(3), { last_name: 'Doe', email: 'z@example.com' }, { last_name: 'Doe' }] };
    const told = await explained({ crm, directory }, byName, asked);
    expect(told).toMatchObject({ records: 10, customers: 7, shown: 7 });
    expect(told?.notes).toEqual([
      '3 records of crm joined with directory by email',
      '1 record of crm joined with none: without email',
      '1 record of directory joined with none: without email',
      '1 record of crm joined with none: no other source has the same email',
      '1 record of directory joined with none: no other source has the same email',
    ]);
    expect(JSON.stringify(told)).not.toMatch(/example\.com|Doe/);
  });

  it('of three sources names them all', async () => {
    const all = { records: people(1) };
    const told = await explained({ crm: all, directory: all, shop: all }, byName, asked);
    expect(told?.notes).toEqual(['1 record of crm joined with directory and shop by email']);
  });

  it('says whose values give way, by their fields', async () => {
    const crm = { records: people(2, () => ({ phone: '1', title: 'Dr' })) };
    const directory = { records: people(2, (index) => ({ phone: '2', title: index === 0 ? 'Dr' : 'Mx', room: '7' })) };
    const told = await explained({ crm, directory }, byName, asked);
    expect(told?.notes).toEqual([
      '2 records of crm joined with directory by email',
      'other values of directory give way to crm: phone, title',
    ]);
    expect(told?.fields).toEqual(['last_name', 'email', 'phone', 'title', 'room', 'customer_id']);
  });

  it('names ten fields, and says how many more there are', async () => {
    const of = async (count: number) => {
      const fields = (value: string) => Object.fromEntries(Array.from({ length: count }, (_, at) => [`f${at}`, value]));
      const [crm, directory] = ['1', '2'].map((value) => ({ records: people(1, () => fields(value)) }));
      return (await explained({ crm: crm ?? {}, directory: directory ?? {} }, byName, asked))?.notes?.[1];
    };
    const ten = 'other values of directory give way to crm: f0, f1, f2, f3, f4, f5, f6, f7, f8, f9';
    expect([await of(10), await of(12)]).toEqual([ten, `${ten} and 2 more`]);
  });

  it('of several merging fields says by which, and without which', async () => {
    const crm = { records: [...people(1, () => ({ nr: 'x' })), { last_name: 'Doe' }] };
    const directory = { records: [{ last_name: 'Doe', nr: 'x' }] };
    expect((await explained({ crm, directory }, { ...byName, mergeBy: ['email', 'nr'] }, asked))?.notes).toEqual([
      '1 record of crm joined with directory by email or nr',
      '1 record of crm joined with none: without email or nr',
    ]);
  });

  it('tells the names of two thousand fields at most', async () => {
    const wide = (from: number) => Object.fromEntries(Array.from({ length: 1_500 }, (_, at) => [`f${from + at}`, 'x']));
    const crm = {
      records: [
        { last_name: 'Doe', ...wide(0) },
        { last_name: 'Doe', ...wide(1_500) },
      ],
    };
    expect((await explained({ crm }, { match: steps('last_name') }, asked))?.fields).toHaveLength(2_000);
  });

  it('says that an id was left out while a source is away', async () => {
    const crm = { error: new SourceError('unreachable', 'away') };
    const directory = { records: people(2, (index) => ({ customer_id: `${index}` })) };
    const told = await explained({ crm, directory }, byName, asked);
    expect(told?.notes).toEqual([
      'customer_id of 2 records left out: a source that comes before failed, and would give another',
    ]);
    expect((await explained({ directory, crm }, byName, asked))?.notes).toEqual([]);
  });

  it('has nothing to say where nothing is joined', async () => {
    const all = { records: people(2) };
    expect((await explained({ crm: all, directory: all }, { match: steps('last_name') }, asked))?.notes).toEqual([]);
    expect((await explained({ crm: all }, byName, asked))?.notes).toEqual([]);
    expect((await explained({ crm: all }, byName, { last_name: 'Roe' }))?.notes).toEqual([]);
  });
});

describe('the limit', () => {
  it('says how many of which source are beyond it, and who may have more', async () => {
    const crm = { records: people(30) };
    const directory = { records: people(5, (index) => ({ email: `q${index}@example.com` })) };
    const told = await explained({ crm, directory }, { match: steps('last_name'), limit: 20 }, asked);
    expect(told).toMatchObject({ records: 26, shown: 20 });
    expect(told?.notes).toEqual([
      '6 more than limit 20 left out: 1 of crm, 5 of directory; crm may have more, and was asked for one more than the limit',
    ]);
    expect((await explained({ directory }, { match: steps('last_name'), limit: 5 }, asked))?.notes).toEqual([]);
  });

  it('of an address book: whom mail cannot be sent to, and whose address is another contact’s', async () => {
    const crm = { records: [...people(2), ...people(1), { last_name: 'Doe' }, { last_name: 'Doe' }] };
    const book = { match: steps('last_name'), addressBook: { highlighted: undefined } };
    expect((await explained({ crm }, book, asked))?.notes).toEqual([
      '2 records left out of the address book: without a mail address',
      "1 record left out of the address book: the address is another contact's",
    ]);
  });
});

it('the steps stand in the order of the lookup, and what joins behind them', async () => {
  const slow = { ...memorySystem(people(1)), wait: () => sleep(20) };
  const match = steps('phone', 'last_name', 'email');
  const told = await explained(
    { crm: slow, directory: { records: [] } },
    { match, mergeBy: ['email'] },
    {
      ...{ phone: '1', email: 'x@example.com' },
      ...asked,
    },
  );
  expect(told?.steps.map(({ step, source }) => `${step} ${source}`)).toEqual([
    ...['phone crm', 'phone directory', 'last_name crm', 'last_name directory'],
    ...['email directory', 'mergeBy email directory'],
  ]);
});

describe('a step that found nobody', () => {
  const fields = [{ name: 'email' }, { name: 'last_name', searchable: ['exact'] as const }];
  const reasons = async (match: LookupPlan['match'], parameters: Record<string, string>, system: Told = { fields }) => {
    const told = await explained({ crm: system, directory: { fields: [{ name: 'mail' }] } }, { match }, parameters);
    return told?.steps.map(({ step, source, never }) => [step, source, never]);
  };

  it('says why it never can', async () => {
    expect(await reasons(steps('email', 'last_name:prefix'), { email: 'a', last_name: 'b' })).toEqual([
      ['email', 'crm', undefined],
      ['email', 'directory', 'directory has no field email to search by (did you mean mail?)'],
      ['last_name', 'crm', 'crm can search last_name only by exact'],
      ['last_name', 'directory', 'directory has no field last_name to search by'],
    ]);
  });

  it('and nothing of a step that found somebody, or failed', async () => {
    const found = { fields: [{ name: 'mail' }], records: people(1) };
    expect((await reasons(steps('email'), { email: 'p0@example.com' }, found))?.[0]).toEqual([
      'email',
      'crm',
      undefined,
    ]);
    const failing = { fields: [{ name: 'mail' }], error: new SourceError('unreachable', 'away') };
    expect((await reasons(steps('email'), { email: 'a' }, failing))?.[0]).toEqual(['email', 'crm', undefined]);
    // Nor of one that says what it has, and fails when it is searched.
    const broken = { fields: [{ name: 'mail' }], wait: () => Promise.reject(failing.error) };
    expect((await reasons(steps('email'), { email: 'a' }, broken))?.[0]).toEqual(['email', 'crm', undefined]);
  });

  it('says how long each took', async () => {
    const started = performance.now();
    const told = await explained({ crm: { records: people(1) } }, byName, asked);
    expect(told?.steps[0]?.milliseconds).toBeLessThanOrEqual(performance.now() - started + 1);
  });

  it('and nothing where one of the same name may, or nobody knows', async () => {
    const two = steps('last_name:prefix', 'last_name');
    expect((await reasons(two, { last_name: 'b' }))?.[0]).toEqual(['last_name', 'crm', undefined]);
    expect((await reasons(two, { last_name: 'b' }, {}))?.[0]).toEqual(['last_name', 'crm', undefined]);
  });

  it('tells what was looked for only where the log may have it', async () => {
    const crm = { error: new SourceError('rejected', 'no column like "Doe-Secret"') };
    const problem = async (customerValues: boolean) => {
      const log = { level: 'info', customerValues } as const;
      const told = await explained({ crm }, { match: steps('last_name') }, { last_name: 'Doe-Secret' }, { log });
      return told?.steps[0]?.problem;
    };
    expect(await problem(false)).not.toContain('Doe-Secret');
    expect(await problem(true)).toContain('Doe-Secret');
  });
});
