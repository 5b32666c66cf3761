/**
 * How the values of a field are compared: `phone` by digits, `name` without
 * regard to accents, `text` otherwise; all without regard to case and to
 * surrounding space.
 */
export type Comparison = 'text' | 'name' | 'phone';

const PHONE_FIELD = /phone|mobile|cell|fax/i;
const NAME_FIELD = /name$/i;

/** The comparison of a field, from its name: `phone`, `mobile_phone`, `fax` …; `first_name`, `lastname`, `fullname` …; everything else is text. */
export function comparisonOf(field: string): Comparison {
  if (PHONE_FIELD.test(field)) return 'phone';
  if (NAME_FIELD.test(field)) return 'name';
  return 'text';
}

const COMBINING_MARKS = /\p{M}+/gu;
// Letters that Unicode does not decompose, as people type them without a special keyboard.
const LETTERS_WITHOUT_DECOMPOSITION: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ł: 'l',
  ı: 'i',
  ħ: 'h',
};
const UNDECOMPOSED = /[ßæœøđðþłıħ]/g;

/** Removes accents: `Müller` → `muller`, `Straße` → `strasse`. Takes and returns lower case. */
function withoutAccents(lower: string): string {
  // Plain ASCII is by far the most common case and needs no normalisation.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range of ASCII begins there
  if (/^[\x00-\x7f]*$/.test(lower)) return lower;
  return lower
    .normalize('NFKD')
    .replace(COMBINING_MARKS, '')
    .replace(UNDECOMPOSED, (letter) => LETTERS_WITHOUT_DECOMPOSITION[letter] ?? letter);
}

/**
 * The form in which two values are compared. Two values are the same when their
 * forms are equal; an empty form equals nothing.
 */
export function comparable(comparison: Comparison, value: string): string {
  if (comparison === 'phone') return value.replace(/\D+/g, '');
  const lower = value.trim().toLowerCase();
  return comparison === 'name' ? withoutAccents(lower).replace(/\s+/g, ' ') : lower.normalize('NFC');
}
