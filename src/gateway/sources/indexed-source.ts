/** A source's index in the place of the source: when it fails, or always. */
import {
  type CallContext,
  callerHasGone,
  type FindQuery,
  type Log,
  type Source,
  SourceError,
} from '../../contract/index.ts';
import { clock } from '../../kit/text/index.ts';
import { failureFields } from '../failure.ts';
import { AnswerNotices, noticed } from '../notices.ts';
import type { SourcePlan } from '../plan.ts';
import type { GatewayEvents, IndexHit } from '../telemetry.ts';
import type { KeptAnswer } from './answer-cache.ts';
import { boundedRecords } from './bounded-records.ts';
import { type CustomerIndex, type Freshness, freshnessOf, type IndexPlan, type IndexState } from './customer-index.ts';
import { isIndexFor } from './index-plan.ts';
import type { SourceAnswer } from './questions.ts';
import type { SourceValues } from './source-values.ts';

/** What it answers with. */
interface IndexedParts {
  readonly plan: SourcePlan;
  readonly index: IndexPlan;
  readonly customers: CustomerIndex;
  readonly values: SourceValues;
  readonly log: Log;
  readonly events: GatewayEvents;
}

/** What the index has, and how many records it has not because they are too large. */
type IndexAnswer = KeptAnswer & { readonly leftOut: number; readonly fromIndex: true };

/** Answers for one source. An index that cannot be read takes nobody from those who ask the system. */
export class IndexedSource {
  readonly #parts: IndexedParts;
  /** What the index was begun for the last time that it was looked at, and whether it is ours. */
  #known = { plan: '', isOurs: false };

  constructor(parts: IndexedParts) {
    this.#parts = parts;
  }

  /** The answer of the index, of the system, or of the index because the system failed. @throws what `live` throws */
  async find(
    query: FindQuery,
    context: CallContext,
    user: string,
    live: () => Promise<SourceAnswer>,
  ): Promise<SourceAnswer> {
    const instead = await this.#instead(query, context, user);
    if (instead !== undefined) {
      this.#tell('instead');
      return noticed(instead, context);
    }
    try {
      const answer = await live();
      if (this.#parts.index.use === 'always') this.#tell('miss');
      return answer;
    } catch (error) {
      if (!(error instanceof SourceError) || callerHasGone(context.signal)) throw error;
      const older = await this.#older(query, context, user);
      this.#tell(older === undefined ? 'miss' : 'stale');
      if (older === undefined) throw error;
      return noticed<SourceAnswer>({ ...older, kept: 'stale', insteadOf: error }, context);
    }
  }

  /** What the index has, as old as it is; undefined where it answers nothing, or the question is not one for an index. */
  async #older(query: FindQuery, context: CallContext, user: string): Promise<IndexAnswer | undefined> {
    const { customers, plan, values, log } = this.#parts;
    let isMissing = false;
    const source: Source = {
      findsGroups: true,
      findsInOrder: true,
      check: async () => undefined,
      find: async (asked, limited) => {
        const found = await customers.find(plan.name, asked, limited);
        isMissing ||= found === undefined;
        return (found ?? []).map(({ record }) => record);
      },
    };
    const notices = new AnswerNotices();
    const { notice } = notices;
    try {
      const state = await this.#filled();
      if (state === undefined) return undefined;
      const { at, since, leftOut } = state;
      const found = await values.find(source, query, { ...context, notice }, user);
      if (isMissing) return undefined;
      const records = await boundedRecords(found, query.limit, notice);
      if (since !== undefined) notice(`complete since ${clock(since)}; what is older is still being read`, true);
      const keptAt = performance.now() - Math.max(0, Date.now() - at);
      return { records, notices: notices.all(), isCut: notices.isCut, at, keptAt, leftOut, fromIndex: true };
    } catch (error) {
      if (context.signal.aborted) throw error;
      log.error({ reference: context.reference, ...failureFields(error) }, 'the index cannot be read');
      return undefined;
    }
  }

  /** The same in the place of a source that is late, where that is newer than an answer that was kept. */
  async standIn(
    kept: KeptAnswer | undefined,
    query: FindQuery,
    context: CallContext,
    user: string,
  ): Promise<KeptAnswer | undefined> {
    const own = await this.#older(query, context, user);
    if (own === undefined || (kept !== undefined && own.at <= kept.at)) return kept;
    this.#tell('stale');
    return own;
  }

  /** Whether the system is not asked at all. */
  async answersInstead(context: CallContext): Promise<boolean> {
    return this.#parts.index.use === 'always' && (await this.#isFilled(context));
  }

  /** Whether it answers when the system has failed like this. */
  async standsIn(error: unknown, context: CallContext): Promise<boolean> {
    return error instanceof SourceError && !context.signal.aborted && (await this.#isFilled(context));
  }

  async #instead(query: FindQuery, context: CallContext, user: string): Promise<SourceAnswer | undefined> {
    const { index, plan } = this.#parts;
    if (index.use !== 'always') return undefined;
    const answer = await this.#older(query, context, user);
    if (answer === undefined) return undefined;
    // The system may know somebody whom the index does not have: he is new, or too large for it.
    if (answer.records.length === 0 && (index.miss === 'live' || answer.leftOut > 0)) return undefined;
    // A run takes its time, and one that failed is tried again: staff need not hear of either.
    if (Date.now() - answer.at < index.everyMs * 2) return answer;
    const insteadOf = new SourceError('timeout', `the index of source ${plan.name} was not brought up to date`, {
      remedy: `see helpspot-gateway index, and the log, for what ails source ${plan.name}`,
      staffWords: 'has not been read again',
    });
    return { ...answer, kept: 'stale', insteadOf };
  }

  #tell(hit: IndexHit): void {
    this.#parts.events.tell({ kind: 'index', source: this.#parts.plan.name, hit });
  }

  /**
   * The state of an index that answers: a run through everything has ended, so that nobody is missing, or it is known since when
   * nobody is; and it is of what this configuration says of the source.
   */
  async #filled(): Promise<(IndexState & Freshness) | undefined> {
    const { customers, plan, index } = this.#parts;
    const state = await customers.state(plan.name);
    const freshness = state && freshnessOf(state);
    if (state === undefined || freshness === undefined) return undefined;
    if (this.#known.plan !== state.plan) {
      this.#known = { plan: state.plan, isOurs: isIndexFor(state.plan, plan, index) };
    }
    return this.#known.isOurs ? { ...state, ...freshness } : undefined;
  }

  /** Whether it answers at all. */
  async #isFilled({ signal, reference }: CallContext): Promise<boolean> {
    const { log } = this.#parts;
    try {
      return (await this.#filled()) !== undefined;
    } catch (error) {
      if (signal.aborted) throw error;
      log.error({ reference, ...failureFields(error) }, 'the index cannot be read');
      return false;
    }
  }
}
