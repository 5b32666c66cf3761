/** An AJAX selection field in two steps: who is asked first, and what of it fills in the conditions. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { SourceError, type SourceRecord } from '../../../src/contract/index.ts';
import type { AjaxPlan, WherePlan } from '../../../src/gateway/ajax/plan.ts';
import { createGateway } from '../../../src/gateway/gateway.ts';
import type { GatewayPlan, SourcePlan } from '../../../src/gateway/plan.ts';
import { recordedLog } from '../../support/log.ts';
import { type MemorySystem, memorySystem } from '../../support/memory-adapter.ts';
import { gatewayPlan, memorySource } from '../../support/plans.ts';

const where = (field: string, value: string, more: Partial<WherePlan> = {}): WherePlan => ({
  field,
  value,
  optional: false,
  label: undefined,
  ...more,
});

/** A list of contracts of a source `erp`, for whom `crm` has with this mail address. */
const CONTRACTS: AjaxPlan = {
  name: 'contracts',
  source: 'erp',
  via: { source: 'crm', where: [where('email', '{{sEmail}}')] },
  where: [where('customer', '{{via.customer_id}}')],
  search: undefined,
  value: { kind: 'template', template: '{{number}}' },
  description: undefined,
  group: undefined,
  before: [],
  after: [],
  order: [],
  limit: 100,
  encoding: 'utf-8',
};

const PEOPLE: readonly SourceRecord[] = [
  { customer_id: '12', email: 'ann@acme.example', site: 'Bern' },
  { customer_id: '13', email: 'shared@acme.example', site: 'Bern' },
  { customer_id: '14', email: 'shared@acme.example', site: 'Basel' },
  { customer_id: ['15', '16', ' '], email: 'two@acme.example' },
  { email: 'new@acme.example' },
];
const OWNED: readonly SourceRecord[] = [
  { number: 'A', customer: '12', site: 'Bern' },
  { number: 'B', customer: '12', site: 'Basel' },
  { number: 'C', customer: '13', site: 'Bern' },
  { number: 'D', customer: '14', site: 'Basel' },
  { number: 'E', customer: '14', site: 'Bern' },
  { number: 'F', customer: '15' },
  { number: 'G', customer: '16' },
];

interface Setup {
  readonly crm?: MemorySystem;
  readonly erp?: MemorySystem;
  readonly crmPlan?: Partial<SourcePlan>;
  readonly gateway?: Partial<GatewayPlan>;
}

function open(field: Partial<AjaxPlan> = {}, setup: Setup = {}) {
  const { crm = memorySystem(PEOPLE), erp = memorySystem(OWNED) } = setup;
  const log = recordedLog();
  const sources = [
    memorySource('crm', crm, { title: 'CRM', ...setup.crmPlan }),
    memorySource('erp', erp, { title: 'ERP' }),
  ];
  const ajax = new Map([['contracts', { ...CONTRACTS, ...field }]]);
  const gateway = createGateway(gatewayPlan(sources, {}, { ajax, ...setup.gateway }), { log });
  onTestFinished(() => gateway.close());
  const ask = (parameters: Record<string, string>) => gateway.ajax({ field: 'contracts', parameters });
  /** The values; of what is none, the words. */
  const lines = async (parameters: Record<string, string>) => {
    const { answer, failure } = await ask(parameters);
    expect(failure).toBeUndefined();
    return (answer?.options ?? []).map(({ value, description }) => (value === '' ? `|${description}` : value));
  };
  return { crm, erp, log, ask, lines };
}

const ANN = { sEmail: 'ANN@acme.example' };
const SHARED = { sEmail: 'shared@acme.example' };

