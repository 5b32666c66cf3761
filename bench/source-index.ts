/**
 * The index of a source with a million customers of eight fields: how fast it is built, what it takes on the disk and in
 * memory, and how fast it answers; beside the same questions to MariaDB with a plain index, and lookups beside a build.
 * `npm run bench -- source-index [CUSTOMERS]`
 */
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import Database from 'libsql';
import mysql from '../adapters/mysql/index.ts';
import type { FindQuery, ListBatch, MatchKind } from '../src/contract/index.ts';
import type { CustomerIndex, IndexPlan } from '../src/gateway/sources/customer-index.ts';
import { readAhead } from '../src/gateway/sources/read-ahead.ts';
import { openCustomerIndex } from '../src/store/index-file/index-file.ts';
import { dataOf } from '../src/store/index-file/rows.ts';
import { TOKENIZER, wordsOf } from '../src/store/index-file/words.ts';
import { requireMariaDb, startMariaDb } from '../test/support/sql/mariadb.ts';

const COUNT = Number(process.argv[2] ?? 1_000_000);
const BATCH = 1_000;
const FIRST = ['Max', 'Anna', 'Peter', 'Jürgen', 'María', 'José', 'Wei', 'Sophie', 'Karl', 'Otto', 'Łukasz', 'Zoë'];
const CITIES = ['Berlin', 'München', 'Köln', 'Wien', 'Zürich', 'Boston', 'São Paulo', 'Łódź'];
const log = { debug() {}, info() {}, warn() {}, error() {} };
const context = () => ({ signal: AbortSignal.timeout(60_000), reference: 'bench' });

function customer(number: number) {
  const first = FIRST[number % FIRST.length] ?? '';
  // As many last names as a large town has.
  const last = `Mül${((number * 7919) % 50_021).toString(36)}er`;
  return {
    id: `K${100_000 + number}`,
    first_name: first,
    last_name: last,
    email: `${first}.${number.toString(36)}@example${number % 5_000}.com`.toLowerCase(),
    phone: `+49 30 ${1_000_000 + number}`,
    company: `Company ${number % 20_000}`,
    city: CITIES[number % CITIES.length] ?? '',
    updated_at: new Date(1_700_000_000_000 + number * 1_000),
  };
}

const exact: readonly MatchKind[] = ['exact'];
const index: IndexPlan = {
  ...{ everyMs: 60_000, fullMs: 60_000, use: 'always', miss: 'nobody', updated: undefined, keepMs: undefined },
  shape: {
    kept: undefined,
    country: 'DE',
    fields: [
      ...['id', 'email', 'phone'].map((name) => ({ name, matches: exact })),
      ...['first_name', 'last_name', 'company'].map((name) => ({ name, matches: ['exact', 'contains'] as const })),
    ],
  },
};

async function* listed(count: number): AsyncGenerator<ListBatch, void> {
  for (let from = 0; from < count; from += BATCH) {
    const records = Array.from({ length: Math.min(BATCH, count - from) }, (_, at) => {
      const record = customer(from + at);
      return { key: record.id, record };
    });
    yield { records, next: String(from + BATCH) };
    // As an answer of a system: not within the same turn of the event loop.
    await breathe();
  }
}

async function build(customers: CustomerIndex, count: number): Promise<number> {
  await customers.claim('crm', 'bench', index.shape);
  await customers.begin('crm', { since: undefined, anew: true });
  const began = performance.now();
  const batches = listed(count);
  // As whoever follows a source does.
  for await (const some of readAhead(() => batches.next())) await customers.write('crm', some, index, undefined);
  await customers.end('crm');
  return (count / (performance.now() - began)) * 1_000;
}

/**
 * The same rows by a bare loop in this thread: what SQLite itself takes, for records that were made ready before.
 * @returns records a second of one processor
 */
function bare(file: string, count: number): number {
  const names = Object.keys(customer(0));
  const columns = index.shape.fields.map((field, number) => ({ column: names.indexOf(field.name), number, field }));
  const places = new Map<string, number>();
  const rows = Array.from({ length: count }, (_, number): readonly [number, string, string, string] => {
    const one = customer(number);
    const values = Object.values(one);
    return [number + 1, one.id, dataOf(values, names, places, undefined), wordsOf(values, columns, 'DE')];
  });
  const database = new Database(file);
  database.exec(`PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
    CREATE TABLE records (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, data TEXT NOT NULL) STRICT;
    CREATE VIRTUAL TABLE found USING fts5(words, content='', contentless_delete=1, detail=none, tokenize="${TOKENIZER}")`);
  const insert = database.prepare('INSERT INTO records VALUES (?, ?, ?)');
  const search = database.prepare('INSERT INTO found (rowid, words) VALUES (?, ?)');
  const before = process.cpuUsage();
  for (let from = 0; from < count; from += 2_000) {
    database.exec('BEGIN');
    for (const [id, key, data, words] of rows.slice(from, from + 2_000)) {
      insert.run([id, key, data]);
      search.run([id, words]);
    }
    database.exec('COMMIT');
  }
  database.close();
  return count / secondsSince(before);
}

