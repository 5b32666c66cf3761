/**
 * Tells that another gateway has put something into the ledger, over a connection of its own. It is a help only: what is
 * not told, or lost while the connection is made anew, is found when the ledger is looked at the next time. Behind a pool
 * such as PgBouncer nobody listens: a session there is not ours for longer than a transaction.
 */
import type pg from 'pg';
import { connected, ended } from './connection.ts';
import { channelOf, type StoreServer } from './server.ts';
import { quotedName } from './statements.ts';

/** A server that was down is looked for so often. */
const AGAIN_MS = 5_000;

/** Listens until it is closed. */
export class Wakes {
  readonly #server: StoreServer;
  readonly #listener: (sender: string) => void;
  #client: pg.Client | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  /** @param listener called with the id of the gateway that has put something there */
  constructor(server: StoreServer, listener: (sender: string) => void) {
    this.#server = server;
    this.#listener = listener;
    void this.#listen();
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    if (this.#client !== undefined) await ended(this.#client);
  }

  async #listen(): Promise<void> {
    try {
      const client = await connected(this.#server);
      this.#client = client;
      client.on('notification', ({ payload = '' }) => this.#listener(payload));
      client.once('end', () => this.#later());
      if (await isPooled(client)) {
        this.#closed = true;
        await ended(client);
        return;
      }
      await client.query(`LISTEN ${quotedName(channelOf(this.#server.schema))}`);
      if (this.#closed) await client.end();
    } catch {
      // Whoever works on the ledger says what is wrong with it.
      if (this.#client === undefined) this.#later();
      else await ended(this.#client);
    }
  }

  #later(): void {
    this.#client = undefined;
    if (!this.#closed) this.#timer = setTimeout(() => void this.#listen(), AGAIN_MS).unref();
  }
}

/** Whether a pool stands between: then the session has another number than the connection was told. */
export async function isPooled(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ pid: number }>('SELECT pg_catalog.pg_backend_pid() AS pid');
  return 'processID' in client && rows[0]?.pid !== client.processID;
}
