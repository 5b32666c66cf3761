/** The connections of one source: how they are made, and a pool of the driver's, opened when it is first needed and opened anew when it broke. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ConnectionPool, config } from 'mssql';
import { type Log, type Services, SourceError, untilAborted } from '../../src/contract/index.ts';
import { codeOf } from '../../src/kit/text/index.ts';
import { tlsOptions } from '../../src/kit/tls/index.ts';
import { connectEncrypted } from './encrypted-socket.ts';
import { asFailure, type ServerWord } from './failures.ts';
import type { Settings } from './settings.ts';

/** The driver gives up to cancel after this time, and ends the connection. Milliseconds. */
export const CANCEL_TIMEOUT_MS = 3_000;
/** A server that is down is asked again after this time, doubled each time up to the longest. Milliseconds. */
const BACK_OFF = { first: 50, longest: 1_000 };
/** A wrong password is not tried again for this time: accounts are locked after a few attempts. Milliseconds. */
const REFUSED_FOR_MS = 5_000;

/** The pool of a source, never the driver's global one. */
export class MssqlPool {
  readonly #config: config;
  readonly #where: string;
  readonly #log: Log;
  readonly #closed = new AbortController();
  #pool: Promise<ConnectionPool> | undefined;
  /** The same, once it is connected. */
  #connected: ConnectionPool | undefined;
  /** What the server said last when it refused a login; the driver's error does not have the number. */
  #word: ServerWord | undefined;
  #failures = 0;
  #notBefore = 0;
  #refusal: { readonly failure: unknown; readonly until: number } | undefined;

  constructor(config: config, where: string, log: Log) {
    this.#config = config;
    this.#where = where;
    this.#log = log;
  }

  /** The pool, connected. Callers share one attempt. @throws {SourceError} */
  async open(signal: AbortSignal): Promise<ConnectionPool> {
    const { until = 0, failure } = this.#refusal ?? {};
    if (performance.now() < until) throw failure;
    this.#pool ??= this.#connect();
    // Nobody may be waiting any more when it fails.
    this.#pool.catch(() => undefined);
    return await untilAborted(this.#pool, signal);
  }

  /** Opens a new pool for the next caller, if nobody did yet; statements that still run on the old one may end there. */
  discard(pool: ConnectionPool): void {
    if (this.#connected !== pool) return;
    this.#pool = undefined;
    this.#connected = undefined;
    pool.close().catch(() => undefined);
  }

  /** A failure of the driver's in our words. */
  failureOf(error: unknown): unknown {
    const failure = asFailure(error, this.#where, this.#word);
    if (failure instanceof SourceError && failure.kind === 'unauthorized' && codeOf(error) === 'ELOGIN') {
      this.#refusal = { failure, until: performance.now() + REFUSED_FOR_MS };
    }
    return failure;
  }

  /** Ends all connections; one that is being opened ends as soon as it is open. */
  async close(): Promise<void> {
    this.#closed.abort();
    const pool = this.#connected;
    this.#pool = undefined;
    this.#connected = undefined;
    await pool?.close().catch(() => undefined);
  }

  async #connect(): Promise<ConnectionPool> {
    try {
      const wait = this.#notBefore - performance.now();
      if (wait > 0) await sleep(wait, undefined, { signal: this.#closed.signal });
      const { default: mssql } = await import('mssql');
      const pool = new mssql.ConnectionPool({
        ...this.#config,
        beforeConnect: (connection) => this.#listen(connection),
      });
      // Without a listener these would end the process. Whoever runs a statement gets the same error.
      pool.on('error', (error: Error) => this.#log.debug({ error: error.name }, 'a connection to SQL Server ended'));
      await pool.connect();
      if (this.#closed.signal.aborted) {
        pool.close().catch(() => undefined);
        throw new SourceError('unreachable', `${this.#where}: the source is closed`);
      }
      this.#failures = 0;
      this.#connected = pool;
      return pool;
    } catch (error) {
      const pause = Math.min(BACK_OFF.longest, BACK_OFF.first * 2 ** Math.min(this.#failures, 10));
      this.#failures += 1;
      this.#notBefore = performance.now() + pause;
      this.#pool = undefined;
      throw this.failureOf(error);
    }
  }

  /** Keeps the first thing the server says until the login is done: "cannot open database" comes before "login failed". */
  #listen(connection: LoginEvents): void {
    let first: ServerWord | undefined;
    const heard = (word: ServerWord) => {
      first ??= { number: word.number, message: word.message };
      this.#word = first;
    };
    connection.on('errorMessage', heard);
    connection.on('connect', () => connection.removeListener('errorMessage', heard));
  }
}

interface LoginEvents {
  on(event: 'errorMessage', listener: (word: ServerWord) => void): unknown;
  on(event: 'connect', listener: () => void): unknown;
  removeListener(event: 'errorMessage', listener: (word: ServerWord) => void): unknown;
}

/** The driver's configuration. https://github.com/tediousjs/node-mssql#configuration-1 */
export async function driverConfig(values: Settings, services: Services): Promise<config> {
  const { host, port, instanceName, user, password, domain, database, encrypt, connections, tls } = values;
  const { rejectUnauthorized, ca } = await tlsOptions(tls ?? { verify: true }, services);
  return {
    server: host,
    user,
    ...(port === undefined ? {} : { port }),
    ...(password === undefined ? {} : { password }),
    ...(domain === undefined ? {} : { domain }),
    ...(database === undefined ? {} : { database }),
    connectionTimeout: values.connectTimeout,
    // The deadline of the lookup ends a statement.
    requestTimeout: 0,
    validateConnection: 'socket',
    pool: { max: connections, min: 0, idleTimeoutMillis: 60_000, acquireTimeoutMillis: 60_000 },
    options: {
      encrypt,
      // `strict` is TLS from the first byte, by the driver itself.
      ...(encrypt === true ? { connector: connectEncrypted } : {}),
      trustServerCertificate: values.trustServerCertificate || !rejectUnauthorized,
      ...(ca === undefined ? {} : { cryptoCredentialsDetails: { ca } }),
      ...(tls?.serverName === undefined ? {} : { serverName: tls.serverName }),
      ...(instanceName === undefined ? {} : { instanceName }),
      readOnlyIntent: values.readOnlyIntent,
      cancelTimeout: CANCEL_TIMEOUT_MS,
      // Times come as they stand, read as UTC; their zone is seen to behind the driver, which knows the machine's only.
      useUTC: true,
      lowerCaseGuids: true,
      appName: 'helpspot-gateway',
    },
  };
}

/** `erp.example.com:1433/erp` */
export function placeOf({ host, port, instanceName, database }: Settings): string {
  const server = instanceName === undefined ? `${host}:${port ?? 1433}` : `${host}\\${instanceName}`;
  return database === undefined ? server : `${server}/${database}`;
}
