/** Names in place of what a request has by number, in what lookups, AJAX fields and pushes are made of. */
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import helpspot from '../../../adapters/helpspot/index.ts';
import type { AjaxPlan } from '../../../src/gateway/ajax/plan.ts';
import { createGateway, type Gateway } from '../../../src/gateway/gateway.ts';
import type { RelatedPlan } from '../../../src/gateway/lookup/plan.ts';
import type { GatewayPlan } from '../../../src/gateway/plan.ts';
import type { PushTargetPlan } from '../../../src/gateway/push/plan.ts';
import { openLedger } from '../../../src/store/ledger.ts';
import { benchPlan, newTarget, pushed } from '../../gateway/push/harness.ts';
import { type RecordedLog, recordedLog } from '../../support/log.ts';
import { type MemorySystem, memorySystem } from '../../support/memory-adapter.ts';
import { gatewayPlan, memorySource } from '../../support/plans.ts';
import { temporaryFolder } from '../../support/temp.ts';
import { helpSpotForAll } from './source.ts';

const desk = await helpSpotForAll();
const CATEGORIES = 'private.request.getCategories';
const STAFF = 'private.util.getActiveStaff';
/** A category, a status that is out of use, a person. */
const REQUEST = { request: '12406', xCategory: '3', xStatus: '6', xPersonAssignedTo: '3' };
/** The warning of a call whose names are not known. */
const NAMELESS = 'HelpSpot has no name for what the request has by number; the number stands for it';

function helpdesk() {
  const settings = helpspot.settings.parse({ ...desk.settings, requestsPerSecond: 1000 });
  return memorySource('helpdesk', memorySystem(), { adapter: helpspot, settings });
}

function related(where: Readonly<Record<string, string>>): RelatedPlan {
  return {
    ...{ name: 'pages', source: 'erp', except: [], order: [], limit: 5, optional: false, patienceMs: 10_000 },
    where: Object.entries(where).map(([field, value]) => ({ field, value })),
  };
}

interface Bench {
  readonly gateway: Gateway;
  readonly log: RecordedLog;
  /** What related records and options are asked of. */
  readonly erp: MemorySystem;
  /** The criteria of the last question, by field. */
  asked(): Readonly<Record<string, string>>;
}

/** The customer is Ann, of whom `crm` also has a field `status` where she is blocked. */
function open(more: Partial<GatewayPlan>, where: Readonly<Record<string, string>> = { id: '{{customer_id}}' }): Bench {
  const crm = memorySystem([
    { customer_id: '7', email: 'ann@example.com' },
    { customer_id: '8', email: 'bea@example.com', status: 'blocked' },
  ]);
  const erp = memorySystem([]);
  const log = recordedLog();
  const lookup = { sources: ['crm'], related: [related(where)] };
  const sources = [memorySource('crm', crm), memorySource('erp', erp), helpdesk()];
  const gateway = createGateway(gatewayPlan(sources, lookup, { helpSpotSource: 'helpdesk', ...more }), { log });
  onTestFinished(() => gateway.close());
  const asked = () =>
    Object.fromEntries((erp.queries.at(-1)?.criteria ?? []).map(({ field, value }) => [field, value] as const));
  return { gateway, log, erp, asked };
}

async function look({ gateway }: Bench, parameters: Readonly<Record<string, string>> = {}): Promise<void> {
  const sent = { email: 'ann@example.com', ...REQUEST, ...parameters };
  const { failure, answer } = await gateway.lookup({ lookup: 'default', parameters: sent });
  expect(failure).toBeUndefined();
  expect(answer?.customers).toHaveLength(1);
}

/** Lists that are there need no patience, which a busy machine may lack. */
async function warm(bench: Bench, parameters: Readonly<Record<string, string>> = {}): Promise<void> {
  const isKnown = async () => {
    await look(bench, parameters);
    return bench.log.lines.splice(0).every(({ message }) => message !== NAMELESS);
  };
  await expect.poll(isKnown, { timeout: 20_000 }).toBe(true);
}

