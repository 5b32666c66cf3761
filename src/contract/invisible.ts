/** What nobody sees of a text. */

/**
 * Zero-width characters, joiners, marks of direction, soft hyphens, the byte order mark: they come along with what is
 * copied, and nobody sees them. Control characters and what else XML cannot hold: it is not shown, so nobody sends it.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\p{Cs}]+/gu;

/** The text without what nobody sees. */
export function withoutInvisible(text: string): string {
  return text.replace(INVISIBLE, '');
}
