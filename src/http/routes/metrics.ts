/**
 * `GET /metrics`: figures for Prometheus. They name lookups and push targets, so they are told to this machine and to
 * those who show a key (Prometheus: `authorization`, or `basic_auth` with the key as the password).
 */
import type { IRouter, RequestHandler } from 'express';
import type { Registry } from 'prom-client';
import type { Gateway } from '../../gateway/gateway.ts';
import type { TargetFigures } from '../../gateway/push/push-row.ts';
import type { GatewayEvent } from '../../gateway/telemetry.ts';
import { callOf } from '../call.ts';
import { Refusal, takesOnly } from '../refusal.ts';
import { send } from '../send.ts';
import { eventCounter, eventGauge } from './event-metrics.ts';
import { seesProblems } from './health.ts';
import { indexCounters, indexGauges } from './index-metrics.ts';

/** The figures of a gateway. */
export function metrics(router: IRouter, gateway: Gateway): void {
  const collected = figuresOf(gateway);
  const tell: RequestHandler = async (req, res) => {
    if (!seesProblems(req, callOf(req))) {
      throw new Refusal(401, 'The figures want a key: as /k/KEY/metrics, ?key=KEY, or a Bearer token', {
        'WWW-Authenticate': 'Basic realm="helpspot-gateway"',
      });
    }
    const registry = await collected;
    send(res, { status: 200, contentType: registry.contentType, body: await registry.metrics() });
  };

  router.get('/metrics', tell);
  router.all('/metrics', takesOnly('GET'));
}

const registries = new WeakMap<Gateway, Promise<Registry>>();

/** The figures of a gateway, counted since they were first asked for: one list, whoever is told of it. */
export function figuresOf(gateway: Gateway): Promise<Registry> {
  const known = registries.get(gateway);
  if (known !== undefined) return known;
  const collected = collect(gateway);
  // Who asks is told; until then nobody waits for it.
  collected.catch(() => undefined);
  registries.set(gateway, collected);
  return collected;
}

/** Events that come before the library is loaded are kept for it. */
async function collect(gateway: Gateway): Promise<Registry> {
  const early: GatewayEvent[] = [];
  const stop = gateway.events.listen((event) => void early.push(event));
  const library = await import('prom-client');
  stop();
  const registry = new library.Registry();
  const count = counters(library, registry);
  for (const event of early) count(event);
  gateway.events.listen(count);
  gauges(library, registry, gateway);
  indexGauges(library, registry, gateway);
  eventGauge(library, registry, gateway);
  return registry;
}

type Library = typeof import('prom-client');

/** From 10 ms, a lookup in files, to the longest deadline that is sensible. Seconds. */
const LOOKUP_BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

function counters(library: Library, registry: Registry): (event: GatewayEvent) => void {
  const { Counter, Histogram } = library;
  const registers = [registry];
  const pushes = new Counter({
    name: 'helpspot_gateway_pushes_total',
    help: 'What became of pushes: accepted, repeated, refused, done, postponed, failed, unclear.',
    labelNames: ['target', 'result'],
    registers,
  });
  const alerts = new Counter({
    name: 'helpspot_gateway_alerts_total',
    help: 'What became of alerts about pushes: accepted, done (sent), postponed, failed, unclear.',
    labelNames: ['target', 'result'],
    registers,
  });
  const lookups = new Counter({
    name: 'helpspot_gateway_lookups_total',
    help: 'Live Lookups: answered, failed.',
    labelNames: ['lookup', 'result'],
    registers,
  });
  const durations = new Histogram({
    name: 'helpspot_gateway_lookup_duration_seconds',
    help: 'How long Live Lookups took.',
    labelNames: ['lookup'],
    buckets: LOOKUP_BUCKETS,
    registers,
  });
  const audit = new Counter({
    name: 'helpspot_gateway_audit_entries_total',
    help: 'Entries of the audit: kept (in its file), lost (they could not be written).',
    labelNames: ['result'],
    registers,
  });
  const sources = sourceCounters(library, registry);
  const indexes = indexCounters(library, registry);
  const events = eventCounter(library, registry);
  return (event) => {
    if (event.kind === 'push') {
      const { target, result } = event;
      pushes.inc({ target, result });
      if (event.isAlert === true) alerts.inc({ target, result });
    } else if (event.kind === 'index' || event.kind === 'index-run') {
      indexes(event);
    } else if (event.kind === 'audit') {
      audit.inc({ result: event.result }, event.count);
    } else if (event.kind === 'event') {
      events(event);
    } else if (event.kind !== 'lookup') {
      sources(event);
    } else {
      lookups.inc({ lookup: event.lookup, result: event.failed ? 'failed' : 'answered' });
      durations.observe({ lookup: event.lookup }, event.seconds);
    }
  };
}

