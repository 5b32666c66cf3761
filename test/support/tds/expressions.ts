/** T-SQL's expressions, token by token, into SQLite's SQL. What is not an expression is handed through. */
import { combined } from './arithmetic.ts';
import { cast } from './cast.ts';
import { compared, converted, like, type Operand } from './compare.ts';
import { numberConstant, textConstant } from './constants.ts';
import { functionCall, isFunction } from './functions.ts';
import { ARITHMETIC, CLAUSES, COMPARISONS, KEYWORDS, keywordError, OUTSIDERS, TABLES_FOLLOW } from './keywords.ts';
import { syntaxError, type Token } from './lexer.ts';
import { isQuery, split, TokenReader } from './reader.ts';
import { columnType, literal, quotedName, type Scope, withoutSchema } from './scope.ts';
import { skipHint, tableOf } from './tables.ts';
import { SqlServerError } from './tokens.ts';

/** Translates one run of tokens. */
export class Expressions {
  readonly #reader: TokenReader;
  readonly #scope: Scope;
  #clause: string;

  constructor(tokens: readonly Token[], scope: Scope, clause = '') {
    this.#reader = new TokenReader(tokens);
    this.#scope = scope;
    this.#clause = clause;
  }

  get ended(): boolean {
    return this.#reader.ended;
  }

