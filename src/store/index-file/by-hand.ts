/** What a person changes in the index: a transaction each, beside gateways that write. */
import { noteChanged } from './outbox.ts';
import { emptyLog, transaction } from './owning.ts';
import { sourceRow } from './rows.ts';
import { emptyTables, makeTables, RecordTable } from './tables.ts';

/** Pages of words that are merged in one transaction. */
const PAGES_MERGED_AT_ONCE = 2_000;

/** By hand: lets the next run begin from nothing (`rebuild`), empties at once, or lets a run remove what it held. */
export async function changeIndex(input: {
  readonly file: string;
  readonly source: string;
  readonly change: 'rebuild' | 'empty' | 'accept';
}): Promise<boolean> {
  const isThere = await transaction(input.file, (database) => {
    const row = database.prepare('SELECT * FROM sources WHERE name = ?').get(input.source);
    if (row === undefined) return false;
    const { seq, plan } = sourceRow(row);
    if (input.change === 'empty') emptyTables(database, seq, plan);
    // The next run is one through everything; until it ends, what is there answers.
    else {
      database
        .prepare('UPDATE sources SET full_at = NULL, mark = NULL, run = NULL, may_remove = ? WHERE seq = ?')
        .run(input.change === 'accept' ? 1 : 0, seq);
    }
    makeTables(database, seq);
    return true;
  });
  if (isThere && input.change === 'empty') await emptyLog(input.file);
  return isThere;
}

/**
 * Removes single records: what a person asked to have deleted. They come back where their source still lists them; but not with
 * what a run under way had read before: it loses its owner, and goes on behind the last batch that was written.
 */
export function removeRecords(input: {
  readonly file: string;
  readonly source: string;
  readonly ids: readonly number[];
}) {
  return transaction(input.file, (database): number => {
    const row = database.prepare('SELECT * FROM sources WHERE name = ?').get(input.source);
    if (row === undefined) return 0;
    const state = sourceRow(row);
    const { seq, run } = state;
    const table = new RecordTable(database, seq);
    const removed = input.ids.reduce((sum, id) => sum + table.removeById(id), 0);
    noteChanged(database, state, 'fed', table.changed);
    database.prepare('UPDATE sources SET records = records - ? WHERE seq = ?').run(removed, seq);
    if (run !== undefined) database.prepare("UPDATE sources SET owner = '', owned_until = 0 WHERE seq = ?").run(seq);
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
