/**
 * Filters of Help Lightning, in the form that its release note 14.2 shows: `"tag.name|=one,two"`, quoted, with the IN
 * operator. How a quote or a comma within a value is written is not documented: such a value is not asked for.
 */
import { canBeHeld } from '../../src/kit/text/index.ts';

/** What ends a value, the filter, or a key. */
const BREAKING = /[",\\|=<>]/;
/** No name, address or ID is longer. */
const LONGEST = 300;
/** Values in one filter: addresses of requests stay short enough for every proxy. */
const MOST_VALUES = 25;

/** A key of filters, and values of which one is enough. */
export interface Question {
  readonly key: string;
  readonly values: readonly string[];
}

/** Whether a value can stand in a filter and mean nothing but itself. */
export function canBeAsked(value: string): boolean {
  return value !== '' && canBeHeld(value, LONGEST) && !BREAKING.test(value);
}

/** The filters for a question; none where no value can be asked for: then nobody is meant, and never everybody. */
export function filtersOf({ key, values }: Question): readonly string[] {
  const asked = [...new Set(values.map((value) => value.trim()))].filter(canBeAsked);
  const filters: string[] = [];
  for (let at = 0; at < asked.length; at += MOST_VALUES) {
    filters.push(`"${key}|=${asked.slice(at, at + MOST_VALUES).join(',')}"`);
  }
  return filters;
}
