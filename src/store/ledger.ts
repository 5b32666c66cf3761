/** The ledger of pushes in a SQLite file. */

import { performance } from 'node:perf_hooks';
import { StoreError } from '../contract/index.ts';
import type { Ledger } from '../gateway/push/ledger.ts';
import type { PushRow } from '../gateway/push/push-row.ts';
import { LedgerChanges } from './changes.ts';
import { ClockWatch } from './clock.ts';
import { CommonLedger, type LedgerChange } from './common-ledger.ts';
import { type OpenDatabase, openDatabase, openToRead } from './database.ts';
import { FileIdentity } from './identity.ts';
import { forgetInstance, hasEnded, type Instance, startInstance } from './instance.ts';
import { Proof } from './proof.ts';
import { type LedgerReads, ledgerReads } from './reads.ts';
import type { Migration } from './schema.ts';
import { sqliteQuestions, sqliteSession } from './sqlite-session.ts';
import type { GatewaySelf } from './this-gateway.ts';
import { storeTrouble } from './trouble.ts';
import { Wipe } from './wipe.ts';
import { sqliteTransactions, Writer } from './writer.ts';

/** How a ledger is opened. */
export interface LedgerOptions {
  /** The time of day, in milliseconds since 1970. */
  readonly now?: () => number;
  /** A clock that is never set, in milliseconds. Left out: the process's own; with another `now`, that one. */
  readonly monotonic?: () => number;
  /** What it says of itself to others. */
  readonly self?: GatewaySelf;
  /** A process that only looks and changes by hand sends nothing, and needs no proof that it lives. */
  readonly sends?: boolean;
  /** What was removed has left the file and all beside it after this time, in milliseconds, or twice as much. */
  readonly wipeEveryMs?: number;
  /** Called when a file of an older gateway was brought to the version of this one. */
  readonly onMigrated?: (migration: Migration) => void;
}

/** A ledger that is only looked at. */
export interface LedgerView
  extends Omit<LedgerReads, 'others' | 'sending' | 'alertDue' | 'outages' | 'nextRecord' | 'openRecords' | 'gateways'>,
    Pick<Ledger, 'gateways' | 'now'> {
  close(): Promise<void>;
}

/** A process whose proof of life is missing counts as ended when it has not written for so long. */
const SILENT_MS = 60_000;
const SIGN_OF_LIFE_MS = 15_000;
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
    const changes = new LedgerChanges(await sqliteSession(database.writing), instance?.id ?? '', clock, options.self);
    const reads = ledgerReads(sqliteQuestions(database.reading, file));
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
    const reads = ledgerReads(sqliteQuestions(connection, file));
    return {
      ...reads,
      now: Date.now,
      gateways: () => reads.gateways(Date.now(), SILENT_MS),
      close: async () => void connection.close(),
    };
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

class SqliteLedger extends CommonLedger {
  readonly #parts: Parts;
  readonly #writer: Writer;
  readonly #wipe: Wipe;
  #hasMended = false;
  #closed: Promise<void> | undefined;

  constructor(parts: Parts) {
    const { file, database, reads, clock, wipeEveryMs, instance } = parts;
    const proof = new Proof(file, () => this.#prove());
    super({ reads, clock, proof, silentMs: SILENT_MS, signOfLifeMs: instance && SIGN_OF_LIFE_MS });
    this.#parts = parts;
    this.#writer = new Writer(sqliteTransactions(database.writing));
    this.#wipe = new Wipe(file, database.writing, this.#writer, wipeEveryMs);
    // A process that was killed may have left something in the write-ahead log.
    if (instance !== undefined) this.removed();
  }

  async recover(settleMs: (target: string) => number): Promise<readonly PushRow[]> {
    await this.signOfLife();
    const { reads, instance } = this.#parts;
    const ended: string[] = [];
    const others = await reads.others(instance?.id ?? '');
    for (const { id, seenAt } of others) {
      if (await this.#isGone(id, seenAt)) ended.push(id);
    }
    this.live(others.length - ended.length);
    if (ended.length === 0) return [];
    const rows = await this.write((changes) => changes.takeOver(ended, settleMs));
    for (const id of ended) forgetInstance(this.#parts.file, id);
    return rows;
  }

  /** The first that it does: says that it is there. */
  async begin(): Promise<void> {
    await this.write((changes) => changes.signOfLife());
  }

  verify(): Promise<void> {
    return this.#parts.identity.verify();
  }

  async mendTimes(): Promise<number> {
    const { clock, instance } = this.#parts;
    const step = clock.pending;
    // The first time also what a process before this one has left.
    if (step === 0 && (this.#hasMended || instance === undefined)) return 0;
    const count = await this.write((changes) => changes.mend(step));
    clock.mended(step);
    this.#hasMended = true;
    return count;
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  protected async write<T>(change: LedgerChange<T>, signal?: AbortSignal): Promise<T> {
    if (this.#closed !== undefined) throw new StoreError('busy', `the store ${this.#parts.file} is being closed`);
    try {
      return await this.#writer.write(() => change(this.#parts.changes), signal);
    } catch (error) {
      throw storeTrouble(this.#parts.file, error);
    }
  }

  protected removed(): void {
    this.#wipe.soon();
  }

  /** A clock that was set forward by years makes everything old. */
  protected believed(before: number): number {
    return before - this.#parts.clock.ahead;
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

  async #prove(): Promise<void> {
    await this.verify();
    await this.write(async (changes) => {
      await changes.proveRoom();
      await changes.signOfLife();
    });
  }

  async #isGone(id: string, seenAt: number): Promise<boolean> {
    const ended = await hasEnded(this.#parts.file, id);
    if (ended !== 'unknown') return ended;
    const { clock } = this.#parts;
    return clock.now() - clock.skippedWithin(SILENT_MS) - seenAt > SILENT_MS;
  }
}
