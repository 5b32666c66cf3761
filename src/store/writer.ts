/** Changes to the ledger, several in one transaction: the disk is waited for once for all that came meanwhile. */
import type { WritingConnection } from './database.ts';

/** Changes that belong together. Runs inside a transaction, perhaps twice: it must change nothing but the database. */
type Change = () => unknown;

interface Waiting {
  readonly change: Change;
  readonly written: (result: unknown) => void;
  readonly failed: (error: unknown) => void;
}

// A transaction holds up other processes that write.
const MOST_AT_ONCE = 100;

/** Runs changes one after the other. */
export class Writer {
  readonly #connection: WritingConnection;
  #waiting: Waiting[] = [];
  #isRunning = false;
  #run: Promise<void> = Promise.resolve();

  constructor(connection: WritingConnection) {
    this.#connection = connection;
  }

  /** Resolves with what `change` gave when it is on the disk; rejects when nothing of it is. */
  write<T>(change: () => T): Promise<T> {
    const { promise, resolve, reject } = withResolvers<T>();
    let result: { readonly value: T } | undefined;
    this.#waiting.push({
      change: () => {
        result = { value: change() };
      },
      written: () => (result === undefined ? reject(new Error('a change was not run')) : resolve(result.value)),
      failed: reject,
    });
    if (!this.#isRunning) this.#run = this.#writeAll();
    return promise;
  }

  /** Resolves when nothing waits to be written. */
  async idle(): Promise<void> {
    while (this.#isRunning) await this.#run;
  }

  async #writeAll(): Promise<void> {
    this.#isRunning = true;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, MOST_AT_ONCE);
      const error = await this.#transaction(batch);
      if (error === undefined) continue;
      const [only] = batch;
      if (batch.length === 1 && only !== undefined) only.failed(error.cause);
      // One that cannot be written must not take the others with it.
      else for (const one of batch) await this.#alone(one);
    }
    // In the same breath as the look at what waits: what comes afterwards starts another run.
    this.#isRunning = false;
  }

  async #alone(one: Waiting): Promise<void> {
    const error = await this.#transaction([one]);
    if (error !== undefined) one.failed(error.cause);
  }

  /** Undefined when it is on the disk; else nothing of it is. */
  async #transaction(batch: readonly Waiting[]): Promise<{ readonly cause: unknown } | undefined> {
    try {
      await this.#connection.exec('BEGIN IMMEDIATE');
      for (const { change } of batch) change();
      await this.#connection.exec('COMMIT');
    } catch (cause) {
      // SQLite may have rolled back by itself: for a full disk it does.
      await this.#connection.exec('ROLLBACK').catch(() => undefined);
      return { cause };
    }
    for (const { written } of batch) written(undefined);
    return undefined;
  }
}

// Node 20 has no `Promise.withResolvers`.
function withResolvers<T>() {
  let resolve: (value: T) => void = () => undefined;
  let reject: (error: unknown) => void = () => undefined;
  const promise = new Promise<T>((res, rej) => {
    resolve = res;
    reject = rej;
  });
  return { promise, resolve, reject };
}
