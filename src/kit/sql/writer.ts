/**
 * Writing one row to a database server: on a connection of its own, never one that lookups use, in a transaction of its
 * own, and never twice. What is not committed is undone by the server, so only a commit without an answer is unclear.
 */
import { SourceError, surelyNotDone, untilAborted } from '../../contract/index.ts';
import { asUnsent } from '../wait/index.ts';
import type { Insertion } from './insertion.ts';
import { ConnectionSemaphore } from './semaphore.ts';

/** What writes rows into one database. */
export interface SqlWriter {
  /** Proves that the account may insert such a row, without inserting it. @throws {SourceError} */
  prove(insertion: Insertion, signal: AbortSignal): Promise<void>;
  /**
   * Inserts a row, once.
   * @returns the value of the key column as text; undefined when the database does not tell it
   * @throws {SourceError} `unsent` or of a kind that says no when there is surely no row
   */
  insert(insertion: Insertion, signal: AbortSignal): Promise<string | undefined>;
  /** Waits until the server has ended what was given up: from then on it is there, or it never will be. */
  settled(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** A connection that is logged in, in a transaction. Its methods throw {@link SourceError}. */
export interface WriteSession {
  /** Whether a row that was not committed is undone for sure. MySQL has tables that know no transactions. */
  readonly undoes: boolean;
  prove(insertion: Insertion): Promise<void>;
  insert(insertion: Insertion): Promise<string | undefined>;
  commit(): Promise<void>;
  /** Ends it; what was not committed is undone. For a server that answers. Never rejects. */
  close(): Promise<void>;
  /** Ends what may be under way, on the server too, and settles when it has ended there or nobody can know. Never rejects. */
  abandon(): Promise<void>;
}

/** What differs from system to system. */
export interface WriterOptions {
  /** The server, for messages. */
  readonly where: string;
  /** @throws {SourceError} that says why there is no connection; anything when the signal aborts, after which nothing stays open */
  open(signal: AbortSignal): Promise<WriteSession>;
  /** What else is to be closed. */
  close?(): Promise<void>;
}

/** Pushes are rare, and each opens a connection: more at once would only crowd out the lookups. */
const WRITERS = 4;

/** A writer on sessions of a server. */
export function createServerWriter(options: WriterOptions): SqlWriter {
  return new ServerWriter(options);
}

class ServerWriter implements SqlWriter {
  readonly #options: WriterOptions;
  readonly #semaphore = new ConnectionSemaphore(WRITERS);
  readonly #endings = new Set<Promise<void>>();

  constructor(options: WriterOptions) {
    this.#options = options;
  }

  async prove(insertion: Insertion, signal: AbortSignal): Promise<void> {
    await this.#inTurn(signal, (session) => this.#step(true, signal, () => session.prove(insertion)));
  }

  async insert(insertion: Insertion, signal: AbortSignal): Promise<string | undefined> {
    return await this.#inTurn(signal, async (session) => {
      const id = await this.#step(session.undoes, signal, () => session.insert(insertion));
      await this.#step(false, signal, () => session.commit());
      return id;
    });
  }

  async settled(signal: AbortSignal): Promise<void> {
    await untilAborted(Promise.all(this.#endings), signal);
  }

  async close(): Promise<void> {
    await Promise.all(this.#endings);
    await this.#options.close?.();
  }

  /** @param isSure whether nothing can stay of a step that failed */
  async #step<T>(isSure: boolean, signal: AbortSignal, step: () => Promise<T>): Promise<T> {
    if (signal.aborted) throw this.#late(signal, true);
    try {
      return await untilAborted(step(), signal);
    } catch (error) {
      if (signal.aborted && !surelyNotDone(error)) throw this.#late(signal, isSure);
      throw isSure ? asUnsent(error) : error;
    }
  }

  /** The place is free again when the connection has ended, also on the server. */
  async #inTurn<T>(signal: AbortSignal, work: (session: WriteSession) => Promise<T>): Promise<T> {
    const release = await this.#unsent(signal, () => this.#semaphore.acquire(signal));
    let ending: Promise<void> = Promise.resolve();
    try {
      const session = await this.#unsent(signal, () => this.#options.open(signal));
      try {
        const result = await work(session);
        ending = session.close();
        return result;
      } catch (error) {
        ending = !signal.aborted && saidNo(error) ? session.close() : session.abandon();
        throw error;
      }
    } finally {
      const ended = ending.finally(() => {
        this.#endings.delete(ended);
        release();
      });
      this.#endings.add(ended);
    }
  }

  async #unsent<T>(signal: AbortSignal, step: () => Promise<T>): Promise<T> {
    try {
      return await step();
    } catch (error) {
      if (signal.aborted && !(error instanceof SourceError)) throw this.#late(signal, true);
      throw asUnsent(error);
    }
  }

  #late({ reason }: AbortSignal, unsent: boolean): SourceError {
    const what = unsent ? 'did not take the row in time; it was taken back' : 'did not confirm the row in time';
    return new SourceError('timeout', `${this.#options.where} ${what}`, {
      cause: reason,
      remedy: 'look for locks on the table, and for triggers that take long',
      unsent,
    });
  }
}

/** Whether the server answered, so that the connection is as good as before. */
function saidNo(error: unknown): boolean {
  return error instanceof SourceError && error.kind !== 'unreachable' && surelyNotDone(error);
}
