/** The files for Prometheus and Grafana ask for nothing that a gateway does not tell. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { createGateway } from '../../src/gateway/gateway.ts';
import { figuresOf } from '../../src/http/routes/metrics.ts';
import { recordedLog } from '../support/log.ts';
import { memorySystem } from '../support/memory-adapter.ts';
import { gatewayPlan, memorySource } from '../support/plans.ts';

const deploy = resolve(import.meta.dirname, '../../deploy');
const read = (file: string) => readFileSync(join(deploy, file), 'utf8');
const dashboard = z
  .object({ panels: z.array(z.object({ targets: z.array(z.object({ expr: z.string() })).optional() })) })
  .parse(JSON.parse(read('grafana/helpspot-gateway.json')));
const rules = z
  .object({
    groups: z.array(
      z.object({
        rules: z.array(
          z.object({ alert: z.string(), expr: z.string(), annotations: z.object({ summary: z.string() }) }),
        ),
      }),
    ),
  })
  .parse(parse(read('prometheus/helpspot-gateway.rules.yaml')))
  .groups.flatMap((group) => group.rules);
const queries = [
  ...dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)),
  ...rules.map(({ expr }) => expr),
];

/** Instrument → its labels, as Prometheus gets them. */
const told = new Map<string, ReadonlySet<string>>();

beforeAll(async () => {
  const gateway = createGateway(gatewayPlan([memorySource('crm', memorySystem([]))]), { log: recordedLog() });
  const registry = await figuresOf(gateway);
  for (const metric of registry.getMetricsAsArray()) {
    const labels = new Set(z.object({ labelNames: z.array(z.string()) }).parse(metric).labelNames);
    const isHistogram = String(metric.type) === 'histogram';
    const names = isHistogram ? ['_bucket', '_sum', '_count'].map((end) => metric.name + end) : [metric.name];
    for (const name of names) told.set(name, isHistogram ? new Set([...labels, 'le']) : labels);
  }
  await gateway.close();
});

describe('the files of deploy/', () => {
  it('name only figures that there are, and the dashboard all of them', () => {
    const named = (texts: readonly string[]) =>
      new Set(texts.flatMap((text) => Array.from(text.matchAll(/\bhelpspot_gateway_\w+/g), ([name]) => name)));
    expect(queries.length).toBeGreaterThan(40);
    expect([...named(queries)].filter((name) => !told.has(name))).toEqual([]);
    const shown = named(queries.slice(0, queries.length - rules.length));
    expect([...told.keys()].filter((name) => !shown.has(name) && !/_(?:sum|count)$/.test(name))).toEqual([]);
  });

  it('ask for labels that these figures have', () => {
    const wrong = queries.flatMap((query) => {
      const labels = new Set(
        Array.from(query.matchAll(/\bhelpspot_gateway_\w+/g)).flatMap(([name]) => [...(told.get(name) ?? [])]),
      );
      const asked = [
        ...Array.from(query.matchAll(/\bby \(([^)]*)\)/g), ([, names = '']) => names.split(/, */)).flat(),
        ...Array.from(query.matchAll(/[{,](\w+)=~?"/g), ([, name = '']) => name),
      ];
      return asked
        .filter((name) => !labels.has(name) && !['instance', 'job'].includes(name))
        .map((name) => `${name}: ${query}`);
    });
    expect(wrong).toEqual([]);
  });

  it('have alerts each of which docs/operations.md explains', () => {
    const text = readFileSync(join(deploy, '../docs/operations.md'), 'utf8');
    expect(rules.length).toBeGreaterThan(10);
    expect(rules.filter(({ alert }) => !text.includes(`| \`${alert}\` |`)).map(({ alert }) => alert)).toEqual([]);
  });
});
