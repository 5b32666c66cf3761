/** Queries: TOP, OFFSET … FETCH and set operators, whose order differs from SQLite's. */
import { Expressions } from './expressions.ts';
import { keywordError } from './keywords.ts';
import { syntaxError, type Token } from './lexer.ts';
import type { Scope } from './scope.ts';
import { SqlServerError } from './tokens.ts';

const SET_OPERATORS = new Set(['UNION', 'EXCEPT', 'INTERSECT']);

/** `SELECT …`, or `WITH … SELECT …`, in SQLite's SQL. */
export function queryOf(tokens: readonly Token[], scope: Scope): string {
  const start = indexAt(tokens, (token) => token.upper === 'SELECT');
  if (start === -1) throw syntaxError(tokens.at(-1)?.text ?? '');
  const before = tokens.slice(0, start);
  const common = before.length === 0 ? '' : `${commonTables(before, scope)} `;
  const members: string[] = [];
  const operators: string[] = [];
  let member: Token[] = [];
  let depth = 0;
  const rest = withoutOption(tokens.slice(start));
  for (const [index, token] of rest.entries()) {
    depth += token.text === '(' ? 1 : token.text === ')' ? -1 : 0;
    if (depth === 0 && SET_OPERATORS.has(token.upper)) {
      members.push(memberOf(member, scope, true));
      operators.push(rest[index + 1]?.upper === 'ALL' ? `${token.upper} ALL` : token.upper);
      member = [];
    } else if (!(token.upper === 'ALL' && member.length === 0)) {
      member.push(token);
    }
  }
  members.push(memberOf(member, scope, false));
  return common + members.map((sql, index) => (index === 0 ? sql : `${operators[index - 1]} ${sql}`)).join(' ');
}

/** The first place outside of brackets. */
function indexAt(tokens: readonly Token[], is: (token: Token) => boolean): number {
  let depth = 0;
  return tokens.findIndex((token) => {
    depth += token.text === '(' ? 1 : token.text === ')' ? -1 : 0;
    return depth === 0 && is(token);
  });
}

/** `WITH name (columns) AS (query), …`. */
function commonTables(tokens: readonly Token[], scope: Scope): string {
  return new Expressions(tokens, scope).all();
}

/** `OPTION (RECOMPILE)` is advice. */
function withoutOption(tokens: readonly Token[]): readonly Token[] {
  const at = indexAt(tokens, (token) => token.upper === 'OPTION');
  return at === -1 ? tokens : tokens.slice(0, at);
}

function memberOf(tokens: readonly Token[], scope: Scope, wrapped: boolean): string {
  if (tokens[0]?.upper !== 'SELECT') throw syntaxError(tokens[0]?.text ?? '');
  let at = 1;
  const distinct = tokens[at]?.upper === 'DISTINCT';
  if (distinct || tokens[at]?.upper === 'ALL') at += 1;
  let limit: string | undefined;
  if (tokens[at]?.upper === 'TOP') {
    const top = topOf(tokens, at + 1, scope);
    limit = top.limit;
    at = top.next;
  }
  const page = indexAt(tokens, (token) => token.upper === 'OFFSET');
  const body = tokens.slice(at, page === -1 ? undefined : page);
  if (body.length === 0) throw syntaxError(tokens.at(-1)?.text ?? 'SELECT');
  if (body[0]?.upper === 'FROM') throw keywordError(body[0].text);
  const learnt = tablesFirst(body, scope);
  const order = indexAt(body, (token) => token.upper === 'ORDER');
  if (page !== -1 && order === -1) throw syntaxError(tokens[page + 1]?.text ?? 'OFFSET');
  const paging = page === -1 ? '' : ` ${pageOf(tokens.slice(page + 1), scope)}`;
  const sql = `SELECT ${distinct ? 'DISTINCT ' : ''}${learnt}`;
  if (limit === undefined) return sql + paging;
  return wrapped ? `SELECT * FROM (${sql} LIMIT ${limit})` : `${sql} LIMIT ${limit}`;
}

/** The tables of FROM are read before the columns, whose types they have. */
function tablesFirst(body: readonly Token[], scope: Scope): string {
  const from = indexAt(body, (token) => token.upper === 'FROM');
  if (from === -1) return new Expressions(body, scope, 'SELECT').all();
  const sources = new Expressions(body.slice(from), scope).all();
  return `${new Expressions(body.slice(0, from), scope, 'SELECT').all()} ${sources}`;
}

function topOf(tokens: readonly Token[], start: number, scope: Scope): { limit: string; next: number } {
  let next = start + 1;
  if (tokens[start]?.text === '(') {
    let depth = 1;
    for (; depth > 0 && next < tokens.length; next += 1) {
      const mark = tokens[next]?.text;
      depth += mark === '(' ? 1 : mark === ')' ? -1 : 0;
    }
  }
  const operand = new Expressions(tokens.slice(start, next), scope).operand();
  const count = operand.constant?.value();
  if (typeof count !== 'number' && typeof count !== 'bigint') {
    throw new SqlServerError(
      1060,
      'The number of rows provided for a TOP or FETCH clauses row count parameter must be an integer.',
      15,
    );
  }
  return { limit: String(count), next };
}

/** `n ROWS FETCH NEXT m ROWS ONLY`. */
function pageOf(tokens: readonly Token[], scope: Scope): string {
  const rows = (word: string): string => {
    const at = tokens.findIndex((token) => token.upper === word);
    const end = tokens.findIndex((token, index) => index > at && (token.upper === 'ROWS' || token.upper === 'ROW'));
    if (end === -1) throw syntaxError(tokens.at(-1)?.text ?? word);
    const start = word === '' ? 0 : at + 2;
    const value = new Expressions(tokens.slice(start, end), scope).operand().constant?.value();
    if (typeof value === 'number' || typeof value === 'bigint') return String(value);
    throw new SqlServerError(
      1060,
      'The number of rows provided for a TOP or FETCH clauses row count parameter must be an integer.',
      15,
    );
  };
  const hasFetch = tokens.some((token) => token.upper === 'FETCH');
  if (hasFetch && tokens.at(-1)?.upper !== 'ONLY') throw syntaxError(tokens.at(-1)?.text ?? 'FETCH');
  return `LIMIT ${hasFetch ? rows('FETCH') : '-1'} OFFSET ${rows('')}`;
}
