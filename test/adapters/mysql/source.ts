/** A source on a real MariaDB, for tests. */

import { afterAll, beforeAll } from 'vitest';
import mysql from '../../../adapters/mysql/index.ts';
import { type MatchKind, SourceError, type SourceRecord } from '../../../src/contract/index.ts';
import { suiteFields, suiteRows } from '../../support/adapter-suite.ts';
import type { RecordedLog } from '../../support/log.ts';
import { ask, context, type OpenSource, openWith as openAdapter } from '../../support/open-source.ts';
import { borrowMariaDb, literal, type MariaDbOptions, type MariaDbServer } from '../../support/sql/mariadb.ts';
import { seedFile } from '../../support/sql/seed.ts';

/** Anything slower has hung. */
export const PATIENCE_MS = 30_000;

/** A server for all tests of a `describe`. */
export function serverForAll(seed: (server: MariaDbServer) => Promise<unknown>, options?: MariaDbOptions) {
  let server: MariaDbServer | undefined;
  beforeAll(async () => {
    server = await borrowMariaDb(options ?? {});
    await seed(server);
  });
  afterAll(() => server?.stop());
  return () => {
    if (server === undefined) throw new Error('the server did not start');
    return server;
  };
}

/** The customers of the adapter suite in a table `suite`. */
export async function seedSuite(server: MariaDbServer): Promise<void> {
  const columns = suiteFields.map((field) => `${field} ${field === 'company' ? 'TEXT' : 'VARCHAR(100)'}`);
  const rows = suiteRows.map((row) => `(${row.map((cell) => literal(cell === '' ? undefined : cell)).join(', ')})`);
  await server.sql(`CREATE TABLE suite (${columns.join(', ')}, PRIMARY KEY (customer_id))
      CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci;
    INSERT INTO suite VALUES ${rows.join(', ')};`);
}

/** Settings that reach the server. */
export function settingsFor(server: MariaDbServer, more: object = {}): Readonly<Record<string, unknown>> {
  const { host, port, user, password, database } = server;
  return { host, port, user, password, database, ...more };
}

/** An open source and what it logged. */
export interface OpenMySql {
  readonly source: OpenSource;
  readonly log: RecordedLog;
  find(criteria: Readonly<Record<string, string>>, options?: FindOptions): Promise<readonly SourceRecord[]>;
}

/** How {@link OpenMySql.find} asks. */
export interface FindOptions {
  readonly match?: MatchKind;
  readonly limit?: number;
  readonly signal?: AbortSignal;
  readonly parameters?: Readonly<Record<string, string>>;
}

/** Opens a source with just these settings; it is closed with the test. */
export async function openWith(settings: object): Promise<OpenMySql> {
  const source = await openAdapter(mysql, settings, 'crm');
  return {
    source,
    log: source.log,
    find(criteria, { signal, limit = 100, parameters = {}, ...more } = {}) {
      const call = context(PATIENCE_MS);
      return source.find(
        ask(criteria, { limit, parameters, ...more }),
        signal === undefined ? call : { ...call, signal },
      );
    },
  };
}

/** Why `check` fails: the kind, and everything that an administrator reads. */
export async function problemOf(settings: object): Promise<{ readonly kind: string; readonly text: string }> {
  const { source } = await openWith(settings);
  return await kindAndTextOf(source.check(context(PATIENCE_MS)));
}

/** How a call fails. */
export async function kindAndTextOf(call: Promise<unknown>): Promise<{ readonly kind: string; readonly text: string }> {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    return { kind: error.kind, text: `${error.message}; ${error.remedy}` };
  }
  throw new Error('it succeeded');
}

/** The customers of the seed, and the table for notes, as the shared SQL checks want them. */
export async function seedCustomers(server: MariaDbServer): Promise<void> {
  await server.sql(`CREATE TABLE customers (id INT PRIMARY KEY, firstname VARCHAR(50), lastname VARCHAR(50),
      email VARCHAR(100), phone VARCHAR(30), KEY email (email), KEY lastname (lastname));
    CREATE TABLE notes (note TEXT, owner VARCHAR(50));
    LOAD DATA INFILE '${await seedFile()}' INTO TABLE customers CHARACTER SET utf8mb4;`);
}
