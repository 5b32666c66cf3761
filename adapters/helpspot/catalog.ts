/** The lists of a HelpSpot, kept for a while: they change seldom, and name what every request has. */
import {
  type CallContext,
  DeadlineExceeded,
  type Log,
  SourceError,
  type SourceRecord,
  textOf,
  untilAborted,
  withDeadlineWithin,
} from '../../src/contract/index.ts';
import { ago } from '../../src/kit/text/index.ts';
import { type Account, accountKey, Shared } from '../../src/kit/wait/index.ts';
import type { HelpSpotApi } from './api.ts';
import { type KeptList, SHAPES } from './shapes.ts';

/** A list that is there already is not waited for longer; less than names are, or the one that is there would be of no use to them. */
const PATIENCE_MS = 700;
/** Reading one goes on when whoever asked has gone, so that a slow HelpSpot has it for the next; but not for ever. */
const READING_MS = 20_000;
/** What failed is not asked for again sooner: HelpSpot is down, or may not give it. */
const PAUSE_MS = 15_000;
/** An older list names too much that has changed since. */
const OLDEST_MS = 86_400_000;
/** More would be no list that anybody chooses from; a help desk has some hundred categories and some thousand contacts. */
const MOST_ITEMS = 20_000;

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

/** What all sources of one account know: they see the same. */
class ListCache {
  readonly kept = new Map<KeptList, Kept>();
  readonly failed = new Map<KeptList, { readonly error: SourceError; readonly until: number }>();
  readonly underWay = new Map<KeptList, Reading>();
  readonly isAtRest = true;
}

const caches = new Shared<ListCache>();

/** The lists for one source. */
export class Catalog {
  readonly #api: HelpSpotApi;
  readonly #keepMs: number;
  readonly #log: Log;
  readonly #cache: ListCache;
  readonly #release: () => void;
  #isClosed = false;

  constructor(api: HelpSpotApi, account: Account, keepMs: number, log: Log) {
    this.#api = api;
    this.#keepMs = keepMs;
    this.#log = log;
    const { value, release } = caches.borrow(accountKey(account), () => new ListCache());
    this.#cache = value;
    this.#release = release;
  }

  /**
   * A list; an old one, of which staff are told, while HelpSpot does not give it.
   * @param patienceMs how long one reading is waited for, by all who ask together; left out, where there is no old list, as
   *   long as the call lasts
   * @throws {SourceError} when there is none
   */
  async list(name: KeptList, context: CallContext, patienceMs?: number): Promise<readonly SourceRecord[]> {
    const kept = this.#cache.kept.get(name);
    if (kept !== undefined && Date.now() - kept.at < this.#keepMs) return told(name, kept, context);
    const failed = this.#cache.failed.get(name);
    if (failed !== undefined && performance.now() < failed.until) return this.#instead(name, failed.error, context);
    try {
      const { list, began } = this.#read(name);
      const patience = patienceMs ?? (kept === undefined ? undefined : PATIENCE_MS);
      if (patience === undefined) return told(name, await untilAborted(list, context.signal), context);
      const left = Math.max(0, patience - (performance.now() - began));
      const wait = (signal: AbortSignal) => untilAborted(list, signal);
      return told(name, await withDeadlineWithin(left, context.signal, wait), context);
    } catch (error) {
      const failure = context.signal.aborted ? undefined : asFailure(error);
      if (failure === undefined) throw error;
      return this.#instead(name, failure, context);
    }
  }

  /** The same, asked for now: for `check` and the index. @throws {SourceError} */
  async listNow(name: KeptList, context: CallContext): Promise<readonly SourceRecord[]> {
    const kept = await this.#fetch(name, context);
    this.#cache.kept.set(name, kept);
    this.#cache.failed.delete(name);
    return told(name, kept, context);
  }

  close(): void {
    this.#isClosed = true;
    this.#release();
  }

  /** One reading for all who want it. */
  #read(name: KeptList): Reading {
    const { underWay, kept, failed } = this.#cache;
    const before = underWay.get(name);
    if (before !== undefined) return before;
    const read = (signal: AbortSignal) => this.#fetch(name, { signal, reference: '' });
    const list = withDeadlineWithin(READING_MS, undefined, read)
      .then((read) => {
        kept.set(name, read);
        failed.delete(name);
        return read;
      })
      .catch((error: unknown) => {
        const failure = this.#isClosed ? undefined : asFailure(error);
        if (failure === undefined) throw error;
        failed.set(name, { error: failure, until: performance.now() + PAUSE_MS });
        this.#log.warn({ list: name, problem: failure.message }, 'a list of HelpSpot cannot be read');
        throw failure;
      })
      .finally(() => underWay.delete(name));
    const reading = { list, began: performance.now() };
    underWay.set(name, reading);
    // Nobody may be waiting any more when it fails.
    list.catch(() => undefined);
    return reading;
  }

  #instead(name: KeptList, error: SourceError, context: CallContext): readonly SourceRecord[] {
    const kept = this.#cache.kept.get(name);
    if (kept === undefined || Date.now() - kept.at > OLDEST_MS) throw error;
    context.notice?.(`the ${SHAPES[name].plural} are those of ${ago(kept.at)}, since HelpSpot does not give them now`);
    return told(name, kept, context);
  }

  async #fetch(name: KeptList, context: CallContext): Promise<Kept> {
    const { call, inactive, item, id, toRecord } = SHAPES[name];
    const [active, all] = await Promise.all(
      [call, inactive].map(async (one) => (one === undefined ? [] : await this.#api.askList(one, item, context))),
    );
    // Where those not in use have a call of their own, the others say nothing of it.
    const usual: SourceRecord = inactive === undefined ? {} : { fDeleted: false };
    const known = (active ?? []).map((one): SourceRecord => ({ ...usual, ...toRecord(one) }));
    const ids = new Set(known.map((record) => textOf(record[id])));
    const others = (all ?? []).map(toRecord).filter((record) => !ids.has(textOf(record[id])));
    const records = [...known, ...others.map((record) => ({ ...record, fDeleted: true }))];
    return { records: records.slice(0, MOST_ITEMS), isCut: records.length > MOST_ITEMS, at: Date.now() };
  }
}

function told(name: KeptList, { records, isCut }: Kept, { notice }: CallContext): readonly SourceRecord[] {
  if (isCut) notice?.(`only the first ${MOST_ITEMS} ${SHAPES[name].plural} are looked at`, true);
  return records;
}

function asFailure(error: unknown): SourceError | undefined {
  if (error instanceof SourceError) return error;
  return error instanceof DeadlineExceeded
    ? new SourceError('timeout', 'HelpSpot did not give a list in time')
    : undefined;
}
