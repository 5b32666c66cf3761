/**
 * What changes the index. Each function is called in a worker thread, so that neither making words of ten thousand records
 * nor the disk holds up a lookup; each is one transaction, and takes and gives plain data.
 */
import { isList, type ListBatch, ownValue, type SourceRecord, type Value } from '../../contract/index.ts';
import type { IndexPlan, IndexRun } from '../../gateway/sources/customer-index.ts';
import { asStoreError, fileMark, type IndexDatabase, openIndexFile } from './file.ts';
import { dataOf, keyText, type SourceRow, sourceRow } from './rows.ts';
import { wordsOf } from './words.ts';

/** Which index, and who writes. */
export interface IndexWriter {
  readonly file: string;
  readonly source: string;
  /** A name of the process that no other has. */
  readonly owner: string;
}

/** After so long another gateway takes over from one that says nothing. Milliseconds. */
export const OWNED_MS = 20_000;
/** A larger record is no customer. Characters of its JSON. */
const LARGEST_RECORD = 256 * 1024;
/** So many records are removed in one transaction. */
const REMOVED_AT_ONCE = 2_000;
/** Pages of words that are merged in one transaction. */
const PAGES_MERGED_AT_ONCE = 2_000;
/** A run that would remove more than this part of the records, and more than so many, asks first. */
const HELD_PART = 1 / 5;
const HELD_FROM = 10;

/** Another process follows the source by now, or the index was emptied by hand. */
class NotOwner extends Error {}

/** An open file stays open in its thread, until there is another at its path. */
let open: { readonly file: string; readonly mark: string; readonly database: IndexDatabase } | undefined;

async function databaseOf(file: string): Promise<IndexDatabase> {
  const known = open;
  if (known !== undefined && known.file === file && fileMark(file) === known.mark) return known.database;
  known?.database.close();
  open = undefined;
  const database = await openIndexFile(file);
  open = { file, mark: fileMark(file), database };
  return database;
}

async function transaction<T>(file: string, work: (database: IndexDatabase) => T): Promise<T> {
  try {
    const database = await databaseOf(file);
    database.exec('BEGIN IMMEDIATE');
    try {
      const result = work(database);
      database.exec('COMMIT');
      return result;
    } catch (error) {
      if (database.inTransaction) database.exec('ROLLBACK');
      throw error;
    }
  } catch (error) {
    open?.database.close();
    open = undefined;
    throw asStoreError(file, error);
  }
}

/** The same for what only the process does that follows. @returns undefined when another follows */
async function asOwner<T>(
  writer: IndexWriter,
  work: (database: IndexDatabase, row: SourceRow) => T,
): Promise<T | undefined> {
  try {
    return await transaction(writer.file, (database) => work(database, own(database, writer)));
  } catch (error) {
    if (error instanceof NotOwner) return undefined;
    throw error;
  }
}

/**
 * Takes the index of a source for this process, and prepares it; with other settings it begins empty.
 * @param input.plan a word for what the settings say of the source
 * @returns undefined when another process follows it
 */
export function claimIndex(
  input: IndexWriter & { readonly plan: string; readonly shape: IndexPlan['shape'] },
): Promise<SourceRow | undefined> {
  const { file, source, owner, shape } = input;
  const plan = JSON.stringify([input.plan, shape]);
  return transaction(file, (database) => {
    database.prepare('INSERT OR IGNORE INTO sources (name, plan) VALUES (?, ?)').run(source, plan);
    const before = read(database, source);
    const now = Date.now();
    // A clock that was set back must not keep a source from being followed.
    const isOwned = before.ownedUntil > now && before.ownedUntil <= now + OWNED_MS;
    if (before.owner !== owner && before.owner !== '' && isOwned) return undefined;
    if (before.plan !== plan) empty(database, before.seq, plan);
    makeTables(database, before.seq);
    database
      .prepare('UPDATE sources SET owner = ?, owned_until = ?, searched = ? WHERE seq = ?')
      .run(owner, now + OWNED_MS, JSON.stringify(shape.fields), before.seq);
    return read(database, source);
  });
}

/** Begins a run, or goes on with the one that a crash ended. @returns undefined when another process follows */
export function beginRun(
  input: IndexWriter & { readonly since: string | undefined; readonly anew: boolean },
): Promise<IndexRun | undefined> {
  const { since, anew } = input;
  return asOwner(input, (database, { seq, run }) => {
    if (!anew && run !== undefined && run.since === since && run.from !== undefined) return run;
    database.exec(`DROP TABLE IF EXISTS seen_${seq}; CREATE TABLE seen_${seq} (id INTEGER PRIMARY KEY)`);
    const begun: IndexRun = { since, began: Date.now() };
    const leftOut = since === undefined ? ', left_out = 0' : '';
    database.prepare(`UPDATE sources SET run = ?${leftOut} WHERE seq = ?`).run(JSON.stringify(begun), seq);
    return begun;
  });
}

