/** The one place that knows the driver: here the library of SQLite, in its place that of your database. */
import { access } from 'node:fs/promises';
import { SourceError } from 'helpspot-gateway/contract';
import { messageOf } from 'helpspot-gateway/kit/text';
import type Libsql from 'libsql';

/** One row: column → value. */
export type Row = Readonly<Record<string, unknown>>;

/** A database that is connected with the first call. */
export class Database {
  readonly #file: string;
  #connection: Promise<Libsql.Database> | undefined;

  constructor(file: string) {
    this.#file = file;
  }

  /**
   * Runs one statement. Values are bound, and never part of its text.
   * @throws {SourceError} with the kind of what the database says; the reason of the signal
   */
  async all(sql: string, values: readonly (string | number | null)[], signal: AbortSignal): Promise<readonly Row[]> {
    signal.throwIfAborted();
    const connection = await this.#connected();
    try {
      // This driver computes in this process. Of a server, a call that waits goes through `withClient` of
      // helpspot-gateway/kit/wait, and connections that are kept through `KeptConnections`.
      return connection
        .prepare(sql)
        .all(...values)
        .map((row) => ({ ...Object(row) }));
    } catch (cause) {
      throw failureOf(cause);
    }
  }

  async close(): Promise<void> {
    const connection = await this.#connection?.catch(() => undefined);
    connection?.close();
  }

  #connected(): Promise<Libsql.Database> {
    // What failed is tried again by the next call.
    this.#connection ??= connect(this.#file).catch((error: unknown) => {
      this.#connection = undefined;
      throw error;
    });
    return this.#connection;
  }
}

async function connect(file: string): Promise<Libsql.Database> {
  await access(file).catch((cause: unknown) => {
    throw new SourceError('unreachable', `${file} cannot be read`, {
      ...{ cause, remedy: 'check "file", and who may read it' },
      ...{ unsent: true, staffWords: 'cannot be read; tell your administrator' },
    });
  });
  // Whoever does not use this adapter does not load its library.
  const { default: Connection } = await import('libsql');
  return new Connection(file);
}

/** What an error of the driver means: an entry for each that you know. */
const MEANINGS: readonly (readonly [pattern: RegExp, kind: SourceError['kind'], remedy: string])[] = [
  [/no such (?:table|column)/, 'rejected', 'check "table", and the columns that the adapter reads'],
  [/database is locked/, 'busy', 'find out which other program writes for so long'],
];

function failureOf(cause: unknown): SourceError {
  const said = messageOf(cause);
  const [, kind, remedy] = MEANINGS.find(([pattern]) => pattern.test(said)) ?? [
    /./,
    'bad-response',
    'see what it says',
  ];
  return new SourceError(kind, `My system said: ${said}`, { cause, remedy });
}
