/** Inserting a row into a table of MySQL or MariaDB. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection as MySqlConnection } from 'mysql2';
import { SourceError, type SourceErrorKind, untilAborted, withDeadlineWithin } from '../../src/contract/index.ts';
import {
  createServerWriter,
  type Insertion,
  insertText,
  type SqlWriter,
  type WriteSession,
} from '../../src/kit/sql/index.ts';
import { amended } from '../../src/kit/wait/index.ts';
import { type Access, connect, disconnect } from './connect.ts';
import { ConnectionLost, lostFailure, numberOf, placeOf, statementFailure, type Where } from './failures.ts';

/** A writer whose connections are opened for one row each. */
export function createMySqlWriter(access: Access): SqlWriter {
  return createServerWriter({ where: placeOf(access), open: (signal) => Session.open(access, signal) });
}

/** The server ends a connection at once, unless it is busy with what cannot be stopped. */
const END_TIMEOUT_MS = 5_000;
const LOOK_AGAIN_MS = 50;
const SESSION = `SET SESSION autocommit = 1,
  sql_mode = CONCAT_WS(',', NULLIF(REPLACE(@@session.sql_mode, 'NO_BACKSLASH_ESCAPES', ''), ''), 'STRICT_ALL_TABLES')`;

class Session implements WriteSession {
  /** A table of MyISAM keeps what is not committed. */
  readonly undoes = false;
  readonly #access: Access;
  readonly #raw: MySqlConnection;
  #tellsKey = false;
  #table = '';
  #lose: ((error: Error) => void) | undefined;

  private constructor(access: Access, raw: MySqlConnection) {
    this.#access = access;
    this.#raw = raw;
    const lost = () => this.#lose?.(new ConnectionLost('the server closed the connection'));
    raw.on('error', lost);
    raw.on('end', lost);
  }

  static async open(access: Access, signal: AbortSignal): Promise<Session> {
    const session = new Session(access, await connect(access, signal));
    try {
      await untilAborted(session.#prepare(), signal);
      return session;
    } catch (error) {
      disconnect(session.#raw);
      throw error;
    }
  }

  /** The server reads the statement, and looks at the columns and the rights of the account. */
  async prove(insertion: Insertion): Promise<void> {
    this.#table = insertion.table;
    await this.#answered<void>((resolve, reject) => {
      this.#raw.prepare(this.#textOf(insertion), (error, statement) => {
        if (error !== null) return reject(error);
        statement.close();
        resolve();
      });
    });
  }

  async insert(insertion: Insertion): Promise<string | undefined> {
    this.#table = insertion.table;
    return idOf(await this.#run(this.#textOf(insertion), insertion.values));
  }

  async commit(): Promise<void> {
    await this.#run('COMMIT');
  }

  async close(): Promise<void> {
    disconnect(this.#raw);
  }

  async abandon(): Promise<void> {
    disconnect(this.#raw);
    try {
      await withDeadlineWithin(END_TIMEOUT_MS, undefined, (signal) =>
        endOnServer(this.#access, this.#raw.threadId, signal),
      );
    } catch {
      // The server is away, and with it what was not committed, or it has no connection to spare.
    }
  }

  async #prepare(): Promise<void> {
    const version = await this.#run('SELECT VERSION()');
    const [, major = 0, minor = 0] = /^(\d+)\.(\d+)\..*mariadb/i.exec(cellOf(version)) ?? [];
    // https://mariadb.com/kb/en/insertreturning/: since 10.5; MySQL does not have it.
    this.#tellsKey = Number(major) > 10 || (Number(major) === 10 && Number(minor) >= 5);
    // Strict: a text that is too long is refused, and not cut. What stands behind an init_connect is of no account here.
    await this.#run(SESSION);
    await this.#run('START TRANSACTION READ WRITE');
  }

  #textOf(insertion: Insertion): string {
    const text = insertText(insertion, () => '?');
    return this.#tellsKey ? `${text} RETURNING ${insertion.key}` : text;
  }

  async #run(sql: string, values: readonly string[] = []): Promise<unknown> {
    return await this.#answered((resolve, reject) => {
      const answered = (error: Error | null, answer: unknown) => (error === null ? resolve(answer) : reject(error));
      // Statements without values go as text: not every server prepares all of them.
      if (values.length === 0) this.#raw.query({ sql, rowsAsArray: true }, answered);
      else this.#raw.execute({ sql, values: [...values], rowsAsArray: true }, answered);
    });
  }

  /** When the server says good-bye, mysql2 forgets who waits for an answer; they are told here. */
  async #answered<T>(ask: (resolve: (value: T) => void, reject: (error: unknown) => void) => void): Promise<T> {
    try {
      return await new Promise<T>((resolve, reject) => {
        this.#lose = reject;
        ask(resolve, reject);
      });
    } catch (error) {
      const failure = insertFailure(this.#access, this.#table, error);
      throw failure instanceof ConnectionLost ? lostFailure(this.#access, failure) : failure;
    } finally {
      this.#lose = undefined;
    }
  }
}

