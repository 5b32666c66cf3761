/**
 * A new reference for one call: six hex digits, short enough to be read out on
 * the telephone, rare enough to find one line in a day's log.
 */
export function newReference(): string {
  // It opens nothing, so it need not be hard to guess; to load node:crypto is a good part of a command-line lookup.
  return Math.floor(Math.random() * 0x1000000)
    .toString(16)
    .padStart(6, '0');
}

/** The reference that a person means: `4f2a1c` also of `(ref 4F2A1C)`. What is none is given back as it is, and finds nothing. */
export function typedReference(text: string): string {
  return /^\(?(?:ref )?([\da-f]{6})\)?$/i.exec(text.trim())?.[1]?.toLowerCase() ?? text;
}
