/**
 * What a system that hangs, is gone or refuses the password costs the others, on real servers: the 1st, the 4th and the
 * 20th lookup; five sources of which one hangs, beside the same without it; a hundred equal lookups at once, beside one.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { adapters } from '../adapters/index.ts';
import { loadConfiguration } from '../src/config/load.ts';
import type { Log } from '../src/contract/index.ts';
import { createGateway, type Gateway } from '../src/gateway/gateway.ts';
import { BOSS, OUTAGE_KINDS, type OutageSystem } from '../test/support/outages/systems.ts';
import { inTurn, median } from './support/rounds.ts';

const SILENT: Log = { debug() {}, info() {}, warn() {}, error() {} };
const CUSTOMERS = 10_000;
const LOOKUPS = 2_000;
const ROUNDS = 5;

const folder = await mkdtemp(join(tmpdir(), 'gateway-bench-'));
let configurations = 0;

/** A gateway with the defaults, over these sources, of which `customers` are well. */
async function gatewayOver(sources: Readonly<Record<string, object>>): Promise<Gateway> {
  configurations += 1;
  const own = join(folder, String(configurations));
  await mkdir(own);
  const rows = Array.from({ length: CUSTOMERS }, (_, n) => `${n},Bern`);
  await writeFile(join(own, 'people.csv'), `customer_id,city\n${BOSS},Bern\n${rows.join('\n')}\n`);
  const file = join(own, 'gateway.yaml');
  const lookups = { default: { sources: Object.keys(sources), match: ['customer_id'] } };
  await writeFile(file, JSON.stringify({ sources, lookups }));
  return createGateway(await loadConfiguration(file, adapters, {}), { log: SILENT });
}

const LIST = { adapter: 'csv', title: 'Customer list', file: 'people.csv' };

async function lookup(gateway: Gateway, customer_id = BOSS) {
  const started = performance.now();
  const { answer, failure, reference } = await gateway.lookup({ lookup: 'default', parameters: { customer_id } });
  const said = (answer?.notices ?? [failure?.message ?? '']).join('; ').replace(` (ref ${reference})`, '');
  return { count: answer?.customers.length ?? 0, said, milliseconds: performance.now() - started };
}

const print = (...cells: readonly string[]) => process.stdout.write(`| ${cells.join(' | ')} |\n`);
const ms = (value: number) => (value < 10 ? value.toFixed(1) : String(Math.round(value)));

/** Twenty clicks, one after the other, of a person each. */
async function clicks(what: string, gateway: Gateway, mend: () => Promise<void>): Promise<void> {
  const all: Awaited<ReturnType<typeof lookup>>[] = [];
  for (let click = 0; click < 20; click += 1) {
    all.push(await lookup(gateway));
    // What was left behind ends before the next click, as it does where people click.
    await sleep(click < 4 ? 2_000 : 100);
  }
  const times = [0, 3, 19].map((at) => ms(all[at]?.milliseconds ?? Number.NaN));
  const mended = performance.now();
  await mend();
  let last = await lookup(gateway);
  while (last.said !== '' && performance.now() - mended < 90_000) {
    await sleep(100);
    last = await lookup(gateway);
  }
  const back = last.said === '' && last.count === 2 ? `${((performance.now() - mended) / 1000).toFixed(1)} s` : 'never';
  print(what, ...times, `${all[0]?.said}`, `${all[19]?.said.replace(/\d\d:\d\d/g, '12:04')}`, back);
  await gateway.close();
}

async function outages(): Promise<void> {
  print(
    'beside a list of customers',
    '1st, ms',
    '4th, ms',
    '20th, ms',
    'staff read at first',
    'and then',
    'whole again',
  );
  print(...Array.from({ length: 7 }, () => '---'));
  for (const kind of OUTAGE_KINDS) {
    const available = await kind.available();
    if (!available.ok) {
      print(kind.name, 'not here', '', '', '', '', '');
      continue;
    }
    const system = await kind.start();
    const open = (source: OutageSystem['source']) =>
      gatewayOver({ customers: LIST, other: { title: 'Other system', ...source } });
    for (const [what, strike] of [
      ['hangs', () => system.hang()],
      ['is gone', () => system.cutter.refuse()],
    ] as const) {
      const gateway = await open(system.source);
      await lookup(gateway);
      await strike();
      await clicks(`${kind.name} ${what}`, gateway, () => system.restore());
    }
    const gateway = await open(system.refused);
    await clicks(`${kind.name} refuses the password`, gateway, async () => {
      // The administrator writes the right one, and the configuration is read again.
      const right = await open(system.source);
      await gateway.reload(right.plan);
      await right.close();
    });
    await system.stop();
  }
}

