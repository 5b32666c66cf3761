/** The ledger of pushes in a SQLite file. */
import { performance } from 'node:perf_hooks';
import type { Details, PushRequest } from '../gateway/adapter.ts';
import type {
  AttemptResult,
  ClaimedPush,
  KeptDetails,
  Ledger,
  NewPush,
  PushFilter,
  PushRow,
  TargetFigures,
} from '../gateway/push/ledger.ts';
import { LedgerChanges } from './changes.ts';
import { type OpenDatabase, openDatabase, openToRead } from './database.ts';
import { forgetInstance, hasEnded, type Instance, startInstance } from './instance.ts';
import { type LedgerReads, ledgerReads } from './reads.ts';
import { Statements } from './statements.ts';
import { storeError, troubleInUse } from './trouble.ts';
import { Wipe } from './wipe.ts';
import { Writer } from './writer.ts';

/** How a ledger is opened. */
export interface LedgerOptions {
  /** The clock, in milliseconds since 1970. */
  readonly now?: () => number;
  /** A process that only looks and changes by hand sends nothing, and needs no proof that it lives. */
  readonly sends?: boolean;
  /** What was removed has left the file and all beside it after this time, in milliseconds, or twice as much. */
  readonly wipeEveryMs?: number;
}

/** A ledger that is only looked at. */
export interface LedgerView extends Omit<LedgerReads, 'others'> {
  close(): void;
}

/** A process whose proof of life is missing counts as ended when it has not written for so long. */
const SILENT_MS = 60_000;
const SIGN_OF_LIFE_MS = 15_000;
const WIPE_EVERY_MS = 60_000;

/**
 * Opens the ledger; makes the file when there is none.
 * @param file absolute path
 * @throws {UserError} when the file cannot be used
 */
export async function openLedger(file: string, options: LedgerOptions = {}): Promise<Ledger> {
  const { now = Date.now, sends = true, wipeEveryMs = WIPE_EVERY_MS } = options;
  const database = await openDatabase(file);
  let instance: Instance | undefined;
  try {
    instance = sends ? await startInstance(file) : undefined;
    const changes = new LedgerChanges(await Statements.prepare(database.writing), instance?.id ?? '', now);
    const reads = ledgerReads(database.reading, file);
    const ledger = new SqliteLedger({ file, database, instance, changes, reads, now, wipeEveryMs });
    // Known to the others before it can own a push.
    await ledger.signOfLife();
    return ledger;
  } catch (error) {
    instance?.end({ keepFile: false });
    database.reading.close();
    database.writing.close();
    throw storeError(file, error);
  }
}

/**
 * Opens a ledger that is there, to look only: also while another process
 * writes, and on a disk that cannot be written.
 * @param file absolute path
 * @throws {UserError} when the file cannot be used
 */
export async function viewLedger(file: string): Promise<LedgerView> {
  const connection = await openToRead(file);
  try {
    return { ...ledgerReads(connection, file), close: () => void connection.close() };
  } catch (error) {
    connection.close();
    throw storeError(file, error);
  }
}

interface Parts {
  readonly file: string;
  readonly database: OpenDatabase;
  readonly instance: Instance | undefined;
  readonly changes: LedgerChanges;
  readonly reads: LedgerReads;
  readonly now: () => number;
  readonly wipeEveryMs: number;
}

