/**
 * What belongs to the customers that were found: contracts, chats, other requests. The sources are asked side by side, each
 * is waited for with its own patience, and one that fails leaves the customers. What may be more than was found is said to
 * be; none of an answer that is not whole is not known.
 */
import {
  type CallContext,
  type Criterion,
  type FindQuery,
  inOrder,
  ownValue,
  type SourceRecord,
} from '../../contract/index.ts';
import type { Parameters } from '../../helpspot/parameters.ts';
import type { SourceHandle } from '../sources/source-handle.ts';
import type { LookupPlan, RelatedPlan } from './plan.ts';
import { askRelated, type RelatedAnswer, relatedStep } from './related-asking.ts';
import type { RelatedRecords } from './related-records.ts';
import {
  type Belonging,
  MOST_SOUGHT,
  meetsEach,
  relatedNamesIn,
  type Wanted,
  wantedOf,
  withoutExcepted,
} from './related-values.ts';
import type { SearchLog } from './search-log.ts';
import type { SourceFailure } from './walk.ts';

/** So many related records are read: to count them, and to sort them where the source cannot. Nobody reads on at 500 contracts. */
export const RELATED_READ = 500;
/** Values of one question for several customers. */
const MOST_AT_ONCE = 100;

/** Who is asked, and within what. */
export interface RelatedCall {
  source(name: string): SourceHandle;
  readonly parameters: Parameters;
  readonly context: CallContext;
  /** The whole time that the answer may take. Milliseconds. */
  readonly deadlineMs: number;
  /** Whether a source that failed may know more of the customers: a value that one has not is not known then. */
  readonly mayLack: boolean;
}

/** What belongs to some customers. */
export interface RelatedFindings {
  /** One for each customer: by name; what is missing is not known. */
  readonly related: readonly ReadonlyMap<string, RelatedRecords>[];
  readonly failures: readonly SourceFailure[];
  /** Failures of what is optional, for the log only. */
  readonly tolerated: readonly SourceFailure[];
  /** Names of what is not known of some customer, and is not optional. */
  readonly missing: readonly string[];
  /** Names of what comes with a single customer only. */
  readonly forOneOnly: readonly string[];
}

/** Finds what belongs to customers. Failures are in the result; it throws only for a bug of ours. */
export async function findRelated(
  { related }: LookupPlan,
  customers: readonly SourceRecord[],
  call: RelatedCall,
  log: SearchLog,
): Promise<RelatedFindings> {
  return await new RelatedSearch(related, customers, call, log).findings();
}

/** A customer who is asked for. */
interface AskedFor extends Wanted {
  readonly index: number;
}

class RelatedSearch {
  readonly #plans: readonly RelatedPlan[];
  readonly #names: readonly string[];
  readonly #call: RelatedCall;
  readonly #log: SearchLog;
  readonly #found: Map<string, RelatedRecords>[];
  readonly #customers: readonly Belonging[];
  readonly #runs = new Map<string, Promise<void>>();
  readonly #failures: SourceFailure[] = [];
  readonly #tolerated: SourceFailure[] = [];
  readonly #missing = new Set<string>();
  readonly #forOneOnly = new Set<string>();

