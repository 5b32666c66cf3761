/** Traces and figures for a collector of OpenTelemetry: OTLP over HTTP as JSON, set up by the environment. */
import { Agent } from 'node:http';
import { Agent as SecureAgent } from 'node:https';
import { setTimeout as wait } from 'node:timers/promises';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import {
  defaultResource,
  detectResources,
  envDetector,
  type Resource,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { Registry } from 'prom-client';
import type { Log } from '../contract/index.ts';
import type { GatewayEvents } from '../gateway/telemetry.ts';
import { figuresProducer } from './metrics.ts';
import { passOnTraces } from './pass-on.ts';
import { SpanTracer } from './spans.ts';
import { OTLP_PROTOCOL, type WantedSignals } from './wanted.ts';

/** What is told of. */
export interface ToldGateway {
  readonly events: GatewayEvents;
  readonly log: Log;
  /** The program's version. */
  readonly version: string;
  /** The figures of `/metrics`. */
  figures(): Promise<Registry>;
}

/** Telling that is on. */
export interface Telemetry {
  /** Sends what waits, within {@link FLUSH_LIMIT_MS}, and ends. */
  stop(): Promise<void>;
}

/** Whoever stops the gateway waits no longer for a collector that hangs. */
const FLUSH_LIMIT_MS = 2_000;
/** As the specification has it, where OTEL_METRIC_EXPORT_INTERVAL says nothing. */
const INTERVAL_MS = 60_000;
const LONGEST_INTERVAL_MS = 86_400_000;
const SCOPE = 'helpspot-gateway';

/**
 * Begins to tell. What the collector does not take is kept up to the limit of the libraries (2,048 spans), then dropped.
 * The libraries read their settings from the environment of the process.
 */
export async function startTelemetry(wanted: WantedSignals, gateway: ToldGateway): Promise<Telemetry> {
  const { log } = gateway;
  if (wanted.otherProtocol !== undefined) {
    log.warn(
      { protocol: wanted.otherProtocol.slice(0, 50) },
      `OTLP is spoken as ${OTLP_PROTOCOL} only; the collector must take that`,
    );
  }
  const connections = new Connecting();
  const resource = resourceOf(gateway.version);
  const ends: (() => Promise<void>)[] = [];
  if (wanted.metrics) ends.push(await tellFigures(gateway, resource, connections.agent));
  if (wanted.traces) ends.push(tellTraces(gateway, resource, connections.agent));
  log.info({ traces: wanted.traces, metrics: wanted.metrics }, 'a collector of OpenTelemetry is told');
  return {
    async stop() {
      const late = new AbortController();
      const ended = Promise.all(ends.map((end) => end().catch(() => undefined)));
      const limit = wait(FLUSH_LIMIT_MS, undefined, { signal: late.signal }).catch(() => undefined);
      await Promise.race([ended, limit]);
      late.abort();
      connections.end();
    },
  };
}

type HttpAgents = (protocol: string) => Agent;

/** The connections to a collector. */
class Connecting {
  readonly #agents = new Set<Agent>();

  readonly agent: HttpAgents = (protocol) => {
    const agent = protocol === 'https:' ? new SecureAgent({ keepAlive: true }) : new Agent({ keepAlive: true });
    this.#agents.add(agent);
    return agent;
  };

  /** Breaks off what is under way: the libraries would try it again, and the process would live on for that. */
  end(): void {
    const createConnection = () => {
      throw new Error('the gateway has stopped');
    };
    for (const agent of this.#agents) Object.assign(agent, { createConnection }).destroy();
  }
}

function resourceOf(version: string): Resource {
  const ours = resourceFromAttributes({ 'service.name': SCOPE, 'service.version': version });
  // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES come last.
  return defaultResource()
    .merge(ours)
    .merge(detectResources({ detectors: [envDetector] }));
}

function tellTraces(
  { events, log }: ToldGateway,
  resource: Resource,
  httpAgentOptions: HttpAgents,
): () => Promise<void> {
  const exporter = watched(new OTLPTraceExporter({ httpAgentOptions }), 'traces', log);
  const provider = new BasicTracerProvider({ resource, spanProcessors: [new BatchSpanProcessor(exporter)] });
  const tracer = new SpanTracer(provider.getTracer(SCOPE));
  const stopPassing = passOnTraces(() => tracer.running());
  events.tracer = tracer;
  return async () => {
    events.tracer = undefined;
    stopPassing();
    await provider.shutdown();
  };
}

async function tellFigures(
  gateway: ToldGateway,
  resource: Resource,
  httpAgentOptions: HttpAgents,
): Promise<() => Promise<void>> {
  const since = Date.now();
  const producer = figuresProducer(await gateway.figures(), resource, SCOPE, since);
  const exporter = watched(new OTLPMetricExporter({ httpAgentOptions }), 'metrics', gateway.log);
  const exportIntervalMillis = intervalMs(process.env['OTEL_METRIC_EXPORT_INTERVAL']);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis, metricProducers: [producer] });
  const provider = new MeterProvider({ resource, readers: [reader] });
  return () => provider.shutdown();
}

function intervalMs(said = ''): number {
  const number = said.trim() === '' ? INTERVAL_MS : Number(said);
  return number > 0 && number <= LONGEST_INTERVAL_MS ? number : INTERVAL_MS;
}

interface Exporter<Items> {
  export(items: Items, told: (result: { readonly code: number; readonly error?: Error }) => void): void;
}

/** A collector that comes and goes fills no log. */
const TOLD_EVERY_MS = 60_000;

/** Says once that a collector takes nothing, and once that it does again; at most once in a minute. */
function watched<Items, Some extends Exporter<Items>>(
  exporter: Some & Exporter<Items>,
  signal: string,
  log: Log,
): Some {
  let saidFailing = false;
  let notBefore = 0;
  const send = exporter.export.bind(exporter);
  exporter.export = (items, told) =>
    send(items, (result) => {
      // 0: success (ExportResultCode of @opentelemetry/core).
      const failed = result.code !== 0;
      if (failed && !saidFailing && performance.now() >= notBefore) {
        saidFailing = true;
        notBefore = performance.now() + TOLD_EVERY_MS;
        const problem = result.error?.message.slice(0, 500) || 'no answer';
        log.warn(
          { signal, problem },
          'the collector of OpenTelemetry takes nothing; it is tried again, and what does not fit is dropped',
        );
      } else if (!failed && saidFailing) {
        saidFailing = false;
        log.info({ signal }, 'the collector of OpenTelemetry takes what it is told again');
      }
      told(result);
    });
  return exporter;
}
