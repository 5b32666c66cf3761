/**
 * A file that is served from memory and followed: read when it is first needed,
 * read again when it changes. Old data serve until the new are complete.
 */
import { setTimeout as wait } from 'node:timers/promises';
import {
  DeadlineExceeded,
  type Log,
  remainingMs,
  SourceError,
  type SourceState,
  untilAborted,
  withDeadlineWithin,
} from '../../src/contract/index.ts';
import { ageWords, clock, messageOf } from '../../src/kit/text/index.ts';
import { ChangedWhileReading, type FileFormat, type Reading, readFile, stampOf } from './read.ts';
import type { Table } from './table.ts';

// The file's state is asked for, as a watcher says nothing on network shares and in many containers, and loses a
// file that is replaced by another name. One `stat` a second costs next to nothing.
const POLL_MS = 1_000;
// A file that changes between two looks is being written; it is read when it rests, or after so many looks.
const LOOKS_WITHOUT_REST = 10;
const FIRST_READINGS = 5;
const LEFT_FOR_THE_ANSWER_MS = 100;

/** How a {@link LiveFile} follows its file. */
export interface FollowOptions {
  /** Milliseconds between two looks at the file. */
  readonly pollMs?: number;
  /** Data that were written longer ago are too old: staff and administrators are told. Milliseconds. */
  readonly maxAgeMs?: number | undefined;
}

/** The data of one file, always the last good state. */
export class LiveFile {
  readonly #format: FileFormat;
  readonly #log: Log;
  readonly #pollMs: number;
  readonly #maxAgeMs: number;
  readonly #closing = new AbortController();
  #table: Table | undefined;
  #loading: Promise<Table> | undefined;
  #progress = 0;
  /** The state of the file that was last read, whether it was good or not. */
  #readStamp: string | undefined;
  /** What was wrong then. */
  #readTrouble: SourceError | undefined;
  #timer: NodeJS.Timeout | undefined;
  #look: Promise<void> | undefined;
  #seenStamp: string | undefined;
  #restless = 0;
  /** Whether it is told that the file cannot be reached. */
  #lost = false;
  /** Why older data serve than those of the file as it is now. */
  #trouble: unknown;
  #servingStamp: string | undefined;
  #dataAt: Date | undefined;
  /** Of the data that serve. */
  #flaws: Pick<Reading, 'badLines' | 'badLineCount' | 'doubts'> = { badLines: [], badLineCount: 0, doubts: [] };

  constructor(format: FileFormat, log: Log, options: FollowOptions = {}) {
    this.#format = format;
    this.#log = log;
    this.#pollMs = options.pollMs ?? POLL_MS;
    this.#maxAgeMs = options.maxAgeMs ?? Number.POSITIVE_INFINITY;
  }

