/** Whether the match steps of a lookup can find anybody, and each of its sources can be found. */
import { isHelpSpotParameter } from '../../helpspot/parameters.ts';
import { STANDARD_ELEMENTS } from '../../helpspot/xml-name.ts';
import { parametersOf } from '../lookup/match-steps.ts';
import type { LookupPlan, MatchStep } from '../lookup/plan.ts';
import type { Finding } from '../outcome.ts';
import { canBe, isForAnother, whyNever, whyNot, whySlow, whySome } from './asking.ts';
import { didYouMean } from './names.ts';
import type { KnownSource } from './sources.ts';

/** So many reasons say enough. */
const MOST_REASONS = 3;

/** One finding a step that no source can answer, or that is never tried; and one a source that can answer none. */
export function matchFindings(plan: LookupPlan, sources: readonly KnownSource[], at: string): readonly Finding[] {
  const { match } = plan;
  const findings = match.flatMap((step, index): readonly Finding[] => {
    const wrong = [unsent(step), unanswered(step, sources), amongSome(step, sources), slow(step, sources)].filter(
      (sentence) => sentence !== undefined,
    );
    if (wrong.length === 0) return [];
    return [{ where: `${at}.match[${index}]`, weight: 'warning', sentence: wrong.join('; ') }];
  });
  const isPossible = match.some((step) => unanswered(step, sources) === undefined);
  if (isPossible || match.length === 0) return [...findings, ...unaskedFindings(plan, sources, at)];
  const sentence = 'can never find anybody: none of its match steps can be asked of any of its sources';
  return [...findings, { where: at, weight: 'error', sentence }];
}

/** By what highlighted contacts of an address book are found. */
export function highlightFindings(
  { addressBook }: LookupPlan,
  sources: readonly KnownSource[],
  at: string,
): readonly Finding[] {
  const criteria = addressBook?.highlighted ?? [];
  const step = criteria.map(({ field, match }) => ({ field, match, parameter: field }));
  const sentence = step.length === 0 ? undefined : unanswered(step, sources);
  if (sentence === undefined) return [];
  return [{ where: `${at}.addressBook.highlighted`, weight: 'error', sentence }];
}

/** A parameter of the step that HelpSpot does not send. Words are looked for as long as one of their boxes is sent. */
function unsent(step: MatchStep): string | undefined {
  const needed = step.filter((input) => !('words' in input && input.parameters.some(isHelpSpotParameter)));
  const unknown = parametersOf(needed).find((name) => !isHelpSpotParameter(name));
  if (unknown === undefined) return undefined;
  const near = didYouMean(unknown, STANDARD_ELEMENTS);
  const hint = near === '' ? `; say which parameter has the value: { ${unknown}: { from: Custom5 } }` : '';
  return `HelpSpot sends no ${unknown}${near}, so this step is never tried${hint}`;
}

/** A step may be meant for one of several sources; for none of them it is a mistake. */
function unanswered(step: MatchStep, sources: readonly KnownSource[]): string | undefined {
  const meant = sources.filter((source) => !isForAnother(step, source, sources));
  const reasons = meant.map((source) => whyNever(step, source));
  if (reasons.includes(undefined)) return undefined;
  return `finds nobody: ${[...new Set(reasons)].join('; ')}`;
}

/** A step that every source which can answer it answers from a part of its records. */
function amongSome(step: MatchStep, sources: readonly KnownSource[]): string | undefined {
  const meant = sources.filter(
    (source) => !isForAnother(step, source, sources) && whyNever(step, source) === undefined,
  );
  const reasons = meant.map((source) => whySome(step, source));
  if (reasons.length === 0 || reasons.includes(undefined)) return undefined;
  return `finds some only: ${[...new Set(reasons)].join('; ')}`;
}

/** A step that takes one of its sources long; the others are not waited for any less because of it. */
function slow(step: MatchStep, sources: readonly KnownSource[]): string | undefined {
  const meant = sources.filter(
    (source) => !isForAnother(step, source, sources) && whyNever(step, source) === undefined,
  );
  const reasons = meant.map((source) => whySlow(step, source)).filter((why) => why !== undefined);
  if (reasons.length === 0) return undefined;
  return `is slow: ${reasons.join('; ')}; write it behind the quick steps, add a quick field to it, or give the source an index`;
}

/** Sources that no step, nor the join, ever asks. */
function unaskedFindings({ match, mergeBy }: LookupPlan, sources: readonly KnownSource[], at: string) {
  return sources.flatMap((source): readonly Finding[] => {
    const meant = match.filter((step) => !isForAnother(step, source, sources));
    const reasons = meant.map((step) => whyNever(step, source));
    if (match.length === 0 || reasons.includes(undefined)) return [];
    // What others found is completed with what it knows.
    if (mergeBy.some((field) => canBe(field, 'exact', source))) return [];
    const all = [...reasons, ...mergeBy.map((field) => `${whyNot(field, source)}, as mergeBy would`)];
    const told = [...new Set(all)].slice(0, MOST_REASONS);
    const why = told.length === 0 ? '' : `: ${told.join('; ')}`;
    const sentence = `${source.name} can answer none of the match steps${why}; write a step for it, or take it out`;
    return [{ where: `${at}.sources`, weight: 'warning', sentence }];
  });
}
