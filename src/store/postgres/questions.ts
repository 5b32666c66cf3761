/** What only asks the ledger: on a few connections of its own, each question by itself. */
import { pg } from '../../kit/postgres/index.ts';
import type { Bindable, DatabaseRow } from '../connections.ts';
import type { LedgerQuestion } from '../questions.ts';
import type { ReadSession } from '../session.ts';
import { ended } from './connection.ts';
import { CONNECT_MS, type StoreServer } from './server.ts';
import { askingStatements, boundValues } from './statements.ts';
import { isLostConnection, postgresTrouble } from './trouble.ts';

/** Questions are short; more of them than that wait for each other. */
const CONNECTIONS = 4;
const IDLE_MS = 60_000;

/** An open pool. */
export interface QuestionPool extends ReadSession<LedgerQuestion> {
  /** Whether this attempt is the push's last, and who makes it in its lease: by the server's clock. */
  isInLease(id: string, attempt: number, leaseMs: number): Promise<boolean>;
  close(): Promise<void>;
}

/** A few connections that only ask. */
export interface AskingPool {
  /** What is thrown is a {@link StoreError} where the server is the cause. */
  rows(text: string, values: readonly Bindable[]): Promise<readonly DatabaseRow[]>;
  close(): Promise<void>;
}

/** Connections are opened when they are needed. What is thrown is a {@link StoreError} where the server is the cause. */
export function postgresQuestions(server: StoreServer): QuestionPool {
  const sql = askingStatements(server.schema);
  const pool = askingPool(server, CONNECTIONS);
  return {
    get: async (name, ...values) => (await pool.rows(sql(name), values))[0],
    all: (name, ...values) => pool.rows(sql(name), values),
    isInLease: async (...asked) => (await pool.rows(sql('inLease'), asked)).length > 0,
    close: pool.close,
  };
}

/** The same for statements of any text. @param max connections */
export function askingPool({ config, where }: StoreServer, max: number): AskingPool {
  const pool = new pg.Pool({ ...config, max, idleTimeoutMillis: IDLE_MS, allowExitOnIdle: true });
  pool.on('error', () => undefined);
  const rows: AskingPool['rows'] = async (text, values) => {
    // Every connection of the pool may have died with the server; one that is new has not.
    const until = performance.now() + CONNECT_MS;
    for (let attempt = 0; ; attempt += 1) {
      try {
        return (await pool.query<DatabaseRow>(text, boundValues(values))).rows;
      } catch (error) {
        if (!isLostConnection(error) || attempt >= max || performance.now() > until) {
          throw postgresTrouble(where, error);
        }
      }
    }
  };
  return { rows, close: () => ended(pool) };
}
