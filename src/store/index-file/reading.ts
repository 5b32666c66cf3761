/** What is found in the index: read in this thread, since it takes less than a millisecond. */
import { setImmediate as breathe } from 'node:timers/promises';
import { type CallContext, type FindQuery, inOrder, oneOf, type SourceRecord } from '../../contract/index.ts';
import type { IndexedRecord } from '../../gateway/sources/customer-index.ts';
import { fileMark } from '../kept-file.ts';
import {
  asStoreError,
  type IndexDatabase,
  type IndexStatement,
  isDamaged,
  openIndexToRead,
  removeIndexFile,
} from './file.ts';
import { readRecord, type SourceRow, sourceRow } from './rows.ts';
import { soughtWords } from './words.ts';

/** So many candidates are read between two breaths of the event loop. */
const AT_ONCE = 200;
/** So many candidates are compared for one question: a part of two letters may be in every record. */
const MOST_COMPARED = 20_000;
/** So many records are read for one question by hand: it takes some ten seconds. */
const MOST_SCANNED = 1_000_000;
/** So many records are sorted before the limit of a question cuts them off. */
const MOST_SORTED = 5_000;

/** Which records are compared. */
interface Comparison {
  /** Of candidates; undefined: every record is one. */
  readonly words: string | undefined;
  readonly isMeant: (record: SourceRecord) => boolean;
  /** So many are enough. */
  readonly most: number;
  readonly compared: number;
}

/** Reads a file that another thread, or another process, writes. */
export class IndexReader {
  readonly #file: string;
  #database: IndexDatabase | undefined;
  #mark = '';
  readonly #statements = new Map<string, IndexStatement>();
  #states: { readonly version: number; readonly rows: readonly SourceRow[] } | undefined;
  #opening: Promise<IndexDatabase | undefined> | undefined;

  constructor(file: string) {
    this.#file = file;
  }

  /** What there is of a source; undefined: nothing yet. @throws {StoreError} */
  async state(source: string): Promise<SourceRow | undefined> {
    return (await this.states()).find(({ name }) => name === source);
  }

  /** Read again after somebody wrote only: they take as long as what is looked for. @throws {StoreError} */
  async states(): Promise<readonly SourceRow[]> {
    return (await this.#read((prepared) => this.#statesNow(prepared))) ?? [];
  }

  /**
   * The records that meet a question, in a stable order, at most `limit`. `context.notice` is told of what was not
   * compared any more.
   * @returns undefined where a field is not searched here in the way that is asked
   * @throws {StoreError}
   */
  async find(state: SourceRow, query: FindQuery, context: CallContext): Promise<readonly IndexedRecord[] | undefined> {
    const words = soughtWords(query, state.searched);
    if (words === 'elsewhere') return undefined;
    if (words === 'nobody') return [];
    const order = query.order ?? [];
    const most = order.length === 0 ? query.limit : Math.max(MOST_SORTED, query.limit);
    const tests = [...query.criteria.map((one) => [one]), ...(query.groups ?? [])].map(oneOf);
    const isMeant = (record: SourceRecord) => tests.every((isMet) => isMet(record));
    const { found, isWhole } = await this.#compare(state, { words, isMeant, most, compared: MOST_COMPARED }, context);
    if (!isWhole) {
      context.notice?.(`only the first ${MOST_COMPARED} records that may be meant were compared; type more`, true);
    }
    if (order.length === 0) return found;
    if (found.length === most) context.notice?.(`only the first ${most} records were sorted`, true);
    const ids = new Map(found.map(({ id, record }) => [record, id]));
    return inOrder([...ids.keys()], order)
      .slice(0, query.limit)
      .map((record) => ({ id: ids.get(record) ?? 0, record }));
  }

  /**
   * The records that pass a test, also by fields that are not searched: every record is read, a million at most.
   * `context.notice` is told when there are more.
   * @throws {StoreError}
   */
  async scan(
    state: SourceRow,
    isMeant: (record: SourceRecord) => boolean,
    limit: number,
    context: CallContext,
  ): Promise<readonly IndexedRecord[]> {
    const bounds = { words: undefined, isMeant, most: limit, compared: MOST_SCANNED };
    const { found, isWhole } = await this.#compare(state, bounds, context);
    if (!isWhole) {
      const remedy = 'name a field that is searched';
      context.notice?.(`only the first ${MOST_SCANNED} records of ${state.name} were looked through; ${remedy}`, true);
    }
    return found;
  }

  async #compare(
    state: SourceRow,
    { words, isMeant, most, compared: mostCompared }: Comparison,
    { signal }: CallContext,
  ): Promise<{ readonly found: readonly IndexedRecord[]; readonly isWhole: boolean }> {
    const found: IndexedRecord[] = [];
    let [after, compared] = [0, 0];
    while (found.length < most) {
      // Few are wanted: then few are read.
      const count = Math.min(AT_ONCE, Math.max(20, most - found.length));
      const rows = await this.#rows(state, words, after, count);
      for (const { id, record } of rows) {
        after = id;
        if (isMeant(record)) found.push({ id, record });
        if (found.length === most) break;
      }
      if (rows.length < count) break;
      compared += rows.length;
      if (compared >= mostCompared) return { found, isWhole: false };
      await breathe();
      signal.throwIfAborted();
    }
    return { found, isWhole: true };
  }

