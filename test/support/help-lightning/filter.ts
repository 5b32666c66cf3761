/**
 * Filters as the release note 14.2 shows them: `tag.name=avoided-rollout`, `"name|=John,Mary,Sue"`. What is not in it is
 * refused: a quote within, a key that the list does not have, values without an operator.
 */

/** What a filter asks: an item passes when one of these values stands under the key. */
export interface Filter {
  readonly key: string;
  readonly values: readonly string[];
}

/** Undefined: it cannot be read. */
export function readFilter(text: string): Filter | undefined {
  const isQuoted = text.length > 1 && text.startsWith('"') && text.endsWith('"');
  const bare = isQuoted ? text.slice(1, -1) : text;
  const [, key, operator, value] = /^([A-Za-z_.]+)(\|=|=)([^"\\|=<>]+)$/.exec(bare) ?? [];
  if (key === undefined || value === undefined) return undefined;
  // Outside of quotes a comma begins another filter, which is not documented.
  if (operator === '=' && value.includes(',')) return undefined;
  if (operator === '|=' && !isQuoted) return undefined;
  return { key, values: operator === '=' ? [value] : value.split(',') };
}
