/**
 * What changes the index. Each function is called in a worker thread, so that neither making words of ten thousand records
 * nor the disk holds up a lookup; each is one transaction, and takes and gives plain data.
 */
import { randomBytes } from 'node:crypto';
import { isList, type Value } from '../../contract/index.ts';
import type { IndexPlan, IndexRun } from '../../gateway/sources/customer-index.ts';
import { planText } from '../../gateway/sources/index-plan.ts';
import { noteChanged, noteSeen, unshare } from './outbox.ts';
import { asOwner, emptyLog, type IndexWriter, NotOwner, OWNED_MS, readRow, transaction } from './owning.ts';
import type { PackedBatch } from './packed.ts';
import { dataOf, keyTexts, type SourceRow, sourceRow } from './rows.ts';
import { dropTables, emptyTables, fedKeys, forgetFed, makeTables, RecordTable } from './tables.ts';
import { type SearchedColumn, wordsOf } from './words.ts';

/** A larger record is no customer. Characters of its JSON. */
export const LARGEST_RECORD = 256 * 1024;
/** So many records are removed in one transaction. */
const REMOVED_AT_ONCE = 2_000;
/** A run that would remove more than this part of the records, and more than so many, asks first. */
const HELD_PART = 1 / 5;
const HELD_FROM = 10;

/**
 * Takes the index of a source for this process, and prepares it; with other settings it begins empty.
 * @param input.plan a word for what the settings say of the source
 * @param input.isShared gateways of several machines have copies of it
 * @returns undefined when another process follows it
 */
export function claimIndex(
  input: IndexWriter & { readonly plan: string; readonly shape: IndexPlan['shape']; readonly isShared?: boolean },
): Promise<SourceRow | undefined> {
  const { file, source, owner, shape, isShared = false } = input;
  const plan = planText(input.plan, shape);
  return transaction(file, (database) => {
    database.prepare('INSERT OR IGNORE INTO sources (name, plan) VALUES (?, ?)').run(source, plan);
    const before = readRow(database, source);
    const now = Date.now();
    // A clock that was set back must not keep a source from being followed.
    const isOwned = before.ownedUntil > now && before.ownedUntil <= now + OWNED_MS;
    if (before.owner !== owner && before.owner !== '' && isOwned) return undefined;
    if (before.plan !== plan) emptyTables(database, before.seq, plan);
    makeTables(database, before.seq);
    if (!isShared && before.generation !== '') unshare(database, before.seq);
    database
      .prepare('UPDATE sources SET owner = ?, owned_until = ?, searched = ? WHERE seq = ?')
      .run(owner, now + OWNED_MS, JSON.stringify(shape.fields), before.seq);
    return readRow(database, source);
  });
}

/** Begins a run, or goes on with the one that a crash ended. @returns undefined when another process follows */
export function beginRun(
  input: IndexWriter & { readonly since: string | undefined; readonly anew: boolean },
): Promise<IndexRun | undefined> {
  const { since, anew } = input;
  return asOwner(input, (database, { seq, run, records }) => {
    if (!anew && run !== undefined && run.since === since && run.from !== undefined) return run;
    forgetFed(database, seq);
    database.exec(`DROP TABLE IF EXISTS seen_${seq}; CREATE TABLE seen_${seq} (id INTEGER PRIMARY KEY)`);
    // Into an index with nothing in it: all that is there then was seen, and need not be counted.
    const id = randomBytes(6).toString('hex');
    const begun = { id, since, began: Date.now(), isFirst: records === 0 };
    database.prepare('UPDATE sources SET run = ? WHERE seq = ?').run(JSON.stringify(begun), seq);
    return begun;
  });
}

/** What is kept of the records of a source. */
type KeptPlan = Pick<IndexPlan, 'shape' | 'updated'>;

/**
 * Writes batches down, in their order.
 * @param input.oldest records whose `updated` is before are not kept. Milliseconds since 1970
 * @returns how many records changed; undefined when another process follows
 */
