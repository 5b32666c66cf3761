/** The tables of one source in the file of the index: its records by key, and the words that they are found by. */
import type { IndexDatabase } from './file.ts';
import { TOKENIZER } from './words.ts';

/** Makes those that are not there. */
export function makeTables(database: IndexDatabase, seq: number): void {
  database.exec(`CREATE TABLE IF NOT EXISTS records_${seq} (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, data TEXT NOT NULL) STRICT;
    CREATE VIRTUAL TABLE IF NOT EXISTS words_${seq} USING fts5(words, content='', contentless_delete=1, detail=none, tokenize="${TOKENIZER}")`);
}

export function dropTables(database: IndexDatabase, seq: number): void {
  for (const table of ['records', 'words', 'seen', 'fed', 'outbox'])
    database.exec(`DROP TABLE IF EXISTS ${table}_${seq}`);
}

/** Takes everything out of the index of a source. @param plan what the settings say of it from now on */
export function emptyTables(database: IndexDatabase, seq: number, plan: string): void {
  dropTables(database, seq);
  database
    .prepare(
      `UPDATE sources SET plan = ?, fields = '[]', records = 0, left_out = 0, run = NULL, mark = NULL, fresh_at = NULL,
         full_at = NULL, held = 0, may_remove = 0, problem = NULL, generation = '', version = 0, follower = NULL WHERE seq = ?`,
    )
    .run(plan, seq);
}

/** Since a run began; more than so many cost it more than to begin anew behind what it has written. */
const MOST_FED = 100_000;

/** Keys that were fed since the run under way began, as they stand in the file: what the run has of them may be older. */
export function fedKeys(database: IndexDatabase, seq: number, keys: readonly string[]): ReadonlySet<string> {
  if (!hasFed(database, seq)) return NO_KEYS;
  const rows = database
    .prepare(`SELECT key FROM fed_${seq} WHERE key IN (SELECT value FROM json_each(?))`)
    .all(JSON.stringify(keys));
  return new Set(rows.map((row) => String(Reflect.get(Object(row), 'key'))));
}

const NO_KEYS: ReadonlySet<string> = new Set();

function hasFed(database: IndexDatabase, seq: number): boolean {
  return database.prepare('SELECT 1 FROM sqlite_master WHERE name = ?').get(`fed_${seq}`) !== undefined;
}

/**
 * Writes keys down for {@link fedKeys}. Of too many none is kept: the run loses its owner, forgets what it has read and not
 * yet written, and goes on behind that.
 */
export function noteFed(database: IndexDatabase, seq: number, keys: readonly string[]): void {
  database.exec(`CREATE TABLE IF NOT EXISTS fed_${seq} (key TEXT PRIMARY KEY) WITHOUT ROWID`);
  database.prepare(`INSERT OR IGNORE INTO fed_${seq} (key) SELECT value FROM json_each(?)`).run(JSON.stringify(keys));
  const { n } = Object(database.prepare(`SELECT count(*) AS n FROM fed_${seq}`).get());
  if (Number(n) <= MOST_FED) return;
  forgetFed(database, seq);
  database.prepare("UPDATE sources SET owner = '', owned_until = 0 WHERE seq = ?").run(seq);
}

/** A run begins, or has ended. */
export function forgetFed(database: IndexDatabase, seq: number): void {
  database.exec(`DROP TABLE IF EXISTS fed_${seq}`);
}

/** A record that is there. */
interface KnownRecord {
  readonly id: number;
  readonly data: string;
}

/** So many rows are inserted by one statement: to call it takes longer than to insert a row. */
const INSERTED_AT_ONCE = 50;

type RecordRow = readonly [id: number, key: string, data: string];

/** Records on their way into the file. */
class NewRecords {
  readonly #database: IndexDatabase;
  readonly #seq: number;
  #rows: RecordRow[] = [];

  constructor(database: IndexDatabase, seq: number) {
    this.#database = database;
    this.#seq = seq;
  }

