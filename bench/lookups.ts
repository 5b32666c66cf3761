/**
 * Lookups a second and latency over HTTP: 100,000 customers, exact match by
 * mail address, beside a bare Express handler that sends the same bytes. Each
 * server is a process of its own; the rounds alternate. The goal is 0.7.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load, pathFor } from './support/load.ts';
import { head, inTurn, report } from './support/rounds.ts';

const CUSTOMERS = 100_000;
const ROUNDS = 5;

const folder = mkdtempSync(join(tmpdir(), 'gateway-bench-'));
const children: ChildProcess[] = [];

function writeCustomers(): void {
  const rows = ['customer_id,first_name,last_name,email,phone,company'];
  for (let n = 0; n < CUSTOMERS; n += 1) {
    rows.push(
      `${n},First${n % 977},Last${n % 4999},user${n}@example.com,845-555-${String(n).padStart(6, '0')},Company ${n % 331}`,
    );
  }
  writeFileSync(join(folder, 'customers.csv'), `${rows.join('\n')}\n`);
  writeFileSync(
    join(folder, 'gateway.yaml'),
    `server: { port: 0 }
log: { level: warn }
access: { ratePerMinute: 0 }
sources: { customers: { adapter: csv, file: customers.csv } }
lookups: { default: { sources: customers, match: [email] } }
`,
  );
}

/** Starts a server; the first address that it prints is its own. */
async function start(args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  for await (const chunk of child.stdout) {
    const url = /http:\/\/[\d.]+:\d+/.exec(String(chunk))?.[0];
    if (url !== undefined) {
      child.stdout.resume();
      return url;
    }
  }
  throw new Error(`the server ended before it listened: ${args.join(' ')}`);
}

function writeBareServer(body: string): string {
  const file = join(process.cwd(), 'dist', 'bench', 'bare-server.js');
  writeFileSync(
    file,
    `import express from 'express';
const app = express();
const body = ${JSON.stringify(body)};
app.get('/livelookup', (request, response) => { response.type('text/xml').send(body); });
const server = app.listen(0, '127.0.0.1', () => console.log('http://127.0.0.1:' + server.address().port));
`,
  );
  return file;
}

const paths = Array.from({ length: 1000 }, (_, n) => pathFor(`user${n * 97}@example.com`));

try {
  writeCustomers();
  const gateway = await start(['bin/helpspot-gateway', 'serve', `--config=${join(folder, 'gateway.yaml')}`]);
  const answer = await (await fetch(`${gateway}/livelookup?email=user97@example.com`)).text();
  if (!answer.includes('user97@example.com')) throw new Error(`not the customer that was asked for: ${answer}`);
  const bare = await start([writeBareServer(answer)]);
  const { a, b } = await inTurn(
    ROUNDS,
    () => load(gateway, paths),
    () => load(bare, paths),
  );
  head('', 'gateway', 'bare');
  report(
    'lookups a second',
    a.map(({ perSecond }) => perSecond),
    b.map(({ perSecond }) => perSecond),
  );
  report(
    'latency p50, ms',
    a.map(({ p50 }) => p50),
    b.map(({ p50 }) => p50),
    1,
  );
  report(
    'latency p99, ms',
    a.map(({ p99 }) => p99),
    b.map(({ p99 }) => p99),
    1,
  );
} finally {
  for (const child of children) {
    child.kill();
    await once(child, 'exit');
  }
  rmSync(folder, { recursive: true });
}
