/** MySQL and MariaDB for the shared part of the SQL adapters. */
import { closest } from 'fastest-levenshtein';
import { remainingMs, SourceError } from '../../src/contract/index.ts';
import {
  ConnectionSemaphore,
  type Row,
  type SqlDriver,
  type Statement,
  type TableColumn,
} from '../../src/kit/sql/index.ts';
import { KeptConnections } from '../../src/kit/wait/index.ts';
import type { Access } from './connect.ts';
import { Connection, type Result, STATEMENT_LIMIT_S } from './connection.ts';
import { ConnectionLost, lostFailure } from './failures.ts';
import { rowsOf } from './values.ts';

const TEXT_TYPES = new Set(['char', 'varchar', 'tinytext', 'text', 'mediumtext', 'longtext', 'enum', 'set']);
const INTEGER_TYPES = new Set(['tinyint', 'smallint', 'mediumint', 'int', 'bigint', 'year', 'bit']);
/** What the server says of a generated column that keeps the digits of a telephone number: ``regexp_replace(`phone`,'[^0-9]+','')``. */
const DIGITS_ONLY = /^\(*regexp_replace\(`[^`]+`,(?:_\w+)?\\?'\[\^0-9\]\+?\\?',(?:_\w+)?\\?'\\?'\)+$/i;
/** Names of tables that are looked through for the nearest one. */
const NAMES_LIMIT = 1_000;
/** Firewalls and servers close what is quiet for so long. */
const IDLE_LIMIT_MS = 300_000;

/** A driver whose connections are opened when they are needed. */
export function createMySqlDriver(access: Access, connections: number): SqlDriver {
  const pool = new KeptConnections<Connection>({
    semaphore: new ConnectionSemaphore(connections),
    open: (signal) => Connection.open(access, signal),
    probe: (connection, signal) => connection.ping(signal),
    isLost: (error) => error instanceof ConnectionLost,
    idleLimitMs: IDLE_LIMIT_MS,
  });
  const answerOf = async <T>(
    { text, values, limit }: Statement,
    signal: AbortSignal,
    read: (result: Result, zone: string | undefined) => T,
  ): Promise<T> => {
    try {
      return await pool.use(signal, async (connection) => {
        if (limit !== undefined) await connection.limitRows(limit, signal);
        await connection.limitTime(secondsFor(text, signal), signal);
        const bound = values.map(({ value }) => value);
        const result = await connection.run(text, bound, signal);
        return read(result, connection.zone);
      });
    } catch (error) {
      throw error instanceof ConnectionLost ? lostFailure(access, error) : error;
    }
  };
  const run = (statement: Statement, signal: AbortSignal) => answerOf(statement, signal, rowsOf);
  const ask = async (text: string, values: readonly string[], signal: AbortSignal) =>
    await run({ text, values: values.map((value) => ({ name: '', value })) }, signal);
  return {
    dialect: 'mysql',
    placeholder: () => '?',
    run,
    describe: (statement, signal) => answerOf(statement, signal, ({ fields }) => fields.map(({ name }) => name)),
    async columns(table, signal) {
      const zone = await answerOf({ text: 'SELECT 1', values: [] }, signal, (_result, ofSession) => ofSession);
      return await columnsOf(table, access, zone, (text, values) => ask(text, values, signal));
    },
    close: () => pool.close(),
  };
}

/** The deadline in whole seconds, so that it seldom changes; for a procedure, which we may not be allowed to kill. */
function secondsFor(text: string, signal: AbortSignal): number {
  const rest = text.startsWith('CALL ') ? remainingMs(signal) : undefined;
  return rest === undefined ? STATEMENT_LIMIT_S : Math.min(STATEMENT_LIMIT_S, Math.ceil(rest / 1000) + 1);
}

type Ask = (text: string, values: readonly string[]) => Promise<readonly Row[]>;

async function columnsOf(
  table: string,
  access: Access,
  zone: string | undefined,
  ask: Ask,
): Promise<readonly TableColumn[]> {
  const [name = '', schema = access.database] = table.split('.').reverse();
  const rows = await ask(
    `SELECT COLUMN_NAME AS name, DATA_TYPE AS type, COLUMN_KEY AS part, EXTRA AS extra FROM information_schema.COLUMNS
     WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? ORDER BY ORDINAL_POSITION LIMIT 5000`,
    [schema, name],
  );
  if (rows.length === 0) throw await noTable(name, schema, access, ask);
  const asked = rows.some(
    (row) => row['type'] === 'tinyint' || row['type'] === 'bit' || /generated/i.test(String(row['extra'])),
  );
  const more = asked ? await detailsOf(name, schema, ask) : new Map<string, Row>();
  return rows.map((row) => {
    const column = String(row['name']);
    const type = String(row['type']).toLowerCase();
    const detail = more.get(column);
    const holds = heldBy(type, String(detail?.['whole'] ?? '').toLowerCase());
    return {
      name: column,
      type,
      text: TEXT_TYPES.has(type),
      integer: holds === undefined && INTEGER_TYPES.has(type),
      key: row['part'] === 'PRI',
      digits: DIGITS_ONLY.test(String(detail?.['made'] ?? '')),
      ...(holds !== undefined && { holds }),
      ...(holds === 'time' && { zone }),
    };
  });
}

/** What the server keeps in long texts, for which it writes a file: asked for only where it matters. */
async function detailsOf(name: string, schema: string, ask: Ask): Promise<ReadonlyMap<string, Row>> {
  const rows = await ask(
    `SELECT COLUMN_NAME AS name, COLUMN_TYPE AS whole, GENERATION_EXPRESSION AS made FROM information_schema.COLUMNS
     WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? LIMIT 5000`,
    [schema, name],
  );
  return new Map(rows.map((row) => [String(row['name']), row]));
}

const HOLDS: Readonly<Record<string, TableColumn['holds']>> = {
  decimal: 'decimal',
  float: 'float',
  double: 'float',
  date: 'day',
  // Both are written by the clock of the session.
  datetime: 'time',
  timestamp: 'time',
};

/** `BOOLEAN` is another word for TINYINT(1). */
function heldBy(type: string, whole: string): TableColumn['holds'] {
  return /^(?:tinyint\(1\)|bit\(1\))/.test(whole) ? 'boolean' : HOLDS[type];
}

/** The server shows only what the account may read. */
async function noTable(name: string, schema: string, { user }: Access, ask: Ask): Promise<SourceError> {
  const rows = await ask(
    `SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? ORDER BY TABLE_NAME LIMIT ${NAMES_LIMIT}`,
    [schema],
  );
  const names = rows.map((row) => String(row['name']));
  const message = `the database ${schema} has no table or view "${name}" that the account "${user}" may read`;
  const remedy =
    names.length === 0
      ? `it may read none there: GRANT SELECT ON ${schema}.${name} TO '${user}'@'…'`
      : `did you mean "${closest(name, names)}"? It may read ${names.slice(0, 20).join(', ')}${names.length > 20 ? ' …' : ''}`;
  return new SourceError('rejected', message, { remedy });
}
