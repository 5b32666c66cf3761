/** SQL Server's functions in SQLite's SQL. A name that is not here is not a function of SQL Server's (error 195). */
import type { Operand } from './compare.ts';
import { literal, type Scope } from './scope.ts';
import { SERVER_NAME, SqlServerError } from './tokens.ts';
import type { SqlType } from './types.ts';

const TEXT: SqlType = { name: 'nvarchar', length: 4000 };
const INT: SqlType = { name: 'int' };
const MOMENT: SqlType = { name: 'datetime2', scale: 7 };

const NEW_ID =
  "upper(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-' || hex(randomblob(2)) || '-' || hex(randomblob(2)) || '-' || hex(randomblob(6)))";

/** Versions are the milliseconds of the clock here. */
const ROW_VERSION = "unhex(printf('%016X', CAST(unixepoch('now', 'subsec') * 1000 AS INTEGER)))";

type Make = (args: readonly Operand[], scope: Scope) => Operand;

const call =
  (name: string, type?: SqlType): Make =>
  (args, scope) => {
    const kind = type ?? args.find((one) => one.type !== undefined)?.type;
    return pure(args, scope, `${name}(${list(args)})`, kind);
  };

const now: Make = () => ({ sql: "strftime('%Y-%m-%d %H:%M:%f', 'now')", type: MOMENT });
const fixed =
  (value: (scope: Scope) => string): Make =>
  (args, scope) =>
    pure(args, scope, literal(value(scope)), TEXT);

/** Rows, and not the expression, decide these. */
const window =
  (name: string, type?: SqlType): Make =>
  (args) => {
    const kind = type ?? args[0]?.type;
    return { sql: `${name}(${list(args)})`, ...(kind === undefined ? {} : { type: kind }) };
  };

const FUNCTIONS: Readonly<Record<string, Make>> = {
  ISNULL: call('ifnull'),
  COALESCE: call('coalesce'),
  NULLIF: call('nullif'),
  LOWER: call('lower', TEXT),
  UPPER: call('upper', TEXT),
  REPLACE: call('replace', TEXT),
  SUBSTRING: call('substr', TEXT),
  LTRIM: call('ltrim', TEXT),
  RTRIM: call('rtrim', TEXT),
  TRIM: call('trim', TEXT),
  CHAR: call('char', TEXT),
  NCHAR: call('char', TEXT),
  ABS: call('abs'),
  ROUND: call('round'),
  FLOOR: call('floor'),
  CEILING: call('ceil'),
  IIF: call('iif'),
  LEN: (args, scope) => pure(args, scope, `length(rtrim(${list(args)}))`, INT),
  DATALENGTH: (args, scope) => pure(args, scope, `length(${list(args)}) * 2`, INT),
  LEFT: (args, scope) => pure(args, scope, `substr(${part(args, 0)}, 1, ${part(args, 1)})`, TEXT),
  RIGHT: (args, scope) => pure(args, scope, `substr(${part(args, 0)}, -(${part(args, 1)}))`, TEXT),
  CHARINDEX: (args, scope) => pure(args, scope, `instr(lower(${part(args, 1)}), lower(${part(args, 0)}))`, INT),
  CONCAT: (args, scope) => pure(args, scope, `(${args.map(({ sql }) => `ifnull(${sql}, '')`).join(' || ')})`, TEXT),
  STRING_AGG: window('group_concat', TEXT),
  COUNT: window('count', INT),
  COUNT_BIG: window('count', { name: 'bigint' }),
  SUM: window('sum'),
  AVG: window('avg'),
  MIN: window('min'),
  MAX: window('max'),
  ROW_NUMBER: window('row_number', { name: 'bigint' }),
  RANK: window('rank', { name: 'bigint' }),
  DENSE_RANK: window('dense_rank', { name: 'bigint' }),
  EXISTS: window('exists'),
  NEWID: () => ({ sql: NEW_ID, type: { name: 'uniqueidentifier' } }),
  MIN_ACTIVE_ROWVERSION: () => ({ sql: ROW_VERSION, type: { name: 'varbinary', length: 8 } }),
  // Of the rights of an object, INSERT only: https://learn.microsoft.com/sql/t-sql/functions/has-perms-by-name-transact-sql
  HAS_PERMS_BY_NAME: (args, scope) => ({ sql: mayInsert(String(args[0]?.constant?.value() ?? ''), scope), type: INT }),
  GETDATE: now,
  SYSDATETIME: now,
  GETUTCDATE: now,
  SYSUTCDATETIME: now,
  DB_NAME: fixed((scope) => scope.database),
  SUSER_SNAME: fixed((scope) => scope.user),
  SUSER_NAME: fixed((scope) => scope.user),
  USER_NAME: fixed((scope) => scope.user),
  ORIGINAL_LOGIN: fixed((scope) => scope.user),
  SCHEMA_NAME: fixed(() => 'dbo'),
  HOST_NAME: fixed(() => SERVER_NAME),
  SERVERPROPERTY: (args, scope) => pure(args, scope, literal(property(args)), TEXT),
  OBJECT_ID: (args, scope) => ({ sql: objectId(String(args[0]?.constant?.value() ?? ''), scope), type: INT }),
};

/** @throws SqlServerError 195 */
export function functionCall(name: string, args: readonly Operand[], scope: Scope): Operand {
  const make = FUNCTIONS[name.toUpperCase()];
  if (make !== undefined) return make(args, scope);
  throw new SqlServerError(195, `'${name}' is not a recognized built-in function name.`, 15, 10);
}

export function isFunction(name: string): boolean {
  return name.toUpperCase() in FUNCTIONS;
}

/** The tables' numbers, as `sys.objects` has them too. */
export function objectNumber(index: number): number {
  return 1_000_000 + index;
}

function mayInsert(name: string, scope: Scope): string {
  const plain =
    name
      .replaceAll(/[[\]"]/g, '')
      .split('.')
      .at(-1) ?? '';
  if (scope.catalog.get(plain) === undefined) return 'NULL';
  return scope.denied(plain, 'INSERT') ? '0' : '1';
}

function objectId(name: string, scope: Scope): string {
  const plain = name
    .replaceAll(/[[\]"]/g, '')
    .split('.')
    .at(-1)
    ?.toLowerCase();
  const index = scope.catalog.tables.findIndex((table) => table.name.toLowerCase() === plain);
  return index === -1 ? 'NULL' : String(objectNumber(index));
}

function property(args: readonly Operand[]): string | null {
  const name = String(args[0]?.constant?.value() ?? '').toLowerCase();
  const known: Readonly<Record<string, string>> = {
    productversion: '16.0.4100.1',
    productlevel: 'RTM',
    edition: 'Developer Edition (64-bit)',
    servername: SERVER_NAME,
    collation: 'SQL_Latin1_General_CP1_CI_AS',
  };
  return known[name] ?? null;
}

function part(args: readonly Operand[], index: number): string {
  return args[index]?.sql ?? 'NULL';
}

function list(args: readonly Operand[]): string {
  return args.map(({ sql }) => sql).join(', ');
}

/** Constant when all that goes in is: SQLite then works it out. */
function pure(args: readonly Operand[], scope: Scope, sql: string, type: SqlType | undefined): Operand {
  const isConstant = args.every(({ constant }) => constant !== undefined);
  return {
    sql,
    ...(type === undefined ? {} : { type }),
    ...(isConstant ? { constant: { value: () => scope.evaluate(sql) } } : {}),
  };
}
