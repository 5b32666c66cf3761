/** How the systems spell what is not a value: names of tables and columns, and limits. Values never come near this: they are bound. */
import { UserError } from '../../contract/index.ts';

/** What differs between systems. */
export type SqlDialect = 'sqlite' | 'mysql' | 'mssql' | 'postgres';

const QUOTES: Readonly<Record<SqlDialect, readonly [open: string, close: string]>> = {
  sqlite: ['"', '"'],
  postgres: ['"', '"'],
  mysql: ['`', '`'],
  mssql: ['[', ']'],
};

/**
 * A name quoted, so that any name is one: `order` → `"order"`.
 * @throws {UserError} for a name that no system can have
 */
export function quoteIdentifier(name: string, dialect: SqlDialect): string {
  if (name === '' || name.includes('\0')) throw new UserError(`"${name}" cannot be the name of a table or column`);
  const [open, close] = QUOTES[dialect];
  return open + name.replaceAll(close, close + close) + close;
}

/**
 * A table or procedure with the schema before it: `sales.order` → `"sales"."order"`.
 * @throws {UserError} for a name that no system can have
 */
export function quoteTable(name: string, dialect: SqlDialect): string {
  return name
    .split('.')
    .map((part) => quoteIdentifier(part, dialect))
    .join('.');
}

/**
 * An administrator's SELECT that gives at most `limit` rows. The drivers of the others limit what they run: MySQL and
 * SQL Server do not keep the order of a SELECT within another, and SQLite would rename columns that are there twice.
 */
export function limited(select: string, dialect: SqlDialect, limit: number): string {
  if (dialect !== 'postgres') return select;
  // The line break ends a comment in the last line.
  return `SELECT * FROM (\n${select}\n) AS gateway_query LIMIT ${limit}`;
}

/** A SELECT of ours: `columns` and the rest (`FROM … ORDER BY …`). */
export function selectLimited(columns: string, rest: string, dialect: SqlDialect, limit: number): string {
  if (dialect === 'mssql') return `SELECT TOP (${limit}) ${columns} ${rest}`;
  return `SELECT ${columns} ${rest} LIMIT ${limit}`;
}
