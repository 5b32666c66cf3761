/** Reads a run of tokens from left to right. */
import { syntaxError, type Token } from './lexer.ts';

/** A place in a run of tokens. */
export class TokenReader {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  get ended(): boolean {
    return this.#at >= this.#tokens.length;
  }

  /** The token so many places on, if there is one; it stays. */
  ahead(places = 0): Token | undefined {
    return this.#tokens[this.#at + places];
  }

  /** The next token, which stays. @throws SqlServerError 102 at the end */
  peek(): Token {
    const token = this.#tokens[this.#at];
    if (token === undefined) throw syntaxError(this.#tokens.at(-1)?.text ?? '');
    return token;
  }

  /** Takes the next token. @throws SqlServerError 102 at the end */
  next(): Token {
    const token = this.peek();
    this.#at += 1;
    return token;
  }

  skip(count = 1): void {
    this.#at += count;
  }

  /** Takes a bracket and gives the tokens inside. */
  group(): Token[] {
    if (this.peek().text !== '(') throw syntaxError(this.peek().text);
    const start = this.#at + 1;
    let depth = 0;
    do {
      const { text } = this.next();
      depth += text === '(' ? 1 : text === ')' ? -1 : 0;
    } while (depth > 0);
    return this.#tokens.slice(start, this.#at - 1);
  }

  /** Takes the rest of a CASE with its END, and gives what stands between. */
  caseBody(): Token[] {
    const start = this.#at;
    let depth = 1;
    while (depth > 0) {
      const { upper } = this.next();
      depth += upper === 'CASE' ? 1 : upper === 'END' ? -1 : 0;
    }
    return this.#tokens.slice(start, this.#at - 1);
  }

  /** Takes the rest of a name with dots, of which the first part is taken already; a star stays. */
  nameParts(first: Token): string[] {
    const parts = [first.value];
    while (this.ahead()?.text === '.') {
      const part = this.ahead(1);
      if (part?.text === '*') break;
      this.skip();
      // `crm..customers` leaves the schema out.
      if (part?.text === '.') {
        parts.push('');
        continue;
      }
      if (part === undefined || (part.kind !== 'word' && part.kind !== 'name')) throw syntaxError(part?.text ?? '.');
      this.skip();
      parts.push(part.value);
    }
    return parts;
  }
}

/** Whether these tokens, which stood in a bracket, are a query of their own. */
export function isQuery(tokens: readonly Token[]): boolean {
  return tokens[0]?.upper === 'SELECT' || tokens[0]?.upper === 'WITH';
}

/** Parts between commas, outside of brackets. */
export function split(tokens: readonly Token[]): Token[][] {
  const parts: Token[][] = [[]];
  let depth = 0;
  for (const token of tokens) {
    depth += token.text === '(' ? 1 : token.text === ')' ? -1 : 0;
    if (token.text === ',' && depth === 0) parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return tokens.length === 0 ? [] : parts;
}
