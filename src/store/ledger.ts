/** The ledger of pushes in a SQLite file. */

import { performance } from 'node:perf_hooks';
import { type Details, type PushRequest, StoreError, untilAborted } from '../contract/index.ts';
import type {
  AlertLedger,
  AttemptResult,
  ClaimedPush,
  ClaimOrder,
  KeptDetails,
  Ledger,
  NewPush,
  PushAttempt,
  PushFilter,
  PushRow,
  PushSelection,
  PushTrouble,
  SelectedPush,
  SelectionCount,
  SelectionPage,
  TargetFigures,
} from '../gateway/push/ledger.ts';
import { LedgerChanges } from './changes.ts';
import { ClockWatch } from './clock.ts';
import { type OpenDatabase, openDatabase, openToRead } from './database.ts';
import { FileIdentity } from './identity.ts';
import { forgetInstance, hasEnded, type Instance, startInstance } from './instance.ts';
import { Proof } from './proof.ts';
import { type LedgerReads, ledgerReads } from './reads.ts';
import type { Migration } from './schema.ts';
import { Statements } from './statements.ts';
import { storeTrouble } from './trouble.ts';
import { Wipe } from './wipe.ts';
import { Writer } from './writer.ts';

/** How a ledger is opened. */
export interface LedgerOptions {
  /** The time of day, in milliseconds since 1970. */
  readonly now?: () => number;
  /** A clock that is never set, in milliseconds. Left out: the process's own; with another `now`, that one. */
  readonly monotonic?: () => number;
  /** A process that only looks and changes by hand sends nothing, and needs no proof that it lives. */
  readonly sends?: boolean;
  /** What was removed has left the file and all beside it after this time, in milliseconds, or twice as much. */
  readonly wipeEveryMs?: number;
  /** Called when a file of an older gateway was brought to the version of this one. */
  readonly onMigrated?: (migration: Migration) => void;
}

/** A ledger that is only looked at. */
export interface LedgerView
  extends Omit<LedgerReads, 'others' | 'alertDue' | 'outages' | 'nextRecord' | 'openRecords'> {
  close(): void;
}

/** A process whose proof of life is missing counts as ended when it has not written for so long. */
const SILENT_MS = 60_000;
const SIGN_OF_LIFE_MS = 15_000;
const PROVE_AGAIN_MS = 2_000;
const WIPE_EVERY_MS = 60_000;

/**
 * Opens the ledger; makes the file when there is none.
 * @param file absolute path
 * @throws {StoreError} when the file cannot be used
 */
export async function openLedger(file: string, options: LedgerOptions = {}): Promise<Ledger> {
  const { now = Date.now, sends = true, wipeEveryMs = WIPE_EVERY_MS } = options;
  const { monotonic = options.now ?? (() => performance.now()) } = options;
  const clock = new ClockWatch({ wall: now, monotonic });
  const database = await openDatabase(file);
  if (database.migration !== undefined) options.onMigrated?.(database.migration);
  let instance: Instance | undefined;
  try {
    instance = sends ? await startInstance(file) : undefined;
    const changes = new LedgerChanges(await Statements.prepare(database.writing), instance?.id ?? '', clock);
    const reads = ledgerReads(database.reading, file);
    const identity = await FileIdentity.of(file);
    const ledger = new SqliteLedger({ file, database, identity, instance, changes, reads, clock, wipeEveryMs });
    // Known to the others before it can own a push.
    if (sends) await ledger.begin();
    return ledger;
  } catch (error) {
    instance?.end({ keepFile: false });
    database.reading.close();
    database.writing.close();
    throw storeTrouble(file, error);
  }
}

/**
 * Opens a ledger that is there, to look only: also while another process writes, and on a disk that cannot be written.
 * @param file absolute path
 * @throws {StoreError} when the file cannot be used
 */
export async function viewLedger(file: string): Promise<LedgerView> {
  const connection = await openToRead(file);
  try {
    return { ...ledgerReads(connection, file), close: () => void connection.close() };
  } catch (error) {
    connection.close();
    throw storeTrouble(file, error);
  }
}

interface Parts {
  readonly file: string;
  readonly database: OpenDatabase;
  readonly identity: FileIdentity;
  readonly instance: Instance | undefined;
  readonly changes: LedgerChanges;
  readonly reads: LedgerReads;
  readonly clock: ClockWatch;
  readonly wipeEveryMs: number;
}

