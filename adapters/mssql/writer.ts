/** Inserting a row into a table of SQL Server. */
import type { ConnectionPool, Request, Transaction } from 'mssql';
import { SourceError, untilAborted } from '../../src/contract/index.ts';
import {
  createServerWriter,
  type Insertion,
  insertText,
  type SqlWriter,
  type WriteSession,
} from '../../src/kit/sql/index.ts';
import { inTime } from '../../src/kit/wait/index.ts';
import { bindText } from './driver.ts';
import type { ErrorWords } from './error-words.ts';
import { isLost, numberOf } from './failures.ts';
import { CANCEL_TIMEOUT_MS, type MssqlPool } from './pool.ts';

/** Where rows are written to. */
export interface WriteServer {
  /** Not those of the lookups, which may lead to a readable copy. */
  readonly connections: MssqlPool;
  /** For messages. */
  readonly where: string;
  /** The login, for messages. */
  readonly user: string;
}

/** A writer on a pool of its own, which it closes. */
export function createMssqlWriter(server: WriteServer): SqlWriter {
  return createServerWriter({
    where: server.where,
    open: (signal) => openSession(server, signal),
    close: () => server.connections.close(),
  });
}

/** A rollback, or the end of a statement that is cancelled, comes within this time, or the connection hangs. */
const END_TIMEOUT_MS = CANCEL_TIMEOUT_MS + 2_000;
const GUID = /^[\dA-F]{8}(?:-[\dA-F]{4}){3}-[\dA-F]{12}$/;

async function openSession(server: WriteServer, signal: AbortSignal): Promise<Session> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await begin(server, signal);
    } catch (error) {
      // The server was restarted since the last push: nothing was sent yet, so a new connection may serve.
      if (attempt > 1 || signal.aborted || !isLost(error)) throw server.connections.failureOf(error);
    }
  }
}

async function begin(server: WriteServer, signal: AbortSignal): Promise<Session> {
  const { default: mssql } = await import('mssql');
  const pool = await server.connections.open(signal);
  const transaction = new mssql.Transaction(pool);
  // Whoever asks in it hears of it.
  transaction.on('error', () => undefined);
  const begun = transaction.begin();
  try {
    await untilAborted(begun, signal);
  } catch (error) {
    if (signal.aborted) void ended(transaction, begun, server, pool);
    else server.connections.discard(pool);
    throw error;
  }
  return new Session(server, pool, transaction);
}

class Session implements WriteSession {
  readonly undoes = true;
  readonly #server: WriteServer;
  readonly #pool: ConnectionPool;
  readonly #transaction: Transaction;
  #request: Request | undefined;
  #running: Promise<unknown> = Promise.resolve();
  #isOpen = true;

  constructor(server: WriteServer, pool: ConnectionPool, transaction: Transaction) {
    this.#server = server;
    this.#pool = pool;
    this.#transaction = transaction;
  }

  async prove(insertion: Insertion): Promise<void> {
    const { table } = insertion;
    // https://learn.microsoft.com/sql/t-sql/functions/has-perms-by-name-transact-sql
    const may = await this.#query("SELECT HAS_PERMS_BY_NAME(@p1, 'OBJECT', 'INSERT') AS id", [table], table);
    if (may === 1) return;
    const { where, user } = this.#server;
    throw new SourceError('unauthorized', `${where} does not let the login insert into ${table}`, {
      remedy: `run GRANT SELECT, INSERT ON ${table} TO [${user}] in the database`,
    });
  }

  async insert(insertion: Insertion): Promise<string | undefined> {
    const { table, key, values } = insertion;
    // SCOPE_IDENTITY() knows identity columns only; OUTPUT without INTO is refused where there are triggers.
    // https://learn.microsoft.com/sql/t-sql/queries/output-clause-transact-sql
    const output = `OUTPUT CONVERT(nvarchar(4000), INSERTED.${key}) INTO @gateway_made (id) `;
    const insert = insertText(insertion, (index) => `@p${index + 1}`, output);
    const text = `SET NOCOUNT ON; DECLARE @gateway_made TABLE (id nvarchar(4000)); ${insert}; SELECT id FROM @gateway_made`;
    const id = await this.#query(text, values, table);
    if (typeof id !== 'string') return undefined;
    // As lookups show them.
    return GUID.test(id) ? id.toLowerCase() : id;
  }

