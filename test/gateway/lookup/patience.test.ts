/** Sources that are slow, silent or away: who is waited for, how long, and what is said of it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type FindQuery, SourceError } from '../../../src/contract/index.ts';
import { createGateway } from '../../../src/gateway/gateway.ts';
import type { LookupPlan } from '../../../src/gateway/lookup/plan.ts';
import type { SourcePlan } from '../../../src/gateway/plan.ts';
import { recordedLog } from '../../support/log.ts';
import { type MemorySystem, memorySystem } from '../../support/memory-adapter.ts';
import { gatewayPlan, memorySource, steps } from '../../support/plans.ts';

const BOB = { customer_id: '12', email: 'bob@example.com', last_name: 'Jones' };
const TYPED = { customer_id: '12', email: 'bob@example.com' };
const DEADLINE_MS = 4_000;
const SERVER = { host: '127.0.0.1', port: 0, deadlineMs: DEADLINE_MS, trustProxy: [] };

/** A gateway over systems; `fields` of what was found, by name, and what staff read. */
function gatewayOver(
  systems: Readonly<Record<string, MemorySystem>>,
  lookup: Partial<LookupPlan> = {},
  source: Partial<SourcePlan> = {},
) {
  const sources = Object.entries(systems).map(([name, system]) => memorySource(name, system, source));
  const log = recordedLog();
  const plan = gatewayPlan(sources, { patienceMs: 100, ...lookup }, { server: SERVER });
  const gateway = createGateway(plan, { log });
  onTestFinished(() => gateway.close());
  const ask = async (parameters: Readonly<Record<string, string>> = TYPED) => {
    const started = performance.now();
    const { answer, failure, reference } = await gateway.lookup({ lookup: 'default', parameters });
    const customers = answer?.customers.map((customer) =>
      Object.fromEntries(customer.map(({ name, content }) => [name, 'text' in content ? content.text : content])),
    );
    const said = (answer?.notices ?? [failure?.message ?? '']).map((text) => text.replaceAll(reference, 'REF'));
    return { customers, said, failure, milliseconds: performance.now() - started };
  };
  return { gateway, log, ask };
}

function slow(milliseconds: number, records: MemorySystem['records'] = []): MemorySystem {
  return { ...memorySystem(records), wait: () => sleep(milliseconds) };
}

function hanging(): MemorySystem {
  return { ...memorySystem([BOB]), hangs: true };
}

describe('once somebody was found', () => {
  test('one that hangs is waited for with patience, and told as missing', async () => {
    const { ask, log } = gatewayOver({ crm: memorySystem([BOB]), directory: hanging() });
    const { customers, said, milliseconds } = await ask();
    expect(customers).toHaveLength(1);
    const line = log.lines.find(({ message }) => message === 'lookup');
    expect(line?.fields['sources']).toMatchObject([
      { source: 'crm', count: 1, failed: false },
      { source: 'directory', milliseconds: 0, count: 0, failed: true, answer: 'late' },
    ]);
    expect(said).toEqual([
      'directory has not answered yet, so what it knows is missing; look again in a moment (ref REF)',
    ]);
    // Far from the two seconds that the source has, and the four of the lookup.
    expect(milliseconds).toBeLessThan(DEADLINE_MS / 2);
  });

  test('one that is slow within the patience is part of the answer', async () => {
    const extra = { email: 'bob@example.com', phone: '123' };
    const { ask } = gatewayOver(
      { crm: memorySystem([BOB]), directory: slow(50, [extra]) },
      { patienceMs: 3_000, mergeBy: ['email'] },
    );
    const { customers, said } = await ask();
    expect(customers).toEqual([{ ...BOB, phone: '123' }]);
    expect(said).toEqual([]);
  });

  test('one that could be joined, and hangs at that question, is waited for with patience only', async () => {
    const wait = ({ criteria }: FindQuery) => (criteria[0]?.field === 'email' ? sleep(60_000) : sleep(0));
    const systems = { crm: memorySystem([BOB]), directory: { ...memorySystem(), wait } };
    const { ask } = gatewayOver(systems, { mergeBy: ['email'], match: steps('customer_id') });
    const { customers, said, milliseconds } = await ask();
    expect(customers).toEqual([BOB]);
    expect(said).toEqual([expect.stringMatching(/^directory has not answered yet/)]);
    expect(milliseconds).toBeLessThan(DEADLINE_MS / 2);
  });

  test('one that is required is waited for, whatever the patience says', async () => {
    const systems = { crm: memorySystem([BOB]), directory: slow(500, [{ ...BOB, phone: '123' }]) };
    const { ask } = gatewayOver(systems, { required: ['directory'], patienceMs: 1, mergeBy: ['email'] });
    const { customers, said } = await ask();
    expect(customers).toEqual([{ ...BOB, phone: '123' }]);
    expect(said).toEqual([]);
  });

  test('the patience begins when those that are required have answered', async () => {
    const systems = { crm: memorySystem([BOB]), erp: slow(600, [BOB]), directory: slow(800, [{ ...BOB, phone: '1' }]) };
    const { ask } = gatewayOver(systems, { required: ['erp'], patienceMs: 1_000, mergeBy: ['email'] });
    expect((await ask()).customers).toEqual([{ ...BOB, phone: '1' }]);
  });

  test('it does not begin while another is late too', async () => {
    const systems = { crm: memorySystem([BOB]), erp: slow(300, [{ ...BOB, phone: '1' }]), directory: hanging() };
    const { ask } = gatewayOver(systems, { required: ['erp'], patienceMs: 1, mergeBy: ['email'] });
    const { customers, said } = await ask();
    expect(customers).toEqual([{ ...BOB, phone: '1' }]);
    expect(said).toEqual([expect.stringMatching(/^directory has not answered yet/)]);
  });

  test('a required one that fails is told, and the others answer', async () => {
    const directory = { ...memorySystem(), error: new SourceError('unreachable', 'refused') };
    const { ask } = gatewayOver({ crm: memorySystem([BOB]), directory }, { required: ['directory'] });
    const { customers, said } = await ask();
    expect(customers).toHaveLength(1);
    expect(said).toEqual(['directory did not answer; try again in a minute (ref REF)']);
  });
});

