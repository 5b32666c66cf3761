/** Places of templates as paths into JSON: `{{contact.phones.0.number}}`. */

/** Names of one path, from outside in. What no JSON of people has is a slip. */
const MOST_NAMES = 20;
const LONGEST_NAME = 200;
/** So many values of a list are joined. */
const MOST_JOINED = 1_000;
const JOINED_BY = ', ';
const INDEX = /^\d{1,9}$/;

/** Why a place is no path; undefined: it is one. */
export function pathMistake(place: string): string | undefined {
  const names = place.split('.', MOST_NAMES + 1);
  if (names.length > MOST_NAMES) return `is a path of more than ${MOST_NAMES} names`;
  if (names.some((name) => name.trim() === '')) {
    return `has the place {{${place.slice(0, LONGEST_NAME)}}}, which lacks a name; write a path like {{contact.phones.0}}`;
  }
  if (names.some((name) => name.length > LONGEST_NAME)) return `names a key of more than ${LONGEST_NAME} characters`;
  return undefined;
}

/**
 * The text at a path: of a list the texts of its items, joined; of `items.name` that of each item. Empty where nothing is
 * there, and for an object or `null`. A key may have dots in it. What the text is made of are texts, numbers as they are
 * written, and `true` or `false`.
 */
export function textOfPath(value: unknown, path: string): string {
  const texts = valuesAt(value, path.split('.')).flatMap(textsOf);
  return texts
    .filter((text) => text !== '')
    .slice(0, MOST_JOINED)
    .join(JOINED_BY);
}

function valuesAt(value: unknown, names: readonly string[]): readonly unknown[] {
  const [name, ...rest] = names;
  if (name === undefined) return [value];
  if (Array.isArray(value)) {
    if (INDEX.test(name)) return valuesAt(value[Number(name)], rest);
    return value.slice(0, MOST_JOINED).flatMap((item) => valuesAt(item, names));
  }
  if (typeof value !== 'object' || value === null) return [];
  // A key may have dots in it: the longest that is there, and what it leads to, goes first.
  for (let taken = Math.min(names.length, MOST_NAMES); taken > 0; taken -= 1) {
    const key = names.slice(0, taken).join('.');
    // Its own only: `constructor` and `__proto__` are keys like others.
    if (!Object.hasOwn(value, key)) continue;
    const found = valuesAt(Reflect.get(value, key), names.slice(taken));
    if (found.length > 0) return found;
  }
  return [];
}

function textsOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.slice(0, MOST_JOINED).flatMap(textsOf);
  if (typeof value === 'string') return [value];
  if (typeof value === 'number' || typeof value === 'boolean') return [String(value)];
  return [];
}
