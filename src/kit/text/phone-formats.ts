/** Telephone numbers in the formats that a system writes them in. */

/**
 * Numbers in formats, where they fit: `#` is any digit, other digits are themselves. A number fits `+41 ## ### ## ##` with
 * its 41 and without it, with and without the zero that is dialled before it.
 *
 * @param numbers digits only, the likeliest first
 */
export function inPhoneFormats(numbers: readonly string[], formats: readonly string[]): readonly string[] {
  const dialled = numbers.flatMap((digits) => {
    const bare = digits.replace(/^0+/, '');
    return [digits, bare, `0${bare}`];
  });
  const written = formats.flatMap((format) => dialled.map((digits) => inFormat(digits, format)));
  return [...new Set(written.filter((form) => form !== undefined))];
}

/** The digits in a format; undefined when the format is for another number of digits, or for others. */
function inFormat(digits: string, format: string): string | undefined {
  const places = format.match(/[#\d]/g) ?? [];
  if (places.length === digits.length) {
    return places.every((place, at) => place === '#' || place === digits[at])
      ? filled(digits, format, /[#\d]/g)
      : undefined;
  }
  return places.filter((place) => place === '#').length === digits.length ? filled(digits, format, /#/g) : undefined;
}

function filled(digits: string, format: string, places: RegExp): string {
  let at = 0;
  return format.replace(places, () => digits[at++] ?? '');
}
