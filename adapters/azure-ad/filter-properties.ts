/** Which properties of a user a filter is about. */

/** Words of OData that may stand where a property may (OData 4.01 URL conventions, 5.1.1). */
const WORDS = new Set(
  'and or not eq ne gt ge lt le in has any all true false null startswith endswith contains'.split(' '),
);

/**
 * The names in an OData filter, each once: `accountEnabled`, and `onPremisesExtensionAttributes` of
 * `onPremisesExtensionAttributes/extensionAttribute1`. A name that is no property does no harm where Graph has taken the filter.
 */
export function propertiesOf(filter: string): readonly string[] {
  // Texts, and what is written without quotes: GUIDs, numbers, dates.
  const bare = filter
    .replace(/'(?:[^']|'')*'/g, ' ')
    .replace(/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi, ' ')
    .replace(/\b\d[\w.:+-]*/g, ' ');
  const tokens = bare.match(/\/?[A-Za-z]\w*|:/g) ?? [];
  // The variable of `any(p:…)`.
  const variables = new Set(tokens.filter((_, index) => tokens[index + 1] === ':'));
  const names = tokens.filter((token) => !/^[/:]/.test(token) && !variables.has(token));
  return [...new Set(names)].filter((name) => !WORDS.has(name.toLowerCase()));
}
