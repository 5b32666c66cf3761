/**
 * Lookups over HTTP by mail and telephone from the index of a CCAI Platform of 200,000 calls while its first run goes on, at one
 * and at ten requests a second, beside the same lookups with nothing to read. The platform is a process of its own.
 * `npm run bench -- ccai`
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { adapters } from '../adapters/index.ts';
import { loadConfiguration } from '../src/config/load.ts';
import type { Log } from '../src/contract/index.ts';
import { createGateway, type Gateway } from '../src/gateway/gateway.ts';
import { listen } from '../src/http/listen.ts';
import { openCustomerIndex } from '../src/store/index-file/index-file.ts';
import { endUserOf, generatedAccount } from '../test/support/ccai/generated-account.ts';
import { startCcai } from '../test/support/ccai/server.ts';
import { median } from './support/rounds.ts';

const CALLS = 200_000;
const CUSTOMERS = 20_000;
/** Of the newest calls, which are read first. */
const KNOWN = 300;
const LOOKUPS = 400;
const EVERY_MS = 25;
const SILENT: Log = { debug() {}, info() {}, warn() {}, error() {} };
const platform = z.object({ settings: z.record(z.string(), z.unknown()) });
const found = z.object({ customers: z.array(z.unknown()).min(1), notices: z.array(z.string()) });

if (process.argv[2] === 'platform') {
  const { settings } = await startCcai({
    account: () => generatedAccount({ calls: CALLS, customers: CUSTOMERS }),
    requestsPerSecond: Number(process.argv[3]),
  });
  process.send?.({ settings });
} else {
  const print = (...cells: readonly string[]) => process.stdout.write(`| ${cells.join(' | ')} |\n`);
  print('the index', 'p50, ms', 'p99, ms', 'longest, ms', 'calls in it');
  print('---', '---', '---', '---', '---');
  await round('is whole: the calls of six hours', 1_000, '6h', print);
  await round('is filled, one request a second', 1, '90d', print);
  await round('is filled, ten requests a second', 10, '90d', print);
  process.stdout.write(`load of the machine: ${loadavg()[0]?.toFixed(1)}\n`);
}

async function round(what: string, perSecond: number, keep: string, print: (...cells: string[]) => void) {
  const child = spawn(process.execPath, [process.argv[1] ?? '', 'platform', String(perSecond)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const folder = await mkdtemp(join(tmpdir(), 'gateway-bench-'));
  try {
    const [message] = await once(child, 'message');
    const { settings } = platform.parse(message);
    const calls = { adapter: 'ccai-platform', ...settings, requestsPerSecond: perSecond, index: { every: '1m', keep } };
    const lookups = { default: { sources: 'calls', match: ['email', 'phone'], fields: { call_id: 'call_id' } } };
    const file = join(folder, 'gateway.yaml');
    await writeFile(file, JSON.stringify({ sources: { calls }, lookups, store: { index: 'index.db' } }));
    const gateway = createGateway(await loadConfiguration(file, adapters, {}), {
      log: SILENT,
      openIndex: openCustomerIndex,
    });
    try {
      await measure(what, gateway, keep === '6h', print);
    } finally {
      await gateway.close();
    }
  } finally {
    await ended(child);
    await rm(folder, { recursive: true, force: true });
  }
}

async function measure(what: string, gateway: Gateway, isWhole: boolean, print: (...cells: string[]) => void) {
  const server = await listen(gateway);
  try {
    gateway.readAhead();
    const state = async () => (await gateway.indexes()).get('calls');
    while (((await state())?.records ?? 0) < KNOWN || (isWhole && (await state())?.freshAt === undefined)) {
      await sleep(100);
    }
    const taken: number[] = [];
    for (let number = 0; number < LOOKUPS; number += 1) {
      const { identifier } = endUserOf(((CALLS - (number % KNOWN) - 1) % CUSTOMERS) + 1);
      const field = identifier.includes('@') ? 'email' : 'phone';
      const began = performance.now();
      const answer = await fetch(`${server.url}/api/lookups/default?${field}=${encodeURIComponent(identifier)}`);
      const body = await answer.json();
      taken.push(performance.now() - began);
      // One that finds nobody is fast and says nothing; and what is measured is an index that is not whole yet.
      const isPart = found.parse(body).notices.some((notice) => notice.includes('complete since'));
      if (isPart === isWhole) throw new Error(`the index ${isPart ? 'is not whole' : 'is whole already'}`);
      await sleep(EVERY_MS);
    }
    taken.sort((one, other) => one - other);
    const at = (part: number) => (taken[Math.floor((taken.length - 1) * part)] ?? Number.NaN).toFixed(1);
    print(what, median(taken).toFixed(1), at(0.99), at(1), String((await state())?.records));
  } finally {
    await server.close();
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  child.kill();
  await once(child, 'exit');
}
