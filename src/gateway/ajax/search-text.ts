/** From what staff filled in and typed to what a source is asked for an AJAX selection field. */
import { type Criterion, fillTemplate, isSought, LONGEST_SOUGHT, placesOf } from '../../contract/index.ts';
import { parameterValue, parameterWords, TYPED_TEXT } from '../../helpspot/ajax-parameters.ts';
import type { Parameters } from '../../helpspot/parameters.ts';
import type { AjaxPlan, SearchPlan, WherePlan } from './plan.ts';

/** Several queries, of which one is enough for a record; or why nothing is asked, in words for staff. */
export type OptionQuestion =
  | { readonly queries: readonly (readonly Criterion[])[]; readonly refusal?: undefined }
  | { readonly refusal: string; readonly queries?: undefined };

/** What the source is asked. A query without criteria is for every record. */
export function optionQuestion(plan: AjaxPlan, parameters: Parameters): OptionQuestion {
  const base: Criterion[] = [];
  const missing = new Set<string>();
  for (const where of plan.where) {
    const value = whereValue(where, parameters);
    if (value !== undefined && value.length > LONGEST_SOUGHT) {
      return {
        refusal: `${where.label ?? wordsFor(where, parameters)} is longer than ${LONGEST_SOUGHT} characters; nothing can be found by it`,
      };
    }
    if (value !== undefined) base.push({ field: where.field, match: 'exact', value, kind: where.kind });
    else if (!where.optional) missing.add(where.label ?? wordsFor(where, parameters));
  }
  if (missing.size > 0) return { refusal: `Fill in ${[...missing].join(' and ')} first` };
  return plan.search === undefined ? { queries: [base] } : searched(plan.search, base, parameters[TYPED_TEXT] ?? '');
}

function searched(search: SearchPlan, base: readonly Criterion[], text: string): OptionQuestion {
  if (text.length > LONGEST_SOUGHT)
    return { refusal: `What is typed is longer than ${LONGEST_SOUGHT} characters; type less, then search again` };
  if ([...text].length < search.minimum) {
    const unit = search.minimum === 1 ? 'character' : 'characters';
    return { refusal: `Type at least ${search.minimum} ${unit} into this field, then search again` };
  }
  if (text === '') return { queries: [base] };
  // A telephone field cannot be searched for letters.
  const fields = search.fields.filter((field) => isSought({ field, match: search.match, value: text }));
  return { queries: fields.map((field) => [...base, { field, match: search.match, value: text }]) };
}

/** Undefined when a place is empty: half a value would find the wrong things. */
function whereValue(where: WherePlan, parameters: Parameters): string | undefined {
  if (emptyPlaces(where, parameters).length > 0) return undefined;
  const value = fillTemplate(where.value, (place) => parameterValue(parameters, place)).trim();
  if (value.length > LONGEST_SOUGHT) return value;
  return isSought({ field: where.field, match: 'exact', value }) ? value : undefined;
}

/** What staff have to fill in; a telephone of letters is as good as none. */
function wordsFor(where: WherePlan, parameters: Parameters): string {
  const empty = emptyPlaces(where, parameters);
  const places = empty.length > 0 ? empty : [...new Set(placesOf(where.value))];
  return places.length === 0 ? where.field : [...new Set(places.map(parameterWords))].join(' and ');
}

/** The places that are not filled in. */
function emptyPlaces({ value }: WherePlan, parameters: Parameters): readonly string[] {
  return [...new Set(placesOf(value))].filter((place) => parameterValue(parameters, place) === '');
}
