/** What a statement's translation knows of its surroundings, and what it learns for its answer. */
import type { Catalog } from './catalog.ts';
import type { Token } from './lexer.ts';
import type { Typed } from './rpc.ts';
import { SqlServerError } from './tokens.ts';
import type { SqlType } from './types.ts';
import type { Cell } from './values.ts';

export type Action = 'SELECT' | 'INSERT' | 'UPDATE' | 'DELETE';

/** A text for a linked server, whose rows are to stand in a table of this name. */
export interface LinkedQuery {
  readonly server: string;
  readonly text: string;
  readonly table: string;
}

/** One statement's surroundings. */
export interface Scope {
  readonly catalog: Catalog;
  readonly database: string;
  readonly user: string;
  /** By name in lower case, with `@`. */
  readonly variables: ReadonlyMap<string, Typed>;
  readonly globals: ReadonlyMap<string, Typed>;
  /** The value of an expression in SQLite's SQL that names no table. */
  evaluate(sql: string): Cell;
  /** A query within the statement, in SQLite's SQL. */
  query(tokens: readonly Token[]): string;
  /** Tables that the user must not use so. */
  denied(table: string, action: Action): boolean;
  readonly action: Action;
  /** Learnt: tables that stand in the statement. */
  readonly tables: Set<string>;
  /** Learnt: names that stand in the statement, in lower case. */
  readonly names: Set<string>;
  /** Learnt: types of expressions that have a name. */
  readonly aliases: Map<string, SqlType>;
  /** Learnt: what linked servers are asked. */
  readonly linked: LinkedQuery[];
}

/** SQLite's SQL with its quoting; a value never ends its quotes. */
export function literal(value: Cell): string {
  if (value === null) return 'NULL';
  if (value instanceof Uint8Array) return `X'${Buffer.from(value).toString('hex')}'`;
  if (typeof value !== 'string') return String(value);
  // SQLite's text literals end at NUL.
  if (value.includes('\0')) return `CAST(X'${Buffer.from(value, 'utf8').toString('hex')}' AS TEXT)`;
  return `'${value.replaceAll("'", "''")}'`;
}

/** A name of SQLite. Double quotes would be text when there is no such column. */
export function quotedName(name: string): string {
  return `\`${name.replaceAll('\0', '').replaceAll('`', '``')}\``;
}

/** `crm.dbo.customers` and `dbo.customers` are `customers`; the system's views keep their schema. */
export function withoutSchema(parts: readonly string[], database: string): readonly string[] {
  const lower = parts.map((part) => part.toLowerCase());
  let from = 0;
  if (parts.length > 1 && lower[0] === database.toLowerCase() && ['', 'dbo', 'sys'].includes(lower[1] ?? '')) from = 1;
  if (parts.length > from + 1 && (lower[from] === 'dbo' || lower[from] === '')) return parts.slice(from + 1);
  if (parts.length > from + 1 && (lower[from] === 'sys' || lower[from] === 'information_schema'))
    return [`${parts[from]}.${parts[from + 1]}`.toUpperCase(), ...parts.slice(from + 2)];
  return parts.slice(from);
}

/** The one name of a table, or 208. */
export function tableName(parts: readonly string[], scope: Scope, action: Action): string {
  const rest = withoutSchema(parts, scope.database);
  const [name] = rest;
  if (name === undefined || rest.length !== 1) throw noSuchObject(parts.join('.'));
  if (scope.denied(name, action)) {
    const words = `The ${action} permission was denied on the object '${name}', database '${scope.database}', schema 'dbo'.`;
    throw new SqlServerError(229, words, 14, 5);
  }
  scope.tables.add(name);
  return name;
}

export function noSuchObject(name: string): SqlServerError {
  return new SqlServerError(208, `Invalid object name '${name}'.`);
}

/** The type of a column by its name and, when it stands there, its table's. Aliases of tables are not followed. */
export function columnType(parts: readonly string[], scope: Scope): SqlType | undefined {
  const column = parts.at(-1);
  if (column === undefined) return undefined;
  const owner = parts.at(-2);
  const own = owner === undefined ? undefined : scope.catalog.typeOf(owner, column);
  if (own !== undefined) return own;
  for (const table of scope.tables) {
    const type = scope.catalog.typeOf(table, column);
    if (type !== undefined) return type;
  }
  return undefined;
}
