/** Patterns for LIKE from values that people typed. The pattern is bound like any other value. */

/** The character that goes into `ESCAPE '!'`. Not a backslash, which MySQL reads twice. */
export const LIKE_ESCAPE = '!';

/**
 * A LIKE pattern for a prefix or a part, in which `%` and `_` of the value mean
 * themselves. The statement needs `LIKE ? ESCAPE '!'`.
 * `[` is a wildcard in SQL Server, and escaping it is harmless there alone (`sets`).
 */
export function likePattern(match: 'prefix' | 'contains', value: string, sets = false): string {
  const escaped = value.replace(sets ? /[!%_[]/g : /[!%_]/g, (character) => LIKE_ESCAPE + character);
  return match === 'prefix' ? `${escaped}%` : `%${escaped}%`;
}
