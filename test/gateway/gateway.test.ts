import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type Adapter, SourceError } from '../../src/contract/index.ts';
import { createGateway } from '../../src/gateway/gateway.ts';
import { recordedLog } from '../support/log.ts';
import { memoryAdapter, memorySystem } from '../support/memory-adapter.ts';
import { gatewayPlan, memorySource } from '../support/plans.ts';

const ask = { lookup: 'default', parameters: { customer_id: '1' } };
const bob = { customer_id: '1' };

describe('check', () => {
  it('says of every source whether it answers, and how to mend it', async () => {
    const dead = Object.assign(memorySystem(), {
      error: new SourceError('unauthorized', 'the password was refused', { remedy: 'set bindPassword' }),
    });
    const buggy = Object.assign(memorySystem(), { error: new TypeError('x is not a function') });
    const plan = gatewayPlan([
      memorySource('good', memorySystem()),
      memorySource('dead', dead),
      memorySource('buggy', buggy),
    ]);
    const rows = await createGateway(plan, { log: recordedLog() }).check();
    expect(rows.map(({ source, ok, problem }) => [source, ok, problem])).toEqual([
      ['good', true, ''],
      ['dead', false, 'the password was refused; set bindPassword'],
      ['buggy', false, 'a bug in the gateway or the adapter: x is not a function'],
    ]);
  });

  it('gives up at the deadline', async () => {
    const plan = gatewayPlan([memorySource('slow', Object.assign(memorySystem(), { hangs: true }))]);
    const gateway = createGateway({ ...plan, server: { ...plan.server, deadlineMs: 50 } }, { log: recordedLog() });
    const [row] = await gateway.check();
    expect(row).toMatchObject({ ok: false, problem: 'source slow: no answer within 50 ms' });
  });
});

describe('JavaScript of other people', () => {
  it.each([
    ['[null]', 'gave something that is no record'],
    ['{"customer_id":"1"}', 'find of the adapter gave no list'],
    ['[{"address":{"city":"Bern"}}]', 'gave the field "address" what is no value'],
    ['[{"phone":null}]', 'gave the field "phone" what is no value'],
  ])('that gives %s has a bug, told in words', async (answer, problem) => {
    const source = { check: async () => {}, find: async () => JSON.parse(answer) };
    expect(await problemOf({ ...memorySource('odd', memorySystem()).adapter, open: () => source })).toContain(problem);
  });

  it.each<readonly [error: unknown, problem: string]>([
    ['no way', 'source odd threw "no way", which is no Error'],
    [Object.create(null), 'source odd threw {}, which is no Error'],
    [1n, 'source odd threw something of type bigint'],
  ])('that throws what is no error has a bug, told in words', async (error, problem) => {
    expect(await problemOf(memorySource('odd', Object.assign(memorySystem(), { error })).adapter)).toContain(problem);
  });

  it('that opens nothing has a bug, told in words', async () => {
    const adapter = { ...memorySource('odd', memorySystem()).adapter, open: () => JSON.parse('{}') };
    expect(await problemOf(adapter)).toContain('open of the adapter memory gave no source');
  });

  async function problemOf(adapter: Adapter): Promise<string> {
    const log = recordedLog();
    const plan = gatewayPlan([{ ...memorySource('odd', memorySystem()), adapter }]);
    await createGateway(plan, { log }).lookup(ask);
    return String(log.lines.find(({ message }) => message === 'a source failed')?.fields['problem']);
  }
});

describe('a checkbox', () => {
  it('that a record says neither yes nor no for is left out, and staff are told once', async () => {
    const records = ['nein', 'gesperrt', 'gesperrt'].map((active) => ({ customer_id: '1', active }));
    const fields = [
      { element: 'Custom5', content: { kind: 'checkbox', from: 'active' }, visibleTo: undefined },
    ] as const;
    const plan = gatewayPlan([memorySource('a', memorySystem(records))], { fields });
    const { answer } = await createGateway(plan, { log: recordedLog() }).lookup(ask);
    expect(answer?.customers).toEqual([[{ name: 'Custom5', content: { kind: 'text', text: '0' } }], [], []]);
    expect(answer?.notices).toEqual([
      'active is neither yes nor no in some records, so Custom5 is left out of them; tell your administrator',
    ]);
  });
});

