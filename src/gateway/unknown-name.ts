/** What is said of a name in a call that the configuration does not have. */
import { closest, distance } from 'fastest-levenshtein';

const LONGEST_SHOWN = 60;

/** `There is no AJAX field "biling"; did you mean "billing"?` `shown` is the name as a log may have it. */
export function unknownName(
  what: string,
  name: string,
  known: readonly string[],
): { readonly words: string; readonly shown: string } {
  const shown = name.length > LONGEST_SHOWN ? `${name.slice(0, LONGEST_SHOWN)}…` : name;
  const near = known.length === 0 ? '' : closest(name, known);
  // A far-off guess helps nobody: half of the letters must be right.
  const isNear = near !== '' && distance(name, near) <= near.length / 2;
  const others = known.length === 0 ? 'the configuration has none' : `known: ${known.join(', ')}`;
  return { words: `There is no ${what} "${shown}"; ${isNear ? `did you mean "${near}"?` : others}`, shown };
}
