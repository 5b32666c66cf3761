/**
 * The audit in a store that several gateways share. While the store is away entries go to the file of this machine, and are
 * handed on when it is back: each once, since each has a key by which the store knows it.
 */
import { randomBytes } from 'node:crypto';
import { type Log, UserError } from '../../contract/index.ts';
import { inTime } from '../../kit/wait/index.ts';
import { failureFields, failureText } from '../failure.ts';
import type { AuditFile, AuditFilter, AuditPage, AuditPlace, AuditSpool, AuditStore, EntryBatch } from './file.ts';

/** A store that takes longer is away: whoever stops a gateway waits for the file, too (`recorderLimits.closeMs`). */
const STORE_MS = 2_000;
/** Whoever ends waits no longer for a store that says nothing. */
const CLOSE_MS = 1_000;
/** So often is looked whether something waits in the file, and for a store that is away. */
const LOOK_EVERY_MS = 5_000;
/** In one transaction: other gateways write between two. */
const HANDED_AT_ONCE = 1_000;
/** Clocks that differ by less are left as they are: the lines of the log have the same times. */
const SAME_TIME_MS = 1_000;

/** What it works with. */
export interface SpooledAuditParts {
  readonly open: () => Promise<AuditStore>;
  readonly spool: AuditSpool;
  /** What this gateway is called in the entries. */
  readonly gateway: string;
  /** For messages: the path of the file. */
  readonly file: string;
  readonly log: Log;
}

/** Writes to the store, else to the file. */
export class SpooledAudit implements AuditFile {
  readonly #parts: SpooledAuditParts;
  readonly #writer = randomBytes(8).toString('hex');
  readonly #timer: NodeJS.Timeout;
  #opening: Promise<AuditStore> | undefined;
  #opened: AuditStore | undefined;
  /** On the clock of `performance.now()`: before then the store is not asked again. */
  #againAt = 0;
  #isAway = false;
  /** The file cannot be read. */
  #isStuck = false;
  #handing: Promise<boolean> | undefined;

  constructor(parts: SpooledAuditParts) {
    this.#parts = parts;
    this.#timer = setInterval(() => void this.handOver(), LOOK_EVERY_MS).unref();
  }

  async write({ lines, count }: EntryBatch, first: number, signal?: AbortSignal): Promise<void> {
    const { gateway, spool } = this.#parts;
    const ahead = this.#opened?.aheadMs ?? 0;
    const aheadMs = Math.abs(ahead) < SAME_TIME_MS ? 0 : Math.round(ahead);
    // The same each time that a batch is tried: what the store has confirmed to nobody is there once.
    const keyed = lines.split('\n').map((line, index) => {
      const entry = Object(JSON.parse(line));
      const at = Number(Reflect.get(entry, 'at')) + aheadMs;
      return JSON.stringify({ ...entry, at, gateway, key: `${this.#writer}-${first + index}` });
    });
    if (await this.#added(keyed)) return;
    await spool.write({ lines: keyed.join('\n'), count }, first, signal);
  }

  async prove(): Promise<void> {
    try {
      await this.#using((store) => store.prove());
    } catch (error) {
      const { spool, file } = this.#parts;
      await spool.prove();
      throw new UserError(`${failureText(error)}; until then entries of the audit wait in ${file}`);
    }
  }

  now(): Promise<number> {
    return this.#using((store) => store.now());
  }

  async page(filter: AuditFilter, place: AuditPlace, signal?: AbortSignal): Promise<AuditPage> {
    await this.#handSome();
    return this.#using((store) => store.page(filter, place, signal));
  }

  async count(filter: AuditFilter, signal?: AbortSignal): Promise<number> {
    await this.#handSome();
    return this.#using((store) => store.count(filter, signal));
  }

  /** Hands on what waits in the file, as far as the store takes it. Never throws. */
  async handOver(): Promise<void> {
    while (await this.#handSome());
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    const end = async () => {
      await this.#handing;
      await this.#opened?.close();
    };
    // All is in the store or in the file: a store that is cut off is not waited for.
    await inTime(CLOSE_MS, end()).catch(() => undefined);
  }

  /** @returns whether there may be more */
  #handSome(): Promise<boolean> {
    this.#handing ??= this.#handNext().finally(() => {
      this.#handing = undefined;
    });
    return this.#handing;
  }

  async #handNext(): Promise<boolean> {
    const { spool, gateway, log } = this.#parts;
    try {
      const { lines, last } = await spool.unhanded(HANDED_AT_ONCE);
      if (lines.length === 0 || !(await this.#added(lines.map((line) => withKey(line, gateway))))) return false;
      await spool.handed(last);
      this.#isStuck = false;
      return lines.length === HANDED_AT_ONCE;
    } catch (error) {
      const words = 'what waits in the file of the audit cannot be handed to the store; tried again';
      if (!this.#isStuck) log.error(failureFields(error), words);
      this.#isStuck = true;
      return false;
    }
  }

  /** @returns false where the store is away: the log says why, once */
  async #added(lines: readonly string[]): Promise<boolean> {
    if (performance.now() < this.#againAt) return false;
    const { log, file } = this.#parts;
    try {
      await inTime(
        STORE_MS,
        this.#using((store) => store.add(lines)),
      );
      if (this.#isAway) log.info({}, 'the audit is written to the store again');
      this.#isAway = false;
      return true;
    } catch (error) {
      this.#againAt = performance.now() + LOOK_EVERY_MS;
      const words = 'the store does not take the audit; its entries go to the file of this machine until it does';
      if (!this.#isAway) log.error({ file, ...failureFields(error) }, words);
      this.#isAway = true;
      return false;
    }
  }

  async #using<T>(work: (store: AuditStore) => Promise<T>): Promise<T> {
    this.#opening ??= this.#parts.open();
    try {
      this.#opened = await this.#opening;
    } catch (error) {
      this.#opening = undefined;
      throw error;
    }
    return work(this.#opened);
  }
}

/** One that was written before there was a store, or by a command that has no time for it, gets a key by what is in it: its reference is its own. */
function withKey(line: string, gateway: string): string {
  const entry: unknown = JSON.parse(line);
  if (typeof entry !== 'object' || entry === null || 'key' in entry) return line;
  const { createHash } = process.getBuiltinModule('node:crypto');
  const key = createHash('sha256').update(line).digest('hex');
  return JSON.stringify({ gateway, ...entry, key });
}
