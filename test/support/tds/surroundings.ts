/** What a session lends its statements, and what they answer. */
import type { Database, SqliteConnection } from './database.ts';
import { queryOf } from './query.ts';
import type { Typed } from './rpc.ts';
import type { Action, LinkedQuery, Scope } from './scope.ts';
import { SERVER_NAME } from './tokens.ts';
import type { Column } from './types.ts';
import type { Cell } from './values.ts';

/** Rows that a handler of the tests gives. */
export interface Rows {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
}

/** What a statement answers: rows, or how many rows it changed, or a message. */
export type Answer = Rows | { readonly count: number } | { readonly message: string } | undefined;

/** What a session lends its statements. */
export interface Surroundings {
  readonly database: Database;
  readonly connection: SqliteConnection;
  readonly user: string;
  readonly spid: number;
  readonly variables: Map<string, Typed>;
  denied(table: string, action: Action): boolean;
  linked(query: LinkedQuery): Promise<Rows>;
}

const VERSION =
  'Microsoft SQL Server 2022 (RTM-CU14) - 16.0.4135.4 (X64) \n\tDeveloper Edition (64-bit) (stand-in of the tests)';

/** The surroundings as the translation of one statement wants them. */
export function scopeOf(around: Surroundings, action: Action): Scope {
  const { connection, database, user, variables } = around;
  const text = (value: string): Typed => ({ type: { name: 'nvarchar', length: 300 }, value });
  const scope: Scope = {
    catalog: database.catalog,
    database: database.name,
    user,
    variables,
    action,
    globals: new Map([
      ['@@version', text(VERSION)],
      ['@@servername', text(SERVER_NAME)],
      ['@@language', text('us_english')],
      ['@@spid', { type: { name: 'smallint' }, value: around.spid }],
      ['@@trancount', { type: { name: 'int' }, value: connection.inTransaction ? 1 : 0 }],
      ['@@rowcount', { type: { name: 'int' }, value: 0 }],
    ]),
    evaluate: (sql) => {
      const [row] = connection.prepare(`SELECT ${sql}`).raw(true).safeIntegers(true).all();
      return Array.isArray(row) ? cellOf(row[0]) : null;
    },
    query: (tokens) => queryOf(tokens, scope),
    denied: (table, wanted) => around.denied(table, wanted),
    tables: new Set(),
    names: new Set(),
    aliases: new Map(),
    linked: [],
  };
  return scope;
}

/** What SQLite gives, as a cell. */
export function cellOf(value: unknown): Cell {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint') return value;
  if (value instanceof Uint8Array) return value;
  return value instanceof ArrayBuffer ? new Uint8Array(value) : null;
}
