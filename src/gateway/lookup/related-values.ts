/** What related records are asked by, and which of them belong to which customer. */
import {
  type Criterion,
  fillTemplate,
  isList,
  isSought,
  kindByName,
  LONGEST_SOUGHT,
  meets,
  ownValue,
  placesOf,
  type SourceRecord,
  textOf,
  type Value,
} from '../../contract/index.ts';
import { isRequestName } from '../../helpspot/named-ids.ts';
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
 * What a field of the related source must equal, one of these; of a list, each of its items. None where a place has no
 * value: half a value finds somebody else.
 */
export function soughtValues({ field, value }: RelatedWhere, customer: Belonging): readonly string[] {
  let texts: readonly ReadonlyMap<string, string>[] = [new Map()];
  for (const place of new Set(placesOf(value))) {
    const found = textsAt(place, customer);
    texts = texts.flatMap((one) => found.map((text) => new Map([...one, [place, text]]))).slice(0, MOST_SOUGHT + 1);
  }
  const sought = texts
    .map((one) => fillTemplate(value, (place) => one.get(place) ?? '').trim())
    .filter((text) => text.length <= LONGEST_SOUGHT && isAskedFor(field, text));
  return [...new Set(sought)];
}

/** "unknown" in the field of an address is the address of everybody who has none. */
function isAskedFor(field: string, value: string): boolean {
  if (kindByName(field) === 'email' && !value.includes('@')) return false;
  return isSought({ field, match: 'exact', value });
}

/** The field of the customer; of each related record; what HelpSpot sent, and the names of it. */
function textsAt(place: string, { record, related, parameters }: Belonging): readonly string[] {
  const own = textsIn(ownValue(record, place));
  if (own.length > 0) return own;
  const dot = place.indexOf('.');
  const records = dot < 0 ? undefined : related.get(place.slice(0, dot))?.read;
  if (records !== undefined) return records.flatMap((one) => textsIn(ownValue(one, place.slice(dot + 1))));
  return isOfRequest(place) || isRequestName(place) ? textsIn(ownValue(parameters, place)) : [];
}

function textsIn(value: Value | undefined): readonly string[] {
  if (value === undefined) return [];
  return (isList(value) ? value : [value]).map(textOf).filter((text) => text.trim() !== '');
}

/** Groups of criteria, one group for each entry of `where`: of each group one is enough. */
export type WhereGroups = readonly (readonly Criterion[])[];

/** What the records of a customer are asked by. */
export interface Wanted {
  /** A record belongs to him if it meets one of these. */
  readonly alternatives: readonly WhereGroups[];
  /** Some values are left out: there may be more records than are found. */
  readonly isCut: boolean;
}

/**
 * What a customer's records are asked by. `none`: nothing can belong to him, as nothing does of what it is asked by;
 * `unknown`: what it is asked by is not known; undefined: he has no value for it.
 */
export function wantedOf(
  { where }: RelatedPlan,
  names: readonly string[],
  customer: Belonging,
  source: SourcePlan,
): Wanted | 'none' | 'unknown' | undefined {
  const before = relatedNamesIn(where, names);
  if (before.some((name) => !customer.related.has(name))) return 'unknown';
  if (before.some((name) => customer.related.get(name)?.total === 0)) return 'none';
  const cutBefore = before.some((name) => customer.related.get(name)?.more === true);
  const together = before.find((name) => placesOver(where, name) > 1);
  // Values of one record belong together: the user of one chat has nothing to do with the site of another.
  const cases = together === undefined ? [customer] : oneByOne(customer, together);
  const filled = cases.slice(0, MOST_SOUGHT).flatMap((one) => groupsOf(where, one, source) ?? []);
  if (filled.length === 0) return undefined;
  const isCut = cutBefore || cases.length > MOST_SOUGHT || filled.some((one) => one.isCut);
  return { alternatives: filled.map(({ groups }) => groups), isCut };
}

function placesOver(where: readonly RelatedWhere[], name: string): number {
  return new Set(where.flatMap(({ value }) => placesOf(value)).filter((place) => place.startsWith(`${name}.`))).size;
}

function oneByOne(customer: Belonging, name: string): readonly Belonging[] {
  const found = customer.related.get(name);
  return (found?.read ?? []).map((record) => {
    const related = new Map(customer.related);
    if (found !== undefined) related.set(name, { ...found, read: [record] });
    return { ...customer, related };
  });
}

/** Undefined where a condition has no value. */
function groupsOf(where: readonly RelatedWhere[], customer: Belonging, source: SourcePlan) {
  const values = where.map((one) => soughtValues(one, customer));
  if (values.some((some) => some.length === 0)) return undefined;
  const groups = where.map(({ field }, at) => criteriaOf(field, (values[at] ?? []).slice(0, MOST_SOUGHT), source));
  return { groups, isCut: values.some((some) => some.length > MOST_SOUGHT) };
}

/** Conditions on a field, of which one is enough, in the meaning of the source. */
function criteriaOf(field: string, values: Iterable<string>, { kinds, country }: SourcePlan): Criterion[] {
  return Array.from(values, (value) => ({ field, match: 'exact', value, kind: kinds?.get(field), country }));
}

/** Whether a record meets one of each group, as far as it shows the fields. */
export function meetsEach(record: SourceRecord, groups: readonly (readonly Criterion[])[]): boolean {
  return groups.every((group) =>
    group.some((criterion) => ownValue(record, criterion.field) === undefined || meets(record, criterion)),
  );
}

/** Leaves out the records that are excepted for a customer: the request that is open. Undefined: it is not known which. */
export function withoutExcepted(
  records: readonly SourceRecord[],
  { except }: RelatedPlan,
  names: readonly string[],
  customer: Belonging,
  plan: SourcePlan,
): readonly SourceRecord[] | undefined {
  if (except.length === 0) return records;
  if (relatedNamesIn(except, names).some((name) => !customer.related.has(name))) return undefined;
  const groups = except.map((one) => criteriaOf(one.field, soughtValues(one, customer), plan));
  // What HelpSpot did not send excepts nothing.
  if (groups.some((group) => group.length === 0)) return records;
  return records.filter((record) => !groups.every((group) => group.some((criterion) => meets(record, criterion))));
}
