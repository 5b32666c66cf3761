/**
 * Queued pushes a second, accepted and delivered, by one gateway on a file, and by one, two and three on PostgreSQL: all on
 * this machine, in turn, with the disk confirming each. `pushes [N]` sends N in each round.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { startStandIn } from '../test/support/http/stand-in.ts';
import { requirePostgres, startPostgres } from '../test/support/sql/postgres.ts';
import { type RunningGateway, startGateway } from './support/gateway.ts';
import { pathOf } from './support/php-server.ts';
import { median } from './support/rounds.ts';

const COUNT = Number(process.argv[2] ?? 300);
const ROUNDS = 5;
const CLIENTS = 16;

interface Contender {
  readonly name: string;
  readonly gateways: readonly RunningGateway[];
  readonly accepted: number[];
  readonly delivered: number[];
}

pathOf(await requirePostgres());
const folder = mkdtempSync(join(tmpdir(), 'gateway-bench-'));
const server = await startPostgres({ settings: { fsync: 'on', log_statement: 'none', max_connections: '80' } });
const hook = await startStandIn(() => ({ status: 201, body: {} }));
const started: RunningGateway[] = [];
let number = 0;

async function contender(name: string, count: number, store: (name: string) => object): Promise<Contender> {
  const gateways: RunningGateway[] = [];
  for (let at = 0; at < count; at += 1) {
    const own = `${name.replaceAll(/\W/g, '_')}_${at}`;
    const sources = { hook: { adapter: 'webhook', url: hook.url, json: { title: '{{title}}', body: '{{body}}' } } };
    const settings = { sources, push: { Hook: { source: 'hook', mode: 'queued' } }, store: store(own) };
    const lines = Object.entries(settings).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
    const gateway = await startGateway(folder, own, lines.join('\n'));
    gateways.push(gateway);
    started.push(gateway);
  }
  return { name, gateways, accepted: [], delivered: [] };
}

async function push(url: string | undefined): Promise<void> {
  number += 1;
  const note = {
    xRequestHistory: '1',
    fPublic: '1',
    tNote: 'The printer on the second floor burns again. '.repeat(20),
  };
  const body = JSON.stringify({ xRequest: String(number), sTitle: `Request ${number}`, request_history: [note] });
  const headers = { 'Content-Type': 'application/json' };
  const answer = await fetch(`${url}/push/Hook`, { method: 'POST', headers, body });
  if (answer.status !== 200) throw new Error(await answer.text());
  await answer.arrayBuffer();
}

async function round({ gateways, accepted, delivered }: Contender): Promise<void> {
  const before = hook.received.length;
  const began = performance.now();
  let next = 0;
  const client = async () => {
    while (next < COUNT) {
      next += 1;
      await push(gateways[next % gateways.length]?.url);
    }
  };
  const arrived = hook.receivedSoMany(before + COUNT);
  await Promise.all(Array.from({ length: CLIENTS }, client));
  accepted.push((1_000 * COUNT) / (performance.now() - began));
  await arrived;
  delivered.push((1_000 * COUNT) / (performance.now() - began));
}

const print = (...cells: readonly string[]) => process.stdout.write(`| ${cells.join(' | ')} |\n`);
const perSecond = (values: readonly number[], beside: readonly number[]) => {
  const ratios = values.map((value, at) => value / (beside[at] ?? Number.NaN));
  return `${median(values).toFixed(0)}, ${median(ratios).toFixed(2)}`;
};

try {
  const account = `${server.settings['user']}:${encodeURIComponent(String(server.settings['password']))}`;
  const onPostgres = async (count: number) => {
    const schema = `of_${count}`;
    await server.sql(`CREATE SCHEMA ${schema} AUTHORIZATION helpspot_ro`);
    const url = `postgres://${account}@127.0.0.1:${server.port}/crm`;
    return contender(`PostgreSQL, ${count}`, count, () => ({ url, schema }));
  };
  const file = await contender('SQLite, 1', 1, (name) => ({ file: join(folder, `${name}.db`) }));
  const all = [file, await onPostgres(1), await onPostgres(2), await onPostgres(3)];
  for (const one of all) await round(one);
  for (const one of all) for (const figures of [one.accepted, one.delivered]) figures.length = 0;
  for (let at = 0; at < ROUNDS; at += 1) for (const one of all) await round(one);
  print('store, gateways', 'accepted a second, ratio', 'delivered a second, ratio');
  print('---', '---', '---');
  for (const { name, accepted, delivered } of all) {
    print(name, perSecond(accepted, file.accepted), perSecond(delivered, file.delivered));
  }
  print(`${availableParallelism()} processors, load ${loadavg()[0]?.toFixed(0)}`, `${ROUNDS} rounds of ${COUNT}`, '');
} finally {
  for (const gateway of started) await gateway.stop();
  await hook.close();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}
