/** The connections of one database: kept between statements, each with one at a time. */
import { withDeadlineWithin } from '../../src/gateway/deadline.ts';
import { Slots } from '../../src/upstream/sql/slots.ts';
import { type Access, Connection } from './connection.ts';
import { ConnectionLost, lostFailure } from './failures.ts';

interface Idle {
  readonly connection: Connection;
  /** When it was last seen alive (`performance.now()`). */
  readonly aliveAt: number;
}

/** A connection that was quiet for longer is asked before it is used: a firewall may have forgotten it without a word. */
const PROBE_AFTER_MS = 10_000;
const PROBE_LIMIT_MS = 500;
/** Not worth a probe: firewalls and servers close what is quiet for so long. */
const IDLE_LIMIT_MS = 300_000;

/** Connections that are logged in. mysql2's own pool has neither deadlines nor a look at what it hands out. */
export class ConnectionPool {
  readonly #access: Access;
  readonly #slots: Slots;
  readonly #idle: Idle[] = [];
  readonly #kills = new Set<Promise<void>>();
  #closed = false;
  /** A statement failed then: connections that were quiet since are asked first. */
  #doubtedAt = Number.NEGATIVE_INFINITY;

  constructor(access: Access, size: number) {
    this.#access = access;
    this.#slots = new Slots(size);
  }

  /**
   * Runs `work`, which only reads, with a connection of its own. When the connection breaks, it runs once more with a
   * new one: the server may have been restarted since.
   * @throws {SourceError} when there is no connection, or what `work` throws
   */
  async use<T>(signal: AbortSignal, work: (connection: Connection) => Promise<T>): Promise<T> {
    const release = await this.#slots.acquire(signal);
    try {
      const kept = await this.#kept(signal);
      try {
        return await this.#run(kept ?? (await Connection.open(this.#access, signal)), signal, work);
      } catch (error) {
        if (signal.aborted || !(error instanceof ConnectionLost)) throw error;
      }
      return await this.#run(await Connection.open(this.#access, signal), signal, work);
    } catch (error) {
      throw error instanceof ConnectionLost ? lostFailure(this.#access, error) : error;
    } finally {
      release();
    }
  }

  /** Closes what is idle, and waits until what was given up is ended on the server. Nothing is under way. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const { connection } of this.#idle.splice(0)) connection.close();
    await Promise.all(this.#kills);
  }

  async #run<T>(connection: Connection, signal: AbortSignal, work: (connection: Connection) => Promise<T>): Promise<T> {
    try {
      return await work(connection);
    } catch (error) {
      if (signal.aborted || error instanceof ConnectionLost) {
        this.#doubtedAt = performance.now();
        connection.close();
        this.#remember(connection.killed);
      }
      throw error;
    } finally {
      this.#keep(connection);
    }
  }

  #remember(kill: Promise<void>): void {
    const done = kill.finally(() => this.#kills.delete(done));
    this.#kills.add(done);
  }

  #keep(connection: Connection): void {
    if (this.#closed) connection.close();
    else if (connection.isOpen) this.#idle.push({ connection, aliveAt: performance.now() });
  }

  /** A connection that is known to be alive, or undefined. The one that was used last comes first. */
  async #kept(signal: AbortSignal): Promise<Connection | undefined> {
    for (let idle = this.#idle.pop(); idle !== undefined; idle = this.#idle.pop()) {
      if (await this.#isAlive(idle, signal)) return idle.connection;
      idle.connection.close();
    }
    return undefined;
  }

  async #isAlive({ connection, aliveAt }: Idle, signal: AbortSignal): Promise<boolean> {
    const quietFor = performance.now() - aliveAt;
    if (!connection.isOpen || quietFor > IDLE_LIMIT_MS) return false;
    if (quietFor < PROBE_AFTER_MS && aliveAt > this.#doubtedAt) return true;
    try {
      await withDeadlineWithin(PROBE_LIMIT_MS, signal, (limited) => connection.ping(limited));
      return true;
    } catch {
      connection.close();
      signal.throwIfAborted();
      // Those that were quiet for longer are no better; to wait for each of them would take up the deadline.
      for (const old of this.#idle.splice(0)) old.connection.close();
      return false;
    }
  }
}
