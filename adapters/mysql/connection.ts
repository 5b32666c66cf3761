/** One connection to a MySQL or MariaDB server, of which one statement at a time is asked. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { FieldPacket, Connection as MySqlConnection } from 'mysql2';
import { untilAborted, withDeadlineWithin } from '../../src/contract/index.ts';
import { isZone } from '../../src/kit/sql/index.ts';
import type { KeptConnection } from '../../src/kit/wait/index.ts';
import { type Access, connect, disconnect } from './connect.ts';
import { ConnectionLost, givenUp, statementFailure } from './failures.ts';

/** A result: columns, and rows with their cells in that order. Without columns, as of an empty CALL, both are empty. */
export interface Result {
  readonly fields: readonly FieldPacket[];
  readonly rows: readonly (readonly unknown[])[];
}

/** No source may wait longer, so nobody waits for a statement that runs longer; a server that lost us ends it then. */
export const STATEMENT_LIMIT_S = 130;
/** Of one statement, so that a query without any condition cannot fill the memory. */
const ROW_LIMIT = 100_000;

const KILL_TIMEOUT_MS = 5_000;
const KILL_AGAIN_MS = 100;
/** ER_KILL_DENIED_ERROR */
const KILL_DENIED = 1095;

/** A connection that is logged in, in a session that may not write. */
export class Connection implements KeptConnection {
  readonly #access: Access;
  readonly #raw: MySqlConnection;
  #zone: string | undefined;
  #rowLimit = ROW_LIMIT;
  #isMariaDb = false;
  #timeLimit = STATEMENT_LIMIT_S;
  #open = true;
  #kill: Promise<void> | undefined;
  /** Ends the wait for the answer that is under way. */
  #lose: (() => void) | undefined;

  private constructor(access: Access, raw: MySqlConnection) {
    this.#access = access;
    this.#raw = raw;
    raw.on('error', () => this.close());
    raw.on('end', () => this.close());
  }

  /** @throws {SourceError} that says why there is none */
  static async open(access: Access, signal: AbortSignal): Promise<Connection> {
    const raw = await connect(access, signal);
    const connection = new Connection(access, raw);
    try {
      await connection.#prepareSession(signal);
    } catch (error) {
      connection.close();
      signal.throwIfAborted();
      throw error;
    }
    return connection;
  }

  /** False when it is known to be gone. */
  get isOpen(): boolean {
    return this.#open;
  }

  /** The zone in which the session writes its times; undefined when it is not known. */
  get zone(): string | undefined {
    return this.#zone;
  }

  /** Settles when the statement that was given up has been ended on the server, or nothing more can be done. */
  get ended(): Promise<void> | undefined {
    return this.#kill;
  }

