/** Entries on their way to the file: kept in memory for less than a second, written by another thread, counted where they are lost. */
import { type Log, untilAborted } from '../../contract/index.ts';
import { failureFields, failureText } from '../failure.ts';
import type { GatewayEvents } from '../telemetry.ts';
import { lostEntry, type NewAuditEntry } from './entry.ts';
import type { AuditFile } from './file.ts';
import { WaitingEntries } from './waiting.ts';

/** How entries are kept until they are written, each number with its reason. */
export const recorderLimits = {
  // What a crash may cost; a transaction takes the disk some milliseconds, whatever is in it.
  pauseMs: 500,
  // A disk that is full stays so for a while; a person who has made room need not wait for a minute.
  againMs: 5_000,
  // Of a minute in which the disk does not write and a large help desk works on.
  entries: 20_000,
  // Of JSON: some hundred each; those with values have thousands.
  characters: 16 * 1024 * 1024,
  // In one transaction: other gateways write between two.
  atOnce: 2_000,
  // To hand so many to the thread that writes holds up the calls for less than a millisecond.
  charactersAtOnce: 1024 * 1024,
  // Whoever stops a gateway does not wait for longer.
  closeMs: 5_000,
} as const;

type RecorderLimits = { readonly [Name in keyof typeof recorderLimits]: number };

/** Takes entries at once, and never fails. */
export class AuditRecorder {
  readonly #file: AuditFile;
  readonly #log: Log;
  readonly #events: GatewayEvents;
  readonly #limits: RecorderLimits;
  readonly #waiting: WaitingEntries;
  /** The number of the first that waits. */
  #first = 1;
  /** Not kept since the last entry that says so. */
  #lost = 0;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> | undefined;
  #trouble: string | undefined;
  /** Whether it is to be found out that entries can be written, though there are none. */
  #isUnproven = false;
  #isClosed = false;

  constructor(file: AuditFile, log: Log, events: GatewayEvents, limits: Partial<RecorderLimits> = {}) {
    this.#file = file;
    this.#log = log;
    this.#events = events;
    this.#limits = { ...recorderLimits, ...limits };
    this.#waiting = new WaitingEntries(this.#limits.atOnce, this.#limits.charactersAtOnce);
  }

  /** Why the last entries could not be written; undefined: they were. */
  get trouble(): string | undefined {
    return this.#trouble;
  }

  record(entry: NewAuditEntry): void {
    const { entries, characters, pauseMs, againMs } = this.#limits;
    if (this.#isClosed || this.#waiting.count >= entries || this.#waiting.characters >= characters) {
      this.#lose(1);
      return;
    }
    this.#waiting.add(entry);
    this.#timer ??= setTimeout(() => void this.#flush(), this.#trouble === undefined ? pauseMs : againMs).unref();
  }

  /** Finds out whether entries can be written, before there are any; again and again until they can. */
  prove(): Promise<void> {
    this.#isUnproven = true;
    return this.#flush();
  }

  /** Writes what waits. @throws never: the log says why it could not be written */
  flush(signal?: AbortSignal): Promise<void> {
    return this.#flush(signal);
  }

  /** Writes what waits, and takes no more. What cannot be written within some seconds is lost, and the log says how much. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const signal = AbortSignal.timeout(this.#limits.closeMs);
    // Who writes just now may have failed before this was closed.
    for (let tries = 0; tries < 3 && this.#hasWork && !signal.aborted; tries += 1) await this.#flush(signal);
    clearTimeout(this.#timer);
    const left = this.#waiting.count;
    if (left > 0) this.#events.tell({ kind: 'audit', result: 'lost', count: left });
    if (left + this.#lost > 0) this.#log.error({ lost: left + this.#lost }, 'entries of the audit are lost');
  }

  get #hasWork(): boolean {
    return this.#waiting.count > 0 || this.#lost > 0;
  }

  #flush(signal?: AbortSignal): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    // One at a time: their order is that of the calls.
    const writing = (this.#writing ?? Promise.resolve()).then(() => this.#write(signal));
    this.#writing = writing;
    return writing;
  }

  async #write(signal: AbortSignal | undefined): Promise<void> {
    try {
      if (this.#isUnproven && !this.#hasWork && !this.#isClosed) {
        await this.#file.prove();
        this.#works();
      }
      // What comes meanwhile waits for the next time: a transaction costs more than all that is in it.
      let end = this.#first + this.#waiting.count;
      while (this.#first < end || this.#lost > 0) {
        if (this.#waiting.count === 0) this.#tellLost();
        const batch = this.#waiting.oldest();
        if (batch === undefined) break;
        const written = this.#file.write(batch, this.#first, signal);
        await (signal === undefined ? written : untilAborted(written, signal));
        this.#waiting.shift();
        this.#first += batch.count;
        this.#events.tell({ kind: 'audit', result: 'kept', count: batch.count });
        this.#works();
        if (this.#lost === 0) continue;
        // There is room again.
        this.#tellLost();
        end = this.#first + this.#waiting.count;
      }
    } catch (error) {
      // Once: it is tried again and again.
      if (this.#trouble === undefined) {
        this.#log.error(failureFields(error), 'the audit cannot be written; lookups go on, and it is tried again');
      }
      this.#trouble = failureText(error);
      if (!this.#isClosed) this.#timer ??= setTimeout(() => void this.#flush(), this.#limits.againMs).unref();
    }
  }

  #works(): void {
    if (this.#trouble !== undefined) this.#log.info({}, 'the audit is written again');
    this.#trouble = undefined;
    this.#isUnproven = false;
  }

  #lose(count: number): void {
    // Before anybody has tried for the first time, the log has said nothing of it.
    if (this.#lost === 0) this.#log.error({}, 'the audit takes no more entries; they are counted until it does');
    this.#lost += count;
    this.#events.tell({ kind: 'audit', result: 'lost', count });
  }

  #tellLost(): void {
    const lost = this.#lost;
    this.#lost = 0;
    this.#waiting.add(lostEntry(lost));
    this.#log.error({ lost }, 'entries of the audit are lost');
  }
}
