/** Whether an AJAX selection field can find options, and shows what it is meant to. */
import { placesOf } from '../../contract/index.ts';
import { AJAX_PARAMETERS } from '../../helpspot/ajax-parameters.ts';
import { isRequestName } from '../../helpspot/named-ids.ts';
import type { AjaxPlan, WherePlan } from '../ajax/plan.ts';
import { parameterPlaces, viaField } from '../ajax/where.ts';
import type { MatchInput } from '../lookup/plan.ts';
import { placesIn } from '../lookup/shown-places.ts';
import type { NamingPlan } from '../naming-plan.ts';
import type { Finding } from '../outcome.ts';
import { canBe, whyNever } from './asking.ts';
import { ajaxPlaces } from './custom-places.ts';
import type { KnownDesk } from './help-desk.ts';
import { didYouMean, nameHint } from './names.ts';
import type { KnownSource } from './sources.ts';

type Known = ReadonlyMap<string, KnownSource>;

/** The sources that an AJAX selection field asks. */
export function ajaxSources({ source, via, names = [] }: AjaxPlan): readonly string[] {
  return [source, via?.source, ...names.map((naming) => naming.source)].filter((name) => name !== undefined);
}

/** What is wrong with an AJAX selection field. */
export function ajaxFindings(plan: AjaxPlan, known: Known, desk?: KnownDesk): readonly Finding[] {
  const hasNames = desk !== undefined;
  const source = known.get(plan.source ?? '');
  const via = known.get(plan.via?.source ?? '');
  const at = `ajax.${plan.name}`;
  return [
    ...(plan.via === undefined ? [] : unsentFindings(plan.name, plan.via.where, via, `${at}.via.where`, hasNames)),
    ...(plan.via === undefined || via === undefined
      ? []
      : [...askedFindings({ where: plan.via.where }, via, `${at}.via`), ...takenFindings(plan, via, at)]),
    ...unsentFindings(plan.name, plan.where, source, `${at}.where`, hasNames),
    ...(desk === undefined ? [] : ajaxPlaces(plan, desk)),
    ...(source === undefined ? [] : [...askedFindings(plan, source, at), ...shownFindings(plan, source, at)]),
    ...(plan.names ?? []).flatMap((naming) => namingFindings(naming, source, known, `${at}.name.${naming.field}`)),
  ];
}

/** Places of conditions that are always empty: staff would be told for ever to fill them in. */
function unsentFindings(
  name: string,
  where: readonly WherePlan[],
  source: KnownSource | undefined,
  at: string,
  hasNames: boolean,
): readonly Finding[] {
  return where.flatMap((condition) =>
    parameterPlaces(condition)
      .filter((place) => isUnsent(place) && !(hasNames && isRequestName(place)))
      .map((place): Finding => {
        const why =
          source?.shows(place) === true
            ? '; it is a field of the source, and a condition takes what HelpSpot sends'
            : `; it is empty unless it stands in the address: /ajax/${name}?${place}=…`;
        const sentence = `HelpSpot sends no ${place}${didYouMean(place, AJAX_PARAMETERS)}${why}${nameHint(place)}`;
        return { where: `${at}.${condition.field}`, weight: 'warning', sentence };
      }),
  );
}

/** Fields that conditions take of what is found first. */
function takenFindings({ where }: AjaxPlan, via: KnownSource, at: string): readonly Finding[] {
  return where.flatMap(({ field, value }) =>
    [...new Set(placesOf(value).flatMap((place) => viaField(place) ?? []))]
      .filter((taken) => via.shows(taken) === false)
      .map((taken) => noField(via, taken, `${at}.where.${field}`)),
  );
}

/** Names that nobody has: the ids would stay. */
function namingFindings(
  { field, source: name, by, as }: NamingPlan,
  source: KnownSource | undefined,
  known: Known,
  at: string,
): readonly Finding[] {
  const naming = known.get(name);
  const findings: Finding[] = [];
  if (source?.shows(field) === false) findings.push(noField(source, field, at));
  if (naming === undefined) return findings;
  // What cannot be searched by is found in the whole list, if records show it.
  if (naming.shows(by) === false && !canBe(by, 'exact', naming)) {
    findings.push(noField(naming, by, at, '; write by: FIELD, with the one that has the id'));
  }
  if (naming.shows(as) === false)
    findings.push(noField(naming, as, at, '; write as: FIELD, with the one that has the name'));
  return findings;
}

function noField(source: KnownSource, field: string, where: string, advice = ''): Finding {
  const sentence = `${source.name} has no field ${field}${didYouMean(field, source.names)}${advice}`;
  return { where, weight: 'error', sentence };
}

/** The level of a drill-down field may be named: `Custom3.1`. */
function isUnsent(place: string): boolean {
  const name = place.replace(/\.[1-9]$/, '');
  return !AJAX_PARAMETERS.includes(name) && !/^Custom\d+$/.test(name);
}

/** Conditions and searches that the source cannot be asked. */
function askedFindings(
  { where, search }: Pick<AjaxPlan, 'where'> & Partial<Pick<AjaxPlan, 'search'>>,
  source: KnownSource,
  at: string,
): readonly Finding[] {
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
      .map((field) => noField(source, field, `${at}.${where}`)),
  );
}
