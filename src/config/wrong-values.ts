/** A text, number or flag that does not fit: what was meant, and whether a message may repeat it. */
import * as core from 'zod/v4/core';
import { choices, exampleOf, expectationOf, isBoolean, schemasAt } from './expectation.ts';
import { meantName } from './names.ts';

type Scalar = string | number | boolean;

/** `8787`, `80.5`, `1,000`, `5s`, `10 min`. */
const NUMBER_LIKE = /^[-+]?\d[\d.,_' ]{0,15}(?:[a-z%]{1,3})?$/i;
/** With its unit: a text for YAML, and a number for everybody else. */
const TIME = /^\d+[a-z]+$/;
const TIME_IN_WORDS = /^(\d{1,9}) ?(ms|(?:s(?:ec(?:onds?|s)?)?|m(?:in(?:utes?|s)?)?|h(?:ours?|rs?)?|d(?:ays?)?))$/i;
/** `password=hunter2`, also at the end of an address. */
export const ASSIGNED = /\w=/;
/** `loud`, `starts with`. */
const PLAIN_WORDS = /^[a-z]{1,20}(?:[ _-][a-z]{1,10})?$/i;

/**
 * Whether a value is of the kind that is wanted, though wrong: any other may be a password in the wrong place.
 * @param schema what is wanted; of several forms one is enough
 */
export function isOfWantedKind(value: Scalar, schema: core.$ZodType): boolean {
  if (typeof value === 'boolean') return true;
  const forms = schemasAt(schema, []);
  const isNumber = isNumberLike(value);
  if (isNumber && forms.some((form) => form instanceof core.$ZodNumber)) return true;
  if (forms.some((form) => form instanceof core.$ZodString)) {
    return isNumber || (!TIME.test(String(exampleOf(schema))) && !ASSIGNED.test(String(value)));
  }
  if (forms.some((form) => form instanceof core.$ZodArray && isOfWantedKind(value, form._zod.def.element))) return true;
  if (typeof value === 'number') return false;
  return (choices(forms).length > 0 && PLAIN_WORDS.test(value)) || meantBy(value, schema) !== undefined;
}

function isNumberLike(value: unknown): boolean {
  return typeof value === 'number' || (typeof value === 'string' && NUMBER_LIKE.test(value));
}

/** `yes` where true is meant, `warning` where warn is, `10 min` where 10m is. */
export function meantBy(text: string, schema: core.$ZodType): string | boolean | undefined {
  const forms = schemasAt(schema, []);
  if (forms.some(isBoolean)) {
    if (/^(?:yes|on|y|true|1)$/i.test(text)) return true;
    if (/^(?:no|off|n|false|0)$/i.test(text)) return false;
  }
  const [, amount = '', unit] = TIME_IN_WORDS.exec(text) ?? [];
  const time = unit === undefined ? '' : `${amount}${unit === 'ms' ? unit : unit.toLowerCase().slice(0, 1)}`;
  if (TIME.test(String(exampleOf(schema))) && core.safeParse(schema, time, { jitless: true }).success) return time;
  const possible = choices(forms);
  const lower = text.trim().toLowerCase();
  const isLonger = (one: string) => PLAIN_WORDS.test(lower) && (one.startsWith(lower) || lower.startsWith(one));
  return meantName(text, possible) ?? possible.find((one) => isLonger(one.toLowerCase()));
}

/** The same without its quotes, or with some, where that is all that is wrong. @param written as it stands in the file, without quotes */
export function requoted(value: Scalar, written: string, schema: core.$ZodType): Scalar | undefined {
  const isAnyText = expectationOf(schema).startsWith('a text');
  const other = typeof value === 'string' ? (numberIn(value) ?? flagIn(value)) : isAnyText ? written : undefined;
  return other !== undefined && core.safeParse(schema, other, { jitless: true }).success ? other : undefined;
}

/** The number that a text is. */
export function numberIn(text: string): number | undefined {
  const trimmed = text.trim();
  return /^-?\d{1,15}(?:\.\d+)?$/.test(trimmed) ? Number(trimmed) : undefined;
}

/** True or false, where a text is one of them. */
export function flagIn(text: string): boolean | undefined {
  const trimmed = text.trim();
  return trimmed === 'true' ? true : trimmed === 'false' ? false : undefined;
}
