import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { SourceError, UserError } from '../../../src/contract/index.ts';
import type { AjaxPlan } from '../../../src/gateway/ajax/plan.ts';
import { createGateway } from '../../../src/gateway/gateway.ts';
import type { GatewayPlan, SourcePlan } from '../../../src/gateway/plan.ts';
import { writeAjax } from '../../../src/helpspot/ajax-xml.ts';
import { nastyText } from '../../helpspot/nasty.ts';
import { readOptions } from '../../support/ajax-xml.ts';
import { recordedLog } from '../../support/log.ts';
import { type MemorySystem, memorySystem } from '../../support/memory-adapter.ts';
import { gatewayPlan, memorySource } from '../../support/plans.ts';

/** A field over the source `billing`, with what a test does not care about filled in. */
function ajaxPlan(more: Partial<AjaxPlan> = {}): AjaxPlan {
  return {
    name: 'codes',
    source: 'billing',
    where: [],
    search: undefined,
    value: { kind: 'template', template: '{{code}}' },
    description: '{{name}}',
    group: undefined,
    before: [],
    after: [],
    order: [],
    limit: 100,
    encoding: 'utf-8',
    ...more,
  };
}

const BILLING = [
  { customer_id: '12', code: '#4878', name: 'Support' },
  { customer_id: '12', code: '#9978', name: 'Emergency Support' },
  { customer_id: '7', code: '#1', name: 'Another customer' },
  { customer_id: '12', code: '#9775', name: 'Custom Development' },
  { customer_id: '12', code: '#2111', name: 'Training' },
];

interface Setup {
  readonly system?: MemorySystem;
  readonly source?: Partial<SourcePlan>;
  readonly gateway?: Partial<GatewayPlan>;
}

function open(field: Partial<AjaxPlan> = {}, setup: Setup = {}) {
  const system = setup.system ?? memorySystem(BILLING);
  const log = recordedLog();
  const sources = [memorySource('billing', system, { title: 'Billing', ...setup.source })];
  const plan = gatewayPlan(sources, {}, { ajax: new Map([['codes', ajaxPlan(field)]]), ...setup.gateway });
  const gateway = createGateway(plan, { log });
  onTestFinished(() => gateway.close());
  const ask = (parameters: Record<string, string> = {}, name = 'codes') => gateway.ajax({ field: name, parameters });
  /** The options as `value|description`. */
  const lines = async (parameters: Record<string, string> = {}) => {
    const { answer, failure, encoding } = await ask(parameters);
    expect(failure).toBeUndefined();
    const options = readOptions(await writeAjax(answer ?? { options: [] }, encoding));
    return options.map(({ value, description }) => `${value}|${description}`);
  };
  return { gateway, system, log, ask, lines };
}

const where = (field: string, value: string, more: { optional?: boolean; label?: string } = {}) => ({
  field,
  value,
  optional: false,
  label: undefined,
  ...more,
});

