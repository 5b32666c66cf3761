/** Transactions on the file of the index, and who may change the index of a source. In a worker thread. */
import { KeptFile } from '../kept-file.ts';
import {
  asStoreError,
  type IndexDatabase,
  type IndexStatement,
  isDamaged,
  openIndexFile,
  removeIndexFile,
} from './file.ts';
import { type SourceRow, sourceRow } from './rows.ts';

/** Which index, and who writes. */
export interface IndexWriter {
  readonly file: string;
  readonly source: string;
  /** A name of the process that no other has. */
  readonly owner: string;
}

/** After so long another gateway takes over from one that says nothing. Milliseconds. */
export const OWNED_MS = 20_000;
/** Another process follows the source by now, or the index was emptied by hand. */
export class NotOwner extends Error {}

/** Of some sources, with inserts of every number of rows. */
const MOST_STATEMENTS = 1_000;

/**
 * An open file whose statements are made once: each transaction has some twenty, and what one takes outside of V8 is given
 * back only when V8 collects all that is old, which a thread that writes hardly ever does.
 */
class KeptStatements implements IndexDatabase {
  readonly #database: IndexDatabase;
  readonly #statements = new Map<string, IndexStatement>();

  constructor(database: IndexDatabase) {
    this.#database = database;
  }

  get inTransaction(): boolean {
    return this.#database.inTransaction;
  }

  prepare(sql: string): IndexStatement {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    if (this.#statements.size >= MOST_STATEMENTS) this.#statements.clear();
    const made = this.#database.prepare(sql);
    this.#statements.set(sql, made);
    return made;
  }

  exec(sql: string): void {
    this.#database.exec(sql);
  }

  close(): void {
    this.#statements.clear();
    this.#database.close();
  }
}

const kept = new KeptFile(async (file) => ({ database: new KeptStatements(await openIndexFile(file)) }));

/** One change, of all or nothing. @throws {UserError} when the file cannot be used */
export async function transaction<T>(file: string, work: (database: IndexDatabase) => T): Promise<T> {
  try {
    return await kept.transaction(file, ({ database }) => work(database));
  } catch (error) {
    if (isDamaged(error)) removeIndexFile(file);
    throw asStoreError(file, error);
  }
}

/** The same for what only the process does that follows. @returns undefined when another follows */
export async function asOwner<T>(
  writer: IndexWriter,
  work: (database: IndexDatabase, row: SourceRow) => T,
): Promise<T | undefined> {
  try {
    return await transaction(writer.file, (database) => work(database, own(database, writer)));
  } catch (error) {
    if (error instanceof NotOwner) return undefined;
    throw error;
  }
}

/** @throws {NotOwner} when there is none */
export function readRow(database: IndexDatabase, source: string): SourceRow {
  const row = database.prepare('SELECT * FROM sources WHERE name = ?').get(source);
  if (row === undefined) throw new NotOwner('the index was removed');
  return sourceRow(row);
}

/** The state, for its owner, who says with it that he lives. */
function own(database: IndexDatabase, { source, owner }: IndexWriter): SourceRow {
  const { changes } = database
    .prepare('UPDATE sources SET owned_until = ? WHERE name = ? AND owner = ?')
    .run(Date.now() + OWNED_MS, source, owner);
  if (changes === 0) throw new NotOwner('another gateway follows the source by now');
  return readRow(database, source);
}

/**
 * Puts what was removed out of the file, where the log of SQLite still covers it. As far as nobody reads just now; otherwise
 * the next one who writes does it.
 */
export async function emptyLog(file: string): Promise<void> {
  const { database } = await kept.connectionTo(file);
  database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').all();
}
