/** The figures of `/metrics` as those of OpenTelemetry: one list of instruments, under the same names. */
import { type HrTime, ValueType } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import {
  AggregationTemporality,
  type CollectionResult,
  type DataPoint,
  DataPointType,
  type Histogram,
  type MetricData,
  type MetricProducer,
} from '@opentelemetry/sdk-metrics';
import type { Registry } from 'prom-client';
import * as z from 'zod';

/** What prom-client says of an instrument: `getMetricsAsJSON`. */
const instruments = z.array(
  z.object({
    name: z.string(),
    help: z.string(),
    type: z.enum(['counter', 'gauge', 'histogram', 'summary']),
    values: z.array(
      z.object({
        value: z.number(),
        labels: z.record(z.string(), z.union([z.string(), z.number()])),
        metricName: z.string().optional(),
      }),
    ),
  }),
);
type Instrument = z.output<typeof instruments>[number];
type Value = Instrument['values'][number];

/** @param since when counting began. Milliseconds since 1970 */
export function figuresProducer(registry: Registry, resource: Resource, scope: string, since: number): MetricProducer {
  return {
    async collect(): Promise<CollectionResult> {
      const all = instruments.parse(await registry.getMetricsAsJSON());
      const times = { startTime: hrTime(since), endTime: hrTime(Date.now()) };
      const metrics = all.filter(({ values }) => values.length > 0).map((one) => metricOf(one, times));
      return { resourceMetrics: { resource, scopeMetrics: [{ scope: { name: scope }, metrics }] }, errors: [] };
    },
  };
}

interface Times {
  readonly startTime: HrTime;
  readonly endTime: HrTime;
}

function hrTime(milliseconds: number): HrTime {
  return [Math.floor(milliseconds / 1000), Math.floor((milliseconds % 1000) * 1_000_000)];
}

function metricOf({ name, help, type, values }: Instrument, times: Times): MetricData {
  const about = {
    descriptor: { name, description: help, unit: unitOf(name), valueType: ValueType.DOUBLE },
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
  };
  if (type === 'histogram') {
    return { ...about, dataPointType: DataPointType.HISTOGRAM, dataPoints: histograms(name, values, times) };
  }
  const dataPoints = values.map(({ value, labels }) => ({ ...times, attributes: labels, value }));
  return type === 'counter'
    ? { ...about, dataPointType: DataPointType.SUM, isMonotonic: true, dataPoints }
    : { ...about, dataPointType: DataPointType.GAUGE, dataPoints };
}

/** As UCUM writes it; the names have it at their end, as Prometheus wants. */
function unitOf(name: string): string {
  return name.endsWith('_seconds') ? 's' : '1';
}

/** Prometheus counts in each bucket all that is in smaller ones; OpenTelemetry does not. */
function histograms(name: string, values: readonly Value[], times: Times): DataPoint<Histogram>[] {
  const byLabels = new Map<string, { readonly labels: Value['labels']; readonly own: Value[] }>();
  for (const value of values) {
    const { le: _bound, ...labels } = value.labels;
    const key = JSON.stringify(labels);
    const group = byLabels.get(key) ?? { labels, own: [] };
    group.own.push(value);
    byLabels.set(key, group);
  }
  return [...byLabels.values()].map(({ labels, own }) => {
    const buckets = own.filter(({ metricName }) => metricName === `${name}_bucket`);
    const sum = own.find(({ metricName }) => metricName === `${name}_sum`)?.value ?? 0;
    const count = own.find(({ metricName }) => metricName === `${name}_count`)?.value ?? 0;
    const boundaries = buckets.map(({ labels: { le } }) => Number(le)).filter(Number.isFinite);
    const counts = buckets.map(({ value }, at) => value - (buckets[at - 1]?.value ?? 0));
    return { ...times, attributes: labels, value: { buckets: { boundaries, counts }, sum, count } };
  });
}