  add(row: RecordRow): void {
    this.#rows.push(row);
    if (this.#rows.length === INSERTED_AT_ONCE) this.finish();
  }

  /** Inserts what is left. */
  finish(): void {
    if (this.#rows.length > 0) this.#prepared(this.#rows.length).run(this.#rows.flat());
    this.#rows = [];
  }

  #prepared(rows: number) {
    const places = Array(rows).fill('(?, ?, ?)').join(', ');
    return this.#database.prepare(`INSERT INTO records_${this.#seq} (id, key, data) VALUES ${places}`);
  }
}

/**
 * The records of one source, for one transaction: what it may change is read at once, and what it saw is written down at
 * once, since each statement costs as much as a record. {@link finish} writes what is left.
 */
export class RecordTable {
  readonly #database: IndexDatabase;
  readonly #seq: number;
  readonly #known = new Map<string, KnownRecord>();
  readonly #seen = new Set<number>();
  /** Keys of what was put or removed. */
  readonly changed = new Set<string>();
  readonly #statements;
  readonly #added: NewRecords;
  #nextId: number;

  /** @param keys of the batch, as they stand in the file */
  constructor(database: IndexDatabase, seq: number, keys: readonly string[] = []) {
    this.#database = database;
    this.#seq = seq;
    this.#statements = {
      update: database.prepare(`UPDATE records_${seq} SET data = ? WHERE id = ?`),
      remove: database.prepare(`DELETE FROM records_${seq} WHERE id = ? RETURNING key`),
      index: database.prepare(`INSERT INTO words_${seq} (rowid, words) VALUES (?, ?)`),
      unindex: database.prepare(`DELETE FROM words_${seq} WHERE rowid = ?`),
    };
    this.#added = new NewRecords(database, seq);
    const last: unknown = database.prepare(`SELECT max(id) AS id FROM records_${seq}`).get();
    this.#nextId = Number(Reflect.get(Object(last), 'id') ?? 0) + 1;
    const rows = database
      .prepare(`SELECT id, key, data FROM records_${seq} WHERE key IN (SELECT value FROM json_each(?))`)
      .all(JSON.stringify(keys));
    for (const row of rows) {
      const get = (name: string): unknown => Reflect.get(Object(row), name);
      this.#known.set(String(get('key')), { id: Number(get('id')), data: String(get('data')) });
    }
  }

  /** @returns whether it was new, changed, or the same */
  put(key: string, data: string, words: () => string): 'new' | 'changed' | 'same' {
    const known = this.#known.get(key);
    const id = known?.id ?? this.#nextId++;
    this.#seen.add(id);
    if (known?.data === data) return 'same';
    this.#known.set(key, { id, data });
    this.changed.add(key);
    if (known === undefined) this.#added.add([id, key, data]);
    else {
      // It may be new in this transaction.
      this.finish();
      this.#statements.update.run(data, id);
      this.#statements.unindex.run(id);
    }
    // One by one: at the beginning of a statement of several rows FTS5 writes down what it has in memory.
    this.#statements.index.run([id, words()]);
    return known === undefined ? 'new' : 'changed';
  }

  /** @returns how many were there */
  remove(key: string): number {
    const known = this.#known.get(key);
    this.#known.delete(key);
    return known === undefined ? 0 : this.removeById(known.id);
  }

  removeById(id: number): number {
    this.#seen.delete(id);
    this.finish();
    this.#statements.unindex.run(id);
    const removed = this.#statements.remove.all(id);
    for (const row of removed) this.changed.add(String(Reflect.get(Object(row), 'key')));
    return removed.length;
  }

  /** Inserts what is new and not in the file yet. */
  finish(): void {
    this.#added.finish();
  }

  /** Writes down which records a run through everything has seen. */
  keepSeen(): void {
    this.#database
      .prepare(`INSERT OR IGNORE INTO seen_${this.#seq} (id) SELECT value FROM json_each(?)`)
      .run(JSON.stringify([...this.#seen]));
  }
}
