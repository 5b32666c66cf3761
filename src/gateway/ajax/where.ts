/** From the conditions of an AJAX selection field, and what staff filled in, to criteria. */
import { type Criterion, fillTemplate, isSought, LONGEST_SOUGHT, placesOf } from '../../contract/index.ts';
import { parameterValue, parameterWords } from '../../helpspot/ajax-parameters.ts';
import type { Parameters } from '../../helpspot/parameters.ts';
import type { WherePlan } from './plan.ts';

const VIA = 'via.';

/** The field of the `via` record that a place stands for: `customer_id` of `via.customer_id`. Undefined: it is a parameter. */
export function viaField(place: string): string | undefined {
  return place.startsWith(VIA) ? place.slice(VIA.length).trim() : undefined;
}

/** Whether a condition has a place that the `via` record fills in. */
export function takesVia({ value }: WherePlan): boolean {
  return placesOf(value).some((place) => viaField(place) !== undefined);
}

/** What parameters make of conditions. */
export interface Filled {
  readonly criteria: readonly Criterion[];
  /** What has to be filled in first, as staff call it. */
  readonly missing: readonly string[];
  /** Why nothing can be found, whatever else is filled in; in words for staff. */
  readonly refusal?: string;
}

/** The criteria of conditions that parameters alone fill in. */
export function filledIn(conditions: readonly WherePlan[], parameters: Parameters): Filled {
  const criteria: Criterion[] = [];
  const missing = new Set<string>();
  for (const where of conditions) {
    const value = whereValue(where, parameters);
    if (value !== undefined && value.length > LONGEST_SOUGHT) {
      const refusal = `${whereWords(where, parameters)} is longer than ${LONGEST_SOUGHT} characters; nothing can be found by it`;
      return { criteria: [], missing: [], refusal };
    }
    if (value !== undefined) criteria.push(equals(where, value));
    else if (!where.optional) missing.add(whereWords(where, parameters));
  }
  return { criteria, missing: [...missing] };
}

/** What is looked for: the whole value. */
export function equals({ field, kind }: WherePlan, value: string): Criterion {
  return { field, match: 'exact', value, kind };
}

/** Undefined when a place is empty: half a value would find the wrong things. */
function whereValue(where: WherePlan, parameters: Parameters): string | undefined {
  if (emptyPlaces(where, parameters).length > 0) return undefined;
  const value = fillTemplate(where.value, (place) => parameterValue(parameters, place)).trim();
  if (value.length > LONGEST_SOUGHT) return value;
  return isSought(equals(where, value)) ? value : undefined;
}

/** What staff have to fill in; a telephone of letters is as good as none. */
export function whereWords(where: WherePlan, parameters: Parameters): string {
  if (where.label !== undefined) return where.label;
  const empty = emptyPlaces(where, parameters);
  const places = empty.length > 0 ? empty : parameterPlaces(where);
  return places.length === 0 ? where.field : [...new Set(places.map(parameterWords))].join(' and ');
}

/** The places that are not filled in. */
export function emptyPlaces(where: WherePlan, parameters: Parameters): readonly string[] {
  return parameterPlaces(where).filter((place) => parameterValue(parameters, place) === '');
}

/** The places that HelpSpot's parameters fill in. */
export function parameterPlaces({ value }: WherePlan): readonly string[] {
  return [...new Set(placesOf(value))].filter((place) => viaField(place) === undefined);
}
