/** Texts that are too long. What is cut says so, and is never taken for the whole. */

/** The end of every text that was cut: no markup, and nothing that a writer would encode. */
const MARK = '… [cut: ';
const CUT = /… \[cut: \d[\d.]* (?:kB|MB|characters|items) more\]/;

/** The text, or its beginning of at most `limit` characters with a mark that says how much is missing. */
export function cutText(text: string, limit: number): string {
  if (text.length <= limit) return text;
  // Not through the middle of a character.
  const end = isLeadingHalf(text.charCodeAt(limit - 1)) ? limit - 1 : limit;
  return `${text.slice(0, Math.max(0, end))}${MARK}${sizeWords(text.length - end)} more]`;
}

/** The mark in place of the items of a list that are cut off. */
export function cutItems(count: number): string {
  return `${MARK}${count} items more]`;
}

/** Whether a part of the text was cut: half a value must not be inserted anywhere, nor be a part of an address. */
export function isCut(text: string): boolean {
  return text.includes(MARK) && CUT.test(text);
}

function isLeadingHalf(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function sizeWords(characters: number): string {
  if (characters >= 1_000_000) return `${(characters / 1_000_000).toFixed(1)} MB`;
  return characters >= 1_000 ? `${Math.round(characters / 1_000)} kB` : `${characters} characters`;
}
