/** T-SQL's expressions, token by token, into SQLite's SQL. What is not an expression is handed through. */
import { cast } from './cast.ts';
import { compared, converted, like, type Operand } from './compare.ts';
import { functionCall, isFunction } from './functions.ts';
import { syntaxError, type Token } from './lexer.ts';
import { queryOf } from './query.ts';
import {
  type Action,
  columnType,
  literal,
  noSuchObject,
  quotedName,
  type Scope,
  tableName,
  withoutSchema,
} from './scope.ts';
import { SqlServerError } from './tokens.ts';
import { isText, type SqlType } from './types.ts';
import { codePageBytes, codePageText } from './values.ts';

const KEYWORDS = new Set(
  (
    'SELECT DISTINCT ALL FROM WHERE AND OR NOT IN LIKE IS NULL BETWEEN EXISTS GROUP BY HAVING ORDER ASC DESC AS ON JOIN INNER LEFT RIGHT FULL ' +
    'OUTER CROSS UNION EXCEPT INTERSECT INSERT INTO VALUES UPDATE SET DELETE WITH OVER PARTITION ROWS CASE WHEN THEN ELSE END ANY SOME DEFAULT ESCAPE'
  ).split(' '),
);
const TABLES_FOLLOW = new Set(['FROM', 'JOIN', 'INTO', 'UPDATE']);
const CLAUSES = new Set([
  'SELECT',
  'FROM',
  'WHERE',
  'GROUP',
  'ORDER',
  'HAVING',
  'SET',
  'VALUES',
  'ON',
  'INTO',
  'UPDATE',
]);
const COMPARISONS = new Set(['=', '<>', '!=', '<', '>', '<=', '>=']);
const ARITHMETIC = new Set(['+', '-', '*', '/', '%', '&', '|', '^']);
const OUTSIDERS = new Set([
  'LIMIT',
  'RETURNING',
  'GLOB',
  'REGEXP',
  'ILIKE',
  'RLIKE',
  'PRAGMA',
  'ATTACH',
  'VACUUM',
  'TRUE',
  'FALSE',
]);

/** Translates one run of tokens. */
export class Expressions {
  readonly #tokens: readonly Token[];
  readonly #scope: Scope;
  #at = 0;
  #clause: string;

  constructor(tokens: readonly Token[], scope: Scope, clause = '') {
    this.#tokens = tokens;
    this.#scope = scope;
    this.#clause = clause;
  }

  get ended(): boolean {
    return this.#at >= this.#tokens.length;
  }

