/** Elements that came out empty, and why: for an administrator. */
import { ownValue, type SourceRecord, textOf } from '../../contract/index.ts';
import type { UserType } from '../../helpspot/acting-person.ts';
import type { Explanation } from '../outcome.ts';
import { nearestName } from '../unknown-name.ts';
import { isVisible } from './contents.ts';
import type { FieldPlan, LookupPlan } from './plan.ts';
import { placesIn } from './shown-places.ts';

/** One of them. */
export interface EmptyElement {
  readonly element: string;
  /** A sentence without any value of a customer. */
  readonly why: string;
  /** Of one that whoever asks may not see: who may. */
  readonly visibleTo?: readonly UserType[];
}

/**
 * Elements that the lookup shows, and that none of the customers has.
 * @param viewer the level of who asks
 */
export function emptyElements(
  plan: LookupPlan | undefined,
  customers: readonly ReadonlyMap<string, unknown>[],
  { fields = [], missing = [] }: Explanation,
  viewer: UserType | undefined,
): readonly EmptyElement[] {
  if (customers.length === 0) return [];
  const empty = (plan?.fields ?? []).filter(
    ({ element, content }) => content.kind !== 'hidden' && customers.every((one) => !one.has(element)),
  );
  return empty.map((field) => {
    const { element, visibleTo } = field;
    if (visibleTo !== undefined && !isVisible(field, viewer)) {
      return { element, why: hiddenWords(visibleTo), visibleTo };
    }
    return { element, why: whyEmpty(field, fields, missing) };
  });
}

/**
 * Why one customer does not have an element.
 * @param record the customer, put together of all sources
 * @param known the columns that there are, whoever has them
 * @param missing names of related records that are not known
 */
export function whyEmptyHere(
  field: FieldPlan,
  record: SourceRecord,
  known: readonly string[],
  missing: readonly string[],
  viewer: UserType | undefined,
): string {
  const { visibleTo, content, when = [] } = field;
  if (visibleTo !== undefined && !isVisible(field, viewer)) return hiddenWords(visibleTo);
  const places = [...new Set(placesIn(content))];
  const isThere = places.every((place) => known.includes(place));
  const blank = places.filter((place) => textOf(ownValue(record, place)).trim() === '');
  return when.length === 0 && isThere && blank.length > 0
    ? `${blank.join(', ')} ${blank.length === 1 ? 'is' : 'are'} empty in the source`
    : whyEmpty(field, known, missing);
}

function hiddenWords(visibleTo: readonly UserType[]): string {
  return `only ${visibleTo.join(', ')} may see it`;
}

function whyEmpty({ content, when }: FieldPlan, known: readonly string[], missing: readonly string[]): string {
  if (when !== undefined && when.length > 0) {
    return `what "when" says of ${when.map(({ field }) => field).join(', ')} does not hold, or it has no value`;
  }
  if ('related' in content) {
    if (missing.includes(content.related)) return `${content.related} are not known, as the steps above say`;
    return `no ${content.related} were found, or asked for`;
  }
  const places = [...new Set(placesIn(content))];
  const absent = places.filter((place) => !known.includes(place));
  if (absent.length === 0) {
    if (content.kind === 'checkbox') return `what ${content.from} has is neither yes nor no`;
    return content.kind === 'field' && content.date === 'unix'
      ? `what ${content.from} has is no date`
      : `nothing of ${places.join(', ')} can be shown so`;
  }
  const near = absent.map((place) => nearestName(place, known)).find((name) => name !== undefined);
  return `no record has ${absent.join(', ')}${near === undefined ? '' : ` (did you mean ${near}?)`}`;
}
