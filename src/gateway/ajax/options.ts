/** An AJAX selection field through the domain: parameters → question → source → drop-down list. */
import { actingPerson } from '../../helpspot/acting-person.ts';
import { type AjaxAnswer, note } from '../../helpspot/ajax-answer.ts';
import { ajaxParameters, TYPED_TEXT } from '../../helpspot/ajax-parameters.ts';
import type { Parameters } from '../../helpspot/parameters.ts';
import {
  answerCall,
  type CallHost,
  type CallInHand,
  type CallKind,
  type CallOptions,
  type FramePlan,
} from '../call.ts';
import { failureFields, sourcesFailure } from '../failure.ts';
import { Inquiry } from '../inquiry.ts';
import type { AjaxOutcome, OrFailure } from '../outcome.ts';
import type { GatewayPlan } from '../plan.ts';
import { withRequestNames } from '../request-names.ts';
import { Resting } from '../sources/unasked.ts';
import { findOptions, type OptionFindings } from './find.ts';
import { withHeadings } from './list.ts';
import type { AjaxPlan } from './plan.ts';
import { type OptionQuestion, optionQuestion } from './search-text.ts';
import { parameterPlaces } from './where.ts';

/** A call of an AJAX selection field. */
export interface AjaxRequest {
  /** The name under `ajax:`. */
  readonly field: string;
  /** As HelpSpot sent them. */
  readonly parameters: Parameters;
}

type Needed = FramePlan & Pick<GatewayPlan, 'ajax' | 'helpSpotSource'>;
type Host = CallHost<Needed>;

const AJAX: CallKind<Needed, AjaxPlan> = {
  what: 'AJAX field',
  audited: 'ajax',
  logged: 'ajax',
  failing: ['an AJAX field', 'this list'],
  plans: ({ ajax }) => ajax,
};

/** Answers one call within the deadline. A failure is an outcome; it does not throw. */
export async function answerAjax(request: AjaxRequest, options: CallOptions, host: Host): Promise<AjaxOutcome> {
  const { field: name, parameters } = request;
  const encoding = host.plan().ajax.get(name)?.encoding ?? 'utf-8';
  const asked = {
    ...{ name, sent: parameters, actingPerson: actingPerson(parameters) },
    values: () => Object.values(parameters),
  };
  const outcome = await answerCall(AJAX, asked, options, host, async (plan, call) => {
    const known = await call.withinDeadline((signal) =>
      withRequestNames(ajaxParameters(parameters), conditionPlaces(plan), host, { signal, reference: call.reference }),
    );
    const question = optionQuestion(plan, known);
    const findings = await call.withinDeadline((signal) => findingsOf(plan, question, known, signal, call, host));
    const result = resultOf(plan, question, findings, known, call);
    call.audited = { count: findings?.options.length ?? 0, sources: findings?.reports ?? [] };
    logAnswer(question, findings, result, call, host);
    return result;
  });
  return { ...outcome, encoding };
}

/** What HelpSpot fills in of the conditions. */
function conditionPlaces({ where, via }: AjaxPlan): readonly string[] {
  return [...where, ...(via?.where ?? [])].flatMap(parameterPlaces);
}

/** Undefined when there is nothing to ask, or nobody. */
async function findingsOf(
  plan: AjaxPlan,
  question: OptionQuestion,
  parameters: Parameters,
  signal: AbortSignal,
  { reference }: CallInHand,
  host: Host,
): Promise<OptionFindings | undefined> {
  const { source } = plan;
  if (source === undefined || question.refusal !== undefined || question.queries.length === 0) return undefined;
  const { deadlineMs } = host.plan().server;
  const context = { signal, reference };
  const user = 'AJAX field';
  const inquiry = new Inquiry({ source: (name) => host.source(name), parameters, context, deadlineMs, user });
  return findOptions({ ...plan, source }, question, parameters, inquiry);
}

/** The list: what the source gave between the constant options, and below it what staff must know about it. */
function resultOf(
  plan: AjaxPlan,
  question: OptionQuestion,
  findings: OptionFindings | undefined,
  parameters: Parameters,
  { reference }: CallInHand,
): AjaxResult {
  if (findings?.failure !== undefined) return { failure: sourcesFailure([findings.failure], reference) };
  const { source, before, after } = plan;
  const notes = source === undefined ? [] : notesOf(plan, question, findings, parameters);
  const found = withHeadings(findings?.options ?? []);
  return { answer: { options: [...before, ...found, ...after, ...notes.map(note)] } };
}

/** One line a call, without what staff typed. */
function logAnswer(
  question: OptionQuestion,
  findings: OptionFindings | undefined,
  { failure }: AjaxResult,
  { line, wholeLine, discreet, milliseconds }: CallInHand,
  { log, plan }: Host,
): void {
  for (const { source, error } of findings?.problems ?? []) {
    // That it rests was said when it began to.
    if (error instanceof Resting) continue;
    log.error({ ...line, source, ...failureFields(error, discreet) }, 'a source failed');
  }
  const withoutValue = findings?.withoutValue ?? 0;
  const queries = (findings?.queries ?? question.queries)?.map(({ criteria, groups = [] }) => [
    ...criteria,
    ...groups.flat(),
  ]);
  const fields = {
    ...wholeLine,
    sources: findings?.reports ?? [],
    count: findings?.options.length ?? 0,
    ...(withoutValue > 0 && { withoutValue }),
    milliseconds,
    ...(plan().log.customerValues && { queries }),
  };
  log.info(fields, failure === undefined ? 'ajax field' : 'ajax field failed');
}

type AjaxResult = OrFailure<{ readonly answer: AjaxAnswer }>;

function notesOf(
  plan: AjaxPlan,
  { refusal }: OptionQuestion,
  findings: OptionFindings | undefined,
  parameters: Parameters,
): readonly string[] {
  if (refusal !== undefined) return [refusal];
  const notes: string[] = [];
  if (findings?.refusal !== undefined) notes.push(findings.refusal);
  else if (findings === undefined || (findings.options.length === 0 && !isOfOldCopy(plan, findings)))
    notes.push(nothingFound(plan, findings, parameters));
  else if (findings?.more === true) notes.push(moreFound(plan, findings.options.length));
  return [...notes, ...(findings?.notices ?? [])];
}

/** Whether nothing was found in the copy of a source that failed: that is told in the notices. */
function isOfOldCopy({ source }: AjaxPlan, { problems, withoutValue }: OptionFindings): boolean {
  return withoutValue === 0 && problems.some((problem) => problem.source === source);
}

const LONGEST_TEXT_SHOWN = 40;

function nothingFound(plan: AjaxPlan, findings: OptionFindings | undefined, parameters: Parameters): string {
  if (findings !== undefined && findings.withoutValue > 0) {
    return 'What was found has no value for this field; tell your administrator';
  }
  const text = plan.search === undefined ? '' : (parameters[TYPED_TEXT] ?? '');
  if (text === '') return 'Nothing found';
  const shown = [...text].slice(0, LONGEST_TEXT_SHOWN).join('');
  return `Nothing found for "${shown === text ? text : `${shown}...`}"; try another text`;
}

function moreFound({ search }: AjaxPlan, count: number): string {
  const narrow = search === undefined ? '' : '; type more to narrow the list';
  return `Only the first ${count === 1 ? 'one is' : `${count} are`} shown${narrow}`;
}
