/** Sessions on the file of a ledger. */
import type { Bindable, PreparedStatement, ReadingConnection, WritingConnection } from './connections.ts';
import { SQLITE } from './dialect.ts';
import { type LedgerQuestion, questionSql } from './questions.ts';
import { isRow } from './schema.ts';
import type { ReadSession } from './session.ts';
import { type LedgerSession, ledgerSql } from './statements.ts';
import { inUse } from './trouble.ts';

/**
 * What changes the ledger. The statements are prepared once: one that is garbage is disposed of in our thread, which waits
 * for its connection. Each gives its answer within the same turn of the event loop, so a transaction holds nobody up for
 * longer than its statements take.
 */
export async function sqliteSession(connection: WritingConnection): Promise<LedgerSession> {
  // In memory: one process works on a file, and a person who starts it again wants to see whether a target is back.
  await connection.exec(
    'PRAGMA temp_store = MEMORY; CREATE TEMP TABLE targets (name TEXT PRIMARY KEY, memory TEXT NOT NULL)',
  );
  const prepared = new Map<string, PreparedStatement>();
  for (const [name, sql] of Object.entries(ledgerSql(SQLITE))) prepared.set(name, await connection.prepare(sql));
  return {
    async get(name, ...values) {
      const row = known(prepared, name).get(...values);
      return isRow(row) ? row : undefined;
    },
    run: async (name, ...values) => known(prepared, name).run(...values).changes,
    // One transaction at a time writes.
    lock: async () => undefined,
    alone: async () => undefined,
    // Others look every second.
    tell: async () => undefined,
  };
}

/**
 * What asks it, in our own thread: all is short.
 * @param file what they throw names it: a {@link StoreError} where the file or the disk fails
 */
export function sqliteQuestions(connection: ReadingConnection, file: string): ReadSession<LedgerQuestion> {
  const prepared = new Map(
    Object.entries(questionSql(SQLITE)).map(([name, sql]) => [name, connection.prepare(sql)] as const),
  );
  return {
    async get(name, ...values: Bindable[]) {
      const row = inUse(file, () => known(prepared, name).get(...values));
      return isRow(row) ? row : undefined;
    },
    all: async (name, ...values: Bindable[]) =>
      inUse(file, () => known(prepared, name).all(...values)).filter((row) => isRow(row)),
  };
}

function known<Statement>(prepared: ReadonlyMap<string, Statement>, name: string): Statement {
  const statement = prepared.get(name);
  if (statement === undefined) throw new Error(`no statement ${name}`);
  return statement;
}
