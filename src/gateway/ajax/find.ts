/** Asks the sources of an AJAX selection field for its options: who is asked first, who has the options, who has names. */
import type { SourceRecord } from '../../contract/index.ts';
import type { Parameters } from '../../helpspot/parameters.ts';
import { staffWords } from '../failure.ts';
import type { Inquiry, SourceProblem, SourceQuestion } from '../inquiry.ts';
import { named } from '../naming.ts';
import type { SourceReport } from '../outcome.ts';
import type { SourceHandle } from '../sources/source-handle.ts';
import { type Listed, listOf } from './list.ts';
import type { AjaxPlan } from './plan.ts';
import type { OptionQuestion } from './search-text.ts';
import { throughVia, VIA_LIMIT } from './via.ts';

/**
 * Records that are read at most where more than the list shows are needed: to sort them, and to find different values
 * among many that are the same. A drop-down list of more than this is no list to choose from.
 */
const RECORDS_READ = 5_000;

/** What a source gave for a list, or its failure. */
export interface OptionFindings extends Listed {
  /** There is more than `limit` options, or there may be. */
  readonly more: boolean;
  /** Why the source was not asked after all, in words for staff. */
  readonly refusal?: string | undefined;
  /** What the source was asked. */
  readonly queries: readonly SourceQuestion[];
  readonly notices: readonly string[];
  /** What the sources threw, also when there is a list without it. */
  readonly problems: readonly SourceProblem[];
  /** Undefined when there is a list. */
  readonly failure: { readonly title: string; readonly error: unknown } | undefined;
  readonly reports: readonly SourceReport[];
}

/** A question that can be asked. */
type Asked = OptionQuestion & { readonly refusal?: undefined };
type Found = Partial<Listed & Pick<OptionFindings, 'more' | 'refusal' | 'queries' | 'failure'>>;

/** Asks, and puts the answers together. A failure is in the result; it throws only for a bug of ours. */
export async function findOptions(
  plan: AjaxPlan & { readonly source: string },
  question: Asked,
  parameters: Parameters,
  inquiry: Inquiry,
): Promise<OptionFindings> {
  const source = inquiry.source(plan.source);
  const found =
    plan.via === undefined || question.via === undefined
      ? await optionsOf(plan, source, question.queries, inquiry)
      : await throughSource(plan, source, plan.via.source, question, parameters, inquiry);
  return {
    ...{ options: [], withoutValue: 0, tooLong: 0, full: false, more: false, failure: undefined, queries: [] },
    ...found,
    notices: inquiry.notices.all(),
    problems: inquiry.problems,
    reports: inquiry.reports,
  };
}

/** The options that belong to what another source finds first. */
async function throughSource(
  plan: AjaxPlan,
  source: SourceHandle,
  via: string,
  { queries, via: criteria = [] }: Asked,
  parameters: Parameters,
  inquiry: Inquiry,
): Promise<Found> {
  const first = inquiry.source(via);
  const { title } = first.plan;
  // One that hangs must leave time for the other.
  const limitMs = Math.ceil(inquiry.deadlineMs / 2);
  let records: readonly SourceRecord[];
  try {
    // One more than is used tells that there are more.
    records = (await inquiry.find(first, [{ criteria }], VIA_LIMIT + 1, { limitMs })).flat();
  } catch (error) {
    return { failure: { title, error } };
  }
  if (records.length > VIA_LIMIT) inquiry.notices.add(`${title}: only the first ${VIA_LIMIT} that were found are used`);
  const through = throughVia(plan, queries, records.slice(0, VIA_LIMIT), title, parameters);
  for (const sentence of through.notices) inquiry.notices.add(sentence);
  if (through.refusal !== undefined) return { refusal: through.refusal };
  return optionsOf(plan, source, through.queries, inquiry);
}

/** The options that the source has for the queries, which are asked side by side. */
async function optionsOf(
  plan: AjaxPlan,
  source: SourceHandle,
  queries: readonly SourceQuestion[],
  inquiry: Inquiry,
): Promise<Found> {
  const { title } = source.plan;
  // One more than is shown tells that there are more.
  const limits = plan.order.length > 0 ? [RECORDS_READ] : [plan.limit + 1, RECORDS_READ];
  let first: Awaited<ReturnType<typeof firstEnough>>;
  try {
    first = await firstEnough(plan, limits, (limit) => inquiry.find(source, queries, limit));
  } catch (error) {
    return { queries, failure: { title, error } };
  }
  const { records, listed, full, problem } = first;
  if (problem !== undefined) inquiry.notices.add(staffWords(title, problem));
  if (listed.tooLong > 0) inquiry.notices.add(tooLongWords(listed.tooLong));
  const shown = await withNames(plan, records, listed, inquiry);
  return {
    ...listed,
    queries,
    options: shown.options.slice(0, plan.limit),
    more: full || shown.full || listed.options.length > plan.limit,
  };
}

/** The same list with names in place of ids. */
async function withNames(
  plan: AjaxPlan,
  records: readonly SourceRecord[],
  listed: Listed,
  inquiry: Inquiry,
): Promise<Listed> {
  const { names = [], order, limit } = plan;
  if (names.length === 0) return listed;
  // Only what is sorted by names has to be named before it is known what is shown.
  const isSortedByNames = order.some(({ field }) => names.some((one) => one.field === field));
  const wanted = isSortedByNames ? records : listed.options.slice(0, limit).map(({ record }) => record);
  const { options, full } = listOf(plan, wanted, await named(wanted, names, inquiry));
  return { ...listed, options, full: full || listed.full };
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
  let records: readonly SourceRecord[] = [];
  let listed: Listed = { options: [], withoutValue: 0, tooLong: 0, full: false };
  let full = false;
  for (const limit of limits) {
    try {
      const answers = await ask(limit);
      records = answers.flat();
      full = answers.some((answer) => answer.length >= limit);
    } catch (error) {
      // A list that is not whole is better than none.
      if (!full) throw error;
      return { records, listed, full, problem: error };
    }
    listed = listOf(plan, records);
    if (!full || listed.full || listed.options.length > plan.limit) break;
  }
  return { records, listed, full, problem: undefined };
}
