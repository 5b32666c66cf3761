/** A gateway that serves, as it is built: what it loads, what a collector has after its end, and its log in a file. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { wantedSignals } from '../../src/telemetry/wanted.ts';
import { until } from '../gateway/push/harness.ts';
import { boundToUs } from '../support/child.ts';
import { otlpCollector } from '../support/otlp-collector.ts';
import { temporaryFolderForAll } from '../support/temp.ts';

const root = resolve(import.meta.dirname, '../..');
const folder = await temporaryFolderForAll();
const file = join(folder, 'gateway.yaml');

beforeAll(() => {
  writeFileSync(join(folder, 'people.csv'), 'customer_id,email\n1,bob@example.com\n');
  const sources = 'sources: { people: { adapter: csv, file: people.csv } }\nlookups: { default: { sources: people } }';
  writeFileSync(file, `server: { port: 0 }\n${sources}\n`);
});

it('is told to a collector only where the environment names one, and as far as it says so', () => {
  const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' };
  const both = { traces: true, metrics: true, otherProtocol: undefined, wrongEndpoint: undefined };
  expect(wantedSignals({})).toBeUndefined();
  expect(wantedSignals({ OTEL_EXPORTER_OTLP_ENDPOINT: ' ' })).toBeUndefined();
  expect(wantedSignals(endpoint)).toEqual(both);
  for (const wrong of ['collector:4318', 'http://', '127.0.0.1']) {
    expect(wantedSignals({ OTEL_EXPORTER_OTLP_ENDPOINT: wrong })?.wrongEndpoint).toBe('OTEL_EXPORTER_OTLP_ENDPOINT');
  }
  expect(wantedSignals({ ...endpoint, OTEL_SDK_DISABLED: 'true' })).toBeUndefined();
  expect(wantedSignals({ ...endpoint, OTEL_METRICS_EXPORTER: 'none' })).toEqual({ ...both, metrics: false });
  expect(wantedSignals({ OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'http://x' })).toEqual({ ...both, traces: false });
  expect(wantedSignals({ ...endpoint, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' })).toEqual({
    ...both,
    otherProtocol: 'grpc',
  });
});

it.each([
  [{}, false],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' }, true],
])('loads nothing of OpenTelemetry unless it is wanted: %j', (environment, isLoaded) => {
  const program = `
    const { startServing } = await import(${JSON.stringify(join(root, 'dist/src/cli/serve.js'))});
    const ignored = { write: () => true };
    const terminal = { stdout: ignored, stderr: ignored, environment: process.env, packageRoot: ${JSON.stringify(root)} };
    const serving = await startServing(${JSON.stringify(file)}, terminal);
    const { createRequire } = await import('node:module');
    const loaded = Object.keys(createRequire(${JSON.stringify(file)}).cache);
    console.log(JSON.stringify({ otel: loaded.some((path) => path.includes('@opentelemetry/sdk')), others: loaded.length }));
    process.exit(0);`;
  const env = { ...process.env, ...environment };
  const out = execFileSync(process.execPath, ['--input-type=module', '-e', program], { env, encoding: 'utf8' });
  expect(JSON.parse(out)).toEqual({ otel: isLoaded, others: expect.any(Number) });
  expect(JSON.parse(out).others).toBeGreaterThan(10);
});

it('tells a collector on SIGTERM what it has not heard yet, and opens its log anew on SIGHUP', async () => {
  const collector = await otlpCollector();
  const log = join(folder, 'gateway.log');
  const lines = (path: string) => (existsSync(path) ? readFileSync(path, 'utf8') : '');
  const child = spawn(
    ...boundToUs(join(root, 'bin/helpspot-gateway'), ['serve', `--config=${file}`, `--log-file=${log}`]),
    {
      env: { ...process.env, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url },
      stdio: 'ignore',
    },
  );
  const ended = once(child, 'exit');
  try {
    await until(() => lines(log).includes('"listening"'));
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(
      lines(log)
        .split('\n')
        .find((line) => line.includes('"listening"')) ?? '',
    )?.[0];
    renameSync(log, `${log}.old`);
    child.kill('SIGHUP');
    await until(() => lines(log).includes('was read again'));
    await (await fetch(`${url}/livelookup?email=bob%40example.com`)).text();
    await until(() => lines(log).includes('"lookup":"default"'));
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  } finally {
    child.kill('SIGKILL');
  }
  expect(lines(log)).toContain('"stopped"');
  expect(collector.refused).toEqual([]);
  expect(collector.spans.map(({ name }) => name).sort()).toEqual(['find people', 'lookup default']);
  const counted = collector.metrics.find(({ name }) => name === 'helpspot_gateway_lookups_total');
  expect(counted?.sum?.dataPoints).toMatchObject([{ asDouble: 1 }]);
});
