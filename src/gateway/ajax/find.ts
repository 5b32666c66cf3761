/** Asks the source of an AJAX selection field for its options. */
import type { CallContext, Criterion, SourceRecord } from '../../contract/index.ts';
import type { Parameters } from '../../helpspot/parameters.ts';
import { staffWords, staleWords } from '../failure.ts';
import { Notices } from '../notices.ts';
import type { SourceReport } from '../outcome.ts';
import type { SourceHandle } from '../sources/source-handle.ts';
import { Resting } from '../sources/unasked.ts';
import { type Listed, listOf } from './list.ts';
import type { AjaxPlan } from './plan.ts';

/**
 * Records that are read at most where more than the list shows are needed: to sort them, and to find different values
 * among many that are the same. A drop-down list of more than this is no list to choose from.
 */
const RECORDS_READ = 5_000;

/** What a source gave for a list, or its failure. */
export interface OptionFindings extends Listed {
  /** There is more than `limit` options, or there may be. */
  readonly more: boolean;
  readonly notices: readonly string[];
  /** What the source threw, also when there is a list without it. */
  readonly problem: unknown;
  /** Undefined when there is a list. */
  readonly failure: { readonly title: string; readonly error: unknown } | undefined;
  readonly report: SourceReport;
}

/** Runs the queries side by side and puts the answers together. A failure is in the result; it throws only for a bug of ours. */
export async function findOptions(
  plan: AjaxPlan,
  source: SourceHandle,
  queries: readonly (readonly Criterion[])[],
  parameters: Parameters,
  context: CallContext,
  deadlineMs: number,
): Promise<OptionFindings> {
  const { name, title } = source.plan;
  const started = performance.now();
  const notices = new Notices();
  let answer: SourceReport['answer'];
  let replaced: unknown;
  const report = (count: number, failed: boolean): SourceReport => ({
    source: name,
    milliseconds: Math.round(performance.now() - started),
    count,
    failed,
    ...(answer !== undefined && { answer }),
  });
  const ask = (limit: number) => {
    const notice = (sentence: string) => void notices.add(`${title}: ${sentence}`);
    return Promise.all(
      queries.map(async (criteria) => {
        const query = { criteria, limit, parameters };
        const options = { user: 'AJAX field', limitMs: deadlineMs, deadlineMs };
        const { records, kept, insteadOf, at } = await source.find(query, { ...context, notice }, options);
        answer = kept ?? answer;
        if (kept === 'stale') {
          notices.add(staleWords(title, insteadOf, at));
          replaced = insteadOf;
        }
        return records;
      }),
    );
  };
  try {
    // One more than is shown tells that there are more.
    const limits = plan.order.length > 0 ? [RECORDS_READ] : [plan.limit + 1, RECORDS_READ];
    const { answers, listed, full, problem } = await firstEnough(plan, limits, ask);
    const count = answers.reduce((sum, records) => sum + records.length, 0);
    const more = full || listed.full || listed.options.length > plan.limit;
    const options = listed.options.slice(0, plan.limit);
    if (problem !== undefined) notices.add(staffWords(title, problem));
    if (listed.tooLong > 0) notices.add(tooLongWords(listed.tooLong));
    return {
      ...listed,
      options,
      more,
      notices: notices.all(),
      problem: problem ?? replaced,
      failure: undefined,
      report: report(count, false),
    };
  } catch (error) {
    if (error instanceof Resting) answer = 'rests';
    const failure = { title, error };
    return {
      options: [],
      withoutValue: 0,
      tooLong: 0,
      full: false,
      more: false,
      notices: notices.all(),
      problem: error,
      failure,
      report: report(0, true),
    };
  }
}

function tooLongWords(count: number): string {
  return `${count === 1 ? 'One option is' : `${count} options are`} left out: too long for a field`;
}

/** Asks with one limit after the other until there are enough different options, or no more records. */
async function firstEnough(
  plan: AjaxPlan,
  limits: readonly number[],
  ask: (limit: number) => Promise<readonly (readonly SourceRecord[])[]>,
) {
  let answers: readonly (readonly SourceRecord[])[] = [];
  let listed: Listed = { options: [], withoutValue: 0, tooLong: 0, full: false };
  let full = false;
  for (const limit of limits) {
    try {
      answers = await ask(limit);
    } catch (error) {
      // A list that is not whole is better than none.
      if (!full) throw error;
      return { answers, listed, full, problem: error };
    }
    listed = listOf(plan, answers.flat());
    full = answers.some((records) => records.length >= limit);
    if (!full || listed.full || listed.options.length > plan.limit) break;
  }
  return { answers, listed, full, problem: undefined };
}
