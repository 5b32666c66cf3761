/** Runs a SELECT on SQLite. */

import type { SqliteConnection } from './database.ts';
import type { Token } from './lexer.ts';
import { queryOf } from './query.ts';
import { literal, quotedName } from './scope.ts';
import { type Answer, cellOf, type Rows, type Surroundings, scopeOf } from './surroundings.ts';
import { type Column, isText, type SqlType } from './types.ts';
import type { Cell } from './values.ts';

/** Asks the linked servers that are in it first. */
export async function select(tokens: readonly Token[], around: Surroundings): Promise<Answer> {
  const scope = scopeOf(around, 'SELECT');
  const sql = queryOf(tokens, scope);
  for (const query of scope.linked) {
    const { columns, rows } = await around.linked(query);
    fill(around.connection, query.table, columns, rows);
    for (const { name, type } of columns)
      if (!scope.aliases.has(name.toLowerCase())) scope.aliases.set(name.toLowerCase(), type);
  }
  const statement = around.connection.prepare(sql);
  const origins = statement.columns();
  statement.raw(true).safeIntegers(true);
  const rows = statement.all().map((row) => (Array.isArray(row) ? row.map(cellOf) : []));
  const columns = origins.map((origin, at): Column => {
    const isNamed = origin.column !== null || scope.names.has(origin.name.toLowerCase());
    const known =
      origin.table === null || origin.column === null
        ? undefined
        : around.database.catalog.typeOf(origin.table, origin.column);
    const type = known ?? scope.aliases.get(origin.name.toLowerCase()) ?? guessed(rows, at);
    return { name: isNamed ? origin.name : '', type };
  });
  return { columns, rows: rows.map((row) => row.map((cell, at) => fitted(cell, columns[at]?.type))) };
}

function fitted(cell: Cell, type: SqlType | undefined): Cell {
  // The wire's integers are whole, and an alias may name what is none.
  return type?.name === 'int' && typeof cell === 'number' ? Math.trunc(cell) : cell;
}

/** The type of an expression by its values. */
function guessed(rows: readonly (readonly Cell[])[], at: number): SqlType {
  const cells = rows.map((row) => row[at]).filter((cell) => cell !== null && cell !== undefined);
  if (cells.some((cell) => typeof cell === 'string')) {
    const length = cells.reduce<number>((most, cell) => Math.max(most, String(cell).length), 0);
    return { name: 'nvarchar', length: length > 4000 ? Infinity : 4000 };
  }
  if (cells.some((cell) => cell instanceof Uint8Array)) return { name: 'varbinary', length: Infinity };
  if (cells.some((cell) => typeof cell === 'number')) return { name: 'float' };
  const isLong = cells.some((cell) => typeof cell === 'bigint' && BigInt.asIntN(32, cell) !== cell);
  return { name: isLong ? 'bigint' : 'int' };
}

function fill(connection: SqliteConnection, name: string, columns: readonly Column[], rows: Rows['rows']): void {
  connection.exec(`DROP TABLE IF EXISTS temp.${quotedName(name)}`);
  const parts = columns.map(
    (column) => `${quotedName(column.name)}${isText(column.type.name) ? ' TEXT COLLATE NOCASE' : ''}`,
  );
  connection.exec(`CREATE TEMP TABLE ${quotedName(name)} (${parts.join(', ')})`);
  for (const row of rows)
    connection.exec(
      `INSERT INTO temp.${quotedName(name)} VALUES (${columns.map((_one, at) => literal(row[at] ?? null)).join(', ')})`,
    );
}