/** A system that accepts, and says nothing. */
async function listen(answer: Parameters<typeof createServer>[1]): Promise<{ server: Server; url: string }> {
  const server = createServer(answer ?? (() => undefined));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the server has no address');
  return { server, url: `http://127.0.0.1:${address.port}/people?id={{customer_id}}` };
}

function end(server: Server): void {
  server.closeAllConnections();
  server.close();
}

async function fiveSources(): Promise<void> {
  const lists = Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [name, LIST]));
  const { server, url } = await listen(() => undefined);
  const without = await gatewayOver(lists);
  const withHung = await gatewayOver({ ...lists, hung: { adapter: 'http', url } });
  await lookup(without);
  const first = await lookup(withHung, '1');
  for (let click = 0; [...withHung.rests().values()].every((rest) => rest === undefined); click += 1) {
    await lookup(withHung, String(click));
    await sleep(500);
  }
  const round = async (gateway: Gateway) => {
    const times: number[] = [];
    for (let n = 0; n < LOOKUPS; n += 1) times.push((await lookup(gateway, String(n))).milliseconds);
    times.sort((one, other) => one - other);
    return { p50: median(times), p99: times[Math.floor(times.length * 0.99)] ?? Number.NaN };
  };
  const { a, b } = await inTurn(
    ROUNDS,
    () => round(withHung),
    () => round(without),
  );
  process.stdout.write('\n');
  print('five sources, one hangs', 'with it, ms', 'without it, ms', 'ratio');
  print('---', '---', '---', '---');
  print('before it rests (patience 1 s)', ms(first.milliseconds), ms((await lookup(without, '1')).milliseconds), '');
  for (const figure of ['p50', 'p99'] as const) {
    const ratios = a.map((one, index) => one[figure] / (b[index]?.[figure] ?? Number.NaN));
    const [mine, its] = [a, b].map((all) => median(all.map((one) => one[figure])).toFixed(3));
    print(`once it rests, ${figure}`, mine ?? '', its ?? '', median(ratios).toFixed(2));
  }
  await Promise.all([without.close(), withHung.close()]);
  end(server);
}

async function equalLookups(): Promise<void> {
  let requests = 0;
  const { server, url } = await listen((_request, response) => {
    requests += 1;
    setTimeout(() => response.end(JSON.stringify([{ customer_id: BOSS, city: 'Berlin' }])), 100);
  });
  const gateway = await gatewayOver({ other: { adapter: 'http', url } });
  await lookup(gateway);
  const { a, b } = await inTurn(
    ROUNDS,
    async () => {
      const before = requests;
      const started = performance.now();
      await Promise.all(Array.from({ length: 100 }, () => lookup(gateway)));
      return { milliseconds: performance.now() - started, requests: requests - before };
    },
    async () => {
      const before = requests;
      const { milliseconds } = await lookup(gateway);
      return { milliseconds, requests: requests - before };
    },
  );
  process.stdout.write('\n');
  print('a system that takes 100 ms', '100 equal lookups at once', 'one', 'ratio');
  print('---', '---', '---', '---');
  const figures = (['milliseconds', 'requests'] as const).map(
    (name) => [name, a.map((one) => one[name]), b.map((one) => one[name])] as const,
  );
  for (const [name, mine, its] of figures) {
    print(name, ms(median(mine)), ms(median(its)), (median(mine) / median(its)).toFixed(2));
  }
  await gateway.close();
  end(server);
}

try {
  process.stdout.write(`load ${loadavg()[0]?.toFixed(1)}\n\n`);
  if (process.argv[2] !== 'short') await outages();
  await fiveSources();
  await equalLookups();
} finally {
  await rm(folder, { recursive: true });
}
// Servers that tests share are kept until the process ends.
process.exit();
