/**
 * The shared copy of the index of each source, from which every gateway feeds its own file. Who follows a source holds a lease on its
 * row, by the clock of the server; `epoch` is the fencing token: it grows with each who takes over, and with each change by hand. Each
 * transaction that changes a copy makes its `version` greater, under a lock on its row: whoever has a version needs only what is newer.
 */
import { randomBytes } from 'node:crypto';
import { NotFollowing } from '../../gateway/sources/customer-index.ts';
import type { DatabaseRow } from '../connections.ts';
import type { SharedRecord } from '../index-file/sharing.ts';
import { number, text } from '../rows.ts';
import { copyOf, discard, forgetUnused, type IndexCopy } from './index-copy.ts';
import type { IndexSession, IndexTransaction } from './index-session.ts';

/** Where a page of changes ends. */
export interface ChangePlace {
  readonly version: number;
  readonly key: string;
}

/** A change of a copy. */
export interface SharedChange {
  /** The version that it was made for; undefined: any. */
  readonly version: number | undefined;
  /** Of whoever follows: counts only while nobody else does. */
  readonly epoch: number | undefined;
  readonly records: readonly SharedRecord[];
  readonly seen: readonly string[];
  /** With the id of its run. */
  readonly state: { readonly text: string; readonly run: string | null } | undefined;
}

/** Changes, and keys of what a run has seen, are read in pages: nobody holds a whole index in memory. */
const PAGE = 1_000;
const SEEN_KEYS = 5_000;
/** A row of `index_seen` has the keys of a batch. */
const SEEN_PAGE = 20;

/** The tables. Everything throws {@link StoreError} where the server is the cause. */
export class IndexTables {
  readonly #session: IndexSession;
  readonly #owner: string;
  readonly #leaseMs: number;

  /** @param owner a name of the process that no other has */
  constructor(session: IndexSession, owner: string, leaseMs: number) {
    this.#session = session;
    this.#owner = owner;
    this.#leaseMs = leaseMs;
  }

