/**
 * Templates whose places can say how their value is written: `{{sTitle | max 150}}`, `{{xRequest | number}}`. What a
 * value becomes in JSON, XML or an address is decided where that is written; here a value is a text.
 */
import { fillTemplate, placesOf, UserError } from '../../contract/index.ts';

/** The text for a name; empty or undefined when there is none. */
export type Values = (name: string) => string | undefined;

/** How a text is made safe for whoever shows it. Not for places that say `raw`. */
export type Escape = (text: string) => string;

/** A place, read. */
export interface TemplatePlace {
  readonly name: string;
  /** In JSON: written as this, where the text is one. */
  readonly type: 'text' | 'number' | 'boolean';
  readonly isRaw: boolean;
  /** How it is made fit to stand between quotes of the system's own query language. */
  readonly quoting: 'backslash' | 'doubled' | undefined;
  /** At most so many characters. */
  readonly most: number | undefined;
}

/** A record with each value made anew; what becomes undefined is left out. */
export function mapValues<From, To>(
  record: Readonly<Record<string, From>>,
  make: (value: From) => To | undefined,
): Record<string, To> {
  const made = Object.entries(record).map(([key, value]) => [key, make(value)] as const);
  return Object.fromEntries(made.filter((entry): entry is [string, To] => entry[1] !== undefined));
}

const FILTERS = 'number, boolean, raw, backslash, doubled and max N';

/** Reads what stands between the braces. @throws {UserError} for a filter that does not exist */
export function readPlace(text: string): TemplatePlace {
  const [name = '', ...filters] = text.split('|').map((part) => part.trim());
  if (name === '') throw new UserError('has a place without a name; write {{email}}');
  return filters.reduce<TemplatePlace>(withFilter, {
    name,
    type: 'text',
    isRaw: false,
    quoting: undefined,
    most: undefined,
  });
}

function withFilter(place: TemplatePlace, filter: string): TemplatePlace {
  if (filter === 'number' || filter === 'boolean') return { ...place, type: filter };
  if (filter === 'raw') return { ...place, isRaw: true };
  if (filter === 'backslash' || filter === 'doubled') return { ...place, quoting: filter };
  const [, most] = /^max +([1-9]\d{0,6})$/.exec(filter) ?? [];
  if (most === undefined) throw new UserError(`has the unknown filter "${filter}"; there are ${FILTERS}`);
  return { ...place, most: Number(most) };
}

/** The places of a template. @throws {UserError} */
export function readPlaces(template: string): readonly TemplatePlace[] {
  return placesOf(template).map(readPlace);
}

/**
 * Fills a template. Undefined when it has places and none of them has a value: what is empty is left out.
 * @param write makes a value fit for where it stands; it is inserted as it is
 */
export function fillText(
  template: string,
  values: Values,
  write: (text: string, place: TemplatePlace) => string = asItIs,
): string | undefined {
  let isFilled = placesOf(template).length === 0;
  const text = fillTemplate(template, (inner) => {
    const place = readPlace(inner);
    const value = placeValue(place, values);
    if (value !== '') isFilled = true;
    return write(value, place);
  });
  return isFilled ? text : undefined;
}

/** The same with an {@link Escape}, which places may refuse. */
export function fillEscaped(template: string, values: Values, protect: Escape): string | undefined {
  return fillText(template, values, (text, { isRaw }) => (isRaw ? text : protect(text)));
}

/** The value of one place, cut and quoted if it is to be. */
export function placeValue({ name, most, quoting }: TemplatePlace, values: Values): string {
  const text = values(name) ?? '';
  const short = most === undefined ? text : cut(text, most);
  if (quoting === 'backslash') return short.replace(/[\\'"]/g, '\\$&');
  return quoting === 'doubled' ? short.replaceAll("'", "''") : short;
}

/** At most so many characters, none of them halved. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  const characters = Array.from(text);
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join('')}…`;
}

/** Leaves a text alone. */
export function asItIs(text: string): string {
  return text;
}
