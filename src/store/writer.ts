/** Changes to the ledger, several in one transaction: the disk is waited for once for all that came meanwhile. */
import type { WritingConnection } from './connections.ts';

/** How transactions begin and end on the connection of a writer. Each rejects when it could not be done. */
export interface Transactions {
  begin(): Promise<void>;
  /** Rejects with {@link OutcomeUnknown} when nobody can say whether it was done. */
  commit(): Promise<void>;
  /** Does nothing where there is no transaction. */
  rollback(): Promise<void>;
  /** Whether the same changes may well succeed when they are tried again at once. */
  readonly isPassing: (error: unknown) => boolean;
}

/** The connection broke while a transaction was to be confirmed: its changes may be there or not, and are not repeated. */
export class OutcomeUnknown extends Error {
  override readonly name = 'OutcomeUnknown';
}

/** Those of SQLite. */
export function sqliteTransactions(connection: Pick<WritingConnection, 'exec'>): Transactions {
  return {
    begin: async () => void (await connection.exec('BEGIN IMMEDIATE')),
    commit: async () => void (await connection.exec('COMMIT')),
    rollback: async () => void (await connection.exec('ROLLBACK')),
    isPassing: () => false,
  };
}

/** Changes that belong together. Runs inside a transaction, perhaps twice: it must change nothing but the database. */
type Change = () => unknown;

interface Waiting {
  readonly change: Change;
  readonly written: () => void;
  readonly failed: (error: unknown) => void;
  /** Whoever asked for it has gone. */
  readonly isWithdrawn: () => boolean;
  /** It is in a transaction: it cannot be withdrawn now. */
  begun: boolean;
}

/** Why a transaction failed. */
interface Failure {
  readonly cause: unknown;
  /** False when it never began: then none of its changes is to blame. */
  readonly began: boolean;
}

// A transaction holds up other processes that write.
const MOST_AT_ONCE = 100;

/** Runs changes one after the other. */
export class Writer {
  readonly #transactions: Transactions;
  #waiting: Waiting[] = [];
  #upkeep: (() => Promise<unknown>) | undefined;
  #isRunning = false;
  #run: Promise<void> = Promise.resolve();

  constructor(transactions: Transactions) {
    this.#transactions = transactions;
  }

  /**
   * Resolves with what `change` gave when it is on the disk; rejects when nothing of it is.
   * @param signal withdraws it as long as it has not begun; then it rejects with the reason
   */
  write<T>(change: () => Promise<T> | T, signal?: AbortSignal): Promise<T> {
    if (signal?.aborted === true) return Promise.reject(signal.reason);
    const { promise, resolve, reject } = withResolvers<T>();
    let result: { readonly value: T } | undefined;
    const withdraw = () => {
      if (one.begun) return;
      this.#waiting = this.#waiting.filter((other) => other !== one);
      one.failed(signal?.reason);
    };
    const ended = () => signal?.removeEventListener('abort', withdraw);
    const one: Waiting = {
      change: async () => {
        result = { value: await change() };
      },
      written: () => {
        ended();
        if (result === undefined) reject(new Error('a change was not run'));
        else resolve(result.value);
      },
      failed: (error) => {
        ended();
        reject(error);
      },
      isWithdrawn: () => signal?.aborted === true,
      begun: false,
    };
    signal?.addEventListener('abort', withdraw);
    this.#waiting.push(one);
    this.#start();
    return promise;
  }

  /** Does something else with the connection, in no transaction, as soon as the one under way has ended. */
  between(upkeep: () => Promise<unknown>): void {
    this.#upkeep = upkeep;
    this.#start();
  }

  /** Resolves when nothing waits to be written. */
  async idle(): Promise<void> {
    while (this.#isRunning) await this.#run;
  }

  #start(): void {
    if (!this.#isRunning) this.#run = this.#writeAll();
  }

  async #writeAll(): Promise<void> {
    this.#isRunning = true;
    while (this.#waiting.length > 0 || this.#upkeep !== undefined) {
      if (this.#upkeep !== undefined) await this.#keepUp();
      else await this.#together(this.#waiting.splice(0, MOST_AT_ONCE));
    }
    // In the same breath as the look at what waits: what comes afterwards starts another run.
    this.#isRunning = false;
  }

  async #keepUp(): Promise<void> {
    const upkeep = this.#upkeep;
    this.#upkeep = undefined;
    // Nobody waits for it; it is asked for again.
    await upkeep?.().catch(() => undefined);
  }

  async #together(batch: readonly Waiting[]): Promise<void> {
    const failure = await this.#transaction(batch);
    if (failure === undefined) return;
    const { began, cause } = failure;
    const isKnown = began && !(cause instanceof OutcomeUnknown);
    if (isKnown && (batch.length > 1 || this.#transactions.isPassing(cause))) await this.#oneByOne(batch);
    else this.#reject(batch, failure);
  }

  /** One that cannot be written must not take the others with it. */
  async #oneByOne(batch: readonly Waiting[]): Promise<void> {
    for (const [index, one] of batch.entries()) {
      const failure = await this.#transaction([one]);
      if (failure === undefined) continue;
      this.#reject([one], failure);
      if (failure.began) continue;
      for (const other of batch.slice(index + 1)) other.failed(failure.cause);
      return;
    }
  }

  #reject(batch: readonly Waiting[], { cause, began }: Failure): void {
    for (const one of batch) one.failed(cause);
    // The next would find the same lock, after the same wait.
    if (!began) for (const one of this.#waiting.splice(0)) one.failed(cause);
  }

  /** Undefined when it is on the disk, except what was withdrawn; else nothing of it is. */
  async #transaction(batch: readonly Waiting[]): Promise<Failure | undefined> {
    let began = false;
    let begun: readonly Waiting[] = [];
    try {
      await this.#transactions.begin();
      began = true;
      begun = batch.filter((one) => !one.isWithdrawn());
      for (const one of begun) one.begun = true;
      for (const { change } of begun) await change();
      await this.#transactions.commit();
    } catch (cause) {
      // SQLite may have rolled back by itself: for a full disk it does.
      await this.#transactions.rollback().catch(() => undefined);
      for (const one of begun) this.#undone(one, cause);
      return { cause, began };
    }
    for (const { written } of begun) written();
    return undefined;
  }

  /** Nothing of it is on the disk, and it may be withdrawn again. */
  #undone(one: Waiting, cause: unknown): void {
    one.begun = false;
    if (one.isWithdrawn()) one.failed(cause);
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