describe('a list', () => {
  it("of a customer's billing codes is the manual's", async () => {
    const { lines, system } = open({ where: [where('customer_id', '{{sUserId}}')] });
    const four = ['#4878|Support', '#9978|Emergency Support', '#9775|Custom Development', '#2111|Training'];
    expect(await lines({ sUserId: '12' })).toEqual(four);
    expect(await lines({ customer_id: ' 12 ' })).toEqual(four);
    expect(system.queries[0]?.criteria).toEqual([{ field: 'customer_id', match: 'exact', value: '12' }]);
  });

  it('without conditions has everything', async () => {
    const { lines, system } = open();
    expect(await lines()).toHaveLength(5);
    expect(system.queries[0]?.criteria).toEqual([]);
  });

  it('gives the source the parameters under one set of names', async () => {
    const { ask, system } = open();
    await ask({ sEmail: 'a@b.c', Custom10: 'typed', callingField: 'Custom10' });
    expect(system.queries[0]?.parameters).toEqual({ email: 'a@b.c', Custom10: 'typed', callingField: 'typed' });
  });

  it('asks for what is not filled in, and not the source', async () => {
    const { lines, system } = open({
      where: [
        where('customer_id', '{{sUserId}}'),
        where('city', '{{Custom3.1}}', { label: 'City' }),
        where('phone', '{{sPhone}}'),
        where('status', '{{xStatus}}', { optional: true }),
        where('both', '{{Custom5}}-{{Custom6}}'),
      ],
    });
    expect(await lines({ sUserId: ' ', sPhone: 'n/a', Custom5: '1' })).toEqual([
      '|Fill in the customer ID and City and the phone number and custom field 6 first',
    ]);
    expect(system.queries).toEqual([]);
  });

  it('takes a level of a drill-down field, constants, and leaves out what is optional', async () => {
    const { ask, system } = open({
      where: [
        where('city', '{{Custom3.1}}'),
        where('building', '{{Custom3.2}}', { optional: true }),
        where('active', 'true'),
      ],
    });
    await ask({ Custom3: 'Boston#-#8th' });
    await ask({ Custom3: 'Boston' });
    const [whole, city] = system.queries.map(({ criteria }) => criteria.map(({ field, value }) => `${field}=${value}`));
    expect(whole).toEqual(['city=Boston', 'building=8th', 'active=true']);
    expect(city).toEqual(['city=Boston', 'active=true']);
  });

  it('means yes by true, however the system writes it', async () => {
    const flags = [true, 1, '1', 'yes', 'TRUE', false, 0, 'no', 'maybe'];
    const system = memorySystem(flags.map((active, code) => ({ code, name: 'x', active })));
    const { lines } = open({ where: [{ ...where('active', 'true'), kind: 'boolean' }] }, { system });
    expect((await lines({})).map((line) => line[0])).toEqual(['0', '1', '2', '3', '4']);
  });

  it('has each value once, and none that is empty', async () => {
    const system = memorySystem([
      { code: 'A', name: 'first' },
      { code: 'A', name: 'second' },
      { code: ' A\n', name: 'third' },
      { name: 'no code' },
      { code: '<b></b>', name: 'no text' },
      { code: 'B' },
    ]);
    const { lines, log } = open({}, { system });
    expect(await lines()).toEqual(['A|first', 'B|B']);
    expect(log.lines.at(-1)?.fields).toMatchObject({ count: 2, withoutValue: 2 });
  });

  it('says when nothing that was found has a value', async () => {
    const { lines } = open({ value: { kind: 'template', template: '{{kode}}' } });
    expect(await lines()).toEqual(['|What was found has no value for this field; tell your administrator']);
  });

  it('can have drill-down values', async () => {
    const system = memorySystem([{ city: 'Boston', floor: '8th' }, { city: 'Bern' }]);
    const { lines } = open(
      { value: { kind: 'drillDown', levels: ['{{city}}', '{{floor}}'] }, description: undefined },
      { system },
    );
    expect(await lines()).toEqual(['Boston#-#8th|Boston#-#8th', 'Bern|Bern']);
  });

  it('has groups under headings, in the order of their first option', async () => {
    const system = memorySystem([
      { code: '1', kind: 'B' },
      { code: '2', kind: 'A' },
      { code: '3' },
      { code: '4', kind: 'B' },
    ]);
    const { lines } = open({ description: undefined, group: '{{kind}}' }, { system });
    expect(await lines()).toEqual(['3|3', '|--- B ---', '1|1', '4|4', '|--- A ---', '2|2']);
  });

  it('has constant options around, also when nothing is found or asked', async () => {
    const before = [{ value: '0', description: 'General' }];
    const after = [{ value: '9', description: '' }];
    const conditions = [where('customer_id', '{{sUserId}}')];
    const { lines } = open({ before, after, where: conditions });
    expect(await lines({ sUserId: '7' })).toEqual(['0|General', '#1|Another customer', '9|9']);
    expect(await lines({ sUserId: '8' })).toEqual(['0|General', '9|9', '|Nothing found']);
    expect(await lines()).toEqual(['0|General', '9|9', '|Fill in the customer ID first']);
    const { lines: constants } = open({ source: undefined, before, after });
    expect(await constants()).toEqual(['0|General', '9|9']);
  });

  it('is written as the field says', async () => {
    const { lines } = open({ encoding: 'latin1' }, { system: memorySystem([{ code: 'Łódź', name: 'Zoë' }]) });
    expect(await lines()).toEqual(['Lódz|Zoë']);
  });
});

