/** SQLite database files, opened for reading only: a table or view, or the administrator's own SELECTs. */
import * as z from 'zod';
import {
  type CallContext,
  defineAdapter,
  type FindQuery,
  type Services,
  type Source,
  type SourceRecord,
  UserError,
} from '../src/gateway/adapter.ts';
import { checkSqlShape } from '../src/upstream/sql/settings.ts';
import type { Connection } from './sqlite/connection.ts';
import { ConnectionPool } from './sqlite/pool.ts';
import { parseSqliteQuery, Queries } from './sqlite/queries.ts';
import { Table } from './sqlite/table.ts';

const select = z.string().superRefine((sql, context) => {
  try {
    parseSqliteQuery(sql);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    context.addIssue({ code: 'custom', message: error.message });
  }
});

const settings = z
  .strictObject({
    file: z
      .string()
      .min(1)
      .describe('The database file, relative to the configuration file. It is opened for reading only.'),
    table: z.string().min(1).optional().describe('A table or view to search. The gateway writes the query.'),
    columns: z
      .record(z.string(), z.string().min(1))
      .optional()
      .describe('With table: field → column. Left out: every column under its own name.'),
    query: select
      .optional()
      .describe(
        'Instead of table: a SELECT for every match step, with :email, :Custom5 … bound to what HelpSpot sent.',
      ),
    queries: z
      .record(z.string(), select)
      .optional()
      .describe('Instead of table: a SELECT for each match step, under its fields: "email", "first_name,last_name".'),
    dates: z
      .array(z.string())
      .default([])
      .describe(
        'Fields that are dates: Unix times (seconds or milliseconds) or ISO texts (UTC unless they say a zone).',
      ),
  })
  .superRefine((value, context) => checkSqlShape(value, context));

/** A way of finding on a connection. */
interface Finder {
  check(connection: Connection, signal: AbortSignal): Promise<void>;
  find(connection: Connection, query: FindQuery, signal: AbortSignal): Promise<readonly SourceRecord[]>;
}

class SqliteSource implements Source {
  readonly #pool: ConnectionPool;
  readonly #finder: Finder;

  constructor(pool: ConnectionPool, finder: Finder) {
    this.#pool = pool;
    this.#finder = finder;
  }

  check({ signal }: CallContext): Promise<void> {
    return this.#pool.use(signal, (connection) => this.#finder.check(connection, signal));
  }

  find(query: FindQuery, { signal }: CallContext): Promise<readonly SourceRecord[]> {
    return this.#pool.use(signal, (connection) => this.#finder.find(connection, query, signal));
  }

  async close(): Promise<void> {
    this.#pool.close();
  }
}

/** @throws {UserError} for a query that is no single SELECT */
function openSqlite(values: z.output<typeof settings>, services: Services): Source {
  const pool = new ConnectionPool(services.resolve(values.file));
  const dates = new Set(values.dates);
  const { table, columns, query, queries } = values;
  if (table !== undefined) {
    const warn = (field: string) =>
      services.log.warn({ field, table }, 'a lookup searches a field that the table does not have, and finds nobody');
    return new SqliteSource(pool, new Table({ table, columns, dates }, warn));
  }
  return new SqliteSource(pool, new Queries(services.name, { queries: query ?? queries ?? {}, dates }));
}

export default defineAdapter({
  name: 'sqlite',
  title: 'SQLite database',
  settings,
  open: openSqlite,
});
