/**
 * The way of a lookup through the domain: each source walks through the match steps by itself; the answer is that of the
 * earliest step at which one of them found somebody. A slow source holds up neither the steps nor the answers of others.
 */
import {
  type CallContext,
  type Criterion,
  type FindQuery,
  remainingMs,
  SourceError,
  type SourceRecord,
} from '../../contract/index.ts';
import type { Parameters } from '../../helpspot/parameters.ts';
import { failureText, staleWords } from '../failure.ts';
import { Notices } from '../notices.ts';
import type { AskedStep, Explanation, SourceReport } from '../outcome.ts';
import type { SourceAnswer } from '../sources/questions.ts';
import type { SourceHandle } from '../sources/source-handle.ts';
import { Resting } from '../sources/unasked.ts';
import { joined, mergingText, type SourceRecords } from './join.ts';
import { type NamedQuestion, questionTo, stepQuestions } from './match-steps.ts';
import type { LookupPlan } from './plan.ts';
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
  /** Sources that failed, and for which an older answer stands in. */
  readonly replaced: readonly SourceFailure[];
  /** What staff must know of answers that are not whole, or old. */
  readonly notices: readonly string[];
  readonly reports: readonly SourceReport[];
  readonly explanation: Explanation;
  /** What each source gave, before the join. */
  readonly found: readonly SourceRecords[];
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
  const search = new Search(plan, call, questions);
  for (const sentence of notices) search.say(sentence);
  for (const one of skipped) search.skip(one);
  return await search.findings();
}

/** What a listing is called in the log, where a search has its match step. */
const LISTING = 'listing';

/** Asks for the records that meet the criteria, whatever was sent; without criteria, for all that the sources list. */
export async function listRecords(
  plan: LookupPlan,
  criteria: readonly Criterion[],
  call: LookupCall,
): Promise<Findings> {
  return await new Search(plan, call, [{ name: LISTING, criteria }]).findings();
}

/** One lookup under way: who was asked, who failed, how long it took. */
class Search {
  readonly #plan: LookupPlan;
  readonly #call: LookupCall;
  readonly #questions: readonly NamedQuestion[];
  /** Of one question to one source: one that hangs must leave time for the others, and for another question. */
  readonly #limitMs: number;
  readonly #notices = new Notices();
  readonly #reports = new Map<string, SourceReport>();
  readonly #asked: AskedStep[] = [];
  readonly #replaced: SourceFailure[] = [];
  /** The earliest step at which somebody was found. */
  #best = NOWHERE;
  /** Looks whether there is anybody still to wait for. */
  #look: () => void = () => undefined;

  constructor(plan: LookupPlan, call: LookupCall, questions: readonly NamedQuestion[]) {
    this.#plan = plan;
    this.#call = call;
    this.#questions = questions;
    this.#limitMs = call.sources.length > 1 ? Math.ceil(call.deadlineMs / 2) : call.deadlineMs;
  }

  /** Tells staff what they must know of the answer. */
  say(sentence: string): void {
    this.#notices.add(sentence);
  }

  /** Notes that a step was not asked. */
  skip(step: AskedStep): void {
    this.#asked.push(step);
  }

  async findings(): Promise<Findings> {
    const { sources } = this.#call;
    // Without a usable input nobody is asked.
    const walks = this.#questions.length === 0 ? [] : sources.map((source) => this.#walk(source, this.#questions, 0));
    await this.#settled(walks);
    const first = walks.filter(({ at, records }) => at === this.#best && records.length > 0);
    const added = this.#plan.mergeBy === undefined ? [] : await this.#completed(this.#plan.mergeBy, first, walks);
    const found = [...first, ...added].filter(({ records }) => records.length > 0);
    // Of a later step nothing is missing, unless it would have been joined.
    const isMissing = ({ at }: Walk) => at <= this.#best || this.#plan.mergeBy !== undefined;
    return this.#made(
      sources.flatMap((source) => found.filter((one) => one.source === source)),
      [...walks.filter(isMissing), ...added].flatMap(({ failure }) => failure ?? []),
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
    const query = question && this.#queryTo(plan.name, question);
    const older = query && (await walk.source.olderAnswer(query));
    const error = new SourceError(
      'timeout',
      `source ${plan.name} was waited for with patience only (${this.#plan.patienceMs} ms)`,
      {
        remedy: 'look for what makes it slow; "required" waits for it, "patience" sets how long all are waited for',
        staffWords: `has not answered yet${older === undefined ? ', so what it knows is missing; look again in a moment' : ''}`,
      },
    );
    if (older === undefined) walk.fail(error);
    else {
      walk.take(older.records);
      this.#best = Math.min(this.#best, walk.at);
      this.#standIn(walk.source, error, older.at);
    }
    const found = older?.records.length ?? 0;
    const answer = older === undefined ? 'late' : 'stale';
    this.#report(plan.name, 0, found, older === undefined, answer);
    this.#asked.push({ step: question?.name ?? '', source: plan.name, count: found, problem: error.message });
  }

  /** Staff read how old the answer is that stands in. */
  #standIn({ plan: { name, title } }: SourceHandle, error: unknown, at: number): void {
    this.#notices.add(`${staleWords(title, error, at)} (ref ${this.#call.context.reference})`);
    this.#replaced.push({ source: name, title, error });
  }

