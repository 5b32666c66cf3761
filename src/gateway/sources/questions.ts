/**
 * How a source is asked: what was answered a moment ago is not asked again (cache), what is being asked is not asked twice
 * (single-flight), a system that is away is left alone (circuit breaker), and one that is busy is not buried (semaphore).
 */
import {
  type CallContext,
  type FindQuery,
  partOfCall,
  SourceError,
  type SourceRecord,
  withDeadline,
} from '../../contract/index.ts';
import { type Caller, Semaphore, SingleFlight } from '../../kit/wait/index.ts';
import { asSourceError } from '../failure.ts';
import { AnswerNotices, noticed } from '../notices.ts';
import type { AnswerCache, KeptAnswer } from './answer-cache.ts';
import { type AskOptions, type JudgeParts, SourceJudge } from './source-judge.ts';
import { busy, Resting } from './unasked.ts';

/** The same as it is given to one who asks. */
export interface SourceAnswer extends KeptAnswer {
  /** From the cache though it is old, because the source failed; the failure. */
  readonly insteadOf?: unknown;
  /** From the cache. */
  readonly kept?: 'fresh' | 'stale';
  /** The index answered, and not the source. */
  readonly fromIndex?: boolean;
}

/** What the questions of a source are asked with. */
export interface QuestionsParts extends JudgeParts {
  /** Undefined: nothing is kept. */
  readonly cache: () => Promise<AnswerCache> | undefined;
  /** The parameters of HelpSpot that the source reads; undefined: all, or it is not known yet. */
  parametersRead(): readonly string[] | undefined;
}

/**
 * So many may wait for a place. All staff of a large help desk who click in the same second find room; more is a flood, and
 * who waited behind it would wait in vain.
 */
const MOST_WAITING = 500;
/** Less is no wait for a place, however soon the source gave up. */
const LEAST_WAIT_MS = 20;

/** Who has so little of his deadline left is not asked for any more: the source could only be blamed for it. */
const TOO_LATE = 0.05;

/** A question under way, for all who joined. */
interface Shared {
  readonly query: FindQuery;
  readonly reference: string;
  readonly callers: Caller;
  readonly controller: AbortController;
}

/** What it says, `notice` is told at once. */
const NOTHING_SAID: readonly string[] = [];

/** The questions to one source. */
export class Questions {
  readonly #parts: QuestionsParts;
  readonly #singleFlight = new SingleFlight<KeptAnswer>();
  readonly #semaphore: Semaphore;
  readonly #judge: SourceJudge;

