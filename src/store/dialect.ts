/**
 * Where the statements of the two databases differ. All others are of the SQL that both take. Parameters are written as
 * SQLite has them (`?1`).
 */
export interface Dialect {
  /** Behind a SELECT: its rows are this transaction's, and those of others are passed over. */
  readonly skipLocked: (table: string) => string;
  /** Behind a SELECT: whoever has its row is waited for. */
  readonly awaitLocked: string;
  /** A SELECT that gives the texts of a JSON array. */
  readonly elements: (parameter: string) => string;
}

/** One process writes at a time: there is nothing to lock. */
export const SQLITE: Dialect = {
  skipLocked: () => '',
  awaitLocked: '',
  elements: (parameter) => `SELECT value FROM json_each(${parameter})`,
};

/** https://www.postgresql.org/docs/current/sql-select.html#SQL-FOR-UPDATE-SHARE */
export const POSTGRES: Dialect = {
  skipLocked: (table) => ` FOR UPDATE OF ${table} SKIP LOCKED`,
  awaitLocked: ' FOR UPDATE',
  elements: (parameter) => `SELECT jsonb_array_elements_text(CAST(${parameter} AS jsonb))`,
};
