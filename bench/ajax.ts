/**
 * How long staff wait for an AJAX selection field that searches among 200,000
 * options in two fields, beside a Live Lookup on the same data: one call at a
 * time, in turn, at one gateway. The goal is a ratio of 1: the time of a lookup
 * that matches in the same way.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { head, inTurn, median, report } from './support/rounds.ts';

const OPTIONS = 200_000;
const ROUNDS = 15;
const CALLS = 100;

const folder = mkdtempSync(join(tmpdir(), 'gateway-bench-'));
let child: ChildProcess | undefined;

function writeOptions(): void {
  const rows = ['customer_id,code,name,email'];
  for (let n = 0; n < OPTIONS; n += 1) {
    rows.push(`${n % 20_000},B-${String(n).padStart(6, '0')},Project ${n % 997} phase ${n % 31},user${n}@example.com`);
  }
  writeFileSync(join(folder, 'codes.csv'), `${rows.join('\n')}\n`);
  const search = (match: string) => `source: codes, search: { fields: [code, name], match: ${match}, minimum: 2 }`;
  writeFileSync(
    join(folder, 'gateway.yaml'),
    `server: { port: 0 }
log: { level: warn }
access: { ratePerMinute: 0 }
sources: { codes: { adapter: csv, file: codes.csv } }
lookups:
  exact: { sources: codes, match: [email] }
  prefix: { sources: codes, match: [{ code: { from: Custom1, match: prefix } }] }
  contains: { sources: codes, match: [{ code: { from: Custom1, match: contains } }] }
ajax:
  contains: { ${search('contains')}, value: "{{code}}", description: "{{code}} {{name}}" }
  prefix: { ${search('prefix')}, value: "{{code}}", description: "{{code}} {{name}}" }
  customer: { source: codes, where: { customer_id: "{{sUserId}}" }, value: "{{code}}", description: "{{name}}" }
`,
  );
}

async function start(): Promise<string> {
  const args = ['bin/helpspot-gateway', 'serve', `--config=${join(folder, 'gateway.yaml')}`];
  child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const chunk of child.stdout ?? []) {
    const url = /http:\/\/[\d.]+:\d+/.exec(String(chunk))?.[0];
    if (url !== undefined) {
      child.stdout?.resume();
      return url;
    }
  }
  throw new Error('the gateway ended before it listened');
}

/** The median time of a call in milliseconds; each call asks for another row, and must find it. */
async function timed(address: (row: number) => string): Promise<number> {
  const times: number[] = [];
  for (let call = 0; call < CALLS; call += 1) {
    const row = (call * 1_987 + 13) % OPTIONS;
    const started = performance.now();
    const answer = await (await fetch(address(row))).text();
    times.push(performance.now() - started);
    if (!answer.includes(codeOf(row))) throw new Error(`${address(row)} did not find ${codeOf(row)}: ${answer}`);
  }
  return median(times);
}

const codeOf = (row: number) => `B-${String(row).padStart(6, '0')}`;

try {
  writeOptions();
  const url = await start();
  const ajax = (name: string, parameters: (row: number) => string) => () =>
    timed((row) => `${url}/ajax/${name}?xStatus=1&${parameters(row)}`);
  const lookup = (name: string, parameters: (row: number) => string) => () =>
    timed((row) => `${url}/livelookup/${name}?xStatus=1&${parameters(row)}`);
  const byMail = (row: number) => `customer_id=&email=user${row}@example.com`;
  const typed = (from: number) => (row: number) => `Custom1=${codeOf(row).slice(from)}&callingField=Custom1`;
  head('', 'ajax field', 'lookup');
  const part = typed(3);
  const cases = [
    ['exact, beside exact, ms', ajax('customer', (row) => `sUserId=${row % 20_000}`), lookup('exact', byMail)],
    ['prefix, beside prefix, ms', ajax('prefix', typed(0)), lookup('prefix', typed(0))],
    ['part, beside part, ms', ajax('contains', part), lookup('contains', part)],
    ['part, beside exact, ms', ajax('contains', part), lookup('exact', byMail)],
  ] as const;
  for (const [what, ours, theirs] of cases) {
    const { a, b } = await inTurn(ROUNDS, ours, theirs);
    report(what, a, b, 2);
  }
} finally {
  if (child !== undefined) {
    child.kill();
    await once(child, 'exit');
  }
  rmSync(folder, { recursive: true });
}
