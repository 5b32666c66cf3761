/** Runs one statement of a session on SQLite. */
import { setTimeout as sleep } from 'node:timers/promises';
import { declaredType } from './cast.ts';
import type { TableColumn } from './catalog.ts';
import { convert } from './convert.ts';
import { createTable, type Database, type SqliteConnection } from './database.ts';
import { Expressions, isQuery, split } from './expressions.ts';
import { syntaxError, type Token } from './lexer.ts';
import { queryOf } from './query.ts';
import type { Typed } from './rpc.ts';
import { type Action, type LinkedQuery, literal, quotedName, type Scope, tableName } from './scope.ts';
import { SERVER_NAME, SqlServerError } from './tokens.ts';
import { type Column, isText, type SqlType } from './types.ts';
import type { Cell } from './values.ts';

/** Rows that a handler of the tests gives. */
export interface Rows {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
}

/** What a statement answers: rows, or how many rows it changed, or a message. */
export type Answer = Rows | { readonly count: number } | { readonly message: string } | undefined;

/** What a session lends its statements. */
export interface Surroundings {
  readonly database: Database;
  readonly connection: SqliteConnection;
  readonly user: string;
  readonly spid: number;
  readonly variables: Map<string, Typed>;
  denied(table: string, action: Action): boolean;
  linked(query: LinkedQuery): Promise<Rows>;
}

const VERSION =
  'Microsoft SQL Server 2022 (RTM-CU14) - 16.0.4135.4 (X64) \n\tDeveloper Edition (64-bit) (stand-in of the tests)';

/** Runs a statement; the signal ends a WAITFOR. @throws SqlServerError or what SQLite throws */
export async function runStatement(
  tokens: readonly Token[],
  around: Surroundings,
  signal: AbortSignal,
): Promise<Answer> {
  const [first, second] = tokens;
  switch (first?.upper) {
    case 'SELECT':
    case 'WITH':
      return await select(tokens, around);
    case 'INSERT':
    case 'UPDATE':
    case 'DELETE':
      return change(tokens, first.upper, around);
    case 'TRUNCATE':
      return change(
        [tokens[0], ...tokens.slice(2)].flatMap((one) => one ?? []),
        'DELETE',
        around,
      );
    case 'CREATE':
      return create(tokens, around);
    case 'DROP':
      return drop(tokens, around);
    case 'WAITFOR':
      return await waitFor(tokens, around, signal);
    case 'DECLARE':
      return declare(tokens.slice(1), around);
    case 'SET':
      return undefined;
    case 'USE':
      if (second?.value.toLowerCase() === around.database.name.toLowerCase()) return undefined;
      throw new SqlServerError(
        911,
        `Database '${second?.value}' does not exist. Make sure that the name is entered correctly.`,
      );
    case 'PRINT':
      return { message: String(constantOf(tokens.slice(1), around)) };
    case 'RAISERROR':
      throw raised(tokens, around);
    default:
      throw first?.kind === 'word' && second === undefined
        ? new SqlServerError(2812, `Could not find stored procedure '${first.text}'.`, 16, 62)
        : syntaxError(first?.text ?? '');
  }
}