  /**
   * Runs one statement; the values are bound by the server.
   * @throws {SourceError} or {@link ConnectionLost}; when the signal aborts, the statement is ended on the server and
   * the connection is of no use
   */
  async run(sql: string, values: readonly string[], signal: AbortSignal): Promise<Result> {
    signal.throwIfAborted();
    let giveUp = () => {};
    const answer = this.#answered<Result>((resolve, reject) => {
      giveUp = () => {
        reject(givenUp(this.#access, signal.reason));
        this.#killStatement();
      };
      signal.addEventListener('abort', giveUp, { once: true });
      this.#raw.execute({ sql, values: [...values], rowsAsArray: true }, (error, rows, fields) => {
        if (error !== null) reject(statementFailure(this.#access, error));
        else resolve(resultOf(rows, fields));
      });
    });
    try {
      return await answer;
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
  }

  /** SELECTs without a LIMIT of their own give at most so many rows from now on. Lookups seldom change it. */
  async limitRows(limit: number, signal: AbortSignal): Promise<void> {
    if (limit === this.#rowLimit) return;
    await this.run(`SET SESSION sql_select_limit = ${Math.trunc(limit)}`, [], signal);
    this.#rowLimit = limit;
  }

  /**
   * MariaDB ends statements after this time from now on: what runs with the rights of another account (a procedure
   * with SQL SECURITY DEFINER) we may not kill. MySQL limits SELECTs only.
   */
  async limitTime(seconds: number, signal: AbortSignal): Promise<void> {
    if (!this.#isMariaDb || seconds === this.#timeLimit) return;
    await this.run(`SET SESSION max_statement_time = ${Math.trunc(seconds)}`, [], signal);
    this.#timeLimit = seconds;
  }

  /** Proves that the server is still there. */
  async ping(signal: AbortSignal): Promise<void> {
    const ping = this.#answered<void>((resolve, reject) => {
      this.#raw.ping((error) => (error ? reject(error) : resolve()));
    });
    await untilAborted(ping, signal);
  }

  /** Without a good-bye, which a server that hangs would not take. */
  close(): void {
    this.#open = false;
    disconnect(this.#raw);
    this.#lose?.();
  }

  /**
   * What `ask` answers. When the server says good-bye, mysql2 forgets who waits for an answer; they are told here.
   * @throws {ConnectionLost}
   */
  async #answered<T>(ask: (resolve: (value: T) => void, reject: (error: unknown) => void) => void): Promise<T> {
    try {
      return await new Promise<T>((resolve, reject) => {
        this.#lose = () => reject(new ConnectionLost('the server closed the connection'));
        if (this.#open) ask(resolve, reject);
        else this.#lose();
      });
    } finally {
      this.#lose = undefined;
    }
  }

  #killStatement(): void {
    this.close();
    this.#kill ??= kill(this.#access, this.#raw.threadId);
  }

  async #prepareSession(signal: AbortSignal): Promise<void> {
    const run = (sql: string) => this.run(sql, [], signal);
    const { rows } = await run('SELECT VERSION(), @@session.time_zone, @@system_time_zone');
    const [version, zone, systemZone] = (rows[0] ?? []).map(String);
    this.#zone = serverZone(this.#access.timeZone, zone ?? '', systemZone ?? '');
    this.#isMariaDb = /mariadb/i.test(version ?? '');
    const limit = this.#isMariaDb
      ? `max_statement_time = ${STATEMENT_LIMIT_S}`
      : `max_execution_time = ${STATEMENT_LIMIT_S * 1000}`;
    // Named parameters are looked for outside of strings, and what is a string depends on NO_BACKSLASH_ESCAPES.
    const mode = "sql_mode = REPLACE(@@session.sql_mode, 'NO_BACKSLASH_ESCAPES', '')";
    await run(`SET SESSION ${limit}, sql_select_limit = ${ROW_LIMIT}, ${mode}`);
    // Last: from here on the session cannot write.
    await run('SET SESSION TRANSACTION READ ONLY');
  }
}

/** A CALL gives a list of results and a header; its first result with columns counts. */
function resultOf(rows: unknown, fields: unknown): Result {
  if (!Array.isArray(rows) || !Array.isArray(fields)) return { fields: [], rows: [] };
  const isSingle = fields.every((field) => field !== undefined && !Array.isArray(field));
  if (isSingle) return { fields, rows };
  const first = fields.findIndex((one) => Array.isArray(one));
  return first < 0 ? { fields: [], rows: [] } : { fields: fields[first], rows: rows[first] };
}

/**
 * Ends a connection of ours on the server, through another one: the server goes on with a statement whose client is gone
 * until it has something to send. Never fails: the time limit of the session is behind it.
 */
async function kill(access: Access, threadId: number): Promise<void> {
  try {
    await withDeadlineWithin(KILL_TIMEOUT_MS, undefined, async (signal) => {
      const raw = await connect(access, signal);
      try {
        // Denied while a function runs with the rights of another account, which may be for a moment only.
        while ((await untilAborted(errorOf(raw, `KILL CONNECTION ${Math.trunc(threadId)}`), signal)) === KILL_DENIED) {
          await sleep(KILL_AGAIN_MS, undefined, { signal });
        }
      } finally {
        disconnect(raw);
      }
    });
  } catch {
    // The server is away, and so is the statement, or it has no connection to spare.
  }
}

/** The number of the server's error; 0 when all is well. */
function errorOf(raw: MySqlConnection, sql: string): Promise<number> {
  return new Promise((resolve) => {
    raw.query(sql, (error) => resolve(error?.errno ?? 0));
  });
}

/**
 * The zone in which a session writes its times; undefined when it cannot be known.
 *
 * @param setting what the administrator says; it comes first
 * @param session `@@session.time_zone`: a name, an offset, or `SYSTEM`
 * @param system `@@system_time_zone`: an abbreviation, which says too little (CEST is half of a zone) unless it is UTC
 */
export function serverZone(setting: string | undefined, session: string, system: string): string | undefined {
  if (setting !== undefined) return setting;
  const named = session.toUpperCase() === 'SYSTEM' ? system : session;
  if (/^(?:UTC|GMT|Etc\/UTC|[+-]00:00)$/i.test(named)) return 'UTC';
  return session.toUpperCase() !== 'SYSTEM' && isZone(named) ? named : undefined;
}
