/** An AJAX selection field through the domain: parameters → question → source → drop-down list. */
import { callerHasGone, type Log, withDeadline } from '../../contract/index.ts';
import { actingPerson } from '../../helpspot/acting-person.ts';
import { type AjaxAnswer, note } from '../../helpspot/ajax-answer.ts';
import { ajaxParameters, TYPED_TEXT } from '../../helpspot/ajax-parameters.ts';
import { discretion } from '../call-values.ts';
import { failureFields, failureOf, sourcesFailure } from '../failure.ts';
import type { CallOptions } from '../gateway.ts';
import type { AjaxOutcome, Failure } from '../outcome.ts';
import type { GatewayPlan } from '../plan.ts';
import { newReference } from '../reference.ts';
import type { SourceHandle } from '../sources/source-handle.ts';
import { unknownName } from '../unknown-name.ts';
import { findOptions, type OptionFindings } from './find.ts';
import { withHeadings } from './list.ts';
import type { AjaxPlan } from './plan.ts';
import { type AjaxParameters, type OptionQuestion, questionOf } from './search-text.ts';

/** A call of an AJAX selection field. */
export interface AjaxRequest {
  /** The name under `ajax:`. */
  readonly field: string;
  /** As HelpSpot sent them. */
  readonly parameters: AjaxParameters;
}

/** What of the gateway an answer needs. */
export interface AjaxSurroundings {
  readonly plan: Pick<GatewayPlan, 'ajax' | 'server' | 'log'>;
  readonly log: Log;
  source(name: string): SourceHandle;
}

/** Answers one call within the deadline. A failure is an outcome; it does not throw. */
export async function answerAjax(
  request: AjaxRequest,
  options: CallOptions,
  surroundings: AjaxSurroundings,
): Promise<AjaxOutcome> {
  const { plan: whole, log } = surroundings;
  const reference = newReference();
  const plan = whole.ajax.get(request.field);
  if (plan === undefined) {
    const { words, shown } = unknownName('AJAX field', request.field, [...whole.ajax.keys()]);
    log.warn({ reference, ajax: shown }, 'unknown AJAX field');
    return { reference, encoding: 'utf-8', failure: failureOf([words], reference, 404) };
  }
  const { encoding } = plan;
  try {
    return { reference, encoding, ...(await new AjaxInHand(plan, request, options, surroundings, reference).answer()) };
  } catch (error) {
    const discreet = discretion(whole.log, Object.values(request.parameters));
    log.error({ reference, ajax: plan.name, ...failureFields(error, discreet) }, 'an AJAX field failed by a bug');
    const words = 'An error in the gateway prevented this list; tell your administrator';
    return { reference, encoding, failure: failureOf([words], reference, 500) };
  }
}

/** One call under way. */
class AjaxInHand {
  readonly #plan: AjaxPlan;
  readonly #request: AjaxRequest;
  readonly #options: CallOptions;
  readonly #surroundings: AjaxSurroundings;
  readonly #reference: string;
  readonly #parameters: AjaxParameters;
  readonly #question: OptionQuestion;
  readonly #started = performance.now();

  constructor(
    plan: AjaxPlan,
    request: AjaxRequest,
    options: CallOptions,
    surroundings: AjaxSurroundings,
    reference: string,
  ) {
    this.#plan = plan;
    this.#request = request;
    this.#options = options;
    this.#surroundings = surroundings;
    this.#reference = reference;
    this.#parameters = ajaxParameters(request.parameters);
    this.#question = questionOf(plan, this.#parameters);
  }

  async answer(): Promise<AjaxResult> {
    const controller = this.#options.controller ?? new AbortController();
    const findings = await this.#ask(controller);
    if (callerHasGone(controller.signal)) return this.#abandoned();
    const result = this.#result(findings);
    this.#log(findings, result);
    return result;
  }

  /** Undefined when there is nothing to ask, or nobody. */
  async #ask(controller: AbortController): Promise<OptionFindings | undefined> {
    const { source } = this.#plan;
    const { queries } = this.#question;
    if (source === undefined || queries === undefined || queries.length === 0) return undefined;
    const handle = this.#surroundings.source(source);
    return withDeadline(this.#surroundings.plan.server.deadlineMs, controller, (signal) =>
      findOptions(this.#plan, handle, queries, this.#parameters, { signal, reference: this.#reference }),
    );
  }

  /** The list: what the source gave between the constant options, and below it what staff must know about it. */
  #result(findings: OptionFindings | undefined): AjaxResult {
    if (findings?.failure !== undefined) return { failure: sourcesFailure([findings.failure], this.#reference) };
    const { source, before, after } = this.#plan;
    const notes = source === undefined ? [] : notesOf(this.#plan, this.#question, findings, this.#parameters);
    const found = withHeadings(findings?.options ?? []);
    return { answer: { options: [...before, ...found, ...after, ...notes.map(note)] } };
  }

  /** Staff closed the page: no source failed, and nobody reads the answer. */
  #abandoned(): AjaxResult {
    this.#surroundings.log.info(this.#line(), 'the caller has gone away');
    return { failure: failureOf(['The caller has gone away'], this.#reference, 499) };
  }

  #line() {
    const { via, caller } = this.#options;
    const { id: person } = actingPerson(this.#request.parameters);
    return { reference: this.#reference, ajax: this.#plan.name, via, caller, actingPerson: person };
  }

  /** One line a call, without what staff typed. */
  #log(findings: OptionFindings | undefined, result: AjaxResult): void {
    const { log, plan } = this.#surroundings;
    if (findings?.problem !== undefined) {
      const failed = { reference: this.#reference, ajax: this.#plan.name, source: this.#plan.source };
      const discreet = discretion(plan.log, Object.values(this.#request.parameters));
      log.error({ ...failed, ...failureFields(findings.problem, discreet) }, 'a source failed');
    }
    const withoutValue = findings?.withoutValue ?? 0;
    const line = {
      ...this.#line(),
      sources: findings === undefined ? [] : [findings.report],
      count: findings?.options.length ?? 0,
      ...(withoutValue > 0 && { withoutValue }),
      milliseconds: Math.round(performance.now() - this.#started),
      ...(plan.log.customerValues && { queries: this.#question.queries }),
    };
    log.info(line, result.failure === undefined ? 'ajax field' : 'ajax field failed');
  }
}

type AjaxResult =
  | { readonly answer: AjaxAnswer; readonly failure?: undefined }
  | { readonly failure: Failure; readonly answer?: undefined };

function notesOf(
  plan: AjaxPlan,
  { refusal }: OptionQuestion,
  findings: OptionFindings | undefined,
  parameters: AjaxParameters,
): readonly string[] {
  if (refusal !== undefined) return [refusal];
  const notes: string[] = [];
  if (findings === undefined || findings.options.length === 0) notes.push(nothingFound(plan, findings, parameters));
  else if (findings.more) notes.push(moreFound(plan, findings.options.length));
  return [...notes, ...(findings?.notices ?? [])];
}

const LONGEST_TEXT_SHOWN = 40;

function nothingFound(plan: AjaxPlan, findings: OptionFindings | undefined, parameters: AjaxParameters): string {
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