  /** The question as a source is asked it; undefined when it is for another one. */
  #queryTo(source: string, question: NamedQuestion): FindQuery | undefined {
    const own = questionTo(source, question, this.#plan.sources);
    // One more than is shown tells that there are more.
    return own && { ...own, limit: this.#plan.limit + 1, parameters: this.#call.parameters };
  }

  /**
   * With `mergeBy` and one customer found, the sources that did not know the
   * step's input are asked by the merging field: the directory does not know
   * the customer number, but it knows the mail address.
   */
  async #completed(mergeBy: string, found: readonly Walk[], walks: readonly Walk[]): Promise<readonly Walk[]> {
    const [only, another] = joined(found, this.#plan).records;
    const value = only === undefined || another !== undefined ? '' : mergingText(only, mergeBy);
    if (value === '') return [];
    const question = { name: `mergeBy ${mergeBy}`, criteria: [{ field: mergeBy, match: 'exact' as const, value }] };
    const silent = walks.filter((walk) => !found.includes(walk) && walk.failure === undefined);
    const added = silent.map(({ source }) => this.#walk(source, [question], this.#best));
    await this.#settled(added);
    return added;
  }

  async #ask(walk: Walk, question: NamedQuestion): Promise<readonly SourceRecord[]> {
    const { context, deadlineMs } = this.#call;
    const { name, title } = walk.source.plan;
    const query = this.#queryTo(name, question);
    if (query === undefined) return [];
    const started = performance.now();
    const left = remainingMs(context.signal) ?? deadlineMs;
    let found: Partial<SourceAnswer> & Pick<SourceAnswer, 'records'> = { records: [] };
    try {
      const notice = (sentence: string) => {
        if (!walk.isLeft) this.#notices.add(`${title}: ${sentence}`);
      };
      const options = { user: 'lookup', limitMs: this.#limitMs, deadlineMs, isLeft: () => walk.isLeft };
      found = await walk.source.find(query, { ...context, notice }, options);
    } catch (error) {
      if (!walk.isLeft) walk.fail(fairly(error, name, left, deadlineMs));
    }
    if (walk.isLeft) return [];
    const { kept, insteadOf, at } = found;
    if (kept === 'stale' && at !== undefined) this.#standIn(walk.source, insteadOf, at);
    const milliseconds = Math.round(performance.now() - started);
    const error = walk.failure?.error;
    const answer = error instanceof Resting ? 'rests' : kept;
    this.#report(name, milliseconds, found.records.length, error !== undefined, answer);
    const problem = error === undefined ? undefined : failureText(error);
    this.#asked.push({
      step: question.name,
      source: name,
      milliseconds,
      count: found.records.length,
      problem,
      answer: kept,
    });
    return found.records;
  }

  /** Adds a question to what is said of a source. */
  #report(
    source: string,
    milliseconds: number,
    count: number,
    failed: boolean,
    answer: SourceReport['answer'] | undefined,
  ): void {
    const { milliseconds: earlier = 0, count: others = 0 } = this.#reports.get(source) ?? {};
    const report = { source, milliseconds: earlier + milliseconds, count: others + count, failed };
    this.#reports.set(source, answer === undefined ? report : { ...report, answer });
  }

  #made(found: readonly SourceRecords[], failures: readonly SourceFailure[]): Findings {
    const { limit } = this.#plan;
    const question = this.#questions[this.#best];
    const criteria = question === undefined ? [] : [...question.criteria, ...(question.groups ?? []).flat()];
    const { records, ambiguous } = joined(found, this.#plan, new Set(failures.map(({ source }) => source)), criteria);
    for (const sentence of ambiguous) this.#notices.add(sentence);
    return {
      records: records.slice(0, limit),
      more: records.length > limit,
      step: question?.name,
      criteria,
      failures,
      replaced: this.#replaced,
      notices: this.#notices.all(),
      reports: [...this.#reports.values()],
      found,
      explanation: {
        steps: this.#asked,
        records: found.reduce((sum, one) => sum + one.records.length, 0),
        customers: records.length,
        shown: Math.min(records.length, limit),
      },
    };
  }
}

/** Who was asked when the time was all but up is not to blame that there is no answer. */
function fairly(error: unknown, source: string, leftMs: number, deadlineMs: number): unknown {
  const isShort = leftMs < deadlineMs / 10;
  if (!isShort || !(error instanceof SourceError) || error.kind !== 'timeout') return error;
  return new SourceError('timeout', `source ${source} was asked ${Math.round(leftMs)} ms before the deadline`, {
    cause: error,
    remedy: 'look for what took up the time before; a "timeout" for that source leaves time for the others',
    staffWords: 'could not be asked in time; look again in a moment',
  });
}
