/** What related records are asked by, and which of them belong to which customer. */
import {
  type Criterion,
  fillTemplate,
  isList,
  isSought,
  LONGEST_SOUGHT,
  meets,
  placesOf,
  type SourceRecord,
  textOf,
  type Value,
} from '../../contract/index.ts';
import { isHelpSpotParameter, type Parameters } from '../../helpspot/parameters.ts';
import { STANDARD_ELEMENTS } from '../../helpspot/xml-name.ts';
import type { SourcePlan } from '../plan.ts';
import type { RelatedPlan, RelatedWhere } from './plan.ts';
import type { RelatedRecords } from './related-records.ts';

/** One customer, with what is known of what belongs to him. */
export interface Belonging {
  readonly record: SourceRecord;
  readonly related: ReadonlyMap<string, RelatedRecords>;
  readonly parameters: Parameters;
}

/** A customer with more addresses or numbers than these is no customer. */
export const MOST_SOUGHT = 20;

/** The related records that a template names: `chats` of `{{chats.user_id}}`. */
export function relatedNamesIn(wheres: readonly RelatedWhere[], names: readonly string[]): readonly string[] {
  const named = wheres.flatMap(({ value }) => placesOf(value)).map((place) => place.split('.', 1)[0] ?? '');
  return names.filter((name) => named.includes(name));
}

/** Whether HelpSpot sends a parameter of this name that is not about the customer: it would be another one's. */
export function isOfRequest(name: string): boolean {
  return isHelpSpotParameter(name) && !STANDARD_ELEMENTS.includes(name);
}

/**
 * What a field of the related source must equal, one of these. Of a single place each item of a list; of a longer template
 * one text. None where a place has no value: half a value finds somebody else.
 */
export function soughtValues({ field, value }: RelatedWhere, customer: Belonging): readonly string[] {
  const places = placesOf(value);
  const [only = ''] = places;
  const isAlone = places.length === 1 && value.trim() === `{{${only}}}`;
  const texts = isAlone ? textsAt(only, customer) : filled(value, places, customer);
  const sought = texts
    .map((text) => text.trim())
    .filter((text) => text.length <= LONGEST_SOUGHT && isSought({ field, match: 'exact', value: text }));
  return [...new Set(sought)];
}

function filled(template: string, places: readonly string[], customer: Belonging): readonly string[] {
  const texts = new Map(places.map((place) => [place, textsAt(place, customer)[0] ?? '']));
  if ([...texts.values()].includes('')) return [];
  return [fillTemplate(template, (place) => texts.get(place) ?? '')];
}

/** The field of the customer; of each related record; what HelpSpot sent. */
function textsAt(place: string, { record, related, parameters }: Belonging): readonly string[] {
  const own = textsIn(record[place]);
  if (own.length > 0) return own;
  const dot = place.indexOf('.');
  const records = dot < 0 ? undefined : related.get(place.slice(0, dot))?.read;
  if (records !== undefined) return records.flatMap((one) => textsIn(one[place.slice(dot + 1)]));
  return isOfRequest(place) ? textsIn(parameters[place]) : [];
}

function textsIn(value: Value | undefined): readonly string[] {
  if (value === undefined) return [];
  return (isList(value) ? value : [value]).map(textOf).filter((text) => text.trim() !== '');
}

/** Conditions on a field, of which one is enough, in the meaning of the source. */
export function criteriaOf(field: string, values: Iterable<string>, { kinds, country }: SourcePlan): Criterion[] {
  return Array.from(values, (value) => ({ field, match: 'exact', value, kind: kinds?.get(field), country }));
}

/** Whether a record meets one of each group. */
export function meetsEach(record: SourceRecord, groups: readonly (readonly Criterion[])[]): boolean {
  return groups.every((group) => group.some((criterion) => meets(record, criterion)));
}

/** Leaves out the records that are excepted for a customer: the request that is open. */
export function withoutExcepted(
  records: readonly SourceRecord[],
  { except }: RelatedPlan,
  customer: Belonging,
  plan: SourcePlan,
): readonly SourceRecord[] {
  const groups = except.map((one) => criteriaOf(one.field, soughtValues(one, customer), plan));
  // What is not known excepts nothing.
  if (groups.length === 0 || groups.some((group) => group.length === 0)) return records;
  return records.filter((record) => !meetsEach(record, groups));
}
