/** Yes and no as people and systems write them, in the languages whose exports we meet. */
import { amountOf, plainAmountOf } from './amounts.ts';

/**
 * The words for yes and for no, in small letters: English, German, French, Spanish, Italian, Dutch. The first is the
 * likeliest. Single letters only where no other of these languages has them for something else.
 */
export const BOOLEAN_WORDS: Readonly<Record<'yes' | 'no', readonly string[]>> = {
  yes: ['1', 'yes', 'y', 'true', 't', 'on', 'ja', 'j', 'wahr', 'oui', 'vrai', 'sí', 'sì', 'si', 'verdadero', 'vero'],
  no: ['0', 'no', 'n', 'false', 'f', 'off', 'nein', 'falsch', 'non', 'faux', 'falso', 'nee'],
};

const SAYS: ReadonlyMap<string, boolean> = new Map([
  ...BOOLEAN_WORDS.yes.map((word) => [word, true] as const),
  ...BOOLEAN_WORDS.no.map((word) => [word, false] as const),
]);
/** No word is longer, with its accent apart. */
const LONGEST = 12;

/** What a text says as a yes or no: one of {@link BOOLEAN_WORDS}, or `1.0`, `0.0`. Undefined for anything else. */
export function booleanOf(text: string): boolean | undefined {
  const trimmed = text.trim();
  const said = trimmed.length > LONGEST ? undefined : SAYS.get(trimmed.toLowerCase().normalize('NFC'));
  if (said !== undefined) return said;
  const amount = plainAmountOf(trimmed);
  return amount === '1' ? true : amount === '0' ? false : undefined;
}

/** What people put into a column to tick it. */
const TICKS: ReadonlySet<string> = new Set(['x', '✓', '✔', '☑']);

/**
 * What a text in a field that is a flag says: {@link booleanOf}, and what says nothing anywhere else: a tick (`x`, `✓`) and
 * any number but 0 are a yes, an empty text is a no. Undefined for a text that says neither.
 */
export function saysYes(text: string): boolean | undefined {
  const trimmed = text.trim();
  if (trimmed === '') return false;
  if (TICKS.has(trimmed.toLowerCase())) return true;
  const said = booleanOf(trimmed);
  if (said !== undefined) return said;
  const amount = amountOf(trimmed);
  return amount === undefined ? undefined : amount !== '0';
}
