/** The answer of a lookup as a whole: what staff read, what an administrator reads, what the log and the audit have. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { SourceError } from '../../../src/contract/index.ts';
import type { AuditEntry } from '../../../src/gateway/audit/entry.ts';
import type { CallOptions } from '../../../src/gateway/call.ts';
import { textsOf } from '../../../src/gateway/lookup/contents.ts';
import { answerLookup, relatedPlaces } from '../../../src/gateway/lookup/live-lookup.ts';
import type { ContentPlan, FieldPlan, LookupPlan, RelatedPlan } from '../../../src/gateway/lookup/plan.ts';
import { recordedLog } from '../../support/log.ts';
import { type MemorySystem, memorySystem } from '../../support/memory-adapter.ts';
import { gatewayPlan, memoryHandle, memorySource, renamed, steps } from '../../support/plans.ts';

const AWAY = new SourceError('unreachable', 'no route');
const BOB = { customer_id: '1', email: 'bob@example.com', last_name: 'Jones', vip: 'maybe' };
const EVE = { customer_id: '2', email: 'eve@example.com', last_name: 'Jones' };
const away = (): MemorySystem => ({ ...memorySystem(), error: AWAY });

function related(name: string, source: string, more: Partial<RelatedPlan> = {}): RelatedPlan {
  return {
    ...{ name, source, where: [{ field: 'owner', value: '{{customer_id}}' }], except: [], order: [], limit: 5 },
    ...{ optional: false, patienceMs: 2_000, ...more },
  };
}

const one = (element: string, content: ContentPlan, more: Partial<FieldPlan> = {}): FieldPlan => {
  return { element, content, visibleTo: undefined, ...more };
};

/** One lookup over systems, which are its sources unless it says others. */
async function asked(
  systems: Readonly<Record<string, MemorySystem>>,
  lookup: Partial<LookupPlan>,
  parameters: Record<string, string>,
  options: CallOptions = {},
  keeps: 'nothing' | 'ids' | 'values' = 'values',
) {
  const handles = new Map(Object.entries(systems).map(([name, one]) => [name, memoryHandle(name, one)]));
  onTestFinished(async () => void (await Promise.all([...handles.values()].map((handle) => handle.retire()))));
  const plan = gatewayPlan(
    Object.entries(systems).map(([name, system]) => memorySource(name, system)),
    { match: steps('customer_id', 'last_name'), ...lookup },
  );
  const log = recordedLog();
  const entries: AuditEntry[] = [];
  const audit = { keeps, record: (entry: AuditEntry) => void entries.push(entry) };
  const source = (name: string) => handles.get(name) ?? memoryHandle(name);
  const outcome = await answerLookup({ lookup: 'default', parameters }, options, {
    plan: () => plan,
    source,
    log,
    audit,
  });
  const { answer, failure, explanation, reference } = outcome;
  return {
    ...{ explanation, failure, entries, columns: answer?.columns },
    customers: Array.from(answer?.customers ?? [], (customer) =>
      Object.fromEntries(customer.map(({ name, content }) => [name, textsOf(content).join(' | ')])),
    ),
    contents: Array.from(answer?.customers ?? []),
    notices: (answer?.notices ?? []).map((text) => text.replaceAll(reference, 'REF')),
    lines: log.lines.map(({ level, message, fields }) => [level, message, fields] as const),
  };
}