export function writeBatches(
  input: IndexWriter & {
    readonly batches: readonly PackedBatch[];
    readonly index: KeptPlan;
    readonly oldest: number | undefined;
  },
): Promise<{ readonly changed: number } | undefined> {
  const { batches, index, oldest } = input;
  return asOwner(input, (database, row) => {
    const { seq, run, records, leftOut, names } = row;
    if (run === undefined) throw new NotOwner('the run was ended');
    const keys = batches.map((batch) => ({ put: keyTexts(batch.keys), removed: keyTexts(batch.removed ?? []) }));
    const all = keys.flatMap(({ put, removed }) => [...put, ...removed]);
    const table = new RecordTable(database, seq, all);
    const fed = fedKeys(database, seq, all);
    const { places, kept } = placesOfNames(names, index.shape);
    let [added, changed, tooLarge] = [0, 0, 0];
    const remove = (key: string) => {
      const removed = table.remove(key);
      added -= removed;
      changed += removed;
    };
    for (const [number, batch] of batches.entries()) {
      const columns = batch.names.map((own) => columnsOf(own, index));
      for (const [at, key] of (keys[number]?.put ?? []).entries()) {
        if (fed.has(key)) continue;
        const values = batch.rows[at] ?? [];
        const list = batch.namesOf[at] ?? 0;
        const data = dataOf(values, batch.names[list] ?? [], places, kept);
        const { searched = [], updated = -1 } = columns[list] ?? {};
        if (data.length > LARGEST_RECORD) tooLarge += 1;
        if (data.length > LARGEST_RECORD || isTooOld(values[updated], oldest)) {
          remove(key);
          continue;
        }
        const outcome = table.put(key, data, () => wordsOf(values, searched, index.shape.country));
        added += outcome === 'new' ? 1 : 0;
        changed += outcome === 'same' ? 0 : 1;
      }
      for (const key of keys[number]?.removed ?? []) if (!fed.has(key)) remove(key);
    }
    table.finish();
    noteChanged(database, row, 'run', table.changed);
    if (run.since === undefined && run.isFirst !== true) {
      table.keepSeen();
      noteSeen(
        database,
        row,
        keys.flatMap(({ put }) => put),
      );
    }
    const counts = {
      read: batches.reduce((sum, batch) => sum + batch.keys.length, run.read ?? 0),
      changed: (run.changed ?? 0) + changed,
      leftOut: (run.leftOut ?? 0) + tooLarge,
    };
    const mark = batches.findLast((batch) => batch.mark !== undefined)?.mark ?? run.mark;
    const complete = batches.findLast((batch) => batch.complete !== undefined)?.complete ?? run.complete;
    const further = { ...run, ...counts, from: batches.at(-1)?.next, mark, complete };
    // Until a run through everything has ended, those that were left out before may still be there. Runs of changes see the
    // same ones again and again.
    const leftOutNow = Math.max(leftOut, counts.leftOut);
    database
      .prepare('UPDATE sources SET run = ?, fields = ?, records = ?, left_out = ? WHERE seq = ?')
      .run(JSON.stringify(further), JSON.stringify([...places.keys()]), records + added, leftOutNow, seq);
    return { changed };
  });
}

/** The names of values by their places in the file, those of the settings first; and those that are kept, undefined: all. */
export function placesOfNames(names: readonly string[], { fields, kept }: IndexPlan['shape']) {
  const places = new Map(names.map((name, place) => [name, place]));
  const named = [...(kept ?? []), ...fields.map(({ name }) => name)];
  for (const name of named) if (!places.has(name)) places.set(name, places.size);
  return { places, kept: kept === undefined ? undefined : new Set(named) };
}

/** Where in a row the fields are that are searched, and the time of the last change. */
export function columnsOf(names: readonly string[], { shape, updated }: KeptPlan) {
  const columns = new Map(names.map((name, column) => [name, column]));
  const searched = shape.fields.flatMap((field, number): SearchedColumn | readonly [] => {
    const column = columns.get(field.name);
    return column === undefined ? [] : { column, number, field };
  });
  return { searched, updated: updated === undefined ? undefined : columns.get(updated) };
}

/**
 * Ends a run that got to its end. One through everything removes what it did not see, some thousand at a time.
 * @returns `isEnded` false: call it again
 */