  /** Everything, clauses and all. */
  all(): string {
    const parts: string[] = [];
    let tableNext = this.#clause === 'FROM';
    while (!this.ended) {
      const token = this.#peek();
      const { upper, text } = token;
      if (tableNext && upper !== 'SELECT' && upper !== 'VALUES') {
        parts.push(this.#table());
        tableNext = false;
      } else if (upper === 'WITH' && this.#clause === 'FROM') {
        this.#hint();
      } else if (token.kind === 'word' && KEYWORDS.has(upper) && !this.#beginsOperand(token)) {
        this.#at += 1;
        if (CLAUSES.has(upper)) this.#clause = upper;
        if (upper === 'JOIN') this.#clause = 'FROM';
        tableNext = TABLES_FOLLOW.has(upper);
        parts.push(upper);
      } else if (text === ',') {
        this.#at += 1;
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
      this.#at += 1;
      left = this.#combined(left, sign, this.#primary());
    }
    return left;
  }

  #peekMark(): string | undefined {
    const token = this.#tokens[this.#at];
    if (token?.kind !== 'mark' || !ARITHMETIC.has(token.text)) return undefined;
    return this.#tokens[this.#at + 1] === undefined ? undefined : token.text;
  }

  #combined(left: Operand, sign: string, right: Operand): Operand {
    const isNumber = (one: Operand): boolean => one.type !== undefined && !isText(one.type.name);
    const joins = sign === '+' && !isNumber(left) && !isNumber(right);
    const type: SqlType | undefined = joins
      ? { name: 'nvarchar', length: 4000 }
      : isNumber(left)
        ? left.type
        : right.type;
    const operator = joins ? '||' : sign;
    const [one, two] = joins ? [left.sql, right.sql] : [converted(left, right.type), converted(right, left.type)];
    const sql = `(${one} ${operator} ${two})`;
    const isConstant = left.constant !== undefined && right.constant !== undefined;
    return {
      sql,
      ...(type === undefined ? {} : { type }),
      ...(isConstant ? { constant: { value: () => this.#scope.evaluate(sql) } } : {}),
    };
  }

  /** An expression and what it is compared with. */
  #condition(): string {
    const left = this.operand();
    const token = this.#tokens[this.#at];
    if (token === undefined) return left.sql;
    if (token.upper === 'COLLATE') {
      this.#at += 2;
      return left.sql;
    }
    if (COMPARISONS.has(token.text)) return this.#comparison(left, token.text);
    const negated = token.upper === 'NOT' ? 1 : 0;
    const word = this.#tokens[this.#at + negated]?.upper;
    if (word === 'LIKE' || word === 'IN' || word === 'BETWEEN') {
      this.#at += negated + 1;
      const sql = word === 'LIKE' ? this.#like(left) : word === 'IN' ? this.#in(left) : this.#between(left);
      return negated === 1 ? `NOT (${sql})` : `(${sql})`;
    }
    this.#alias(left);
    return left.sql;
  }

  #comparison(left: Operand, sign: string): string {
    this.#at += 1;
    const right = this.operand();
    if (this.#clause === 'SET') return `${left.sql} = ${converted(right, left.type)}`;
    if (this.#clause === 'SELECT' && sign === '=') return `${right.sql} AS ${left.sql}`;
    return compared(left, sign, right);
  }

  #like(left: Operand): string {
    const pattern = this.operand();
    let escaping: string | undefined;
    if (this.#tokens[this.#at]?.upper === 'ESCAPE') {
      this.#at += 1;
      escaping = String(this.operand().constant?.value() ?? '');
    }
    return like(left, pattern, escaping);
  }

  #in(left: Operand): string {
    const inner = this.#group();
    if (isQuery(inner)) return `${left.sql} IN (${queryOf(inner, this.#scope)})`;
    const values = split(inner).map((part) => new Expressions(part, this.#scope).operand());
    return values.map((value) => compared(left, '=', value)).join(' OR ');
  }

  #between(left: Operand): string {
    const low = this.operand();
    if (this.#peek().upper !== 'AND') throw syntaxError(this.#peek().text);
    this.#at += 1;
    return `${compared(left, '>=', low)} AND ${compared(left, '<=', this.operand())}`;
  }

  /** Keeps the type of `expression AS name`. */
  #alias(operand: Operand): void {
    if (this.#clause !== 'SELECT' || operand.type === undefined) return;
    const isAs = this.#tokens[this.#at]?.upper === 'AS';
    const name = this.#tokens[this.#at + (isAs ? 1 : 0)];
    if (name === undefined || name.kind === 'mark' || (!isAs && KEYWORDS.has(name.upper))) return;
    this.#scope.aliases.set(name.value.toLowerCase(), operand.type);
  }

  #primary(): Operand {
    const token = this.#peek();
    this.#at += 1;
    switch (token.kind) {
      case 'string':
        return text(token, this.#scope);
      case 'number':
        return number(token);
      case 'parameter':
      case 'global':
        return this.#variable(token);
      case 'name':
        return this.#name(token);
      case 'word':
        if (token.upper === 'NULL') return { sql: 'NULL', constant: { value: () => null } };
        if (token.upper === 'CASE') return this.#case();
        if (token.upper === 'NOT') return { sql: `NOT ${this.#condition()}` };
        if (KEYWORDS.has(token.upper) && !this.#beginsOperand(token)) throw keywordError(token.text);
        return this.#name(token);
      case 'mark':
        if (token.text === '(') return this.#parenthesis();
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
    this.#at -= 1;
    const inner = this.#group();
    if (isQuery(inner)) return { sql: `(${queryOf(inner, this.#scope)})` };
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
    const start = this.#at;
    let depth = 1;
    while (depth > 0) {
      const { upper } = this.#peek();
      depth += upper === 'CASE' ? 1 : upper === 'END' ? -1 : 0;
      this.#at += 1;
    }
    const inner = this.#tokens.slice(start, this.#at - 1);
    const then = inner.findIndex((token) => token.upper === 'THEN');
    const { type } = new Expressions(inner.slice(then + 1), this.#scope).operand();
    const sql = `CASE ${new Expressions(inner, this.#scope).all()} END`;
    return { sql, ...(type === undefined ? {} : { type }) };
  }

  /** A column, with or without its table, or a function. */
  #name(first: Token): Operand {
    if (this.#tokens[this.#at]?.text === '(' && first.kind === 'word') return this.#function(first);
    const parts = this.#parts(first);
    const isAll = this.#tokens[this.#at]?.text === '.' && this.#tokens[this.#at + 1]?.text === '*';
    const rest = withoutSchema(parts, this.#scope.database);
    for (const part of rest) this.#scope.names.add(part.toLowerCase());
    if (isAll) {
      this.#at += 2;
      return { sql: `${rest.map(quotedName).join('.')}.*` };
    }
    if (first.kind === 'word' && parts.length === 1 && OUTSIDERS.has(first.upper)) {
      // Behind a table it would be the table's other name, and what follows is wrong.
      const wrong = this.#clause === 'FROM' ? this.#tokens[this.#at] : first;
      throw syntaxError(wrong?.text ?? first.text);
    }
    const type = columnType(rest, this.#scope);
    return { sql: rest.map(quotedName).join('.'), isColumn: true, ...(type === undefined ? {} : { type }) };
  }

  #function(token: Token): Operand {
    const inner = this.#group();
    const converts = cast(token.upper, inner, this.#scope, (tokens) => new Expressions(tokens, this.#scope).operand());
    if (converts !== undefined) return converts;
    if (token.upper === 'EXISTS') return { sql: `EXISTS (${queryOf(inner, this.#scope)})` };
    const distinct = inner[0]?.upper === 'DISTINCT' ? 1 : 0;
    const args = split(inner.slice(distinct)).map((part) => this.#inner(part));
    const [one, ...others] = args;
    const all = distinct === 1 && one !== undefined ? [{ ...one, sql: `DISTINCT ${one.sql}` }, ...others] : args;
    const made = functionCall(token.text, all, this.#scope);
    if (this.#tokens[this.#at]?.upper !== 'OVER') return made;
    this.#at += 1;
    return { ...made, sql: `${made.sql} OVER (${new Expressions(this.#group(), this.#scope, 'ORDER').all()})` };
  }

  #table(): string {
    const token = this.#peek();
    if (token.text === '(') {
      const inner = this.#group();
      return isQuery(inner)
        ? `(${queryOf(inner, this.#scope)})`
        : `(${new Expressions(inner, this.#scope, 'FROM').all()})`;
    }
    this.#at += 1;
    if (token.kind !== 'word' && token.kind !== 'name') throw syntaxError(token.text);
    if (token.upper === 'OPENQUERY') return this.#openQuery();
    if (token.kind === 'word' && KEYWORDS.has(token.upper)) throw keywordError(token.text);
    const action: Action = this.#clause === 'INTO' || this.#clause === 'UPDATE' ? this.#scope.action : 'SELECT';
    const parts = this.#parts(token);
    const isDelete = this.#scope.action === 'DELETE' && this.#scope.tables.size === 0;
    const name = tableName(parts, this.#scope, isDelete ? 'DELETE' : action);
    if (parts.length > 2 && parts.length - 1 > withoutSchema(parts, this.#scope.database).length + 1)
      throw noSuchObject(parts.join('.'));
    this.#hint();
    return quotedName(name);
  }

  /** `WITH (NOLOCK)`, before or behind the table's other name. */
  #hint(): void {
    const behind =
      ['word', 'name'].includes(this.#tokens[this.#at]?.kind ?? '') && this.#tokens[this.#at]?.upper !== 'WITH';
    if (behind || this.#tokens[this.#at]?.upper !== 'WITH') return;
    this.#at += 1;
    this.#group();
  }

  #openQuery(): string {
    const [server, query, ...others] = split(this.#group());
    const name = server?.[0];
    const inner = query?.[0];
    const bad = others[0]?.[0] ?? query?.[1] ?? (inner?.kind === 'string' ? undefined : inner) ?? server?.[1];
    if (bad !== undefined || inner === undefined || name === undefined) throw syntaxError(bad?.text ?? ')');
    if (inner.value.length > 8000) {
      const start = inner.value.slice(0, 100);
      throw new SqlServerError(
        103,
        `The character string that starts with '${start}' is too long. Maximum length is 8000.`,
        15,
      );
    }
    const table = `openquery ${this.#scope.linked.length + 1}`;
    this.#scope.linked.push({ server: name.value, text: inner.value, table });
    return quotedName(table);
  }

  #parts(first: Token): string[] {
    const parts = [first.value];
    while (this.#tokens[this.#at]?.text === '.') {
      const next = this.#tokens[this.#at + 1];
      if (next?.text === '*') break;
      this.#at += 1;
      // `crm..customers` leaves the schema out.
      if (next?.text === '.') {
        parts.push('');
        continue;
      }
      if (next === undefined || (next.kind !== 'word' && next.kind !== 'name')) throw syntaxError(next?.text ?? '.');
      this.#at += 1;
      parts.push(next.value);
    }
    return parts;
  }

  /** The tokens inside the bracket that opens here. */
  #group(): Token[] {
    if (this.#peek().text !== '(') throw syntaxError(this.#peek().text);
    const start = this.#at + 1;
    let depth = 0;
    do {
      const { text: mark } = this.#peek();
      depth += mark === '(' ? 1 : mark === ')' ? -1 : 0;
      this.#at += 1;
    } while (depth > 0);
    return this.#tokens.slice(start, this.#at - 1);
  }

  #beginsOperand(token: Token): boolean {
    const { upper } = token;
    if (upper === 'CASE' || upper === 'NULL') return true;
    const called = this.#tokens[this.#tokens.indexOf(token) + 1]?.text === '(';
    return called && (upper === 'EXISTS' || isFunction(upper));
  }

  #peek(): Token {
    const token = this.#tokens[this.#at];
    if (token === undefined) throw syntaxError(this.#tokens.at(-1)?.text ?? '');
    return token;
  }
}

export function keywordError(word: string): SqlServerError {
  return new SqlServerError(156, `Incorrect syntax near the keyword '${word}'.`, 15);
}

function text(token: Token, scope: Scope): Operand {
  scope.names.add(token.value.toLowerCase());
  // Without N the text goes through the code page.
  const value = token.wide ? token.value : codePageText(codePageBytes(token.value));
  const type: SqlType = { name: token.wide ? 'nvarchar' : 'varchar', length: Math.max(1, value.length) };
  return { sql: literal(value), type, constant: { value: () => value } };
}

function number(token: Token): Operand {
  if (/^0x/i.test(token.text)) {
    const bytes = Buffer.from(token.text.slice(2), 'hex');
    return { sql: literal(bytes), type: { name: 'varbinary', length: 8000 }, constant: { value: () => bytes } };
  }
  const isWhole = /^\d+$/.test(token.text);
  const name = isWhole ? (Number(token.text) > 2_147_483_647 ? 'bigint' : 'int') : 'float';
  const value = isWhole ? BigInt(token.text) : Number(token.text);
  return { sql: token.text, type: { name }, constant: { value: () => value } };
}

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
