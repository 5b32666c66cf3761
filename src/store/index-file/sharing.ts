/**
 * The index of a source in step with a copy that gateways of several machines share: what goes out, and what comes in. Each function
 * is called in a worker thread, and is one transaction.
 */
import type { IndexPlan } from '../../gateway/sources/customer-index.ts';
import type { IndexDatabase } from './file.ts';
import { doubtRuns, forgetNoted, makeOutbox, type Noted, notedKeys } from './outbox.ts';
import { asOwner, type IndexWriter, readRow, transaction } from './owning.ts';
import { dataOf, readValue } from './rows.ts';
import { type SharedState, sharedState } from './shared-state.ts';
import { forgetFed, noteFed, RecordTable } from './tables.ts';
import { wordsOf } from './words.ts';
import { columnsOf, placesOfNames } from './writing.ts';

/** A record as it is shared: its values by their names, as JSON; null: it is gone. `key` as in the file. */
export interface SharedRecord {
  readonly key: string;
  readonly data: string | null;
}

/** What has to be told to others. */
export interface OutgoingChanges {
  readonly records: readonly SharedRecord[];
  /** Keys that a run through everything saw. */
  readonly seen: readonly string[];
  /** For {@link sent}. */
  readonly numbers: readonly number[];
  /** There is no more; only then may the state be told. */
  readonly isAll: boolean;
  readonly state: SharedState;
}

const MOST_OUTGOING = 1_000;
/** Characters of records that go out at once. */
const MOST_CHARACTERS = 4_000_000;
const DOUBTED_AT_ONCE = 500;

/**
 * Makes the index one of a shared copy.
 * @param input.fills what is here is the copy; else the copy is right, and what is here answers until it is known
 */
export function shareIndex(
  input: IndexWriter & { readonly generation: string; readonly fills: boolean },
): Promise<true | undefined> {
  const { generation, fills } = input;
  return asOwner(input, (database, { seq }) => {
    makeOutbox(database, seq, fills ? 'run' : 'doubted');
    database.prepare('UPDATE sources SET generation = ?, version = 0 WHERE seq = ?').run(generation, seq);
    return true;
  });
}

/** What goes out. @param input.kinds of whoever follows all that is new; of others what was fed */
export function outgoing(input: {
  readonly file: string;
  readonly source: string;
  readonly kinds: readonly Noted[];
}): Promise<OutgoingChanges> {
  const { file, source, kinds } = input;
  return transaction(file, (database) => {
    const row = readRow(database, source);
    const state = sharedState(database, row);
    if (row.generation === '') return { records: [], seen: [], numbers: [], isAll: true, state };
    const noted = notedKeys(database, row.seq, kinds, MOST_OUTGOING);
    const changed = noted.filter(({ kind }) => kind !== 'seen').map(({ key }) => key);
    const known = new Map(
      database
        .prepare(`SELECT key, data FROM records_${row.seq} WHERE key IN (SELECT value FROM json_each(?))`)
        .all(JSON.stringify(changed))
        .map((one) => [String(Reflect.get(Object(one), 'key')), String(Reflect.get(Object(one), 'data'))]),
    );
    const records: SharedRecord[] = [];
    const seen: string[] = [];
    const numbers: number[] = [];
    let characters = 0;
    for (const { n, key, kind } of noted) {
      if (characters > MOST_CHARACTERS) break;
      numbers.push(n);
      if (kind === 'seen') {
        seen.push(key);
        continue;
      }
      const data = known.get(key);
      records.push({ key, data: data === undefined ? null : byNames(data, row.names) });
      characters += data?.length ?? 0;
    }
    return { records, seen, numbers, isAll: noted.length < MOST_OUTGOING && numbers.length === noted.length, state };
  });
}

/** It is in the copy. @param input.version of the copy since then, where this file has all of it; undefined: it may not */
export function sent(input: {
  readonly file: string;
  readonly source: string;
  readonly numbers: readonly number[];
  readonly version: number | undefined;
}): Promise<void> {
  const { file, source, numbers, version = 0 } = input;
  return transaction(file, (database) => {
    const { seq, generation } = readRow(database, source);
    if (generation === '') return;
    forgetNoted(database, seq, numbers);
    database.prepare('UPDATE sources SET version = max(version, ?) WHERE seq = ?').run(version, seq);
  });
}

/**
 * Puts in what others have written. What was fed here and is not out yet stays.
 * @param input.isFollowing then it was fed there: a run that is on here leaves it alone, and removes none of it
 * @param input.version the file has all of the copy until then
 */
