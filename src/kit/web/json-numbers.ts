/**
 * Numbers of JSON as they are written. JavaScript reads `19.90` as 19.9 and rounds an id of 18 digits; here the text of such
 * a number is kept beside it. (`JSON.parse` tells it to a reviver, but not before Node 21.)
 */

/** A number that JavaScript would write otherwise: a price of `19.90`, an id of 19 digits. */
export class WrittenNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** No API nests so deep; what does is meant to exhaust whoever walks it. */
export const DEEPEST = 200;
/** There may be such a number: so many digits, or a zero at the end of a fraction. */
const MAY_BE_CHANGED = /\d[\d.]{15}|\.\d*0(?!\d)/;
const NUMBER = /-?\d[\d.eE+-]*/g;
const DECIMAL = /^-?\d+(?:\.\d+)?$/;

type Key = string | number;

/** The list or object → its numbers that JavaScript would write otherwise. It goes with the document. */
const written = new WeakMap<object, Map<Key, WrittenNumber>>();
/** The lists and objects that have such a number in them, however deep. */
const above = new WeakSet();

/**
 * Reads JSON; {@link memberAt} knows its numbers as they are written.
 * @returns undefined when it is nested too deep
 * @throws {SyntaxError} for what is no JSON
 */
export function readJson(text: string): { readonly document: unknown } | undefined {
  // Complains about what is no JSON, so that afterwards every string has an end.
  const document: unknown = JSON.parse(text);
  if (depthOf(document) > DEEPEST) return undefined;
  if (MAY_BE_CHANGED.test(text)) noteNumbers(document, JSON.parse(withNumbersAsTexts(text)));
  return { document };
}

/** Without recursion: what is too deep must not exhaust this either. */
function depthOf(document: unknown): number {
  let depth = 0;
  let level: readonly unknown[] = [document];
  while (level.length > 0 && depth <= DEEPEST) {
    level = level.flatMap((part) => (typeof part === 'object' && part !== null ? Object.values(part) : []));
    depth += 1;
  }
  return depth;
}

/** Notes the numbers of a part that are texts in its twin. @returns whether there are any in it */
function noteNumbers(part: unknown, twin: unknown): boolean {
  if (typeof part !== 'object' || part === null || typeof twin !== 'object' || twin === null) return false;
  let isNoted = false;
  for (const key of Object.keys(part)) {
    const value: unknown = Reflect.get(part, key);
    const other: unknown = Reflect.get(twin, key);
    if (typeof value === 'number' && typeof other === 'string') {
      note(part, key, other);
      isNoted = true;
    } else if (noteNumbers(value, other)) isNoted = true;
  }
  if (isNoted) above.add(part);
  return isNoted;
}

function note(part: object, key: string, text: string): void {
  const numbers = written.get(part) ?? new Map<Key, WrittenNumber>();
  written.set(part, numbers);
  numbers.set(Array.isArray(part) ? Number(key) : key, new WrittenNumber(text));
}

/** What a list or an object has under a key; a number that JavaScript would write otherwise as a {@link WrittenNumber}. */
export function memberAt(part: object, key: Key): unknown {
  return written.get(part)?.get(key) ?? Reflect.get(part, key);
}

/** Whether {@link memberAt} gives something else than the part itself has. */
export function hasWritten(part: object): boolean {
  return written.has(part);
}

/** Whether there is such a value in a part, however deep. */
export function hasWrittenWithin(part: object): boolean {
  return above.has(part);
}

/** Numbers that would be changed become strings; what stands in strings stays as it is. */
function withNumbersAsTexts(text: string): string {
  const parts: string[] = [];
  let from = 0;
  while (from < text.length) {
    const quote = text.indexOf('"', from);
    const start = quote === -1 ? text.length : quote;
    const end = quote === -1 ? start : endOfString(text, quote);
    parts.push(text.slice(from, start).replace(NUMBER, asWritten), text.slice(start, end));
    from = end;
  }
  return parts.join('');
}

function asWritten(number: string): string {
  return DECIMAL.test(number) && String(Number(number)) !== number ? `"${number}"` : number;
}

/** The place behind the string that begins at `quote`. A quote with an odd number of backslashes before it is in it. */
function endOfString(text: string, quote: number): number {
  for (let at = text.indexOf('"', quote + 1); at !== -1; at = text.indexOf('"', at + 1)) {
    let slashes = at;
    while (text[slashes - 1] === '\\') slashes -= 1;
    if ((at - slashes) % 2 === 0) return at + 1;
  }
  return text.length;
}