  /**
   * The data: at once when there are any, else after the first reading. A
   * caller that gives up does not end the reading, so that the next one profits.
   * @throws {SourceError} the file cannot be read, or not before `signal` aborts
   */
  async table(signal: AbortSignal): Promise<Table> {
    signal.throwIfAborted();
    if (this.#table !== undefined) return this.#table;
    this.#loading ??= this.#load().finally(() => {
      this.#loading = undefined;
    });
    const loading = this.#loading;
    const left = remainingMs(signal);
    try {
      if (left === undefined) return await untilAborted(loading, signal);
      // Before the deadline, or the caller would not hear why.
      const enough = Math.max(0, left - Math.min(LEFT_FOR_THE_ANSWER_MS, left / 4));
      return await withDeadlineWithin(enough, signal, (limited) => untilAborted(loading, limited));
    } catch (error) {
      if (!(signal.aborted || error instanceof DeadlineExceeded) || error instanceof SourceError) throw error;
      throw this.#stillReading(error);
    }
  }

  /** What staff must know of the data that serve: that they are too old, and how old. */
  ageNotice(): string | undefined {
    const at = this.#dataAt;
    if (at === undefined) return undefined;
    const age = Date.now() - at.getTime();
    return age > this.#maxAgeMs ? `the data are from ${clock(at.getTime())}, ${ageWords(age)} old` : undefined;
  }

  /** What is wrong with the data that serve. */
  state(): SourceState {
    const { badLines, badLineCount, doubts } = this.#flaws;
    const dataAt = this.#dataAt;
    const warnings = [...doubts];
    for (const { line, problem } of badLines) warnings.push(`line ${line} is left out: ${problem}`);
    const more = badLineCount - badLines.length;
    if (more > 0) warnings.push(`${more} more lines are left out, ${badLineCount} in all`);
    if (this.#trouble !== undefined) {
      const { problem, remedy } = wordsOf(this.#trouble);
      const mend = remedy === undefined ? '' : `; ${remedy}`;
      warnings.push(`the file as it is now cannot be read, older data serve: ${problem}${mend}`);
    }
    const old = this.ageNotice();
    if (old !== undefined) warnings.push(`${old}, which is more than maxAge; see why the file is not written any more`);
    return { warnings, leftOut: badLineCount, ...(dataAt === undefined ? {} : { dataAt }) };
  }

  /** Ends the following and any reading under way. */
  async close(): Promise<void> {
    this.#closing.abort(new Error('the source is closed'));
    clearInterval(this.#timer);
    await Promise.allSettled([this.#loading, this.#look]);
  }

  #stillReading(cause: unknown): SourceError {
    const percent = Math.floor(this.#progress * 100);
    return new SourceError('timeout', `${this.#format.path} is still being read (${percent} %)`, {
      cause,
      remedy: 'try again in a moment; a large file is read once, after the start',
      staffWords: 'is still being read; try again in a minute',
    });
  }

  async #load(): Promise<Table> {
    // Reading a large file that was refused, at every lookup, would keep a processor busy for nothing.
    const refusal = this.#readTrouble?.kind === 'rejected' ? this.#readTrouble : undefined;
    if (refusal !== undefined && (await stampOf(this.#format.path)) === this.#readStamp) throw refusal;
    const reading = await this.#readAtRest();
    this.#adopt(reading);
    if (!this.#closing.signal.aborted) this.#follow();
    return reading.table;
  }

  async #readAtRest(): Promise<Reading> {
    for (let readings = 1; ; readings += 1) {
      try {
        return await this.#read();
      } catch (error) {
        if (!(error instanceof ChangedWhileReading)) throw error;
        if (readings === FIRST_READINGS) throw this.#neverAtRest();
      }
      await wait(this.#pollMs / 5, undefined, { signal: this.#closing.signal });
    }
  }

  async #read(): Promise<Reading> {
    const stamp = await stampOf(this.#format.path);
    this.#progress = 0;
    try {
      return await readFile(this.#format, this.#closing.signal, (part) => {
        this.#progress = part;
      });
    } catch (error) {
      if (error instanceof SourceError) {
        this.#readStamp = stamp;
        this.#readTrouble = error;
      }
      throw error;
    }
  }

  #neverAtRest(): SourceError {
    return new SourceError('unreachable', `${this.#format.path}: the file is written to all the time`, {
      remedy: 'write it under another name and then rename it',
      staffWords: 'is being written to; try again in a minute',
    });
  }

  #adopt({ table, stamp, dataAt, badLines, badLineCount, doubts }: Reading): void {
    const file = this.#format.path;
    for (const { line, problem } of badLines) {
      this.#log.warn({ file, line, problem }, 'a line of the CSV file is left out');
    }
    if (badLineCount > 0) {
      const records = table.size;
      const problem = `${badLineCount} of ${badLineCount + records}`;
      this.#log.warn({ file, badLines: badLineCount, records, problem }, 'the CSV file has lines that are left out');
    }
    this.#log.debug({ file, records: table.size }, 'the CSV file is read');
    this.#table = table;
    for (const problem of doubts) this.#log.warn({ file, problem }, 'the CSV file is probably not read as it is meant');
    this.#flaws = { badLines, badLineCount, doubts };
    this.#readStamp = stamp;
    this.#servingStamp = stamp;
    this.#dataAt = dataAt;
    this.#readTrouble = undefined;
    this.#trouble = undefined;
  }

  #follow(): void {
    this.#timer = setInterval(() => {
      this.#look ??= this.#lookAgain().finally(() => {
        this.#look = undefined;
      });
    }, this.#pollMs);
    // Following alone is no reason to keep the process alive.
    this.#timer.unref();
  }

  async #lookAgain(): Promise<void> {
    const file = this.#format.path;
    try {
      const stamp = await stampOf(file);
      this.#lost = false;
      if (stamp === this.#readStamp) this.#trouble = stamp === this.#servingStamp ? undefined : this.#readTrouble;
      if (stamp === this.#readStamp || !this.#isAtRest(stamp)) return;
      const reading = await this.#read();
      const before = this.#table;
      // What was searched before is searched again; nobody shall wait for its index.
      await reading.table.prepare(before?.indexes() ?? []);
      if (this.#closing.signal.aborted) return;
      this.#adopt(reading);
      this.#log.info(
        { file, records: reading.table.size, before: before?.size },
        'the CSV file has changed; its new data serve',
      );
    } catch (error) {
      this.#keepOld(error);
    }
  }

  #isAtRest(stamp: string): boolean {
    const rests = stamp === this.#seenStamp || this.#restless >= LOOKS_WITHOUT_REST;
    this.#seenStamp = stamp;
    this.#restless = rests ? 0 : this.#restless + 1;
    return rests;
  }

  #keepOld(error: unknown): void {
    if (error instanceof ChangedWhileReading || this.#closing.signal.aborted) return;
    const gone = !(error instanceof SourceError) || error.kind !== 'rejected';
    // What was read is told once a state of the file; what cannot be reached, once until it is back.
    this.#trouble = error;
    if (gone && this.#lost) return;
    this.#lost = gone;
    this.#log.warn(
      { file: this.#format.path, ...wordsOf(error) },
      'the CSV file cannot be read; the old data go on serving',
    );
  }
}

function wordsOf(error: unknown): { problem: string; remedy: string | undefined } {
  return { problem: messageOf(error), remedy: error instanceof SourceError ? error.remedy : undefined };
}
