/**
 * A telephone search beside an exact search by mail address, among the same 100,000 customers of MariaDB and of
 * PostgreSQL: without an index for the digits, and with the one that the documentation of the adapter advises. One search
 * at a time through the adapter; medians of the rounds, and their ratio.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mysql from '../adapters/mysql/index.ts';
import postgres from '../adapters/postgres/index.ts';
import type { Adapter, Source } from '../src/contract/index.ts';
import { requireMariaDb, startMariaDb } from '../test/support/sql/mariadb.ts';
import { requirePostgres, startPostgres } from '../test/support/sql/postgres.ts';
import { SEED_SIZE, seedCustomer, seedLines } from '../test/support/sql/seed.ts';
import { head, inTurn, report } from './support/rounds.ts';

const ROUNDS = 5;
const ASKED = 20;
const log = { debug() {}, info() {}, warn() {}, error() {} };

async function openOn(adapter: Adapter, settings: object): Promise<Source> {
  return await adapter.open(adapter.settings.parse(settings), { name: 'crm', log, resolve: (path) => path });
}

/** Milliseconds for one search, on average of {@link ASKED}. */
async function search(source: Source, field: 'email' | 'phone', rewritten: boolean): Promise<number> {
  const start = performance.now();
  for (let count = 1; count <= ASKED; count += 1) {
    const [, , , email, phone] = seedCustomer(1 + ((count * 7919) % SEED_SIZE));
    const value = field === 'email' ? email : rewritten ? `+1 ${phone.replace(/\D/g, '')}` : phone;
    const criteria = [{ field, match: 'exact', value }] as const;
    const context = { signal: AbortSignal.timeout(60_000), reference: 'bench' };
    const found = (await source.find?.({ criteria, limit: 50, parameters: {} }, context)) ?? [];
    if (found.length !== 1) throw new Error(`${value} found ${found.length}`);
  }
  return (performance.now() - start) / ASKED;
}

async function compete(title: string, source: Source): Promise<void> {
  for (const rewritten of [false, true]) {
    const times = await inTurn(
      ROUNDS,
      () => search(source, 'phone', rewritten),
      () => search(source, 'email', false),
    );
    head(`${title}, ${rewritten ? 'written otherwise' : 'written as it is stored'}`, 'phone', 'mail');
    report('ms a search', times.a, times.b, 2);
  }
}

const folder = await mkdtemp(join(tmpdir(), 'gateway-bench-'));
await requireMariaDb();
const maria = await startMariaDb();
try {
  const file = join(folder, 'customers.tsv');
  await writeFile(file, seedLines());
  await maria.sql(`CREATE TABLE customers (id INT PRIMARY KEY, firstname VARCHAR(50), lastname VARCHAR(50),
      email VARCHAR(100), phone VARCHAR(30), KEY email (email));
    LOAD DATA INFILE '${file}' INTO TABLE customers CHARACTER SET utf8mb4;`);
  const { host, port, user, password, database } = maria;
  const access = { host, port, user, password, database, table: 'customers' };
  const plain = await openOn(mysql, { ...access, columns: { email: 'email', phone: 'phone' } });
  await compete('MariaDB, no index for the digits', plain);
  await plain.close?.();
  await maria.sql(`ALTER TABLE customers
    ADD phone_digits VARCHAR(30) AS (REGEXP_REPLACE(phone, '[^0-9]+', '')) STORED, ADD KEY phone_digits (phone_digits);`);
  const indexed = await openOn(mysql, { ...access, columns: { email: 'email', phone: 'phone_digits' } });
  await compete('MariaDB, a generated column', indexed);
  await indexed.close?.();
} finally {
  await maria.stop();
  await rm(folder, { recursive: true, force: true });
}

await requirePostgres();
const server = await startPostgres();
try {
  await server.sql(`
    CREATE TABLE customers (id integer PRIMARY KEY, firstname text, lastname text, email text, phone text);
    COPY customers FROM STDIN;
${seedLines()}\\.
    CREATE INDEX ON customers (lower(email) text_pattern_ops);
    GRANT SELECT ON ALL TABLES IN SCHEMA public TO helpspot_ro;
    ANALYZE;`);
  const columns = { email: 'email', phone: 'phone' };
  const plain = await openOn(postgres, { ...server.settings, table: 'customers', columns });
  await compete('PostgreSQL, no index for the digits', plain);
  await server.sql(`CREATE EXTENSION IF NOT EXISTS pg_trgm;
    CREATE INDEX ON customers (regexp_replace(phone, '[^0-9]+', '', 'g') text_pattern_ops);
    CREATE INDEX ON customers USING gin (regexp_replace(phone, '[^0-9]+', '', 'g') gin_trgm_ops);
    ANALYZE;`);
  await compete('PostgreSQL, both indexes', plain);
  await plain.close?.();
} finally {
  await server.stop();
}
