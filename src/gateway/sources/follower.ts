/**
 * Follows a source: keeps its index up to date, for as long as the gateway serves. One gateway of a machine follows, the
 * others wait to take over. A run that ends early removes nobody, and goes on where it was when the system is back.
 */
import { setTimeout as wait } from 'node:timers/promises';
import {
  type CallContext,
  inBackground,
  type ListBatch,
  type ListQuery,
  type Log,
  SourceError,
  UserError,
} from '../../contract/index.ts';
import { failureFields } from '../failure.ts';
import type { SourcePlan } from '../plan.ts';
import type { GatewayEvents } from '../telemetry.ts';
import { type CustomerIndex, type IndexPlan, type IndexState, NotFollowing } from './customer-index.ts';
import { planWord } from './index-plan.ts';
import { readAhead } from './read-ahead.ts';

/** A source that gives no batch for so long hangs. */
const BATCH_LIMIT_MS = 120_000;
/** So often a gateway says that it still follows, and one that does not asks whether it may. */
const HEARTBEAT_MS = 5_000;
/** After a failure it is tried again, then after twice that, and so on. */
const AGAIN_MS = 2_000;
const LONGEST_AGAIN_MS = 600_000;

/** Runs that are wanted between the regular ones take a tenth of the time at most, however many events come. */
const REST_AFTER_RUN = 10;

/** What a follower works with. */
export interface FollowerParts {
  readonly plan: SourcePlan;
  readonly index: IndexPlan;
  readonly customers: CustomerIndex;
  readonly log: Log;
  readonly events: GatewayEvents;
  /** What the source lists; opens it first. Ends when the signal aborts, whatever the source does. */
  list(query: ListQuery, context: CallContext): AsyncIterable<ListBatch>;
  /** Whether the source can say what has changed; opens it first. */
  listsChanges(signal: AbortSignal): Promise<boolean>;
  /** Whether it is worth while to ask the source. */
  isAtRest(): boolean;
}

/** Runs until {@link end}. */
export class Follower {
  readonly #parts: FollowerParts;
  readonly #ending = new AbortController();
  #following: Promise<void> | undefined;
  #failures = 0;
  /** Of these, in a row, such as say nothing of a system that is away. */
  #refusals = 0;
  #hasTold = false;
  #isWanted = false;
  #waking = new AbortController();
  /** On the clock of `performance.now()`: see {@link REST_AFTER_RUN}. */
  #restUntil = 0;

  constructor(parts: FollowerParts) {
    this.#parts = parts;
  }

  /** Never throws. After {@link end} it does nothing. */
  start(): void {
    if (this.#ending.signal.aborted) return;
    this.#following ??= this.#follow();
  }

  /** Lets the next run begin soon, where this process follows; after a run of an hour not sooner than it would anyway. */
  runSoon(): void {
    this.#isWanted = true;
    this.#waking.abort();
  }

  /** The run under way goes on after the next start. */
  async end(): Promise<void> {
    this.#ending.abort(new Error('the gateway follows the source no more'));
    await this.#following;
  }

  async #follow(): Promise<void> {
    const { signal } = this.#ending;
    const { customers, plan, index, log } = this.#parts;
    while (!signal.aborted) {
      try {
        const state = await customers.claim(plan.name, planWord(plan), index.shape);
        if (state === undefined) await customers.pause(HEARTBEAT_MS, signal);
        else await this.#asFollower(state);
      } catch (error) {
        if (signal.aborted) break;
        if (error instanceof NotFollowing)
          log.info(
            {},
            'the index has another owner, or was changed by hand; it is followed again as soon as that is possible',
          );
        else await this.#failed(error);
      }
    }
    await customers.release(plan.name).catch(() => undefined);
  }

  async #asFollower(claimed: IndexState): Promise<void> {
    const { customers, plan, isAtRest } = this.#parts;
    let state = claimed;
    while (!this.#ending.signal.aborted) {
      const regular = millisecondsUntilRun(state, this.#parts.index, Date.now());
      const wanted = this.#isWanted ? this.#restUntil - performance.now() : regular;
      const rest = Math.max(0, Math.min(regular, wanted));
      if (rest <= 0 && !isAtRest()) await this.#run(state);
      else await this.#rest(Math.min(HEARTBEAT_MS, Math.max(100, rest)));
      state = await customers.keep(plan.name);
    }
  }

