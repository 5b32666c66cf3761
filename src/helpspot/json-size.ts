/** How much there is in a JSON text, found out before it is parsed: parsing takes a hundred times the time and memory. */

/** What a text may hold. */
export interface JsonLimits {
  /** Lists and objects within one another. */
  readonly depth: number;
  /** Members of one object, or items of one list. */
  readonly members: number;
  /** Members and items of the whole text. */
  readonly values: number;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
/** `[` and `{`, `]` and `}`: they differ in this bit only, and nothing but letters is near them. */
const BRACE_BIT = 0x20;
const OPENING = 0x7b;
const CLOSING = 0x7d;

/**
 * The limit that a text goes beyond; undefined when there is none. One pass over the bytes, which are UTF-8 or any
 * encoding that has ASCII as it is. A text that is no JSON may get either answer; its parser says the rest.
 */
export function excessIn(bytes: Uint8Array, limits: JsonLimits): keyof JsonLimits | undefined {
  const members = [0];
  let depth = 0;
  let values = 0;
  let inString = false;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    if (inString) {
      if (byte === BACKSLASH) at += 1;
      else if (byte === QUOTE) inString = false;
      continue;
    }
    if (byte === QUOTE) {
      inString = true;
    } else if (byte === COMMA) {
      values += 1;
      const count = (members[depth] ?? 0) + 1;
      members[depth] = count;
      if (count >= limits.members) return 'members';
    } else if ((byte | BRACE_BIT) === OPENING) {
      depth += 1;
      // What is opened has a first member, most of the time.
      values += 1;
      members[depth] = 0;
      if (depth > limits.depth) return 'depth';
    } else if ((byte | BRACE_BIT) === CLOSING && depth > 0) {
      depth -= 1;
    }
    if (values > limits.values) return 'values';
  }
  return undefined;
}

/** Whether there is nothing but white space. */
export function isBlank(bytes: Uint8Array): boolean {
  let at = 0;
  while (at < bytes.length && isSpace(bytes[at])) at += 1;
  return at === bytes.length;
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || (byte !== undefined && byte >= 0x09 && byte <= 0x0d);
}
