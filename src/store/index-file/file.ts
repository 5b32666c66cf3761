/**
 * The file of the index: a copy of what sources list, which can be made again at any time. So a damaged file, or one of
 * an older version, is removed and made anew; and a loss of power may cost the last batches, which are listed again.
 */
import { existsSync, rmSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { StoreError, UserError } from '../../contract/index.ts';
import { sqliteLoaded } from '../../kit/sqlite/index.ts';
import { applicationMark } from '../application.ts';
import { makeOwnFile } from '../folder.ts';
import { type NamedFile, refuseOther } from '../trouble.ts';

/** A statement of SQLite: rows are objects by the names of their columns. */
export interface IndexStatement {
  run(...bound: readonly unknown[]): { readonly changes: number };
  get(...bound: readonly unknown[]): unknown;
  all(...bound: readonly unknown[]): unknown[];
}

/** An open file, as `libsql` has it. Synchronous: whoever writes does so in a thread of its own. */
export interface IndexDatabase {
  prepare(sql: string): IndexStatement;
  exec(sql: string): unknown;
  close(): unknown;
  readonly inTransaction: boolean;
}

const INDEX: NamedFile = { called: 'the index', key: 'store.index' };
/** Told to SQLite's tools: "HSgx". */
const APPLICATION_ID = 0x48536778;
/** Another one where its words are made otherwise, too. */
const VERSION = 5;
/** What a file of this version says of itself. */
export const INDEX_MARK = { application: APPLICATION_ID, version: VERSION } as const;
/** Other gateways of the machine write for some milliseconds; who waits longer keeps a thread from work that staff wait for. */
const BUSY_TIMEOUT_MS = 1_000;
/** Bytes. With 4,096 building takes a twentieth longer, and the file is larger. */
const PAGE_BYTES = 8_192;
/** Kibibytes of the file that a connection holds in memory. */
const CACHE_KIB = 8_192;
const MOST_LOG_BYTES = 16 * 1024 * 1024;

/**
 * `plan`: what the settings say of the source; with another one its index is another. `fields`: names of the values of a
 * record, by place; `searched`: the fields that are searched, by the numbers in their words; both as JSON. `run`: the run under way, as JSON. Times in milliseconds since 1970: `fresh_at` when the
 * last run that ended well began, `full_at` the last through everything. `held`: so many records the last full run would
 * have removed, and did not. `owner`, `owned_until`: the gateway that follows. The rest is of an index that gateways of several
 * machines share ({@link SHARING}).
 */
const SCHEMA = `
  CREATE TABLE sources (
    seq INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    plan TEXT NOT NULL,
    fields TEXT NOT NULL DEFAULT '[]',
    searched TEXT NOT NULL DEFAULT '[]',
    records INTEGER NOT NULL DEFAULT 0,
    left_out INTEGER NOT NULL DEFAULT 0,
    run TEXT,
    mark TEXT,
    fresh_at INTEGER,
    full_at INTEGER,
    held INTEGER NOT NULL DEFAULT 0,
    may_remove INTEGER NOT NULL DEFAULT 0,
    problem TEXT,
    owner TEXT NOT NULL DEFAULT '',
    owned_until INTEGER NOT NULL DEFAULT 0,
    generation TEXT NOT NULL DEFAULT '',
    version INTEGER NOT NULL DEFAULT 0,
    follower TEXT
  ) STRICT;
  PRAGMA application_id = ${APPLICATION_ID};
  PRAGMA user_version = ${VERSION};
`;

/**
 * Columns that a file of this version may lack. `generation`: of which shared copy the index is, '': of none; `version`: it has all
 * that was written there until then; `follower`: what the gateway is called that follows for all.
 */
const SHARING = ["generation TEXT NOT NULL DEFAULT ''", 'version INTEGER NOT NULL DEFAULT 0', 'follower TEXT'].map(
  (column) => `ALTER TABLE sources ADD COLUMN ${column};`,
);

/**
 * Opens the file to write, and makes it where there is none, or none that can be used; only the owner may read it.
 * @throws {UserError} when there is something else at the path, or nothing can be made there
 */
export async function openIndexFile(file: string): Promise<IndexDatabase> {
  const { default: Plain } = await sqliteLoaded(import('libsql'));
  refuseOther(file, INDEX);
  try {
    makeOwnFile(file);
    return prepared(new Plain(file, {}), file);
  } catch (error) {
    if (!(error instanceof Unusable) && !isDamaged(error)) throw asStoreError(file, error);
  }
  removeIndexFile(file);
  try {
    makeOwnFile(file);
    return prepared(new Plain(file, {}), file);
  } catch (error) {
    throw asStoreError(file, error);
  }
}

/** Nothing is lost with it: it is made anew, and filled by the next runs. */
export function removeIndexFile(file: string): void {
  for (const ending of ['', '-wal', '-shm']) rmSync(file + ending, { force: true });
}

/** A file of an older gateway, to be made anew. */
class Unusable extends Error {}

function prepared(database: IndexDatabase, file: string): IndexDatabase {
  try {
    database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}; PRAGMA page_size = ${PAGE_BYTES}; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
      PRAGMA secure_delete = ON; PRAGMA cache_size = -${CACHE_KIB}; PRAGMA journal_size_limit = ${MOST_LOG_BYTES}`);
    const { application, version, tables } = applicationMark(database);
    if (application === APPLICATION_ID && version === VERSION) return withSharing(database);
    if (application !== 0 && application !== APPLICATION_ID) throw foreign(file);
    if (application === 0 && tables > 0) throw foreign(file);
    // While a gateway is replaced by a newer one both run: each would remove what the other has made, again and again.
    if (application === APPLICATION_ID && version > VERSION) throw newer(file, version);
    if (application === APPLICATION_ID) throw new Unusable();
    database.exec('BEGIN IMMEDIATE');
    // Another gateway may have been faster.
    if (applicationMark(database).application === 0) database.exec(SCHEMA);
    database.exec('COMMIT');
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function withSharing(database: IndexDatabase): IndexDatabase {
  const isThere = () => database.prepare("SELECT 1 FROM pragma_table_info('sources') WHERE name = 'follower'").get();
  if (isThere() !== undefined) return database;
  database.exec('BEGIN IMMEDIATE');
  if (isThere() === undefined) database.exec(SHARING.join(' '));
  database.exec('COMMIT');
  return database;
}

function newer(file: string, version: number): StoreError {
  const numbers = `its version is ${version}, this one knows ${VERSION}`;
  const remedy = 'install that gateway again, or remove the file: it is made anew';
  return new StoreError('unusable', `the index ${file} was written by a newer gateway (${numbers}); ${remedy}`);
}

function foreign(file: string): UserError {
  return new UserError(`${file} is a database of something else; name another file in store.index`);
}

/** Whether SQLite says that the file cannot be read: https://sqlite.org/rescode.html */
export function isDamaged(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false;
  // Where the tables of FTS5 are damaged it says no more than that.
  return /^SQLITE_(CORRUPT|NOTADB)/.test(String(error.code)) || error.message.includes('vtable constructor failed');
}

/** What goes wrong with the file is no failure of a source, and no bug. */
export function asStoreError(file: string, error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof UserError) return error;
  const code = 'code' in error ? String(error.code) : '';
  if (/^SQLITE_(BUSY|LOCKED)/.test(code)) {
    return new StoreError('busy', `the index ${file} is used by another program just now`, error);
  }
  if (isDamaged(error) || /^(SQLITE_(FULL|IOERR|READONLY|CANTOPEN|PERM|AUTH)|E[A-Z]+$)/.test(code)) {
    const remedy = isDamaged(error) ? 'it is made anew by the next run' : 'see to the disk and its rights';
    return new StoreError('unusable', `the index ${file} cannot be used: ${error.message}; ${remedy}`, error);
  }
  return error;
}

/** Opens the file to look only; undefined where there is none yet, or none of this version. */
export async function openIndexToRead(file: string): Promise<IndexDatabase | undefined> {
  if (!existsSync(file)) return undefined;
  refuseOther(file, INDEX);
  const { default: Plain } = await sqliteLoaded(import('libsql'));
  const address = pathToFileURL(file);
  address.search = 'mode=ro';
  let database: IndexDatabase | undefined;
  try {
    database = new Plain(address.href, {});
    database.exec(`PRAGMA busy_timeout = 200; PRAGMA query_only = ON; PRAGMA cache_size = -${CACHE_KIB}`);
    const { application, version } = applicationMark(database);
    if (application === APPLICATION_ID && version === VERSION) return database;
    database.close();
    return undefined;
  } catch (error) {
    database?.close();
    if (isDamaged(error)) return undefined;
    throw asStoreError(file, error);
  }
}

/** Of a file that {@link openIndexToRead} does not take: `foreign` is not one of ours at all; false: it cannot be read. */
export async function isOfAnotherVersion(file: string): Promise<'older' | 'newer' | 'foreign' | false> {
  const { default: Plain } = await sqliteLoaded(import('libsql'));
  const address = pathToFileURL(file);
  address.search = 'mode=ro';
  let database: IndexDatabase | undefined;
  try {
    database = new Plain(address.href, {});
    const { application, version } = applicationMark(database);
    if (application !== APPLICATION_ID) return 'foreign';
    return version === VERSION ? false : version > VERSION ? 'newer' : 'older';
  } catch {
    return false;
  } finally {
    database?.close();
  }
}
