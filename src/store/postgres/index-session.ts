/** The one connection for the index of what sources list: short transactions, one after the other. */
import type pg from 'pg';
import { Semaphore } from '../../kit/wait/index.ts';
import type { DatabaseRow } from '../connections.ts';
import { isRow } from '../schema.ts';
import { connected, ended } from './connection.ts';
import { prepareStore } from './schema.ts';
import { IDLE_MS, STATEMENT_MS, type StoreServer } from './server.ts';
import { quotedName } from './statements.ts';
import { isLostConnection, postgresTrouble } from './trouble.ts';
import { isPooled } from './wakes.ts';

// For the one transaction, as elsewhere: a pool between us and the server gives the next one to another session.
const BEGIN = `BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SET LOCAL statement_timeout = ${STATEMENT_MS};
  SET LOCAL lock_timeout = ${STATEMENT_MS}; SET LOCAL idle_in_transaction_session_timeout = ${IDLE_MS};
  SELECT floor(extract(epoch FROM clock_timestamp()) * 1000) AS now`;

type Value = string | number | null | readonly (string | null)[];

/** A transaction that is under way. */
export interface IndexTransaction {
  /** By the server, milliseconds since 1970. */
  readonly now: number;
  /** Runs a statement, in which `{schema}` stands for the schema. */
  run(sql: string, ...values: Value[]): Promise<readonly DatabaseRow[]>;
}

/** Made when it is first used, and anew when it has broken. */
export class IndexSession {
  readonly #server: StoreServer;
  readonly #told: (sender: string) => void;
  readonly #turn = new Semaphore(1);
  #client: pg.Client | undefined;
  #isPrepared = false;
  #closed = false;

  /** @param told called when another gateway says that it has written; behind a pool never */
  constructor(server: StoreServer, told: (sender: string) => void) {
    this.#server = server;
    this.#told = told;
  }

  /** Where gateways tell each other. */
  get channel(): string {
    return `index ${this.#server.schema}`.slice(0, 63);
  }

  /** One transaction, of all or nothing. @throws {StoreError} where the server is the cause */
  async within<T>(work: (transaction: IndexTransaction) => Promise<T>): Promise<T> {
    const release = await this.#turn.acquire(new AbortController().signal);
    try {
      return await this.#within(work);
    } catch (error) {
      if (isLostConnection(error)) this.#drop();
      throw postgresTrouble(this.#server.where, error);
    } finally {
      release();
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    const client = this.#client;
    this.#client = undefined;
    if (client !== undefined) await ended(client);
  }

  async #within<T>(work: (transaction: IndexTransaction) => Promise<T>): Promise<T> {
    const { client, now } = await this.#begun();
    const schema = quotedName(this.#server.schema);
    const run = async (sql: string, ...values: Value[]) =>
      (await client.query<DatabaseRow>(sql.replaceAll('{schema}', schema), values)).rows;
    try {
      const result = await work({ now, run });
      // What became of one whose connection breaks just now is seen when it is looked at again: nothing counts twice.
      await client.query('COMMIT');
      return result;
    } catch (error) {
      await client.query('ROLLBACK').catch(() => this.#drop());
      throw error;
    }
  }

  async #begun(): Promise<{ readonly client: pg.Client; readonly now: number }> {
    for (;;) {
      const isNew = this.#client === undefined;
      try {
        this.#client ??= await this.#connect();
        const client = this.#client;
        const row: unknown = [await client.query<DatabaseRow>(BEGIN)].flat().at(-1)?.rows[0];
        if (!isRow(row)) throw new Error('the server did not say what time it is');
        return { client, now: Number(row['now']) };
      } catch (error) {
        this.#drop();
        if (isNew || !isLostConnection(error)) throw error;
      }
    }
  }

  async #connect(): Promise<pg.Client> {
    if (this.#closed) throw new Error('Client was closed');
    const client = await connected(this.#server);
    client.on('notification', ({ payload = '' }) => this.#told(payload));
    // Where nothing is pushed, nobody else makes them.
    if (!this.#isPrepared) await prepareStore(client, this.#server);
    this.#isPrepared = true;
    if (!(await isPooled(client))) await client.query(`LISTEN ${quotedName(this.channel)}`);
    return client;
  }

  #drop(): void {
    void this.#client?.end().catch(() => undefined);
    this.#client = undefined;
  }
}
