/**
 * The way of a lookup through the domain: match steps in order → the sources,
 * side by side → records merged → customers.
 */
import {
  type CallContext,
  type Criterion,
  comparable,
  comparisonOf,
  LONGEST_SOUGHT,
  type SourceRecord,
  textOf,
  type Value,
} from '../../contract/index.ts';
import { answerLimits } from '../../helpspot/answer-limits.ts';
import type { Parameters } from '../../helpspot/parameters.ts';
import { Notices } from '../notices.ts';
import type { SourceReport } from '../outcome.ts';
import type { SourceHandle } from '../sources/source-handle.ts';
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
    const long = step.find(({ parameter }) => given(parameters, parameter).length > LONGEST_SOUGHT);
    if (long !== undefined)
      search.say(`${long.parameter} is longer than ${LONGEST_SOUGHT} characters; nobody was looked for by it`);
    const criteria = long === undefined ? criteriaOf(step, parameters) : undefined;
    if (criteria === undefined) continue;
    const found = await search.ask(search.available(), criteria);
    if (found.length > 0) return search.findings(await search.completed(found), nameOf(step), criteria);
  }
  return search.findings([], undefined, []);
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
  return search.findings(await search.ask(sources, criteria), LISTING, criteria);
}

/** The criteria of a step, or undefined when one of its inputs is not given: a name of spaces or a telephone "n/a" is not. */
function criteriaOf(step: MatchStep, parameters: Parameters): readonly Criterion[] | undefined {
  const criteria: Criterion[] = [];
  for (const { parameter, field, match } of step) {
    const value = given(parameters, parameter);
    if (comparable(comparisonOf(field), value) === '') return undefined;
    criteria.push({ field, match, value });
  }
  return criteria;
}

function given(parameters: Parameters, parameter: string): string {
  return (parameters[parameter] ?? '').trim();
}

function nameOf(step: MatchStep): string {
  return step.map(({ field }) => field).join('+');
}

/** Records of one source, in its order. */
interface Found {
  readonly source: SourceHandle;
  readonly records: readonly SourceRecord[];
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

  /** The sources that have not failed in this lookup: a dead one is not waited for at every step. */
  available(): readonly SourceHandle[] {
    return this.#sources.filter(({ plan }) => !this.#failures.has(plan.name));
  }

  /** Asks the sources side by side; those that found something, in the order of the configuration. */
  async ask(sources: readonly SourceHandle[], criteria: readonly Criterion[]): Promise<readonly Found[]> {
    const found = await Promise.all(sources.map((source) => this.#askOne(source, criteria)));
    return found.filter(({ records }) => records.length > 0);
  }

  async #askOne(source: SourceHandle, criteria: readonly Criterion[]): Promise<Found> {
    const { name, title } = source.plan;
    const started = performance.now();
    let records: readonly SourceRecord[] = [];
    let failed: SourceFailure | undefined;
    try {
      // One more than is shown tells that there are more.
      const query = { criteria, limit: this.#plan.limit + 1, parameters: this.#parameters };
      const notice = (sentence: string) => void this.#notices.add(`${title}: ${sentence}`);
      records = await source.find(query, { ...this.#context, notice }, 'lookup');
    } catch (error) {
      failed = { source: name, title, error };
      this.#failures.set(name, failed);
    }
    this.#report(name, started, records.length, failed !== undefined);
    return { source, records };
  }

  #report(source: string, started: number, count: number, failed: boolean): void {
    const before = this.#reports.get(source);
    const milliseconds = Math.round(performance.now() - started) + (before?.milliseconds ?? 0);
    this.#reports.set(source, { source, milliseconds, count: count + (before?.count ?? 0), failed });
  }

  /**
   * With `mergeBy` and one customer found, the sources that did not know the
   * step's input are asked by the merging field: the directory does not know
   * the customer number, but it knows the mail address.
   */
  async completed(found: readonly Found[]): Promise<readonly Found[]> {
    const { mergeBy } = this.#plan;
    if (mergeBy === undefined) return found;
    const merged = mergeRecords(
      found.flatMap(({ records }) => records),
      mergeBy,
    );
    const [only] = merged;
    const value = merged.length === 1 && only !== undefined ? textOf(only[mergeBy]).trim() : '';
    if (value === '' || value.length > answerLimits.mergeKey) return found;
    const silent = this.available().filter((source) => !found.some((one) => one.source === source));
    const added = await this.ask(silent, [{ field: mergeBy, match: 'exact', value }]);
    const all = [...found, ...added];
    return this.#sources.flatMap((source) => all.filter((one) => one.source === source));
  }

  findings(found: readonly Found[], step: string | undefined, criteria: readonly Criterion[]): Findings {
    const all = found.flatMap(({ records }) => records);
    const merged = this.#plan.mergeBy === undefined ? all : mergeRecords(all, this.#plan.mergeBy);
    return {
      records: merged.slice(0, this.#plan.limit),
      more: merged.length > this.#plan.limit,
      step,
      criteria,
      failures: [...this.#failures.values()],
      notices: this.#notices.all(),
      reports: [...this.#reports.values()],
    };
  }
}

/**
 * Records with the same value in `field` become one, at the place of the first.
 * The first record that knows a field has the last word on it; a record without
 * the merging field stays alone.
 */
export function mergeRecords(records: readonly SourceRecord[], field: string): readonly SourceRecord[] {
  const comparison = comparisonOf(field);
  const merged: SourceRecord[][] = [];
  const places = new Map<string, SourceRecord[]>();
  for (const record of records) {
    const text = textOf(record[field]);
    const key = text.length > answerLimits.mergeKey ? '' : comparable(comparison, text);
    const same = key === '' ? undefined : places.get(key);
    if (same === undefined) {
      const one = [record];
      if (key !== '') places.set(key, one);
      merged.push(one);
    } else {
      same.push(record);
    }
  }
  return merged.map(withoutGaps);
}

/** One record of several, in time that grows with their fields only, however many are the same. */
function withoutGaps(records: readonly SourceRecord[]): SourceRecord {
  const [first] = records;
  if (records.length === 1 && first !== undefined) return first;
  const known = new Map<string, Value>();
  for (const record of records) {
    for (const name of Object.keys(record)) {
      const value = record[name];
      if (value === undefined || known.has(name) || known.size >= answerLimits.fieldsPerRecord) continue;
      known.set(name, value);
    }
  }
  return Object.fromEntries(known);
}
