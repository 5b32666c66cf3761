/** Whether an AJAX selection field can find options, and shows what it is meant to. */
import { placesOf } from '../../contract/index.ts';
import { AJAX_PARAMETERS } from '../../helpspot/ajax-parameters.ts';
import type { AjaxPlan } from '../ajax/plan.ts';
import { placesIn } from '../lookup/join.ts';
import type { MatchInput } from '../lookup/plan.ts';
import type { Finding } from '../outcome.ts';
import { whyNever } from './asking.ts';
import { didYouMean } from './names.ts';
import type { KnownSource } from './sources.ts';

/** What is wrong with an AJAX selection field. */
export function ajaxFindings(plan: AjaxPlan, known: ReadonlyMap<string, KnownSource>): readonly Finding[] {
  const source = known.get(plan.source ?? '');
  const at = `ajax.${plan.name}`;
  const unsent = unsentFindings(plan, source, at);
  return source === undefined
    ? unsent
    : [...unsent, ...askedFindings(plan, source, at), ...shownFindings(plan, source, at)];
}

/** Places of conditions that are always empty: staff would be told for ever to fill them in. */
function unsentFindings({ name, where }: AjaxPlan, source: KnownSource | undefined, at: string): readonly Finding[] {
  return where.flatMap(({ field, value }) =>
    [...new Set(placesOf(value))].filter(isUnsent).map((place): Finding => {
      const why =
        source?.shows(place) === true
          ? '; it is a field of the source, and a condition takes what HelpSpot sends'
          : `; it is empty unless it stands in the address: /ajax/${name}?${place}=…`;
      const sentence = `HelpSpot sends no ${place}${didYouMean(place, AJAX_PARAMETERS)}${why}`;
      return { where: `${at}.where.${field}`, weight: 'warning', sentence };
    }),
  );
}

/** The level of a drill-down field may be named: `Custom3.1`. */
function isUnsent(place: string): boolean {
  const name = place.replace(/\.[1-9]$/, '');
  return !AJAX_PARAMETERS.includes(name) && !/^Custom\d+$/.test(name);
}

/** Conditions and searches that the source cannot be asked. */
function askedFindings({ where, search }: AjaxPlan, source: KnownSource, at: string): readonly Finding[] {
  const conditions = where.map(({ field }): MatchInput => ({ parameter: field, field, match: 'exact' }));
  const searches = (search?.fields ?? []).map(
    (field): MatchInput => ({ parameter: field, field, match: search?.match ?? 'contains' }),
  );
  // One field of the search is asked at a time; conditions are asked with each of them, and may only narrow what it finds.
  const asked: readonly (readonly [where: string, step: readonly MatchInput[]])[] = [
    ...conditions.map((one) => [`${at}.where`, [one, ...conditions, ...searches]] as const),
    ...searches.map((one) => [`${at}.search`, [one, ...conditions]] as const),
  ];
  return asked.flatMap(([place, [one, ...others]]): readonly Finding[] => {
    if (one === undefined) return [];
    const possible = others.filter((other) => whyNever([other], source) === undefined);
    const sentence = whyNever([one, ...possible], source);
    return sentence === undefined ? [] : [{ where: place, weight: 'error', sentence }];
  });
}

/** What the options are made of. */
function shownFindings(
  { value, description, group, order }: AjaxPlan,
  source: KnownSource,
  at: string,
): readonly Finding[] {
  const shown: readonly (readonly [where: string, fields: readonly string[]])[] = [
    ['value', placesIn(value)],
    ['description', placesOf(description ?? '')],
    ['group', placesOf(group ?? '')],
    ['order', order.map(({ field }) => field)],
  ];
  return shown.flatMap(([where, fields]) =>
    [...new Set(fields)]
      .filter((field) => source.shows(field) === false)
      .map((field): Finding => {
        const sentence = `${source.name} has no field ${field}${didYouMean(field, source.names)}`;
        return { where: `${at}.${where}`, weight: 'error', sentence };
      }),
  );
}
