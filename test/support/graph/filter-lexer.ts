/** The words of a `$filter`: https://docs.oasis-open.org/odata/odata/v4.01/odata-v4.01-part2-url-conventions.html */
import { badRequest } from './errors.ts';

/** A word of a filter and where it begins. */
export interface Token {
  readonly kind: 'text' | 'word' | 'mark' | 'end';
  readonly value: string;
  readonly position: number;
}

const SPACE = /\s+/y;
// Properties, operators, numbers, GUIDs and dates; an extension property has no other characters.
const WORD = /[\w.:+-]*[\w.+-]/y;
const TEXT = /'(?:[^']|'')*'/y;
const MARK = /[(),/:]/y;

/** Splits a filter into words. Throws what Graph answers for what is none. */
export function tokensOf(filter: string): readonly Token[] {
  const tokens: Token[] = [];
  let position = 0;
  while (position < filter.length) {
    const found = take(SPACE, filter, position);
    if (found !== undefined) {
      position += found.length;
      continue;
    }
    const token = tokenAt(filter, position);
    tokens.push(token.token);
    position += token.length;
  }
  return [...tokens, { kind: 'end', value: '', position }];
}

function tokenAt(filter: string, position: number): { readonly token: Token; readonly length: number } {
  if (filter[position] === "'") {
    const text = take(TEXT, filter, position);
    if (text === undefined) {
      throw badRequest(
        `Invalid filter clause: There is an unterminated literal at position ${filter.length} in '${filter}'.`,
      );
    }
    const value = text.slice(1, -1).replaceAll("''", "'");
    return { token: { kind: 'text', value, position }, length: text.length };
  }
  const mark = take(MARK, filter, position);
  if (mark !== undefined) return { token: { kind: 'mark', value: mark, position }, length: 1 };
  const word = wordAt(filter, position);
  if (word !== undefined) return { token: { kind: 'word', value: word, position }, length: word.length };
  throw badRequest(
    `Invalid filter clause: Syntax error: character '${filter[position]}' is not valid at position ${position} in '${filter}'.`,
  );
}

/** A colon belongs to a time (`2024-01-01T00:00:00Z`), and follows the variable of a lambda (`p:p eq`). */
function wordAt(filter: string, position: number): string | undefined {
  const word = take(WORD, filter, position);
  return word === undefined || /^\d{4}-/.test(word) ? word : word.split(':')[0] || undefined;
}

function take(pattern: RegExp, text: string, position: number): string | undefined {
  pattern.lastIndex = position;
  return pattern.exec(text)?.[0];
}
