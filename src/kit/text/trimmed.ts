/**
 * Texts without certain characters at their ends. A pattern such as `/\/+$/` does it too, but tries every run of them that
 * is not at the end again from each of its characters.
 */

/** Without such characters at the end: `trimmedEnd('https://example.com//', '/')`. */
export function trimmedEnd(text: string, characters: string): string {
  let end = text.length;
  while (end > 0 && characters.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}

/** Without such characters at either end. */
export function trimmed(text: string, characters: string): string {
  const shorter = trimmedEnd(text, characters);
  let start = 0;
  while (start < shorter.length && characters.includes(shorter.charAt(start))) start += 1;
  return shorter.slice(start);
}