describe('a lookup', () => {
  const BY_NAME = { id: '{{customer_id}}', team: '{{category}}/{{xCategory}}', who: '{{assigned_to}}' };

  it('asks for related records by names beside numbers, also of what is out of use', async () => {
    const bench = open({}, { ...BY_NAME, state: '{{status}}' });
    await warm(bench);
    expect(bench.asked()).toEqual({
      ...{ id: '7', team: 'Development/3', who: 'Jörg Müller', state: 'Escalated to Head Office' },
    });
    // What the customer has of that name is his.
    await look(bench, { email: 'bea@example.com' });
    expect(bench.asked()).toMatchObject({ id: '8', state: 'blocked' });
    expect(bench.log.lines.filter(({ level }) => level === 'warn')).toEqual([]);
  });

  it('asks HelpSpot once for the lists that it needs, and for none that it does not', async () => {
    const none = open({}, { id: '{{customer_id}}', team: '{{xCategory}}' });
    await look(none);
    expect(none.asked()).toEqual({ id: '7', team: '3' });
    expect(desk.calls).toEqual([]);
    const bench = open({}, BY_NAME);
    await warm(bench);
    for (let turn = 0; turn < 3; turn += 1) await look(bench);
    expect(desk.calls.map(({ method }) => method).toSorted()).toEqual([CATEGORIES, STAFF]);
  });

  it('knows no names without the source, and none of nobody', async () => {
    const without = open({ helpSpotSource: undefined }, BY_NAME);
    await look(without);
    expect([without.erp.queries, desk.calls]).toEqual([[], []]);
    const bench = open({}, BY_NAME);
    await look(bench, { xPersonAssignedTo: '0' });
    expect(bench.erp.queries).toEqual([]);
    await warm(bench, { xPersonAssignedTo: '2' });
    expect(bench.asked()).toMatchObject({ who: 'Ian Landsman' });
  });

  it('takes the last name that is known while the API is down', async () => {
    const bench = open({}, BY_NAME);
    await warm(bench);
    vi.useFakeTimers({ now: Date.now() + 3_600_000, toFake: ['Date'] });
    onTestFinished(() => void vi.useRealTimers());
    desk.fail(503, { times: 1_000 });
    await look(bench);
    expect(bench.asked()).toMatchObject({ team: 'Development/3', who: 'Jörg Müller' });
  });

  it.each(['hang', 503, 'cut', 'garbage', 'maintenance', { errors: [2] }] as const)(
    'takes the number where no name ever was known, tells the log, and waits a moment only (%j)',
    async (how) => {
      const bench = open({}, BY_NAME);
      desk.fail(how, { times: 1_000 });
      const started = performance.now();
      await look(bench);
      expect(performance.now() - started).toBeLessThan(4_000);
      expect(bench.asked()).toEqual({ id: '7', team: '3/3', who: '3' });
      const warned = bench.log.lines.find(({ message }) => message === NAMELESS);
      expect(warned).toMatchObject({
        level: 'warn',
        fields: { source: 'helpdesk', names: ['category', 'assigned_to'], reference: expect.stringMatching(/^\w{6}$/) },
      });
    },
  );

  it('takes what it gets where one list fails, and the number of what HelpSpot does not know', async () => {
    const bench = open({}, BY_NAME);
    desk.fail('hang', { method: STAFF, times: 10 });
    const asked = async () => {
      await look(bench);
      return bench.asked();
    };
    await expect.poll(asked, { timeout: 20_000 }).toMatchObject({ team: 'Development/3', who: '3' });
    await look(bench, { xCategory: '99', xPersonAssignedTo: '4' });
    expect(bench.asked()).toMatchObject({ team: '99/99', who: '4' });
  });
});

