/** Inserting a row into a table of a database file. */
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { SourceError } from '../../src/contract/index.ts';
import { type Insertion, insertText, type SqlWriter } from '../../src/kit/sql/index.ts';
import { codeOf } from '../../src/kit/text/index.ts';
import { asUnsent, Semaphore } from '../../src/kit/wait/index.ts';
import { asSqliteFailure, isBusy } from './failures.ts';
import { type Database, openWritable, type RawCell, type RawStatement } from './libsql.ts';

/** A file has one writer at a time. */
const WRITERS = 1;
const BUSY_PAUSE_MS = 20;

/** A writer whose connections are opened for one row each. */
export function createSqliteWriter(file: string): SqlWriter {
  const semaphore = new Semaphore(WRITERS);
  const inTurn = async <T>(signal: AbortSignal, work: (session: Session) => Promise<T>): Promise<T> => {
    try {
      const release = await semaphore.acquire(signal);
      try {
        const session = await Session.open(file);
        try {
          return await work(session);
        } finally {
          await session.close();
        }
      } finally {
        release();
      }
    } catch (error) {
      // Only a commit whose end nobody knows is one already. Otherwise the end of the connection takes everything back.
      throw error instanceof SourceError ? error : asUnsent(failureOf(error, file, signal));
    }
  };
  return {
    prove: (insertion, signal) => inTurn(signal, (session) => session.prove(insertion)),
    insert: (insertion, signal) =>
      inTurn(signal, async (session) => {
        await session.begin(signal);
        const id = await session.insert(insertion, signal);
        signal.throwIfAborted();
        await session.commit(signal);
        return id;
      }),
    // Whoever has a turn has no commit of anybody else under way.
    async settled(signal) {
      const release = await semaphore.acquire(signal);
      release();
    },
    close: async () => {},
  };
}

class Session {
  readonly #file: string;
  readonly #database: Database;
  #inTransaction = false;

  private constructor(file: string, database: Database) {
    this.#file = file;
    this.#database = database;
  }

  static async open(file: string): Promise<Session> {
    // SQLite would open a file that cannot be written for reading, and make its journal beside it.
    await access(file, constants.R_OK | constants.W_OK);
    await access(dirname(file), constants.W_OK);
    return new Session(file, await openWritable(file));
  }

  /** From here on nobody else writes. */
  async begin(signal: AbortSignal): Promise<void> {
    await this.#patiently('BEGIN IMMEDIATE', signal);
    this.#inTransaction = true;
  }

  /** SQLite compiles the statement, for which there must be the table and its columns. */
  async prove(insertion: Insertion): Promise<void> {
    await this.#statement(insertion);
  }

  async insert(insertion: Insertion, signal: AbortSignal): Promise<string | undefined> {
    const statement = await this.#statement(insertion);
    const values = Object.fromEntries(insertion.values.map((value, index) => [`p${index}`, value]));
    const rows = await this.#database.run(statement, values, signal);
    const { value } = rows.next();
    // The statement is over when there is no further row.
    if (value !== undefined) rows.next();
    return idOf(value?.[0]);
  }

  /**
   * Commits, as soon as readers let it. When that is not before the deadline, nothing was done.
   * @throws {SourceError} that does not say so when the disk failed
   */
  async commit(signal: AbortSignal): Promise<void> {
    try {
      await this.#patiently('COMMIT', signal);
      this.#inTransaction = false;
    } catch (error) {
      if (isBusy(error)) throw error;
      throw new SourceError('unreachable', `${this.#file}: SQLite did not confirm the row`, {
        cause: error,
        remedy: 'see the disk, its free space, and the rights of the file',
      });
    }
  }

  /** Runs a statement as soon as no other program holds the database. */
  async #patiently(sql: string, signal: AbortSignal): Promise<void> {
    for (;;) {
      try {
        return await this.#database.exec(sql);
      } catch (error) {
        if (!isBusy(error) || signal.aborted) throw error;
        await delay(BUSY_PAUSE_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  /** Takes back what is not committed: a connection whose statements are not disposed of yet keeps its locks. */
  async close(): Promise<void> {
    if (this.#inTransaction) await this.#database.exec('ROLLBACK').catch(() => undefined);
    this.#database.close();
  }

  async #statement(insertion: Insertion): Promise<RawStatement> {
    const insert = insertText(insertion, (index) => `:p${index}`);
    return await this.#database.prepare(`${insert} RETURNING ${insertion.key}`);
  }
}

function idOf(cell: RawCell | undefined): string | undefined {
  return typeof cell === 'string' || typeof cell === 'bigint' || typeof cell === 'number' ? String(cell) : undefined;
}

function failureOf(error: unknown, file: string, signal: AbortSignal): unknown {
  const code = codeOf(error);
  if (code === 'EACCES' || code === 'EROFS' || /^SQLITE_(?:READONLY|CANTOPEN)/.test(code)) {
    return new SourceError('unauthorized', `${file} cannot be written by the account of the gateway`, {
      cause: error,
      remedy: 'let that account write the file and its folder, in which SQLite keeps its journal',
      staffWords: 'cannot be written; tell your administrator',
    });
  }
  return asSqliteFailure(error, file, signal);
}