  async #run(state: IndexState): Promise<void> {
    const { customers, plan, log, events } = this.#parts;
    this.#isWanted = false;
    const began = performance.now();
    const run = new AbortController();
    const stop = () => run.abort(this.#ending.signal.reason);
    this.#ending.signal.addEventListener('abort', stop);
    const heart = setInterval(() => {
      customers.keep(plan.name).catch((error: unknown) => run.abort(error));
    }, HEARTBEAT_MS);
    try {
      const counts = await this.#through(state, run);
      const { removed, held } = await customers.end(plan.name);
      this.#failures = 0;
      this.#refusals = 0;
      events.tell({ kind: 'index-run', source: plan.name, result: held > 0 ? 'held' : 'done' });
      const fields = { ...counts, removed, seconds: Math.round(performance.now() - began) / 1000 };
      // Each second, perhaps: that nothing has changed is told once.
      if (!this.#hasTold || counts.changed + removed > 0) log.info(fields, 'the index is up to date');
      this.#hasTold = true;
      // Each run asks again, until somebody says yes or the records are back: told once.
      if (held > 0 && held !== state.held) {
        const remedy = `if they are gone there, too: helpspot-gateway index accept ${plan.name}`;
        log.error({ held, remedy }, 'the source lists so few records that the index keeps those that are missing');
      }
    } finally {
      this.#restUntil = performance.now() + (performance.now() - began) * REST_AFTER_RUN;
      clearInterval(heart);
      this.#ending.signal.removeEventListener('abort', stop);
    }
  }

  async #through(state: IndexState, run: AbortController): Promise<{ read: number; changed: number }> {
    const { customers, plan, index, listsChanges } = this.#parts;
    const now = Date.now();
    const isFullDue = state.fullAt === undefined || state.fullAt > now || now >= state.fullAt + index.fullMs;
    const since = isFullDue || !(await listsChanges(run.signal)) ? undefined : state.mark;
    // A place in a run that the system does not know any more is given up; one that is away knows it when it is back.
    const { from } = await customers.begin(plan.name, { since, anew: this.#refusals > 1 });
    const { kept, fields } = index.shape;
    // The time of the last change is read to go by, and need not be kept.
    const age = index.keepMs === undefined || index.updated === undefined ? [] : [index.updated];
    const names = kept && [...new Set([...kept, ...fields.map(({ name }) => name), ...age])];
    const context = { signal: inBackground(run.signal), reference: '' };
    const oldest = index.keepMs === undefined ? undefined : Date.now() - index.keepMs;
    const batches = this.#parts
      .list({ fields: names, from, since, updated: index.updated, oldest, everyMs: index.everyMs }, context)
      [Symbol.asyncIterator]();
    let [read, changed] = [0, 0];
    try {
      for await (const some of readAhead(() => this.#next(batches, run))) {
        read += some.reduce((sum, { records }) => sum + records.length, 0);
        changed += (await customers.write(plan.name, some, index, oldest)).changed;
        this.#failures = 0;
        this.#refusals = 0;
      }
      return { read, changed };
    } finally {
      // Where it could not be written, the source may be asked for more just now.
      run.abort(new Error('the run has ended'));
      await batches.return?.();
    }
  }

  async #next(batches: AsyncIterator<ListBatch>, run: AbortController): Promise<IteratorResult<ListBatch, unknown>> {
    const hangs = () =>
      run.abort(
        new SourceError('timeout', `the source listed nothing more for ${BATCH_LIMIT_MS / 1000} seconds`, {
          remedy: 'look for what makes it slow',
        }),
      );
    const timer = setTimeout(hangs, BATCH_LIMIT_MS);
    try {
      return await batches.next();
    } finally {
      clearTimeout(timer);
    }
  }

  async #failed(error: unknown): Promise<void> {
    const { customers, plan, log, events } = this.#parts;
    this.#failures += 1;
    this.#refusals = isAway(error) ? this.#refusals : this.#refusals + 1;
    events.tell({ kind: 'index-run', source: plan.name, result: 'failed' });
    const fields = failureFields(error);
    const known = error instanceof SourceError || error instanceof UserError;
    if (this.#failures === 1 || !known) log.warn(fields, 'the index could not be brought up to date; tried again');
    await customers.keep(plan.name, fields.problem).catch(() => undefined);
    await this.#sleep(Math.min(LONGEST_AGAIN_MS, AGAIN_MS * 2 ** Math.min(this.#failures - 1, 10)));
  }

  /** Ends when a run is wanted. */
  async #rest(milliseconds: number): Promise<void> {
    if (this.#waking.signal.aborted) this.#waking = new AbortController();
    const signal = AbortSignal.any([this.#ending.signal, this.#waking.signal]);
    await wait(milliseconds, undefined, { signal }).catch(() => undefined);
  }

  async #sleep(milliseconds: number): Promise<void> {
    await wait(milliseconds, undefined, { signal: this.#ending.signal }).catch(() => undefined);
  }
}

function isAway(error: unknown): boolean {
  return error instanceof SourceError && ['unreachable', 'timeout', 'rate-limited', 'busy'].includes(error.kind);
}

/** Until the next run of an index is due; 0: it is. @param now milliseconds since 1970 */
export function millisecondsUntilRun(
  { freshAt, fullAt, run }: IndexState,
  { everyMs, fullMs }: Pick<IndexPlan, 'everyMs' | 'fullMs'>,
  now: number,
): number {
  if (freshAt === undefined || fullAt === undefined || run !== undefined) return 0;
  // After a clock was set back nobody knows how long ago that was.
  if (freshAt > now || fullAt > now) return 0;
  return Math.max(0, Math.min(freshAt + everyMs - now, fullAt + fullMs - now));
}