describe('a list in two steps', () => {
  it('has what belongs to whom the first source finds', async () => {
    const { lines, crm, erp } = open();
    expect(await lines(ANN)).toEqual(['A', 'B']);
    expect(crm.queries.map(({ criteria }) => criteria)).toEqual([
      [{ field: 'email', match: 'exact', value: 'ANN@acme.example' }],
    ]);
    expect(erp.queries.map(({ criteria }) => criteria)).toEqual([[{ field: 'customer', match: 'exact', value: '12' }]]);
  });

  it('has that of each of several people, also where the source knows no groups', async () => {
    const single = open();
    expect(await single.lines(SHARED)).toEqual(['C', 'D', 'E']);
    expect(single.erp.queries).toHaveLength(2);
    const grouped = open({}, { erp: Object.assign(memorySystem(OWNED), { findsGroups: true as const }) });
    expect(await grouped.lines(SHARED)).toEqual(['C', 'D', 'E']);
    expect(grouped.erp.queries.map(({ groups }) => groups?.map((group) => group.map(({ value }) => value)))).toEqual([
      [['13', '14']],
    ]);
  });

  it('takes each item of a list', async () => {
    expect(await open().lines({ sEmail: 'two@acme.example' })).toEqual(['F', 'G']);
  });

  it('takes several fields of one person, and never of two', async () => {
    const both = { where: [where('customer', '{{via.customer_id}}'), where('site', '{{via.site}}')] };
    expect(await open(both).lines(ANN)).toEqual(['A']);
    expect(await open(both).lines(SHARED)).toEqual(['C', 'D']);
    const left = {
      where: [where('customer', '{{via.customer_id}}'), where('site', '{{via.site}}', { optional: true })],
    };
    expect(await open(left).lines({ sEmail: 'two@acme.example' })).toEqual(['F', 'G']);
  });

  it('takes parameters beside, and a text of both', async () => {
    const erp = () =>
      memorySystem([
        { number: 'A', key: '12-x', kind: 'k' },
        { number: 'B', key: '12-y', kind: 'k' },
      ]);
    const field = { where: [where('kind', '{{xStatus}}'), where('key', '{{via.customer_id}}-{{Custom3}}')] };
    expect(await open(field, { erp: erp() }).lines({ ...ANN, xStatus: 'k', Custom3: 'y' })).toEqual(['B']);
    const { lines, crm } = open(field, { erp: erp() });
    expect(await lines({ Custom3: ' ' })).toEqual([
      '|Fill in the email address and the status and custom field 3 first',
    ]);
    expect(crm.queries).toEqual([]);
  });

  it('goes together with a search', async () => {
    const search = { fields: ['number', 'site'], match: 'exact', minimum: 1 } as const;
    const { lines, crm } = open({ search });
    expect(await lines(ANN)).toEqual(['|Type at least 1 character into this field, then search again']);
    expect(crm.queries).toEqual([]);
    expect(await lines({ ...ANN, callingField: 'bern' })).toEqual(['A']);
    expect(await lines({ ...SHARED, callingField: 'e' })).toEqual(['E']);
  });
});

