/**
 * What is used of the `libsql` package, and why in this way.
 *
 * - The promise flavour runs a statement up to its first row on a thread of its
 *   own; the rest, and the whole of the plain flavour, runs on ours. So every
 *   query is wrapped to put all its work before its first row.
 * - `interrupt()` ends a running query at once, as long as a connection does one
 *   thing at a time.
 * - A statement that is garbage is disposed of in our thread, which waits for
 *   whatever its connection is doing.
 * - There is no `readonly` option. SQLite's own `file:…?mode=ro` is honoured
 *   (https://sqlite.org/uri.html), and does not create a missing file.
 * - Text that is not valid UTF-8 ends the whole process, so text is fetched as bytes.
 */
import { pathToFileURL } from 'node:url';

/** A value that can be bound. Others end the process or lose digits. */
export type Bindable = string | bigint;

/** A cell as the driver gives it in raw mode with safe integers. */
export type Cell = null | bigint | number | string | Uint8Array | ArrayBuffer;

/** Rows of a running statement. `next` blocks for the time of 100 rows. */
export interface DriverRows {
  next(): { readonly done?: boolean; readonly value?: readonly Cell[] };
}

/** A prepared statement; never run again before the rows of the run before are read to the end. */
export interface DriverStatement {
  raw(on: boolean): unknown;
  safeIntegers(on: boolean): unknown;
  columns(): readonly { readonly name: string }[];
  iterate(values: Readonly<Record<string, Bindable>>): Promise<DriverRows>;
}

/** A connection of the driver. */
export interface DriverDatabase {
  prepare(sql: string): Promise<DriverStatement>;
  exec(sql: string): Promise<void>;
  interrupt(): void;
  close(): void;
}

/** Opens a database file for reading only. The driver is native and is loaded when it is first needed. */
export async function openReadOnly(file: string): Promise<DriverDatabase> {
  const { default: Database } = await import('libsql/promise');
  const database: DriverDatabase = new Database(`${pathToFileURL(file).href}?mode=ro`, {});
  // A database attached by a statement would not be read-only by itself.
  await database.exec('PRAGMA query_only = ON; PRAGMA temp_store = FILE');
  return database;
}

/** Opens a database file that exists for writing. Where the file cannot be written, SQLite opens it for reading. */
export async function openWritable(file: string): Promise<DriverDatabase> {
  const { default: Database } = await import('libsql/promise');
  const database: DriverDatabase = new Database(`${pathToFileURL(file).href}?mode=rw`, {});
  // What the schema says of other tables holds for our rows too; SQLite leaves that to each connection.
  await database.exec('PRAGMA foreign_keys = ON');
  return database;
}
