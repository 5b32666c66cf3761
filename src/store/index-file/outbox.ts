/**
 * What of an index that several machines share has changed in this file, and is not in the shared copy yet. Written in the
 * transaction that changes the record, so that the file never differs from the copy elsewhere. In a worker thread.
 */
import type { IndexDatabase } from './file.ts';
import type { SourceRow } from './rows.ts';

/**
 * Why a key stands there. `run`: by a run, which counts only for whoever follows; `fed`: by an event or by hand, which counts for
 * all; `doubted`: it may be something else in the copy, which is right; `seen`: a run through everything saw it, and it had not changed.
 */
export type Noted = 'run' | 'fed' | 'doubted' | 'seen';

/** Begins to write down what changes; all that is there is noted, beside what was fed before. */
export function makeOutbox(database: IndexDatabase, seq: number, kind: 'run' | 'doubted'): void {
  database.exec(`CREATE TABLE IF NOT EXISTS outbox_${seq} (n INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, kind TEXT NOT NULL) STRICT;
    DELETE FROM outbox_${seq} WHERE kind <> 'fed';
    INSERT OR IGNORE INTO outbox_${seq} (key, kind) SELECT key, '${kind}' FROM records_${seq}`);
}

/** The index is of this machine alone. */
export function unshare(database: IndexDatabase, seq: number): void {
  database.exec(`DROP TABLE IF EXISTS outbox_${seq}`);
  database.prepare("UPDATE sources SET generation = '', version = 0, follower = NULL WHERE seq = ?").run(seq);
}

type Shared = Pick<SourceRow, 'seq' | 'generation'>;

/** What was fed stays so: a run that had read it before may not speak for it. */
export function noteChanged(
  database: IndexDatabase,
  { seq, generation }: Shared,
  kind: 'run' | 'fed',
  keys: Iterable<string>,
): void {
  const all = [...keys];
  if (generation === '' || all.length === 0) return;
  database
    .prepare(
      `INSERT OR REPLACE INTO outbox_${seq} (key, kind)
         SELECT value, coalesce((SELECT kind FROM outbox_${seq} WHERE key = value AND kind = 'fed'), ?) FROM json_each(?)`,
    )
    .run(kind, JSON.stringify(all));
}

/** Keys that a run through everything saw: whoever takes the run over must not remove them. */
export function noteSeen(database: IndexDatabase, { seq, generation }: Shared, keys: readonly string[]): void {
  if (generation === '') return;
  database
    .prepare(`INSERT OR IGNORE INTO outbox_${seq} (key, kind) SELECT value, 'seen' FROM json_each(?)`)
    .run(JSON.stringify(keys));
}

/** What a run of this gateway wrote counts no more: another may have gone on without it. */
export function doubtRuns(database: IndexDatabase, seq: number): void {
  database.exec(
    `DELETE FROM outbox_${seq} WHERE kind = 'seen'; UPDATE outbox_${seq} SET kind = 'doubted' WHERE kind = 'run'`,
  );
}

/** One that stands there. */
export interface NotedKey {
  readonly n: number;
  readonly key: string;
  readonly kind: string;
}

/** Those that stand there as one of these, the oldest first. */
export function notedKeys(
  database: IndexDatabase,
  seq: number,
  kinds: readonly Noted[],
  most: number,
): readonly NotedKey[] {
  return database
    .prepare(`SELECT n, key, kind FROM outbox_${seq} WHERE kind IN (SELECT value FROM json_each(?)) ORDER BY n LIMIT ?`)
    .all(JSON.stringify(kinds), most)
    .map((row) => {
      const get = (name: string): unknown => Reflect.get(Object(row), name);
      return { n: Number(get('n')), key: String(get('key')), kind: String(get('kind')) };
    });
}

/** Takes out what was told; what has changed once more meanwhile has another number. */
export function forgetNoted(database: IndexDatabase, seq: number, numbers: readonly number[]): void {
  database
    .prepare(`DELETE FROM outbox_${seq} WHERE n IN (SELECT value FROM json_each(?))`)
    .run(JSON.stringify(numbers));
}
