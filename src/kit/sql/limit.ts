/** How many rows a statement may give, in each system's spelling. */
import type { SqlDialect } from './named-query.ts';

/**
 * An administrator's SELECT that gives at most `limit` rows. The drivers of the
 * others limit what they run: MySQL and SQL Server do not keep the order of a
 * SELECT within another, and SQLite would rename columns that are there twice.
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