describe('the order', () => {
  const system = () =>
    memorySystem([
      { code: 'item 10', size: 3 },
      { code: 'item 9', size: 20 },
      { code: 'Item 11', size: new Date(0) },
      { code: 'none' },
    ]);
  const sorted = async (...order: AjaxPlan['order']) =>
    (await open({ order, description: undefined }, { system: system() }).lines()).map((line) => line.split('|')[0]);

  it('is by field, numbers by their size, and what has no value last', async () => {
    expect(await sorted({ field: 'code', descending: false })).toEqual(['item 9', 'item 10', 'Item 11', 'none']);
    expect(await sorted({ field: 'size', descending: true })).toEqual(['item 9', 'item 10', 'Item 11', 'none']);
    expect(await sorted({ field: 'size', descending: false })).toEqual(['Item 11', 'item 10', 'item 9', 'none']);
    expect(await sorted({ field: 'nothing', descending: true }, { field: 'code', descending: true })).toEqual([
      'none',
      'Item 11',
      'item 10',
      'item 9',
    ]);
  });

  it('is that of all records, not of the first ones', async () => {
    const records = Array.from({ length: 300 }, (_, n) => ({ code: String(1_000 - n), name: 'x' }));
    const { lines } = open(
      { order: [{ field: 'code', descending: false }], limit: 2 },
      { system: memorySystem(records) },
    );
    expect(await lines()).toEqual(['701|x', '702|x', '|Only the first 2 are shown']);
  });
});

describe('the limit', () => {
  const records = Array.from({ length: 10 }, (_, n) => ({ code: String(n), name: 'x' }));

  it('is kept, and said', async () => {
    const { lines, system } = open(
      { limit: 3, search: { fields: ['name'], match: 'contains', minimum: 0 } },
      { system: memorySystem(records) },
    );
    expect(await lines()).toEqual(['0|x', '1|x', '2|x', '|Only the first 3 are shown; type more to narrow the list']);
    expect(system.queries.map(({ limit }) => limit)).toEqual([4]);
    expect(await open({ limit: 10 }, { system: memorySystem(records) }).lines()).toHaveLength(10);
  });

  it('is of different values, however many records have the same', async () => {
    const many = Array.from({ length: 400 }, (_, n) => ({ code: String(Math.floor(n / 100)), name: 'x' }));
    const { lines, system } = open({ limit: 3 }, { system: memorySystem(many) });
    expect(await lines()).toEqual(['0|x', '1|x', '2|x', '|Only the first 3 are shown']);
    expect(system.queries).toHaveLength(2);
    expect(await open({ limit: 4 }, { system: memorySystem(many) }).lines()).toEqual(['0|x', '1|x', '2|x', '3|x']);
  });

  it('is kept with what there is when the source fails to give more', async () => {
    const many = Array.from({ length: 50 }, (_, n) => ({ code: String(Math.floor(n / 10)), name: 'x' }));
    const system = memorySystem(many);
    const { lines, log } = open({ limit: 3 }, { system });
    const { push } = system.queries;
    system.queries.push = (...queries) => {
      if (system.queries.length === 1) system.error = new SourceError('timeout', 'too many');
      return push.apply(system.queries, queries);
    };
    expect(await lines()).toEqual([
      ...['0|x', '|Only the first one is shown'],
      '|Billing did not answer in time; try again in a minute',
    ]);
    expect(log.lines.map(({ message }) => message)).toEqual(['a source failed', 'ajax field']);
  });

  it('ends: a source with the same value for ever is asked twice', async () => {
    const many = Array.from({ length: 6_000 }, () => ({ code: '1', name: 'x' }));
    const { lines, system } = open({ limit: 3 }, { system: memorySystem(many) });
    expect(await lines()).toEqual(['1|x', '|Only the first one is shown']);
    expect(system.queries).toHaveLength(2);
  });
});

