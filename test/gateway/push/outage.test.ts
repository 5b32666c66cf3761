/** A target that is out of order for some seconds while many pushes wait for it. */
import { describe, expect, it, onTestFinished } from 'vitest';
import webhook from '../../../adapters/webhook/index.ts';
import { createGateway } from '../../../src/gateway/gateway.ts';
import { openLedger } from '../../../src/store/ledger.ts';
import { started } from '../../adapters/webhook/source.ts';
import { startZapier } from '../../support/web/hooks.ts';
import { type PushBench, pushBench, pushed, until } from './harness.ts';
import { settled, statesIn } from './persistence.ts';

const COUNT = 300;
const OUTAGE_MS = 1_500;
const plan = { mode: 'queued', retry: { firstMs: 200, longestMs: 2_000, giveUpAfterMs: 600_000 } } as const;

async function pushMany(bench: Pick<PushBench, 'gateway'>): Promise<void> {
  const one = (number: number) =>
    bench.gateway.push({ target: 'Tickets', request: pushed({ xRequest: String(number) }) });
  await Promise.all(Array.from({ length: COUNT }, (_, number) => one(number)));
}

/** 502 from the first call on, for some time. */
function outage() {
  let end: number | undefined;
  return () => {
    end ??= performance.now() + OUTAGE_MS;
    return performance.now() < end;
  };
}

describe(`an outage while ${COUNT} pushes wait`, { timeout: 60_000 }, () => {
  it('ends with each delivered exactly once where the target can be searched', async () => {
    const bench = await pushBench({ plan, talents: { findable: true } });
    const isOut = outage();
    bench.target.fault = () => (isOut() ? 502 : undefined);
    await pushMany(bench);
    expect(await settled(bench.store)).toEqual({ done: COUNT });
    // Once each, however many pushes wait.
    const told = bench.log.lines.map(({ message }) => message).filter((message) => message.startsWith('the target '));
    expect(told).toEqual([
      expect.stringMatching(/^the target fails push after push: one at a time goes out/),
      'the target takes pushes again',
    ]);
    expect(new Set(bench.target.tickets.map(({ reference }) => reference)).size).toBe(COUNT);
    expect(bench.target.tickets).toHaveLength(COUNT);
  });

  it('leaves a handful unclear where it cannot, and all others delivered once', async () => {
    const bench = await pushBench({ plan });
    const isOut = outage();
    bench.target.fault = () => (isOut() ? 502 : undefined);
    await pushMany(bench);
    const { unclear = 0, done } = await settled(bench.store);
    expect(unclear).toBeGreaterThanOrEqual(3);
    expect(unclear).toBeLessThanOrEqual(10);
    expect(done).toBe(COUNT - unclear);
    expect(bench.target.tickets).toHaveLength(COUNT - unclear);
  });

  it('makes nothing unclear when it answers 503', async () => {
    const bench = await pushBench({ plan });
    const isOut = outage();
    bench.target.fault = () => (isOut() ? 503 : undefined);
    await pushMany(bench);
    expect(await settled(bench.store)).toEqual({ done: COUNT });
    expect(bench.target.tickets).toHaveLength(COUNT);
  });

  it('is over for a web hook with all delivered, each with one id in all of its attempts', async () => {
    const zapier = await started(startZapier);
    const more = { whenUnclear: webhook.push?.whenUnclear ?? 'hold' };
    const { plan: base, store, log } = await pushBench({ started: false, plan: { ...plan, ...more } });
    const settings = webhook.settings.parse({ url: zapier.url, json: { request: '{{xRequest}}' } });
    const [source] = base.sources.values();
    if (source === undefined) throw new Error('no source');
    const sources = new Map([['tickets', { ...source, adapter: webhook, settings }]]);
    const gateway = createGateway({ ...base, sources }, { log, openLedger: () => openLedger(store) });
    onTestFinished(() => gateway.close());
    const isOut = outage();
    Object.defineProperty(zapier.standIn, 'faults', {
      value: { shift: () => (isOut() ? { status: 502 } : undefined) },
    });
    gateway.pushes.start();
    await pushMany({ gateway });
    expect(await settled(store)).toEqual({ done: COUNT });
    const ids = new Map<string, Set<string>>();
    for (const received of zapier.standIn.received) {
      const known = ids.get(received.text()) ?? new Set();
      ids.set(received.text(), known.add(String(received.headers['webhook-id'])));
    }
    expect([...ids.values()].map(({ size }) => size)).toEqual(Array.from({ length: COUNT }, () => 1));
    expect(new Set(zapier.taken.map((one) => JSON.stringify(one))).size).toBe(COUNT);
    expect(zapier.standIn.received.length).toBeGreaterThan(COUNT);
  });
});