  /** Follows the source where no other does; makes the copy where there is none. @param follower what people call this gateway */
  claim(name: string, plan: string, follower: string): Promise<{ readonly copy: IndexCopy; readonly isMine: boolean }> {
    return this.#session.within(async (transaction) => {
      const { run, now } = transaction;
      const found = async () =>
        (await run('SELECT * FROM {schema}.index_sources WHERE name = $1 AND plan = $2 FOR UPDATE', name, plan))[0];
      const add =
        'INSERT INTO {schema}.index_sources (name, plan, generation) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING';
      const made = () => run(add, name, plan, randomBytes(8).toString('hex'));
      let row = await found();
      if (row === undefined) {
        await made();
        row = await found();
      }
      let copy = copyOf(row, now);
      const isFree = copy.owner === '' || copy.owner === this.#owner || copy.ownedUntil <= now;
      if (!isFree) return { copy, isMine: false };
      if (!copy.isFilled && copy.epoch > 0) {
        // Whoever filled it has ended in the middle.
        await discard(transaction, copy.id);
        await made();
        copy = copyOf(await found(), now);
      }
      const [mine] = await run(
        `UPDATE {schema}.index_sources SET owner = $2, follower = $3, epoch = epoch + 1, owned_until = $4
           WHERE id = $1 RETURNING *`,
        ...[copy.id, this.#owner, follower, now + this.#leaseMs],
      );
      return { copy: copyOf(mine, now), isMine: true };
    });
  }

  /** Undefined: there is none any more. */
  copy(id: number): Promise<IndexCopy | undefined> {
    return this.#session.within(async ({ run, now }) => {
      const [row] = await run('SELECT * FROM {schema}.index_sources WHERE id = $1', id);
      return row && copyOf(row, now);
    });
  }

  /** Which copy gateways with these settings share; undefined: none. */
  idOf(name: string, plan: string): Promise<number | undefined> {
    return this.#session.within(async ({ run }) => {
      const [row] = await run('SELECT id FROM {schema}.index_sources WHERE name = $1 AND plan = $2', name, plan);
      return row && number(row, 'id');
    });
  }

  /** What was changed behind a place, up to a version, in the order of the versions: a page of it. */
  changes(id: number, after: ChangePlace, until: number) {
    return this.#session.within(async ({ run }) => {
      const rows = await run(
        `SELECT version, key, data FROM {schema}.index_records
           WHERE source = $1 AND (version, key) > ($2, $3) AND version <= $4 ORDER BY version, key LIMIT ${PAGE}`,
        ...[id, after.version, after.key, until],
      );
      const last = rows.at(-1);
      const next =
        last && rows.length === PAGE ? { version: number(last, 'version'), key: text(last, 'key') } : undefined;
      return { records: rows.map(recordOf), next };
    });
  }

  /** What is there of these keys; null: nothing. */
  records(id: number, keys: readonly string[]): Promise<readonly SharedRecord[]> {
    return this.#session.within(async ({ run }) => {
      const sql = 'SELECT key, data FROM {schema}.index_records WHERE source = $1 AND key = ANY($2)';
      const known = new Map((await run(sql, id, keys)).map(recordOf).map(({ key, data }) => [key, data]));
      return keys.map((key) => ({ key, data: known.get(key) ?? null }));
    });
  }

  /** Keys of all that the run under way has seen, page by page: what it changed, and what had not changed. */
  async *seen({ id, runVersion }: IndexCopy): AsyncGenerator<readonly string[], void> {
    for (let after = '' as string | undefined; after !== undefined; ) {
      const from: string = after;
      const sql = `SELECT key FROM {schema}.index_records WHERE source = $1 AND key > $2 AND version > $3 AND data IS NOT NULL
        ORDER BY key LIMIT ${SEEN_KEYS}`;
      const keys = (await this.#session.within(({ run }) => run(sql, id, from, runVersion))).map((row) =>
        text(row, 'key'),
      );
      if (keys.length > 0) yield keys;
      after = keys.length < SEEN_KEYS ? undefined : keys.at(-1);
    }
    for (let after: number | undefined = 0; after !== undefined; ) {
      const from: number = after;
      const sql = `SELECT number, array_to_json(keys)::text AS keys FROM {schema}.index_seen WHERE source = $1 AND number > $2
        ORDER BY number LIMIT ${SEEN_PAGE}`;
      const rows = await this.#session.within(({ run }) => run(sql, id, from));
      const keys: unknown[] = rows.flatMap((row) => JSON.parse(text(row, 'keys')));
      if (keys.length > 0) yield keys.map(String);
      const last = rows.at(-1);
      after = last === undefined || rows.length < SEEN_PAGE ? undefined : number(last, 'number');
    }
  }

  /**
   * Changes a copy, and tells the others.
   * @returns its version since then; undefined where it was not as it was thought to be, and nothing was changed
   * @throws {NotFollowing} where another follows by now
   */
  send(id: number, { version, epoch, records, seen, state }: SharedChange): Promise<number | undefined> {
    return this.#session.within(async ({ run, now }) => {
      const [row] = await run('SELECT * FROM {schema}.index_sources WHERE id = $1 FOR UPDATE', id);
      if (row === undefined) throw new NotFollowing('the shared copy of the index was emptied');
      const copy = copyOf(row, now);
      if (epoch !== undefined && copy.epoch !== epoch)
        throw new NotFollowing('another gateway follows the source by now');
      if (version !== undefined && copy.version !== version) return undefined;
      const next = copy.version + 1;
      if (records.length > 0) {
        await run(
          `INSERT INTO {schema}.index_records (source, key, version, data, gone_at)
             SELECT $1, key, $2, data, CASE WHEN data IS NULL THEN $3::bigint END FROM unnest($4::text[], $5::text[]) AS t(key, data)
             ON CONFLICT (source, key) DO UPDATE SET version = excluded.version, data = excluded.data, gone_at = excluded.gone_at`,
          ...[id, next, now, records.map(({ key }) => key), records.map(({ data }) => data)],
        );
      }
      if (state !== undefined && (state.run ?? '') !== text(row, 'run')) {
        await run('DELETE FROM {schema}.index_seen WHERE source = $1', id);
        await run('UPDATE {schema}.index_sources SET run_version = version WHERE id = $1', id);
      }
      if (seen.length > 0) await run('INSERT INTO {schema}.index_seen (source, keys) VALUES ($1, $2)', id, seen);
      await run(
        `UPDATE {schema}.index_sources SET version = $2, state = coalesce($3, state), run = CASE WHEN $3 IS NULL THEN run ELSE $4 END,
           filled = CASE WHEN $3 IS NULL THEN filled ELSE 1 END, owned_until = CASE WHEN $5::bigint IS NULL THEN owned_until ELSE $5 END
           WHERE id = $1`,
        ...[id, next, state?.text ?? null, state?.run ?? null, epoch === undefined ? null : now + this.#leaseMs],
      );
      await this.#tell(run);
      return next;
    });
  }

  /** Says that this process lives, of all that it follows. */
  renew(): Promise<void> {
    return this.#session.within(async ({ run, now }) => {
      const sql = 'UPDATE {schema}.index_sources SET owned_until = $2 WHERE owner = $1';
      await run(sql, this.#owner, now + this.#leaseMs);
    });
  }

  /** Gives the source to whoever wants to follow it. */
  release(id: number): Promise<void> {
    return this.#session.within(async ({ run, now }) => {
      const sql = "UPDATE {schema}.index_sources SET owner = '', owned_until = $3 WHERE id = $1 AND owner = $2";
      await run(sql, id, this.#owner, now);
      await this.#tell(run);
    });
  }

  /**
   * What a person says of the index of a source, whatever it was begun for. Whoever follows notices with his next change, and
   * begins again from what stands here then.
   * @returns false where there is none
   */
  changeByHand(name: string, change: (state: string | undefined) => string | 'empty' | undefined): Promise<boolean> {
    return this.#session.within(async (transaction) => {
      const { run, now } = transaction;
      const rows = await run('SELECT * FROM {schema}.index_sources WHERE name = $1 ORDER BY id FOR UPDATE', name);
      for (const row of rows) {
        const { id, state } = copyOf(row, now);
        const changed = change(state);
        if (changed === 'empty') {
          await discard(transaction, id);
          const add =
            'INSERT INTO {schema}.index_sources (name, plan, generation, filled, version, owned_until) VALUES ($1, $2, $3, 1, 1, $4)';
          await run(add, name, text(row, 'plan'), randomBytes(8).toString('hex'), now);
        } else if (changed !== undefined) {
          await run('DELETE FROM {schema}.index_seen WHERE source = $1', id);
          await run(
            `UPDATE {schema}.index_sources SET state = $2, run = NULL, epoch = epoch + 1, version = version + 1, owner = '',
               owned_until = $3 WHERE id = $1`,
            ...[id, changed, now],
          );
        }
      }
      await this.#tell(run);
      return rows.length > 0;
    });
  }

  /** Removes what nobody needs any more, a part of it. @returns whether that was all */
  forget(): Promise<boolean> {
    return this.#session.within(forgetUnused);
  }

  async #tell(run: IndexTransaction['run']): Promise<void> {
    await run('SELECT pg_notify($1, $2)', this.#session.channel, this.#owner);
  }
}

function recordOf(row: DatabaseRow): SharedRecord {
  return { key: String(row['key']), data: row['data'] === null ? null : String(row['data']) };
}