  constructor(parts: QuestionsParts) {
    this.#parts = parts;
    this.#judge = new SourceJudge(parts);
    const { concurrency, title } = parts.plan;
    this.#semaphore = new Semaphore(concurrency, {
      mostWaiting: MOST_WAITING,
      tired: () => busy(title),
      full: () => busy(title),
    });
  }

  /** The answer of a source of which {@link isInMemory} holds. @throws as {@link find} */
  async findHeld(query: FindQuery, context: CallContext, options: AskOptions): Promise<SourceAnswer> {
    this.#judge.refuseAtRest();
    const started = performance.now();
    return {
      records: await this.#judge.ask(query, context, options),
      notices: NOTHING_SAID,
      at: Date.now(),
      keptAt: started,
    };
  }

  /**
   * The answer to a question, from the cache while it is fresh, or when the source fails. `context.notice` is told what
   * the source said of it.
   * @throws {SourceError | UserError} or what the adapter threw, if that is a bug
   */
  async find(query: FindQuery, context: CallContext, options: AskOptions): Promise<SourceAnswer> {
    const { plan, events } = this.#parts;
    const cache = await this.#parts.cache();
    const fresh = cache?.fresh(this.#keyOf(query));
    if (cache !== undefined) {
      events.tell({ kind: 'cache', source: plan.name, hit: fresh === undefined ? 'miss' : 'fresh' });
    }
    if (fresh !== undefined) return noticed<SourceAnswer>({ ...fresh, kept: 'fresh' }, context);
    try {
      return noticed(await this.#shared(query, context, options), context);
    } catch (error) {
      const older = error instanceof SourceError ? await this.older(query) : undefined;
      if (older === undefined) throw error;
      return noticed<SourceAnswer>({ ...older, kept: 'stale', insteadOf: error }, context);
    }
  }

  /** The last answer to a question, if it may stand in for one that does not come. */
  async older(query: FindQuery): Promise<KeptAnswer | undefined> {
    const older = (await this.#parts.cache())?.stale(this.#keyOf(query));
    // That somebody was unknown once says nothing while his system is away.
    if (older === undefined || older.records.length === 0) return undefined;
    this.#parts.events.tell({ kind: 'cache', source: this.#parts.plan.name, hit: 'stale' });
    return older;
  }

  /** Equal for equal questions, in everything that the source reads. */
  #keyOf(query: FindQuery): string {
    return keyOf({ ...query, parameters: this.#readOf(query) });
  }

  #readOf({ parameters }: FindQuery): FindQuery['parameters'] {
    const read = this.#parts.parametersRead();
    return read === undefined ? parameters : only(parameters, read);
  }

  async #shared(given: FindQuery, context: CallContext, options: AskOptions): Promise<KeptAnswer> {
    this.#judge.refuseAtRest();
    const { reference } = context;
    const query = { ...given, parameters: this.#readOf(given) };
    // Who has less time must not have it end for the others.
    const key = `${options.limitMs} ${keyOf(query)}`;
    const asked = this.#singleFlight.join(key, context.signal, (callers, controller) => {
      partOfCall(controller.signal, context.signal);
      // It ends with the last who waits for it; the signal of one who was answered without it says nothing any more.
      return withDeadline(options.deadlineMs, controller, () =>
        this.#inTurn({ query, reference, callers, controller }, options),
      );
    });
    try {
      return await asked;
    } catch (error) {
      throw asSourceError(error, context.signal, `source ${this.#parts.plan.name}`);
    }
  }

  async #inTurn({ query, reference, callers, controller }: Shared, options: AskOptions): Promise<KeptAnswer> {
    const { timeoutMs = options.limitMs, title } = this.#parts.plan;
    const came = performance.now();
    // A busy machine can take its time between two lines: that is no wait for a place.
    const waits = this.#semaphore.isFull;
    const release = await this.#semaphore.acquire(controller.signal);
    const began = performance.now();
    try {
      // Those before may have found out that it is away.
      this.#judge.refuseAtRest();
      // The place came with the end of those before, whose time was up too.
      if ((callers.remaining() ?? options.deadlineMs) < options.deadlineMs * TOO_LATE) throw busy(title);
      // Whoever waited in turn has the source's time yet, as far as his deadline allows.
      const answer = await withDeadline(timeoutMs, controller, (signal) =>
        this.#ask(query, { reference, signal }, { ...options, limitMs: timeoutMs }),
      );
      // Only an open source says what it reads, so that its first answer too is found again.
      (await this.#parts.cache())?.keep(this.#keyOf(query), answer);
      return answer;
    } catch (error) {
      // It was not the source that took up the time.
      const isLate = error instanceof SourceError && error.kind === 'timeout' && !(error instanceof Resting);
      const waitedMs = waits ? began - came : 0;
      throw isLate && waitedMs > LEAST_WAIT_MS && waitedMs > performance.now() - began ? busy(title) : error;
    } finally {
      release();
    }
  }

  /**
   * Asks the source itself: nothing that was kept or asked before answers. For what must be as new as the question.
   * @param ask in place of what asks for lookups
   * @throws as {@link find}
   */
  async findAfresh(
    query: FindQuery,
    context: CallContext,
    options: AskOptions,
    ask: QuestionsParts['ask'],
  ): Promise<readonly SourceRecord[]> {
    this.#judge.refuseAtRest();
    const release = await this.#semaphore.acquire(context.signal);
    try {
      this.#judge.refuseAtRest();
      return await this.#judge.ask(query, context, options, ask);
    } finally {
      release();
    }
  }

  /** Asks with its own notices, which belong to everybody who joined. */
  async #ask(query: FindQuery, context: CallContext, options: AskOptions): Promise<KeptAnswer> {
    const notices = new AnswerNotices();
    const { notice } = notices;
    const records = await this.#judge.ask(query, { ...context, notice }, options);
    return { records, notices: notices.all(), isCut: notices.isCut, at: Date.now(), keptAt: performance.now() };
  }

  /** Gives up what is under way, of which it is known that nobody waits for it. */
  abort(reason: unknown): void {
    this.#singleFlight.abort(reason);
  }
}

function keyOf({ criteria, groups = [], order = [], limit, parameters }: FindQuery): string {
  const asked = (one: FindQuery['criteria'][number]) => [one.field, one.match, one.value, one.kind, one.country];
  const sent = Object.keys(parameters)
    .sort()
    .map((name) => [name, parameters[name]]);
  const sorted = order.map(({ field, descending }) => [field, descending]);
  return JSON.stringify([criteria.map(asked), groups.map((group) => group.map(asked)), sorted, limit, sent]);
}

function only(parameters: FindQuery['parameters'], names: readonly string[]): FindQuery['parameters'] {
  // Not an assignment: a parameter may be called `__proto__`.
  return Object.fromEntries(
    names.flatMap((name) => (Object.hasOwn(parameters, name) ? [[name, parameters[name] ?? '']] : [])),
  );
}