function sourceCounters({ Counter, Histogram }: Library, registry: Registry) {
  const registers = [registry];
  const calls = new Counter({
    name: 'helpspot_gateway_source_calls_total',
    help: 'Questions that sources were asked: answered, or how they failed (unreachable, timeout, unauthorized …).',
    labelNames: ['source', 'result'],
    registers,
  });
  const durations = new Histogram({
    name: 'helpspot_gateway_source_call_duration_seconds',
    help: 'How long sources took to answer, or to fail.',
    labelNames: ['source'],
    buckets: LOOKUP_BUCKETS,
    registers,
  });
  const cache = new Counter({
    name: 'helpspot_gateway_source_cache_total',
    help: 'Questions to sources that keep their answers: fresh (not asked again), miss (asked), stale (failed, and an old answer stood in).',
    labelNames: ['source', 'hit'],
    registers,
  });
  return (event: Extract<GatewayEvent, { readonly kind: 'source' | 'cache' }>) => {
    const { source } = event;
    if (event.kind === 'cache') {
      cache.inc({ source, hit: event.hit });
      return;
    }
    calls.inc({ source, result: event.result });
    durations.observe({ source }, event.seconds);
  };
}

function gauges({ Gauge }: Library, registry: Registry, gateway: Gateway): void {
  const gauge = (name: string, help: string) => {
    const about = { name: `helpspot_gateway_pushes_${name}`, help, labelNames: ['target'], registers: [registry] };
    return new Gauge({ ...about, collect: () => filled() });
  };
  // They are collected at once, and the ledger is asked once for all of them.
  let filling: Promise<void> | undefined;
  const filled = () => {
    filling ??= fill().finally(() => {
      filling = undefined;
    });
    return filling;
  };
  const fill = async () => {
    const all = await gateway.pushes.figures();
    for (const one of [waiting, oldest, failed, unclear]) one.reset();
    up.set(all !== undefined && gateway.pushes.isStoreUp() ? 1 : 0);
    // What is not known is a gap in the picture.
    if (all === undefined) return;
    // A target of which nothing waits is a nought.
    for (const target of gateway.plan.push.keys()) set({ ...NOTHING, target });
    for (const figures of all) set(figures);
  };
  const waiting = gauge('waiting', 'Pushes that are not out yet.');
  const up = new Gauge({
    name: 'helpspot_gateway_store_up',
    help: 'Whether pushes can be stored: 1, or 0.',
    registers: [registry],
    collect: () => filled(),
  });
  const auditUp = new Gauge({
    name: 'helpspot_gateway_audit_up',
    help: 'Whether entries of the audit can be written: 1, or 0. Nothing where there is no audit.',
    registers: [registry],
    collect: () => {
      const { isUp } = gateway.audit;
      if (isUp === undefined) auditUp.reset();
      else auditUp.set(isUp ? 1 : 0);
    },
  });
  const leftOut = new Gauge({
    name: 'helpspot_gateway_source_records_left_out',
    help: 'Records that a source left out because they cannot be read: lines of a CSV file.',
    labelNames: ['source'],
    registers: [registry],
    collect: () => {
      leftOut.reset();
      for (const [source, state] of gateway.states()) leftOut.set({ source }, state.leftOut);
    },
  });
  const open = new Gauge({
    name: 'helpspot_gateway_source_breaker_open',
    help: 'Whether a source rests after failures, and is not asked: 1, or 0.',
    labelNames: ['source'],
    registers: [registry],
    collect: () => {
      open.reset();
      for (const [source, rest] of gateway.rests()) open.set({ source }, rest === undefined ? 0 : 1);
    },
  });
  const dataAge = new Gauge({
    name: 'helpspot_gateway_source_data_age_seconds',
    help: 'How long ago the data of a source were written that holds them itself: a CSV file.',
    labelNames: ['source'],
    registers: [registry],
    collect: () => {
      dataAge.reset();
      for (const [source, { dataAt }] of gateway.states()) {
        if (dataAt !== undefined) dataAge.set({ source }, Math.max(0, (Date.now() - dataAt.getTime()) / 1000));
      }
    },
  });
  const oldest = gauge('oldest_waiting_seconds', 'Age of the oldest push that is not out yet.');
  const failed = gauge('failed', 'Pushes that were given up and are kept.');
  const unclear = gauge('unclear', 'Pushes of which a person must find out whether they arrived.');
  const set = ({ target, ...figures }: TargetFigures) => {
    waiting.set({ target }, figures.waiting + figures.sending);
    oldest.set({ target }, figures.oldestAt === undefined ? 0 : Math.max(0, (Date.now() - figures.oldestAt) / 1000));
    failed.set({ target }, figures.failed);
    unclear.set({ target }, figures.unclear);
  };
}

const NOTHING = { waiting: 0, sending: 0, failed: 0, unclear: 0, oldestAt: undefined } as const;