describe('the steps', () => {
  test('a slow source does not hold up the steps of another', async () => {
    // The fast one is found by its second step while the slow one is at its first.
    const { ask } = gatewayOver({
      directory: hanging(),
      crm: memorySystem([{ email: 'bob@example.com', last_name: 'Jones' }]),
    });
    const { customers, said, milliseconds } = await ask();
    expect(customers).toHaveLength(1);
    expect(said).toEqual([
      'directory has not answered yet, so what it knows is missing; look again in a moment (ref REF)',
    ]);
    expect(milliseconds).toBeLessThan(DEADLINE_MS / 2);
  });

  test('the earliest step wins, though a later one was found sooner', async () => {
    const other = { customer_id: '99', email: 'bob@example.com', last_name: 'Wrong' };
    const systems = { fast: memorySystem([other]), slow: slow(300, [BOB]) };
    const { ask } = gatewayOver(systems, { patienceMs: 3_000 });
    expect((await ask()).customers).toEqual([BOB]);
  });

  test('what was not answered at a later step is not missing', async () => {
    // The slow one knows nobody by the number, and hangs at the mail address, which nobody needs.
    const wait = ({ criteria }: FindQuery) => (criteria[0]?.field === 'email' ? sleep(60_000) : sleep(50));
    const { ask } = gatewayOver({ crm: slow(100, [BOB]), directory: { ...memorySystem(), wait } });
    const { customers, said, milliseconds } = await ask();
    expect(customers).toHaveLength(1);
    expect(said).toEqual([]);
    expect(milliseconds).toBeLessThan(DEADLINE_MS / 2);
  });

  test('a failure at a later step is told only where it would have been joined', async () => {
    const found = slow(200, [BOB]);
    class Failing extends Error {}
    const wait = async ({ criteria }: FindQuery) => {
      if (criteria[0]?.field === 'email') throw new SourceError('rejected', 'no such field', { cause: new Failing() });
    };
    const one = gatewayOver({ crm: found, directory: { ...memorySystem(), wait } });
    expect((await one.ask()).said).toEqual([]);
    const joined = gatewayOver({ crm: found, directory: { ...memorySystem(), wait } }, { mergeBy: ['email'] });
    expect((await joined.ask()).said).toEqual(['directory refused the search; tell your administrator (ref REF)']);
  });

  test('the source that answered is never accused of the one that hangs', async () => {
    const { ask } = gatewayOver({ crm: memorySystem(), directory: hanging() });
    const { failure, milliseconds } = await ask();
    expect(failure).toMatchObject({ status: 504, message: expect.stringMatching(/^directory did not answer in time/) });
    expect(failure?.message).not.toContain('crm');
    // It has half of the deadline, where a lookup has several sources.
    expect(milliseconds).toBeLessThan(DEADLINE_MS);
  });
});

