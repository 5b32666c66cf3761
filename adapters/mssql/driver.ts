/** Runs statements on SQL Server. */
import { closest } from 'fastest-levenshtein';
import type { ConnectionPool } from 'mssql';
import { SourceError, untilAborted } from '../../src/contract/index.ts';
import {
  ConnectionSemaphore,
  quoteTable,
  type Row,
  refuseTwins,
  type SqlDriver,
  type Statement,
  type TableColumn,
} from '../../src/kit/sql/index.ts';
import { inTime } from '../../src/kit/wait/index.ts';
import { isCancelled, isLost, numberOf, timedOut } from './failures.ts';
import { CANCEL_TIMEOUT_MS, type MssqlPool } from './pool.ts';
import { cellOf, type DriverColumn, heldBy, isInteger, isText } from './values.ts';

/** One size for nearly all values, so that the server keeps one plan a query and not one a length. */
const USUAL_LENGTH = 4_000;

/** What {@link MssqlDriver} needs. */
export interface DriverOptions {
  readonly connections: MssqlPool;
  /** At most so many statements at once. */
  readonly size: number;
  /** The server and database, for messages. */
  readonly where: string;
  /** The zone of times that do not say theirs. */
  readonly zone: string;
}

interface Result {
  readonly columns: readonly DriverColumn[];
  readonly rows: readonly (readonly unknown[])[];
}

/** One source's way to its SQL Server. */
export class MssqlDriver implements SqlDriver {
  readonly dialect = 'mssql';
  readonly #connections: MssqlPool;
  readonly #semaphore: ConnectionSemaphore;
  readonly #where: string;
  readonly #zone: string;

  constructor({ connections, size, where, zone }: DriverOptions) {
    this.#connections = connections;
    this.#semaphore = new ConnectionSemaphore(size);
    this.#where = where;
    this.#zone = zone;
  }

  placeholder(index: number): string {
    return `@p${index + 1}`;
  }

  async run(statement: Statement, signal: AbortSignal): Promise<readonly Row[]> {
    const { columns, rows } = await this.#query(statement, signal);
    refuseTwins(columns.map(({ name }) => name));
    const wanted = statement.limit === undefined ? rows : rows.slice(0, statement.limit);
    return wanted.map((row) =>
      Object.fromEntries(columns.map((column, index) => [column.name, cellOf(row[index], column, this.#zone)])),
    );
  }

  async describe(statement: Statement, signal: AbortSignal): Promise<readonly string[]> {
    return (await this.#query(statement, signal)).columns.map(({ name }) => name);
  }

  async columns(table: string, signal: AbortSignal): Promise<readonly TableColumn[]> {
    let columns: readonly DriverColumn[];
    try {
      // No rows, but what they would be: this also serves views and synonyms, and needs no right but SELECT.
      const text = `SELECT TOP (0) * FROM ${quoteTable(table, 'mssql')}`;
      ({ columns } = await this.#query({ text, values: [] }, signal));
    } catch (error) {
      throw isNoTable(error) ? await this.#noTable(table, signal) : error;
    }
    const keys = await this.#keys(table, signal);
    return columns.map((column) => ({
      name: column.name,
      text: isText(column),
      integer: isInteger(column),
      key: keys.has(column.name),
      keyPlace: keys.get(column.name) ?? 0,
      ...heldBy(column, this.#zone),
    }));
  }

  close(): Promise<void> {
    return this.#connections.close();
  }

  async #keys(table: string, signal: AbortSignal): Promise<ReadonlyMap<string, number>> {
    const parts = table.split('.');
    const schema = parts.at(-2);
    const text =
      'SELECT k.COLUMN_NAME AS name, k.ORDINAL_POSITION AS place FROM INFORMATION_SCHEMA.TABLE_CONSTRAINTS AS t ' +
      'JOIN INFORMATION_SCHEMA.KEY_COLUMN_USAGE AS k ' +
      'ON k.CONSTRAINT_NAME = t.CONSTRAINT_NAME AND k.TABLE_SCHEMA = t.TABLE_SCHEMA AND k.TABLE_NAME = t.TABLE_NAME ' +
      `WHERE t.CONSTRAINT_TYPE = 'PRIMARY KEY' AND t.TABLE_NAME = @p1${schema === undefined ? '' : ' AND t.TABLE_SCHEMA = @p2'}`;
    const values = [parts.at(-1) ?? '', ...(schema === undefined ? [] : [schema])];
    try {
      const rows = await this.run({ text, values: values.map((value) => ({ name: 'table', value })) }, signal);
      return new Map(rows.map(({ name, place }) => [String(name), Number(place)]));
    } catch (error) {
      // Others that speak the protocol (Synapse, Babelfish) do not have all of these views.
      if (isNoTable(error)) return new Map();
      throw error;
    }
  }

  async #noTable(table: string, signal: AbortSignal): Promise<SourceError> {
    const text =
      'SELECT TABLE_SCHEMA AS place, TABLE_NAME AS name FROM INFORMATION_SCHEMA.TABLES ORDER BY TABLE_SCHEMA, TABLE_NAME';
    const rows = await this.run({ text, values: [], limit: 1_000 }, signal);
    const names = rows.map(({ place, name }) => (place === 'dbo' ? String(name) : `${place}.${name}`));
    if (names.length === 0) {
      return new SourceError('rejected', `there is no table "${table}", or the login may see none`, {
        remedy: 'run GRANT SELECT ON … TO … in the database, and see database:',
      });
    }
    return new SourceError('rejected', `there is no table or view "${table}"`, {
      remedy: `did you mean "${closest(table, names)}"? There are ${names.slice(0, 50).join(', ')}`,
    });
  }

  async #query(statement: Statement, signal: AbortSignal): Promise<Result> {
    signal.throwIfAborted();
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#attempt(statement, signal);
      } catch (error) {
        // The server was restarted, or a firewall forgot the connection. A read can be repeated.
        if (attempt === 1 && !signal.aborted && isLost(error)) continue;
        if (error instanceof SourceError) throw error;
        throw signal.aborted ? timedOut(this.#where, error) : this.#connections.failureOf(error);
      }
    }
  }

  /** Throws what the driver throws. The place is free when the connection is, which after an abort is a while later. */
  async #attempt(statement: Statement, signal: AbortSignal): Promise<Result> {
    const release = await this.#semaphore.acquire(signal);
    let work: Promise<Result> | undefined;
    try {
      const { default: mssql } = await import('mssql');
      const pool = await this.#connections.open(signal);
      // The driver forgets a cancel that came before its query: from here to the query, nothing may wait.
      signal.throwIfAborted();
      if (!pool.connected) throw new mssql.ConnectionError('Connection is closed.', 'ECONNCLOSED');
      const request = pool.request();
      request.arrayRowMode = true;
      statement.values.forEach(({ value }, index) => {
        request.input(`p${index + 1}`, bindText(mssql, value), value);
      });
      work = request.query(textOf(statement)).then(resultOf);
      const cancel = () => request.cancel();
      signal.addEventListener('abort', cancel, { once: true });
      const watched = this.#watched(work, pool, signal).finally(() => {
        signal.removeEventListener('abort', cancel);
        release();
      });
      watched.catch(() => undefined);
      return await untilAborted(watched, signal);
    } finally {
      if (work === undefined) release();
    }
  }

