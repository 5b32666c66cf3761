/**
 * The way of a lookup through the domain: each source walks through the match steps by itself; the answer is that of the
 * earliest step at which one of them found somebody. A slow source holds up neither the steps nor the answers of others.
 */
import {
  type CallContext,
  type Criterion,
  type FindQuery,
  remainingMs,
  type SourceRecord,
  UserError,
} from '../../contract/index.ts';
import type { Parameters } from '../../helpspot/parameters.ts';
import type { Explanation } from '../outcome.ts';
import type { SourceAnswer } from '../sources/questions.ts';
import type { SourceHandle } from '../sources/source-handle.ts';
import { askedLate, leftBehind } from '../sources/unasked.ts';
import { mergingText, type SourcePart, type SourceRecords } from './customer-parts.ts';
import { joined } from './join.ts';
import { type NamedQuestion, questionTo, stepQuestions } from './match-steps.ts';
import type { LookupPlan } from './plan.ts';
import { SearchLog } from './search-log.ts';
import { NOWHERE, type SourceFailure, Walk } from './walk.ts';

/** What the match steps found. */
export interface Findings {
  /** In the order of the sources, merged, at most `limit`. */
  readonly records: readonly SourceRecord[];
  /** Whether there are more than `limit`. */
  readonly more: boolean;
  /** The step that found something: `email`, `first_name+last_name`; `listing` when nothing was searched. */
  readonly step: string | undefined;
  /** The criteria of that step, for the log when it may hold them. */
  readonly criteria: readonly Criterion[];
  readonly failures: readonly SourceFailure[];
  /** What is told of the questions, also of those that come after. */
  readonly log: SearchLog;
  readonly counts: Pick<Explanation, 'records' | 'customers' | 'shown'>;
  /** What each source gave, before the join. */
  readonly found: readonly SourceRecords[];
  /** What each of `records` was put together of. */
  readonly parts: readonly (readonly SourcePart[])[];
  /** Sources that were asked for the only customer by what joins, and answered. */
  readonly completed: readonly string[];
}

/** Who is asked for a lookup, and within what. */
export interface LookupCall {
  readonly sources: readonly SourceHandle[];
  readonly parameters: Parameters;
  readonly context: CallContext;
  /** The whole time that the answer may take. Milliseconds. */
  readonly deadlineMs: number;
}

/** Finds with the match steps. Failures are in the result; it throws only for a bug of ours. */
export async function findRecords(plan: LookupPlan, call: LookupCall): Promise<Findings> {
  const { questions, skipped, notices } = stepQuestions(plan, call.parameters);
  const log = new SearchLog(call.context.reference);
  for (const sentence of notices) log.say(sentence);
  for (const one of skipped) log.skip(one);
  return await new Search(plan, call, questions, log).findings();
}

/** What a listing is called in the log, where a search has its match step. */
const LISTING = 'listing';

/** Asks for the records that meet the criteria, whatever was sent; without criteria, for all that the sources list. */
export async function listRecords(
  plan: LookupPlan,
  criteria: readonly Criterion[],
  call: LookupCall,
): Promise<Findings> {
  const log = new SearchLog(call.context.reference);
  return await new Search(plan, call, [{ name: LISTING, criteria }], log).findings();
}

/** One lookup under way: who was asked, who failed, how long it took. */
class Search {
  readonly #plan: LookupPlan;
  readonly #call: LookupCall;
  readonly #questions: readonly NamedQuestion[];
  /** Of one question to one source: one that hangs must leave time for the others, and for another question. */
  readonly #limitMs: number;
  readonly #log: SearchLog;
  /** The earliest step at which somebody was found. */
  #best = NOWHERE;
  /** Looks whether there is anybody still to wait for. */
  #look: () => void = () => undefined;

  constructor(plan: LookupPlan, call: LookupCall, questions: readonly NamedQuestion[], log: SearchLog) {
    this.#log = log;
    this.#plan = plan;
    this.#call = call;
    this.#questions = questions;
    this.#limitMs = call.sources.length + plan.related.length > 1 ? Math.ceil(call.deadlineMs / 2) : call.deadlineMs;
  }

