/**
 * What a restored store may not do by itself. It holds pushes that waited when it was backed up, and that have been sent since:
 * sent again they would be there twice. And a copy on another machine must not send at all. So all of them wait for a person.
 */
import { sqliteLoaded } from '../../kit/sqlite/index.ts';
import { openDatabase } from '../database.ts';
import { isRow } from '../schema.ts';

/** What was held. */
export interface HeldBack {
  readonly pushes: number;
  /** Records of events that had not been pushed yet, and are not pushed any more. */
  readonly records: number;
}

/** Told by `insisted`: a person who says `pushes retry` has looked; what can be looked for is looked for first all the same. */
const HOLD = `UPDATE pushes SET state = 'unclear', owner = NULL, unsure = 1, unsure_at = coalesce(unsure_at, ?1),
    insisted = 0, owed = 1, told = 1, changed_at = ?1, trouble = ?2, trouble_kind = 'interrupted'
  WHERE state IN ('waiting', 'sending')`;
const INTERRUPT = `UPDATE attempts SET result = 'interrupted', reason = ?1 WHERE result IS NULL`;
/** Closed as if they had been pushed: made into pushes now they would be new ones, which nothing could be found by. */
const CLOSE = 'UPDATE event_records SET closed = 1, changed_at = ?1 WHERE closed = 0';

/**
 * Brings a store that nobody uses to this version, and holds what waits in it.
 * @param takenAt when the backup was made
 * @throws {StoreError}
 */
export async function holdPushes(file: string, takenAt: string): Promise<HeldBack> {
  const { writing, reading } = await openDatabase(file);
  try {
    const problem = `it waited when the backup of ${takenAt} was made, and may have been sent since`;
    const trouble = { kind: 'interrupted', problem, words: 'The store of the gateway was restored from a backup' };
    const now = Date.now();
    await writing.exec('BEGIN IMMEDIATE');
    const run = async (sql: string, ...values: (string | number)[]) =>
      (await writing.prepare(sql)).run(...values).changes;
    const pushes = await run(HOLD, now, JSON.stringify(trouble));
    await run(INTERRUPT, problem);
    const records = await run(CLOSE, now);
    await writing.exec('DELETE FROM instances');
    await writing.exec('COMMIT');
    // What follows moves the one file.
    await writing.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    return { pushes, records };
  } finally {
    reading.close();
    writing.close();
  }
}

/** How many pushes the store has that are not in the other one: they have come since, and are lost where that takes its place. */
export async function pushesMissingFrom(store: string, other: string): Promise<number> {
  const { default: Plain } = await sqliteLoaded(import('libsql'));
  const database = new Plain(store, {});
  try {
    database.prepare('ATTACH ? AS other').run(other);
    const row: unknown = database
      .prepare('SELECT count(*) AS n FROM main.pushes WHERE id NOT IN (SELECT id FROM other.pushes)')
      .get();
    return isRow(row) ? Number(row['n']) : 0;
  } finally {
    database.close();
  }
}
