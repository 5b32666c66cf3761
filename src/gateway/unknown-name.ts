/** What is said of a name in a call that the configuration does not have. */
import { closest, distance } from 'fastest-levenshtein';

/** A longer name may be a key, or the greater part of one, that was pasted into the wrong place. */
const LONGEST_SHOWN = 40;

/** `There is no AJAX field "biling"; did you mean "billing"?` `shown` is the name as a log may have it. */
export function unknownName(
  what: string,
  name: string,
  known: readonly string[],
): { readonly words: string; readonly shown: string } {
  const isShown = name.length <= LONGEST_SHOWN;
  const near = known.length === 0 ? '' : closest(name, known);
  // A far-off guess helps nobody: half of the letters must be right.
  const isNear = near !== '' && distance(name, near) <= near.length / 2;
  const others = known.length === 0 ? 'the configuration has none' : `known: ${known.join(', ')}`;
  const called = isShown ? `"${name}"` : `with this name of ${name.length} characters`;
  const words = `There is no ${what} ${called}; ${isNear ? `did you mean "${near}"?` : others}`;
  return { words, shown: isShown ? name : '(a long name)' };
}
