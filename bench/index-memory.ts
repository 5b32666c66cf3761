/**
 * The memory of a gateway whose source has an index, beside the same gateway with 1,000 customers: while the index is
 * built, after it is there (the thread that built it has little to do) and a minute of lookups, and after a restart that finds
 * it built. Linux only: what counts is what the kernel says (`/proc/PID/smaps_rollup`).
 * `npm run bench -- index-memory [CUSTOMERS]`
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import Database from 'libsql';
import { type RunningGateway, startGateway } from './support/gateway.ts';
import { pathFor } from './support/load.ts';

const COUNT = Number(process.argv[2] ?? 1_000_000);
const FEW = 1_000;
/** A click of a large help desk; one in ten searches words. */
const PAUSE_MS = 40;
/** Longer than a thread without work is kept. */
const MINUTE_MS = 75_000;
/** A million on a busy machine. */
const AT_MOST_MS = 900_000;

const SETTINGS = (name: string) => `
sources: { crm: { adapter: sqlite, file: ${name}.db, table: customers, key: id, index: { use: always, every: 1d } } }
lookups:
  default:
    sources: crm
    match: [email, phone, { last_name: contains }, { first_name: contains }, { company: contains }]
    fields: { customer_id: id, first_name: first_name, last_name: last_name, email: email, phone: phone, organization: company, Custom1: city, Custom2: updated_at }
store: { index: ${name}-index.db, file: ${name}-pushes.db }
`;

function customers(file: string, count: number): void {
  const database = new Database(file);
  database.exec(`CREATE TABLE customers (id TEXT PRIMARY KEY, first_name TEXT, last_name TEXT, email TEXT, phone TEXT,
      company TEXT, city TEXT, updated_at TEXT);
    WITH RECURSIVE n(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM n WHERE n < ${count - 1})
    INSERT INTO customers SELECT 'K' || (100000 + n), 'Jürgen' || (n % 12), 'Mül' || printf('%x', n * 7919 % 50021) || 'er',
      'user.' || n || '@example' || (n % 5000) || '.com', '+49 30 ' || (1000000 + n), 'Company ' || (n % 20000),
      'São Paulo', '2026-01-0' || (1 + n % 9) FROM n`);
  database.close();
}

/** Megabytes: all, of which no file is behind; and the most that there were. */
interface Memory {
  readonly resident: number;
  readonly anonymous: number;
  readonly most: number;
}

function memoryOf({ child }: RunningGateway): Memory {
  const kilobytes = (file: string, name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(readFileSync(`/proc/${child.pid}/${file}`, 'utf8'))?.[1]) /
    1_000;
  const rollup = 'smaps_rollup';
  return {
    resident: kilobytes(rollup, 'Rss'),
    anonymous: kilobytes(rollup, 'Anonymous'),
    most: kilobytes('status', 'VmHWM'),
  };
}

async function untilBuilt({ url }: RunningGateway, count: number): Promise<void> {
  const end = Date.now() + AT_MOST_MS;
  while (Date.now() < end) {
    const figures = await (await fetch(`${url}/metrics`)).text();
    const age = /^helpspot_gateway_index_age_seconds\{.*\} (\d+)/m.exec(figures);
    const records = /^helpspot_gateway_index_records\{.*\} (\d+)/m.exec(figures)?.[1];
    if (age !== null && Number(records) === count) return;
    await wait(500);
  }
  throw new Error('the index was not built in time');
}

async function minuteOfLookups({ url }: RunningGateway, count: number): Promise<void> {
  const end = Date.now() + MINUTE_MS;
  for (let at = 0; Date.now() < end; at += 1) {
    const n = (at * 104_729) % count;
    const last = `/livelookup?last_name=${((n * 7_919) % 50_021).toString(16)}`;
    const path = at % 10 === 0 ? last : pathFor(`user.${n}@example${n % 5_000}.com`);
    const answer = await (await fetch(`${url}${path}`)).text();
    if (!answer.includes('<customer>')) throw new Error(`${path} found nobody: ${answer}`);
    await wait(PAUSE_MS);
  }
}

const folder = mkdtempSync(join(tmpdir(), 'gateway-bench-'));
const running: RunningGateway[] = [];

async function measured(name: string, count: number): Promise<readonly Memory[]> {
  customers(join(folder, `${name}.db`), count);
  const begin = async () => {
    const gateway = await startGateway(folder, name, SETTINGS(name));
    running.push(gateway);
    return gateway;
  };
  const first = await begin();
  await untilBuilt(first, count);
  await minuteOfLookups(first, count);
  const built = memoryOf(first);
  await first.stop();
  const second = await begin();
  await untilBuilt(second, count);
  await minuteOfLookups(second, count);
  const found = memoryOf(second);
  await second.stop();
  return [built, found];
}

try {
  const [few, many] = await Promise.all([measured('few', FEW), measured('many', COUNT)]);
  const when = ['a minute after it was built', 'a minute after a restart'];
  for (const [at, name] of when.entries()) {
    const [a, b] = [few[at], many[at]];
    if (a === undefined || b === undefined) continue;
    const each = ((b.resident - a.resident) * 1e6) / (COUNT - FEW);
    const line = (one: Memory) =>
      `${one.resident.toFixed(0)} MB (${one.anonymous.toFixed(0)} of no file; at most ${one.most.toFixed(0)})`;
    process.stdout.write(
      `${name}: ${FEW} customers ${line(a)}, ${COUNT} ${line(b)}: ${each.toFixed(0)} bytes a customer\n`,
    );
  }
} finally {
  for (const { stop } of running) await stop();
  rmSync(folder, { recursive: true });
}
