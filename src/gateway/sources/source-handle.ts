/** One configured source, with all that stands in front of it: its cache, its index, its circuit breaker. */
import {
  type CallContext,
  callerHasGone,
  type FindQuery,
  inBackground,
  type Log,
  logWith,
  type Source,
  SourceError,
  type SourceRecord,
  type SourceState,
  withDeadlineWithin,
} from '../../contract/index.ts';
import { failureFields, failureKind } from '../failure.ts';
import type { SourcePlan } from '../plan.ts';
import type { GatewayEvents, StretchEnds } from '../telemetry.ts';
import type { AnswerCache, KeptAnswer } from './answer-cache.ts';
import { boundedRecords } from './bounded-records.ts';
import { CircuitBreaker, type Rest } from './breaker.ts';
import type { CustomerIndex } from './customer-index.ts';
import { OpenedSource } from './opened-source.ts';
import { Questions, type SourceAnswer } from './questions.ts';
import { SourceIndex } from './source-index.ts';
import { type AskOptions, isInMemory } from './source-judge.ts';
import { SourceValues } from './source-values.ts';
import { Resting } from './unasked.ts';

// A probe proves no more than that the system is back; one that hangs is tried again later.
const PROBE_LIMIT_MS = 5_000;

const QUESTION_ENDS: StretchEnds<SourceAnswer> = {
  answered: ({ records, kept, fromIndex }) => ({
    outcome: 'answered',
    isFailed: false,
    records: records.length,
    from: fromIndex === true ? 'index' : kept === undefined ? 'source' : 'cache',
    isStale: kept === 'stale',
  }),
  failed: (error) => ({ outcome: failureKind(error), isFailed: true, isResting: error instanceof Resting }),
};

/** A source, from when it is configured until it is retired. */
export class SourceHandle {
  readonly plan: SourcePlan;
  /** Undefined where it has none. */
  readonly index: SourceIndex | undefined;
  readonly #log: Log;
  readonly #events: GatewayEvents;
  readonly #opened: OpenedSource;
  readonly #values: SourceValues;
  readonly #breaker: CircuitBreaker;
  readonly #questions: Questions;
  /** The questions under way. */
  readonly #asked = new Set<AskOptions>();
  #cache: Promise<AnswerCache> | undefined;
  readonly #ending = new AbortController();
  #retired = false;

