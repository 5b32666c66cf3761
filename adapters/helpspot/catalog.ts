/** The lists of a HelpSpot, kept for a while: they change seldom, and name what every request has. */
import {
  type CallContext,
  DeadlineExceeded,
  type Log,
  SourceError,
  type SourceRecord,
  textOf,
  withDeadlineWithin,
} from '../../src/contract/index.ts';
import { ago } from '../../src/kit/text/index.ts';
import { partsAt } from './answer.ts';
import type { HelpSpotApi } from './api.ts';
import { type KeptList, SHAPES } from './shapes.ts';

/** A list that is there already is not waited for longer. */
const PATIENCE_MS = 2_000;
/** What failed is not asked for again sooner: HelpSpot is down, or may not give it. */
const PAUSE_MS = 15_000;
/** An older list names too much that has changed since. */
const OLDEST_MS = 86_400_000;
/** More would be no list that anybody chooses from; a help desk has some hundred categories and some thousand contacts. */
const MOST_ITEMS = 20_000;

interface Kept {
  readonly records: readonly SourceRecord[];
  /** As `Date.now()` has it. */
  readonly at: number;
}

/** The lists of one source. Equal questions at the same time are one, which the HTTP client sees to. */
export class Catalog {
  readonly #api: HelpSpotApi;
  readonly #keepMs: number;
  readonly #log: Log;
  readonly #kept = new Map<KeptList, Kept>();
  readonly #failed = new Map<KeptList, { readonly error: SourceError; readonly until: number }>();

  constructor(api: HelpSpotApi, keepMs: number, log: Log) {
    this.#api = api;
    this.#keepMs = keepMs;
    this.#log = log;
  }

  /**
   * A list; an old one, of which staff are told, while HelpSpot does not give it.
   * @throws {SourceError} when there is none
   */
  async list(name: KeptList, context: CallContext): Promise<readonly SourceRecord[]> {
    const kept = this.#kept.get(name);
    if (kept !== undefined && Date.now() - kept.at < this.#keepMs) return kept.records;
    const failed = this.#failed.get(name);
    if (failed !== undefined && performance.now() < failed.until) return this.#instead(name, failed.error, context);
    try {
      return kept === undefined ? await this.#fetch(name, context) : await this.#refresh(name, context);
    } catch (error) {
      const failure = context.signal.aborted ? undefined : asFailure(error);
      if (failure === undefined) throw error;
      this.#failed.set(name, { error: failure, until: performance.now() + PAUSE_MS });
      this.#log.warn({ list: name, problem: failure.message }, 'a list of HelpSpot cannot be read');
      return this.#instead(name, failure, context);
    }
  }

  /** The same, asked for now: for `check`. @throws {SourceError} */
  async fetchNow(name: KeptList, context: CallContext): Promise<readonly SourceRecord[]> {
    return await this.#fetch(name, context);
  }

  #instead(name: KeptList, error: SourceError, context: CallContext): readonly SourceRecord[] {
    const kept = this.#kept.get(name);
    if (kept === undefined || Date.now() - kept.at > OLDEST_MS) throw error;
    context.notice?.(`the ${SHAPES[name].plural} are those of ${ago(kept.at)}, since HelpSpot does not give them now`);
    return kept.records;
  }

  #refresh(name: KeptList, context: CallContext): Promise<readonly SourceRecord[]> {
    return withDeadlineWithin(PATIENCE_MS, context.signal, (signal) => this.#fetch(name, { ...context, signal }));
  }

  async #fetch(name: KeptList, context: CallContext): Promise<readonly SourceRecord[]> {
    const { call, inactive, item, id, toRecord, plural } = SHAPES[name];
    const [active, all] = await Promise.all(
      [call, inactive].map(async (one) => (one === undefined ? [] : partsAt(await this.#api.ask(one, context), item))),
    );
    const known = (active ?? []).map(toRecord);
    const ids = new Set(known.map((record) => textOf(record[id])));
    const others = (all ?? []).map(toRecord).filter((record) => !ids.has(textOf(record[id])));
    const given = [...known, ...others.map((record) => ({ ...record, fDeleted: true }))];
    if (given.length > MOST_ITEMS) context.notice?.(`only the first ${MOST_ITEMS} ${plural} are looked at`, true);
    const records = given.slice(0, MOST_ITEMS);
    this.#kept.set(name, { records, at: Date.now() });
    this.#failed.delete(name);
    return records;
  }
}

function asFailure(error: unknown): SourceError | undefined {
  if (error instanceof SourceError) return error;
  return error instanceof DeadlineExceeded
    ? new SourceError('timeout', 'HelpSpot did not give a list in time')
    : undefined;
}
