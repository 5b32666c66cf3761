/**
 * Shopify's search, after https://shopify.dev/docs/api/usage/search-syntax: terms, connectives, modifiers,
 * comparators, quoted values, prefixes. It knows nothing of the adapter, and compares words as the original does.
 */

/** What a query means. */
export type Expression =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Expression[] }
  | { readonly kind: 'not'; readonly part: Expression }
  | SearchTerm;

/** `field:value`, `field:"value"`, `field:value*`, or a value alone. */
export interface SearchTerm {
  readonly kind: 'term';
  readonly field: string | undefined;
  readonly comparator: string;
  readonly value: string;
  readonly isQuoted: boolean;
  readonly isPrefix: boolean;
}

/** Values of one record by the name of the filter; a list for several. */
export type Searchable = Readonly<Record<string, string | readonly string[]>>;

/** Reads a query. @throws Error for one that is none */
export function parseSearch(query: string): Expression {
  const parser = new Parser(query);
  const expression = parser.query();
  if (!parser.isAtEnd) throw new Error(`unexpected "${parser.rest}"`);
  return expression;
}

/** Every term of an expression. */
export function termsOf(expression: Expression): readonly SearchTerm[] {
  if (expression.kind === 'term') return [expression];
  return expression.kind === 'not' ? termsOf(expression.part) : expression.parts.flatMap(termsOf);
}

class Parser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get rest(): string {
    return this.#text.slice(this.#at);
  }

  get isAtEnd(): boolean {
    this.#skip();
    return this.rest === '';
  }

  /** `Query = Term { [ whitespace Connective ] whitespace Term }`; AND is implied, and binds more strongly. */
  query(): Expression {
    const alternatives: Expression[][] = [[this.#term()]];
    while (!this.isAtEnd && !this.rest.startsWith(')')) {
      const connective = this.#take(/^(AND|OR)(?=\s)/);
      this.#skip();
      if (connective === 'OR') alternatives.push([this.#term()]);
      else alternatives.at(-1)?.push(this.#term());
    }
    return combined(
      'or',
      alternatives.map((parts) => combined('and', parts)),
    );
  }

  /** `Term = [ Modifier ] ( "(" Query ")" | [ name Comparator ] value )` */
  #term(): Expression {
    this.#skip();
    if (this.#take(/^(-|NOT\s+)/) !== undefined) return { kind: 'not', part: this.#term() };
    if (this.#take(/^\(/) !== undefined) {
      const inner = this.query();
      this.#skip();
      if (this.#take(/^\)/) === undefined) throw new Error('a parenthesis is not closed');
      return inner;
    }
    const name = this.#take(/^\w+(?=:)/);
    const comparator = name === undefined ? '' : (this.#take(/^:(<=|>=|<|>)?/) ?? '');
    return this.#value(name, comparator);
  }

  #value(field: string | undefined, comparator: string): SearchTerm {
    const quote = this.#take(/^["']/);
    if (quote !== undefined) {
      return { kind: 'term', field, comparator, value: this.#quoted(quote), isQuoted: true, isPrefix: false };
    }
    const raw = this.#take(/^(?:\\.|[^\s:()\\"])+/s);
    if (raw === undefined) throw new Error(`no value at "${this.rest}"`);
    const isPrefix = /(^|[^\\])\*$/.test(raw);
    const value = (isPrefix ? raw.slice(0, -1) : raw).replace(/\\(.)/gs, '$1');
    return { kind: 'term', field, comparator, value, isQuoted: false, isPrefix };
  }

  /** To the next quote of the same kind that has no backslash before it. */
  #quoted(quote: string): string {
    let value = '';
    for (;;) {
      const character = this.rest.charAt(0);
      this.#at += 1;
      if (character === '') throw new Error('a quoted value does not end');
      if (character === quote) return value;
      if (character === '\\') {
        value += this.rest.charAt(0);
        this.#at += 1;
      } else value += character;
    }
  }

  #skip(): void {
    this.#take(/^\s+/);
  }

  #take(pattern: RegExp): string | undefined {
    const [found] = pattern.exec(this.rest) ?? [];
    if (found === undefined) return undefined;
    this.#at += found.length;
    return found;
  }
}

function combined(kind: 'and' | 'or', parts: readonly Expression[]): Expression {
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : { kind, parts };
}

const words = (text: string): readonly string[] => text.toLowerCase().match(/[\p{L}\p{N}\p{M}]+/gu) ?? [];

/** Whether a record is found. A filter that nobody knows is passed over, as Shopify does with a warning. */
export function isFound(expression: Expression, record: Searchable): boolean {
  if (expression.kind === 'term') return isFoundBy(expression, record);
  if (expression.kind === 'not') return !isFound(expression.part, record);
  return expression.kind === 'and'
    ? expression.parts.every((part) => isFound(part, record))
    : expression.parts.some((part) => isFound(part, record));
}

function isFoundBy({ field, comparator, value, isPrefix }: SearchTerm, record: Searchable): boolean {
  if (field !== undefined && !Object.hasOwn(record, field)) return true;
  if (field?.endsWith('_at')) return isAt(String(record[field]), comparator, value);
  const looked = Object.entries(record).filter(([name]) => !name.endsWith('_at'));
  const given = field === undefined ? looked.flatMap(([, one]) => one) : [record[field] ?? ''].flat();
  if (field === 'phone') return given.some((one) => one !== '' && digits(one) === digits(value));
  if (field !== undefined && /(^|_)id$|_status$/.test(field)) {
    return given.some((one) => one.toLowerCase() === value.toLowerCase());
  }
  const wanted = words(value);
  if (wanted.length === 0) return false;
  return given.some((one) => (isPrefix ? beginsAWord(words(one), wanted) : isPhraseOf(words(one), wanted)));
}

/** A time compares as such. @throws Error for a value that is none */
function isAt(given: string, comparator: string, value: string): boolean {
  const [time, other] = [Date.parse(given), Date.parse(value)];
  if (Number.isNaN(other)) throw new Error(`"${value}" is no time`);
  if (comparator === ':>=') return time >= other;
  if (comparator === ':<=') return time <= other;
  if (comparator === ':>') return time > other;
  return comparator === ':<' ? time < other : time === other;
}

const digits = (text: string) => text.replace(/\D/g, '');

function beginsAWord(of: readonly string[], [start = '']: readonly string[]): boolean {
  return of.some((word) => word.startsWith(start));
}

/** The words stand there one after the other. */
function isPhraseOf(of: readonly string[], wanted: readonly string[]): boolean {
  return of.some((_, at) => wanted.every((word, offset) => of[at + offset] === word));
}
