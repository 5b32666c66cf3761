/** Reads a `$filter` into a tree, and refuses what Graph refuses while it reads. */
import { badRequest, unsupported } from './errors.ts';
import { type Token, tokensOf } from './filter-lexer.ts';

/** A value in a filter. */
export type Literal = string | boolean | null;

/** A function that Graph knows. */
export type FunctionName = 'startswith' | 'endswith' | 'contains';

/** What compares; `ge` and `le` only for times. */
export type Operator = 'eq' | 'ne' | 'ge' | 'le';

const OPERATORS: readonly Operator[] = ['eq', 'ne', 'ge', 'le'];

/** A condition. In a lambda, `property` is the variable. */
export type Condition =
  | { readonly kind: 'and' | 'or'; readonly nodes: readonly Condition[] }
  | { readonly kind: 'not'; readonly node: Condition }
  | {
      readonly kind: 'compare';
      readonly operator: Operator;
      readonly property: string;
      readonly value: Literal;
      readonly quoted: boolean;
    }
  | { readonly kind: 'in'; readonly property: string; readonly values: readonly string[] }
  | { readonly kind: 'call'; readonly name: FunctionName; readonly property: string; readonly value: string }
  | { readonly kind: 'any'; readonly collection: string; readonly variable: string; readonly node: Condition };

const FUNCTIONS: Readonly<Record<string, FunctionName>> = {
  startswith: 'startswith',
  endswith: 'endswith',
  contains: 'contains',
};
/** "Too many child clauses specified in search filter expression" begins here. */
const MOST_ALTERNATIVES = 15;

/** Parses a filter. */
export function parseFilter(filter: string): Condition {
  const parser = new Parser(filter);
  return parser.whole();
}

class Parser {
  readonly #filter: string;
  readonly #tokens: readonly Token[];
  #next = 0;

  constructor(filter: string) {
    this.#filter = filter;
    this.#tokens = tokensOf(filter);
  }

  whole(): Condition {
    const node = this.#or();
    if (this.#peek().kind !== 'end') throw this.#error(this.#peek());
    return node;
  }

  #or(): Condition {
    const nodes = this.#list('or', () => this.#and());
    if (nodes.length > MOST_ALTERNATIVES) throw tooMany(nodes.length);
    return one('or', nodes);
  }

  #and(): Condition {
    return one(
      'and',
      this.#list('and', () => this.#not()),
    );
  }

  #list(word: string, part: () => Condition): readonly Condition[] {
    const nodes = [part()];
    while (this.#skipWord(word)) nodes.push(part());
    return nodes;
  }

  #not(): Condition {
    return this.#skipWord('not') ? { kind: 'not', node: this.#not() } : this.#primary();
  }

  #primary(): Condition {
    if (this.#skipMark('(')) {
      const node = this.#or();
      this.#expectMark(')');
      return node;
    }
    const token = this.#take();
    if (token.kind !== 'word') throw this.#error(token);
    const name = FUNCTIONS[token.value.toLowerCase()];
    if (name !== undefined && this.#skipMark('(')) return this.#call(name);
    return this.#afterProperty(this.#path(token.value));
  }

  #call(name: FunctionName): Condition {
    const property = this.#path(this.#word());
    this.#expectMark(',');
    const value = this.#take();
    if (value.kind !== 'text') throw this.#error(value);
    this.#expectMark(')');
    return { kind: 'call', name, property, value: value.value };
  }

  /** A property, or `collection/any`, as far as the names go. */
  #path(first: string): string {
    let path = first;
    while (this.#skipMark('/')) path += `/${this.#word()}`;
    return path;
  }

  #afterProperty(path: string): Condition {
    if (path.toLowerCase().endsWith('/any')) return this.#any(path.slice(0, -'/any'.length));
    const word = this.#word().toLowerCase();
    if (word === 'in') return this.#in(path);
    const operator = OPERATORS.find((one) => one === word);
    if (operator === undefined) throw this.#error(this.#tokens[this.#next - 1] ?? this.#peek());
    const value = this.#take();
    return { kind: 'compare', operator, property: path, value: this.#literal(value), quoted: value.kind === 'text' };
  }

  #any(collection: string): Condition {
    this.#expectMark('(');
    const variable = this.#word();
    this.#expectMark(':');
    const node = this.#or();
    this.#expectMark(')');
    return { kind: 'any', collection, variable, node };
  }

  #in(property: string): Condition {
    const values: string[] = [];
    this.#expectMark('(');
    do {
      const value = this.#take();
      if (value.kind !== 'text') throw this.#error(value);
      values.push(value.value);
    } while (this.#skipMark(','));
    this.#expectMark(')');
    if (values.length > MOST_ALTERNATIVES) throw tooMany(values.length);
    return { kind: 'in', property, values };
  }

  #literal(token: Token): Literal {
    if (token.kind === 'text') return token.value;
    if (token.kind !== 'word') throw this.#error(token);
    if (token.value === 'true' || token.value === 'false') return token.value === 'true';
    return token.value === 'null' ? null : token.value;
  }

  #peek(): Token {
    return this.#tokens[this.#next] ?? { kind: 'end', value: '', position: this.#filter.length };
  }

  #take(): Token {
    const token = this.#peek();
    this.#next += 1;
    return token;
  }

  #word(): string {
    const token = this.#take();
    if (token.kind !== 'word') throw this.#error(token);
    return token.value;
  }

  #skipWord(word: string): boolean {
    const token = this.#peek();
    const found = token.kind === 'word' && token.value.toLowerCase() === word;
    if (found) this.#next += 1;
    return found;
  }

  #skipMark(mark: string): boolean {
    const token = this.#peek();
    const found = token.kind === 'mark' && token.value === mark;
    if (found) this.#next += 1;
    return found;
  }

  #expectMark(mark: string): void {
    if (!this.#skipMark(mark)) throw this.#error(this.#peek());
  }

  #error(token: Token): Error {
    return badRequest(`Invalid filter clause: Syntax error at position ${token.position} in '${this.#filter}'.`);
  }
}

function one(kind: 'and' | 'or', nodes: readonly Condition[]): Condition {
  const [first] = nodes;
  return nodes.length === 1 && first !== undefined ? first : { kind, nodes };
}

function tooMany(count: number): Error {
  return unsupported(
    `Too many child clauses specified in search filter expression containing 'OR' operators: ${count}. Max allowed: ${MOST_ALTERNATIVES}.`,
  );
}
