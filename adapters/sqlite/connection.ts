/** One connection to a database file: runs one query at a time, off the event loop, until the signal says stop. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { textOfBytes } from '../../src/kit/text/index.ts';
import { type Bindings, type Database, openReadOnly, type RawCell, type RawRows, type RawStatement } from './libsql.ts';

/** A cell as adapters use it: text is decoded; bytes and NULL are undefined. An integer beyond 2^53 is a bigint. */
export type Plain = string | number | bigint | undefined;

/** A prepared query and the names of its columns. */
export interface Prepared {
  readonly columns: readonly string[];
  readonly statement: RawStatement;
}

// The name is reserved here: the parameters of administrators' queries are renamed before they come here.
const LIMIT = 'gateway_limit';
// Cells are made in our own thread, so others get their turn between so many rows.
const ROWS_A_TURN = 200;

/** An open connection. */
export class Connection {
  readonly #database: Database;
  readonly #prepared = new Map<string, Prepared>();
  /** For a database in UTF-16. */
  #decode: ((bytes: Uint8Array) => string) | undefined;

  private constructor(database: Database) {
    this.#database = database;
  }

  /** Opens a file that exists. Throws what the driver throws. */
  static async open(file: string): Promise<Connection> {
    const connection = new Connection(await openReadOnly(file));
    await connection.#readEncoding();
    return connection;
  }

  /** Prepares a query: one SELECT without a semicolon. Proves that its tables and columns exist. */
  async prepare(select: string): Promise<Prepared> {
    const known = this.#prepared.get(select);
    if (known !== undefined) return known;
    const columns = (await this.#database.prepare(select)).columns().map((column) => column.name);
    const statement = await this.#database.prepare(wrapped(select, columns.length));
    const prepared = { columns, statement };
    this.#prepared.set(select, prepared);
    return prepared;
  }

  /**
   * Runs a query and gives its rows one by one, at most `limit` of them. `visit` returns false when it wants no more.
   * Throws what the driver throws; the connection is not fit for use after that.
   */
  async query(
    select: string,
    values: Bindings,
    limit: number | undefined,
    signal: AbortSignal,
    visit: (row: readonly Plain[]) => boolean,
  ): Promise<void> {
    const { statement } = await this.prepare(select);
    // SQLite takes a negative limit as none.
    const rows = await this.#database.run(statement, { ...values, [LIMIT]: BigInt(limit ?? -1) }, signal);
    await this.#visitAll(rows, signal, visit);
  }

  close(): void {
    this.#database.close();
  }

  async #readEncoding(): Promise<void> {
    const statement = await this.#database.prepare('SELECT encoding FROM pragma_encoding');
    const [row] = drain(await statement.iterate({}));
    const encoding = String(row?.[0]);
    if (!/^utf-16/i.test(encoding)) return;
    const decoder = new TextDecoder(encoding);
    this.#decode = (bytes) => decoder.decode(bytes);
  }

  async #visitAll(rows: RawRows, signal: AbortSignal, visit: (row: readonly Plain[]) => boolean): Promise<void> {
    for (let count = 1; ; count += 1) {
      // When this throws, the statement has ended; another step would begin it anew.
      const { value } = rows.next();
      if (value === undefined) return;
      try {
        if (!visit(value.map((cell) => this.#plain(cell)))) return this.#halt(rows);
        if (count % ROWS_A_TURN === 0) await nextTurn();
        signal.throwIfAborted();
      } catch (error) {
        this.#halt(rows);
        throw error;
      }
    }
  }

  /** Ends a statement that has more rows: its lock on the file must go now, not with the garbage. */
  #halt(rows: RawRows): void {
    this.#database.interrupt();
    try {
      drain(rows);
    } catch {
      // It was interrupted, which was the purpose.
    }
  }

  #plain(cell: RawCell): Plain {
    if (cell === null) return undefined;
    if (typeof cell === 'bigint') return Number.isSafeInteger(Number(cell)) ? Number(cell) : cell;
    if (typeof cell === 'number' || typeof cell === 'string') return cell;
    const bytes = cell instanceof ArrayBuffer ? new Uint8Array(cell) : cell;
    if (this.#decode !== undefined) return this.#decode(bytes);
    // Old programs have written Latin-1 into databases that say UTF-8.
    return textOfBytes(bytes);
  }
}

function drain(rows: RawRows): (readonly RawCell[])[] {
  const all: (readonly RawCell[])[] = [];
  for (let row = rows.next(); row.value !== undefined; row = rows.next()) all.push(row.value);
  return all;
}

/** The query so that all its work comes before its first row, and no cell is text or a blob for the driver. */
function wrapped(select: string, width: number): string {
  const names = Array.from({ length: width }, (_, index) => `c${index}`);
  const cells = names.map(
    (name) => `CASE typeof(${name}) WHEN 'text' THEN CAST(${name} AS BLOB) WHEN 'blob' THEN NULL ELSE ${name} END`,
  );
  // The line end closes a comment at the end of the query.
  return `WITH gateway_rows(${names.join(', ')}) AS MATERIALIZED (SELECT * FROM (${select}\n) LIMIT :${LIMIT})
SELECT ${cells.join(', ')} FROM gateway_rows`;
}