/**
 * Writes a batch down.
 * @param input.oldest records whose `updated` is before are not kept. Milliseconds since 1970
 * @returns how many records changed; undefined when another process follows
 */
export function writeBatch(
  input: IndexWriter & {
    readonly batch: ListBatch;
    readonly index: Pick<IndexPlan, 'shape' | 'updated'>;
    readonly oldest: number | undefined;
  },
): Promise<{ readonly changed: number } | undefined> {
  const { batch, index, oldest } = input;
  const { fields, country, kept } = index.shape;
  return asOwner(input, (database, { seq, run, records, leftOut, names }) => {
    if (run === undefined) throw new NotOwner('the run was ended');
    const statements = statementsOf(database, seq);
    const places = new Map(names.map((name, place) => [name, place]));
    const keptNames = kept === undefined ? undefined : new Set([...kept, ...fields.map(({ name }) => name)]);
    let [added, changed, tooLarge] = [0, 0, 0];
    for (const { key, record } of batch.records) {
      if (isTooOld(record, index.updated, oldest)) {
        added -= statements.remove(keyText(key));
        continue;
      }
      const data = dataOf(record, places, keptNames);
      if (data.length > LARGEST_RECORD) {
        tooLarge += 1;
        continue;
      }
      const before = statements.find(keyText(key));
      if (before?.data !== data) {
        changed += 1;
        added += before === undefined ? 1 : 0;
        statements.put(before?.id, keyText(key), data, () => wordsOf(record, fields, country));
      }
      const id = before?.id ?? statements.find(keyText(key))?.id;
      if (run.since === undefined && id !== undefined) statements.see(id);
    }
    for (const key of batch.removed ?? []) {
      const removed = statements.remove(keyText(key));
      added -= removed;
      changed += removed;
    }
    const counts = { read: (run.read ?? 0) + batch.records.length, changed: (run.changed ?? 0) + changed };
    const further = { ...run, ...counts, from: batch.next, mark: batch.mark ?? run.mark };
    database
      .prepare('UPDATE sources SET run = ?, fields = ?, records = ?, left_out = ? WHERE seq = ?')
      .run(JSON.stringify(further), JSON.stringify([...places.keys()]), records + added, leftOut + tooLarge, seq);
    return { changed };
  });
}

/**
 * Ends a run that got to its end. One through everything removes what it did not see, some thousand at a time.
 * @returns `isEnded` false: call it again
 */
export function endRun(
  input: IndexWriter,
): Promise<{ readonly isEnded: boolean; readonly removed: number; readonly held: number } | undefined> {
  return asOwner(input, (database, { seq, run, records }) => {
    if (run === undefined) return { isEnded: true, removed: 0, held: 0 };
    const isFull = run.since === undefined;
    const unseen = `FROM records_${seq} WHERE id NOT IN (SELECT id FROM seen_${seq})`;
    const gone = isFull
      ? Number(Reflect.get(Object(database.prepare(`SELECT count(*) AS n ${unseen}`).get()), 'n'))
      : 0;
    const mayRemove = database.prepare('SELECT may_remove AS n FROM sources WHERE seq = ?').get(seq);
    const isHeld = gone > HELD_FROM && gone > records * HELD_PART && Number(Reflect.get(Object(mayRemove), 'n')) === 0;
    if (gone > 0 && !isHeld) {
      // What is removed in several goes is not asked about again in the middle.
      const ids = database.prepare(`SELECT id ${unseen} LIMIT ${REMOVED_AT_ONCE}`).all();
      const statements = statementsOf(database, seq);
      for (const row of ids) statements.removeById(Number(Reflect.get(Object(row), 'id')));
      database.prepare('UPDATE sources SET records = records - ?, may_remove = 1 WHERE seq = ?').run(ids.length, seq);
      if (gone > ids.length) return { isEnded: false, removed: ids.length, held: 0 };
    }
    database.exec(`DROP TABLE IF EXISTS seen_${seq}`);
    database
      .prepare(
        `UPDATE sources SET run = NULL, mark = coalesce(?, mark), fresh_at = ?, full_at = CASE WHEN ? THEN ? ELSE full_at END,
           held = CASE WHEN ? THEN ? ELSE held END, may_remove = CASE WHEN ? THEN 0 ELSE may_remove END, problem = NULL
         WHERE seq = ?`,
      )
      .run(
        run.mark ?? null,
        run.began,
        ...flags(isFull, run.began),
        ...flags(isFull, isHeld ? gone : 0),
        isFull ? 1 : 0,
        seq,
      );
    return { isEnded: true, removed: isHeld ? 0 : Math.min(gone, REMOVED_AT_ONCE), held: isHeld ? gone : 0 };
  });
}