/** Ends a connection on the server, and waits until it is gone: then its transaction is over. */
async function endOnServer(access: Access, threadId: number, signal: AbortSignal): Promise<void> {
  const id = Math.trunc(threadId);
  const raw = await connect(access, signal);
  const ask = (sql: string) =>
    untilAborted(
      new Promise<unknown>((resolve, reject) => {
        raw.query({ sql, rowsAsArray: true }, (error, rows) => (error === null ? resolve(rows) : reject(error)));
      }),
      signal,
    );
  try {
    // It may be gone already.
    await ask(`KILL CONNECTION ${id}`).catch(() => undefined);
    for (;;) {
      const found = await ask(`SELECT ID FROM information_schema.PROCESSLIST WHERE ID = ${id}`);
      if (Array.isArray(found) && found.length === 0) return;
      await sleep(LOOK_AGAIN_MS, undefined, { signal });
    }
  } finally {
    disconnect(raw);
  }
}

/** The key from RETURNING, or the number that the server has generated. */
function idOf(answer: unknown): string | undefined {
  if (Array.isArray(answer)) return cellOf(answer) || undefined;
  const generated: unknown =
    typeof answer === 'object' && answer !== null ? Reflect.get(answer, 'insertId') : undefined;
  const id = typeof generated === 'number' || typeof generated === 'string' ? String(generated) : '0';
  return id === '0' ? undefined : id;
}

/** The first cell of the first row; empty for bytes. */
function cellOf(rows: unknown): string {
  const [row] = Array.isArray(rows) ? rows : [];
  const [cell] = Array.isArray(row) ? row : [];
  return typeof cell === 'string' || typeof cell === 'number' ? String(cell) : '';
}

/** ER_TABLEACCESS_DENIED_ERROR, ER_COLUMNACCESS_DENIED_ERROR */
const DENIED = new Set([1142, 1143]);
/** ER_OPTION_PREVENTS_STATEMENT, ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION, ER_READ_ONLY_MODE */
const READ_ONLY = new Set([1290, 1792, 1836]);
/** ER_LOCK_WAIT_TIMEOUT, ER_LOCK_DEADLOCK, ER_QUERY_INTERRUPTED and time limits: another time it may go. */
const ANOTHER_TIME = new Set([1205, 1213, 1317, 1969, 3024]);
/** A constraint, a type, or a trigger's SIGNAL refused it. */
const REFUSED = new Set([
  1048, 1062, 1136, 1169, 1216, 1264, 1265, 1292, 1364, 1366, 1406, 1452, 1471, 1557, 1586, 1644, 3730, 3819, 4025,
]);

/**
 * The failure of an INSERT or of its commit. What the server answered with is surely not done; its own words are kept
 * without the values in them.
 */
export function insertFailure(where: Where, table: string, error: unknown): SourceError | ConnectionLost {
  const number = numberOf(error);
  const said = wordsOf(error);
  const refusal = (kind: SourceErrorKind, says: string, remedy: string) =>
    new SourceError(kind, `${placeOf(where)} ${says}${inBrackets(said)}`, { said, remedy, unsent: true });
  if (DENIED.has(number)) {
    const remedy = `GRANT SELECT, INSERT ON ${where.database}.${table} TO '${where.user}'@'…'`;
    return refusal('unauthorized', `does not let the account "${where.user}" insert into ${table}`, remedy);
  }
  if (READ_ONLY.has(number)) {
    const remedy = 'name the server that takes writes, not a replica, in host';
    return refusal('rejected', 'takes no rows: it only reads', remedy);
  }
  if (ANOTHER_TIME.has(number)) {
    const says = `could not insert into ${table} because of the locks of others`;
    return refusal('timeout', says, 'look for long transactions');
  }
  if (REFUSED.has(number)) {
    const remedy = 'see the columns of the table, and fields of the push target';
    return refusal('rejected', `did not take the row for ${table}`, remedy);
  }
  const failure = statementFailure(where, error);
  return failure instanceof SourceError ? amended(failure, { unsent: true }) : failure;
}

function inBrackets(words: string): string {
  return words === '' ? '' : ` (${words})`;
}

function wordsOf(error: unknown): string {
  const words = error instanceof Error ? error.message.replace(/\s+/g, ' ').trim() : '';
  // Duplicate entry 'bob@example.com' for key …; Incorrect integer value: 'abc' for column …
  return withoutValue(words).slice(0, 300);
}

function withoutValue(words: string): string {
  const start = words.indexOf("'");
  const end = Array.from(words.matchAll(/' for (?:key|column|function)/gi)).at(-1)?.index;
  return end === undefined || end <= start ? words : `${words.slice(0, start)}…${words.slice(end + 1)}`;
}
