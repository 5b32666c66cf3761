/** The second of two steps: what the records of `via` make of the conditions that take their fields. */
import {
  type Criterion,
  fillTemplate,
  isList,
  isSought,
  LONGEST_SOUGHT,
  ownValue,
  placesOf,
  type SourceRecord,
  textOf,
} from '../../contract/index.ts';
import { parameterValue } from '../../helpspot/ajax-parameters.ts';
import type { Parameters } from '../../helpspot/parameters.ts';
import type { SourceQuestion } from '../inquiry.ts';
import type { AjaxPlan, ViaPlan, WherePlan } from './plan.ts';
import { emptyPlaces, equals, parameterPlaces, takesVia, viaField, whereWords } from './where.ts';

/**
 * So many records of `via` are used, and so many values of each condition. Two people may share a mail address, a company
 * may have a dozen sites; a value that finds more is none that tells people apart.
 */
export const VIA_LIMIT = 20;

/** What the records of `via` lead to. */
export interface ThroughVia {
  readonly queries: readonly SourceQuestion[];
  /** Why there are none, in words for staff. */
  readonly refusal?: string;
  /** What of the values is not used, in words for staff. */
  readonly notices: readonly string[];
}

/** What the queries become when `records` are what was found; one of the result is enough for an option. */
export function throughVia(
  { via, where }: Pick<AjaxPlan, 'via' | 'where'>,
  queries: readonly SourceQuestion[],
  records: readonly SourceRecord[],
  title: string,
  parameters: Parameters,
): ThroughVia {
  const conditions = where.filter(takesVia);
  const notices = new Set<string>();
  const isOptional = conditions.every(({ optional }) => optional);
  if (records.length === 0 && !isOptional) {
    return { queries: [], refusal: nobodyWords(via, title, parameters), notices: [] };
  }
  // With several conditions, all must be met by the same record: the site of one customer is not that of another.
  const sets = conditions.length === 1 || records.length === 0 ? [records] : records.map((record) => [record]);
  const lacking = new Set<string>();
  const found = new Map<string, SourceQuestion>();
  for (const set of sets) {
    const alternatives = alternativesOf(conditions, set, parameters, title, notices, lacking);
    if (alternatives === undefined) continue;
    for (const query of queries) {
      const made = narrowed(query, alternatives);
      found.set(JSON.stringify(made), made);
    }
  }
  const refusal = found.size === 0 && queries.length > 0 ? lackingWords([...lacking], title) : undefined;
  return { queries: [...found.values()], notices: [...notices], ...(refusal !== undefined && { refusal }) };
}

/** For each condition that is not left out, the criteria of which one is enough. Undefined: these records cannot be used. */
function alternativesOf(
  conditions: readonly WherePlan[],
  records: readonly SourceRecord[],
  parameters: Parameters,
  title: string,
  notices: Set<string>,
  lacking: Set<string>,
): readonly (readonly Criterion[])[] | undefined {
  const alternatives: Criterion[][] = [];
  let isWhole = true;
  for (const where of conditions) {
    const all = valuesOf(where, records, parameters);
    const words = where.label ?? viaFields(where).join(' and ');
    const usable = all.filter((value) => value.length <= LONGEST_SOUGHT && isSought(equals(where, value)));
    if (all.some((value) => value.length > LONGEST_SOUGHT)) {
      notices.add(`${title}: ${words} is longer than ${LONGEST_SOUGHT} characters; nothing can be found by it`);
    }
    if (usable.length > VIA_LIMIT) notices.add(`${title}: only the first ${VIA_LIMIT} values of ${words} are used`);
    if (usable.length > 0) {
      alternatives.push(usable.slice(0, VIA_LIMIT).map((value) => equals(where, value)));
    } else if (!where.optional) {
      lacking.add(words);
      isWhole = false;
    }
  }
  return isWhole ? alternatives : undefined;
}

function narrowed(query: SourceQuestion, alternatives: readonly (readonly Criterion[])[]): SourceQuestion {
  const one = alternatives.filter((group) => group.length === 1).flat();
  const several = alternatives.filter((group) => group.length > 1);
  const criteria = [...query.criteria, ...one];
  return several.length === 0 ? { criteria } : { criteria, groups: several };
}

/** The different values that a condition has: of each record and, where a field is a list, of each item. One more than are used. */
function valuesOf(where: WherePlan, records: readonly SourceRecord[], parameters: Parameters): readonly string[] {
  if (emptyPlaces(where, parameters).length > 0) return [];
  const values = new Set<string>();
  for (const record of records) {
    for (const filling of fillingsOf(where, record)) {
      const value = fillTemplate(
        where.value,
        (place) => filling.get(place) ?? parameterValue(parameters, place),
      ).trim();
      if (value !== '') values.add(value);
      if (values.size > VIA_LIMIT) return [...values];
    }
  }
  return [...values];
}

/** What one record can fill in, place by place; several where a field is a list, none where one is empty. */
function fillingsOf(where: WherePlan, record: SourceRecord): readonly ReadonlyMap<string, string>[] {
  let fillings: readonly ReadonlyMap<string, string>[] = [new Map()];
  for (const place of new Set(placesOf(where.value))) {
    const field = viaField(place);
    if (field === undefined) continue;
    const texts = textsOf(record, field);
    fillings = fillings
      .flatMap((filling) => texts.map((text) => new Map([...filling, [place, text]])))
      .slice(0, VIA_LIMIT + 1);
  }
  return fillings;
}

function textsOf(record: SourceRecord, field: string): readonly string[] {
  const value = ownValue(record, field);
  if (value === undefined) return [];
  const texts = isList(value) ? value.map((item) => textOf(item)) : [textOf(value)];
  return [...new Set(texts.map((text) => text.trim()).filter((text) => text !== ''))].slice(0, VIA_LIMIT + 1);
}

function viaFields({ value }: WherePlan): readonly string[] {
  return [...new Set(placesOf(value).flatMap((place) => viaField(place) ?? []))];
}

/** "Nothing was found in CRM by the email address". */
function nobodyWords(via: ViaPlan | undefined, title: string, parameters: Parameters): string {
  const asked = (via?.where ?? []).filter((where) => parameterPlaces(where).length > 0);
  const words = [...new Set(asked.map((where) => whereWords(where, parameters)))];
  return `Nothing was found in ${title}${words.length === 0 ? '' : ` by ${words.join(' and ')}`}`;
}

function lackingWords(words: readonly string[], title: string): string {
  return `What was found in ${title} has no ${words.join(' and no ')}; nothing can be listed without it`;
}