describe('what staff read', () => {
  it('begins with the limit, then what failed, what is not known, what is left out, and what the sources said', async () => {
    const fields = [
      ...['customer_id', 'email'].map((name) => renamed(name, name)),
      one('open_requests', { kind: 'count', related: 'gone' }),
      one('chats', { kind: 'count', related: 'single' }),
      one('secret_chats', { kind: 'count', related: 'single' }, { visibleTo: ['admin'] }),
      one('Custom2', { kind: 'checkbox', from: 'vip' }),
    ];
    const systems = {
      crm: { ...memorySystem([BOB, EVE, { ...EVE, customer_id: '3' }]), notice: 'hint' },
      ...{ hr: away(), desk: away(), chat: memorySystem([]) },
    };
    // Both are of the same source, which groups nothing.
    const all = [related('gone', 'desk'), related('lost', 'desk'), related('single', 'chat')];
    const lookup = { sources: ['crm', 'hr'], limit: 2, fields, related: all, columns: ['email'] };
    const { notices, customers, columns } = await asked(systems, lookup, {
      last_name: 'Jones',
      acting_person_fusertype: '2',
    });
    expect(customers).toEqual([
      { customer_id: '1', email: 'bob@example.com' },
      // To whom no vip is known is no checkbox.
      { customer_id: '2', email: 'eve@example.com' },
    ]);
    expect(columns).toEqual(['email']);
    expect(notices).toEqual([
      'Only the first 2 matches are shown; fill in more fields to narrow the search',
      'hr did not answer; try again in a minute (ref REF)',
      'With a single customer only: open requests, chats; fill in more fields to narrow the search',
      'vip is neither yes nor no in some records, so Custom2 is left out of them; tell your administrator',
      'crm: hint',
    ]);
    const single = await asked(systems, lookup, { customer_id: '1', acting_person_fusertype: '1' });
    expect(single.notices).toEqual([
      'hr did not answer; try again in a minute (ref REF)',
      'desk did not answer; try again in a minute (ref REF)',
      'Not known therefore: open requests',
      'vip is neither yes nor no in some records, so Custom2 is left out of them; tell your administrator',
      'crm: hint',
    ]);
    // Of what only some may see the others are told nothing, and without fields each is called by its name.
    const admin = await asked(systems, { ...lookup, fields: fields.slice(4) }, { last_name: 'Jones' });
    expect(admin.notices.join()).not.toContain('single customer');
    const bare = await asked(systems, { ...lookup, fields: undefined }, { customer_id: '1' });
    expect(bare.notices).toContain('Not known therefore: gone, lost');
  });

  it('is a failure where nobody was found and something failed, else nobody', async () => {
    const systems = { crm: memorySystem([]), hr: away() };
    const failed = await asked(systems, {}, { last_name: 'Jones' });
    expect(failed.failure).toMatchObject({ status: 503, message: expect.stringMatching(/^hr did not answer; /) });
    expect(failed.lines.map(([level, message]) => [level, message])).toEqual([
      ['error', 'a source failed'],
      ['info', 'lookup failed'],
    ]);
    const nobody = await asked({ crm: systems.crm }, {}, { last_name: 'Jones' });
    expect(nobody).toMatchObject({ failure: undefined, customers: [], notices: [] });
    expect(nobody.lines.map(([level, message]) => [level, message])).toEqual([['info', 'lookup']]);
  });

  it('is nothing of what belongs to nobody', async () => {
    const desk = memorySystem([]);
    await asked(
      { crm: memorySystem([]), desk },
      { sources: ['crm'], related: [related('r', 'desk')] },
      { last_name: 'x' },
    );
    expect(desk.queries).toEqual([]);
  });

  it('has words for nothing only where every source that may know it has answered', async () => {
    const room = one(
      'room',
      { kind: 'field', from: ['room'], html: false, date: 'iso', list: 'comma' },
      { otherwise: 'none' },
    );
    const of = async (systems: Record<string, MemorySystem>, mergeBy: readonly string[]) =>
      (await asked(systems, { fields: [room], mergeBy }, { last_name: 'Jones' })).customers;
    const crm = memorySystem([BOB]);
    const same = memorySystem([{ email: 'bob@example.com', last_name: 'Jones' }]);
    expect(await of({ crm, hr: same }, ['email'])).toEqual([{ room: 'none' }]);
    expect(await of({ crm, hr: memorySystem([]) }, ['email'])).toEqual([{ room: 'none' }]);
    expect(await of({ crm, hr: away() }, ['email'])).toEqual([{}]);
    expect(await of({ crm, hr: away() }, [])).toEqual([{ room: 'none' }]);
    // The other is of somebody else, so what hr may know of Bob is not known.
    expect(await of({ crm, hr: memorySystem([EVE]) }, ['email'])).toEqual([{}, {}]);
  });
});

describe('where values come from', () => {
  it('is in the answer where the lookup says so, or who asks wants it', async () => {
    const noted = async (provenance: boolean, options: CallOptions) => {
      const { contents } = await asked({ crm: memorySystem([BOB]) }, { provenance }, { customer_id: '1' }, options);
      const field = contents[0]?.find(({ name }) => name === 'vip');
      return [field?.content.kind, field?.from?.map(({ source }) => source)];
    };
    expect(await noted(true, {})).toEqual(['noted', ['crm']]);
    expect(await noted(false, { provenance: true })).toEqual(['text', ['crm']]);
    expect(await noted(false, {})).toEqual(['text', undefined]);
  });
});

