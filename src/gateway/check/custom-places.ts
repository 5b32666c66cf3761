/** Custom fields that templates name: whether the HelpSpot that asks has them. */
import { placesOf } from '../../contract/index.ts';
import type { AjaxPlan } from '../ajax/plan.ts';
import { parameterPlaces } from '../ajax/where.ts';
import type { LookupPlan } from '../lookup/plan.ts';
import type { Finding } from '../outcome.ts';
import type { PushTargetPlan } from '../push/plan.ts';
import { calledField, customField, isCustomField, type KnownDesk, unknownField } from './help-desk.ts';

/** Where a template stands, and the places that HelpSpot fills in. */
type Named = readonly [where: string, places: readonly string[]];

/** What is wrong with the places of a lookup. */
export function lookupPlaces({ name, match, related }: LookupPlan, desk: KnownDesk): readonly Finding[] {
  const inputs = match.map((step, index): Named => {
    const parameters = step.flatMap((input) => ('words' in input ? input.parameters : [input.parameter]));
    return [`lookups.${name}.match[${index}]`, parameters];
  });
  const asked = related.map((one): Named => {
    const places = [...one.where, ...one.except].flatMap(({ value }) => placesOf(value));
    return [`lookups.${name}.related.${one.name}`, places];
  });
  return [...inputs, ...asked].flatMap((one) => placeFindings(one, desk));
}

/** What is wrong with the places of an AJAX selection field. */
export function ajaxPlaces({ name, where, via }: AjaxPlan, desk: KnownDesk): readonly Finding[] {
  const own = where.map((one): Named => [`ajax.${name}.where.${one.field}`, parameterPlaces(one)]);
  const before = (via?.where ?? []).map((one): Named => [`ajax.${name}.via.where.${one.field}`, parameterPlaces(one)]);
  return [...before, ...own].flatMap((one) => placeFindings(one, desk));
}

/** What is wrong with the places of a push target. */
export function pushPlaces(
  { name, title = '', body = '', fields }: PushTargetPlan,
  desk: KnownDesk,
): readonly Finding[] {
  const all = [
    ['title', title],
    ['body', body],
    ...Object.entries(fields).map(([field, template]) => [`fields.${field}`, template]),
  ] as const;
  return all.flatMap(([where = '', template = '']) =>
    placeFindings([`push.${name}.${where}`, placesOf(template)], desk),
  );
}

/** The level of a drill-down field may be named: `Custom3.2`. */
function placeFindings([where, places]: Named, desk: KnownDesk): readonly Finding[] {
  return [...new Set(places)].flatMap((place): readonly Finding[] => {
    const [name = '', level] = place.split('.', 2);
    if (!isCustomField(name)) return [];
    const unknown = unknownField(name, desk);
    if (unknown !== undefined) return [{ where, weight: 'warning', sentence: `${unknown}; it is always empty` }];
    const field = customField(name, desk);
    if (level === undefined || field?.type === undefined || field.type === 'levels') return [];
    const sentence = `${calledField(field)} is no drill-down list, so it has no levels; write {{${name}}}`;
    return [{ where, weight: 'warning', sentence }];
  });
}