/** Of the processor, all threads. */
function secondsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

type Ask = (query: FindQuery) => Promise<number>;

async function times(ask: Ask, queries: readonly FindQuery[]): Promise<readonly number[]> {
  const taken: number[] = [];
  for (const query of queries) {
    const began = performance.now();
    const found = await ask(query);
    taken.push(performance.now() - began);
    if (found === 0) throw new Error(`${JSON.stringify(query)} found nobody`);
  }
  return taken.sort((a, b) => a - b);
}

function say(what: string, taken: readonly number[]): void {
  const at = (part: number) => (taken[Math.min(taken.length - 1, Math.floor(taken.length * part))] ?? 0).toFixed(3);
  process.stdout.write(`${what.padEnd(44)} p50 ${at(0.5)} ms   p99 ${at(0.99)} ms\n`);
}

function queries(field: 'id' | 'email' | 'phone', count = 2_000): readonly FindQuery[] {
  return Array.from({ length: count }, (_, at) => {
    const value = customer((at * 104_729) % COUNT)[field];
    const asked = field === 'phone' ? value.replace('+49 30', '030/') : value.toUpperCase();
    return { criteria: [{ field, match: 'exact', value: asked, country: 'DE' }], limit: 51, parameters: {} };
  });
}

function words(count = 300): readonly FindQuery[] {
  return Array.from({ length: count }, (_, at) => {
    const { first_name, last_name } = customer((at * 104_729) % COUNT);
    const group = (value: string) =>
      ['first_name', 'last_name', 'company'].map((field) => ({ field, match: 'contains' as const, value }));
    return { criteria: [], groups: [group(last_name), group(first_name)], limit: 51, parameters: {} };
  });
}

const folder = await mkdtemp(join(tmpdir(), 'gateway-bench-'));
try {
  const file = join(folder, 'index.db');
  const customers = openCustomerIndex(file);
  const ask: Ask = async (query) => (await customers.find('crm', query, context()))?.length ?? 0;
  const before = process.memoryUsage().rss;
  const cpuBefore = process.cpuUsage();
  const speed = Math.round(await build(customers, COUNT));
  const each = (secondsSince(cpuBefore) / COUNT) * 1e6;
  process.stdout.write(
    `${COUNT} customers: ${speed} a second, ${each.toFixed(1)} µs of a processor each, all threads\n`,
  );
  const grown = (process.memoryUsage().rss - before) / COUNT;
  process.stdout.write(`resident memory a customer, after building: ${Math.round(grown)} bytes\n`);
  const { size } = await stat(file);
  process.stdout.write(`bytes of file a customer: ${Math.round(size / COUNT)}\n`);
  for (const field of ['id', 'email', 'phone'] as const)
    say(`index, exact by ${field}`, await times(ask, queries(field)));
  say('index, two words in three fields', await times(ask, words()));
  const rss = (process.memoryUsage().rss - before) / COUNT;
  process.stdout.write(`resident memory a customer, after the questions: ${Math.round(rss)} bytes\n`);
  const quiet = await times(ask, queries('email'));
  const building = build(customers, Math.min(COUNT, 200_000));
  const beside = await times(ask, queries('email'));
  await building;
  say('index, exact by email, nothing beside it', quiet);
  say('index, exact by email, beside a build', beside);
  await customers.close();

  const some = Math.min(COUNT, 200_000);
  const loop = Math.round(bare(join(folder, 'bare.db'), some));
  process.stdout.write(`a bare loop of ${some} rows made ready before: ${loop} a second of a processor\n`);

  await requireMariaDb();
  const maria = await startMariaDb();
  try {
    const lines = join(folder, 'customers.tsv');
    const all = Array.from({ length: COUNT }, (_, number) =>
      Object.values({ ...customer(number), updated_at: number }).join('\t'),
    );
    await writeFile(lines, `${all.join('\n')}\n`);
    await maria.sql(`CREATE TABLE customers (id VARCHAR(20) PRIMARY KEY, first_name VARCHAR(50), last_name VARCHAR(50),
        email VARCHAR(100), phone VARCHAR(30), company VARCHAR(50), city VARCHAR(50), updated_at INT, KEY email (email));
      LOAD DATA INFILE '${lines}' INTO TABLE customers CHARACTER SET utf8mb4;`);
    const { host, port, user, password, database } = maria;
    const settings = mysql.settings.parse({ host, port, user, password, database, table: 'customers' });
    const source = await mysql.open(settings, { name: 'crm', log, resolve: (path) => path });
    const live: Ask = async (query) => (await source.find?.(query, context()))?.length ?? 0;
    for (const field of ['id', 'email'] as const)
      say(`MariaDB, exact by ${field}`, await times(live, queries(field, 500)));
    await source.close?.();
  } finally {
    await maria.stop();
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
