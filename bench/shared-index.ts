/**
 * Where the index of several machines is searched: in a file of each machine, or in tables of PostgreSQL. The same questions to both in
 * turn, in one process; the server is on this machine, its statements are prepared, and its indexes are those that suit the questions
 * (btree, and pg_trgm for parts). Then what it costs a machine to be fed from the copy there. `npm run bench -- shared-index [CUSTOMERS]`
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { type Criterion, type FindQuery, type MatchKind, oneOf, type SourceRecord } from '../src/contract/index.ts';
import type { CustomerIndex, IndexPlan } from '../src/gateway/sources/customer-index.ts';
import { SharedIndex } from '../src/store/postgres/shared-index.ts';
import { requirePostgres, startPostgres } from '../test/support/sql/postgres.ts';

const COUNT = Number(process.argv[2] ?? 100_000);
const QUESTIONS = 300;
const BATCH = 1_000;
const FIRST = ['Max', 'Anna', 'Peter', 'Jürgen', 'María', 'José', 'Wei', 'Sophie', 'Karl', 'Otto', 'Łukasz', 'Zoë'];
const log = { debug() {}, info() {}, warn() {}, error() {} };
const context = () => ({ signal: AbortSignal.timeout(60_000), reference: 'bench' });

function customer(number: number) {
  const first_name = FIRST[number % FIRST.length] ?? '';
  const last_name = `Mül${((number * 7919) % 50_021).toString(36)}er`;
  const email = `${first_name}.${number.toString(36)}@example${number % 5_000}.com`.toLowerCase();
  return {
    ...{ id: `K${100_000 + number}`, first_name, last_name, email, phone: `+49 30 ${1_000_000 + number}` },
    ...{ company: `Company ${number % 20_000}`, city: 'Berlin', note: 'since 2019' },
  };
}

const exact: readonly MatchKind[] = ['exact'];
const index: IndexPlan = {
  ...{ everyMs: 60_000, fullMs: 60_000, use: 'always', miss: 'nobody', updated: undefined, keepMs: undefined },
  shape: {
    kept: undefined,
    country: 'DE',
    fields: [
      ...['id', 'email'].map((name) => ({ name, matches: exact })),
      ...['first_name', 'last_name'].map((name) => ({ name, matches: ['exact', 'contains'] as const })),
    ],
  },
};

async function build(customers: CustomerIndex): Promise<void> {
  await customers.claim('crm', 'bench', index.shape);
  await customers.begin('crm', { since: undefined, anew: true });
  for (let from = 0; from < COUNT; from += BATCH) {
    const records = Array.from({ length: Math.min(BATCH, COUNT - from) }, (_, at) => customer(from + at));
    const batch = { records: records.map((record) => ({ key: record.id, record })), next: String(from + BATCH) };
    await customers.write('crm', [batch], index, undefined);
  }
  await customers.end('crm');
}

/** A question, for the file and as SQL. */
interface Question {
  readonly query: FindQuery;
  readonly name: string;
  readonly sql: string;
  readonly values: readonly string[];
}

const numbers = Array.from({ length: QUESTIONS }, (_, at) => (at * 104_729) % COUNT);

function byMail(number: number): Question {
  const value = customer(number).email;
  const criteria: readonly Criterion[] = [{ field: 'email', match: 'exact', value: value.toUpperCase() }];
  const sql = 'SELECT data FROM bench.searched WHERE email = $1 LIMIT 51';
  return { query: { criteria, limit: 51, parameters: {} }, name: 'mail', sql, values: [value] };
}

function byWords(number: number): Question {
  const words = [customer(number).last_name.slice(0, -1), customer(number).first_name];
  const group = (value: string) =>
    ['first_name', 'last_name'].map((field): Criterion => ({ field, match: 'contains', value }));
  const sql = 'SELECT data FROM bench.searched WHERE names LIKE $1 AND names LIKE $2 LIMIT 51';
  const values = words.map((word) => `%${word.toLowerCase()}%`);
  return { query: { criteria: [], groups: words.map(group), limit: 51, parameters: {} }, name: 'words', sql, values };
}

async function inTables(client: pg.Client, { query, name, sql, values }: Question): Promise<number> {
  const { rows } = await client.query<{ data: string }>({ name, text: sql, values: [...values] });
  const tests = [...query.criteria.map((one) => [one]), ...(query.groups ?? [])].map(oneOf);
  const records = rows.map(({ data }): SourceRecord => JSON.parse(data));
  return records.filter((record) => tests.every((isMet) => isMet(record))).length;
}

const median = (taken: readonly number[]) => [...taken].sort((a, b) => a - b)[Math.floor(taken.length / 2)] ?? 0;

async function compare(what: string, questions: readonly Question[], file: CustomerIndex, client: pg.Client) {
  const taken = { file: [] as number[], tables: [] as number[] };
  for (const question of questions) {
    let began = performance.now();
    const found = (await file.find('crm', question.query, context()))?.length ?? 0;
    taken.file.push(performance.now() - began);
    began = performance.now();
    const same = await inTables(client, question);
    taken.tables.push(performance.now() - began);
    if (found === 0 || same === 0) throw new Error(`${what}: ${found} found in the file, ${same} in the tables`);
  }
  const [own, other] = [median(taken.file), median(taken.tables)];
  const ratio = (other / own).toFixed(1);
  process.stdout.write(
    `${what.padEnd(12)} file ${own.toFixed(3)} ms, tables ${other.toFixed(3)} ms: ${ratio} times as long\n`,
  );
}

await requirePostgres();
const server = await startPostgres();
const folder = await mkdtemp(join(tmpdir(), 'gateway-bench-'));
await server.sql('GRANT CREATE ON DATABASE crm TO helpspot_ro; CREATE EXTENSION pg_trgm');
const { user, password } = server.settings;
const where = `postgres://127.0.0.1:${server.port}/crm`;
const url = where.replace('//', `//${user}:${encodeURIComponent(String(password))}@`);
const store = { url, where, schema: 'bench', leaseMs: 60_000 };
const [one, two] = ['one', 'two'].map(
  (follower) => new SharedIndex({ file: join(folder, follower), store, log, follower }),
);
const client = new pg.Client({
  host: '127.0.0.1',
  port: server.port,
  user: String(user),
  password: String(password),
  database: 'crm',
});
try {
  if (one === undefined || two === undefined) throw new Error('two machines');
  let began = performance.now();
  await build(one);
  process.stdout.write(
    `${COUNT} customers listed, into the file and the copy: ${Math.round(performance.now() - began)} ms\n`,
  );
  began = performance.now();
  await two.claim('crm', 'bench', index.shape);
  process.stdout.write(`another machine fed from the copy: ${Math.round(performance.now() - began)} ms\n`);
  await client.connect();
  await client.query(`CREATE TABLE bench.searched AS SELECT key, data, lower(data::jsonb->>'email') AS email,
      lower(concat_ws(' ', data::jsonb->>'first_name', data::jsonb->>'last_name')) AS names FROM bench.index_records;
    CREATE INDEX ON bench.searched (email); CREATE INDEX ON bench.searched USING gin (names gin_trgm_ops); ANALYZE bench.searched`);
  for (const round of [1, 2]) {
    if (round === 2) process.stdout.write('once more:\n');
    await compare('by mail', numbers.map(byMail), two, client);
    await compare('two words', numbers.map(byWords), two, client);
  }
} finally {
  await client.end();
  await one?.close();
  await two?.close();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}
