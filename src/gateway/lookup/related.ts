/**
 * What belongs to the customers that were found: contracts, chats, other requests. The sources are asked side by side, each
 * is waited for with its own patience, and one that fails leaves the customers.
 */
import { type CallContext, type Criterion, type FindQuery, inOrder, type SourceRecord } from '../../contract/index.ts';
import type { Parameters } from '../../helpspot/parameters.ts';
import type { SourceAnswer } from '../sources/questions.ts';
import type { SourceHandle } from '../sources/source-handle.ts';
import type { LookupPlan, RelatedPlan } from './plan.ts';
import { askRelated, relatedStep } from './related-asking.ts';
import type { RelatedRecords } from './related-records.ts';
import {
  type Belonging,
  criteriaOf,
  MOST_SOUGHT,
  meetsEach,
  relatedNamesIn,
  soughtValues,
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
}

/** What belongs to some customers. */
export interface RelatedFindings {
  /** One for each customer: by name; what is missing is not known. */
  readonly related: readonly ReadonlyMap<string, RelatedRecords>[];
  readonly failures: readonly SourceFailure[];
  /** Failures of what is optional, for the log only. */
  readonly tolerated: readonly SourceFailure[];
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

/** What a customer is asked for: groups of criteria; `none`: nothing can belong to him; undefined: it is not known. */
type Wanted = readonly (readonly Criterion[])[] | 'none' | undefined;

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
    return { related: this.#found, failures: this.#failures, tolerated: this.#tolerated };
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
    const wanted = this.#customers.map((customer) => this.#wanted(plan, customer, source));
    for (const [index, one] of wanted.entries()) {
      if (one === 'none') this.#keep(plan, index, [], { source, at: Date.now(), more: false });
    }
    const asked = [...wanted.entries()].flatMap(([index, groups]) =>
      groups === undefined || groups === 'none' ? [] : [{ index, groups }],
    );
    if (asked.length === 0) {
      const problem =
        needed.length > 0
          ? `what it is asked by (${needed.join(', ')}) is not there`
          : 'the customer has no value for it';
      this.#log.skip({ step: relatedStep(plan), source: plan.source, problem });
      return;
    }
    const answer = await this.#asked(
      plan,
      source,
      asked.map(({ groups }) => groups),
    );
    if (answer === undefined) return;
    this.#assign(plan, source, asked, answer);
  }

  #wanted(plan: RelatedPlan, customer: Belonging, source: SourceHandle): Wanted {
    const groups: (readonly Criterion[])[] = [];
    for (const where of plan.where) {
      const values = soughtValues(where, customer);
      if (values.length > MOST_SOUGHT) {
        this.#log.say(`${plan.name} are looked for by the first ${MOST_SOUGHT} of ${values.length} values only`);
      }
      if (values.length === 0) {
        const before = relatedNamesIn([where], this.#names);
        // Who has no chats has no calls that come from them.
        const isNone = before.length > 0 && before.every((name) => customer.related.get(name)?.total === 0);
        return isNone ? 'none' : undefined;
      }
      groups.push(criteriaOf(where.field, values.slice(0, MOST_SOUGHT), source.plan));
    }
    return groups;
  }

  /** One question for all; undefined when nothing came of it. */
  async #asked(
    plan: RelatedPlan,
    source: SourceHandle,
    wanted: readonly (readonly (readonly Criterion[])[])[],
  ): Promise<SourceAnswer | undefined> {
    const groups = plan.where.map((_where, at) => distinct(wanted.flatMap((one) => one[at] ?? [])));
    const query: FindQuery = {
      criteria: groups.flatMap((group) => (group.length === 1 ? group : [])),
      groups: groups.filter((group) => group.length > 1),
      order: plan.order,
      // One more than is read tells that there are more.
      limit: RELATED_READ + 1,
      parameters: this.#call.parameters,
    };
    const isForSeveral = wanted.length > 1;
    if (isForSeveral && groups.flat().length > MOST_AT_ONCE) {
      const problem = `${groups.flat().length} values are too many for one question`;
      this.#log.skip({ step: relatedStep(plan), source: plan.source, problem });
      return this.#onlyForOne(plan, source);
    }
    const { answer, error } = await askRelated({ plan, source, query, isForSeveral }, this.#call, this.#log);
    if (error !== undefined) {
      const { name, title } = source.plan;
      (plan.optional ? this.#tolerated : this.#failures).push({ source: name, title, error });
    } else if (answer === undefined) {
      return this.#onlyForOne(plan, source);
    }
    return answer;
  }

  /** Staff read why several customers come without it. */
  #onlyForOne({ name }: RelatedPlan, { plan: { title } }: SourceHandle): undefined {
    this.#log.say(`${name} of ${title} come with a single customer only; fill in more fields to narrow the search`);
  }

  /** Gives each customer what is his. */
  #assign(
    plan: RelatedPlan,
    source: SourceHandle,
    asked: readonly { readonly index: number; readonly groups: readonly (readonly Criterion[])[] }[],
    { records: all, at }: SourceAnswer,
  ): void {
    const more = all.length > RELATED_READ;
    const read = more ? all.slice(0, RELATED_READ) : all;
    if (more && plan.order.length > 0 && !source.findsInOrder) {
      this.#log.say(
        `Only the first ${RELATED_READ} ${plan.name} of ${source.plan.title} were sorted; there may be others before them`,
      );
    }
    const hidden = plan.where.find(({ field }) => read.some((record) => record[field] === undefined));
    if (asked.length > 1 && hidden !== undefined) {
      const problem = `its records do not show ${hidden.field}, by which those of several customers are told apart`;
      this.#log.skip({ step: relatedStep(plan), source: plan.source, problem });
      this.#onlyForOne(plan, source);
      return;
    }
    for (const { index, groups } of asked) {
      const own = asked.length === 1 ? read : read.filter((record) => meetsEach(record, groups));
      this.#keep(plan, index, own, { source, at, more });
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
    const kept = inOrder(withoutExcepted(records, plan, customer, answer.source.plan), plan.order);
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
