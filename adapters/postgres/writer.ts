/** Inserting a row into a table of PostgreSQL. */
import { setTimeout as sleep } from 'node:timers/promises';
import { SourceError, type SourceErrorKind, untilAborted } from '../../src/contract/index.ts';
import { pg } from '../../src/kit/postgres/index.ts';
import {
  createServerWriter,
  type Insertion,
  insertText,
  type SqlWriter,
  type WriteSession,
} from '../../src/kit/sql/index.ts';
import type { TlsOptions } from '../../src/kit/tls/index.ts';
import { inTime } from '../../src/kit/wait/index.ts';
import { asPostgresFailure } from './failures.ts';
import { clientConfig, storable } from './sessions.ts';
import type { Settings } from './settings.ts';

/** A writer whose connections are opened for one row each. */
export function createPostgresWriter(settings: Settings, tls: TlsOptions | undefined): SqlWriter {
  const server: Server = {
    where: `${settings.host}:${settings.port}/${settings.database}`,
    user: settings.user,
    config: clientConfig(settings, tls),
  };
  return createServerWriter({ where: server.where, open: (signal) => Session.open(server, signal) });
}

interface Server {
  readonly where: string;
  readonly user: string;
  readonly config: pg.ClientConfig;
}

const END_TIMEOUT_MS = 5_000;
const LOOK_AGAIN_MS = 50;
// In the role's settings it may be that it only reads.
const BEGIN = 'BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE';
const PID = 'SELECT pg_catalog.pg_backend_pid() AS pid';
const END = `
  SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity WHERE pid = $1 AND usename = current_user`;

class Session implements WriteSession {
  readonly undoes = true;
  readonly #server: Server;
  readonly #client: pg.Client;
  #pid = 0;

  private constructor(server: Server) {
    this.#server = server;
    this.#client = new pg.Client(server.config);
    // Whoever waits for an answer gets the error.
    this.#client.on('error', () => {});
  }

  static async open(server: Server, signal: AbortSignal): Promise<Session> {
    const session = new Session(server);
    try {
      await untilAborted(session.#begin(), signal);
      return session;
    } catch (error) {
      session.#client.connection.stream.destroy();
      throw signal.aborted ? error : asPostgresFailure(error, server.where);
    }
  }

  /** EXPLAIN does everything but run it: it looks at the columns and at the rights of the account. */
  async prove(insertion: Insertion): Promise<void> {
    await this.#run(insertion, `EXPLAIN ${insertText(insertion, () => 'DEFAULT')} RETURNING ${insertion.key}`, []);
  }

  async insert(insertion: Insertion): Promise<string | undefined> {
    const text = `${insertText(insertion, (index) => `$${index + 1}`)} RETURNING ${insertion.key}::text AS id`;
    const rows = await this.#run(insertion, text, insertion.values.map(storable));
    const id = rows[0]?.['id'];
    return typeof id === 'string' ? id : undefined;
  }

  async commit(): Promise<void> {
    await this.#run(undefined, 'COMMIT', []);
  }

  async close(): Promise<void> {
    // A server that hangs takes no good-bye.
    await inTime(END_TIMEOUT_MS, this.#client.end()).catch(() => {});
  }

  async abandon(): Promise<void> {
    // The end of the connection alone does not end a statement that waits.
    this.#client.connection.stream.destroy();
    if (this.#pid !== 0) await inTime(END_TIMEOUT_MS, endOnServer(this.#server, this.#pid)).catch(() => {});
  }

  async #begin(): Promise<void> {
    await this.#client.connect();
    await this.#client.query(BEGIN);
    const { rows } = await this.#client.query<{ pid: number }>(PID);
    this.#pid = rows[0]?.pid ?? 0;
  }

  async #run(
    insertion: Insertion | undefined,
    text: string,
    values: readonly string[],
  ): Promise<readonly Readonly<Record<string, unknown>>[]> {
    try {
      const { rows } = await this.#client.query(text, [...values]);
      return rows;
    } catch (error) {
      throw insertFailure(error, this.#server, insertion?.table);
    }
  }
}

/** Ends a session on the server, and waits until it is gone: then its transaction is over. */
async function endOnServer({ config }: Server, pid: number): Promise<void> {
  const control = new pg.Client(config);
  control.on('error', () => {});
  const until = performance.now() + END_TIMEOUT_MS;
  try {
    await control.connect();
    while (performance.now() < until) {
      const { rows } = await control.query(END, [pid]);
      if (rows.length === 0) return;
      await sleep(LOOK_AGAIN_MS);
    }
  } finally {
    control.end().catch(() => {});
  }
}

// The server answers with them when it gives up the session or does not know how the transaction ended.
const NO_ANSWER = /^(?:08|57P|58|XX|40003)/;
const ANOTHER_TIME = /^(?:40|55P03|57014)/;
const NO_ROOM = /^53/;
const STANDBY = '25006';
const DENIED = '42501';

/**
 * The failure of an INSERT or of its commit. What the server answered with is surely not done. The driver's error is
 * not kept: its details have the values.
 */
function insertFailure(error: unknown, { where, user }: Server, table = 'the table'): unknown {
  const code = error instanceof pg.DatabaseError ? (error.code ?? '') : '';
  if (!(error instanceof Error) || code === '' || NO_ANSWER.test(code)) return asPostgresFailure(error, where);
  const said = withoutValues(error.message);
  const refusal = (kind: SourceErrorKind, remedy: string) =>
    new SourceError(kind, `${where}: ${said}`, { said, remedy, unsent: true });
  if (ANOTHER_TIME.test(code)) return refusal('timeout', 'look for long transactions on the table');
  if (NO_ROOM.test(code)) return refusal('unreachable', 'see the disk and the memory of the server');
  if (code === STANDBY) return refusal('rejected', 'name the primary in "host": a standby takes no rows');
  if (code === DENIED) {
    const sequence = /for sequence (\S+)/.exec(error.message)?.[1];
    const right = sequence === undefined ? `SELECT, INSERT ON ${table}` : `USAGE ON SEQUENCE ${sequence}`;
    return refusal('unauthorized', `GRANT ${right} TO ${user}; and USAGE on the schema, if it has none`);
  }
  return refusal('rejected', `see the columns of ${table}, and "fields" of the push target`);
}

/** `invalid input syntax for type integer: "abc"`, `value "9999999999" is out of range` */
function withoutValues(message: string): string {
  const quoted = message.indexOf(': "');
  const bare =
    quoted !== -1 && quoted < message.length - 3 && message.endsWith('"') ? message.slice(0, quoted) : message;
  return bare.replace(/^value "[\s\S]*" is/, 'the value is');
}
