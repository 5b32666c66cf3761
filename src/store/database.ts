/**
 * The file of the ledger, as SQLite opens it.
 *
 * What is changed goes through the promise flavour of `libsql`, whose BEGIN and
 * COMMIT run on a thread of their own: waiting for another process and for the
 * disk does not hold up lookups. What is read goes through a second connection
 * in the plain flavour: reads are short, and in WAL mode nobody blocks them.
 *
 * Never bound: booleans (they end the process) and texts with NUL (they are cut
 * there); JSON has neither.
 */
import { chmodSync, closeSync, existsSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { UserError } from '../gateway/errors.ts';
import { prepareSchema } from './schema.ts';

/** What can be bound. */
export type Bindable = string | number | null;

/** A row by the names of its columns. */
export type DatabaseRow = Readonly<Record<string, unknown>>;

/** A prepared statement. */
export interface Statement {
  get(...values: Bindable[]): unknown;
  run(...values: Bindable[]): { readonly changes: number };
}

/** A connection that changes: `exec` runs off the event loop. */
export interface WritingConnection {
  prepare(sql: string): Promise<Statement>;
  exec(sql: string): Promise<unknown>;
  close(): void;
}

/** A connection that reads. */
export interface ReadingConnection {
  prepare(sql: string): Statement & { all(...values: Bindable[]): unknown[] };
  close(): unknown;
}

/** Both connections to one file. */
export interface OpenDatabase {
  readonly writing: WritingConnection;
  readonly reading: ReadingConnection;
}

/** Another process writes for some milliseconds; one that is stopped in a debugger must not stop us. */
const BUSY_TIMEOUT_MS = 3_000;

const OWNER_ONLY = 0o600;

/**
 * Opens the file, and makes it, with its folder, where there is none; only the
 * owner may read it. What was confirmed survives a loss of power.
 * @throws {UserError} when it cannot be used: where, why and what to do
 */
export async function openDatabase(file: string): Promise<OpenDatabase> {
  const opened: { close(): unknown }[] = [];
  try {
    makeFile(file);
    const { default: Promised } = await import('libsql/promise');
    const { default: Plain } = await import('libsql');
    const address = pathToFileURL(file).href;
    const writing: WritingConnection = new Promised(address, {});
    opened.push(writing);
    // secure_delete: what is removed from the ledger is removed from the file too.
    await writing.exec(
      `PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON`,
    );
    await prepareSchema(writing, file);
    const plain = new Plain(address, {});
    opened.push(plain);
    plain.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}; PRAGMA query_only = ON`);
    const reading = { prepare: (sql: string) => plain.prepare<Bindable[]>(sql), close: () => plain.close() };
    return { writing, reading };
  } catch (error) {
    for (const connection of opened) connection.close();
    throw storeError(file, error);
  }
}

function makeFile(file: string): void {
  makeFolder(dirname(file));
  // Never opened here when it is there: closing it would end the locks that this process has on it.
  if (!existsSync(file)) closeSync(openSync(file, 'a', OWNER_ONLY));
  else if (process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0) chmodSync(file, OWNER_ONLY);
}

/** Not `recursive: true`, which never ends below `/proc` and its like (Node 20 to 24). */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  mkdirSync(folder, { mode: 0o700 });
}

/** Why the file cannot be used and what to do. */
export function storeError(file: string, error: unknown): UserError {
  return error instanceof UserError ? error : new UserError(unusable(file, error));
}

function unusable(file: string, error: unknown): string {
  const problem = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return `the store ${file} cannot be used: ${problem}; ${REMEDIES[code] ?? REMEDIES['default']}`;
}

const REMEDIES: Readonly<Record<string, string>> = {
  ENOENT: 'name a file in a folder that can be made in store.file',
  EACCES: 'let the account of the gateway write to that folder, or name another file in store.file',
  EPERM: 'let the account of the gateway own that file, or name another file in store.file',
  EROFS: 'name a file on a disk that can be written in store.file',
  ENOSPC: 'free some space on the disk',
  ENOTDIR: 'a part of the path is a file; name another file in store.file',
  EISDIR: 'that is a folder; name a file in store.file',
  SQLITE_NOTADB: 'that is no database of the gateway; name another file in store.file',
  SQLITE_CORRUPT: 'the file is damaged; restore it from a copy, or move it away: a new one is made',
  SQLITE_FULL: 'free some space on the disk',
  SQLITE_BUSY: 'another program keeps it locked; end that program',
  SQLITE_READONLY: 'let the account of the gateway write to that file and its folder',
  default: 'see that the account of the gateway can write to that file and its folder',
};