  /** Everything, clauses and all. */
  all(): string {
    const parts: string[] = [];
    let tableNext = this.#clause === 'FROM';
    while (!this.ended) {
      const token = this.#reader.peek();
      const { upper, text } = token;
      if (tableNext && upper !== 'SELECT' && upper !== 'VALUES') {
        parts.push(tableOf(this.#reader, this.#scope, this.#clause, (inner) => this.#joined(inner)));
        tableNext = false;
      } else if (upper === 'WITH' && this.#clause === 'FROM') {
        skipHint(this.#reader);
      } else if (token.kind === 'word' && KEYWORDS.has(upper) && !beginsOperand(token, this.#reader.ahead(1))) {
        this.#reader.skip();
        if (CLAUSES.has(upper)) this.#clause = upper;
        if (upper === 'JOIN') this.#clause = 'FROM';
        tableNext = TABLES_FOLLOW.has(upper);
        parts.push(upper);
      } else if (text === ',') {
        this.#reader.skip();
        tableNext = this.#clause === 'FROM';
        parts.push(',');
      } else {
        parts.push(this.#condition());
      }
    }
    return parts.join(' ');
  }

  /** One expression, without comparisons. */
  operand(): Operand {
    let left = this.#primary();
    for (let sign = this.#peekMark(); sign !== undefined; sign = this.#peekMark()) {
      this.#reader.skip();
      left = combined(left, sign, this.#primary(), this.#scope);
    }
    return left;
  }

  #joined(tokens: readonly Token[]): string {
    return new Expressions(tokens, this.#scope, 'FROM').all();
  }

  #peekMark(): string | undefined {
    const token = this.#reader.ahead();
    if (token?.kind !== 'mark' || !ARITHMETIC.has(token.text)) return undefined;
    return this.#reader.ahead(1) === undefined ? undefined : token.text;
  }

  /** An expression and what it is compared with. */
  #condition(): string {
    const left = this.operand();
    const token = this.#reader.ahead();
    if (token === undefined) return left.sql;
    if (token.upper === 'COLLATE') {
      this.#reader.skip(2);
      return left.sql;
    }
    if (COMPARISONS.has(token.text)) return this.#comparison(left, token.text);
    const negated = token.upper === 'NOT' ? 1 : 0;
    const word = this.#reader.ahead(negated)?.upper;
    if (word === 'LIKE' || word === 'IN' || word === 'BETWEEN') {
      this.#reader.skip(negated + 1);
      const sql = word === 'LIKE' ? this.#like(left) : word === 'IN' ? this.#in(left) : this.#between(left);
      return negated === 1 ? `NOT (${sql})` : `(${sql})`;
    }
    this.#alias(left);
    return left.sql;
  }

  #comparison(left: Operand, sign: string): string {
    this.#reader.skip();
    const right = this.operand();
    if (this.#clause === 'SET') return `${left.sql} = ${converted(right, left.type)}`;
    if (this.#clause === 'SELECT' && sign === '=') return `${right.sql} AS ${left.sql}`;
    return compared(left, sign, right);
  }

  #like(left: Operand): string {
    const pattern = this.operand();
    let escaping: string | undefined;
    if (this.#reader.ahead()?.upper === 'ESCAPE') {
      this.#reader.skip();
      escaping = String(this.operand().constant?.value() ?? '');
    }
    return like(left, pattern, escaping);
  }

  #in(left: Operand): string {
    const inner = this.#reader.group();
    if (isQuery(inner)) return `${left.sql} IN (${this.#scope.query(inner)})`;
    const values = split(inner).map((part) => new Expressions(part, this.#scope).operand());
    return values.map((value) => compared(left, '=', value)).join(' OR ');
  }

  #between(left: Operand): string {
    const low = this.operand();
    if (this.#reader.peek().upper !== 'AND') throw syntaxError(this.#reader.peek().text);
    this.#reader.skip();
    return `${compared(left, '>=', low)} AND ${compared(left, '<=', this.operand())}`;
  }

  /** Keeps the type of `expression AS name`. */
  #alias(operand: Operand): void {
    if (this.#clause !== 'SELECT' || operand.type === undefined) return;
    const isAs = this.#reader.ahead()?.upper === 'AS';
    const name = this.#reader.ahead(isAs ? 1 : 0);
    if (name === undefined || name.kind === 'mark' || (!isAs && KEYWORDS.has(name.upper))) return;
    this.#scope.aliases.set(name.value.toLowerCase(), operand.type);
  }

  #primary(): Operand {
    const token = this.#reader.peek();
    if (token.kind === 'mark' && token.text === '(') return this.#parenthesis();
    this.#reader.skip();
    switch (token.kind) {
      case 'string':
        return textConstant(token, this.#scope);
      case 'number':
        return numberConstant(token);
      case 'parameter':
      case 'global':
        return this.#variable(token);
      case 'name':
        return this.#name(token);
      case 'word':
        if (token.upper === 'NULL') return { sql: 'NULL', constant: { value: () => null } };
        if (token.upper === 'CASE') return this.#case();
        if (token.upper === 'NOT') return { sql: `NOT ${this.#condition()}` };
        if (KEYWORDS.has(token.upper) && !beginsOperand(token, this.#reader.ahead())) throw keywordError(token.text);
        return this.#name(token);
      case 'mark':
        if (token.text === '*') return { sql: '*' };
        if (token.text === '-' || token.text === '+') return this.#signed(token.text);
        throw syntaxError(token.text);
    }
  }

  #signed(sign: string): Operand {
    const operand = this.#primary();
    const sql = `(${sign} ${operand.sql})`;
    return { ...operand, sql, ...(operand.constant ? { constant: { value: () => this.#scope.evaluate(sql) } } : {}) };
  }

  #variable(token: Token): Operand {
    const source = token.kind === 'global' ? this.#scope.globals : this.#scope.variables;
    const typed = source.get(token.text.toLowerCase());
    if (typed === undefined) throw new SqlServerError(137, `Must declare the scalar variable "${token.text}".`, 15, 2);
    return { sql: literal(typed.value), type: typed.type, constant: { value: () => typed.value } };
  }

  #parenthesis(): Operand {
    const inner = this.#reader.group();
    if (isQuery(inner)) return { sql: `(${this.#scope.query(inner)})` };
    // A list of columns or values, a condition, or one expression.
    const parts = split(inner);
    if (parts.length > 1) return { sql: `(${parts.map((part) => this.#inner(part).sql).join(', ')})` };
    const one = this.#inner(inner);
    return { ...one, sql: `(${one.sql})` };
  }

  #inner(tokens: readonly Token[]): Operand {
    const first = new Expressions(tokens, this.#scope, this.#clause === 'INTO' ? 'INTO' : '');
    const operand = first.operand();
    if (first.ended) return operand;
    return { sql: new Expressions(tokens, this.#scope).all() };
  }

  #case(): Operand {
    const inner = this.#reader.caseBody();
    const then = inner.findIndex((token) => token.upper === 'THEN');
    const { type } = new Expressions(inner.slice(then + 1), this.#scope).operand();
    const sql = `CASE ${new Expressions(inner, this.#scope).all()} END`;
    return { sql, ...(type === undefined ? {} : { type }) };
  }

  /** A column, with or without its table, or a function. */
  #name(first: Token): Operand {
    if (this.#reader.ahead()?.text === '(' && first.kind === 'word') return this.#function(first);
    const parts = this.#reader.nameParts(first);
    const isAll = this.#reader.ahead()?.text === '.' && this.#reader.ahead(1)?.text === '*';
    const rest = withoutSchema(parts, this.#scope.database);
    for (const part of rest) this.#scope.names.add(part.toLowerCase());
    if (isAll) {
      this.#reader.skip(2);
      return { sql: `${rest.map(quotedName).join('.')}.*` };
    }
    if (first.kind === 'word' && parts.length === 1 && OUTSIDERS.has(first.upper)) {
      // Behind a table it would be the table's other name, and what follows is wrong.
      const wrong = this.#clause === 'FROM' ? this.#reader.ahead() : first;
      throw syntaxError(wrong?.text ?? first.text);
    }
    const type = columnType(rest, this.#scope);
    return { sql: rest.map(quotedName).join('.'), isColumn: true, ...(type === undefined ? {} : { type }) };
  }

  #function(token: Token): Operand {
    const inner = this.#reader.group();
    const converts = cast(token.upper, inner, this.#scope, (tokens) => new Expressions(tokens, this.#scope).operand());
    if (converts !== undefined) return converts;
    if (token.upper === 'EXISTS') return { sql: `EXISTS (${this.#scope.query(inner)})` };
    const distinct = inner[0]?.upper === 'DISTINCT' ? 1 : 0;
    const args = split(inner.slice(distinct)).map((part) => this.#inner(part));
    const [one, ...others] = args;
    const all = distinct === 1 && one !== undefined ? [{ ...one, sql: `DISTINCT ${one.sql}` }, ...others] : args;
    const made = functionCall(token.text, all, this.#scope);
    if (this.#reader.ahead()?.upper !== 'OVER') return made;
    this.#reader.skip();
    return { ...made, sql: `${made.sql} OVER (${new Expressions(this.#reader.group(), this.#scope, 'ORDER').all()})` };
  }
}

/** Whether a keyword stands where an operand may, given the token behind it. */
function beginsOperand({ upper }: Token, following: Token | undefined): boolean {
  if (upper === 'CASE' || upper === 'NULL') return true;
  return following?.text === '(' && (upper === 'EXISTS' || isFunction(upper));
}
