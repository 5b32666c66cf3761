/** Telephone numbers. Shopify keeps them as E.164: `+` and digits, beginning with the country. */

/**
 * What a number that somebody typed may be in Shopify; empty when it has no digit.
 * @param countryCode of numbers that are typed without one: `1`, `41`
 */
export function phoneForms(typed: string, countryCode: string | undefined): readonly string[] {
  const digits = typed.replace(/\D+/g, '');
  if (digits === '') return [];
  if (/^\s*\+/.test(typed)) return [`+${digits}`];
  if (digits.startsWith('00') && digits.length > 2) return [`+${digits.slice(2)}`];
  if (countryCode === undefined) return [`+${digits}`];
  // Most countries drop the 0 before the country code, Italy does not.
  const national = digits.startsWith('0') ? [digits.replace(/^0+/, ''), digits] : [digits];
  const withCountry = digits.startsWith(countryCode) ? [`+${digits}`] : [];
  return [...national.filter((form) => form !== '').map((form) => `+${countryCode}${form}`), ...withCountry];
}

/** Whether a number of Shopify is one of these forms. */
export function isPhone(stored: string, forms: readonly string[]): boolean {
  const digits = stored.replace(/\D+/g, '');
  return digits !== '' && forms.some((form) => form.slice(1) === digits);
}
