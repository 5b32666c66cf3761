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
