/** Asks a source itself, and judges by its answers whether it is still to be asked: the circuit breaker hears of each. */
import {
  type CallContext,
  callerHasGone,
  type FindQuery,
  SourceError,
  type SourceRecord,
} from '../../contract/index.ts';
import { asSourceError, failureKind } from '../failure.ts';
import type { SourcePlan } from '../plan.ts';
import type { GatewayEvents } from '../telemetry.ts';
import type { CircuitBreaker, Rest } from './breaker.ts';
import { Resting } from './unasked.ts';

/** How a question is asked. */
export interface AskOptions {
  /** What asks, for the message: "lookup". */
  readonly user: string;
  /** The answer is waited for so long at most, unless the source has a time of its own. Milliseconds. */
  readonly limitMs: number;
  /** Within so long from its beginning a call ends, whether it is waited for or not. Milliseconds. */
  readonly deadlineMs: number;
  /** Whether whoever asked has been answered without it. */
  readonly isLeft?: () => boolean;
}

/** What a source is asked with. */
export interface JudgeParts {
  readonly plan: SourcePlan;
  readonly breaker: CircuitBreaker;
  readonly events: GatewayEvents;
  /** Asks the source itself. */
  ask(query: FindQuery, context: CallContext, user: string): Promise<readonly SourceRecord[]>;
}

/** Who has not answered for so long has failed. */
const LONG_ENOUGH_MS = 1_000;

/** Of one source. */
export class SourceJudge {
  readonly #parts: JudgeParts;
  #resting: { readonly rest: Rest; readonly second: number; readonly error: Resting } | undefined;

  constructor(parts: JudgeParts) {
    this.#parts = parts;
  }

  /**
   * Asks, and tells the breaker and those who count how it went.
   * @param ask in place of what asks for lookups
   * @throws {SourceError | UserError} or what the adapter threw, if that is a bug
   */
  async ask(
    query: FindQuery,
    context: CallContext,
    { user, limitMs }: AskOptions,
    ask: JudgeParts['ask'] = (...asked) => this.#parts.ask(...asked),
  ): Promise<readonly SourceRecord[]> {
    const { breaker, events, plan } = this.#parts;
    const started = performance.now();
    const tell = (result: string) =>
      events.tell({ kind: 'source', source: plan.name, result, seconds: (performance.now() - started) / 1000 });
    try {
      const records = await ask(query, context, user);
      breaker.succeeded();
      tell('answered');
      return records;
    } catch (caught) {
      const error = asSourceError(caught, context.signal, `source ${plan.name}`);
      if (callerHasGone(context.signal)) throw error;
      tell(failureKind(error));
      // A file fails at once, and is read again as soon as it can be: there is nothing to be spared.
      if (isInMemory(plan)) throw error;
      // At the very end of a deadline, a time-out says nothing of the source.
      const wasAskedLong = performance.now() - started >= Math.min(LONG_ENOUGH_MS, limitMs * 0.9);
      if (wasAskedLong || !(error instanceof SourceError && error.kind === 'timeout')) breaker.failed(error);
      throw error;
    }
  }

  /** @throws {Resting} while the breaker is open */
  refuseAtRest(): void {
    const { rest } = this.#parts.breaker;
    if (rest !== undefined) throw this.#restingOf(rest);
  }

  /** The same for a second: many lookups may come meanwhile, and an error is dear. */
  #restingOf(rest: Rest): Resting {
    const second = Math.floor(Date.now() / 1000);
    if (this.#resting?.rest !== rest || this.#resting.second !== second) {
      this.#resting = { rest, second, error: new Resting(this.#parts.plan.name, rest) };
    }
    return this.#resting.error;
  }
}

/** Whether the data are in our own memory: then they are found in less time than it takes to see who else looks for them. */
export function isInMemory({ adapter, cache, concurrency }: SourcePlan): boolean {
  return adapter.readsAhead === true && cache === undefined && concurrency === Number.POSITIVE_INFINITY;
}
