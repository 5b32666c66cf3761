/**
 * A collector of OpenTelemetry on a port of this machine: takes what OTLP 1.7 over HTTP with JSON allows, and refuses the rest
 * as a collector does. https://opentelemetry.io/docs/specs/otlp/#otlphttp and opentelemetry-proto/docs/specification.md
 */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { onTestFinished } from 'vitest';
import * as z from 'zod';

const id = (digits: number) => z.string().regex(new RegExp(`^(?!0+$)[0-9a-fA-F]{${digits}}$`));
/** 64 bits: a decimal text, or a number. */
const fixed64 = z.union([z.string().regex(/^\d{1,20}$/), z.int().nonnegative()]);
const value = z.union([
  z.strictObject({ stringValue: z.string() }),
  z.strictObject({ boolValue: z.boolean() }),
  z.strictObject({ intValue: z.union([z.string().regex(/^-?\d+$/), z.int()]) }),
  z.strictObject({ doubleValue: z.number() }),
]);
const attributes = z.array(z.strictObject({ key: z.string().min(1), value })).default([]);
const resource = z.looseObject({ attributes });
const scope = z.looseObject({ name: z.string() });

const span = z.looseObject({
  traceId: id(32),
  spanId: id(16),
  parentSpanId: id(16).optional(),
  name: z.string().min(1),
  // Enumerations are numbers in JSON.
  kind: z.int().min(0).max(5),
  startTimeUnixNano: fixed64,
  endTimeUnixNano: fixed64,
  attributes,
  status: z.looseObject({ code: z.int().min(0).max(2) }).optional(),
});
const traces = z.looseObject({
  resourceSpans: z.array(
    z.looseObject({ resource, scopeSpans: z.array(z.looseObject({ scope, spans: z.array(span) })) }),
  ),
});

const point = { attributes, startTimeUnixNano: fixed64.optional(), timeUnixNano: fixed64 };
const number = z.looseObject({ ...point, asDouble: z.number().optional(), asInt: fixed64.optional() });
const temporality = z.int().min(1).max(2);
const histogram = z
  .looseObject({
    ...point,
    count: fixed64,
    sum: z.number(),
    bucketCounts: z.array(fixed64),
    explicitBounds: z.array(z.number()),
  })
  .refine(({ bucketCounts, explicitBounds }) => bucketCounts.length === explicitBounds.length + 1)
  .refine(
    ({ bucketCounts, count }) => bucketCounts.reduce<number>((sum, one) => sum + Number(one), 0) === Number(count),
  );
const metric = z.looseObject({
  name: z.string().min(1),
  unit: z.string(),
  sum: z
    .looseObject({ aggregationTemporality: temporality, isMonotonic: z.boolean(), dataPoints: z.array(number) })
    .optional(),
  gauge: z.looseObject({ dataPoints: z.array(number) }).optional(),
  histogram: z.looseObject({ aggregationTemporality: temporality, dataPoints: z.array(histogram) }).optional(),
});
const metrics = z.looseObject({
  resourceMetrics: z.array(
    z.looseObject({ resource, scopeMetrics: z.array(z.looseObject({ scope, metrics: z.array(metric) })) }),
  ),
});

/** A span as it came. */
export interface CollectedSpan {
  readonly name: string;
  readonly kind: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly status: number;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** What was taken, and what is done with what comes. */
export interface OtlpCollector {
  readonly url: string;
  readonly spans: CollectedSpan[];
  /** The last that came. */
  metrics: z.output<typeof metric>[];
  readonly resources: Readonly<Record<string, unknown>>[];
  /** What was refused, and why. */
  readonly refused: string[];
  /** All that came, as it was written. */
  readonly bodies: string[];
  /** `takes`, answers with a status that asks for no repetition, or never answers. */
  mode: 'takes' | 'fails' | 'hangs';
  asked: number;
  close(): Promise<void>;
}

/** Starts a collector that ends with the test. */
export async function otlpCollector(): Promise<OtlpCollector> {
  const server = createServer();
  const collector: OtlpCollector = {
    ...{ url: '', spans: [], metrics: [], resources: [], refused: [], bodies: [], mode: 'takes', asked: 0 },
    close: () => closed(server),
  };
  server.on('request', async (req, res) => {
    collector.asked += 1;
    if (collector.mode === 'hangs') return;
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(Buffer.from(chunk));
    const body = Buffer.concat(chunks).toString();
    const answer = (status: number, said: object) =>
      res.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(said));
    if (collector.mode === 'fails') return answer(400, { code: 3, message: 'no' });
    const problem = take(collector, req.method, req.url, req.headers['content-type'], body);
    if (problem === undefined) return answer(200, {});
    collector.refused.push(problem);
    return answer(problem.startsWith('405') ? 405 : problem.startsWith('415') ? 415 : 400, {
      code: 3,
      message: problem,
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => closed(server));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return Object.assign(collector, { url: `http://127.0.0.1:${port}` });
}

async function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  if (server.listening) await new Promise((done) => server.close(done));
}

/** @returns why it is refused */
function take(collector: OtlpCollector, method = '', url = '', type = '', body = ''): string | undefined {
  if (method !== 'POST') return `405 ${method}`;
  if (type !== 'application/json') return `415 ${type}`;
  let sent: unknown;
  try {
    sent = JSON.parse(body);
  } catch {
    return 'no JSON';
  }
  collector.bodies.push(body);
  if (url === '/v1/traces') {
    const read = traces.safeParse(sent);
    if (!read.success) return z.prettifyError(read.error);
    for (const { resource: of, scopeSpans } of read.data.resourceSpans) {
      collector.resources.push(plain(of.attributes));
      for (const one of scopeSpans.flatMap(({ spans }) => spans)) {
        const { name, kind, traceId, spanId, parentSpanId, status } = one;
        const all = plain(one.attributes);
        collector.spans.push({ name, kind, traceId, spanId, parentSpanId, status: status?.code ?? 0, attributes: all });
      }
    }
    return undefined;
  }
  if (url !== '/v1/metrics') return `no such path: ${url}`;
  const read = metrics.safeParse(sent);
  if (!read.success) return z.prettifyError(read.error);
  collector.metrics = read.data.resourceMetrics.flatMap(({ scopeMetrics }) =>
    scopeMetrics.flatMap((one) => one.metrics),
  );
  return undefined;
}

function plain(all: z.output<typeof attributes>): Record<string, unknown> {
  return Object.fromEntries(all.map((one) => [one.key, Object.values(one.value)[0]]));
}
