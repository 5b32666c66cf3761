/** A criterion as a condition of a WHERE clause. */
import { type Criterion, comparable, comparisonOf } from '../../contract/index.ts';
import { quoteIdentifier, type SqlDialect } from './dialect.ts';
import type { TableColumn } from './driver.ts';

/** A condition with one value. */
export interface Condition {
  /** The SQL with the placeholder in its place. */
  sql(placeholder: string): string;
  readonly value: string;
}

// What people write between the digits of a phone number, for systems that cannot replace by a pattern.
const BETWEEN_DIGITS = [' ', '-', '(', ')', '.', '/', '+', '\u00a0'];
/** The character that goes into `ESCAPE '!'`. Not a backslash, which MySQL reads twice. */
export const LIKE_ESCAPE = '!';
const INTEGER = /^[+-]?\d{1,19}$/;
/** What a 64-bit column can hold: a conversion of more fails in some servers, and finds nothing in any. */
const LARGEST = 2n ** 63n - 1n;
const AS_TEXT: Readonly<Record<SqlDialect, string>> = {
  sqlite: 'TEXT',
  postgres: 'text',
  mysql: 'CHAR',
  mssql: 'nvarchar(4000)',
};
const AS_INTEGER: Readonly<Record<SqlDialect, string>> = {
  sqlite: 'INTEGER',
  postgres: 'bigint',
  mysql: 'SIGNED',
  mssql: 'bigint',
};

/**
 * What the database must compare; undefined when nothing can meet the criterion.
 * Case and accents are compared by the column's collation, in PostgreSQL in lower case.
 */
export function conditionOf(criterion: Criterion, column: TableColumn, dialect: SqlDialect): Condition | undefined {
  const isPhone = comparisonOf(criterion.field) === 'phone';
  const value = isPhone ? comparable('phone', criterion.value) : criterion.value.trim();
  if (value === '') return undefined;
  const name = quoteIdentifier(column.name, dialect);
  if (column.integer && !isPhone && criterion.match === 'exact') return integerCondition(name, value, dialect);
  const text = column.text ? name : `CAST(${name} AS ${AS_TEXT[dialect]})`;
  const left = isPhone ? digitsOf(text, dialect) : text;
  const same = dialect === 'postgres' && !isPhone ? (sql: string) => `lower(${sql})` : (sql: string) => sql;
  if (criterion.match === 'exact') return { sql: (place) => `${same(left)} = ${same(place)}`, value };
  return {
    sql: (place) => `${same(left)} LIKE ${same(place)} ESCAPE '${LIKE_ESCAPE}'`,
    value: likePattern(criterion.match, value, dialect === 'mssql'),
  };
}

// Compared as a number, so that an index serves; MySQL would take "abc" for 0.
function integerCondition(name: string, value: string, dialect: SqlDialect): Condition | undefined {
  if (!INTEGER.test(value)) return undefined;
  const number = BigInt(value.replace(/^\+/, ''));
  if (number > LARGEST || number < -LARGEST - 1n) return undefined;
  return { sql: (place) => `${name} = CAST(${place} AS ${AS_INTEGER[dialect]})`, value };
}

function digitsOf(sql: string, dialect: SqlDialect): string {
  if (dialect === 'postgres') return `regexp_replace(${sql}, '[^0-9]+', '', 'g')`;
  if (dialect === 'mysql') return `REGEXP_REPLACE(${sql}, '[^0-9]+', '')`;
  const string = dialect === 'mssql' ? 'N' : '';
  return BETWEEN_DIGITS.reduce((text, character) => `REPLACE(${text}, ${string}'${character}', '')`, sql);
}

/**
 * A LIKE pattern for a prefix or a part, in which `%` and `_` of the value mean themselves. The statement needs
 * `LIKE ? ESCAPE '!'`. `[` is a wildcard in SQL Server, and escaping it is harmless there alone (`sets`).
 */
export function likePattern(match: 'prefix' | 'contains', value: string, sets = false): string {
  const escaped = value.replace(sets ? /[!%_[]/g : /[!%_]/g, (character) => LIKE_ESCAPE + character);
  return match === 'prefix' ? `${escaped}%` : `%${escaped}%`;
}
