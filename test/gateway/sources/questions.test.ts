/** How a source is asked: once for equal questions, from the cache, so many at once, and not at all while it rests. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { SourceError } from '../../../src/contract/index.ts';
import { createGateway } from '../../../src/gateway/gateway.ts';
import type { GatewayPlan, SourcePlan } from '../../../src/gateway/plan.ts';
import type { GatewayEvent } from '../../../src/gateway/telemetry.ts';
import { recordedLog } from '../../support/log.ts';
import { type MemorySystem, memorySystem } from '../../support/memory-adapter.ts';
import { gatewayPlan, memorySource, steps } from '../../support/plans.ts';

const BOB = { customer_id: '12', email: 'bob@example.com', last_name: 'Jones' };
const CACHE = { freshMs: 60_000, staleMs: 3_600_000, entries: 100 };
const MATCH = { match: steps('email') };
const DOWN = new SourceError('unreachable', 'refused');

function gatewayOver(system: MemorySystem, source: Partial<SourcePlan> = {}, more: Partial<GatewayPlan> = {}) {
  const plan = gatewayPlan([memorySource('crm', system, source)], MATCH, more);
  const log = recordedLog();
  const gateway = createGateway(plan, { log });
  onTestFinished(() => gateway.close());
  const events: GatewayEvent[] = [];
  gateway.events.listen((event) => void events.push(event));
  const ask = async (email = 'bob@example.com', more: Readonly<Record<string, string>> = {}) => {
    const { answer, failure, reference } = await gateway.lookup({ lookup: 'default', parameters: { email, ...more } });
    const words = [...(answer?.notices ?? []), ...(failure === undefined ? [] : [failure.message])];
    return { count: answer?.customers.length, said: words.map((text) => text.replaceAll(reference, 'REF')), failure };
  };
  return { gateway, plan, log, events, ask };
}

test('a source is opened with a signal that ends the opening, and not with that of who asks first', async () => {
  const signals: (AbortSignal | undefined)[] = [];
  const source = memorySource('crm', memorySystem([BOB]));
  const open: SourcePlan['adapter']['open'] = (settings, services) => {
    signals.push(services.signal);
    return source.adapter.open(settings, services);
  };
  const gateway = createGateway(gatewayPlan([{ ...source, adapter: { ...source.adapter, open } }], MATCH), {
    log: recordedLog(),
  });
  onTestFinished(() => gateway.close());
  await gateway.lookup({ lookup: 'default', parameters: { email: 'bob@example.com' } });
  expect(signals).toEqual([expect.any(AbortSignal)]);
  expect(signals[0]?.aborted).toBe(false);
});

describe('equal questions at the same time', () => {
  test('of different people are asked once', async () => {
    const system: MemorySystem = { ...memorySystem([BOB]), parameters: [], wait: () => sleep(100) };
    const { ask } = gatewayOver(system);
    const staff = Array.from({ length: 100 }, (_, person) =>
      ask('bob@example.com', { acting_person_xperson: String(person) }),
    );
    const answers = await Promise.all(staff);
    expect(answers.every(({ count }) => count === 1)).toBe(true);
    // The first opened the source, of which it was not known yet what it reads.
    expect(system.queries.length).toBeLessThanOrEqual(100);
    system.queries.length = 0;
    await Promise.all(
      Array.from({ length: 100 }, (_, person) => ask('bob@example.com', { acting_person_xperson: String(person) })),
    );
    expect(system.queries).toHaveLength(1);
    expect(system.queries[0]?.parameters).toEqual({});
  });

  test('that differ in what the source reads are asked each', async () => {
    const system: MemorySystem = { ...memorySystem([BOB]), parameters: ['Custom1'], wait: () => sleep(50) };
    const { ask } = gatewayOver(system);
    await ask();
    system.queries.length = 0;
    await Promise.all(
      ['a', 'b', 'a'].map((Custom1) => ask('bob@example.com', { Custom1, acting_person_xperson: Custom1 })),
    );
    expect(system.queries.map(({ parameters }) => parameters)).toEqual([{ Custom1: 'a' }, { Custom1: 'b' }]);
  });

  test('who goes does not take the answer from the others', async () => {
    const system: MemorySystem = { ...memorySystem([BOB]), parameters: [], wait: () => sleep(200) };
    const { gateway, ask } = gatewayOver(system);
    await ask();
    const controller = new AbortController();
    const first = gateway.lookup({ lookup: 'default', parameters: { email: 'bob@example.com' } }, { controller });
    const second = ask();
    await sleep(20);
    controller.abort(new Error('gone'));
    expect((await first).failure?.status).toBe(499);
    expect((await second).count).toBe(1);
  });

  test('what the acting person may not see is decided for each', async () => {
    const system: MemorySystem = { ...memorySystem([BOB]), parameters: [], wait: () => sleep(50) };
    const shown = {
      element: 'last_name',
      content: { kind: 'field', from: ['last_name'], html: false, date: 'iso', list: 'comma' },
    } as const;
    const plan = gatewayPlan([memorySource('crm', system)], {
      ...MATCH,
      fields: [{ ...shown, visibleTo: ['admin'] }],
    });
    const gateway = createGateway(plan, { log: recordedLog() });
    onTestFinished(() => gateway.close());
    const ask = (acting_person_fusertype: string) =>
      gateway.lookup({ lookup: 'default', parameters: { email: 'bob@example.com', acting_person_fusertype } });
    await ask('1');
    system.queries.length = 0;
    const [admin, guest] = await Promise.all([ask('1'), ask('2')]);
    expect(system.queries).toHaveLength(1);
    const names = [admin, guest].map(({ answer }) => answer?.customers.flatMap((one) => one.map(({ name }) => name)));
    expect(names[0]).not.toEqual(names[1]);
  });
});

describe('a cache', () => {
  test('answers again without asking, for everybody', async () => {
    const system = memorySystem([BOB]);
    const { ask, events } = gatewayOver(system, { cache: CACHE });
    await ask();
    expect((await ask()).count).toBe(1);
    expect(system.queries).toHaveLength(1);
    expect(events.flatMap((event) => (event.kind === 'cache' ? [event.hit] : []))).toEqual(['miss', 'fresh']);
  });

  test('says again what the source said of its answer', async () => {
    const system = { ...memorySystem([BOB]), notice: 'only the first page' };
    const { ask } = gatewayOver(system, { cache: CACHE });
    await ask();
    expect((await ask()).said).toEqual(['crm: only the first page']);
    expect(system.queries).toHaveLength(1);
  });

  test('is asked again when the answer is no longer fresh', async () => {
    const system = memorySystem([BOB]);
    const { ask } = gatewayOver(system, { cache: { ...CACHE, freshMs: 0 } });
    await ask();
    await ask();
    expect(system.queries).toHaveLength(2);
  });

  test('gives the old answer, with its age, when the source fails or rests', async () => {
    const system = memorySystem([BOB]);
    const { ask, log, events } = gatewayOver(system, { cache: { ...CACHE, freshMs: 0 } });
    await ask();
    system.error = DOWN;
    const { count, said } = await ask();
    expect(count).toBe(1);
    expect(said).toEqual([
      expect.stringMatching(/^crm did not answer; this is from \d\d:\d\d, (?:a moment|\d seconds?) ago \(ref REF\)$/),
    ]);
    expect(log.lines.some(({ message }) => message === 'a source failed; an older answer stands in')).toBe(true);
    await ask();
    await ask();
    const asked = system.queries.length;
    const rested = await ask();
    expect(rested.count).toBe(1);
    expect(rested.said).toEqual([
      expect.stringMatching(
        /^crm has not answered since \d\d:\d\d; it is asked again in \d+ seconds; this is from \d\d:\d\d, (?:a moment|\d seconds?) ago \(ref REF\)$/,
      ),
    ]);
    expect(system.queries).toHaveLength(asked);
    expect(events.flatMap((event) => (event.kind === 'cache' && event.hit === 'stale' ? [1] : []))).toHaveLength(4);
  });

  test('has no old "nobody" for a system that is away', async () => {
    const system = memorySystem();
    const { ask } = gatewayOver(system, { cache: { ...CACHE, freshMs: 0 } });
    expect((await ask()).count).toBe(0);
    system.error = DOWN;
    expect((await ask()).failure?.status).toBe(503);
  });

  test('forgets the oldest when it is full', async () => {
    const system = memorySystem([BOB]);
    const { ask } = gatewayOver(system, { cache: { ...CACHE, entries: 2 } });
    for (const email of ['a@x.de', 'b@x.de', 'c@x.de', 'a@x.de']) await ask(email);
    expect(system.queries).toHaveLength(4);
  });

  test('is empty after the settings of its source have changed, and kept when others have', async () => {
    const system = memorySystem([BOB]);
    const { ask, gateway, plan } = gatewayOver(system, { cache: CACHE });
    await ask();
    await gateway.reload({ ...plan, helpSpotUrl: 'https://help.example.com' });
    await ask();
    expect(system.queries).toHaveLength(1);
    await gateway.reload(gatewayPlan([memorySource('crm', system, { cache: CACHE, written: 'other' })], MATCH));
    await ask();
    expect(system.queries).toHaveLength(2);
  });
});

describe('more questions than a system answers', () => {
  test('wait in turn, so many at once', async () => {
    let most = 0;
    let now = 0;
    const wait = async () => {
      now += 1;
      most = Math.max(most, now);
      await sleep(10);
      now -= 1;
    };
    const system: MemorySystem = { ...memorySystem([BOB]), wait };
    const { ask } = gatewayOver(system, { concurrency: 3 });
    const answers = await Promise.all(Array.from({ length: 40 }, (_, person) => ask(`${person}@example.com`)));
    expect(answers.every(({ failure }) => failure === undefined)).toBe(true);
    expect(most).toBe(3);
  });

  test('who finds no place is told at once, and when to come again', async () => {
    const system: MemorySystem = { ...memorySystem([BOB]), wait: () => sleep(500) };
    const { ask } = gatewayOver(system, { concurrency: 1 });
    const all = Array.from({ length: 520 }, (_, person) => ask(`${person}@example.com`));
    const refused = (await Promise.all(all.slice(501))).map(({ failure }) => failure);
    for (const failure of refused) {
      expect(failure).toMatchObject({ status: 503, retryAfterSeconds: 5 });
      expect(failure?.message).toMatch(/^crm is busy with other lookups; try again in 5 seconds/);
    }
    expect(system.queries).toHaveLength(1);
    await Promise.all(all);
  });

  test('a hung system piles up neither calls nor waiting: when it rests, all are told', async () => {
    const system: MemorySystem = { ...memorySystem(), hangs: true };
    const { ask } = gatewayOver(system, { concurrency: 2, timeoutMs: 200 });
    const answers = await Promise.all(Array.from({ length: 60 }, (_, person) => ask(`${person}@example.com`)));
    expect(answers.every(({ failure }) => failure !== undefined)).toBe(true);
    // Two at a time until three have failed.
    expect(system.queries.length).toBeLessThanOrEqual(4);
    expect(answers.at(-1)?.said[0]).toMatch(/^crm has not answered in time since/);
  });
});

describe('a source that rests', () => {
  test('is not asked by /readyz and check either, and comes back by itself', async () => {
    const system: MemorySystem = { ...memorySystem([BOB]), error: DOWN };
    const breaker = { failures: 3, retryMs: 300, longestMs: 300 };
    const { ask, gateway, log } = gatewayOver(system, { breaker });
    for (let count = 0; count < 3; count += 1) expect((await ask()).failure?.status).toBe(503);
    const checks = system.checks;
    const [row] = await gateway.check();
    expect(row).toMatchObject({ ok: false, since: expect.any(String), nextAt: expect.any(String) });
    expect(row?.problem).toContain('refused');
    expect(system.checks).toBe(checks);
    expect([...gateway.rests()]).toEqual([['crm', expect.objectContaining({ error: DOWN })]]);
    delete system.error;
    await expect.poll(async () => (await ask()).count, { timeout: 10_000 }).toBe(1);
    expect([...gateway.rests()]).toEqual([['crm', undefined]]);
    expect(
      log.lines.map(({ message }) => message).filter((message) => /^the source (rests|answers)/.test(message)),
    ).toEqual(['the source rests, and is not asked until it is back', 'the source answers again']);
  });

  test('with a refused password is asked once, and again when the configuration is read', async () => {
    const system: MemorySystem = { ...memorySystem([BOB]), error: new SourceError('unauthorized', 'wrong password') };
    const { ask, gateway, plan } = gatewayOver(system);
    expect((await ask()).said).toEqual([
      'crm refused the credentials of the gateway; tell your administrator (ref REF)',
    ]);
    await expect.poll(() => system.checks).toBe(1);
    const { said, failure } = await ask();
    expect(said[0]).toMatch(
      /^crm has refused the credentials of the gateway \(tell your administrator\) since \d\d:\d\d; it is asked again at /,
    );
    expect(failure?.retryAfterSeconds).toBeGreaterThan(500);
    await gateway.check();
    // A probe confirmed it.
    expect([system.queries.length, system.checks]).toEqual([1, 1]);
    delete system.error;
    await gateway.reload(plan);
    await expect.poll(async () => (await ask()).count, { timeout: 10_000 }).toBe(1);
  });
});

test('the first answer of a source is kept like the others, whoever asked', async () => {
  const system: MemorySystem = { ...memorySystem([BOB]), parameters: [] };
  const { ask } = gatewayOver(system, { cache: CACHE });
  await ask('bob@example.com', { acting_person_xperson: '1' });
  await ask('bob@example.com', { acting_person_xperson: '2' });
  expect(system.queries).toHaveLength(1);
});

describe('who looks in with a check', () => {
  test('takes no source from those who ask, whatever the check meets', async () => {
    const system: MemorySystem = { ...memorySystem([BOB]), parameters: [] };
    const { ask, gateway } = gatewayOver(system);
    await ask();
    for (const error of [new SourceError('unauthorized', 'the address of the check is forbidden'), DOWN]) {
      system.error = error;
      for (let poll = 0; poll < 5; poll += 1) await gateway.check();
      delete system.error;
      expect((await ask()).count).toBe(1);
    }
  });

  test('tries a password that was refused once', async () => {
    const system: MemorySystem = { ...memorySystem([BOB]), error: new SourceError('unauthorized', 'wrong password') };
    const { gateway } = gatewayOver(system);
    for (let poll = 0; poll < 5; poll += 1) await gateway.check();
    // The poll, and the probe that confirms it.
    await expect.poll(() => system.checks).toBe(2);
  });
});

describe('who waits', () => {
  const SERVER = { host: '127.0.0.1', port: 0, deadlineMs: 1_000, trustProxy: [] };

  test('for no place at all is not told that it is busy, however soon the source gave up', async () => {
    const { ask } = gatewayOver({ ...memorySystem([BOB]), error: new SourceError('timeout', 'late') });
    for (let count = 0; count < 300; count += 1) {
      expect((await ask(`${count}@example.com`)).said).toEqual([
        'crm did not answer in time; try again in a minute (ref REF)',
      ]);
    }
  });

  test.each([
    [20, 'crm did not answer in time; try again in a minute (ref REF)'],
    [21, 'crm is busy with other lookups; try again in 5 seconds (ref REF)'],
  ])('for a place for %i ms is told who took up the time', async (waitedMs, words) => {
    let endFirst = () => {};
    const first = new Promise<void>((resolve) => {
      endFirst = resolve;
    });
    const system: MemorySystem = { ...memorySystem([BOB]), parameters: [] };
    const { ask } = gatewayOver(system, { concurrency: 1 });
    await ask();
    system.wait = () => first;
    let now = performance.now();
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => now);
    onTestFinished(() => clock.mockRestore());
    const before = ask('a@example.com');
    await expect.poll(() => system.queries.length).toBe(2);
    const second = ask('b@example.com');
    await sleep(10);
    now += waitedMs;
    system.wait = () => Promise.resolve();
    system.error = new SourceError('timeout', 'late');
    endFirst();
    await before;
    expect((await second).said).toEqual([words]);
  });

  test('for a place in vain is told that it is busy, not that it did not answer', async () => {
    const system: MemorySystem = { ...memorySystem([BOB]), parameters: [], wait: () => sleep(600) };
    const { ask } = gatewayOver(system, { concurrency: 1 }, { server: SERVER });
    const answers = await Promise.all(['a', 'b', 'c', 'd'].map((name) => ask(`${name}@example.com`)));
    expect(answers[0]?.failure).toBeUndefined();
    // The second has his place after 600 ms, and 400 of the 600 that the source needs.
    for (const { said, failure } of answers.slice(1)) {
      expect(said).toEqual(['crm is busy with other lookups; try again in 5 seconds (ref REF)']);
      expect(failure).toMatchObject({ status: 503, retryAfterSeconds: 5 });
    }
  });

  test('for an answer under way has the time of his own call', async () => {
    const system: MemorySystem = { ...memorySystem([BOB]), parameters: [] };
    system.wait = ({ criteria }) => sleep(criteria[0]?.field === 'email' ? 600 : 700);
    const plan = gatewayPlan(
      [memorySource('crm', system)],
      { match: steps('customer_id', 'email') },
      { server: SERVER },
    );
    const gateway = createGateway(plan, { log: recordedLog() });
    onTestFinished(() => gateway.close());
    const ask = (customer_id: string) =>
      gateway.lookup({ lookup: 'default', parameters: { customer_id, email: 'bob@example.com' } });
    // Its second step has 300 ms left, of the 600 that the source needs.
    const first = ask('9');
    await sleep(750);
    const second = ask('');
    expect((await first).failure?.status).toBe(504);
    expect((await second).failure).toBeUndefined();
    expect(system.queries.map(({ criteria }) => criteria[0]?.field)).toEqual(['customer_id', 'email']);
  });
});
