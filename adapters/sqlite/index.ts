/** SQLite database files, opened for reading only: a table or view, or the administrator's own SELECTs; with `insert`, pushes into a table. */

import * as z from 'zod';
import {
  type CallContext,
  defineAdapter,
  type FindQuery,
  type Services,
  type Source,
  type SourceRecord,
  UserError,
} from '../../src/contract/index.ts';
import {
  cannotInsert,
  cannotSearch,
  checkSqlShape,
  createInserter,
  insertAbility,
  insertShape,
  type PushingPart,
} from '../../src/kit/sql/index.ts';
import type { Connection } from './connection.ts';
import { ConnectionPool } from './pool.ts';
import { parseSqliteQuery, Queries } from './queries.ts';
import { createSqliteReader } from './reader.ts';
import { Table } from './table.ts';
import { createSqliteWriter } from './writer.ts';

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
      .describe('The database file, relative to the configuration file. Lookups open it for reading only.'),
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
    ...insertShape,
  })
  .superRefine((value, context) => checkSqlShape(value, context));

/** A way of finding on a connection. */
interface Finder {
  check(connection: Connection, signal: AbortSignal): Promise<void>;
  find(connection: Connection, query: FindQuery, signal: AbortSignal): Promise<readonly SourceRecord[]>;
}

/** @throws {UserError} for a query that is no single SELECT */
function openSqlite(values: z.output<typeof settings>, services: Services): Source {
  const file = services.resolve(values.file);
  const pool = new ConnectionPool(file);
  const finder = finderOf(values, services);
  const pushing = pushingPart(file, pool, values, services);
  return {
    ...(finder && {
      find: (query, { signal }) => pool.use(signal, (connection) => finder.find(connection, query, signal)),
    }),
    ...pushing,
    async check(context: CallContext) {
      const { signal } = context;
      if (finder !== undefined) await pool.use(signal, (connection) => finder.check(connection, signal));
      await pushing?.check(context);
    },
    close: async () => pool.close(),
  };
}

function finderOf(values: z.output<typeof settings>, services: Services): Finder | undefined {
  const dates = new Set(values.dates);
  const { table, columns, query, queries } = values;
  if (table !== undefined) {
    const warn = (field: string) =>
      services.log.warn({ field, table }, 'a lookup searches a field that the table does not have, and finds nobody');
    return new Table({ table, columns, dates }, warn);
  }
  const all = query ?? queries;
  return all === undefined ? undefined : new Queries(services.name, { queries: all, dates });
}

function pushingPart(
  file: string,
  pool: ConnectionPool,
  { insert, dates }: z.output<typeof settings>,
  services: Services,
): PushingPart | undefined {
  if (insert === undefined) return undefined;
  const reader = createSqliteReader(pool);
  return createInserter({ reader, writer: createSqliteWriter(file), settings: insert, dates, services });
}

export default defineAdapter({
  name: 'sqlite',
  title: 'SQLite database',
  settings,
  push: insertAbility,
  cannotPush: cannotInsert,
  cannotFind: cannotSearch,
  open: openSqlite,
});
