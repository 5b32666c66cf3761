/** The connections of one directory: few, each with one search at a time, so that a search that is given up harms no other. */
import { withDeadlineWithin } from '../../src/gateway/deadline.ts';
import { Slots } from '../../src/upstream/slots.ts';
import type { Connector } from './connect.ts';
import { type Connection, ConnectionLost } from './connection.ts';

/** What a pool has besides its connector. */
export interface PoolOptions {
  /** At most so many connections. */
  readonly size: number;
  /** Proves that a connection is alive, as cheaply as can be. */
  probe(connection: Connection, signal: AbortSignal): Promise<void>;
}

interface Idle {
  readonly connection: Connection;
  /** When it was last seen alive (`performance.now()`). */
  readonly aliveAt: number;
}

/** A connection that was quiet for longer is asked before it is used: a firewall may have forgotten it without a word. */
const PROBE_AFTER_MS = 10_000;
const PROBE_LIMIT_MS = 500;
/** Active Directory closes what was quiet for 900 s; a connection of this age is not worth a probe. */
const IDLE_LIMIT_MS = 600_000;

/** Connections that are bound, kept between searches. */
export class ConnectionPool {
  readonly #connector: Connector;
  readonly #options: PoolOptions;
  readonly #idle: Idle[] = [];
  readonly #slots: Slots;
  #closed = false;
  /** A search failed then: connections that were quiet since are asked first. */
  #doubtedAt = Number.NEGATIVE_INFINITY;

  constructor(connector: Connector, options: PoolOptions) {
    this.#connector = connector;
    this.#options = options;
    this.#slots = new Slots(options.size);
  }

  /**
   * Runs `work`, which only reads, with a connection of its own. When the connection breaks, it runs once more with a
   * new one: the server may have been restarted since.
   * @throws {SourceError} when there is no connection, or what `work` throws
   */
  async use<T>(signal: AbortSignal, work: (connection: Connection) => Promise<T>): Promise<T> {
    return await this.#inTurn(signal, async () => {
      const kept = await this.#kept(signal);
      if (kept !== undefined) {
        try {
          return await this.#run(kept, signal, work);
        } catch (error) {
          if (signal.aborted || !(error instanceof ConnectionLost)) throw error;
        }
      }
      return await this.#fresh(signal, work);
    });
  }

  /** The same with a connection that is opened for it, which proves the credentials. */
  async useFresh<T>(signal: AbortSignal, work: (connection: Connection) => Promise<T>): Promise<T> {
    return await this.#inTurn(signal, () => this.#fresh(signal, work));
  }

  /** Says good-bye to the servers. */
  close(): void {
    this.#closed = true;
    for (const { connection } of this.#idle.splice(0)) connection.close();
  }

  async #fresh<T>(signal: AbortSignal, work: (connection: Connection) => Promise<T>): Promise<T> {
    try {
      return await this.#run(await this.#connector.open(signal), signal, work);
    } catch (error) {
      if (signal.aborted || !(error instanceof ConnectionLost)) throw error;
      // It broke right after it was opened, as happens while a server goes down: this time for good.
      return await this.#run(await this.#connector.open(signal), signal, work);
    }
  }

  async #run<T>(connection: Connection, signal: AbortSignal, work: (connection: Connection) => Promise<T>): Promise<T> {
    try {
      const result = await work(connection);
      this.#keep(connection);
      return result;
    } catch (error) {
      if (signal.aborted || error instanceof ConnectionLost) this.#doubtedAt = performance.now();
      // After a refusal the connection is as good as before; a search that was given up has ended it.
      if (connection.isOpen && !signal.aborted && !(error instanceof ConnectionLost)) this.#keep(connection);
      else connection.close();
      throw error;
    }
  }

  #keep(connection: Connection): void {
    if (this.#closed) connection.close();
    else if (connection.isOpen) this.#idle.push({ connection, aliveAt: performance.now() });
  }

  /** A connection that is known to be alive, or undefined. */
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
      await withDeadlineWithin(PROBE_LIMIT_MS, signal, (limited) => this.#options.probe(connection, limited));
      return true;
    } catch {
      signal.throwIfAborted();
      // Those that were quiet for longer are no better; to wait for each of them would take up the deadline.
      for (const old of this.#idle.splice(0)) old.connection.close();
      return false;
    }
  }

  async #inTurn<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const release = await this.#slots.acquire(signal);
    try {
      return await work();
    } finally {
      release();
    }
  }
}
