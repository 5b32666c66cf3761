/** What staff must know of an answer that is not whole. */
import type { UserType } from '../../helpspot/acting-person.ts';
import { staffWords } from '../failure.ts';
import { isVisible } from './contents.ts';
import type { LookupPlan } from './plan.ts';
import type { RelatedFindings } from './related.ts';
import type { Findings } from './search.ts';

/** What an answer was made of. */
interface Made {
  readonly findings: Findings;
  readonly belongings: RelatedFindings;
  /** Whether there are more than the limit. */
  readonly more: boolean;
  readonly reference: string;
  /** The call had more parameters than so many, which alone were read. */
  readonly readOnly: number | undefined;
  readonly viewer: UserType | undefined;
}

/** What was not read, found or asked: a sentence each. */
export function lookupNotices(plan: LookupPlan, made: Made): readonly string[] {
  const { findings, belongings, more, reference, readOnly, viewer } = made;
  const words = `The call has more than ${readOnly} fields, of which the gateway reads no more; tell your administrator`;
  const first = `Only the first ${plan.limit} matches are shown; fill in more fields to narrow the search`;
  const failed = [...findings.failures, ...belongings.failures].map(
    ({ title, error }) => `${staffWords(title, error)} (ref ${reference})`,
  );
  return [
    ...(readOnly === undefined ? [] : [`${words} (ref ${reference})`]),
    ...(more ? [first] : []),
    ...new Set(failed),
    ...missingWords(plan, belongings, viewer),
  ];
}

/** What staff do not see of related records, by the names that HelpSpot shows. */
function missingWords(
  plan: LookupPlan,
  { missing, forOneOnly }: RelatedFindings,
  viewer: UserType | undefined,
): readonly string[] {
  const labels = (names: readonly string[]) => {
    const shown = (plan.fields ?? []).filter(
      ({ content, visibleTo }) =>
        'related' in content && names.includes(content.related) && isVisible({ visibleTo }, viewer),
    );
    const elements = plan.fields === undefined ? names : shown.map(({ element }) => element);
    return elements.map((name) => name.replaceAll('_', ' ')).join(', ');
  };
  const [lost, single] = [labels(missing), labels(forOneOnly)];
  return [
    ...(lost === '' ? [] : [`Not known therefore: ${lost}`]),
    ...(single === '' ? [] : [`With a single customer only: ${single}; fill in more fields to narrow the search`]),
  ];
}
