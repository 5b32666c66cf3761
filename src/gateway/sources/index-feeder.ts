/**
 * Feeds the index of a source between its runs: whoever hears that a record has changed there says which, the source is asked
 * for it, and what comes back is put in; what is there no more goes. A system that does not answer is asked again a few times,
 * and what is in the index stays.
 */
import { setTimeout as wait } from 'node:timers/promises';
import {
  type CallContext,
  type Criterion,
  type FindQuery,
  inBackground,
  LONGEST_SOUGHT,
  type Log,
  ownValue,
  type Source,
  SourceError,
  type SourceRecord,
  StoreError,
  textOf,
  UserError,
  withDeadlineWithin,
} from '../../contract/index.ts';
import { Semaphore } from '../../kit/wait/index.ts';
import { failureFields } from '../failure.ts';
import type { SourcePlan } from '../plan.ts';
import type { CustomerIndex, FedRecords, IndexedRecord, IndexPlan } from './customer-index.ts';
import { planText, planWord } from './index-plan.ts';
import type { SourceValues } from './source-values.ts';

/** Field → value: which records have changed. */
export type FedWhere = Readonly<Record<string, string>>;

/**
 * `done`: the index has what the source has. `left`: it has not, which the log tells; the next run brings it. `none`: there is no
 * index to be fed, or it was begun for other settings.
 */
export type FeedResult = 'done' | 'left' | 'none';

/** After so long a source that failed is asked again, each time. Then the next run has to bring it. Milliseconds. */
const AGAIN_MS: readonly number[] = [500, 5_000, 60_000, 600_000];
/** Of one event: an order has some lines, and a customer some contracts. One more than that is a mistake in `where`. */
const MOST_RECORDS = 1_000;
/** So many different ones wait; of more the next run brings all. A source that is down for an hour has as many events. */
const MOST_WAITING = 1_000;
/** A key has some parts. */
const MOST_FIELDS = 10;
/** One question. What takes longer is a system that fails. */
const QUESTION_MS = 30_000;

/** What a feeder works with. */
export interface FeederParts {
  readonly plan: SourcePlan;
  readonly index: IndexPlan;
  readonly customers: CustomerIndex;
  readonly values: SourceValues;
  readonly log: Log;
  /** Asks the system itself, never a cache; the records as it gives them. */
  ask(query: FindQuery, context: CallContext): Promise<readonly SourceRecord[]>;
  /** By what the source tells these records from others; an empty key where it cannot say. */
  keysOf(records: readonly SourceRecord[], context: CallContext): Promise<readonly string[]>;
  /** Lets the next run begin soon. */
  runSoon(): void;
  /** In place of {@link AGAIN_MS}. */
  readonly againMs?: readonly number[];
}

/** One that is asked for, or waits to be. */
interface Feeding {
  readonly result: Promise<FeedResult>;
  /** It was told once more since it was asked for. */
  isStale: boolean;
}

/** Feeds one index. */
export class IndexFeeder {
  readonly #parts: FeederParts;
  readonly #ending = new AbortController();
  readonly #feedings = new Map<string, Feeding>();
  /** One question at a time: staff must not wait behind a flood of events. */
  readonly #turn = new Semaphore(1);
  #hasTold = false;

  constructor(parts: FeederParts) {
    this.#parts = parts;
  }

  /**
   * Asks for the records that have these values, and puts them in. Never throws. The same values are asked for once,
   * however often they are told meanwhile.
   */
  feed(where: FedWhere): Promise<FeedResult> {
    const fields = Object.entries(where);
    const isUsable = ([, value]: readonly [string, string]) => value.trim() !== '' && value.length <= LONGEST_SOUGHT;
    if (fields.length === 0 || fields.length > MOST_FIELDS || !fields.every(isUsable)) {
      const remedy = `name up to ${MOST_FIELDS} fields whose values are not empty, and of ${LONGEST_SOUGHT} characters at most`;
      this.#parts.log.warn({ fields: fields.map(([name]) => name), remedy }, 'an event names no record of the index');
      return Promise.resolve('left');
    }
    if (this.#ending.signal.aborted) return Promise.resolve('left');
    const key = JSON.stringify(fields.sort(([one], [other]) => (one < other ? -1 : 1)));
    const known = this.#feedings.get(key);
    if (known !== undefined) {
      known.isStale = true;
      return known.result;
    }
    if (this.#feedings.size >= MOST_WAITING) return Promise.resolve(this.#tooMany());
    const result = this.#fed(key, fields).finally(() => this.#feedings.delete(key));
    this.#feedings.set(key, { result, isStale: false });
    return result;
  }

  /** What waits is left to the next run. */
  async end(): Promise<void> {
    this.#ending.abort(new Error('the source is closed'));
    await Promise.all([...this.#feedings.values()].map(({ result }) => result));
  }

  async #fed(key: string, where: readonly (readonly [string, string])[]): Promise<FeedResult> {
    const { log, runSoon, againMs = AGAIN_MS } = this.#parts;
    const { signal } = this.#ending;
    const fields = where.map(([name]) => name);
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await this.#attempt(key, where);
      } catch (error) {
        if (signal.aborted) return 'left';
        const isPassing = error instanceof SourceError || error instanceof StoreError;
        const pause = isPassing ? againMs[attempt] : undefined;
        if (pause === undefined) {
          const remedy = 'the next run of the index brings what has changed, and one through everything what is gone';
          log.warn({ fields, ...failureFields(error), remedy }, 'the index could not be fed');
          runSoon();
          return 'left';
        }
        log.debug({ fields, ...failureFields(error) }, 'the index could not be fed; tried again');
        await wait(pause, undefined, { signal }).catch(() => undefined);
        if (signal.aborted) return 'left';
      }
    }
  }

  async #attempt(key: string, where: readonly (readonly [string, string])[]): Promise<FeedResult> {
    let isLeftAlone = false;
    while (true) {
      const feeding = this.#feedings.get(key);
      if (feeding !== undefined) feeding.isStale = false;
      const fed = await this.#inTurn(where);
      if (fed === undefined) return 'none';
      // A run that was on may have written what is newer than our answer. From now on it leaves these records alone.
      const isSure = isLeftAlone || !fed.wasRunning || fed.changed + fed.removed === 0;
      isLeftAlone ||= fed.wasRunning;
      if (!isSure || feeding?.isStale === true) continue;
      if (fed.unplaced > 0) this.#parts.runSoon();
      return fed.unplaced > 0 ? 'left' : 'done';
    }
  }

