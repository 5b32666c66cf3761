/**
 * The way of a lookup through the domain: match steps in order → the sources,
 * side by side → records merged → customers.
 */
import {
  type CallContext,
  type Criterion,
  type FindQuery,
  isSought,
  LONGEST_SOUGHT,
  type SourceRecord,
} from '../../contract/index.ts';
import type { Parameters } from '../../helpspot/parameters.ts';
import { failureText } from '../failure.ts';
import { Notices } from '../notices.ts';
import type { AskedStep, Explanation, SourceReport } from '../outcome.ts';
import type { SourceHandle } from '../sources/source-handle.ts';
import { joined, mergingText, type SourceRecords } from './join.ts';
import type { LookupPlan, MatchStep } from './plan.ts';

/** A source that failed during a lookup. */
export interface SourceFailure {
  readonly source: string;
  readonly title: string;
  readonly error: unknown;
}

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
  /** What sources say of answers that are not whole. */
  readonly notices: readonly string[];
  readonly reports: readonly SourceReport[];
  readonly explanation: Explanation;
  /** What each source gave, before the join. */
  readonly found: readonly SourceRecords[];
}

/** Tries the match steps in order until one finds something. Failures are in the result; it throws only for a bug of ours. */
export async function findRecords(
  plan: LookupPlan,
  sources: readonly SourceHandle[],
  parameters: Parameters,
  context: CallContext,
): Promise<Findings> {
  const search = new Search(plan, sources, parameters, context);
  for (const step of plan.match) {
    const long = parametersOf(step).find((name) => given(parameters, name).length > LONGEST_SOUGHT);
    if (long !== undefined)
      search.say(`${long} is longer than ${LONGEST_SOUGHT} characters; nobody was looked for by it`);
    const question = long === undefined ? questionOf(step, parameters) : undefined;
    const name = nameOf(step);
    if (question === undefined) {
      search.skip(name, long === undefined ? 'not all of its values were sent' : 'a value is too long');
      continue;
    }
    const found = await search.ask(search.available(), question, name);
    if (found.length > 0) return search.findings(await search.completed(found), name, question);
  }
  return search.findings([], undefined, { criteria: [] });
}

/** The HelpSpot parameters that a step needs. */
export function parametersOf(step: MatchStep): readonly string[] {
  return step.flatMap((input) => ('words' in input ? input.parameters : [input.parameter]));
}

/** What a listing is called in the log, where a search has its match step. */
const LISTING = 'listing';

/** Asks for the records that meet the criteria, whatever was sent; without criteria, for all that the sources list. */
export async function listRecords(
  plan: LookupPlan,
  sources: readonly SourceHandle[],
  criteria: readonly Criterion[],
  parameters: Parameters,
  context: CallContext,
): Promise<Findings> {
  const search = new Search(plan, sources, parameters, context);
  return search.findings(await search.ask(sources, { criteria }, LISTING), LISTING, { criteria });
}

/** Whether everything that a step needs was sent. */
export function isGiven(step: MatchStep, parameters: Parameters): boolean {
  return questionOf(step, parameters) !== undefined;
}

/** What a step asks of every source. */
type Question = Pick<FindQuery, 'criteria' | 'groups'>;

/** Undefined when one of the inputs of a step is not given: a name of spaces or a telephone "n/a" is not. */
function questionOf(step: MatchStep, parameters: Parameters): Question | undefined {
  const criteria: Criterion[] = [];
  const groups: (readonly Criterion[])[] = [];
  for (const input of step) {
    if ('words' in input) {
      const words = wordsOf(input.parameters.map((name) => given(parameters, name)).join(' '));
      if (words.length === 0) return undefined;
      for (const value of words)
        groups.push(input.words.map((field) => ({ field, match: 'contains', value }) as const));
      continue;
    }
    const criterion = { field: input.field, match: input.match, value: given(parameters, input.parameter) };
    if (!isSought(criterion)) return undefined;
    criteria.push(criterion);
  }
  return groups.length === 0 ? { criteria } : { criteria, groups };
}

/**
 * The question as a source knows its fields: `crm.customer_id` is its `customer_id` to the source `crm`, and nothing that
 * another one could be asked. Undefined when the question is not for this source.
 */
function questionTo(name: string, { criteria, groups }: Question, sources: readonly string[]): Question | undefined {
  const ofOther = ({ field }: Criterion) => {
    const [source = ''] = field.split('.', 1);
    return field.includes('.') && source !== name && sources.includes(source);
  };
  const own = (one: Criterion) =>
    one.field.startsWith(`${name}.`) ? { ...one, field: one.field.slice(name.length + 1) } : one;
  if (criteria.some(ofOther)) return undefined;
  if (groups === undefined) return { criteria: criteria.map(own) };
  const left = groups.map((group) => group.filter((one) => !ofOther(one)).map(own));
  return left.some((group) => group.length === 0) ? undefined : { criteria: criteria.map(own), groups: left };
}

/** Nobody has more names; each makes the question longer. */
const MOST_WORDS = 6;

