/**
 * Single records, put into the index between its runs and beside them: what a source said of some of its records just now. In
 * a worker thread, in one transaction, by whichever gateway was told. A run under way goes on, and leaves alone what was fed
 * since it began ({@link fedKeys}): it may have read that before.
 */
import type { FedRecords, IndexPlan } from '../../gateway/sources/customer-index.ts';
import type { IndexDatabase } from './file.ts';
import { noteChanged } from './outbox.ts';
import { transaction } from './owning.ts';
import type { PackedBatch } from './packed.ts';
import { dataOf, keyTexts, sourceRow } from './rows.ts';
import { noteFed, RecordTable } from './tables.ts';
import { wordsOf } from './words.ts';
import { columnsOf, isTooOld, LARGEST_RECORD, placesOfNames } from './writing.ts';

/** A record of the index that was found by what the source was asked with. */
interface FoundRow {
  readonly id: number;
  /** It has the very value that was asked for, so that it is gone where the source finds it no more. */
  readonly isMeant: boolean;
}

/** A record as it shall be: `row` of the batch. */
interface Wanted {
  readonly at: number;
  /** As in the file; undefined: its source cannot say it of a record that it finds. */
  readonly key: string | undefined;
  readonly data: string;
}

interface KnownRow extends FoundRow {
  readonly key: string;
  readonly data: string;
}

/**
 * Puts what a source has found in the place of what the index has of it.
 * @param input.plan what the index was begun for: nothing is put into another one
 * @param input.batch an empty key: the source cannot say it
 * @param input.isWhole the source has no others that were asked for
 * @returns undefined where there is no such index
 */
export function feedRecords(input: {
  readonly file: string;
  readonly source: string;
  readonly plan: string;
  readonly found: readonly FoundRow[];
  readonly batch: PackedBatch;
  readonly index: Pick<IndexPlan, 'shape' | 'updated'>;
  readonly oldest: number | undefined;
  readonly isWhole: boolean;
}): Promise<FedRecords | undefined> {
  const { file, source, plan, batch, index, oldest, isWhole } = input;
  return transaction(file, (database) => {
    const state = database.prepare('SELECT * FROM sources WHERE name = ?').get(source);
    if (state === undefined) return undefined;
    const shown = sourceRow(state);
    const { seq, run, records, leftOut, names, plan: begunFor } = shown;
    if (begunFor !== plan) return undefined;
    const { places, kept } = placesOfNames(names, index.shape);
    const wanted = batch.rows.map((row, at): Wanted => {
      const key = batch.keys[at] === '' ? undefined : keyTexts([batch.keys[at] ?? ''])[0];
      return { at, key, data: dataOf(row, batch.names[batch.namesOf[at] ?? 0] ?? [], places, kept) };
    });
    const known = knownRows(database, seq, input.found);
    const { put, gone, unplaced } = matched(wanted, known, isWhole);
    const table = new RecordTable(database, seq, [...put.map(({ key }) => key), ...gone]);
    const columns = batch.names.map((own) => columnsOf(own, index));
    let [added, changed, removed, tooLarge] = [0, 0, 0, 0];
    for (const { at, key, data } of put) {
      const row = batch.rows[at] ?? [];
      const { searched = [], updated = -1 } = columns[batch.namesOf[at] ?? 0] ?? {};
      if (data.length > LARGEST_RECORD || isTooOld(row[updated], oldest)) {
        if (data.length > LARGEST_RECORD) tooLarge = 1;
        removed += table.remove(key);
        continue;
      }
      const outcome = table.put(key, data, () => wordsOf(row, searched, index.shape.country));
      if (outcome === 'new') added += 1;
      if (outcome !== 'same') changed += 1;
    }
    for (const key of gone) removed += table.remove(key);
    table.finish();
    noteChanged(database, shown, 'fed', table.changed);
    if (run !== undefined) {
      // One through everything that has passed its place would take a record that is new for one that is gone.
      table.keepSeen();
      noteFed(database, seq, [...put.map(({ key }) => key), ...gone]);
    }
    database
      .prepare('UPDATE sources SET fields = ?, records = ?, left_out = ? WHERE seq = ?')
      .run(JSON.stringify([...places.keys()]), records + added - removed, Math.max(leftOut, tooLarge), seq);
    return { changed, removed, unplaced, wasRunning: run !== undefined };
  });
}

function knownRows(database: IndexDatabase, seq: number, found: readonly FoundRow[]): readonly KnownRow[] {
  const meant = new Map(found.map(({ id, isMeant }) => [id, isMeant]));
  return database
    .prepare(`SELECT id, key, data FROM records_${seq} WHERE id IN (SELECT value FROM json_each(?))`)
    .all(JSON.stringify([...meant.keys()]))
    .map((row) => {
      const get = (name: string): unknown => Reflect.get(Object(row), name);
      const id = Number(get('id'));
      return { id, key: String(get('key')), data: String(get('data')), isMeant: meant.get(id) === true };
    });
}

/**
 * Which record of the index each record of the source is, and which of the index are gone. By their keys; without one a
 * record is the one that is the same in everything, or the only one that is left, of the only one that is left.
 * `unplaced`: so many are new, or nobody can say which they are.
 */
function matched(wanted: readonly Wanted[], known: readonly KnownRow[], isWhole: boolean) {
  const put = wanted.flatMap(({ at, key, data }) => (key === undefined ? [] : [{ at, key, data }]));
  const left = new Map(known.map((row) => [row.key, row]));
  for (const { key } of put) left.delete(key);
  const open = wanted
    .filter(({ key }) => key === undefined)
    .filter(({ at, data }) => {
      const same = [...left.values()].find((row) => row.data === data);
      if (same === undefined) return true;
      left.delete(same.key);
      put.push({ at, key: same.key, data });
      return false;
    });
  const [only, another] = open;
  const [last, ...others] = left.values();
  if (only !== undefined && another === undefined && last !== undefined && others.length === 0) {
    put.push({ at: only.at, key: last.key, data: only.data });
    return { put, gone: [], unplaced: 0 };
  }
  const isSure = isWhole && open.length === 0;
  const gone = isSure ? [...left.values()].filter(({ isMeant }) => isMeant).map(({ key }) => key) : [];
  return { put, gone, unplaced: open.length };
}
