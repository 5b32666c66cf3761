/** From an address to a connection that is bound: TCP, TLS or StartTLS, bind. */
import { once } from 'node:events';
import { isIP, type Socket, connect as tcpConnect } from 'node:net';
import { type ConnectionOptions, connect as tlsConnect } from 'node:tls';
import { DeadlineExceeded, type Log, SourceError, withDeadlineWithin } from '../../src/contract/index.ts';
import { type Answer, Connection, ConnectionLost } from './connection.ts';
import { bindFailure, connectFailure, notAnswered, startTlsFailure, tlsFailure } from './failures.ts';
import type { Settings } from './settings.ts';

/** How the servers of one directory are reached. */
export interface Reach {
  /** `ldap://` or `ldaps://` addresses, tried in this order. */
  readonly urls: readonly string[];
  readonly startTls: boolean;
  /** Undefined: anonymous. */
  readonly credentials: Credentials | undefined;
  /** Which certificates are believed. `ca` is PEM here; undefined: the authorities that Node.js knows. */
  readonly tls: Settings['tls'];
  /** For all of TCP, TLS and bind, with one server. Milliseconds. */
  readonly connectTimeoutMs: number;
}

/** A name (a DN, or user@domain) and its password. */
export interface Credentials {
  readonly name: string;
  readonly password: string;
}

/** A server that could not be reached is not asked for so long, as long as there is another one. */
const AVOIDED_MS = 30_000;

/** Opens connections to the first server that answers. */
export class Connector {
  readonly #reach: Reach;
  readonly #log: Log;
  readonly #avoidedUntil = new Map<string, number>();

  constructor(reach: Reach, log: Log) {
    this.#reach = reach;
    this.#log = log;
  }

  /**
   * A connection that is bound.
   * @throws {SourceError} of the first server if none could be reached; at once when a server refuses the credentials,
   * because the next one would too, and count it against the account
   */
  async open(signal: AbortSignal): Promise<Connection> {
    const failures: SourceError[] = [];
    for (const url of this.#inOrder()) {
      try {
        const connection = await this.#openOne(url, signal);
        this.#avoidedUntil.delete(url);
        return connection;
      } catch (error) {
        if (signal.aborted || !(error instanceof SourceError) || error.kind === 'unauthorized') throw error;
        failures.push(error);
        this.#avoidedUntil.set(url, performance.now() + AVOIDED_MS);
        if (this.#reach.urls.length === 1) continue;
        this.#log.warn({ url, problem: error.message }, 'a server of the directory failed');
      }
    }
    throw together(failures);
  }

  #inOrder(): readonly string[] {
    const now = performance.now();
    const isAvoided = (url: string) => (this.#avoidedUntil.get(url) ?? 0) > now;
    const { urls } = this.#reach;
    return [...urls.filter((url) => !isAvoided(url)), ...urls.filter(isAvoided)];
  }

  async #openOne(url: string, signal: AbortSignal): Promise<Connection> {
    const { connectTimeoutMs } = this.#reach;
    try {
      return await withDeadlineWithin(connectTimeoutMs, signal, (limited) => this.#steps(new URL(url), limited));
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (isTimeout(error)) throw notAnswered(url, connectTimeoutMs);
      throw error instanceof ConnectionLost ? connectFailure(url, error) : error;
    }
  }

  async #steps(url: URL, signal: AbortSignal): Promise<Connection> {
    const connection = new Connection(await this.#socketTo(url, signal));
    try {
      if (this.#reach.startTls && url.protocol === 'ldap:') await this.#secure(connection, url, signal);
      const { credentials } = this.#reach;
      if (credentials !== undefined) {
        const answer = await connection.bind(credentials.name, credentials.password, signal);
        if (answer.code !== 0) throw bindFailure(url.href, credentials.name, answer);
      }
      return connection;
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  async #socketTo(url: URL, signal: AbortSignal): Promise<Socket> {
    const isTls = url.protocol === 'ldaps:';
    const where = { host: hostOf(url), port: Number(url.port) || (isTls ? 636 : 389) };
    const socket = isTls ? tlsConnect({ ...where, ...this.#tlsOptions(url) }) : tcpConnect(where);
    // A socket that fails when nobody waits for it any more must not end the process.
    socket.on('error', () => undefined);
    try {
      await once(socket, isTls ? 'secureConnect' : 'connect', { signal });
      return socket;
    } catch (error) {
      socket.destroy();
      if (signal.aborted) throw signal.reason;
      throw connectFailure(url.href, error);
    }
  }

  async #secure(connection: Connection, url: URL, signal: AbortSignal): Promise<void> {
    let answer: Answer;
    try {
      answer = await connection.startTls({ host: hostOf(url), ...this.#tlsOptions(url) }, signal);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw error instanceof ConnectionLost ? error : tlsFailure(url.href, error);
    }
    if (answer.code !== 0) throw startTlsFailure(url.href, answer);
  }

  #tlsOptions(url: URL): ConnectionOptions {
    const { ca, verify, serverName } = this.#reach.tls;
    const name = serverName ?? (isIP(hostOf(url)) === 0 ? hostOf(url) : undefined);
    return {
      rejectUnauthorized: verify,
      // The file may hold the certificate of the server itself, or of an authority below the root.
      ...(ca === undefined ? {} : { ca, allowPartialTrustChain: true }),
      ...(name === undefined ? {} : { servername: name }),
    };
  }
}

function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, '$1');
}

function isTimeout(error: unknown): boolean {
  return error instanceof DeadlineExceeded || (error instanceof Error && error.cause instanceof DeadlineExceeded);
}

function together(failures: readonly SourceError[]): SourceError {
  const [first] = failures;
  if (first === undefined) return new SourceError('unreachable', 'the directory has no address');
  if (failures.length === 1) return first;
  const remedy = failures.find((failure) => failure.remedy !== undefined)?.remedy;
  return new SourceError(first.kind, failures.map(({ message }) => message).join('; '), { remedy });
}