describe('without a usable input', () => {
  test.each([{}, { customer_id: '  ' }, { phone: 'n/a' }, { Custom7: 'x' }])('%o asks nobody', async (parameters) => {
    const crm = memorySystem([BOB]);
    const { ask } = gatewayOver({ crm, directory: hanging() });
    const { customers, said, milliseconds } = await ask(parameters);
    expect([customers, said, crm.queries]).toEqual([[], [], []]);
    expect(milliseconds).toBeLessThan(DEADLINE_MS / 2);
  });
});

describe('twenty lookups of a system that hangs', () => {
  test('the first ones are waited for, then it rests and costs nothing', async () => {
    const directory = hanging();
    const { ask, log } = gatewayOver(
      { crm: memorySystem([BOB]), directory },
      { match: steps('customer_id') },
      { timeoutMs: 300 },
    );
    const times: number[] = [];
    for (let count = 0; count < 4; count += 1) {
      // Different people, so that nothing is asked once for several.
      times.push((await ask({ customer_id: '12', email: `${count}@example.com` })).milliseconds);
      await sleep(300);
    }
    const asked = directory.queries.length;
    for (let count = 4; count < 20; count += 1) {
      const { customers, said } = await ask({ customer_id: '12', email: `${count}@example.com` });
      expect(customers).toHaveLength(1);
      expect(said).toEqual([
        expect.stringMatching(
          /^directory has not answered in time since \d\d:\d\d; it is asked again in \d+ seconds \(ref REF\)$/,
        ),
      ]);
    }
    expect(directory.queries.length).toBe(asked);
    expect(log.lines.filter(({ message }) => message.startsWith('the source rests'))).toHaveLength(1);
  });
});

test('close does not wait for what was left behind', async () => {
  const { gateway, ask } = gatewayOver({ crm: memorySystem([BOB]), directory: hanging() });
  await ask();
  const started = performance.now();
  await gateway.close();
  expect(performance.now() - started).toBeLessThan(DEADLINE_MS / 4);
});

describe('with a cache', () => {
  const CACHE = { freshMs: 0, staleMs: 60_000, entries: 100 };

  test('an older answer stands in for one that is late', async () => {
    const directory = memorySystem([{ ...BOB, phone: '123' }]);
    const { ask } = gatewayOver({ crm: memorySystem([BOB]), directory }, { mergeBy: ['email'] }, { cache: CACHE });
    expect((await ask()).customers).toEqual([{ ...BOB, phone: '123' }]);
    directory.hangs = true;
    const { customers, said, milliseconds } = await ask();
    expect(customers).toEqual([{ ...BOB, phone: '123' }]);
    expect(said).toEqual([
      expect.stringMatching(
        /^directory has not answered yet; this is from \d\d:\d\d, (?:a moment|\d seconds?) ago \(ref REF\)$/,
      ),
    ]);
    expect(milliseconds).toBeLessThan(DEADLINE_MS / 2);
  });

  test('an older answer stands in for a source that fails', async () => {
    const directory = memorySystem([{ ...BOB, phone: '123' }]);
    const { ask } = gatewayOver({ crm: memorySystem([BOB]), directory }, { mergeBy: ['email'] }, { cache: CACHE });
    await ask();
    directory.error = new SourceError('unreachable', 'refused');
    const { customers, said } = await ask();
    expect(customers).toEqual([{ ...BOB, phone: '123' }]);
    expect(said).toEqual([expect.stringMatching(/^directory did not answer; this is from \d\d:\d\d, /)]);
  });

  test('an older answer of an earlier step is the answer, as it would have been', async () => {
    const directory = memorySystem([{ customer_id: '12', last_name: 'By number' }]);
    const crm = memorySystem([{ email: 'bob@example.com', last_name: 'By mail' }]);
    const { ask } = gatewayOver({ directory, crm }, {}, { cache: CACHE });
    await ask();
    directory.hangs = true;
    const { customers, said } = await ask();
    expect(customers).toEqual([{ customer_id: '12', last_name: 'By number' }]);
    expect(said).toEqual([expect.stringMatching(/^directory has not answered yet; this is from/)]);
  });
});