describe('who is asked first', () => {
  it('is not asked before all is filled in', async () => {
    const { lines, crm, erp } = open();
    expect(await lines({ sEmail: ' ' })).toEqual(['|Fill in the email address first']);
    expect(await lines({ sEmail: 'x'.repeat(1_001) })).toEqual([
      '|the email address is longer than 1000 characters; nothing can be found by it',
    ]);
    expect([...crm.queries, ...erp.queries]).toEqual([]);
  });

  it('is never everybody', async () => {
    const via = { source: 'crm', where: [where('email', '{{sEmail}}', { optional: true, label: 'E-mail' })] };
    const { lines, crm } = open({ via });
    expect(await lines({})).toEqual(['|Fill in E-mail first']);
    expect(crm.queries).toEqual([]);
    const optional = open({ via, where: [where('customer', '{{via.customer_id}}', { optional: true })] });
    expect(await optional.lines({})).toHaveLength(OWNED.length);
    expect(optional.crm.queries).toEqual([]);
    expect(await optional.lines({ sEmail: 'nobody@acme.example' })).toHaveLength(OWNED.length);
    expect(await optional.lines(ANN)).toEqual(['A', 'B']);
  });

  it('may know nobody, or not what is wanted', async () => {
    const { lines, erp } = open();
    expect(await lines({ sEmail: 'nobody@acme.example' })).toEqual(['|Nothing was found in CRM by the email address']);
    expect(await lines({ sEmail: 'new@acme.example' })).toEqual([
      '|What was found in CRM has no customer_id; nothing can be listed without it',
    ]);
    expect(erp.queries).toEqual([]);
    const labels = {
      before: [{ value: '0', description: 'None' }],
      via: { source: 'crm', where: [where('email', '{{sEmail}}', { label: 'E-mail' })] },
      where: [where('customer', '{{via.customer_id}}', { label: 'customer number' }), where('x', '{{via.y}}')],
    };
    expect(await open(labels).lines({ sEmail: 'nobody@acme.example' })).toEqual([
      '0',
      '|Nothing was found in CRM by E-mail',
    ]);
    expect(await open(labels).lines({ sEmail: 'new@acme.example' })).toEqual([
      '0',
      '|What was found in CRM has no customer number and no y; nothing can be listed without it',
    ]);
  });

  it('is used for twenty records and twenty values, and staff read that there are more', async () => {
    const many = (count: number, id: (n: number) => SourceRecord[string]) =>
      memorySystem(Array.from({ length: count }, (_, n) => ({ email: 'a@b.example', customer_id: id(n) })));
    const erp = () => memorySystem(Array.from({ length: 40 }, (_, n) => ({ number: `N${n}`, customer: `${n}` })));
    const asked = { sEmail: 'a@b.example' };
    const people = await open({}, { crm: many(21, (n) => `${n}`), erp: erp() }).lines(asked);
    expect(people).toHaveLength(21);
    expect(people.at(-1)).toBe('|CRM: only the first 20 that were found are used');
    expect(await open({}, { crm: many(20, (n) => `${n}`), erp: erp() }).lines(asked)).toHaveLength(20);
    const items = (count: number) => Array.from({ length: count }, (_, n) => `${n}`);
    const values = await open({}, { crm: many(1, () => items(21)), erp: erp() }).lines(asked);
    expect(values).toHaveLength(21);
    expect(values.at(-1)).toBe('|CRM: only the first 20 values of customer_id are used');
    expect(await open({}, { crm: many(1, () => items(20)), erp: erp() }).lines(asked)).toHaveLength(20);
    const long = await open({}, { crm: many(2, (n) => (n === 0 ? 'x'.repeat(1_001) : '7')), erp: erp() }).lines(asked);
    expect(long).toEqual(['N7', '|CRM: customer_id is longer than 1000 characters; nothing can be found by it']);
  });

  it('has its values made of two lists without a flood', async () => {
    const items = Array.from({ length: 2_000 }, (_, n) => `${n}`);
    const crm = memorySystem([{ email: 'a@b.example', a: items, b: items, c: items }]);
    const { lines, erp } = open({ where: [where('k', '{{via.a}}{{via.b}}{{via.c}}')] }, { crm });
    await lines({ sEmail: 'a@b.example' });
    expect(erp.queries).toHaveLength(20);
  });

  it('fails as itself', async () => {
    const error = new SourceError('unreachable', 'ECONNREFUSED');
    const { ask, erp, log } = open({}, { crm: Object.assign(memorySystem(), { error }) });
    const { failure, reference } = await ask(ANN);
    expect(failure).toEqual({ message: `CRM did not answer; try again in a minute (ref ${reference})`, status: 503 });
    expect(erp.queries).toEqual([]);
    expect(log.lines.map(({ fields, message }) => [message, fields['source']])).toEqual([
      ['a source failed', 'crm'],
      ['ajax field failed', undefined],
    ]);
    const second = open({}, { erp: Object.assign(memorySystem(), { error }) });
    expect((await second.ask(ANN)).failure?.message).toMatch(/^ERP did not answer/);
    expect(second.log.lines.at(-1)?.fields).toMatchObject({
      sources: [
        { source: 'crm', count: 1, failed: false },
        { source: 'erp', failed: true },
      ],
    });
  });

  it('that hangs is named, and ends with half of the deadline', async () => {
    const server = { host: '127.0.0.1', port: 0, deadlineMs: 80, trustProxy: [] };
    const { ask, erp } = open({}, { crm: Object.assign(memorySystem(), { hangs: true }), gateway: { server } });
    expect((await ask(ANN)).failure?.message).toMatch(/^CRM did not answer in time/);
    expect(erp.queries).toEqual([]);
  });

  it('is told when its answer is old, also where nothing is listed', async () => {
    const crm = memorySystem(PEOPLE);
    const cache = { freshMs: 0, staleMs: 60_000, entries: 10 };
    const { lines, log } = open({ where: [where('customer', '{{via.nothing}}')] }, { crm, crmPlan: { cache } });
    await lines(ANN);
    crm.error = new SourceError('timeout', 'slow');
    expect(await lines(ANN)).toEqual([
      expect.stringContaining('has no nothing'),
      expect.stringMatching(/^\|CRM did not answer in time; this is from/),
    ]);
    expect(log.lines.at(-1)?.fields).toMatchObject({ sources: [{ source: 'crm', answer: 'stale' }] });
  });

  it('is in the log with what the second is asked only where customer values may be', async () => {
    const quiet = open();
    await quiet.lines(ANN);
    expect(quiet.log.lines.at(-1)?.fields).not.toHaveProperty('queries');
    const told = open({}, { gateway: { log: { level: 'info', customerValues: true } } });
    await told.lines(ANN);
    expect(told.log.lines.at(-1)?.fields).toMatchObject({ queries: [[{ field: 'customer', value: '12' }]] });
  });
});
