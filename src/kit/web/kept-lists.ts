/** The lists of a system that change seldom and name what its records have: departments, statuses, queues. Kept for a while. */
import {
  type CallContext,
  DeadlineExceeded,
  type Log,
  SourceError,
  type SourceRecord,
  untilAborted,
  withDeadlineWithin,
} from '../../contract/index.ts';
import { ago } from '../text/index.ts';
import { type Account, accountKey, Shared } from '../wait/index.ts';

/** A list that is there already is not waited for longer; less than names are, or the one that is there would be of no use to them. */
const PATIENCE_MS = 700;
/** Reading one goes on when whoever asked has gone, so that a slow system has it for the next; but not for ever. */
const READING_MS = 20_000;
/** What failed is not asked for again sooner: the system is down, or may not give it. */
const PAUSE_MS = 15_000;
/** An older list names too much that has changed since. */
const OLDEST_MS = 86_400_000;

/** What {@link KeptLists} are made of. */
export interface KeptListsParts<Name extends string> {
  /** Whose lists they are: all sources of one account see the same. */
  readonly account: Account;
  /** In messages: "HelpSpot". */
  readonly system: string;
  /** What else tells these lists from others of the account, where settings decide what is read. */
  readonly variant?: string;
  /** So long a list is as good as a new one, milliseconds. */
  readonly keepMs: number;
  /** More would be no list that anybody chooses from; the rest is left out, and staff are told. */
  readonly most: number;
  readonly log: Log;
  /** In messages: "categories". */
  pluralOf(name: Name): string;
  /** Asks the system. @throws {SourceError} */
  read(name: Name, context: CallContext): Promise<readonly SourceRecord[]>;
}

interface Kept {
  readonly records: readonly SourceRecord[];
  readonly isCut: boolean;
  /** As `Date.now()` has it. */
  readonly at: number;
}

interface Reading {
  readonly list: Promise<Kept>;
  /** On the clock of `performance.now()`. */
  readonly began: number;
}

class ListCache {
  readonly kept = new Map<string, Kept>();
  readonly failed = new Map<string, { readonly error: SourceError; readonly until: number }>();
  readonly underWay = new Map<string, Reading>();
  readonly isAtRest = true;
}

const caches = new Shared<ListCache>();

/** The lists for one source. */
export class KeptLists<Name extends string> {
  readonly #parts: KeptListsParts<Name>;
  readonly #cache: ListCache;
  readonly #release: () => void;
  #isClosed = false;

  constructor(parts: KeptListsParts<Name>) {
    this.#parts = parts;
    const { system, variant = '', account } = parts;
    const { value, release } = caches.borrow(`${system} ${variant} ${accountKey(account)}`, () => new ListCache());
    this.#cache = value;
    this.#release = release;
  }

  /**
   * A list; an old one, of which staff are told, while the system does not give it.
   * @param patienceMs how long one reading is waited for, by all who ask together; left out, where there is no old list, as
   *   long as the call lasts
   * @throws {SourceError} when there is none
   */
  async list(name: Name, context: CallContext, patienceMs?: number): Promise<readonly SourceRecord[]> {
    const kept = this.#cache.kept.get(name);
    if (kept !== undefined && Date.now() - kept.at < this.#parts.keepMs) return this.#told(name, kept, context);
    const failed = this.#cache.failed.get(name);
    if (failed !== undefined && performance.now() < failed.until) return this.#oldOne(name, failed.error, context);
    try {
      const { list, began } = this.#read(name);
      const patience = patienceMs ?? (kept === undefined ? undefined : PATIENCE_MS);
      if (patience === undefined) return this.#told(name, await untilAborted(list, context.signal), context);
      const left = Math.max(0, patience - (performance.now() - began));
      const wait = (signal: AbortSignal) => untilAborted(list, signal);
      return this.#told(name, await withDeadlineWithin(left, context.signal, wait), context);
    } catch (error) {
      const failure = asFailure(error, this.#parts.system);
      if (failure === undefined || context.signal.aborted) throw error;
      return this.#oldOne(name, failure, context);
    }
  }

  /** The same, asked for now: for `check` and the index. @throws {SourceError} */
  async listNow(name: Name, context: CallContext): Promise<readonly SourceRecord[]> {
    const kept = await this.#fetch(name, context);
    this.#cache.kept.set(name, kept);
    this.#cache.failed.delete(name);
    return this.#told(name, kept, context);
  }

  close(): void {
    this.#isClosed = true;
    this.#release();
  }

  /** One reading for all who want it. */
  #read(name: Name): Reading {
    const { underWay, kept, failed } = this.#cache;
    const before = underWay.get(name);
    if (before !== undefined) return before;
    const { system, log } = this.#parts;
    const read = (signal: AbortSignal) => this.#fetch(name, { signal, reference: '' });
    const list = withDeadlineWithin(READING_MS, undefined, read)
      .then((read) => {
        kept.set(name, read);
        failed.delete(name);
        return read;
      })
      .catch((error: unknown) => {
        const failure = this.#isClosed ? undefined : asFailure(error, system);
        if (failure === undefined) throw error;
        failed.set(name, { error: failure, until: performance.now() + PAUSE_MS });
        log.warn({ list: name, problem: failure.message }, `a list of ${system} cannot be read`);
        throw failure;
      })
      .finally(() => underWay.delete(name));
    const reading = { list, began: performance.now() };
    underWay.set(name, reading);
    // Nobody may be waiting any more when it fails.
    list.catch(() => undefined);
    return reading;
  }

  #oldOne(name: Name, failure: SourceError, context: CallContext): readonly SourceRecord[] {
    const kept = this.#cache.kept.get(name);
    if (kept === undefined || Date.now() - kept.at > OLDEST_MS) throw failure;
    const { system, pluralOf } = this.#parts;
    context.notice?.(`the ${pluralOf(name)} are those of ${ago(kept.at)}, since ${system} does not give them now`);
    return this.#told(name, kept, context);
  }

  async #fetch(name: Name, context: CallContext): Promise<Kept> {
    const { most, read } = this.#parts;
    const records = await read(name, context);
    return { records: records.slice(0, most), isCut: records.length > most, at: Date.now() };
  }

  #told(name: Name, { records, isCut }: Kept, { notice }: CallContext): readonly SourceRecord[] {
    const { most, pluralOf } = this.#parts;
    if (isCut) notice?.(`only the first ${most} ${pluralOf(name)} are looked at`, true);
    return records;
  }
}

/**
 * A failure of the system, also when it was too late for a deadline of ours; undefined for anything else.
 * @param system in the message: "HelpSpot"
 */
export function asFailure(error: unknown, system: string): SourceError | undefined {
  if (error instanceof SourceError) return error;
  return error instanceof DeadlineExceeded ? new SourceError('timeout', `${system} did not answer in time`) : undefined;
}
