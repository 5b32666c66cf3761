/**
 * Bodies with places. A value is data: in JSON it stays within its string, in a
 * form within its field, in XML within its text. What is empty is left out.
 */
import { booleanOf, placesOf } from '../../contract/index.ts';
import { type Escape, fillEscaped, mapValues, placeValue, readPlace, readPlaces, type Values } from './places.ts';
import { placeNames } from './url-template.ts';

/** JSON whose strings are templates. */
export type JsonTemplate =
  | string
  | number
  | boolean
  | null
  | readonly JsonTemplate[]
  | { readonly [key: string]: JsonTemplate };

/** Nobody writes deeper by hand. */
const DEEPEST = 50;

/** Whether it is what JSON can hold. */
export function isJsonTemplate(value: unknown, depth = 0): value is JsonTemplate {
  if (value === null || ['string', 'boolean'].includes(typeof value)) return true;
  if (typeof value === 'number') return Number.isFinite(value);
  return (
    typeof value === 'object' && depth < DEEPEST && Object.values(value).every((one) => isJsonTemplate(one, depth + 1))
  );
}

/** A form: field → template. */
export type FormTemplate = Readonly<Record<string, string | number | boolean>>;

const ONE_PLACE = /^\{\{[^{}]*\}\}$/;

/** The filled JSON; undefined when nothing is left of it. Property names are never filled. */
export function fillJson(template: JsonTemplate, values: Values, protect: Escape): JsonTemplate | undefined {
  if (typeof template === 'string') return fillString(template, values, protect);
  if (typeof template !== 'object' || template === null) return template;
  if (isArray(template)) {
    const items = template.flatMap((item) => fillJson(item, values, protect) ?? []);
    return items.length === 0 && template.length > 0 ? undefined : items;
  }
  const filled = mapValues(template, (value) => fillJson(value, values, protect));
  // An object that was written empty is meant to be there.
  return Object.keys(filled).length === 0 && Object.keys(template).length > 0 ? undefined : filled;
}

function isArray(template: object): template is readonly JsonTemplate[] {
  return Array.isArray(template);
}

function fillString(template: string, values: Values, protect: Escape): JsonTemplate | undefined {
  const [inner] = ONE_PLACE.test(template) ? placesOf(template) : [];
  const place = inner === undefined ? undefined : readPlace(inner);
  if (place === undefined || place.type === 'text') return fillEscaped(template, values, protect)?.toWellFormed();
  const value = placeValue(place, values).trim();
  return place.type === 'number' ? numberOf(value) : booleanOf(value);
}

/** What is no number, or one that would lose digits, is left out. */
function numberOf(value: string): number | undefined {
  if (!/^-?\d+(?:\.\d+)?$/.test(value)) return undefined;
  const number = Number(value);
  return /^-?\d+$/.test(value) && !Number.isSafeInteger(number) ? undefined : number;
}

/** The filled fields. */
export function fillForm(template: FormTemplate, values: Values, protect: Escape): Readonly<Record<string, string>> {
  return mapValues(template, (given) => fillEscaped(String(given), values, protect)?.toWellFormed());
}

/** The names of all places. @throws {UserError} for a place that is none */
export function placesInJson(template: JsonTemplate): readonly string[] {
  if (typeof template === 'string') return placeNames(template);
  if (typeof template !== 'object' || template === null) return [];
  return Object.values(template).flatMap(placesInJson);
}

/** What is wrong with a JSON template; undefined for nothing. @throws {UserError} for a place that is none */
export function mistakeInJson(template: JsonTemplate): string | undefined {
  if (typeof template === 'string') {
    const isWhole = ONE_PLACE.test(template);
    const isTyped = readPlaces(template).some(({ type }) => type !== 'text');
    return isTyped && !isWhole ? `has more than the place in "${template}"; number and boolean stand alone` : undefined;
  }
  if (typeof template !== 'object' || template === null) return undefined;
  const key = isArray(template) ? undefined : Object.keys(template).find((name) => placesOf(name).length > 0);
  if (key !== undefined) return `has a place in the name of a property, ${key}; only values can have one`;
  return Object.values(template)
    .map(mistakeInJson)
    .find((mistake) => mistake !== undefined);
}