describe('sources', () => {
  it('are opened when first asked, once for parallel lookups, and closed at the end', async () => {
    const system = memorySystem([bob]);
    const gateway = createGateway(gatewayPlan([memorySource('a', system)]), { log: recordedLog() });
    expect(system.opened).toBe(0);
    await Promise.all([gateway.lookup(ask), gateway.lookup(ask), gateway.lookup(ask)]);
    expect(system).toMatchObject({ opened: 1, closed: 0 });
    await gateway.close();
    expect(system.closed).toBe(1);
  });

  it('have a time-out of their own within the deadline', async () => {
    const slow = Object.assign(memorySystem(), { hangs: true });
    const plan = gatewayPlan([
      memorySource('slow', slow, { timeoutMs: 30 }),
      memorySource('fast', memorySystem([bob])),
    ]);
    const outcome = await createGateway(plan, { log: recordedLog() }).lookup(ask);
    expect(outcome.answer?.customers).toHaveLength(1);
    expect(outcome.answer?.notices[0]).toContain('slow did not answer in time');
  });
});

describe('a source that takes too long to open', () => {
  it('is opened afresh by the next lookup, and what opens too late is closed', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const system = memorySystem([bob]);
    const open: (() => void)[] = [];
    const adapter = memoryAdapter(system);
    const late: typeof adapter = {
      ...adapter,
      open: async (settings, services) => {
        await new Promise<void>((done) => open.push(done));
        return await adapter.open(settings, services);
      },
    };
    const gateway = createGateway(gatewayPlan([memorySource('a', system, { adapter: late })]), { log: recordedLog() });
    const first = gateway.lookup(ask);
    await vi.advanceTimersByTimeAsync(30_000);
    expect((await first).failure).toBeDefined();
    open[0]?.();
    await vi.waitFor(() => expect(system).toMatchObject({ opened: 1, closed: 1 }));
    const next = gateway.lookup(ask);
    await vi.waitFor(() => expect(open).toHaveLength(2));
    open[1]?.();
    expect((await next).answer?.customers).toHaveLength(1);
    expect(system).toMatchObject({ opened: 2, closed: 1 });
    await gateway.close();
    expect(system).toMatchObject({ opened: 2, closed: 2 });
  });
});

describe('a reload', () => {
  it('keeps sources that did not change and closes those that did', async () => {
    const kept = memorySystem([bob]);
    const changed = memorySystem([bob]);
    const plan = gatewayPlan([memorySource('kept', kept), memorySource('changed', changed)]);
    const gateway = createGateway(plan, { log: recordedLog() });
    await gateway.lookup(ask);
    const fresh = memorySystem([bob]);
    const next = gatewayPlan([memorySource('kept', kept), memorySource('changed', fresh, { written: 'other' })]);
    await gateway.reload(next);
    await gateway.lookup(ask);
    expect(gateway.plan).toBe(next);
    expect([kept.opened, kept.closed, changed.closed, fresh.opened]).toEqual([1, 0, 1, 1]);
  });

  it('closes a source when the last question to it is answered', async () => {
    let release: (() => void) | undefined;
    const released = new Promise<void>((done) => {
      release = done;
    });
    const old = Object.assign(memorySystem([bob]), { wait: () => released });
    const gateway = createGateway(gatewayPlan([memorySource('a', old)]), { log: recordedLog() });
    const inHand = gateway.lookup(ask);
    await vi.waitFor(() => expect(old.queries).toHaveLength(1));
    const reloaded = gateway.reload(gatewayPlan([memorySource('a', memorySystem(), { written: 'other' })]));
    await new Promise((done) => setImmediate(done));
    expect(old.closed).toBe(0);
    release?.();
    expect((await inHand).answer?.customers).toHaveLength(1);
    await reloaded;
    expect(old.closed).toBe(1);
  });

  it('lets lookups in hand end on the old source', async () => {
    let release: (() => void) | undefined;
    const old = memorySystem([bob]);
    const plan = gatewayPlan([memorySource('a', old)]);
    const adapter = plan.sources.get('a')?.adapter;
    if (adapter === undefined) throw new Error('no source');
    const slowOpen = {
      ...adapter,
      open: async () => {
        await new Promise<void>((done) => {
          release = done;
        });
        return adapter.open({}, { name: 'a', log: recordedLog(), resolve: (path) => path });
      },
    };
    const gateway = createGateway(gatewayPlan([memorySource('a', old, { adapter: slowOpen })]), { log: recordedLog() });
    const inHand = gateway.lookup(ask);
    await new Promise((done) => setImmediate(done));
    const reloaded = gateway.reload(gatewayPlan([memorySource('a', memorySystem(), { written: 'other' })]));
    release?.();
    expect((await inHand).answer?.customers).toHaveLength(1);
    await reloaded;
    expect(old.closed).toBe(1);
  });
});
