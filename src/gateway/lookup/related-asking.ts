/** One question for related records: within its patience, with an older answer where none comes, and told in the log of the search. */
import { type CallContext, type FindQuery, remainingMs } from '../../contract/index.ts';
import type { SourceAnswer } from '../sources/questions.ts';
import type { SourceHandle } from '../sources/source-handle.ts';
import { askedLate, leftBehind, tooLate } from '../sources/unasked.ts';
import type { RelatedPlan } from './plan.ts';
import type { SearchLog } from './search-log.ts';

/** What is left of the deadline for the answer itself. Milliseconds. */
const RESERVE_MS = 100;

/** What came of a question: an answer; why there is none; or that it cannot be asked for several customers at once. */
export type RelatedAnswer =
  | { readonly answer: SourceAnswer; readonly error?: undefined }
  | { readonly answer?: undefined; readonly error?: unknown };

/** A question for related records. */
export interface RelatedQuestion {
  readonly plan: RelatedPlan;
  readonly source: SourceHandle;
  readonly query: FindQuery;
  /** Whether it is for several customers: then only a source that understands groups is asked. */
  readonly isForSeveral: boolean;
}

/** Asks it. Never throws; neither an answer nor an error: it cannot be asked for several customers at once. */
export async function askRelated(
  question: RelatedQuestion,
  { context, deadlineMs }: { readonly context: CallContext; readonly deadlineMs: number },
  log: SearchLog,
): Promise<RelatedAnswer> {
  const { plan, source, query, isForSeveral } = question;
  const { name, title } = source.plan;
  const step = relatedStep(plan);
  const left = remainingMs(context.signal) ?? deadlineMs;
  const waitMs = Math.min(plan.patienceMs, left - RESERVE_MS);
  const failed = (error: unknown, milliseconds: number | undefined): RelatedAnswer => {
    log.asked({ step, source, count: 0, milliseconds, error, kept: undefined });
    return { error };
  };

  let isLeft = false;
  let isCut = false;
  const notice = (sentence: string, cuts = false) => {
    if (isLeft) return;
    log.say(`${title}: ${sentence}`);
    isCut ||= cuts;
  };
  const options = { user: 'lookup', limitMs: Math.ceil(deadlineMs / 2), deadlineMs, isLeft: () => isLeft };
  // Nobody waits for a source to be opened when the answer is made; a question goes on for the cache.
  const opening = new AbortController();
  const signal = AbortSignal.any([context.signal, opening.signal]);
  const ask = async (): Promise<RelatedAnswer> => {
    if (isForSeveral && !(await source.findsGroups({ ...context, signal }))) return {};
    return { answer: await source.find(query, { ...context, notice }, options) };
  };
  if (waitMs <= 0) return failed(tooLate(name, left), undefined);
  const started = performance.now();
  const asked = ask().catch((error: unknown): RelatedAnswer => ({ error: askedLate(error, name, left, deadlineMs) }));
  const outcome = await withPatience(asked, waitMs);
  const milliseconds = Math.round(performance.now() - started);
  if (outcome === undefined) {
    isLeft = true;
    opening.abort(new Error('nobody waits for it any more'));
    source.wasLeft();
    const older = await source.olderAnswer(query, context, 'lookup');
    const error = leftBehind(name, plan.patienceMs, older !== undefined, `related.${plan.name}.patience`);
    if (older === undefined) return failed(error, undefined);
    log.standIn(source, { error, at: older.at, count: older.records.length }, 'nothing');
    log.asked({ step, source, count: older.records.length, milliseconds: undefined, error, kept: 'stale' });
    return { answer: older };
  }
  const { answer, error } = outcome;
  if (error !== undefined) return failed(error, milliseconds);
  if (answer === undefined) {
    log.skip({ step, source: name, problem: 'it cannot be asked for several customers at once' });
    return {};
  }
  if (answer.kept === 'stale') {
    log.standIn(source, { error: answer.insteadOf, at: answer.at, count: answer.records.length }, 'nothing');
  }
  log.asked({ step, source, count: answer.records.length, milliseconds, error: undefined, kept: answer.kept });
  return { answer: isCut ? { ...answer, isCut } : answer };
}

/** What it is called where an administrator reads how an answer came about. */
export function relatedStep({ name }: RelatedPlan): string {
  return `related ${name}`;
}

/** Undefined when it takes longer. */
async function withPatience<T>(work: Promise<T>, ms: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  try {
    return await Promise.race([work, patience]);
  } finally {
    clearTimeout(timer);
  }
}