describe('a search', () => {
  const search = { fields: ['code', 'name'], match: 'contains', minimum: 2 } as const;
  const typed = (text: string) => ({ Custom10: text, callingField: 'Custom10' });

  it('takes both readings of callingField', async () => {
    const { lines } = open({ search });
    expect(await lines({ Custom10: 'supp', callingField: 'Custom10' })).toEqual([
      '#4878|Support',
      '#9978|Emergency Support',
    ]);
    expect(await lines({ Custom10: 'else', callingField: 'supp' })).toHaveLength(2);
  });

  it('asks once for each field, and finds what any of them has', async () => {
    const { lines, system } = open({ search });
    expect(await lines(typed('9'.repeat(2)))).toEqual(['#9978|Emergency Support']);
    expect(system.queries.map(({ criteria }) => criteria)).toEqual([
      [{ field: 'code', match: 'contains', value: '99' }],
      [{ field: 'name', match: 'contains', value: '99' }],
    ]);
    const both = open({ search, where: [where('customer_id', '12')] });
    expect(await both.lines(typed('tr'))).toEqual(['#2111|Training']);
    expect(both.system.queries[1]?.criteria).toHaveLength(2);
  });

  it('wants the minimum, in characters as people count them', async () => {
    const { lines, system } = open({ search });
    for (const text of ['', ' s ', '🚀']) {
      expect(await lines(typed(text))).toEqual(['|Type at least 2 characters into this field, then search again']);
    }
    expect(system.queries).toEqual([]);
    const one = open({ search: { ...search, minimum: 1 } });
    expect(await one.lines()).toEqual(['|Type at least 1 character into this field, then search again']);
  });

  it('refuses what is longer than anything it could find, in words, without asking', async () => {
    const { lines, system } = open({ search });
    expect(await lines({ callingField: '\ufdfa'.repeat(1_001) })).toEqual([
      expect.stringMatching(/^\|What is typed is longer than 1000 characters; type less/),
    ]);
    expect(system.queries).toEqual([]);
  });

  it('without a minimum shows the list to who types nothing', async () => {
    const { lines } = open({ search: { ...search, minimum: 0 } });
    expect(await lines(typed(''))).toHaveLength(5);
  });

  it('says that nothing was found, with the text, however long', async () => {
    const { lines } = open({ search });
    expect(await lines(typed('<zz>'))).toEqual(['|Nothing found for "<zz>"; try another text']);
    expect(await lines(typed('😀'.repeat(50)))).toEqual([
      `|Nothing found for "${'😀'.repeat(40)}..."; try another text`,
    ]);
  });

  it('leaves out a telephone field for a text without digits', async () => {
    const { lines, system } = open({ search: { fields: ['phone'], match: 'contains', minimum: 0 } });
    expect(await lines(typed('abc'))).toEqual(['|Nothing found for "abc"; try another text']);
    expect(system.queries).toEqual([]);
  });

  it('without `search` is none', async () => {
    const { lines, system } = open();
    expect(await lines(typed('training'))).toHaveLength(5);
    expect(system.queries[0]?.criteria).toEqual([]);
  });
});

