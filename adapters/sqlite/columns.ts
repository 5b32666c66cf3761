/** What SQLite says of a table or view. */
import { closest } from 'fastest-levenshtein';
import type { SourceError } from '../../src/contract/index.ts';
import type { TableColumn } from '../../src/kit/sql/index.ts';
import type { Connection } from './connection.ts';
import { rejected } from './failures.ts';

/** A column as SQLite describes it. */
export interface SqliteColumn extends TableColumn {
  /** Its place in the primary key, from 1; 0 outside of it. */
  readonly keyPlace: number;
  /** The row's number: `INTEGER PRIMARY KEY`, always an integer, always indexed. */
  readonly isRowid: boolean;
  /** What becomes of a text that is a number (https://sqlite.org/datatype3.html, 3.1): it stays, it becomes one, or each value has its own type. */
  readonly affinity: 'text' | 'number' | 'none';
}

/** A table or view. */
export interface Described {
  /** Tables have row numbers, or are kept in the order of their primary key (`WITHOUT ROWID`). */
  readonly kind: 'rowid' | 'keyed' | 'view';
  readonly columns: readonly SqliteColumn[];
}

/** SQLite keeps the words of CREATE TABLE, and 0 and 1 in such columns. */
const BOOLEAN = /^bool|^tinyint\(1\)/i;
const NUMERIC = /real|floa|doub|numeric|decimal|^number|money/i;

// Hidden columns (1) belong to virtual tables; generated ones (2, 3) are read like others.
const COLUMNS = `SELECT name, type, pk, (SELECT max(CASE WHEN t.type = 'table' THEN 1 + wr ELSE 0 END)
  FROM pragma_table_list(:name) AS t WHERE schema = 'main') FROM pragma_table_xinfo(:name) WHERE hidden <> 1 ORDER BY cid`;
const TABLES =
  "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT GLOB 'sqlite_*' ORDER BY name";
const KINDS = ['view', 'rowid', 'keyed'] as const;

/**
 * A table or view with its columns in their order.
 * @throws {SourceError} with the nearest name when there is no such table
 */
export async function describe(connection: Connection, table: string, signal: AbortSignal): Promise<Described> {
  const rows: { name: string; type: string; keyPlace: number }[] = [];
  let kind: Described['kind'] = 'view';
  await connection.query(COLUMNS, { name: table }, undefined, signal, ([name, type, place, number]) => {
    kind = KINDS[Number(number ?? 0)] ?? 'view';
    return rows.push({ name: String(name), type: String(type ?? ''), keyPlace: Number(place) }) > 0;
  });
  if (rows.length === 0) throw await noTable(connection, table, signal);
  const hasOneKey = rows.filter(({ keyPlace }) => keyPlace > 0).length === 1;
  const columns = rows.map(({ name, type, keyPlace }) => ({
    name,
    text: /char|clob|text/i.test(type),
    integer: /int/i.test(type) && !BOOLEAN.test(type),
    ...(BOOLEAN.test(type) && { holds: 'boolean' as const }),
    ...(NUMERIC.test(type) && { holds: 'decimal' as const }),
    affinity: affinityOf(type),
    key: keyPlace > 0,
    keyPlace,
    isRowid: kind === 'rowid' && hasOneKey && keyPlace > 0 && type.toUpperCase() === 'INTEGER',
  }));
  return { kind, columns };
}

function affinityOf(type: string): SqliteColumn['affinity'] {
  if (/int/i.test(type)) return 'number';
  if (/char|clob|text/i.test(type)) return 'text';
  return type === '' || /blob/i.test(type) ? 'none' : 'number';
}

async function noTable(connection: Connection, table: string, signal: AbortSignal): Promise<SourceError> {
  const names: string[] = [];
  await connection.query(TABLES, {}, 100, signal, ([name]) => names.push(String(name)) > 0);
  if (names.length === 0) return rejected(`there is no table "${table}"; the database is empty`);
  return rejected(
    `there is no table or view "${table}"`,
    `did you mean "${closest(table, names)}"? There are ${names.join(', ')}`,
  );
}
