/** The connections of one database file: few, opened when needed, and opened anew when the file is another one. */
import { stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { Semaphore } from '../../src/kit/wait/index.ts';
import { Connection } from './connection.ts';
import { asSqliteFailure, givenUp, isBusy, unusable } from './failures.ts';

// Queries run on as many threads as the machine has processors; more connections would only wait there.
const CONNECTIONS = 4;
// A writer holds a database for milliseconds; asking again that often costs nothing.
const BUSY_PAUSE_MS = 20;

interface Idle {
  readonly connection: Connection;
  readonly version: string;
}

/** Connections to one file. */
export class ConnectionPool {
  readonly #file: string;
  readonly #idle: Idle[] = [];
  readonly #semaphore = new Semaphore(CONNECTIONS);

  constructor(file: string) {
    this.#file = file;
  }

  /**
   * Runs `work` with a connection of its own. A database that is locked is tried again until the signal aborts.
   * @throws {SourceError}
   */
  async use<T>(signal: AbortSignal, work: (connection: Connection) => Promise<T>): Promise<T> {
    let locked = false;
    try {
      const release = await this.#semaphore.acquire(signal);
      try {
        for (;;) {
          signal.throwIfAborted();
          try {
            return await this.#once(work);
          } catch (error) {
            if (!isBusy(error)) throw error;
            locked = true;
            await delay(BUSY_PAUSE_MS, undefined, { signal });
          }
        }
      } finally {
        release();
      }
    } catch (error) {
      if (signal.aborted && locked) throw givenUp(this.#file, true);
      throw asSqliteFailure(error, this.#file, signal);
    }
  }

  /** Closes the connections that are idle; there is no call under way. */
  close(): void {
    for (const { connection } of this.#idle.splice(0)) connection.close();
  }

  async #once<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    const version = await this.#version();
    const connection = this.#idleOf(version) ?? (await Connection.open(this.#file));
    let fit = false;
    try {
      const result = await work(connection);
      fit = true;
      return result;
    } finally {
      if (fit) this.#idle.push({ connection, version });
      else connection.close();
    }
  }

  #idleOf(version: string): Connection | undefined {
    for (let idle = this.#idle.pop(); idle !== undefined; idle = this.#idle.pop()) {
      if (idle.version === version) return idle.connection;
      idle.connection.close();
    }
    return undefined;
  }

  /**
   * What tells one content of the file from another. SQLite sees what is written through SQLite; a file put in its
   * place, by rename or by copy, it does not. The file is only looked at: opening and closing it would drop SQLite's
   * own locks (https://sqlite.org/howtocorrupt.html, 2.2).
   */
  async #version(): Promise<string> {
    const found = await stat(this.#file, { bigint: true });
    if (!found.isFile()) {
      throw unusable(this.#file, ['rejected', 'is no file', 'name the database file, not its folder']);
    }
    return [found.dev, found.ino, found.size, found.mtimeNs].join(':');
  }
}
