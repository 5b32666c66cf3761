/** Texts that other systems can take. */

/**
 * A text of several lines without control characters and halves of characters, which neither a page, a form nor a
 * database can hold.
 * @param instead of a control character: where two words must not become one
 */
export function plainText(text: string, instead = ''): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{Cc}\n\t]/gu, instead)
    .toWellFormed();
}

/** Whether a value that is looked for can be in another system at all: one line, without halves of characters, not endless. */
export function canBeHeld(value: string, longest: number): boolean {
  return value.length <= longest && value.isWellFormed() && !/\p{Cc}/u.test(value);
}

/** `a, b,b` → a, b */
export function namesIn(text: string, separator: string | RegExp = ','): readonly string[] {
  const names = text.split(separator).map((name) => name.trim());
  return [...new Set(names.filter((name) => name !== ''))];
}
