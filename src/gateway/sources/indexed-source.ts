/** A source's index in the place of the source: when it fails, or always. */
import { type CallContext, type FindQuery, type Source, SourceError } from '../../contract/index.ts';
import { Notices } from '../notices.ts';
import type { SourcePlan } from '../plan.ts';
import type { KeptAnswer } from './answer-cache.ts';
import { boundedRecords } from './bounded-records.ts';
import type { CustomerIndex, IndexPlan } from './customer-index.ts';
import type { SourceAnswer } from './questions.ts';
import type { SourceValues } from './source-values.ts';

/** Answers for one source. */
export class IndexedSource {
  readonly #plan: SourcePlan;
  readonly #index: IndexPlan;
  readonly #customers: CustomerIndex;
  readonly #values: SourceValues;

  constructor(plan: SourcePlan, index: IndexPlan, customers: CustomerIndex, values: SourceValues) {
    this.#plan = plan;
    this.#index = index;
    this.#customers = customers;
    this.#values = values;
  }

  /** The answer of a source that is not asked itself; undefined where it has to be. @throws {StoreError} */
  async instead(query: FindQuery, context: CallContext, user: string): Promise<SourceAnswer | undefined> {
    if (this.#index.use !== 'always') return undefined;
    const answer = await this.older(query, context, user);
    if (answer === undefined || (answer.records.length === 0 && this.#index.miss === 'live')) return undefined;
    for (const sentence of answer.notices) context.notice?.(sentence, answer.isCut);
    if (Date.now() - answer.at < this.#index.everyMs * 2) return answer;
    const insteadOf = new SourceError('timeout', `the index of source ${this.#plan.name} was not brought up to date`, {
      remedy: `see helpspot-gateway index, and the log, for what ails source ${this.#plan.name}`,
      staffWords: 'could not be read since then',
    });
    return { ...answer, kept: 'stale', insteadOf };
  }

  /** What the index has, as old as it is; undefined where no run has ended yet, or the question is not one for an index. */
  async older(query: FindQuery, context: CallContext, user: string): Promise<KeptAnswer | undefined> {
    const at = (await this.#customers.state(this.#plan.name))?.freshAt;
    if (at === undefined) return undefined;
    let isMissing = false;
    const source: Source = {
      findsGroups: true,
      findsInOrder: true,
      check: async () => undefined,
      find: async (asked, limited) => {
        const found = await this.#customers.find(this.#plan.name, asked, this.#index.shape, limited);
        isMissing ||= found === undefined;
        return (found ?? []).map(({ record }) => record);
      },
    };
    const notices = new Notices();
    let isCut = false;
    const notice = (sentence: string, cuts = false) => {
      notices.add(sentence);
      isCut ||= cuts;
    };
    const found = await this.#values.find(source, query, { ...context, notice }, user);
    if (isMissing) return undefined;
    const records = await boundedRecords(found, query.limit, notice);
    return {
      records,
      ...{ notices: notices.all(), isCut, at, keptAt: performance.now() - Math.max(0, Date.now() - at) },
    };
  }
}