function flags(isFull: boolean, value: number): readonly [number, number] {
  return [isFull ? 1 : 0, value];
}

/** Says that this process still follows, and why its last run ended early. @returns undefined when another follows */
export function keepIndex(
  input: IndexWriter & { readonly problem?: string | undefined },
): Promise<SourceRow | undefined> {
  return asOwner(input, (database, { seq }) => {
    if (input.problem !== undefined) {
      database.prepare('UPDATE sources SET problem = ? WHERE seq = ?').run(input.problem, seq);
    }
    return read(database, input.source);
  });
}

/** Gives the index to whoever wants to follow; what it holds stays. */
export function releaseIndex({ file, source, owner }: IndexWriter): Promise<void> {
  return transaction(file, (database) => {
    database.prepare("UPDATE sources SET owner = '', owned_until = 0 WHERE name = ? AND owner = ?").run(source, owner);
  });
}

/** Removes the index of every source that has none any more. @returns their names */
export function removeOthers({ file, names }: { readonly file: string; readonly names: readonly string[] }) {
  return transaction(file, (database): readonly string[] => {
    const others = database
      .prepare('SELECT * FROM sources')
      .all()
      .map(sourceRow)
      .filter(({ name }) => !names.includes(name));
    for (const { seq } of others) {
      dropTables(database, seq);
      database.prepare('DELETE FROM sources WHERE seq = ?').run(seq);
    }
    return others.map(({ name }) => name);
  });
}

/** By hand: lets the next run begin from nothing (`rebuild`), empties at once, or lets a run remove what it held. */
export function changeIndex(input: {
  readonly file: string;
  readonly source: string;
  readonly change: 'rebuild' | 'empty' | 'accept';
}): Promise<boolean> {
  return transaction(input.file, (database) => {
    const row = database.prepare('SELECT * FROM sources WHERE name = ?').get(input.source);
    if (row === undefined) return false;
    const { seq, plan } = sourceRow(row);
    if (input.change === 'empty') empty(database, seq, plan);
    // The next run is one through everything; until it ends, what is there answers.
    else {
      database
        .prepare('UPDATE sources SET full_at = NULL, mark = NULL, run = NULL, may_remove = ? WHERE seq = ?')
        .run(input.change === 'accept' ? 1 : 0, seq);
    }
    makeTables(database, seq);
    return true;
  });
}

/** Removes single records: what a person asked to have deleted. They come back where their source still lists them. */
export function removeRecords(input: {
  readonly file: string;
  readonly source: string;
  readonly ids: readonly number[];
}) {
  return transaction(input.file, (database): number => {
    const row = database.prepare('SELECT * FROM sources WHERE name = ?').get(input.source);
    if (row === undefined) return 0;
    const { seq } = sourceRow(row);
    const statements = statementsOf(database, seq);
    const removed = input.ids.reduce((sum, id) => sum + statements.removeById(id), 0);
    database.prepare('UPDATE sources SET records = records - ? WHERE seq = ?').run(removed, seq);
    return removed;
  });
}

/**
 * Puts what was removed out of the file, too: FTS5 only marks words as removed until it merges them, and the log of SQLite
 * has pages as they were. A step at a time, so that others may write between them.
 * @param input.isFirst begins with it; otherwise it goes on
 * @returns `isTidy` false: call it again
 */
export async function tidyIndex(input: {
  readonly file: string;
  readonly source: string;
  readonly isFirst: boolean;
}): Promise<{ readonly isTidy: boolean }> {
  const { file, source, isFirst } = input;
  const isMerged = await transaction(file, (database) => {
    const row = database.prepare('SELECT * FROM sources WHERE name = ?').get(source);
    if (row === undefined) return true;
    const { seq } = sourceRow(row);
    const changes = () => Number(Reflect.get(Object(database.prepare('SELECT total_changes() AS n').get()), 'n'));
    const before = changes();
    // https://sqlite.org/fts5.html#the_merge_command: with fewer than two changes there was nothing to merge.
    const pages = isFirst ? -PAGES_MERGED_AT_ONCE : PAGES_MERGED_AT_ONCE;
    database.prepare(`INSERT INTO words_${seq} (words_${seq}, rank) VALUES ('merge', ?)`).run(pages);
    return !isFirst && changes() - before < 2;
  });
  if (isMerged) await emptyLog(file);
  return { isTidy: isMerged };
}