/** "Muster, Max" and "Max Muster" are the same two words. */
function wordsOf(text: string): readonly string[] {
  const words = text.split(/[\s,;]+/).filter((word) => /[\p{L}\p{N}]/u.test(word));
  return [...new Set(words)].slice(0, MOST_WORDS);
}

function given(parameters: Parameters, parameter: string): string {
  return (parameters[parameter] ?? '').trim();
}

/** What a step is called in the log: `email`, `first_name+last_name`. */
export function nameOf(step: MatchStep): string {
  return step.map((input) => ('words' in input ? `words(${input.words.join(' ')})` : input.field)).join('+');
}

/** One lookup under way: who was asked, who failed, how long it took. */
class Search {
  readonly #plan: LookupPlan;
  readonly #sources: readonly SourceHandle[];
  readonly #parameters: Parameters;
  readonly #context: CallContext;
  readonly #failures = new Map<string, SourceFailure>();
  readonly #notices = new Notices();
  readonly #reports = new Map<string, SourceReport>();
  readonly #asked: AskedStep[] = [];

  constructor(plan: LookupPlan, sources: readonly SourceHandle[], parameters: Parameters, context: CallContext) {
    this.#plan = plan;
    this.#sources = sources;
    this.#parameters = parameters;
    this.#context = context;
  }

  /** Tells staff what they must know of the answer. */
  say(sentence: string): void {
    this.#notices.add(sentence);
  }

  /** Notes that a step was not asked. */
  skip(step: string, problem: string): void {
    this.#asked.push({ step, problem });
  }

  /** The sources that have not failed in this lookup: a dead one is not waited for at every step. */
  available(): readonly SourceHandle[] {
    return this.#sources.filter(({ plan }) => !this.#failures.has(plan.name));
  }

  /** Asks the sources side by side; those that found something, in the order of the configuration. */
  async ask(sources: readonly SourceHandle[], question: Question, step: string): Promise<readonly SourceRecords[]> {
    const found = await Promise.all(sources.map((source) => this.#askOne(source, question, step)));
    return found.filter(({ records }) => records.length > 0);
  }

  async #askOne(source: SourceHandle, question: Question, step: string): Promise<SourceRecords> {
    const { name, title } = source.plan;
    const own = questionTo(name, question, this.#plan.sources);
    if (own === undefined) return { source, records: [] };
    const started = performance.now();
    let records: readonly SourceRecord[] = [];
    let failed: SourceFailure | undefined;
    try {
      // One more than is shown tells that there are more.
      const query = { ...own, limit: this.#plan.limit + 1, parameters: this.#parameters };
      const notice = (sentence: string) => void this.#notices.add(`${title}: ${sentence}`);
      records = await source.find(query, { ...this.#context, notice }, 'lookup');
    } catch (error) {
      failed = { source: name, title, error };
      this.#failures.set(name, failed);
    }
    const milliseconds = Math.round(performance.now() - started);
    this.#report(name, milliseconds, records.length, failed !== undefined);
    const problem = failed === undefined ? undefined : failureText(failed.error);
    this.#asked.push({ step, source: name, milliseconds, count: records.length, problem });
    return { source, records };
  }

  #report(source: string, milliseconds: number, count: number, failed: boolean): void {
    const { milliseconds: earlier = 0, count: others = 0 } = this.#reports.get(source) ?? {};
    this.#reports.set(source, { source, milliseconds: earlier + milliseconds, count: others + count, failed });
  }

  /**
   * With `mergeBy` and one customer found, the sources that did not know the
   * step's input are asked by the merging field: the directory does not know
   * the customer number, but it knows the mail address.
   */
  async completed(found: readonly SourceRecords[]): Promise<readonly SourceRecords[]> {
    const { mergeBy } = this.#plan;
    if (mergeBy === undefined) return found;
    const [only, another] = joined(found, this.#plan).records;
    const value = only === undefined || another !== undefined ? '' : mergingText(only, mergeBy);
    if (value === '') return found;
    const silent = this.available().filter((source) => !found.some((one) => one.source === source));
    const added = await this.ask(
      silent,
      { criteria: [{ field: mergeBy, match: 'exact', value }] },
      `mergeBy ${mergeBy}`,
    );
    const all = [...found, ...added];
    return this.#sources.flatMap((source) => all.filter((one) => one.source === source));
  }

  findings(found: readonly SourceRecords[], step: string | undefined, { criteria, groups = [] }: Question): Findings {
    const { records, ambiguous } = joined(found, this.#plan, new Set(this.#failures.keys()));
    for (const sentence of ambiguous) this.#notices.add(sentence);
    return {
      records: records.slice(0, this.#plan.limit),
      more: records.length > this.#plan.limit,
      step,
      criteria: [...criteria, ...groups.flat()],
      failures: [...this.#failures.values()],
      notices: this.#notices.all(),
      reports: [...this.#reports.values()],
      found,
      explanation: {
        steps: this.#asked,
        records: found.reduce((sum, one) => sum + one.records.length, 0),
        customers: records.length,
        shown: Math.min(records.length, this.#plan.limit),
      },
    };
  }
}