  constructor(plans: readonly RelatedPlan[], customers: readonly SourceRecord[], call: RelatedCall, log: SearchLog) {
    this.#plans = plans;
    this.#names = plans.map(({ name }) => name);
    this.#call = call;
    this.#log = log;
    this.#found = customers.map(() => new Map());
    this.#customers = customers.map((record, index) => {
      return { record, related: this.#found[index] ?? new Map(), parameters: call.parameters };
    });
  }

  async findings(): Promise<RelatedFindings> {
    await Promise.all(this.#plans.map((plan) => this.#run(plan)));
    return {
      ...{ related: this.#found, failures: this.#failures, tolerated: this.#tolerated },
      ...{ missing: [...this.#missing], forOneOnly: [...this.#forOneOnly] },
    };
  }

  /** Once, after what it is asked by. */
  #run(plan: RelatedPlan): Promise<void> {
    const run = this.#runs.get(plan.name) ?? this.#find(plan);
    this.#runs.set(plan.name, run);
    return run;
  }

  async #find(plan: RelatedPlan): Promise<void> {
    const needed = relatedNamesIn([...plan.where, ...plan.except], this.#names);
    await Promise.all(this.#plans.filter(({ name }) => needed.includes(name)).map((one) => this.#run(one)));
    const source = this.#call.source(plan.source);
    const asked: AskedFor[] = [];
    for (const [index, customer] of this.#customers.entries()) {
      const wanted = wantedOf(plan, this.#names, customer, source.plan);
      if (wanted === 'unknown') this.#miss(plan);
      else if (wanted === 'none') this.#keep(plan, index, [], { source, at: Date.now(), more: false });
      else if (wanted !== undefined) asked.push({ index, alternatives: wanted.alternatives, isCut: wanted.isCut });
      else if (this.#call.mayLack) this.#miss(plan);
    }
    if (asked.some(({ isCut }) => isCut)) {
      this.#log.say(`${plan.name} are looked for by the first ${MOST_SOUGHT} values only`);
    }
    if (asked.length === 0) {
      const isChain = needed.length > 0;
      const problem = isChain
        ? `what it is asked by (${needed.join(', ')}) is not there`
        : `the customer has no value for it${this.#call.mayLack ? ' as long as a source is away' : ''}`;
      this.#log.skip({ step: relatedStep(plan), source: plan.source, problem });
      return;
    }
    const { answer, error } = await this.#ask(plan, source, asked);
    if (answer !== undefined) return this.#assign(plan, source, asked, answer);
    if (error === undefined) {
      if (!plan.optional) this.#forOneOnly.add(plan.name);
      return;
    }
    const { name, title } = source.plan;
    (plan.optional ? this.#tolerated : this.#failures).push({ source: name, title, error });
    this.#miss(plan);
  }

  #miss({ name, optional }: RelatedPlan): void {
    if (!optional) this.#missing.add(name);
  }

  /** One question for all; without an answer and an error it cannot be asked so. */
  async #ask(plan: RelatedPlan, source: SourceHandle, asked: readonly AskedFor[]): Promise<RelatedAnswer> {
    const all = asked.flatMap(({ alternatives }) => alternatives);
    const groups = plan.where.map((_where, at) => distinct(all.flatMap((one) => one[at] ?? [])));
    const query: FindQuery = {
      criteria: groups.flatMap((group) => (group.length === 1 ? group : [])),
      groups: groups.filter((group) => group.length > 1),
      order: plan.order,
      // One more than is read tells that there are more.
      limit: RELATED_READ + 1,
      parameters: this.#call.parameters,
    };
    const isForSeveral = asked.length > 1;
    const count = groups.flat().length;
    if (isForSeveral && count > MOST_AT_ONCE) {
      const problem = `${count} values are too many for one question`;
      this.#log.skip({ step: relatedStep(plan), source: plan.source, problem });
      return {};
    }
    return await askRelated({ plan, source, query, isForSeveral }, this.#call, this.#log);
  }

  /** Gives each customer what is his. */
  #assign(
    plan: RelatedPlan,
    source: SourceHandle,
    asked: readonly AskedFor[],
    { records: all, at, isCut = false }: NonNullable<RelatedAnswer['answer']>,
  ): void {
    const more = isCut || all.length > RELATED_READ;
    const read = all.slice(0, RELATED_READ);
    const isSorted = plan.order.length === 0 || source.findsInOrder;
    // Of an answer that is cut staff have read why.
    if (all.length > RELATED_READ && (asked.length > 1 || !isSorted)) {
      const done = isSorted ? 'looked through' : 'sorted';
      this.#log.say(
        `Only the first ${read.length} ${plan.name} of ${source.plan.title} were ${done}; there may be others`,
      );
    }
    const isTold = asked.length > 1 || asked.some(({ alternatives }) => alternatives.length > 1);
    const hidden = plan.where.find(({ field }) => read.some((record) => ownValue(record, field) === undefined));
    if (isTold && hidden !== undefined) {
      const problem = `its records do not show ${hidden.field}, by which those of several are told apart`;
      this.#log.skip({ step: relatedStep(plan), source: plan.source, problem });
      if (asked.length > 1 && !plan.optional) this.#forOneOnly.add(plan.name);
      else this.#miss(plan);
      return;
    }
    // A source that finds in groups finds by the fields that it shows: what it takes for the same is looked at again.
    const isLookedAt = isTold || source.findsInGroups;
    for (const { index, alternatives, isCut: isCutHere } of asked) {
      const own = isLookedAt ? read.filter((record) => alternatives.some((groups) => meetsEach(record, groups))) : read;
      this.#keep(plan, index, own, { source, at, more: more || isCutHere });
    }
  }

  #keep(
    plan: RelatedPlan,
    index: number,
    records: readonly SourceRecord[],
    answer: Pick<RelatedRecords, 'source' | 'at' | 'more'>,
  ): void {
    const customer = this.#customers[index];
    if (customer === undefined) return;
    const left = withoutExcepted(records, plan, this.#names, customer, answer.source.plan);
    // Among those that were not read there may be some of his.
    if (left === undefined || (left.length === 0 && answer.more)) {
      this.#miss(plan);
      return;
    }
    const kept = inOrder(left, plan.order);
    this.#found[index]?.set(plan.name, {
      ...answer,
      records: kept.slice(0, plan.limit),
      read: kept,
      total: kept.length,
    });
  }
}

function distinct(criteria: readonly Criterion[]): readonly Criterion[] {
  return [...new Map(criteria.map((criterion) => [criterion.value, criterion])).values()];
}