  /** @throws as {@link #once} */
  async #inTurn(where: readonly (readonly [string, string])[]): Promise<FedRecords | undefined> {
    const release = await this.#turn.acquire(this.#ending.signal);
    try {
      return await this.#once(where);
    } finally {
      release();
    }
  }

  /** @throws {SourceError | StoreError | UserError} */
  #once(where: readonly (readonly [string, string])[]): Promise<FedRecords | undefined> {
    return withDeadlineWithin(QUESTION_MS, this.#ending.signal, async (limited) => {
      const { customers, plan, index, log } = this.#parts;
      const context = { signal: inBackground(limited), reference: '' };
      const state = await customers.state(plan.name);
      const ours = planText(planWord(plan), index.shape);
      if (state?.plan !== ours) return undefined;
      const criteria = where.map(([field, value]): Criterion => ({ field, match: 'exact', value: value.trim() }));
      const query: FindQuery = { criteria, limit: MOST_RECORDS + 1, parameters: {} };
      const records = await this.#parts.ask(query, context);
      const keys = await this.#parts.keysOf(records, context);
      const found = await this.#found(query, context);
      const isWhole = records.length <= MOST_RECORDS && found !== undefined && found.length <= MOST_RECORDS;
      if (!isWhole) {
        const remedy =
          found === undefined
            ? 'feed it by fields that a lookup, a related record or events of the configuration search by'
            : `feed it by fields that tell fewer than ${MOST_RECORDS} records from the others`;
        log.warn({ fields: where.map(([name]) => name), remedy }, 'what is gone is left to the next run of the index');
      }
      const batch = {
        plan: ours,
        found: (found ?? []).map(({ id, record }) => ({ id, isMeant: isMeant(record, where) })),
        records: records.map((record, at) => ({ key: keys[at] ?? '', record })),
        isWhole,
      };
      const oldest = index.keepMs === undefined ? undefined : Date.now() - index.keepMs;
      return await customers.feed(plan.name, batch, index, oldest);
    });
  }

  /** What the index has of the same; undefined where it is not searched so. */
  async #found(query: FindQuery, context: CallContext): Promise<readonly IndexedRecord[] | undefined> {
    const { customers, plan, values } = this.#parts;
    const all = new Map<number, IndexedRecord>();
    let isMissing = false;
    const source: Source = {
      findsGroups: true,
      check: async () => undefined,
      find: async (asked, limited) => {
        const found = await customers.find(plan.name, asked, limited);
        isMissing ||= found === undefined;
        for (const one of found ?? []) all.set(one.id, one);
        return (found ?? []).map(({ record }) => record);
      },
    };
    await values.find(source, query, context, 'index');
    return isMissing ? undefined : [...all.values()];
  }

  #tooMany(): FeedResult {
    if (!this.#hasTold) {
      const remedy = 'look for what makes the source slow; the next run of the index brings what has changed';
      this.#parts.log.warn({ waiting: MOST_WAITING, remedy }, 'too many events wait to be fed into the index');
    }
    this.#hasTold = true;
    this.#parts.runSoon();
    return 'left';
  }
}

/** Rules of comparison may find more than the source does; only who has the very value is gone with it. */
function isMeant(record: SourceRecord, where: readonly (readonly [string, string])[]): boolean {
  return where.every(([field, value]) => textOf(ownValue(record, field)).trim() === value.trim());
}

/** An open source whose answers are seen as it gives them, before anything is made of their values. */
export function watched(opened: Source, see: (records: readonly SourceRecord[]) => void): Source {
  const { find } = opened;
  if (find === undefined) throw new UserError('the source cannot be searched, so that its index cannot be fed');
  return {
    check: (context) => opened.check(context),
    ...(opened.findsGroups === true && { findsGroups: true as const }),
    async find(query, context) {
      const records = await find.call(opened, query, context);
      see(records);
      return records;
    },
  };
}