async function select(tokens: readonly Token[], around: Surroundings): Promise<Answer> {
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

function cellOf(value: unknown): Cell {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint') return value;
  if (value instanceof Uint8Array) return value;
  return value instanceof ArrayBuffer ? new Uint8Array(value) : null;
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

function change(tokens: readonly Token[], action: Action, around: Surroundings): Answer {
  const scope = scopeOf(around, action);
  const head = tokens.slice(0, 1);
  // INTO and FROM may be left out; SQLite wants them.
  const word = action === 'INSERT' ? 'INTO' : 'FROM';
  const hasWord = action === 'UPDATE' || tokens[1]?.upper === word;
  const rest = hasWord ? tokens.slice(1) : [{ ...tokenOf(word) }, ...tokens.slice(1)];
  const at = rest.findIndex((token) => token.upper === 'SELECT');
  const text =
    action === 'INSERT' && at !== -1 && !rest.slice(0, at).some((token) => token.upper === 'VALUES')
      ? `${new Expressions([...head, ...rest.slice(0, at)], scope).all()} ${queryOf(rest.slice(at), scope)}`
      : new Expressions([...head, ...rest], scope).all();
  return { count: around.connection.prepare(text).run().changes };
}

function tokenOf(word: string): Token {
  return { kind: 'word', text: word, value: word, upper: word, wide: false };
}

function create(tokens: readonly Token[], around: Surroundings): Answer {
  const { catalog } = around.database;
  const kind = tokens.find((token) => ['TABLE', 'VIEW', 'INDEX'].includes(token.upper))?.upper;
  const open = tokens.findIndex((token) => token.text === '(');
  const scope = scopeOf(around, 'INSERT');
  if (kind === 'TABLE') {
    const name = tableName(namesOf(tokens.slice(2, open)), scope, 'INSERT');
    const columns: TableColumn[] = [];
    const rest: string[] = [];
    for (const part of split(tokens.slice(open + 1, -1))) columnOf(part, columns, rest);
    around.connection.exec(createTable(name, columns, rest));
    catalog.set({ name, kind: 'BASE TABLE', columns });
  } else if (kind === 'VIEW') {
    const as = tokens.findIndex((token) => token.upper === 'AS');
    const name = tableName(namesOf(tokens.slice(2, as)), scope, 'INSERT');
    around.connection.exec(
      `CREATE VIEW ${quotedName(name)} AS ${queryOf(tokens.slice(as + 1), scopeOf(around, 'SELECT'))}`,
    );
    const origins = around.connection.prepare(`SELECT * FROM ${quotedName(name)}`).columns();
    const columns = origins.map(
      (one): TableColumn => ({
        name: one.name,
        type: catalog.typeOf(one.table ?? '', one.column ?? '') ?? { name: 'nvarchar', length: 4000 },
        nullable: true,
      }),
    );
    catalog.set({ name, kind: 'VIEW', columns });
  } else if (kind === 'INDEX') {
    const on = tokens.findIndex((token) => token.upper === 'ON');
    const index = tokens[on - 1]?.value ?? 'index';
    const table = tableName(namesOf(tokens.slice(on + 1, open)), scope, 'INSERT');
    const names = split(tokens.slice(open + 1, -1)).map((part) => quotedName(part[0]?.value ?? ''));
    around.connection.exec(`CREATE INDEX ${quotedName(index)} ON ${quotedName(table)} (${names.join(', ')})`);
  } else {
    throw syntaxError(tokens[1]?.text ?? 'CREATE');
  }
  around.database.refresh(around.connection);
  return undefined;
}

function columnOf(part: readonly Token[], columns: TableColumn[], rest: string[]): void {
  const [name] = part;
  if (name === undefined) return;
  const has = (...words: readonly string[]): boolean =>
    part.some((_token, at) => words.every((word, next) => part[at + next]?.upper === word));
  if (name.kind === 'word' && ['PRIMARY', 'CONSTRAINT', 'UNIQUE'].includes(name.upper)) {
    const open = part.findIndex((token) => token.text === '(');
    const names = split(part.slice(open + 1, -1)).map((one) => quotedName(one[0]?.value ?? ''));
    rest.push(`${has('PRIMARY') ? 'PRIMARY KEY' : 'UNIQUE'} (${names.join(', ')})`);
    return;
  }
  const end = part[2]?.text === '(' ? part.findIndex((token) => token.text === ')') + 1 : 2;
  const type = declaredType(part.slice(1, end), '1');
  columns.push({ name: name.value, type, nullable: !has('NOT', 'NULL') && !has('PRIMARY', 'KEY') });
  if (has('PRIMARY', 'KEY')) rest.push(`PRIMARY KEY (${quotedName(name.value)})`);
}

function namesOf(tokens: readonly Token[]): string[] {
  return tokens.filter((token) => token.text !== '.').map((token) => token.value);
}

function drop(tokens: readonly Token[], around: Surroundings): Answer {
  const kind = tokens[1]?.upper;
  const ifExists = tokens[2]?.upper === 'IF';
  const names = namesOf(tokens.slice(ifExists ? 4 : 2));
  if (kind !== 'TABLE' && kind !== 'VIEW') throw syntaxError(tokens[1]?.text ?? 'DROP');
  const name = tableName(names, scopeOf(around, 'DELETE'), 'DELETE');
  if (around.database.catalog.get(name) === undefined) {
    if (ifExists) return undefined;
    const words = `Cannot drop the ${kind.toLowerCase()} '${name}', because it does not exist or you do not have permission.`;
    throw new SqlServerError(3701, words, 11, 5);
  }
  around.connection.exec(`DROP ${kind} ${quotedName(name)}`);
  around.database.catalog.delete(name);
  around.database.refresh(around.connection);
  return undefined;
}

async function waitFor(tokens: readonly Token[], around: Surroundings, signal: AbortSignal): Promise<Answer> {
  const time = /^(\d{1,2}):(\d{2}):(\d{2})(?:\.(\d{1,3}))?$/.exec(String(constantOf(tokens.slice(2), around)));
  if (tokens[1]?.upper !== 'DELAY' || time === null) throw syntaxError(tokens[2]?.text ?? 'WAITFOR');
  const [, hours, minutes, seconds, part = '0'] = time;
  const ms = (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000 + Number(part.padEnd(3, '0'));
  await sleep(ms, undefined, { signal });
  return undefined;
}

/** `@x int = 5, @y …`. */
function declare(tokens: readonly Token[], around: Surroundings): Answer {
  for (const part of split(tokens)) {
    const [name] = part;
    const equals = part.findIndex((token) => token.text === '=');
    const type = declaredType(
      part.slice(1, equals === -1 ? undefined : equals).filter((token) => token.upper !== 'AS'),
      '1',
    );
    const value = equals === -1 ? null : constantOf(part.slice(equals + 1), around);
    const from: SqlType = { name: typeof value === 'string' ? 'nvarchar' : 'float' };
    around.variables.set(name?.value.toLowerCase() ?? '', { type, value: convert({ type: from, value }, type) });
  }
  return undefined;
}

/** The value of an expression of constants. */
export function constantOf(tokens: readonly Token[], around: Surroundings): Cell {
  const { constant } = new Expressions(tokens, scopeOf(around, 'SELECT')).operand();
  if (constant === undefined || isQuery(tokens)) throw syntaxError(tokens[0]?.text ?? '');
  return constant.value();
}

function raised(tokens: readonly Token[], around: Surroundings): SqlServerError {
  const [text = [], level = []] = split(tokens.slice(2, -1));
  return new SqlServerError(50_000, String(constantOf(text, around)), Number(constantOf(level, around)));
}

function scopeOf(around: Surroundings, action: Action): Scope {
  const { connection, database, user, variables } = around;
  const text = (value: string): Typed => ({ type: { name: 'nvarchar', length: 300 }, value });
  return {
    catalog: database.catalog,
    database: database.name,
    user,
    variables,
    action,
    globals: new Map([
      ['@@version', text(VERSION)],
      ['@@servername', text(SERVER_NAME)],
      ['@@language', text('us_english')],
      ['@@spid', { type: { name: 'smallint' }, value: around.spid }],
      ['@@trancount', { type: { name: 'int' }, value: connection.inTransaction ? 1 : 0 }],
      ['@@rowcount', { type: { name: 'int' }, value: 0 }],
    ]),
    evaluate: (sql) => {
      const [row] = connection.prepare(`SELECT ${sql}`).raw(true).safeIntegers(true).all();
      return Array.isArray(row) ? cellOf(row[0]) : null;
    },
    denied: (table, wanted) => around.denied(table, wanted),
    tables: new Set(),
    names: new Set(),
    aliases: new Map(),
    linked: [],
  };
}