describe('an AJAX selection field', () => {
  const FIELD: AjaxPlan = {
    ...{ name: 'pages', source: 'erp', search: undefined, description: undefined, group: undefined },
    ...{ before: [], after: [], order: [], limit: 10, encoding: 'utf-8' },
    value: { kind: 'template', template: '{{id}}' },
    where: [{ field: 'team', value: '{{category}}', optional: false, label: undefined }],
  };
  const ajax = new Map([['pages', FIELD]]);
  const options = async ({ gateway }: Bench, parameters: Readonly<Record<string, string>>) =>
    (await gateway.ajax({ field: 'pages', parameters })).answer?.options ?? [];

  it('has names in its conditions, and asks for what has none yet', async () => {
    const bench = open({ ajax });
    const asked = async () => {
      await options(bench, { ...REQUEST, callingField: '' });
      return bench.asked();
    };
    await expect.poll(asked, { timeout: 20_000 }).toEqual({ team: 'Development' });
    expect(await options(bench, { xCategory: '', callingField: '' })).toMatchObject([
      { description: 'Fill in the category first' },
    ]);
  });

  it('takes what stands in its address before the name', async () => {
    const bench = open({ ajax });
    await options(bench, { ...REQUEST, category: 'Support', callingField: '' });
    expect(bench.asked()).toEqual({ team: 'Support' });
    expect(desk.calls).toEqual([]);
  });

  it('is asked by the first of two steps too', async () => {
    const where = [{ field: 'team', value: '{{assigned_to}}', optional: false, label: undefined }];
    const bench = open({ ajax: new Map([['pages', { ...FIELD, where: [], via: { source: 'erp', where } }]]) });
    const asked = async () => {
      await options(bench, { ...REQUEST, callingField: '' });
      return bench.erp.queries.flatMap(({ criteria }) => criteria).slice(-1);
    };
    await expect.poll(asked, { timeout: 20_000 }).toMatchObject([{ field: 'team', value: 'Jörg Müller' }]);
  });
});

describe('a push', () => {
  const TEMPLATES: Partial<PushTargetPlan> = {
    title: '{{category}}: {{sTitle}}',
    body: '{{status}}, {{assigned_to}}, {{opened_by}}',
    fields: { project: '{{category}}', priority: '{{xCategory}}' },
  };
  const FIELDS = { xCategory: '3', xStatus: '1', xPersonAssignedTo: '3', xPersonOpenedBy: '2' };

  async function bench() {
    const target = await newTarget();
    const store = join(await temporaryFolder(), 'gateway.db');
    const plan = benchPlan({ plan: TEMPLATES }, target, store);
    const sources = new Map([...plan.sources, ['helpdesk', helpdesk()] as const]);
    const start = () => {
      const log = recordedLog();
      const named = { ...plan, sources, helpSpotSource: 'helpdesk' };
      const gateway = createGateway(named, { log, openLedger: () => openLedger(store) });
      onTestFinished(() => gateway.close());
      const push = async (fields: Record<string, string>) =>
        await gateway.push({ target: 'Tickets', request: pushed(fields) });
      return { push, log, gateway };
    };
    return { target, start };
  }

  it('has names in its title, body and fields', async () => {
    const { target, start } = await bench();
    expect((await start().push(FIELDS)).failure).toBeUndefined();
    expect(target.tickets).toMatchObject([
      {
        title: 'Development: Printer',
        body: 'Active, Jörg Müller, Ian Landsman',
        fields: { project: 'Development', priority: '3' },
      },
    ]);
  });

  it('is not refused without them, and is the same push with and without them', async () => {
    const { target, start } = await bench();
    const first = start();
    desk.fail(503, { times: 1_000 });
    const one = await first.push(FIELDS);
    expect(target.tickets).toMatchObject([{ title: '3: Printer', fields: { project: '3' } }]);
    expect(first.log.lines.filter(({ message }) => message === NAMELESS)).toHaveLength(1);
    await first.gateway.close();
    desk.heal();
    expect((await start().push(FIELDS)).id).toBe(one.id);
    expect(target.tickets).toHaveLength(1);
    // Another category is another push.
    await start().push({ ...FIELDS, xCategory: '2' });
    expect(target.tickets).toMatchObject([{}, { title: 'Bugs: Printer' }]);
  });
});
