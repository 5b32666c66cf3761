/**
 * What is used of the `libsql` package, and why in this way.
 *
 * - The promise flavour runs a statement up to its first row on a thread of its own; the rest, and the whole of the
 *   plain flavour, runs on ours. So every query is wrapped to put all its work before its first row.
 * - `interrupt()` ends a running query at once, as long as a connection does one thing at a time.
 * - A statement that is garbage is disposed of in our thread, which waits for whatever its connection is doing.
 * - There is no `readonly` option. SQLite's own `file:…?mode=ro` is honoured (https://sqlite.org/uri.html), and does
 *   not create a missing file.
 * - Text that is not valid UTF-8 ends the whole process, so text is fetched as bytes.
 */
import { pathToFileURL } from 'node:url';
import { sqliteLoaded } from '../../src/kit/sql/index.ts';

/** A value that can be bound. Others end the process or lose digits. */
export type Bindable = string | bigint;

/** What is bound to a statement: parameter name without colon → value. */
export type Bindings = Readonly<Record<string, Bindable>>;

/** A cell as the driver gives it in raw mode with safe integers. */
export type RawCell = null | bigint | number | string | Uint8Array | ArrayBuffer;

/** Rows of a running statement. `next` blocks for the time of 100 rows. */
export interface RawRows {
  next(): { readonly done?: boolean; readonly value?: readonly RawCell[] };
}

/** A prepared statement; never run again before the rows of the run before are read to the end. */
export interface RawStatement {
  raw(on: boolean): unknown;
  safeIntegers(on: boolean): unknown;
  columns(): readonly { readonly name: string }[];
  iterate(values: Bindings): Promise<RawRows>;
}

/** What is used of a connection of the driver. */
interface RawDatabase {
  prepare(sql: string): Promise<RawStatement>;
  exec(sql: string): Promise<void>;
  interrupt(): void;
  close(): void;
}

const INTERRUPT_AGAIN_MS = 50;

/** Opens a database file for reading only. The driver is native and is loaded when it is first needed. */
export function openReadOnly(file: string): Promise<Database> {
  // A database attached by a statement would not be read-only by itself.
  return open(file, 'ro', 'PRAGMA query_only = ON; PRAGMA temp_store = FILE');
}

/** Opens a database file that exists for writing. Where the file cannot be written, SQLite opens it for reading. */
export function openWritable(file: string): Promise<Database> {
  // What the schema says of other tables holds for our rows too; SQLite leaves that to each connection.
  return open(file, 'rw', 'PRAGMA foreign_keys = ON');
}

async function open(file: string, mode: 'ro' | 'rw', pragmas: string): Promise<Database> {
  const { default: Libsql } = await sqliteLoaded(import('libsql/promise'));
  const database = new Database(new Libsql(`${pathToFileURL(file).href}?mode=${mode}`, {}));
  await database.exec(pragmas);
  return database;
}

/** An open file. All methods throw what the driver throws. */
export class Database {
  readonly #raw: RawDatabase;
  // None may become garbage while the connection lives: the garbage collector, in our own thread, would wait for the
  // end of the query that is running to dispose of it, and with it the whole process.
  readonly #statements: RawStatement[] = [];

  constructor(raw: RawDatabase) {
    this.#raw = raw;
  }

  async prepare(sql: string): Promise<RawStatement> {
    const statement = await this.#raw.prepare(sql);
    this.#statements.push(statement);
    statement.raw(true);
    statement.safeIntegers(true);
    return statement;
  }

  /** Runs a statement up to its first row, until the signal aborts. */
  async run(statement: RawStatement, values: Bindings, signal: AbortSignal): Promise<RawRows> {
    signal.throwIfAborted();
    let repeat: NodeJS.Timeout | undefined;
    const interrupt = () => {
      this.interrupt();
      // SQLite forgets an interrupt that comes before the statement has begun on its thread.
      repeat = setInterval(() => this.interrupt(), INTERRUPT_AGAIN_MS);
    };
    signal.addEventListener('abort', interrupt, { once: true });
    try {
      return await statement.iterate(values);
    } finally {
      signal.removeEventListener('abort', interrupt);
      clearInterval(repeat);
    }
  }

  /** Runs statements that give no rows. */
  async exec(sql: string): Promise<void> {
    await this.#raw.exec(sql);
  }

  interrupt(): void {
    this.#raw.interrupt();
  }

  close(): void {
    this.#raw.close();
  }
}
