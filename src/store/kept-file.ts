/** A file of SQLite that a thread writes: it stays open from one transaction to the next. */
import { statSync } from 'node:fs';

/** A connection, with whatever belongs to it. */
interface KeptConnection {
  readonly database: {
    readonly inTransaction: boolean;
    exec(sql: string): unknown;
    close(): unknown;
  };
}

/** For one thread: the file that was used last is open, until there is another at its path. */
export class KeptFile<C extends KeptConnection> {
  readonly #open: (file: string) => Promise<C>;
  #kept: { readonly file: string; readonly mark: string; readonly connection: C } | undefined;

  constructor(open: (file: string) => Promise<C>) {
    this.#open = open;
  }

  /** The connection to the file. @throws what opening it throws */
  async connectionTo(file: string): Promise<C> {
    const kept = this.#kept;
    if (kept !== undefined && kept.file === file && fileMark(file) === kept.mark) return kept.connection;
    this.close();
    const connection = await this.#open(file);
    this.#kept = { file, mark: fileMark(file), connection };
    return connection;
  }

  /** One change, of all or nothing. After one that failed the file is closed. @throws what opening it or `work` throws */
  async transaction<T>(file: string, work: (connection: C) => T): Promise<T> {
    try {
      const connection = await this.connectionTo(file);
      const { database } = connection;
      database.exec('BEGIN IMMEDIATE');
      try {
        const result = work(connection);
        database.exec('COMMIT');
        return result;
      } catch (error) {
        if (database.inTransaction) database.exec('ROLLBACK');
        throw error;
      }
    } catch (error) {
      this.close();
      throw error;
    }
  }

  close(): void {
    const kept = this.#kept;
    this.#kept = undefined;
    kept?.connection.database.close();
  }
}

/** Tells whether another file has taken the place of one that is open. */
export function fileMark(file: string): string {
  const stat = statSync(file, { bigint: true, throwIfNoEntry: false });
  return stat === undefined ? '' : `${stat.dev} ${stat.ino}`;
}
