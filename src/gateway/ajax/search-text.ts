/** From what staff filled in and typed to what a source is asked for an AJAX selection field. */
import { type Criterion, isSought, LONGEST_SOUGHT } from '../../contract/index.ts';
import { TYPED_TEXT } from '../../helpspot/ajax-parameters.ts';
import type { Parameters } from '../../helpspot/parameters.ts';
import type { SourceQuestion } from '../inquiry.ts';
import type { AjaxPlan, SearchPlan } from './plan.ts';
import { emptyPlaces, filledIn, takesVia, whereWords } from './where.ts';

/** Several queries, of which one is enough for a record; or why nothing is asked, in words for staff. */
export type OptionQuestion =
  | {
      readonly queries: readonly SourceQuestion[];
      /** What the source of `via` is asked before; undefined: it is not asked, and its conditions are left out. */
      readonly via?: readonly Criterion[] | undefined;
      readonly refusal?: undefined;
    }
  | { readonly refusal: string; readonly queries?: undefined };

/**
 * What the source is asked, as far as parameters tell. A query without criteria is for every record. Nothing is asked, of
 * `via` neither, before all is filled in and typed.
 */
export function optionQuestion(plan: AjaxPlan, parameters: Parameters): OptionQuestion {
  const before = filledIn(plan.via?.where ?? [], parameters);
  const through = plan.via === undefined ? [] : plan.where.filter(takesVia);
  const own = filledIn(
    plan.where.filter((where) => !through.includes(where)),
    parameters,
  );
  const refusal = before.refusal ?? own.refusal;
  if (refusal !== undefined) return { refusal };
  // A condition may take of both: what parameters lack is asked for before anybody is looked for.
  const lacking = through.filter((where) => !where.optional && emptyPlaces(where, parameters).length > 0);
  const missing = new Set([
    ...before.missing,
    // Without any criterion, via would be everybody.
    ...(before.criteria.length === 0 && through.some(({ optional }) => !optional)
      ? (plan.via?.where ?? []).map((where) => whereWords(where, parameters))
      : []),
    ...own.missing,
    ...lacking.map((where) => whereWords(where, parameters)),
  ]);
  if (missing.size > 0) return { refusal: `Fill in ${[...missing].join(' and ')} first` };
  const via = before.criteria.length > 0 ? before.criteria : undefined;
  const asked =
    plan.search === undefined
      ? { queries: [{ criteria: own.criteria }] }
      : searched(plan.search, own.criteria, parameters[TYPED_TEXT] ?? '');
  return asked.refusal === undefined ? { ...asked, via } : asked;
}

function searched(search: SearchPlan, base: readonly Criterion[], text: string): OptionQuestion {
  if (text.length > LONGEST_SOUGHT)
    return { refusal: `What is typed is longer than ${LONGEST_SOUGHT} characters; type less, then search again` };
  if ([...text].length < search.minimum) {
    const unit = search.minimum === 1 ? 'character' : 'characters';
    return { refusal: `Type at least ${search.minimum} ${unit} into this field, then search again` };
  }
  if (text === '') return { queries: [{ criteria: base }] };
  // A telephone field cannot be searched for letters.
  const fields = search.fields.filter((field) => isSought({ field, match: search.match, value: text }));
  return { queries: fields.map((field) => ({ criteria: [...base, { field, match: search.match, value: text }] })) };
}