  async commit(): Promise<void> {
    const committing = this.#transaction.commit();
    this.#running = committing;
    try {
      await committing;
      this.#isOpen = false;
    } catch (error) {
      throw new SourceError('unreachable', `${this.#server.where} did not confirm the row`, {
        cause: error,
        remedy: 'see whether SQL Server runs, and its log',
      });
    }
  }

  async close(): Promise<void> {
    if (this.#isOpen) await this.abandon();
  }

  async abandon(): Promise<void> {
    this.#isOpen = false;
    this.#request?.cancel();
    await ended(this.#transaction, this.#running, this.#server, this.#pool);
  }

  /** The first cell of the answer. */
  async #query(text: string, values: readonly string[], table: string): Promise<unknown> {
    const { default: mssql } = await import('mssql');
    const request = new mssql.Request(this.#transaction);
    this.#request = request;
    values.forEach((value, index) => {
      request.input(`p${index + 1}`, bindText(mssql, value), value);
    });
    const running = request.query<{ id: unknown }>(text);
    this.#running = running;
    try {
      return (await running).recordset?.[0]?.id;
    } catch (error) {
      throw insertFailure(error, this.#server, table);
    } finally {
      this.#request = undefined;
    }
  }
}

/** Rolls back when what runs has ended; a connection that hangs is ended itself: the pool could never be closed with it. */
async function ended(
  transaction: Transaction,
  running: Promise<unknown>,
  { connections }: WriteServer,
  pool: ConnectionPool,
): Promise<void> {
  // A transaction that the server has ended, or that was never begun, refuses to be rolled back.
  const rollback = () => transaction.rollback().catch(() => undefined);
  try {
    await inTime(END_TIMEOUT_MS, running.catch(() => undefined).then(rollback));
  } catch {
    closeConnection(transaction);
    connections.discard(pool);
  }
}

/** The library ends the connection of a transaction only when the server answers. */
function closeConnection(transaction: Transaction): void {
  const connection: unknown = Reflect.get(transaction, '_acquiredConnection');
  if (typeof connection !== 'object' || connection === null) return;
  if ('close' in connection && typeof connection.close === 'function') connection.close();
}

const LOCKS: ErrorWords = [
  'timeout',
  'could not insert the row because of the locks of others',
  'look for long transactions',
];
const COPY: ErrorWords = ['rejected', 'takes no rows: it only reads', 'name the server that takes writes in host'];

// https://learn.microsoft.com/sql/relational-databases/errors-events/database-engine-events-and-errors
const BY_NUMBER: Readonly<Record<number, ErrorWords>> = { 1205: LOCKS, 1222: LOCKS, 3906: COPY, 3908: COPY };
/** Of these the words tell names only, up to where a value begins. */
const WORDS: ReadonlyMap<number, RegExp> = new Map([
  [515, /$/],
  [544, /$/],
  [547, /$/],
  [2601, / The duplicate key value/],
  [2627, / The duplicate key value/],
  [2628, / Truncated value/],
  [8152, /$/],
  [3609, /$/],
  [50_000, /$/],
]);
const DENIED = new Set([229, 230]);

/** The failure of a statement in a transaction that is not committed; the server's own words are kept without the values in them. */
function insertFailure(error: unknown, { connections, where, user }: WriteServer, table: string): unknown {
  const number = numberOf(error);
  if (number === undefined || !(error instanceof Error)) return connections.failureOf(error);
  if (DENIED.has(number)) {
    return new SourceError('unauthorized', `${where} does not let the login insert into ${table}: ${error.message}`, {
      remedy: `run GRANT SELECT, INSERT ON ${table} TO [${user}] in the database`,
    });
  }
  const [kind, says, remedy] = BY_NUMBER[number] ?? [];
  if (kind !== undefined) return new SourceError(kind, `${where} ${says}`, { remedy });
  const end = WORDS.get(number);
  if (end === undefined) return connections.failureOf(error);
  const words = error.message.split(end)[0]?.slice(0, 300) ?? '';
  return new SourceError('rejected', `${where} did not take the row for ${table}: ${words}`, {
    said: words,
    remedy: 'see the columns and triggers of the table, and fields of the push target',
  });
}
