/** Connections to one server that are kept between calls, each with one call at a time. */
import { withDeadlineWithin } from '../../contract/index.ts';
import type { Semaphore } from './semaphore.ts';

/** What is kept: ready for a call, so logged in. */
export interface KeptConnection {
  /** False when it is known to be gone. */
  readonly isOpen: boolean;
  /** After `close`: settles, and never rejects, when the server too has ended what was given up. */
  readonly ended?: Promise<void> | undefined;
  /** Ends it at once. A second call does nothing. */
  close(): void;
}

/** What differs from system to system. */
export interface KeptOptions<Connection extends KeptConnection> {
  /** At most so many connections; who waits for one in vain is told by them. */
  readonly semaphore: Semaphore;
  open(signal: AbortSignal): Promise<Connection>;
  /** Proves that a connection is alive, as cheaply as can be. */
  probe(connection: Connection, signal: AbortSignal): Promise<void>;
  /** Whether an error means that the connection broke, and not that the server refused. */
  isLost(error: unknown): boolean;
  /** A connection that was quiet for longer is not worth a probe: the server, or a firewall, has closed it. */
  readonly idleLimitMs: number;
}

interface Idle<Connection> {
  readonly connection: Connection;
  /** When it was last seen alive (`performance.now()`). */
  readonly aliveAt: number;
}

type Work<Connection, T> = (connection: Connection) => Promise<T>;

/** A connection that was quiet for longer is asked before it is used: a firewall may have forgotten it without a word. */
const PROBE_AFTER_MS = 10_000;
/** A server that is there answers a probe in this time; the call still has most of its deadline afterwards. */
const PROBE_LIMIT_MS = 500;

/** The connections of one source. The pools of the vendors' libraries have neither deadlines nor a look at what they hand out. */
export class KeptConnections<Connection extends KeptConnection> {
  readonly #options: KeptOptions<Connection>;
  readonly #idle: Idle<Connection>[] = [];
  readonly #endings = new Set<Promise<void>>();
  #closed = false;
  /** A call failed then: connections that were quiet since are asked first. */
  #doubtedAt = Number.NEGATIVE_INFINITY;

  constructor(options: KeptOptions<Connection>) {
    this.#options = options;
  }

  /**
   * Runs `work`, which only reads, with a connection of its own. When the connection breaks, it runs once more with a
   * new one: the server may have been restarted since.
   * @throws what `open` throws when there is no connection, and what `work` throws
   */
  async use<T>(signal: AbortSignal, work: Work<Connection, T>): Promise<T> {
    return await this.#inTurn(signal, async () => {
      const kept = await this.#kept(signal);
      if (kept !== undefined) {
        try {
          return await this.#run(kept, signal, work);
        } catch (error) {
          if (!this.#mayTryAgain(error, signal)) throw error;
        }
      }
      return await this.#fresh(signal, work);
    });
  }

  /** The same with a connection that is opened for it, which proves the credentials. */
  async useFresh<T>(signal: AbortSignal, work: Work<Connection, T>): Promise<T> {
    return await this.#inTurn(signal, () => this.#fresh(signal, work));
  }

  /** Closes what is idle, and what is under way when it is done; waits until what was given up is ended on the server. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const { connection } of this.#idle.splice(0)) this.#drop(connection);
    await Promise.all(this.#endings);
  }

  async #fresh<T>(signal: AbortSignal, work: Work<Connection, T>): Promise<T> {
    try {
      return await this.#run(await this.#options.open(signal), signal, work);
    } catch (error) {
      if (!this.#mayTryAgain(error, signal)) throw error;
      // It broke right after it was opened, as happens while a server goes down: this time for good.
      return await this.#run(await this.#options.open(signal), signal, work);
    }
  }

  #mayTryAgain(error: unknown, signal: AbortSignal): boolean {
    return !signal.aborted && this.#options.isLost(error);
  }

  async #run<T>(connection: Connection, signal: AbortSignal, work: Work<Connection, T>): Promise<T> {
    try {
      const result = await work(connection);
      this.#keep(connection);
      return result;
    } catch (error) {
      // After a refusal the connection is as good as before; a call that was given up has ended it.
      if (signal.aborted || this.#options.isLost(error)) {
        this.#doubtedAt = performance.now();
        this.#drop(connection);
      } else this.#keep(connection);
      throw error;
    }
  }

  #keep(connection: Connection): void {
    if (this.#closed || !connection.isOpen) this.#drop(connection);
    else this.#idle.push({ connection, aliveAt: performance.now() });
  }

  #drop(connection: Connection): void {
    connection.close();
    if (connection.ended === undefined) return;
    const ending = connection.ended.finally(() => this.#endings.delete(ending));
    this.#endings.add(ending);
  }

  /** A connection that is known to be alive, or undefined. The one that was used last comes first. */
  async #kept(signal: AbortSignal): Promise<Connection | undefined> {
    for (let idle = this.#idle.pop(); idle !== undefined; idle = this.#idle.pop()) {
      if (await this.#isAlive(idle, signal)) return idle.connection;
    }
    return undefined;
  }

  /** Whether it can be used; closed when it cannot. */
  async #isAlive({ connection, aliveAt }: Idle<Connection>, signal: AbortSignal): Promise<boolean> {
    const quietFor = performance.now() - aliveAt;
    if (!connection.isOpen || quietFor > this.#options.idleLimitMs) {
      this.#drop(connection);
      return false;
    }
    if (quietFor < PROBE_AFTER_MS && aliveAt > this.#doubtedAt) return true;
    try {
      await withDeadlineWithin(PROBE_LIMIT_MS, signal, (limited) => this.#options.probe(connection, limited));
      return true;
    } catch {
      this.#drop(connection);
      signal.throwIfAborted();
      // Those that were quiet for longer are no better; to wait for each of them would take up the deadline.
      for (const older of this.#idle.splice(0)) this.#drop(older.connection);
      return false;
    }
  }

  async #inTurn<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const release = await this.#options.semaphore.acquire(signal);
    try {
      return await work();
    } finally {
      release();
    }
  }
}
