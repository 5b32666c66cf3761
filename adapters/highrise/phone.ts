/** Telephone numbers: Highrise keeps them as they were typed, and how it compares them is documented nowhere. */

const SHORTEST_WITH_ENDING = 7;

/**
 * What to search for, to find a number however it was typed: as it is, its digits, the way the account writes numbers,
 * and its last four digits, which stand together in most ways of writing (or in pairs), should Highrise find parts of numbers.
 * What comes back is compared by all its digits. Empty when there is no digit.
 */
export function phoneSearches(typed: string, formats: readonly string[]): readonly string[] {
  const digits = typed.replace(/\D+/g, '');
  if (digits === '') return [];
  const written = formats.filter((format) => format.replace(/[^#]/g, '').length === digits.length);
  const national = formats.flatMap((format) => withOwnDigits(format, digits));
  const [one, two] = [digits.slice(-4, -2), digits.slice(-2)];
  const endings = digits.length < SHORTEST_WITH_ENDING ? [] : [one + two, `${one} ${two}`];
  return [
    ...new Set([typed.trim(), digits, ...written.map((format) => fill(format, digits)), ...national, ...endings]),
  ];
}

/** `+41 ## ### ## ##` for a number that was typed with its 41. */
function withOwnDigits(format: string, digits: string): readonly string[] {
  const own = format.replace(/[^\d#]/g, '');
  if (own.length !== digits.length || !/\d/.test(own)) return [];
  const fits = Array.from(own).every((character, index) => character === '#' || character === digits[index]);
  const places = Array.from(digits).filter((_digit, index) => own[index] === '#');
  return fits ? [fill(format, places.join(''))] : [];
}

function fill(format: string, digits: string): string {
  let index = 0;
  return format.replace(/#/g, () => digits[index++] ?? '');
}