  /** A pool with a connection that is lost, or that did not let itself be cancelled, is opened anew. */
  async #watched(work: Promise<Result>, pool: ConnectionPool, signal: AbortSignal): Promise<Result> {
    try {
      return await orStuck(work, signal);
    } catch (error) {
      if (isLost(error) || (signal.aborted && !isCancelled(error))) this.#connections.discard(pool);
      throw error;
    }
  }
}

/** The type as which a text is bound. */
export function bindText({ NVarChar, MAX }: Pick<typeof import('mssql'), 'NVarChar' | 'MAX'>, value: string) {
  return value.length > USUAL_LENGTH ? NVarChar(MAX) : NVarChar(USUAL_LENGTH);
}

/** The server stops after so many rows of a query. A procedure would stop in its own statements, too. */
function textOf({ text, limit }: Statement): string {
  return limit === undefined || /^EXEC\b/.test(text) ? text : `SET ROWCOUNT ${Math.trunc(limit)}; ${text}`;
}

/** Like `work`, but rejects when that does not end long after the abort: the connection hangs. */
async function orStuck<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  try {
    return await untilAborted(work, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
    return await inTime(2 * CANCEL_TIMEOUT_MS, work);
  }
}

/** The driver's answer in array mode, of which its types know nothing: the first result of the statement. */
function resultOf(answer: unknown): Result {
  if (!isArrays(answer)) throw new SourceError('bad-response', 'the driver gave an answer that is no list of rows');
  return { rows: answer.recordsets[0] ?? [], columns: answer.columns[0] ?? [] };
}

function isArrays(answer: unknown): answer is { recordsets: Result['rows'][]; columns: Result['columns'][] } {
  if (typeof answer !== 'object' || answer === null) return false;
  return (
    'recordsets' in answer && Array.isArray(answer.recordsets) && 'columns' in answer && Array.isArray(answer.columns)
  );
}

function isNoTable(error: unknown): boolean {
  return error instanceof SourceError && numberOf(error.cause) === 208;
}
