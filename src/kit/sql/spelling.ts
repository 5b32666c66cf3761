/** Pieces of conditions in the words of each system. */
import type { SqlDialect } from './dialect.ts';
import type { TableColumn } from './driver.ts';

/** Binds a value and gives the placeholder for it. Called in the order in which the placeholders stand. */
export type Bind = (value: string) => string;

/** A condition with its values. */
export interface Condition {
  sql(bind: Bind): string;
  /** Whether it is wider than the meaning, so that the rows must be compared again. */
  readonly compareAgain?: true;
}

/** The character that goes into `ESCAPE '!'`. Not a backslash, which MySQL reads twice. */
export const LIKE_ESCAPE = '!';
const AS_TEXT: Readonly<Record<SqlDialect, string>> = {
  sqlite: 'TEXT',
  postgres: 'text',
  mysql: 'CHAR',
  mssql: 'nvarchar(4000)',
};

/** A column as text. */
export function asText(name: string, column: TableColumn, dialect: SqlDialect): string {
  return column.text ? name : `CAST(${name} AS ${AS_TEXT[dialect]})`;
}

/** Without regard to case: the others do so by their collation. */
export function caseless(sql: string, dialect: SqlDialect): string {
  return dialect === 'postgres' ? `lower(${sql})` : sql;
}

/** `left LIKE pattern`. */
export function likeText(left: string, pattern: string, bind: Bind, dialect: SqlDialect): string {
  return `${caseless(left, dialect)} LIKE ${caseless(bind(pattern), dialect)} ESCAPE '${LIKE_ESCAPE}'`;
}

/** One of the conditions is enough. */
export function either(conditions: readonly string[]): string {
  return conditions.length === 1 ? (conditions[0] ?? '') : `(${conditions.join(' OR ')})`;
}

/**
 * A LIKE pattern for a prefix or a part, in which `%` and `_` of the value mean themselves. The statement needs
 * `LIKE ? ESCAPE '!'`. `[` is a wildcard in SQL Server, and escaping it is harmless there alone (`sets`).
 */
export function likePattern(match: 'prefix' | 'contains', value: string, sets = false): string {
  const escaped = value.replace(sets ? /[!%_[]/g : /[!%_]/g, (character) => LIKE_ESCAPE + character);
  return match === 'prefix' ? `${escaped}%` : `%${escaped}%`;
}

/** The database takes no notice of case: each spelling once. */
export function unlike(spellings: readonly string[]): readonly string[] {
  const seen = new Map<string, string>();
  for (const one of spellings) if (!seen.has(one.toLowerCase())) seen.set(one.toLowerCase(), one);
  return [...seen.values()];
}