export function applyShared(
  input: IndexWriter & {
    readonly records: readonly SharedRecord[];
    readonly index: Pick<IndexPlan, 'shape' | 'updated'>;
    readonly isFollowing: boolean;
    readonly version: number | undefined;
  },
): Promise<true | undefined> {
  const { records, index, isFollowing, version = 0 } = input;
  return asOwner(input, (database, { seq, run, records: count, names }) => {
    const keys = records.map(({ key }) => key);
    const fed = fedHere(database, seq, keys);
    const table = new RecordTable(database, seq, keys);
    const { places, kept } = placesOfNames(names, index.shape);
    let added = 0;
    for (const { key, data } of records) {
      if (fed.has(key)) continue;
      if (data === null) {
        added -= table.remove(key);
        continue;
      }
      const values = Object.entries(Object(JSON.parse(data)));
      const row = values.map(([, value]) =>
        Array.isArray(value) ? value.flatMap((one) => readValue(one) ?? []) : readValue(value),
      );
      const own = values.map(([name]) => name);
      const { searched } = columnsOf(own, index);
      const words = () => wordsOf(row, searched, index.shape.country);
      if (table.put(key, dataOf(row, own, places, kept), words) === 'new') added += 1;
    }
    table.finish();
    if (isFollowing && run !== undefined) {
      table.keepSeen();
      noteFed(database, seq, keys);
    }
    database
      .prepare(`DELETE FROM outbox_${seq} WHERE kind <> 'fed' AND key IN (SELECT value FROM json_each(?))`)
      .run(JSON.stringify(keys));
    database
      .prepare('UPDATE sources SET fields = ?, records = ?, version = max(version, ?) WHERE seq = ?')
      .run(JSON.stringify([...places.keys()]), count + added, version, seq);
    return true;
  });
}

function fedHere(database: IndexDatabase, seq: number, keys: readonly string[]): ReadonlySet<string> {
  const rows = database
    .prepare(`SELECT key FROM outbox_${seq} WHERE kind = 'fed' AND key IN (SELECT value FROM json_each(?))`)
    .all(JSON.stringify(keys));
  return new Set(rows.map((row) => String(Reflect.get(Object(row), 'key'))));
}

/** Keys of which the copy has to be asked. @param input.isFollowing what this gateway's runs have written is right */
export function doubtedKeys(
  input: IndexWriter & { readonly isFollowing: boolean },
): Promise<readonly string[] | undefined> {
  return asOwner(input, (database, { seq, generation }) => {
    if (generation === '') return [];
    if (!input.isFollowing) doubtRuns(database, seq);
    return notedKeys(database, seq, ['doubted'], DOUBTED_AT_ONCE).map(({ key }) => key);
  });
}

/**
 * Takes over how the copy stands, of which this file has all.
 * @param input.follower what the gateway is called that follows
 * @param input.takesOver a run under way goes on here: then what it has seen is told next ({@link noteSeenElsewhere})
 */
export function adoptState(
  input: IndexWriter & {
    readonly state: SharedState;
    readonly follower: string | undefined;
    readonly takesOver: boolean;
  },
): Promise<true | undefined> {
  const { state, follower, takesOver } = input;
  return asOwner(input, (database, { seq, run }) => {
    if (takesOver || state.run?.id !== run?.id) {
      forgetFed(database, seq);
      database.exec(`DROP TABLE IF EXISTS seen_${seq}`);
    }
    if (state.run !== null) database.exec(`CREATE TABLE IF NOT EXISTS seen_${seq} (id INTEGER PRIMARY KEY)`);
    const { mark, freshAt, fullAt, held, mayRemove, leftOut, problem } = state;
    database
      .prepare(
        `UPDATE sources SET run = ?, mark = ?, fresh_at = ?, full_at = ?, held = ?, may_remove = ?, left_out = ?, problem = ?,
           follower = ? WHERE seq = ?`,
      )
      .run(
        ...[
          state.run === null ? null : JSON.stringify(state.run),
          mark,
          freshAt,
          fullAt,
          held,
          mayRemove,
          leftOut,
          problem,
        ],
        ...[follower ?? null, seq],
      );
    return true;
  });
}

/** Keys that the run saw while another gateway followed. */
export function noteSeenElsewhere(
  input: IndexWriter & { readonly keys: readonly string[] },
): Promise<true | undefined> {
  return asOwner(input, (database, { seq }) => {
    database
      .prepare(
        `INSERT OR IGNORE INTO seen_${seq} (id)
           SELECT id FROM records_${seq} WHERE key IN (SELECT value FROM json_each(?))`,
      )
      .run(JSON.stringify(input.keys));
    return true;
  });
}

/** As they stand in the file, but under their names: a file of another machine may have other places for them. */
function byNames(data: string, names: readonly string[]): string {
  const entries = Object.entries(Object(JSON.parse(data)));
  const named = entries.flatMap(([place, value]) => {
    const name = names[Number(place)];
    return name === undefined || value === null ? [] : [[name, value] as const];
  });
  return JSON.stringify(Object.fromEntries(named));
}
