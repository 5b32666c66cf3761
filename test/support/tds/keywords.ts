/** Words of T-SQL that are no names. */
import { SqlServerError } from './tokens.ts';

export const KEYWORDS = new Set(
  (
    'SELECT DISTINCT ALL FROM WHERE AND OR NOT IN LIKE IS NULL BETWEEN EXISTS GROUP BY HAVING ORDER ASC DESC AS ON JOIN INNER LEFT RIGHT FULL ' +
    'OUTER CROSS UNION EXCEPT INTERSECT INSERT INTO VALUES UPDATE SET DELETE WITH OVER PARTITION ROWS CASE WHEN THEN ELSE END ANY SOME DEFAULT ESCAPE'
  ).split(' '),
);
/** Behind these stands a table. */
export const TABLES_FOLLOW = new Set(['FROM', 'JOIN', 'INTO', 'UPDATE']);
/** What begins a part of a statement. */
export const CLAUSES = new Set([
  'SELECT',
  'FROM',
  'WHERE',
  'GROUP',
  'ORDER',
  'HAVING',
  'SET',
  'VALUES',
  'ON',
  'INTO',
  'UPDATE',
]);
export const COMPARISONS = new Set(['=', '<>', '!=', '<', '>', '<=', '>=']);
export const ARITHMETIC = new Set(['+', '-', '*', '/', '%', '&', '|', '^']);
/** SQLite knows these, SQL Server does not. */
export const OUTSIDERS = new Set([
  'LIMIT',
  'RETURNING',
  'GLOB',
  'REGEXP',
  'ILIKE',
  'RLIKE',
  'PRAGMA',
  'ATTACH',
  'VACUUM',
  'TRUE',
  'FALSE',
]);

export function keywordError(word: string): SqlServerError {
  return new SqlServerError(156, `Incorrect syntax near the keyword '${word}'.`, 15);
}