describe('a failure', () => {
  it('says which system failed, what to do, and the reference of the log', async () => {
    const system = memorySystem(BILLING);
    system.error = new SourceError('unreachable', 'ECONNREFUSED 10.0.0.1', { remedy: 'start it' });
    const { ask, log } = open({ before: [{ value: '0', description: 'General' }] }, { system });
    const { failure, reference, answer } = await ask();
    expect(answer).toBeUndefined();
    expect(failure).toEqual({
      message: `Billing did not answer; try again in a minute (ref ${reference})`,
      status: 503,
    });
    expect(log.lines.map(({ level, message }) => `${level} ${message}`)).toEqual([
      'error a source failed',
      'info ajax field failed',
    ]);
    expect(log.lines[0]?.fields).toMatchObject({ reference, ajax: 'codes', source: 'billing', remedy: 'start it' });
  });

  it('of one of several queries is a failure', async () => {
    const system = memorySystem(BILLING);
    const { ask } = open({ search: { fields: ['code', 'name'], match: 'exact', minimum: 0 } }, { system });
    await ask();
    system.error = new SourceError('rate-limited', 'slow', { retryAfterMs: 2_500 });
    const { failure } = await ask({ callingField: 'x' });
    expect(failure).toMatchObject({ status: 503, retryAfterSeconds: 3 });
  });

  it('keeps the deadline of the server, and that of the source', async () => {
    const hanging = () => Object.assign(memorySystem(BILLING), { hangs: true });
    const server = { host: '127.0.0.1', port: 0, deadlineMs: 30, trustProxy: [] };
    const whole = open({}, { system: hanging(), gateway: { server } });
    expect((await whole.ask()).failure).toMatchObject({ status: 504 });
    const own = open({}, { system: hanging(), source: { timeoutMs: 30 } });
    expect((await own.ask()).failure?.message).toMatch(/^Billing did not answer in time/);
  });

  it('of the caller to wait is no failure of the source', async () => {
    const { gateway, log } = open({}, { system: Object.assign(memorySystem(), { hangs: true }) });
    const controller = new AbortController();
    const answer = gateway.ajax({ field: 'codes', parameters: {} }, { controller, via: 'http', caller: 'helpspot' });
    controller.abort(new Error('the caller has hung up'));
    expect((await answer).failure?.status).toBe(499);
    expect(log.lines.map(({ level, message }) => [level, message])).toEqual([['info', 'the caller has gone away']]);
  });

  it('of the configuration and of our own is said as such', async () => {
    const wrong = Object.assign(memorySystem(), { error: new UserError('no such table') });
    expect((await open({}, { system: wrong }).ask()).failure).toMatchObject({
      message: expect.stringMatching(/^Billing is not set up correctly; tell your administrator/),
      status: 500,
    });
    const unknown = open({ source: 'gone' });
    const { failure, reference } = await unknown.ask();
    expect(failure).toEqual({
      message: `An error in the gateway prevented this list; tell your administrator (ref ${reference})`,
      status: 500,
    });
    expect(unknown.log.lines[0]).toMatchObject({ level: 'error', fields: { reference, kind: 'bug' } });
  });

  it('of a name has the nearest name', async () => {
    const { ask, log } = open();
    expect((await ask({}, 'codez')).failure).toMatchObject({
      message: expect.stringMatching(/^There is no AJAX field "codez"; did you mean "codes"\? \(ref/),
      status: 404,
    });
    expect((await ask({}, 'x'.repeat(5_000))).failure?.message).toContain('known: codes');
    expect(JSON.stringify(log.lines)).not.toContain('x'.repeat(100));
    const none = open({}, { gateway: { ajax: new Map() } });
    expect((await none.ask()).failure?.message).toContain('the configuration has none');
  });
});

describe('the log', () => {
  const search = { fields: ['name'], match: 'contains', minimum: 0 } as const;
  const sent = { sUserId: '12', callingField: 'secret text', acting_person_xperson: '3' };

  it('has one line, without what was typed', async () => {
    const { gateway, log } = open({ search, where: [where('customer_id', '{{sUserId}}')] });
    const { reference } = await gateway.ajax({ field: 'codes', parameters: sent }, { via: 'http', caller: 'helpspot' });
    expect(log.lines).toHaveLength(1);
    const fields = {
      ...{ reference, ajax: 'codes', via: 'http', caller: 'helpspot', actingPerson: '3', count: 0 },
      sources: [{ source: 'billing', count: 0, failed: false, milliseconds: expect.any(Number) }],
      milliseconds: expect.any(Number),
    };
    expect(log.lines[0]).toEqual({ level: 'info', message: 'ajax field', fields });
  });

  it('has it when the administrator says so', async () => {
    const { ask, log } = open({ search }, { gateway: { log: { level: 'info', customerValues: true } } });
    await ask(sent);
    expect(JSON.stringify(log.lines)).toContain('secret text');
  });
});

it('tells what the source says of its answer', async () => {
  const system = Object.assign(memorySystem(BILLING), { notice: 'only the first page was read' });
  expect((await open({}, { system }).lines()).at(-1)).toBe('|Billing: only the first page was read');
});

it('is well-formed and within its limit, whatever the source holds', async () => {
  const record = fc.dictionary(fc.constantFrom('code', 'name', 'kind'), fc.oneof(nastyText, fc.double(), fc.boolean()));
  await fc.assert(
    fc.asyncProperty(fc.array(record, { maxLength: 12 }), nastyText, async (records, text) => {
      const field = { limit: 5, group: '{{kind}}', order: [{ field: 'name', descending: true }] };
      const search = { fields: ['code', 'name'], match: 'contains', minimum: 0 } as const;
      const gateway = createGateway(
        gatewayPlan(
          [memorySource('billing', memorySystem(records))],
          {},
          {
            ajax: new Map([
              ['all', ajaxPlan(field)],
              ['found', ajaxPlan({ ...field, search, encoding: 'latin1' })],
            ]),
          },
        ),
        { log: recordedLog() },
      );
      for (const name of ['all', 'found']) {
        const { answer, encoding } = await gateway.ajax({ field: name, parameters: { callingField: text } });
        const options = readOptions(await writeAjax(answer ?? { options: [] }, encoding));
        const values = options.map(({ value }) => value).filter((value) => value !== '');
        expect(options.length).toBeGreaterThan(0);
        expect(values.length).toBeLessThanOrEqual(5);
        if (encoding === 'utf-8') expect(new Set(values).size).toBe(values.length);
      }
      await gateway.close();
    }),
  );
});
