/**
 * Telephone numbers. Graph compares them as texts, so that `845-555-4278` does not find `(845) 555-4278`. A search
 * asks for the forms in which a number is likely to be written, and what comes back is compared by its digits.
 */

// Graph takes 15 alternatives in one expression.
const MOST_FORMS = 15;

/** How numbers of ten digits (or eleven, with the country) are written in North America. */
const NORTH_AMERICA = [
  '(###) ###-####',
  '###-###-####',
  '### ### ####',
  '###.###.####',
  '(###)###-####',
  '+# (###) ###-####',
  '+# ### ### ####',
  '+# ###-###-####',
  '#-###-###-####',
];
/** The caller's own grouping, with another mark between the groups. */
const BETWEEN_GROUPS = [' ', '-', '.'];

/**
 * The forms of a number to search for, the likeliest first; empty when the value has no digit.
 *
 * @param formats how the directory writes numbers: `#` is any digit, other digits are themselves (`+41 ## ### ## ##`)
 */
export function phoneForms(value: string, formats: readonly string[]): readonly string[] {
  const given = value.trim();
  const digits = given.replace(/\D+/g, '');
  if (digits === '') return [];
  const groups = given.match(/\d+/g) ?? [];
  const regrouped = groups.length < 2 ? [] : BETWEEN_GROUPS.map((mark) => groups.join(mark));
  const forms = [
    given,
    ...formats.map((format) => written(digits, format)),
    digits,
    `+${digits}`,
    ...regrouped,
    ...regrouped.map((form) => `+${form}`),
    ...NORTH_AMERICA.map((format) => written(digits, format)),
  ];
  return [...new Set(forms.filter((form) => form !== undefined))].slice(0, MOST_FORMS);
}

/** The digits in a format; undefined when the format is for another number of digits, or for others. */
function written(digits: string, format: string): string | undefined {
  const places = format.match(/[#\d]/g) ?? [];
  const fits = places.length === digits.length && places.every((place, at) => place === '#' || place === digits[at]);
  if (!fits) return undefined;
  let at = 0;
  return format.replace(/[#\d]/g, () => digits[at++] ?? '');
}