  close(): void {
    this.#statements.clear();
    this.#states = undefined;
    this.#database?.close();
    this.#database = undefined;
    this.#opening = undefined;
  }

  /** https://sqlite.org/pragma.html#pragma_data_version */
  #statesNow(prepared: (sql: string) => IndexStatement): readonly SourceRow[] {
    const version = Number(Reflect.get(Object(prepared('PRAGMA data_version').get()), 'data_version'));
    if (this.#states?.version !== version) {
      const rows = prepared('SELECT * FROM sources ORDER BY name').all().map(sourceRow);
      this.#states = { version, rows };
    }
    return this.#states.rows;
  }

  async #rows(state: SourceRow, words: string | undefined, after: number, count: number) {
    const { seq, names } = state;
    const rows = await this.#read((prepared) =>
      words === undefined
        ? prepared(`SELECT id, data FROM records_${seq} WHERE id > ? ORDER BY id LIMIT ?`).all(after, count)
        : prepared(
            `SELECT r.id, r.data FROM words_${seq} w JOIN records_${seq} r ON r.id = w.rowid
               WHERE w.words_${seq} MATCH ? AND w.rowid > ? ORDER BY w.rowid LIMIT ?`,
          ).all(words, after, count),
    );
    return (rows ?? []).map((row) => ({
      id: Number(Reflect.get(Object(row), 'id')),
      record: readRecord(String(Reflect.get(Object(row), 'data')), names),
    }));
  }

  /**
   * A file that was made anew is opened again by the next question. What is damaged would find nobody: it is told, and
   * removed, so that the next run makes it anew.
   */
  async #read<T>(work: (prepared: (sql: string) => IndexStatement) => T): Promise<T | undefined> {
    const database = await this.#open();
    if (database === undefined) return undefined;
    try {
      return work((sql) => this.#prepared(database, sql));
    } catch (error) {
      this.close();
      if (isWithoutTable(error)) return undefined;
      if (isDamaged(error)) removeIndexFile(this.#file);
      throw asStoreError(this.#file, error);
    }
  }

  /** A statement takes memory until nobody remembers it, and longer to prepare than to run: there are few, and all are kept. */
  #prepared(database: IndexDatabase, sql: string): IndexStatement {
    const known = this.#statements.get(sql) ?? database.prepare(sql);
    this.#statements.set(sql, known);
    return known;
  }

  async #open(): Promise<IndexDatabase | undefined> {
    const mark = fileMark(this.#file);
    if (this.#database !== undefined && mark === this.#mark) return this.#database;
    if (this.#database !== undefined) this.close();
    this.#mark = mark;
    this.#opening ??= openIndexToRead(this.#file);
    try {
      this.#database = await this.#opening;
    } finally {
      this.#opening = undefined;
    }
    return this.#database;
  }
}

/** The index of the source was emptied since its state was read. */
function isWithoutTable(error: unknown): boolean {
  return error instanceof Error && /no such table/.test(error.message);
}