export function endRun(
  input: IndexWriter,
): Promise<{ readonly isEnded: boolean; readonly removed: number; readonly held: number } | undefined> {
  return asOwner(input, (database, row) => {
    const { seq, run, records } = row;
    if (run === undefined) return { isEnded: true, removed: 0, held: 0 };
    const isFull = run.since === undefined;
    const unseen = `FROM records_${seq} WHERE id NOT IN (SELECT id FROM seen_${seq})`;
    const gone =
      isFull && run.isFirst !== true
        ? Number(Reflect.get(Object(database.prepare(`SELECT count(*) AS n ${unseen}`).get()), 'n'))
        : 0;
    const mayRemove = database.prepare('SELECT may_remove AS n FROM sources WHERE seq = ?').get(seq);
    const isHeld =
      gone > HELD_FROM &&
      gone > records * HELD_PART &&
      run.removing !== true &&
      Number(Reflect.get(Object(mayRemove), 'n')) === 0;
    if (gone > 0 && !isHeld) {
      // What is removed in several goes is not asked about again in the middle.
      const ids = database.prepare(`SELECT id ${unseen} LIMIT ${REMOVED_AT_ONCE}`).all();
      const table = new RecordTable(database, seq);
      for (const one of ids) table.removeById(Number(Reflect.get(Object(one), 'id')));
      noteChanged(database, row, 'run', table.changed);
      const removing = JSON.stringify({ ...run, removing: true });
      database
        .prepare('UPDATE sources SET records = records - ?, run = ? WHERE seq = ?')
        .run(ids.length, removing, seq);
      if (gone > ids.length) return { isEnded: false, removed: ids.length, held: 0 };
    }
    forgetFed(database, seq);
    database.exec(`DROP TABLE IF EXISTS seen_${seq}`);
    database
      .prepare(
        `UPDATE sources SET run = NULL, mark = coalesce(?, mark), fresh_at = ?, full_at = CASE WHEN ? THEN ? ELSE full_at END,
           held = CASE WHEN ? THEN ? ELSE held END, left_out = CASE WHEN ? THEN ? ELSE left_out END, may_remove = CASE WHEN ? THEN 0 ELSE may_remove END, problem = NULL
         WHERE seq = ?`,
      )
      .run(
        run.mark ?? null,
        // One that looked for changes until its end knows of them.
        Math.max(run.began, run.complete?.until ?? 0),
        ...flags(isFull, run.began),
        ...flags(isFull, isHeld ? gone : 0),
        ...flags(isFull, run.leftOut ?? 0),
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
    return readRow(database, input.source);
  });
}

/** Gives the index to whoever wants to follow; what it holds stays. */
export function releaseIndex({ file, source, owner }: IndexWriter): Promise<void> {
  return transaction(file, (database) => {
    database.prepare("UPDATE sources SET owner = '', owned_until = 0 WHERE name = ? AND owner = ?").run(source, owner);
  });
}

/** Removes the index of every source that has none any more. @returns their names */
export async function removeOthers({ file, names }: { readonly file: string; readonly names: readonly string[] }) {
  const removed = await transaction(file, (database): readonly string[] => {
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
  if (removed.length > 0) await emptyLog(file);
  return removed;
}

/** Writes a page, as a run would. @throws {StoreError} why it cannot be done */
export function proveIndex({ file }: { readonly file: string }): Promise<void> {
  return transaction(file, (database) => void database.exec('CREATE TABLE proof (id INTEGER); DROP TABLE proof'));
}

export function isTooOld(value: Value | undefined, oldest: number | undefined): boolean {
  if (oldest === undefined) return false;
  const first = value !== undefined && isList(value) ? value[0] : value;
  const at = first instanceof Date ? first.getTime() : typeof first === 'string' ? latestOf(first) : Number.NaN;
  return at < oldest;
}

/** A written time. One without a zone may be of this machine or of UTC: the later counts, so that nothing fresh is lost. */
function latestOf(text: string): number {
  // "17" counts versions, and Date.parse makes a year of it.
  if (!Number.isNaN(Number(text))) return Number.NaN;
  const [here, utc] = [Date.parse(text), Date.parse(`${text}Z`)];
  return Number.isNaN(utc) ? here : Math.max(here, utc);
}
