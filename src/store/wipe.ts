/**
 * Empties the write-ahead log soon after something was removed from the ledger: until it is written into the file and
 * cut, SQLite leaves there what was removed (https://sqlite.org/wal.html#checkpointing).
 */
import { statSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import type { WritingConnection } from './connections.ts';
import { BUSY_TIMEOUT_MS } from './database.ts';
import type { Writer } from './writer.ts';

/** A first wait, in which the rest of a burst of pushes comes to its end. */
const SOON_MS = 1_000;
/** Whoever reads or writes just now is not waited for: it is tried again. */
const WAIT_MS = 50;

/** For one ledger. */
export class Wipe {
  readonly #file: string;
  readonly #connection: WritingConnection;
  readonly #writer: Writer;
  readonly #everyMs: number;
  #timer: NodeJS.Timeout | undefined;
  #notBefore = 0;
  #closed = false;

  /** @param everyMs the least time between two goes; in milliseconds */
  constructor(file: string, connection: WritingConnection, writer: Writer, everyMs: number) {
    this.#file = file;
    this.#connection = connection;
    this.#writer = writer;
    this.#everyMs = everyMs;
  }

  /** Something was removed. */
  soon(): void {
    if (this.#closed || this.#timer !== undefined) return;
    const wait = Math.max(Math.min(SOON_MS, this.#everyMs), this.#notBefore - performance.now());
    this.#timer = setTimeout(() => this.#begin(), wait).unref();
  }

  /** Wipes no more; the end of the ledger does. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #begin(): void {
    this.#notBefore = performance.now() + this.#everyMs;
    this.#writer.between(async () => {
      // From now on what is removed needs another go.
      this.#timer = undefined;
      try {
        await emptyLog(this.#connection);
      } finally {
        if (!this.#isEmpty()) this.soon();
      }
    });
  }

  #isEmpty(): boolean {
    return (statSync(`${this.#file}-wal`, { throwIfNoEntry: false })?.size ?? 0) === 0;
  }
}

/** Not through a statement: that would wait for the disk in our thread. */
async function emptyLog(connection: WritingConnection): Promise<void> {
  await connection.exec(`PRAGMA busy_timeout = ${WAIT_MS}`);
  try {
    await connection.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  } finally {
    await connection.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
  }
}
