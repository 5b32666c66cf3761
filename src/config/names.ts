/** Names, and the nearest one to a name that is not known. */
import { distance } from 'fastest-levenshtein';
import { calledHere } from './synonyms.ts';

/** Names of lookups, sources and keys: they stand in addresses and in log lines. */
export const NAME = /^[A-Za-z0-9_-]+$/;

/** The known name that was probably meant: a third of its letters may differ, or two that changed places. */
export function nearest(name: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let fewest = Number.POSITIVE_INFINITY;
  for (const candidate of known) {
    // Each letter more or less is one edit: a name of a megabyte is compared with nothing.
    const longest = Math.max(name.length, candidate.length);
    if (Math.abs(name.length - candidate.length) > tolerance(longest)) continue;
    const edits = haveSameLetters(name, candidate) ? 1 : distance(name.toLowerCase(), candidate.toLowerCase());
    if (edits < fewest && edits <= tolerance(longest)) {
      best = candidate;
      fewest = edits;
    }
  }
  return best;
}

/** `cvs` for `csv`: fingers that were too quick. */
function haveSameLetters(one: string, other: string): boolean {
  const letters = (text: string) => [...text.toLowerCase()].sort().join('');
  return one.length > 2 && one.length === other.length && letters(one) === letters(other);
}

function tolerance(length: number): number {
  if (length < 4) return length > 1 ? 1 : 0;
  return Math.max(2, Math.floor(length / 3));
}

/** The known name that was probably meant, also by a word that other programs have for it. */
export function meantName(name: string, known: readonly string[]): string | undefined {
  return calledHere(name, known) ?? nearest(name, known);
}

/**
 * What to write instead of a name that is not known.
 * @param name undefined when it must not be compared, because a guess would tell it
 * @param plural what the names are: `keys`, `sources`
 */
export function suggestion(name: string | undefined, known: readonly string[], plural: string): string {
  const near = name === undefined ? undefined : meantName(name, known);
  if (near !== undefined) return `did you mean "${near}"?`;
  return known.length === 0 ? `there are no ${plural}` : `known ${plural}: ${known.join(', ')}`;
}

/** A mistake in the spelling of a custom field: `custom5`, `CUSTOM5`. HelpSpot's names are case-sensitive (manual, chapter 1.2). */
export function customFieldMistake(name: string): string | undefined {
  const number = /^custom(\d+)$/i.exec(name)?.[1];
  if (number === undefined || name === `Custom${number}`) return undefined;
  return `HelpSpot tells capitals from small letters; write Custom${number}, not ${name}`;
}