class SqliteLedger implements Ledger {
  readonly #parts: Parts;
  readonly #writer: Writer;
  readonly #wipe: Wipe;
  readonly #proof: Proof;
  readonly alerts: AlertLedger;
  readonly events: Ledger['events'];
  #hasMended = false;
  #closed: Promise<void> | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
    const { file, database, wipeEveryMs } = parts;
    this.#writer = new Writer(database.writing);
    this.#proof = new Proof(file, () => this.#prove());
    this.#wipe = new Wipe(file, database.writing, this.#writer, wipeEveryMs);
    const { reads, clock } = parts;
    this.alerts = {
      dueAt: (order) => reads.alertDue(order, clock.now()),
      take: (order, compose) => this.#write((changes) => changes.takeAlert(order, compose)),
      outages: () => reads.outages(),
      down: (outage) => this.#write((changes) => changes.outageBegan(outage)),
      back: (target) => this.#write((changes) => changes.outageEnded(target)),
    };
    this.events = {
      store: (event, signal) => this.#takeIn((changes) => changes.storeEvent(event), signal),
      nextDue: (stream) => reads.nextRecord(stream),
      take: async (due, compose) => {
        const taken = await this.#write((changes) => changes.takeRecords(due, compose));
        if (taken.length > 0 && !due.keepBodies) this.#wipe.soon();
        return taken;
      },
      open: () => reads.openRecords(),
    };
    // A process that was killed may have left something in the write-ahead log.
    if (parts.instance !== undefined) this.#wipe.soon();
  }

  accept(pushes: readonly NewPush[], signal?: AbortSignal) {
    return this.#takeIn((changes) => pushes.map((push) => changes.accept(push)), signal);
  }

  claim(target: string, limit: number, order?: ClaimOrder): Promise<readonly ClaimedPush[]> {
    return this.#write((changes) => changes.claim(target, limit, order));
  }

  async settle(id: string, result: AttemptResult): Promise<void> {
    await this.#write((changes) => changes.settle(id, result));
    if (result.state === 'done' && !result.keepBody) this.#wipe.soon();
  }

  promise(id: string): Promise<PushRow | undefined> {
    return this.#write((changes) => changes.promise(id));
  }

  hurry(target: string, settleMs: number, except: readonly string[]): Promise<void> {
    return this.#write((changes) => changes.hurry(target, settleMs, except));
  }

  explain(target: string, trouble: PushTrouble): Promise<void> {
    return this.#write((changes) => changes.explain(target, trouble));
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

  /** Says now and then that this process lives; in trouble more often, to notice its end. */
  async signOfLife(): Promise<void> {
    if (this.#parts.instance === undefined) return;
    // Not the clock of the day, which may be set back: then others would believe us dead.
    if (this.#proof.ageMs >= (this.trouble === undefined ? SIGN_OF_LIFE_MS : PROVE_AGAIN_MS)) await this.prove();
  }

  /** The first that it does: says that it is there. */
  async begin(): Promise<void> {
    await this.#write((changes) => changes.signOfLife());
  }

  prove(): Promise<void> {
    return this.#proof.ask();
  }

  get trouble(): Error | undefined {
    return this.#proof.trouble;
  }

  verify(): Promise<void> {
    return this.#parts.identity.verify();
  }

  async mendTimes(): Promise<number> {
    const { clock, instance } = this.#parts;
    const step = clock.pending;
    // The first time also what a process before this one has left.
    if (step === 0 && (this.#hasMended || instance === undefined)) return 0;
    const count = await this.#write((changes) => changes.mend(step));
    clock.mended(step);
    this.#hasMended = true;
    return count;
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

  count(selection: PushSelection): SelectionCount {
    return this.#parts.reads.count(selection);
  }

  select(selection: PushSelection, page: SelectionPage): readonly SelectedPush[] {
    return this.#parts.reads.select(selection, page);
  }

  pushedSince(row: PushRow): PushRow | undefined {
    return this.#parts.reads.pushedSince(row);
  }

  attempts(id: string): readonly PushAttempt[] {
    return this.#parts.reads.attempts(id);
  }

  holds(id: string): boolean {
    return this.#parts.reads.holds(id);
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
    // A clock that was set forward by years makes everything old.
    const believed = before - this.#parts.clock.ahead;
    const count = await this.#write((changes) => changes.forget(believed));
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

  /** Stores what comes from outside: in the file that is at its place, with times that are right. */
  async #takeIn<T>(change: (changes: LedgerChanges) => T, signal: AbortSignal | undefined): Promise<T> {
    try {
      const ready = this.verify().then(() => this.mendTimes());
      await (signal === undefined ? ready : untilAborted(ready, signal));
      const taken = await this.#write(change, signal);
      this.#proof.learned();
      return taken;
    } catch (error) {
      this.#proof.learned(error);
      throw error;
    }
  }

  async #write<T>(change: (changes: LedgerChanges) => T, signal?: AbortSignal): Promise<T> {
    if (this.#closed !== undefined) throw new StoreError('busy', `the store ${this.#parts.file} is being closed`);
    try {
      return await this.#writer.write(() => change(this.#parts.changes), signal);
    } catch (error) {
      throw storeTrouble(this.#parts.file, error);
    }
  }

  async #prove(): Promise<void> {
    await this.verify();
    await this.#write((changes) => {
      changes.proveRoom();
      changes.signOfLife();
    });
  }

  async #isGone(id: string, seenAt: number): Promise<boolean> {
    const ended = await hasEnded(this.#parts.file, id);
    if (ended !== 'unknown') return ended;
    const { clock } = this.#parts;
    return clock.now() - clock.skippedWithin(SILENT_MS) - seenAt > SILENT_MS;
  }
}