describe('what an administrator reads', () => {
  const systems = () => ({ crm: memorySystem([BOB, EVE]), desk: away(), chat: memorySystem([]) });
  const lookup = { sources: ['crm'], related: [related('gone', 'desk'), related('single', 'chat')] };

  it('is there for who explains, and the records only for who wants them', async () => {
    const of = async (options: CallOptions, more: Partial<LookupPlan> = {}) =>
      (await asked(systems(), { ...lookup, ...more }, { customer_id: '1' }, options)).explanation;
    expect(await of({})).toBeUndefined();
    expect(await of({ records: true })).toBeUndefined();
    const told = await of({ explain: true });
    expect(told).toMatchObject({ records: 1, customers: 1, shown: 1, missing: ['gone'] });
    expect(Object.keys(told ?? {})).not.toContain('raw');
    const whole = await of({ explain: true, records: true });
    expect(whole?.raw).toMatchObject([{ customer: 0, source: 'crm', fields: { length: 4 } }]);
    expect(whole?.made?.map(({ element }) => element)).toEqual(['customer_id', 'email', 'last_name', 'vip']);
    const contacts = await of(
      { explain: true, records: true },
      { addressBook: { highlighted: undefined }, related: [] },
    );
    expect(Object.keys(contacts ?? {})).not.toContain('raw');
    const several = await asked(systems(), lookup, { last_name: 'Jones' }, { explain: true, records: true });
    expect(several.explanation).toMatchObject({ missing: ['gone', 'single'], raw: { length: 2 }, made: { length: 7 } });
  });

  it('is of the first ten customers', async () => {
    const crm = memorySystem(Array.from({ length: 11 }, (_, at) => ({ customer_id: `${at}`, last_name: 'Jones' })));
    const { explanation } = await asked({ crm }, {}, { last_name: 'Jones' }, { explain: true, records: true });
    expect(explanation?.made?.at(-1)).toMatchObject({ customer: 9, element: 'last_name', value: 'Jones' });
  });
});

describe('the log', () => {
  it('has what failed, what is optional apart, and the criteria only where it may', async () => {
    const systems = { crm: memorySystem([BOB]), hr: away(), desk: away(), chat: away() };
    const all = [related('a', 'desk'), related('b', 'chat', { optional: true })];
    const { lines } = await asked(systems, { sources: ['crm', 'hr'], related: all }, { customer_id: '1' });
    expect(lines.map(([level, message, { source, problem }]) => [level, message, source, problem])).toEqual([
      ['error', 'a source failed', 'hr', 'no route'],
      ['error', 'a source failed', 'desk', 'no route'],
      ['error', 'an optional source failed', 'chat', 'no route'],
      ['info', 'lookup', undefined, undefined],
    ]);
    const fields = lines.at(-1)?.[2];
    expect(fields).toMatchObject({
      lookup: 'default',
      step: 'customer_id',
      count: 1,
      milliseconds: expect.any(Number),
    });
    expect(fields).not.toHaveProperty('criteria');
    expect(fields?.['sources']).toHaveLength(4);
  });
});

describe('the audit', () => {
  it('has the ids of those who are shown, of contacts those that they have, or nothing', async () => {
    const systems = { crm: memorySystem([BOB, EVE]) };
    const hidden = [renamed('email', 'email')];
    const entry = async (more: Partial<LookupPlan>, keeps?: 'nothing' | 'ids') =>
      (await asked(systems, more, { last_name: 'Jones' }, {}, keeps)).entries.map(({ customers, count, step }) => [
        ...[customers, count, step],
      ]);
    expect(await entry({ fields: hidden })).toEqual([[['1', '2'], 2, 'last_name']]);
    expect(await entry({ fields: hidden, addressBook: { highlighted: undefined } })).toEqual([[[], 2, 'last_name']]);
    expect(await entry({}, 'nothing')).toEqual([]);
  });
});

it('related records are asked by what their conditions and exceptions name', () => {
  const one = related('r', 'x', { except: [{ field: 'n', value: '{{request}} {{status}}' }] });
  expect(relatedPlaces({ related: [one, related('s', 'x')] })).toEqual([
    'customer_id',
    'request',
    'status',
    'customer_id',
  ]);
});
