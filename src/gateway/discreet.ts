/** Results as they may be read by anybody: without secrets, whoever repeated them. What a source found stays as it is. */
import { redact } from '../contract/index.ts';
import type { DetailsValue, DetailsView } from '../helpspot/details-html.ts';
import type { AjaxOutcome, Failure, LookupOutcome } from './outcome.ts';
import type { DetailsOutcome, StandingOutcome } from './push/outcome.ts';

/** The words of a failure. */
export function discreet<Outcome extends { readonly failure?: Failure | undefined }>(
  outcome: Outcome,
  secrets: readonly string[],
): Outcome {
  const { failure } = outcome;
  if (failure === undefined) return outcome;
  return { ...outcome, failure: { ...failure, message: redact(failure.message, secrets) } };
}

/** And what staff must know of an answer. */
export function discreetLookup(outcome: LookupOutcome, secrets: readonly string[]): LookupOutcome {
  const { answer, explanation } = outcome;
  if (explanation !== undefined) {
    const steps = explanation.steps.map((step) => ({
      ...step,
      problem: step.problem && redact(step.problem, secrets),
    }));
    return {
      ...discreetLookup({ ...outcome, explanation: undefined }, secrets),
      explanation: { ...explanation, steps },
    };
  }
  if (answer === undefined) return discreet(outcome, secrets);
  if (answer.notices.length === 0) return outcome;
  return { ...outcome, answer: { ...answer, notices: answer.notices.map((notice) => redact(notice, secrets)) } };
}

/** The same of a drop-down list: the lines that are only read. */
export function discreetAjax(outcome: AjaxOutcome, secrets: readonly string[]): AjaxOutcome {
  if (outcome.failure !== undefined) return discreet(outcome, secrets);
  const options = outcome.answer.options.map((option) =>
    option.value === '' ? { ...option, description: redact(option.description, secrets) } : option,
  );
  return { ...outcome, answer: { options } };
}

/** And all that the other system says of what was pushed: nobody chose these values as one chooses fields. */
export function discreetDetails(outcome: DetailsOutcome, secrets: readonly string[]): DetailsOutcome {
  if (outcome.failure !== undefined) return discreet(outcome, secrets);
  return { ...outcome, view: discreetView(outcome.view, (text) => redact(text, secrets)) };
}

/** And how a push stands: its link, and why it is not done, are words of the other system. */
export function discreetStanding(outcome: StandingOutcome, secrets: readonly string[]): StandingOutcome {
  if (outcome.failure !== undefined) return discreet(outcome, secrets);
  const { link, reason } = outcome;
  return {
    ...outcome,
    ...(link !== undefined && { link: redact(link, secrets) }),
    ...(reason !== undefined && { reason: redact(reason, secrets) }),
  };
}

function discreetView(
  { title, link, rows, standing, stale }: DetailsView,
  mask: (text: string) => string,
): DetailsView {
  const one = (value: DetailsValue): DetailsValue => {
    if (typeof value === 'string') return mask(value);
    return typeof value === 'object' && 'href' in value ? { href: mask(value.href), text: mask(value.text) } : value;
  };
  return {
    title: mask(title),
    ...(link !== undefined && { link: mask(link) }),
    rows: rows.map(({ label, value }) => ({
      label: mask(label),
      value: value === undefined ? undefined : isList(value) ? value.map(one) : one(value),
    })),
    ...(standing !== undefined && { standing: mask(standing) }),
    ...(stale !== undefined && { stale: { ...stale, reason: mask(stale.reason) } }),
  };
}

function isList(value: DetailsValue | readonly DetailsValue[]): value is readonly DetailsValue[] {
  return Array.isArray(value);
}