/** Writes a page, as a run would. @throws {StoreError} why it cannot be done */
export function proveIndex({ file }: { readonly file: string }): Promise<void> {
  return transaction(file, (database) => void database.exec('CREATE TABLE proof (id INTEGER); DROP TABLE proof'));
}

/** As far as nobody reads just now; otherwise the next one who writes does it. */
async function emptyLog(file: string): Promise<void> {
  const database = await databaseOf(file);
  database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').all();
}

function read(database: IndexDatabase, source: string): SourceRow {
  const row = database.prepare('SELECT * FROM sources WHERE name = ?').get(source);
  if (row === undefined) throw new NotOwner('the index was removed');
  return sourceRow(row);
}

/** The state, for its owner, who says with it that he lives. */
function own(database: IndexDatabase, { source, owner }: IndexWriter): SourceRow {
  const { changes } = database
    .prepare('UPDATE sources SET owned_until = ? WHERE name = ? AND owner = ?')
    .run(Date.now() + OWNED_MS, source, owner);
  if (changes === 0) throw new NotOwner('another gateway follows the source by now');
  return read(database, source);
}

function makeTables(database: IndexDatabase, seq: number): void {
  database.exec(`CREATE TABLE IF NOT EXISTS records_${seq} (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, data TEXT NOT NULL) STRICT;
    CREATE VIRTUAL TABLE IF NOT EXISTS words_${seq} USING fts5(words, content='', contentless_delete=1, detail=none, tokenize='ascii')`);
}

function dropTables(database: IndexDatabase, seq: number): void {
  for (const table of ['records', 'words', 'seen']) database.exec(`DROP TABLE IF EXISTS ${table}_${seq}`);
}

function empty(database: IndexDatabase, seq: number, plan: string): void {
  dropTables(database, seq);
  database
    .prepare(
      `UPDATE sources SET plan = ?, fields = '[]', records = 0, left_out = 0, run = NULL, mark = NULL, fresh_at = NULL,
         full_at = NULL, held = 0, may_remove = 0, problem = NULL WHERE seq = ?`,
    )
    .run(plan, seq);
}

function statementsOf(database: IndexDatabase, seq: number) {
  const find = database.prepare(`SELECT id, data FROM records_${seq} WHERE key = ?`);
  const insert = database.prepare(`INSERT INTO records_${seq} (key, data) VALUES (?, ?)`);
  const update = database.prepare(`UPDATE records_${seq} SET data = ? WHERE id = ?`);
  const remove = database.prepare(`DELETE FROM records_${seq} WHERE id = ?`);
  const index = database.prepare(`INSERT INTO words_${seq} (rowid, words) VALUES (?, ?)`);
  const unindex = database.prepare(`DELETE FROM words_${seq} WHERE rowid = ?`);
  const see = seeing(database, seq);
  const statements = {
    find(key: string): { readonly id: number; readonly data: string } | undefined {
      const row: unknown = find.get(key);
      return row === undefined
        ? undefined
        : { id: Number(Reflect.get(Object(row), 'id')), data: String(Reflect.get(Object(row), 'data')) };
    },
    put(id: number | undefined, key: string, data: string, words: () => string): void {
      if (id !== undefined) {
        update.run(data, id);
        unindex.run(id);
        index.run(id, words());
        return;
      }
      const { lastInsertRowid } = insert.run(key, data);
      index.run(Number(lastInsertRowid), words());
    },
    remove(key: string): number {
      const found = statements.find(key);
      return found === undefined ? 0 : statements.removeById(found.id);
    },
    removeById(id: number): number {
      unindex.run(id);
      return remove.run(id).changes;
    },
    see: (id: number) => see?.run(id),
  };
  return statements;
}

/** Only during a run there is something to be seen. */
function seeing(database: IndexDatabase, seq: number) {
  const table = database.prepare('SELECT 1 FROM sqlite_master WHERE name = ?').get(`seen_${seq}`);
  return table === undefined ? undefined : database.prepare(`INSERT OR IGNORE INTO seen_${seq} (id) VALUES (?)`);
}

function isTooOld(record: SourceRecord, updated: string | undefined, oldest: number | undefined): boolean {
  if (updated === undefined || oldest === undefined) return false;
  const value: Value | undefined = ownValue(record, updated);
  const first = value !== undefined && isList(value) ? value[0] : value;
  const at = first instanceof Date ? first.getTime() : typeof first === 'string' ? Date.parse(first) : Number.NaN;
  return at < oldest;
}
