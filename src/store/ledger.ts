/** The ledger of pushes in a SQLite file. */
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
import { type OpenDatabase, openDatabase, storeError } from './database.ts';
import { forgetInstance, hasEnded, type Instance, startInstance } from './instance.ts';
import { type LedgerReads, ledgerReads } from './reads.ts';
import { Statements } from './statements.ts';
import { Writer } from './writer.ts';

/** How a ledger is opened. */
export interface LedgerOptions {
  /** The clock, in milliseconds since 1970. */
  readonly now?: () => number;
  /** A process that only looks and changes by hand sends nothing, and needs no proof that it lives. */
  readonly sends?: boolean;
}

/** A process whose proof of life is missing counts as ended when it has not written for so long. */
const SILENT_MS = 60_000;
const SIGN_OF_LIFE_MS = 15_000;

/**
 * Opens the ledger; makes the file when there is none.
 * @param file absolute path
 * @throws {UserError} when the file cannot be used
 */
export async function openLedger(file: string, { now = Date.now, sends = true }: LedgerOptions = {}): Promise<Ledger> {
  const database = await openDatabase(file);
  let instance: Instance | undefined;
  try {
    instance = sends ? await startInstance(file) : undefined;
    const changes = new LedgerChanges(await Statements.prepare(database.writing), instance?.id ?? '', now);
    const ledger = new SqliteLedger({ file, database, instance, changes, reads: ledgerReads(database.reading), now });
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

interface Parts {
  readonly file: string;
  readonly database: OpenDatabase;
  readonly instance: Instance | undefined;
  readonly changes: LedgerChanges;
  readonly reads: LedgerReads;
  readonly now: () => number;
}

class SqliteLedger implements Ledger {
  readonly #parts: Parts;
  readonly #writer: Writer;
  #lastSign = Number.NEGATIVE_INFINITY;
  #closed: Promise<void> | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#writer = new Writer(parts.database.writing);
  }

  accept(pushes: readonly NewPush[]) {
    return this.#write((changes) => pushes.map((push) => changes.accept(push)));
  }

  claim(target: string, limit: number): Promise<readonly ClaimedPush[]> {
    return this.#write((changes) => changes.claim(target, limit));
  }

  settle(id: string, result: AttemptResult): Promise<void> {
    return this.#write((changes) => changes.settle(id, result));
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
    const now = this.#parts.now();
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

  drop(id: string): Promise<boolean> {
    return this.#write((changes) => changes.drop(id));
  }

  forget(before: number): Promise<number> {
    return this.#write((changes) => changes.forget(before));
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    const { database, instance, changes } = this.#parts;
    // What this process was sending and could not finish is for the next one: then its lock file stays, as a proof.
    const finished = await this.#writer.write(() => changes.signOff()).catch(() => false);
    await this.#writer.idle();
    // Brings everything into the one file, so that a copy of it is whole.
    await database.writing.exec('PRAGMA wal_checkpoint(TRUNCATE)').catch(() => undefined);
    database.reading.close();
    database.writing.close();
    instance?.end({ keepFile: !finished });
  }

  #write<T>(change: (changes: LedgerChanges) => T): Promise<T> {
    if (this.#closed !== undefined) return Promise.reject(new Error('the ledger is used after its end'));
    return this.#writer.write(() => change(this.#parts.changes));
  }

  async #isGone(id: string, seenAt: number): Promise<boolean> {
    const ended = await hasEnded(this.#parts.file, id);
    return ended === 'unknown' ? this.#parts.now() - seenAt > SILENT_MS : ended;
  }
}
