/** Names of tables and columns in SQL text. Values never come near this: they are bound. */
import { UserError } from '../../contract/index.ts';
import type { SqlDialect } from './named-query.ts';

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
