/** What a collector of OpenTelemetry is told, and what becomes of lookups when it does not listen. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { SourceError } from '../../src/contract/index.ts';
import { createGateway, type Gateway } from '../../src/gateway/gateway.ts';
import type { SourcePlan } from '../../src/gateway/plan.ts';
import { listen } from '../../src/http/listen.ts';
import { figuresOf } from '../../src/http/routes/metrics.ts';
import { openCustomerIndex } from '../../src/store/index-file/index-file.ts';
import { startTelemetry, type Telemetry } from '../../src/telemetry/open-telemetry.ts';
import { until } from '../gateway/push/harness.ts';
import { SECRET } from '../http/harness.ts';
import { startPushing } from '../http/push-server.ts';
import { type RecordedLog, recordedLog } from '../support/log.ts';
import { type MemorySystem, memorySystem } from '../support/memory-adapter.ts';
import { type OtlpCollector, otlpCollector } from '../support/otlp-collector.ts';
import { gatewayPlan, memorySource, steps } from '../support/plans.ts';
import { temporaryFolder } from '../support/temp.ts';

const BOTH = { traces: true, metrics: true, otherProtocol: undefined, wrongEndpoint: undefined };

async function tell(gateway: Gateway, url: string, log: RecordedLog, wanted = BOTH): Promise<Telemetry> {
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', url);
  vi.stubEnv('OTEL_BSP_SCHEDULE_DELAY', '20');
  onTestFinished(() => void vi.unstubAllEnvs());
  const { events } = gateway;
  const telemetry = await startTelemetry(wanted, { events, log, version: '1.2.3', figures: () => figuresOf(gateway) });
  onTestFinished(() => telemetry.stop());
  return telemetry;
}

interface Told {
  readonly url: string;
  readonly gateway: Gateway;
  readonly log: RecordedLog;
  readonly crm: MemorySystem;
  readonly shop: MemorySystem;
}

async function start(more: Partial<SourcePlan> = {}): Promise<Told> {
  const bob = { id: '1', customer_id: '12', first_name: 'Bob', email: 'bob@example.com' };
  const [crm, shop] = [{ ...memorySystem([bob]), batch: 100 }, memorySystem([])];
  const sources = [memorySource('crm', crm, more), memorySource('shop', shop)];
  const log = recordedLog();
  const index = join(await temporaryFolder(), 'index.db');
  const store = { file: '/none', keepBodies: false, retentionMs: 1, index };
  const lookup = { sources: ['crm', 'shop'], match: steps('email') };
  const gateway = createGateway(gatewayPlan(sources, lookup, { store }), { log, openIndex: openCustomerIndex });
  const server = await listen(gateway);
  onTestFinished(async () => {
    await server.close();
    await gateway.close();
  });
  return { url: server.url, gateway, log, crm, shop };
}

const ASK = '/livelookup?email=bob%40example.com&first_name=Bob&xRequest=991';
const spanOf = ({ spans }: OtlpCollector, name: string) => spans.find((span) => span.name === name);

describe('traces', () => {
  it('have a span of the call, below the one of the caller, and one of each question to a source below that', async () => {
    const collector = await otlpCollector();
    const { url, gateway, log, shop } = await start();
    shop.error = new SourceError('unauthorized', 'bob@example.com may not log in');
    const telemetry = await tell(gateway, collector.url, log);
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    await (await fetch(`${url}${ASK}`, { headers: { traceparent } })).text();
    await telemetry.stop();
    expect(collector.refused).toEqual([]);
    const [call, crm, failed] = ['lookup default', 'find crm', 'find shop'].map((name) => spanOf(collector, name));
    expect(call).toMatchObject({ kind: 2, traceId: traceparent.slice(3, 35), parentSpanId: '00f067aa0ba902b7' });
    expect(crm).toMatchObject({ kind: 3, traceId: call?.traceId, parentSpanId: call?.spanId });
    expect(failed).toMatchObject({ kind: 3, parentSpanId: call?.spanId, status: 2 });
    const reference = log.lines.find(({ fields }) => fields['lookup'] === 'default')?.fields['reference'];
    expect(reference).toMatch(/^[\da-f]{6}$/);
    for (const span of [call, crm, failed]) {
      expect(span?.attributes).toMatchObject({ 'helpspot_gateway.reference': reference });
    }
    expect(call?.attributes).toMatchObject({ 'helpspot_gateway.call': 'lookup', 'helpspot_gateway.via': 'http' });
    expect(crm?.attributes).toMatchObject({
      'helpspot_gateway.source': 'crm',
      'helpspot_gateway.adapter': 'memory',
      'helpspot_gateway.outcome': 'answered',
      'helpspot_gateway.records': 1,
      'helpspot_gateway.answered_from': 'source',
      'helpspot_gateway.stale': false,
    });
    expect(failed?.attributes).toMatchObject({
      'helpspot_gateway.outcome': 'unauthorized',
      'error.type': 'unauthorized',
      'helpspot_gateway.breaker': 'closed',
    });
    expect(collector.resources[0]).toMatchObject({ 'service.name': 'helpspot-gateway', 'service.version': '1.2.3' });
  });

  it('hold no value of a customer, and no name that a caller made up', async () => {
    const collector = await otlpCollector();
    const { url, gateway, log, crm } = await start();
    crm.error = new SourceError('bad-response', 'bob@example.com is odd');
    const telemetry = await tell(gateway, collector.url, log);
    for (const path of [ASK, '/livelookup/bob?email=bob%40example.com', '/ajax/bob?q=bob'])
      await fetch(`${url}${path}`);
    await telemetry.stop();
    expect(spanOf(collector, 'lookup')?.attributes).toMatchObject({ 'http.response.status_code': 404 });
    expect(collector.bodies.length).toBeGreaterThan(1);
    // Ids of spans and times may have the digits of his number in them.
    expect(collector.bodies.join('\n')).not.toMatch(/bob|\b991\b/i);
  });

  it('begin anew where the caller has no trace, or none that can be read', async () => {
    const collector = await otlpCollector();
    const { url, gateway, log } = await start();
    const telemetry = await tell(gateway, collector.url, log);
    const odd = [
      `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
      'ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
      'x'.repeat(5_000),
    ];
    for (const traceparent of odd) await (await fetch(`${url}${ASK}`, { headers: { traceparent } })).text();
    await telemetry.stop();
    const calls = collector.spans.filter(({ name }) => name === 'lookup default');
    expect(calls.map(({ parentSpanId }) => parentSpanId)).toEqual([undefined, undefined, undefined]);
    expect(new Set(calls.map(({ traceId }) => traceId)).size).toBe(3);
  });

  it('say where an answer comes from, and that a source is left alone', async () => {
    const collector = await otlpCollector();
    const { url, gateway, log, crm, shop } = await start({ cache: { freshMs: 60_000, staleMs: 60_000, entries: 10 } });
    shop.error = new SourceError('unauthorized', 'no');
    const telemetry = await tell(gateway, collector.url, log);
    for (let times = 0; times < 7; times += 1) await (await fetch(`${url}${ASK}`)).text();
    expect(crm.queries).toHaveLength(1);
    await telemetry.stop();
    const of = (source: string, key: string) =>
      collector.spans
        .filter(({ name }) => name === `find ${source}`)
        .map((span) => span.attributes[`helpspot_gateway.${key}`]);
    expect(of('crm', 'answered_from').slice(0, 2)).toEqual(['source', 'cache']);
    expect([of('shop', 'breaker')[0], of('shop', 'breaker').at(-1)]).toEqual(['closed', 'open']);
  });

  it('say that the index of a source answered, and not the source', async () => {
    const collector = await otlpCollector();
    const shape = { fields: [{ name: 'email', matches: ['exact'] }], kept: ['email'], country: undefined } as const;
    const { url, gateway, log } = await start({
      index: {
        everyMs: 60_000,
        fullMs: 60_000,
        use: 'always',
        miss: 'nobody',
        updated: undefined,
        keepMs: undefined,
        shape,
      },
    });
    gateway.readAhead();
    await until(async () => (await gateway.indexes()).get('crm')?.records === 1);
    const telemetry = await tell(gateway, collector.url, log);
    await until(async () => {
      await (await fetch(`${url}${ASK}`)).text();
      return collector.spans.some(({ attributes }) => attributes['helpspot_gateway.answered_from'] === 'index');
    });
    await telemetry.stop();
  });

  it('have a span of each attempt to push: of the call that waits for it, or by itself where the queue sends', async () => {
    const collector = await otlpCollector();
    const { url, gateway, log } = await startPushing();
    const telemetry = await tell(gateway, collector.url, log);
    const push = async (target: string, xRequest: number) => {
      const body = JSON.stringify({ xRequest, sTitle: 'Bob is angry' });
      const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${SECRET}` };
      await fetch(`${url}/k/${encodeURIComponent(SECRET)}/push/${target}`, { method: 'POST', body, headers });
    };
    await push('Tickets', 1);
    await push('Later', 2);
    await until(() => log.lines.filter(({ message }) => message === 'pushed').length === 2);
    await telemetry.stop();
    const [call, direct, queued] = ['push Tickets', 'send Tickets', 'send Later'].map((name) =>
      spanOf(collector, name),
    );
    expect(call).toMatchObject({ kind: 2, parentSpanId: undefined });
    expect(direct).toMatchObject({ kind: 3, parentSpanId: call?.spanId, traceId: call?.traceId });
    expect(direct?.attributes).toMatchObject({ 'helpspot_gateway.outcome': 'done', 'helpspot_gateway.attempt': 1 });
    const stored = spanOf(collector, 'push Later')?.attributes['helpspot_gateway.reference'];
    expect(queued?.attributes).toMatchObject({ 'helpspot_gateway.reference': stored });
    expect(collector.bodies.join('\n')).not.toContain('angry');
  });

  it('take what the queue does while another call runs for no part of that', async () => {
    const collector = await otlpCollector();
    const { gateway, log } = await start();
    const telemetry = await tell(gateway, collector.url, log);
    const { events } = gateway;
    const ends = {
      answered: () => ({ outcome: 'done', isFailed: false }),
      failed: () => ({ outcome: 'bug', isFailed: true }),
    };
    const call = {
      kind: 'call',
      call: 'push',
      name: 'A',
      reference: 'aaaaaa',
      via: 'http',
      traceparent: undefined,
    } as const;
    const send = (target: string, reference: string) =>
      events.trace(
        () => ({
          kind: 'attempt',
          target,
          push: 'q',
          attempt: 1,
          source: 's',
          adapter: 'x',
          passesOn: false,
          reference,
        }),
        async () => undefined,
        ends,
      );
    await events.trace(
      () => call,
      async () => void (await Promise.all([send('own', 'aaaaaa'), send('other', 'bbbbbb')])),
      ends,
    );
    await telemetry.stop();
    expect(spanOf(collector, 'send own')?.parentSpanId).toBe(spanOf(collector, 'push A')?.spanId);
    expect(spanOf(collector, 'send other')?.parentSpanId).toBeUndefined();
  });

  it.each([true, false])('tell another system of the trace only if it is to know: %s', async (isTold) => {
    const seen: (string | undefined)[] = [];
    const system = createServer((req, res) => {
      seen.push(req.headers['traceparent']?.toString());
      res.end();
    }).listen(0, '127.0.0.1');
    await once(system, 'listening');
    onTestFinished(() => void system.close());
    const address = system.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const collector = await otlpCollector();
    const { url, gateway, log, crm } = await start({ traceparent: isTold });
    crm.wait = async () => void (await fetch(`http://127.0.0.1:${port}/`));
    const telemetry = await tell(gateway, collector.url, log);
    await (await fetch(`${url}${ASK}`)).text();
    await telemetry.stop();
    const span = spanOf(collector, 'find crm');
    expect(seen).toEqual([isTold ? `00-${span?.traceId}-${span?.spanId}-01` : undefined]);
  });
});

describe('figures', () => {
  it('are those of /metrics, under the same names', async () => {
    const collector = await otlpCollector();
    const { url, gateway, log } = await start();
    const telemetry = await tell(gateway, collector.url, log, { ...BOTH, traces: false });
    await (await fetch(`${url}${ASK}`)).text();
    const scraped = await (await fetch(`${url}/metrics`)).text();
    await telemetry.stop();
    expect(collector.refused).toEqual([]);
    const [named, valued] = [/^# TYPE (\S+) /gm, /^([a-z_]+?)(?:_bucket|_sum|_count)?[{ ]/gm].map(
      (pattern) => new Set(Array.from(scraped.matchAll(pattern), ([, name]) => name)),
    );
    const expected = [...(named ?? [])].filter((name) => valued?.has(name)).sort();
    expect(expected).toContain('helpspot_gateway_lookup_duration_seconds');
    expect(collector.metrics.map(({ name }) => name).sort()).toEqual(expected);
    const of = (name: string) => collector.metrics.find((metric) => metric.name === `helpspot_gateway_${name}`);
    expect(of('lookups_total')?.sum).toMatchObject({ isMonotonic: true, aggregationTemporality: 2 });
    expect(of('source_breaker_open')?.gauge?.dataPoints).toHaveLength(2);
    const [seconds] = of('lookup_duration_seconds')?.histogram?.dataPoints ?? [];
    expect(seconds).toMatchObject({ count: 1, explicitBounds: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] });
  });
});

describe('a collector', () => {
  it('that refuses is said once, and once that it takes again; lookups are answered all the while', async () => {
    const collector = await otlpCollector();
    collector.mode = 'fails';
    const { url, gateway, log } = await start();
    await tell(gateway, collector.url, log, { ...BOTH, metrics: false });
    const asked = async () => {
      const before = collector.asked;
      expect((await fetch(`${url}${ASK}`)).status).toBe(200);
      await until(() => collector.asked > before);
    };
    for (let times = 0; times < 3; times += 1) await asked();
    const lines = () => log.lines.filter(({ fields }) => fields['signal'] === 'traces').map(({ level }) => level);
    await until(() => lines().length > 0);
    expect(lines()).toEqual(['warn']);
    collector.mode = 'takes';
    await asked();
    await until(() => lines().length === 2);
    // One that comes and goes is not told of each time.
    for (const mode of ['fails', 'takes'] as const) {
      collector.mode = mode;
      await asked();
    }
    await asked();
    expect(lines()).toEqual(['warn', 'info']);
    const later = performance.now() + 61_000;
    const clock = vi.spyOn(performance, 'now').mockReturnValue(later);
    onTestFinished(() => clock.mockRestore());
    collector.mode = 'fails';
    await asked();
    await until(() => lines().length === 3);
    expect(lines()).toEqual(['warn', 'info', 'warn']);
  });

  it('that is not there holds up no lookup and no stop', async () => {
    const collector = await otlpCollector();
    await collector.close();
    const { url, gateway, log } = await start();
    const telemetry = await tell(gateway, collector.url, log);
    expect((await fetch(`${url}${ASK}`)).status).toBe(200);
    await telemetry.stop();
    await until(() => log.lines.some(({ message }) => message.includes('takes nothing')));
  });

  it('that hangs holds up a stop for seconds only, and none of its connections outlives it', async () => {
    const collector = await otlpCollector();
    collector.mode = 'hangs';
    const { url, gateway, log } = await start();
    const telemetry = await tell(gateway, collector.url, log);
    expect((await fetch(`${url}${ASK}`)).status).toBe(200);
    await until(() => collector.asked > 0);
    const began = performance.now();
    await telemetry.stop();
    // Its libraries would wait for ten seconds.
    expect(performance.now() - began).toBeLessThan(8_000);
    await until(() => log.lines.some(({ message }) => message.includes('takes nothing')));
  });
});
