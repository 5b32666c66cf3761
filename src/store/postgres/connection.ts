/** The one connection that changes the ledger: transactions one after the other, on a new connection when one has broken. */

import { setTimeout as wait } from 'node:timers/promises';
import { pg } from '../../kit/postgres/index.ts';
import { inTime } from '../../kit/wait/index.ts';
import type { Bindable, DatabaseRow } from '../connections.ts';
import { isRow } from '../schema.ts';
import type { StatementSession } from '../session.ts';
import { OutcomeUnknown, type Transactions } from '../writer.ts';
import { type DatabaseClock, SERVER_NOW } from './clock.ts';
import { CONNECT_MS, channelOf, IDLE_MS, STATEMENT_MS, type StoreServer } from './server.ts';
import { boundValues, quotedName } from './statements.ts';
import { isLostConnection, isPassing } from './trouble.ts';

// For the one transaction: a pool between us and the server gives the next one to another session.
const BEGIN = `BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SET LOCAL statement_timeout = ${STATEMENT_MS};
  SET LOCAL lock_timeout = ${STATEMENT_MS}; SET LOCAL idle_in_transaction_session_timeout = ${IDLE_MS};
  SELECT ${SERVER_NOW} AS now, txid_current()::text AS transaction`;
/** "HSgw": locks of other programs are other ones. */
const LOCKS = 0x48536777;
/** Whether a transaction was confirmed is asked for so long, for those who wait. */
const FATE_MS = 2_000;
const FATE_AGAIN_MS = 50;

/** Transactions on one server. */
export class PostgresTransactions<Name extends string> implements Transactions {
  readonly clock: DatabaseClock;
  readonly session: StatementSession<Name>;
  readonly #server: StoreServer;
  #client: pg.Client | undefined;
  /** Of the transaction that is under way, as the server calls it. */
  #transaction = '';
  readonly isPassing = isPassing;
  /** Who tells others that there is something to do. */
  sender = '';

  /** @param sql the text of each statement, as PostgreSQL takes it */
  constructor(server: StoreServer, clock: DatabaseClock, sql: (name: Name) => string) {
    this.#server = server;
    this.clock = clock;
    this.session = {
      get: async (name, ...values) => (await this.#run(sql(name), values)).rows[0],
      run: async (name, ...values) => (await this.#run(sql(name), values)).rowCount ?? 0,
      // Each in a statement of its own, always in the same order, so that two who want the same two do not wait for each other.
      lock: async (names) => {
        const locked = [...new Set(names)].map((name) => `${server.schema} ${name}`).sort();
        for (const name of locked) {
          await this.#run(`SELECT pg_advisory_xact_lock($1, hashtext($2))`, [LOCKS, name]);
        }
      },
      alone: async () => {
        const tables = ['pushes', 'outages'].map((table) => `${quotedName(server.schema)}.${table}`);
        await this.#run(`LOCK TABLE ${tables.join(', ')} IN SHARE ROW EXCLUSIVE MODE`, []);
      },
      tell: async () => {
        await this.#run('SELECT pg_notify($1, $2)', [channelOf(server.schema), this.sender]);
      },
    };
  }

  /** A server that was started anew has closed the connection: then another one is made. */
  async begin(): Promise<void> {
    for (;;) {
      const isNew = this.#client === undefined;
      try {
        this.#client ??= await connected(this.#server);
        const asked = performance.now();
        const results = [await this.#client.query<DatabaseRow>(BEGIN)].flat();
        const row: unknown = results.at(-1)?.rows[0];
        if (!isRow(row)) throw new Error('the server did not say what time it is');
        this.clock.is(Number(row['now']), asked, performance.now());
        this.#transaction = String(row['transaction']);
        return;
      } catch (error) {
        this.#drop();
        if (isNew || !isLostConnection(error)) throw error;
      }
    }
  }

  async commit(): Promise<void> {
    try {
      const { command } = await this.#open().query('COMMIT');
      if (command !== 'COMMIT') throw new Error(`the transaction ended in ${command}`);
    } catch (error) {
      if (!isLostConnection(error)) throw error;
      this.#drop();
      await this.#expectCommitted(this.#transaction, error);
    }
  }

  async rollback(): Promise<void> {
    if (this.#client === undefined) return;
    try {
      await this.#client.query('ROLLBACK');
    } catch {
      // The server does it when the connection is closed.
      this.#drop();
    }
  }

  /** Ends the connection. */
  async close(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    if (client !== undefined) await ended(client);
  }

  async #run(text: string, values: readonly Bindable[]): Promise<pg.QueryResult<DatabaseRow>> {
    try {
      return await this.#open().query<DatabaseRow>(text, boundValues(values));
    } catch (error) {
      if (isLostConnection(error)) this.#drop();
      throw error;
    }
  }

  #open(): pg.Client {
    if (this.#client === undefined) throw new Error('Connection terminated within a transaction');
    return this.#client;
  }

  #drop(): void {
    void this.#client?.end().catch(() => undefined);
    this.#client = undefined;
  }

  /** The connection broke while a transaction was confirmed. @throws the cause where it was not, {@link OutcomeUnknown} */
  async #expectCommitted(transaction: string, cause: unknown): Promise<void> {
    const until = performance.now() + FATE_MS;
    while (performance.now() < until) {
      const fate = await this.#fate(transaction).catch(() => undefined);
      if (fate === 'committed') return;
      if (fate === 'aborted') throw cause;
      await wait(FATE_AGAIN_MS);
    }
    throw new OutcomeUnknown('the connection broke while something was being confirmed', { cause });
  }

  async #fate(transaction: string): Promise<string> {
    this.#client ??= await connected(this.#server);
    try {
      const { rows } = await this.#client.query<DatabaseRow>('SELECT txid_status($1) AS fate', [transaction]);
      return String(rows[0]?.['fate']);
    } catch (error) {
      this.#drop();
      throw error;
    }
  }
}

/** Ends what has connections. A server that is cut off is not waited for. */
export async function ended(connections: { end(): Promise<void> }): Promise<void> {
  await inTime(CONNECT_MS, connections.end()).catch(() => undefined);
}

/** A new connection. @throws what the driver throws */
export async function connected({ config }: Pick<StoreServer, 'config'>): Promise<pg.Client> {
  const client = new pg.Client(config);
  // Without a listener a connection that breaks while nobody uses it would end the process.
  client.on('error', () => undefined);
  await client.connect().catch((error: unknown) => {
    void client.end().catch(() => undefined);
    throw error;
  });
  return client;
}
