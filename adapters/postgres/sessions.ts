/** Connections to the server: opened read-only, lent one statement at a time, cancelled on the server when its time is up. */

import { DeadlineExceeded, type Log, SourceError, untilAborted } from '../../src/contract/index.ts';
import { pg } from '../../src/kit/postgres/index.ts';
import { ConnectionSemaphore, type Row, refuseTwins, type Statement } from '../../src/kit/sql/index.ts';
import type { TlsOptions } from '../../src/kit/tls/index.ts';
import { inTime, type Release } from '../../src/kit/wait/index.ts';
import type { Settings } from './settings.ts';
import { parserOf } from './values.ts';

/** A connection for one statement. */
export interface Session {
  /** Whether it served before: then the server may have closed it since. */
  readonly used: boolean;
  /** Runs the statement and gives the connection back. Throws what the driver throws. */
  run(statement: Statement, signal: AbortSignal): Promise<Result>;
}

/** What the server answered: the names of its columns, and rows. */
export interface Result {
  readonly names: readonly string[];
  readonly rows: readonly Row[];
}

const PREPARE = `
  SELECT pg_catalog.pg_backend_pid() AS pid,
         pg_catalog.set_config('default_transaction_read_only', 'on', false),
         pg_catalog.set_config('datestyle', 'ISO', false)`;
const IDLE_MS = 60_000;
const CANCEL_MS = 5_000;
const UNANSWERED = 'Connection terminated: the server does not answer';

/** The sessions of one source. */
export class Sessions {
  readonly #config: pg.ClientConfig;
  readonly #pool: pg.Pool;
  readonly #semaphore: ConnectionSemaphore;
  readonly #connectMs: number;
  readonly #log: Log;
  readonly #pids = new WeakMap<pg.ClientBase, number>();
  readonly #used = new WeakSet<pg.ClientBase>();
  readonly #cleaning = new Set<Promise<void>>();

  constructor(settings: Settings, tls: TlsOptions | undefined, log: Log) {
    const { connections, connectTimeout } = settings;
    this.#connectMs = connectTimeout;
    this.#log = log;
    this.#config = clientConfig(settings, tls);
    this.#semaphore = new ConnectionSemaphore(connections);
    this.#pool = new pg.Pool({
      ...this.#config,
      max: connections,
      idleTimeoutMillis: IDLE_MS,
      onConnect: (client) => this.#prepare(client),
    });
    this.#pool.on('error', (error) => log.debug({ err: error }, 'an idle connection was closed by the server'));
  }

  /** @throws {SourceError} when no connection came free in time, and what the driver throws when none can be made */
  async open(signal: AbortSignal): Promise<Session> {
    const release = await this.#semaphore.acquire(signal);
    const connecting = this.#pool.connect();
    try {
      const client = await untilAborted(connecting, signal);
      return { used: this.#used.has(client), run: (statement) => this.#run(client, statement, signal, release) };
    } catch (error) {
      // It may still come: then it is for the next.
      this.#later(connecting.then((client) => client.release()).finally(release));
      if (!signal.aborted) throw error;
      throw new SourceError('timeout', `${this.#config.host}:${this.#config.port} accepted no connection in time`, {
        cause: error,
        remedy: 'check that the server runs, and that no firewall is in between',
      });
    }
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#cleaning);
    await this.#pool.end();
  }

  async #run(client: pg.PoolClient, statement: Statement, signal: AbortSignal, release: Release): Promise<Result> {
    const running = client.query<Row>(statement.text, statement.values.map(bindable));
    let result: pg.QueryResult<Row>;
    try {
      result = await untilAborted(running, signal);
    } catch (error) {
      if (signal.aborted) this.#later(this.#cancel(client, running).finally(release));
      else {
        // What the server refused leaves the connection clean; any other failure is the end of it.
        client.release(!(error instanceof pg.DatabaseError && error.severity === 'ERROR'));
        release();
      }
      throw error;
    }
    this.#used.add(client);
    client.release();
    release();
    const names = result.fields.map(({ name }) => name);
    refuseTwins(names);
    return { names, rows: result.rows };
  }

  /** Ends the statement on the server, over a connection of its own, and drops the connection. */
  async #cancel(client: pg.PoolClient, running: Promise<unknown>): Promise<void> {
    const ended = running.catch(() => {});
    const control = new pg.Client(this.#config);
    control.on('error', () => {});
    try {
      await control.connect();
      await inTime(CANCEL_MS, control.query('SELECT pg_catalog.pg_cancel_backend($1)', [this.#pids.get(client)]));
      await inTime(CANCEL_MS, ended);
    } catch (error) {
      this.#log.warn({ err: error }, 'a statement could not be cancelled on the server; its connection is dropped');
    } finally {
      client.release(true);
      control.end().catch(() => {});
    }
  }

  async #prepare(client: pg.ClientBase): Promise<void> {
    // Without a listener, a connection that breaks while it is lent would end the process.
    client.on('error', () => {});
    const { rows } = await inTime(this.#connectMs, client.query<{ pid: number }>(PREPARE)).catch((error: unknown) => {
      throw error instanceof DeadlineExceeded ? new Error(UNANSWERED) : error;
    });
    const pid = rows[0]?.pid;
    if (pid !== undefined) this.#pids.set(client, pid);
  }

  #later(work: Promise<void>): void {
    const quiet = work.catch(() => {});
    this.#cleaning.add(quiet);
    void quiet.then(() => this.#cleaning.delete(quiet));
  }
}

/** How a connection is made, whatever for. */
export function clientConfig(
  { host, port, user, password, database, connectTimeout }: Settings,
  tls: TlsOptions | undefined,
): pg.ClientConfig {
  return {
    host,
    port,
    user,
    password,
    database,
    ssl: tls ?? false,
    connectionTimeoutMillis: connectTimeout,
    keepAlive: true,
    application_name: 'helpspot-gateway',
    types: { getTypeParser: (oid: number) => parserOf(oid) },
  };
}

/** PostgreSQL has no NUL in a text, so no value is equal to one that has; neither is this one. */
function bindable({ value }: { readonly value: string }): string {
  return storable(value);
}

/** A text as PostgreSQL can hold it: where a NUL was, there is a sign for it. */
export function storable(value: string): string {
  return value.replaceAll('\0', '\ufffd');
}
