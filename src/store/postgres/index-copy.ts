/** The shared copy of the index of a source, as its row says, and what is removed of copies. */
import type { DatabaseRow } from '../connections.ts';
import { number, text } from '../rows.ts';
import type { IndexTransaction } from './index-session.ts';

const DAY_MS = 86_400_000;
/** That a record is gone is known for so long; who was away longer compares everything. */
const GONE_KEPT_MS = 7 * DAY_MS;
const GARBAGE_AT_ONCE = 5_000;

/** A copy, as it stands. Times in milliseconds since 1970, by the server. */
export interface IndexCopy {
  readonly id: number;
  readonly generation: string;
  /** False: whoever follows has records in his file that are not here yet, from before it was shared. */
  readonly isFilled: boolean;
  readonly version: number;
  /** Who has an older one does not know of all that is gone. */
  readonly keptFrom: number;
  /** As JSON; undefined: none was told yet. */
  readonly state: string | undefined;
  /** The run under way began behind this version. */
  readonly runVersion: number;
  readonly owner: string;
  readonly follower: string;
  readonly epoch: number;
  readonly ownedUntil: number;
  readonly now: number;
}

/** @param now by the server, milliseconds since 1970 */
export function copyOf(row: DatabaseRow | undefined, now: number): IndexCopy {
  if (row === undefined) throw new Error('the copy that was just made is not there');
  const state = row['state'];
  return {
    ...{ id: number(row, 'id'), generation: text(row, 'generation'), isFilled: number(row, 'filled') === 1, now },
    ...{ version: number(row, 'version'), keptFrom: number(row, 'kept_from'), runVersion: number(row, 'run_version') },
    ...{
      state: typeof state === 'string' ? state : undefined,
      owner: text(row, 'owner'),
      follower: text(row, 'follower'),
    },
    ...{ epoch: number(row, 'epoch'), ownedUntil: number(row, 'owned_until') },
  };
}

/** A new copy takes its place; its records go little by little. */
export async function discard({ run }: IndexTransaction, id: number): Promise<void> {
  await run('DELETE FROM {schema}.index_sources WHERE id = $1', id);
  await run('INSERT INTO {schema}.index_garbage (source) VALUES ($1) ON CONFLICT DO NOTHING', id);
}

/** Removes what nobody needs any more, a part of it. @returns whether that was all */
export async function forgetUnused(transaction: IndexTransaction): Promise<boolean> {
  const { run, now } = transaction;
  const gone = `WITH gone AS (DELETE FROM {schema}.index_records WHERE (source, key) IN (SELECT source, key FROM {schema}.index_records
        WHERE gone_at < $1 LIMIT ${GARBAGE_AT_ONCE}) RETURNING source, version)
      UPDATE {schema}.index_sources s SET kept_from = greatest(kept_from, (SELECT max(version) FROM gone WHERE source = s.id))
        WHERE id IN (SELECT source FROM gone)`;
  await run(gone, now - GONE_KEPT_MS);
  // Nobody has its settings any more.
  const unused = 'SELECT id FROM {schema}.index_sources WHERE owned_until < $1 FOR UPDATE SKIP LOCKED';
  for (const row of await run(unused, now - DAY_MS)) await discard(transaction, number(row, 'id'));
  const [garbage] = await run('SELECT source FROM {schema}.index_garbage LIMIT 1');
  if (garbage === undefined) return true;
  const id = number(garbage, 'source');
  const removed = await run(
    `DELETE FROM {schema}.index_records WHERE source = $1 AND key IN
       (SELECT key FROM {schema}.index_records WHERE source = $1 LIMIT ${GARBAGE_AT_ONCE}) RETURNING 1`,
    id,
  );
  if (removed.length < GARBAGE_AT_ONCE) {
    await run('DELETE FROM {schema}.index_seen WHERE source = $1', id);
    await run('DELETE FROM {schema}.index_garbage WHERE source = $1', id);
  }
  return false;
}
