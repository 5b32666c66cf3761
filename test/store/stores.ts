/** The databases that keep a ledger: what holds on one holds on the other. */

import Database from 'libsql';
import { afterAll, beforeAll, describe, onTestFinished } from 'vitest';
import type { Ledger } from '../../src/gateway/push/ledger.ts';
import type { PostgresStorePlan } from '../../src/gateway/push/plan.ts';
import { type LedgerOptions, openLedger } from '../../src/store/ledger.ts';
import { openPostgresLedger } from '../../src/store/postgres/ledger.ts';
import { reasonOf } from '../support/packages.ts';
import { type PgBouncer, requirePgBouncer, startPgBouncer } from '../support/sql/pgbouncer.ts';
import { borrowPostgres, type PostgresServer, requirePostgres } from '../support/sql/postgres.ts';
import { newFile } from './support.ts';

/** What a ledger is opened with on either. */
export type StoreOptions = Pick<LedgerOptions, 'now' | 'monotonic'>;

/** A ledger's place, which nobody else has. */
export interface Place {
  /** Another process's ledger at this place; whoever calls it closes it. */
  open(options?: StoreOptions): Promise<Ledger>;
  /** The same, closed when the test ends. */
  opened(options?: StoreOptions): Promise<Ledger>;
  /** Runs SQL there, as another program would. @returns the first row */
  sql(statements: string): Promise<unknown>;
}

/** A database. */
export interface TestStore {
  readonly newPlace: () => Promise<Place>;
}

/** What is tried behind PgBouncer, too: all that claims, settles, locks and tells. */
const POOLED: readonly string[] = ['the ledger', 'the same push once more'];

/** Describes what both must do. */
export function describeStores(what: string, tests: (store: TestStore) => void): void {
  describe(`${what}, on SQLite`, () => tests({ newPlace: filePlace }));
  describe.skipIf(!available.ok)(`${what}, on PostgreSQL${reasonOf(available)}`, () => {
    const server = borrowedStoreServer();
    tests({ newPlace: async () => schemaPlace(server, newStorePlan(server)) });
  });
  if (!POOLED.includes(what)) return;
  describe.skipIf(!pooling.ok)(`${what}, on PostgreSQL behind PgBouncer${reasonOf(pooling)}`, () => {
    const server = borrowedStoreServer();
    const pool = pooledPlans(server);
    tests({ newPlace: async () => schemaPlace(server, pool()) });
  });
}

const available = await requirePostgres();
/** Whether there is a PgBouncer. */
export const pooling = available.ok ? await requirePgBouncer() : available;

/** A server for the tests of a `describe`. */
export function borrowedStoreServer(): () => PostgresServer {
  let server: PostgresServer | undefined;
  beforeAll(async () => {
    server = await borrowPostgres({});
    await server.sql('GRANT CREATE ON DATABASE crm TO helpspot_ro');
  });
  afterAll(() => server?.stop());
  return () => {
    if (server === undefined) throw new Error('the server has not started');
    return server;
  };
}

/** Plans that reach a server through a pool, for the tests of a `describe`. */
export function pooledPlans(server: () => PostgresServer): () => PostgresStorePlan {
  let pool: PgBouncer | undefined;
  beforeAll(async () => {
    if (pooling.ok) pool = await startPgBouncer(pooling.path, server());
  });
  afterAll(() => pool?.stop());
  return () => {
    const plan = newStorePlan(server);
    return { ...plan, url: plan.url.replace(`:${server().port}/`, `:${pool?.port}/`) };
  };
}

let schemas = 0;

/** A schema that nobody else has. */
export function newStorePlan(server: () => PostgresServer): PostgresStorePlan {
  const { port, settings } = server();
  const account = `${settings['user']}:${encodeURIComponent(String(settings['password']))}`;
  const where = `postgres://127.0.0.1:${port}/crm`;
  schemas += 1;
  return { url: where.replace('//', `//${account}@`), where, schema: `gateway_${schemas}`, leaseMs: 60_000 };
}

async function filePlace(): Promise<Place> {
  const file = await newFile();
  return {
    open: (options) => openLedger(file, options),
    opened: async (options) => closedLater(await openLedger(file, options)),
    async sql(statements) {
      const connection = new Database(file);
      try {
        if (!statements.startsWith('SELECT')) connection.exec(statements);
        return statements.startsWith('SELECT') ? connection.prepare(statements).get() : undefined;
      } finally {
        connection.close();
      }
    },
  };
}

function schemaPlace(server: () => PostgresServer, plan: PostgresStorePlan): Place {
  return {
    open: ({ now } = {}) => openPostgresLedger(plan, { now }),
    opened: async ({ now } = {}) => closedLater(await openPostgresLedger(plan, { now })),
    sql: async (statements) => (await server().sql(`SET search_path = ${plan.schema}; ${statements}`))[0],
  };
}

function closedLater(ledger: Ledger): Ledger {
  onTestFinished(() => ledger.close());
  return ledger;
}

/** The numbers of a row of {@link Place.sql}: SQLite gives them by name, the administrator of PostgreSQL in a line. */
export function numbersOf(row: unknown): readonly number[] {
  if (typeof row === 'string') return row.split('|').map(Number);
  return Object.values(Object(row)).filter((value) => typeof value === 'number');
}
