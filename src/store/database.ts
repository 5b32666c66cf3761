/**
 * The file of the ledger, as SQLite opens it.
 *
 * What is changed goes through the promise flavour of `libsql`, whose BEGIN and COMMIT run on a thread of their own:
 * waiting for another process and for the disk does not hold up lookups. What is read goes through a second connection
 * in the plain flavour: reads are short, and in WAL mode nobody blocks them.
 *
 * Never bound: booleans (they end the process) and texts with NUL (they are cut there); JSON has neither.
 */

import { statSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { sqliteLoaded } from '../kit/sqlite/index.ts';
import type { Bindable, PreparedStatement, ReadingConnection, WritingConnection } from './connections.ts';
import { makeOwnFile } from './folder.ts';
import { isOlder, type Migration, prepareSchema } from './schema.ts';
import { isUnwritable, refuseOther, storeTrouble } from './trouble.ts';

/** Both connections to one file. */
export interface OpenDatabase {
  readonly writing: WritingConnection;
  readonly reading: ReadingConnection;
  /** What had to be done with a file of an older gateway. */
  readonly migration: Migration | undefined;
}

/** Another process writes for some milliseconds; one that is stopped in a debugger must not stop us. */
export const BUSY_TIMEOUT_MS = 3_000;

/** A burst of large pushes leaves a long write-ahead log: what is more than this is cut when the log begins anew. */
const MOST_LOG_BYTES = 16 * 1024 * 1024;

/**
 * Opens the file, and makes it, with its folder, where there is none; only the
 * owner may read it. What was confirmed survives a loss of power.
 * @throws {UserError} when it cannot be used: where, why and what to do
 */
export async function openDatabase(file: string): Promise<OpenDatabase> {
  const opened: { close(): unknown }[] = [];
  try {
    makeFile(file);
    const { default: Promised } = await sqliteLoaded(import('libsql/promise'));
    const { default: Plain } = await sqliteLoaded(import('libsql'));
    const address = pathToFileURL(file).href;
    const writing: WritingConnection = new Promised(address, {});
    opened.push(writing);
    // secure_delete: what is removed from the ledger is overwritten in the file, too, when the write-ahead log is emptied.
    await writing.exec(
      `PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;
       PRAGMA journal_size_limit = ${MOST_LOG_BYTES}`,
    );
    const migration = await prepareSchema(writing, file);
    const plain = new Plain(address, {});
    opened.push(plain);
    return { writing, reading: readingOf(plain), migration };
  } catch (error) {
    for (const connection of opened) connection.close();
    throw storeTrouble(file, error);
  }
}

/**
 * Opens a file that is there, to look only: also while another process writes, and on a disk that cannot be written.
 * One of an older gateway is brought to this version first.
 * @throws {UserError} when it cannot be used: where, why and what to do
 */
export async function openToRead(file: string): Promise<ReadingConnection> {
  try {
    refuseOther(file);
    const seen = await readOnly(file, 'mode=ro').catch((error: unknown) => {
      if (!isAtRest(file) || !isUnwritable(error)) throw error;
      // SQLite cannot put its own files beside it, and need not: nobody writes (https://sqlite.org/wal.html#readonly).
      return readOnly(file, 'immutable=1');
    });
    if (seen !== 'older') return seen;
    const { writing, reading } = await openDatabase(file);
    writing.close();
    return reading;
  } catch (error) {
    throw storeTrouble(file, error);
  }
}

/** @param how a parameter of SQLite's file addresses (https://sqlite.org/uri.html) */
async function readOnly(file: string, how: string): Promise<ReadingConnection | 'older'> {
  const { default: Plain } = await sqliteLoaded(import('libsql'));
  const address = pathToFileURL(file);
  address.search = how;
  const plain = new Plain(address.href, {});
  try {
    const reading = readingOf(plain);
    if (!isOlder(reading, file)) return reading;
  } catch (error) {
    plain.close();
    throw error;
  }
  plain.close();
  return 'older';
}

interface PlainConnection {
  prepare(sql: string): PreparedStatement & { all(...values: Bindable[]): unknown[] };
  exec(sql: string): unknown;
  close(): unknown;
}

function readingOf(plain: PlainConnection): ReadingConnection {
  plain.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}; PRAGMA query_only = ON`);
  return { prepare: (sql) => plain.prepare(sql), close: () => plain.close() };
}

/** Whether all of the ledger is in its one file: it was closed, and nobody uses it. */
function isAtRest(file: string): boolean {
  return (statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0) === 0;
}

function makeFile(file: string): void {
  refuseOther(file);
  makeOwnFile(file);
}
