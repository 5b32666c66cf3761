/** What is said of a name in a call that the configuration does not have. */
import { distance } from 'fastest-levenshtein';

/** A longer name may be a key, or the greater part of one, that was pasted into the wrong place: keys have 16 characters at least. */
const LONGEST_SHOWN = 15;

/**
 * The known name that was meant, of which at least half of the letters are right; undefined when none is near. However
 * long the name is, only what can be near is compared, so the time goes by the length of the known names.
 */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  let fewest = Number.POSITIVE_INFINITY;
  for (const candidate of known) {
    const most = candidate.length / 2;
    // Each letter more or less is one that is wrong.
    if (Math.abs(name.length - candidate.length) > most) continue;
    const edits = distance(name, candidate);
    if (edits <= most && edits < fewest) {
      best = candidate;
      fewest = edits;
    }
  }
  return best;
}

/** `There is no AJAX field "biling"; did you mean "billing"?` `shown` is the name as a log may have it. */
export function unknownName(
  what: string,
  name: string,
  known: readonly string[],
): { readonly words: string; readonly shown: string } {
  const near = nearestName(name, known);
  const isShown = near !== undefined || name.length <= LONGEST_SHOWN;
  const others = known.length === 0 ? 'the configuration has none' : `known: ${known.join(', ')}`;
  const called = isShown ? `"${name}"` : `with this name of ${name.length} characters`;
  const words = `There is no ${what} ${called}; ${near === undefined ? others : `did you mean "${near}"?`}`;
  return { words, shown: isShown ? name : '(a long name)' };
}