  /** @param customers the index; undefined in a process that has none */
  constructor(plan: SourcePlan, log: Log, events: GatewayEvents, customers?: CustomerIndex) {
    this.plan = plan;
    this.#log = logWith(log, { source: plan.name });
    this.#events = events;
    this.#opened = new OpenedSource(plan, this.#log);
    this.#values = new SourceValues(plan, this.#log);
    this.#breaker = new CircuitBreaker({
      plan: plan.breaker,
      probe: () => this.#probe(),
      changed: (rest) => this.#tellChange(rest),
    });
    this.#questions = new Questions({
      plan,
      breaker: this.#breaker,
      events,
      cache: () => this.#kept(),
      parametersRead: () => this.#opened.current?.parameters,
      ask: (query, context, user) => this.#ask(query, context, user),
    });
    if (plan.index === undefined || customers === undefined) return;
    this.index = new SourceIndex({
      ...{ plan, index: plan.index, customers, opened: this.#opened, values: this.#values, questions: this.#questions },
      ...{ log: this.#log, events, isAtRest: () => this.rest !== undefined },
    });
  }

  /** One operation on the open source. @throws as {@link OpenedSource.call} */
  call<T>(context: CallContext, operation: (source: Source, context: CallContext) => Promise<T>): Promise<T> {
    return this.#opened.call(context, operation);
  }

  /**
   * The records that the source finds, within the limits of an answer; from the cache where that has them.
   * `context.notice` is told what is missing.
   * @throws as {@link call}; {@link Resting} at once while the source rests
   */
  find(query: FindQuery, context: CallContext, options: AskOptions): Promise<SourceAnswer> {
    const live = () => this.findLive(query, context, options);
    const find = () => this.index?.answers.find(query, context, options.user, live) ?? live();
    const { name: source, adapter, traceparent: passesOn = false } = this.plan;
    const { reference } = context;
    return this.#events.trace(
      () => ({ kind: 'question', source, adapter: adapter.name, reference, passesOn }),
      find,
      QUESTION_ENDS,
    );
  }

  /** The same, but for the index: what the system itself finds. */
  findLive(query: FindQuery, context: CallContext, options: AskOptions): Promise<SourceAnswer> {
    return isInMemory(this.plan)
      ? this.#questions.findHeld(query, context, options)
      : this.#findElsewhere(query, context, options);
  }

  async #findElsewhere(query: FindQuery, context: CallContext, options: AskOptions): Promise<SourceAnswer> {
    this.#asked.add(options);
    try {
      return await this.#questions.find(query, context, options);
    } finally {
      this.#asked.delete(options);
      this.wasLeft();
    }
  }

  /**
   * Asks for a sign of life. A source that rests is not asked: its probes do that, and a password that was refused is
   * not tried once more.
   * @throws as {@link find}
   */
  async check(context: CallContext): Promise<void> {
    const { rest } = this;
    if (rest !== undefined) throw new Resting(this.plan.name, rest);
    try {
      await this.call(context, (source, limited) => source.check(limited));
    } catch (error) {
      // Who only looks in takes no source from those who ask; but a password that was refused is not tried at every look.
      const isRefused = error instanceof SourceError && error.kind === 'unauthorized' && !isInMemory(this.plan);
      if (isRefused && !this.#breaker.hasAnswered && !callerHasGone(context.signal)) this.#breaker.failed(error);
      throw error;
    }
  }

  /** Why and since when nobody waits for the source; undefined while it is asked. */
  get rest(): Rest | undefined {
    return this.#breaker.rest;
  }

  /** The configuration was read again: what was wrong may have been mended outside of it. */
  reloaded(): void {
    this.#breaker.probeNow();
  }

  /** The last answer to a question, if it may stand in for one that does not come. */
  async olderAnswer(query: FindQuery, context: CallContext, user: string): Promise<KeptAnswer | undefined> {
    const kept = await this.#questions.older(query);
    return this.index === undefined ? kept : this.index.answers.standIn(kept, query, context, user);
  }

  /**
   * Whether one question may have groups of criteria without being taken apart into many.
   * @throws as {@link find}, where the source has to be opened to know
   */
  async findsGroups(context: CallContext): Promise<boolean> {
    if (await this.index?.answers.answersInstead(context)) return true;
    try {
      if (this.rest !== undefined) throw new Resting(this.plan.name, this.rest);
      if (this.#opened.current === undefined) await this.call(context, () => Promise.resolve());
    } catch (error) {
      // Then the index is asked, which finds groups.
      if (await this.index?.answers.standsIn(error, context)) return true;
      throw error;
    }
    return this.findsInGroups;
  }

  /** The same, as far as it is known without asking. */
  get findsInGroups(): boolean {
    return this.#opened.current?.findsGroups === true;
  }

  /** Whether the source sorts its records itself; known once it has answered. */
  get findsInOrder(): boolean {
    return this.#opened.current?.findsInOrder === true;
  }

  /** What the source says of its data; undefined when it says nothing, or is not open. */
  state(): SourceState | undefined {
    return this.#opened.current?.state?.();
  }

  /** Lets a source that reads its data beforehand begin with it. Who asks meanwhile waits for the same reading. */
  readAhead(): void {
    if (this.#retired) return;
    this.index?.follow();
    if (this.plan.adapter.readsAhead !== true) return;
    const { signal } = this.#ending;
    this.call({ signal, reference: '' }, (source, limited) => source.check(limited)).catch((error: unknown) => {
      if (!signal.aborted) this.#log.warn(failureFields(error), 'the source is not ready');
    });
  }

  /** Closes the source as soon as the calls in hand have ended. No call may follow. */
  async retire(): Promise<void> {
    this.#retired = true;
    this.#ending.abort(new Error('the source is closed'));
    this.#breaker.end();
    this.wasLeft();
    await Promise.all([this.#opened.close(), this.index?.end()]);
  }

  async #ask(query: FindQuery, context: CallContext, user: string): Promise<readonly SourceRecord[]> {
    const records = await this.call(context, (opened, limited) => this.#values.find(opened, query, limited, user));
    return boundedRecords(records, query.limit, (sentence, isCut) => context.notice?.(sentence, isCut));
  }

  /** Most sources keep nothing, and need no library for it. */
  #kept(): Promise<AnswerCache> | undefined {
    const { cache } = this.plan;
    if (cache === undefined) return undefined;
    this.#cache ??= import('./answer-cache.ts').then(({ AnswerCache }) => new AnswerCache(cache));
    return this.#cache;
  }

  #probe(): Promise<void> {
    return withDeadlineWithin(PROBE_LIMIT_MS, this.#ending.signal, (signal) =>
      this.call({ signal: inBackground(signal), reference: '' }, (source, limited) => source.check(limited)),
    );
  }

  #tellChange(rest: Rest | undefined): void {
    if (rest === undefined) {
      this.#log.info({}, 'the source answers again');
      return;
    }
    const [since, nextAt] = [rest.since, rest.nextAt].map((at) => new Date(at).toISOString());
    this.#log.warn(
      { ...failureFields(rest.error), since, nextAt },
      'the source rests, and is not asked until it is back',
    );
  }

  /**
   * Somebody who asked has been answered without it. The question goes on, for the cache and the breaker; but a source that is
   * closed does not wait for answers that nobody waits for.
   */
  wasLeft(): void {
    if (!this.#retired || [...this.#asked].some(({ isLeft }) => isLeft?.() !== true)) return;
    this.#questions.abort(this.#ending.signal.reason);
  }
}
