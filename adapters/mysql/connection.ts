/** One connection to a MySQL or MariaDB server, of which one statement at a time is asked. */
import { isIP } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkServerIdentity, TLSSocket } from 'node:tls';
import type { ConnectionOptions, FieldPacket, Connection as MySqlConnection } from 'mysql2';
import { untilAborted, withDeadlineWithin } from '../../src/gateway/deadline.ts';
import type { TlsOptions } from '../../src/upstream/sql/server-settings.ts';
import { connectFailure, givenUp, notAnswered, statementFailure } from './failures.ts';
import { serverZone } from './zones.ts';

/** Where the server is, and who we are. */
export interface Access {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** Undefined: no TLS. */
  readonly tls: TlsOptions | undefined;
  /** Milliseconds for the connection and the login. */
  readonly connectTimeout: number;
  /** The zone of the server's clock, where the server does not say it. */
  readonly timeZone: string | undefined;
}

/** A result: columns, and rows with their cells in that order. Without columns, as of an empty CALL, both are empty. */
export interface Result {
  readonly fields: readonly FieldPacket[];
  readonly rows: readonly (readonly unknown[])[];
}

/** No source may wait longer, so nobody waits for a statement that runs longer; a server that lost us ends it then. */
export const STATEMENT_LIMIT_S = 130;
/** Of one statement, so that a query without any condition cannot fill the memory. */
const ROW_LIMIT = 100_000;
/** mysql2 keeps prepared statements for each connection; a server has 16,382 for all of them. */
const PREPARED_LIMIT = 64;
const KILL_TIMEOUT_MS = 5_000;
const KILL_AGAIN_MS = 100;
/** ER_KILL_DENIED_ERROR */
const KILL_DENIED = 1095;

/** A connection that is logged in, in a session that may not write. */
export class Connection {
  readonly #access: Access;
  readonly #raw: MySqlConnection;
  #zone: string | undefined;
  #rowLimit = ROW_LIMIT;
  #isMariaDb = false;
  #timeLimit = STATEMENT_LIMIT_S;
  #open = true;
  #kill: Promise<void> | undefined;

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
  get killed(): Promise<void> {
    return this.#kill ?? Promise.resolve();
  }

  /**
   * Runs one statement; the values are bound by the server.
   * @throws {SourceError} or {@link ConnectionLost}; when the signal aborts, the statement is ended on the server and
   * the connection is of no use
   */
  async run(sql: string, values: readonly string[], signal: AbortSignal): Promise<Result> {
    signal.throwIfAborted();
    return await new Promise<Result>((resolve, reject) => {
      const giveUp = () => {
        this.#killStatement();
        reject(givenUp(this.#access, signal.reason));
      };
      signal.addEventListener('abort', giveUp, { once: true });
      this.#raw.execute({ sql, values: [...values], rowsAsArray: true }, (error, rows, fields) => {
        signal.removeEventListener('abort', giveUp);
        if (error !== null) reject(statementFailure(this.#access, error));
        else resolve(resultOf(rows, fields));
      });
    });
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
    const ping = new Promise<void>((resolve, reject) => {
      this.#raw.ping((error) => (error ? reject(error) : resolve()));
    });
    await untilAborted(ping, signal);
  }

  /** Without a good-bye, which a server that hangs would not take. */
  close(): void {
    this.#open = false;
    this.#raw.destroy();
  }

  /** A server goes on with a statement whose client is gone: it looks at the socket only when it has something to send. */
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

async function connect(access: Access, parent: AbortSignal): Promise<MySqlConnection> {
  const { createConnection } = await import('mysql2');
  try {
    return await withDeadlineWithin(access.connectTimeout, parent, async (signal) => {
      signal.throwIfAborted();
      const raw = createConnection(connectionOptions(access));
      try {
        await connected(raw, signal);
        checkIdentity(raw, access);
        return raw;
      } catch (error) {
        raw.destroy();
        throw signal.aborted && !parent.aborted ? notAnswered(access) : error;
      }
    });
  } catch (error) {
    parent.throwIfAborted();
    throw connectFailure(access, error);
  }
}

async function connected(raw: MySqlConnection, signal: AbortSignal): Promise<void> {
  const connecting = new Promise<void>((resolve, reject) => {
    // Errors that come after the first have no other listener yet, and would end the process.
    raw.on('error', reject);
    raw.connect((error) => (error ? reject(error) : resolve()));
  });
  await untilAborted(connecting, signal);
}

function connectionOptions({ host, port, user, password, database, tls, connectTimeout }: Access): ConnectionOptions {
  return {
    host,
    port,
    user,
    password,
    database,
    connectTimeout,
    charset: 'utf8mb4',
    // A stack trace of each call, for errors that have words of ours anyway.
    trace: false,
    // Cells come as the server wrote them; values.ts makes them into values.
    dateStrings: true,
    jsonStrings: true,
    supportBigNumbers: true,
    bigNumberStrings: true,
    maxPreparedStatements: PREPARED_LIMIT,
    // A server could ask us for any file of this machine otherwise.
    flags: ['-LOCAL_FILES'],
    ...(tls === undefined
      ? {}
      : {
          ssl: {
            ...(tls.ca === undefined ? {} : { ca: tls.ca }),
            rejectUnauthorized: tls.rejectUnauthorized,
            verifyIdentity: tls.rejectUnauthorized && isIP(host) === 0,
          },
        }),
  };
}

/** mysql2 compares a certificate with the name `localhost` where the host is an address. */
function checkIdentity(raw: MySqlConnection, { host, tls }: Access): void {
  if (tls === undefined || !tls.rejectUnauthorized || isIP(host) === 0) return;
  const stream: unknown = Reflect.get(raw, 'stream');
  const certificate = stream instanceof TLSSocket ? stream.getPeerCertificate() : undefined;
  const error = certificate === undefined ? new Error('no TLS') : checkServerIdentity(host, certificate);
  if (error !== undefined) throw error;
}

/** Ends a connection of ours on the server, through another one. Never fails: STATEMENT_LIMIT_S is behind it. */
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
        raw.destroy();
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

/** A CALL gives a list of results and a header; its first result with columns counts. */
function resultOf(rows: unknown, fields: unknown): Result {
  if (!Array.isArray(rows) || !Array.isArray(fields)) return { fields: [], rows: [] };
  const isSingle = fields.every((field) => field !== undefined && !Array.isArray(field));
  if (isSingle) return { fields, rows };
  const first = fields.findIndex((one) => Array.isArray(one));
  return first < 0 ? { fields: [], rows: [] } : { fields: fields[first], rows: rows[first] };
}