class SqliteLedger implements Ledger {
  readonly #parts: Parts;
  readonly #writer: Writer;
  readonly #wipe: Wipe;
  #lastSign = Number.NEGATIVE_INFINITY;
  #closed: Promise<void> | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
    const { file, database, wipeEveryMs } = parts;
    this.#writer = new Writer(database.writing);
    this.#wipe = new Wipe(file, database.writing, this.#writer, wipeEveryMs);
    // A process that was killed may have left something in the write-ahead log.
    if (parts.instance !== undefined) this.#wipe.soon();
  }

  accept(pushes: readonly NewPush[], signal?: AbortSignal) {
    return this.#write((changes) => pushes.map((push) => changes.accept(push)), signal);
  }

  claim(target: string, limit: number): Promise<readonly ClaimedPush[]> {
    return this.#write((changes) => changes.claim(target, limit));
  }

  async settle(id: string, result: AttemptResult): Promise<void> {
    await this.#write((changes) => changes.settle(id, result));
    if (result.state === 'done' && !result.keepBody) this.#wipe.soon();
  }

  promise(id: string): Promise<PushRow | undefined> {
    return this.#write((changes) => changes.promise(id));
  }

  hurry(target: string): Promise<void> {
    return this.#write((changes) => changes.hurry(target));
  }

  async recover(settleMs: (target: string) => number): Promise<readonly PushRow[]> {
    await this.signOfLife();
    const { reads, instance } = this.#parts;
    const ended: string[] = [];
    for (const { id, seenAt } of reads.others(instance?.id ?? '')) {
      if (await this.#isGone(id, seenAt)) ended.push(id);
    }
    if (ended.length === 0) return [];
    const rows = await this.#write((changes) => ended.flatMap((id) => changes.takeOver(id, settleMs)));
    for (const id of ended) forgetInstance(this.#parts.file, id);
    return rows;
  }

  /** Says now and then that this process lives. */
  async signOfLife(): Promise<void> {
    // Not the clock of the day, which may be set back: then others would believe us dead.
    const now = performance.now();
    if (this.#parts.instance === undefined || now - this.#lastSign < SIGN_OF_LIFE_MS) return;
    this.#lastSign = now;
    await this.#write((changes) => changes.signOfLife());
  }

  nextDue(target: string): number | undefined {
    return this.#parts.reads.nextDue(target);
  }

  row(id: string): PushRow | undefined {
    return this.#parts.reads.row(id);
  }

  find(target: string, id: string): PushRow | undefined {
    return this.#parts.reads.find(target, id);
  }

  list(filter: PushFilter): readonly PushRow[] {
    return this.#parts.reads.list(filter);
  }

  request(id: string): PushRequest | undefined {
    return this.#parts.reads.request(id);
  }

  figures(): readonly TargetFigures[] {
    return this.#parts.reads.figures();
  }

  keptDetails(id: string): KeptDetails | undefined {
    return this.#parts.reads.keptDetails(id);
  }

  keepDetails(id: string, details: Details): Promise<void> {
    return this.#write((changes) => changes.keepDetails(id, details));
  }

  retry(id: string, giveUpAfterMs: number): Promise<boolean> {
    return this.#write((changes) => changes.retry(id, giveUpAfterMs));
  }

  async drop(id: string): Promise<boolean> {
    const dropped = await this.#write((changes) => changes.drop(id));
    if (dropped) this.#wipe.soon();
    return dropped;
  }

  async forget(before: number): Promise<number> {
    const count = await this.#write((changes) => changes.forget(before));
    if (count > 0) this.#wipe.soon();
    return count;
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    const { database, instance, changes } = this.#parts;
    this.#wipe.close();
    // What this process was sending and could not finish is for the next one: then its lock file stays, as a proof.
    const finished = await this.#writer.write(() => changes.signOff()).catch(() => false);
    await this.#writer.idle();
    // Brings everything into the one file, so that a copy of it is whole.
    await database.writing.exec('PRAGMA wal_checkpoint(TRUNCATE)').catch(() => undefined);
    database.reading.close();
    database.writing.close();
    instance?.end({ keepFile: !finished });
  }

  async #write<T>(change: (changes: LedgerChanges) => T, signal?: AbortSignal): Promise<T> {
    if (this.#closed !== undefined) throw new Error('the ledger is used after its end');
    try {
      return await this.#writer.write(() => change(this.#parts.changes), signal);
    } catch (error) {
      throw troubleInUse(this.#parts.file, error);
    }
  }

  async #isGone(id: string, seenAt: number): Promise<boolean> {
    const ended = await hasEnded(this.#parts.file, id);
    return ended === 'unknown' ? this.#parts.now() - seenAt > SILENT_MS : ended;
  }
}
