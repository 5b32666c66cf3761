/** How the telephone numbers of a system are written, where somebody has told it. */

/**
 * Digits in a format; undefined when the format is for another number of digits, or for others.
 * @param format `#` is any digit, other digits are themselves: `(###) ###-####`, `+41 ## ### ## ##`. The digits may be all of
 *   the number, or only those for the `#`
 */
export function phoneInFormat(digits: string, format: string): string | undefined {
  const places = format.match(/[#\d]/g) ?? [];
  const free = places.filter((place) => place === '#').length;
  const isWhole = places.length === digits.length && places.every((place, at) => place === '#' || place === digits[at]);
  if (!isWhole && free !== digits.length) return undefined;
  let at = 0;
  return format.replace(isWhole ? /[#\d]/g : /#/g, () => digits[at++] ?? '');
}