  async findings(): Promise<Findings> {
    const { sources } = this.#call;
    // Without a usable input nobody is asked.
    const walks = this.#questions.length === 0 ? [] : sources.map((source) => this.#walk(source, this.#questions, 0));
    await this.#settled(walks);
    const first = walks.filter(({ at, records }) => at === this.#best && records.length > 0);
    const added = this.#plan.mergeBy.length === 0 ? [] : await this.#completed(first, walks);
    // Whoever has come past the step has answered it.
    const hasAnswered = ({ failure, at, records }: Walk) => !failure && (records.length > 0 || at > this.#best);
    const completed = added.filter(hasAnswered).map(({ source }) => source.plan.name);
    const found = [...first, ...added].filter(({ records }) => records.length > 0);
    // Of a later step nothing is missing, unless it would have been joined.
    const isMissing = ({ at, source }: Walk) =>
      (at <= this.#best || this.#plan.mergeBy.length > 0) && !completed.includes(source.plan.name);
    return this.#made(
      found
        .toSorted((one, other) => sources.indexOf(one.source) - sources.indexOf(other.source))
        .map(({ source, records, answeredAt }) => ({ source, records, at: answeredAt })),
      [...walks.filter(isMissing), ...added].map(({ failure }) => failure).filter((failure) => failure !== undefined),
      completed,
    );
  }

  #walk(source: SourceHandle, questions: readonly NamedQuestion[], from: number): Walk {
    return new Walk(source, {
      questions,
      from,
      best: () => this.#best,
      ask: (walk, question) => this.#ask(walk, question),
      changed: ({ isLeft, records, at }) => {
        if (!isLeft && records.length > 0) this.#best = Math.min(this.#best, at);
        this.#look();
      },
    });
  }

  /**
   * Waits for those who can still change the answer. Once somebody was found, those that are not required are waited for
   * with patience only; the answer is made without who is late.
   */
  async #settled(walks: readonly Walk[]): Promise<void> {
    // Nobody was found for whose sake a single one would be left.
    if (walks.length <= 1 && this.#best === NOWHERE) return await walks[0]?.ended;
    const { required, patienceMs } = this.#plan;
    let patience: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#look = () => {
        const open = walks.filter(({ hasEnded, at }) => !hasEnded && at <= this.#best);
        if (open.length === 0) return resolve();
        if (this.#best === NOWHERE || open.some(({ source }) => required.includes(source.plan.name))) return;
        patience ??= setTimeout(resolve, patienceMs);
      };
      this.#look();
    });
    clearTimeout(patience);
    const late = walks.filter(({ hasEnded }) => !hasEnded);
    for (const walk of late) walk.leave();
    if (late.length === 0) return;
    // Of a later step than the best nothing is missing.
    await Promise.all(late.filter(({ at }) => at <= this.#best).map((walk) => this.#withoutAnswer(walk)));
  }

  /** An older answer stands in for one that is late, where there is one; else it is missing. */
  async #withoutAnswer(walk: Walk): Promise<void> {
    const { plan } = walk.source;
    const { question } = walk;
    const queries = question === undefined ? [] : this.#queriesTo(plan.name, question);
    const held = await Promise.all(
      queries.map((query) => walk.source.olderAnswer(query, this.#call.context, 'lookup')),
    );
    const older = held.filter((answer) => answer !== undefined);
    const at = older.reduce((first, answer) => Math.min(first, answer.at), Date.now());
    const error = leftBehind(plan.name, this.#plan.patienceMs, older.length > 0);
    if (older.length === 0) walk.fail(error);
    else {
      walk.take(eachOnce(older));
      walk.answeredAt = at;
      this.#best = Math.min(this.#best, walk.at);
      this.#log.standIn(walk.source, { error, at, count: walk.records.length }, 'nobody');
    }
    const kept = older.length === 0 ? undefined : 'stale';
    const count = walk.records.length;
    this.#log.asked({ step: question?.name ?? '', source: walk.source, count, milliseconds: undefined, error, kept });
  }

  /** The question as a source is asked it: several where one of them is enough; none when it is for another source. */
  #queriesTo(source: string, question: NamedQuestion): readonly FindQuery[] {
    // One more than is shown tells that there are more.
    const limit = this.#plan.limit + 1;
    const { parameters } = this.#call;
    const queries: FindQuery[] = [];
    for (const one of question.any ?? [question]) {
      const own = questionTo(source, one, this.#plan.sources);
      if (own !== undefined) queries.push({ criteria: own.criteria, groups: own.groups ?? [], limit, parameters });
    }
    return queries;
  }

  /**
   * With `mergeBy` and one customer found, the sources that did not know the
   * step's input are asked by the merging field: the directory does not know
   * the customer number, but it knows the mail address.
   */
  async #completed(found: readonly Walk[], walks: readonly Walk[]): Promise<readonly Walk[]> {
    const [only, another] = joined(found, this.#plan).records;
    if (only === undefined || another !== undefined) return [];
    const criteria = this.#plan.mergeBy.flatMap((field) => {
      const value = mergingText(only, field);
      return value === '' ? [] : [{ field, match: 'exact' as const, value }];
    });
    if (criteria.length === 0) return [];
    const name = `mergeBy ${criteria.map(({ field }) => field).join(' or ')}`;
    const question = { name, criteria: [], any: criteria.map((criterion) => ({ criteria: [criterion] })) };
    const silent = walks.filter((walk) => !found.includes(walk) && !isAway(walk));
    const added = silent.map(({ source }) => this.#walk(source, [question], this.#best));
    await this.#settled(added);
    return added;
  }

  async #ask(walk: Walk, question: NamedQuestion): Promise<readonly SourceRecord[]> {
    const { context, deadlineMs } = this.#call;
    const { name, title } = walk.source.plan;
    const queries = this.#queriesTo(name, question);
    if (queries.length === 0) return [];
    const started = performance.now();
    const left = remainingMs(context.signal) ?? deadlineMs;
    const notice = (sentence: string) => {
      if (!walk.isLeft) this.#log.say(`${title}: ${sentence}`);
    };
    const options = { user: 'lookup', limitMs: this.#limitMs, deadlineMs, isLeft: () => walk.isLeft };
    const told = { signal: context.signal, reference: context.reference, notice };
    const asked = await Promise.allSettled(queries.map((query) => walk.source.find(query, told, options)));
    if (walk.isLeft) return [];
    const answers: SourceAnswer[] = [];
    for (const one of asked) {
      if (one.status === 'fulfilled') answers.push(one.value);
      else if (walk.failure === undefined) walk.fail(askedLate(one.reason, name, left, deadlineMs));
    }
    const records = eachOnce(answers).slice(0, this.#plan.limit + 1);
    for (const { kept, insteadOf: error, at, records: own } of answers) {
      walk.answeredAt = Math.min(walk.answeredAt, at);
      if (kept === 'stale') this.#log.standIn(walk.source, { error, at, count: own.length }, 'nobody');
    }
    this.#log.asked({
      step: question.name,
      source: walk.source,
      count: records.length,
      milliseconds: Math.round(performance.now() - started),
      error: walk.failure?.error,
      kept: answers.find((one) => one.kept !== undefined)?.kept,
    });
    return records;
  }

  #made(found: readonly SourceRecords[], failures: readonly SourceFailure[], completed: readonly string[]): Findings {
    const { limit } = this.#plan;
    const question = this.#questions[this.#best];
    const asked = question === undefined ? [] : [question, ...(question.any ?? [])];
    const criteria = asked.flatMap(({ criteria: all, groups = [] }) => [...all, ...groups.flat()]);
    const { records, parts, ambiguous } = joined(
      found,
      this.#plan,
      new Set(failures.map(({ source }) => source)),
      criteria,
    );
    for (const sentence of ambiguous) this.#log.say(sentence);
    return {
      records: records.slice(0, limit),
      more: records.length > limit,
      step: question?.name,
      criteria,
      failures,
      log: this.#log,
      found,
      parts: parts.slice(0, limit),
      completed,
      counts: {
        records: found.reduce((sum, one) => sum + one.records.length, 0),
        customers: records.length,
        shown: Math.min(records.length, limit),
      },
    };
  }
}

/** Whether asking once more is of no use. A source that cannot be asked by the step may be asked by what joins. */
function isAway({ failure }: Walk): boolean {
  return failure !== undefined && !(failure.error instanceof UserError);
}

/** The records of several answers of one source; what is alike in all fields is one record. */
function eachOnce(answers: readonly { readonly records: readonly SourceRecord[] }[]): readonly SourceRecord[] {
  const [first, ...others] = answers;
  if (first === undefined || others.length === 0) return first?.records ?? [];
  const records = new Map<string, SourceRecord>();
  for (const record of answers.flatMap((answer) => answer.records)) {
    const key = JSON.stringify(record);
    if (!records.has(key)) records.set(key, record);
  }
  return [...records.values()];
}