describe('pushes that always get a 500', { timeout: 60_000 }, () => {
  it.each([1, 5])('%i of them hold up no others', async (count) => {
    const retry = { ...plan.retry, firstMs: 20 };
    const bench = await pushBench({ plan: { ...plan, retry }, talents: { findable: true } });
    const poison = new Set<string>();
    bench.target.fault = () => {
      const reference = bench.target.asked.at(-1) ?? '';
      if (poison.size < count) poison.add(reference);
      return poison.has(reference) ? 'fail' : undefined;
    };
    for (let number = 0; number < 20; number += 1) await bench.push({ xRequest: String(number) });
    await until(() => bench.target.tickets.length === 20 - count, 'the others');
    expect((await statesIn(bench.store))['done']).toBeGreaterThanOrEqual(19 - count);
  });
});

describe('a target that is gone', () => {
  it('gets nothing more, and says so, until the configuration is read again', async () => {
    const bench = await pushBench({ plan });
    bench.target.fault = () => 410;
    bench.target.said = 'nothing for Anna Private';
    const id = await bench.push({ xRequest: '1', sTitle: 'Anna Private' });
    const told = () => bench.log.lines.filter(({ message }) => message.includes('wants no pushes any more'));
    await until(() => told().length > 0, 'the log');
    await bench.push({ xRequest: '2' });
    await until(async () => JSON.stringify(await bench.details(id)).includes('has seen to it'), 'what staff read');
    // The queue is looked at every second.
    await new Promise((next) => setTimeout(next, 1_200));
    expect(bench.target.asked).toHaveLength(1);
    expect(told()).toMatchObject([{ level: 'error', message: expect.stringContaining(`pushes retry ${id}`) }]);
    // Neither in what is said of the other push: what a system says may repeat what it was sent.
    expect(JSON.stringify(bench.log.lines)).not.toContain('Anna Private');
    const ledger = await openLedger(bench.store, { sends: false });
    expect(await ledger.list({ limit: 9 })).toMatchObject([
      { trouble: { kind: 'gone' } },
      { trouble: { kind: 'gone' } },
    ]);
    expect(JSON.stringify((await ledger.list({ limit: 9 })).map(({ trouble }) => trouble))).not.toContain(
      'Anna Private',
    );
    await ledger.close();
    bench.target.fault = () => undefined;
    await bench.gateway.reload(bench.plan);
    await settled(bench.store);
    expect(bench.target.tickets).toHaveLength(2);
  });

  it('gets one by hand, and the others when it takes that', async () => {
    const bench = await pushBench({ plan });
    bench.target.fault = () => 410;
    const id = await bench.push({ xRequest: '1' });
    await until(() => bench.log.lines.some(({ message }) => message.includes('wants no pushes')), 'the log');
    // After the stop: what is under way when it comes may be taken, and ends it.
    await bench.push({ xRequest: '2' });
    bench.target.fault = () => undefined;
    const ledger = await openLedger(bench.store, { sends: false });
    await until(async () => (await ledger.row(id))?.state === 'waiting', 'the wait');
    await ledger.retry(id, 60_000);
    await ledger.close();
    await settled(bench.store);
    expect(bench.target.tickets).toHaveLength(2);
  });
});
