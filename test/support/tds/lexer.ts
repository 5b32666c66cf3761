/** Words of T-SQL. */
import { SqlServerError } from './tokens.ts';

/**
 * - `word`: a keyword or a plain name; `name`: one in brackets or double quotes
 * - `string`: `N'…'` or `'…'`, its `value` unquoted
 * - `parameter`: `@p1`; `global`: `@@VERSION`
 */
export interface Token {
  readonly kind: 'word' | 'name' | 'string' | 'number' | 'parameter' | 'global' | 'mark';
  /** As it stands in the text. */
  readonly text: string;
  /** Without quotes. */
  readonly value: string;
  /** In capitals: keywords are compared by this. Names in quotes are never keywords. */
  readonly upper: string;
  /** A string with N before it holds any character. */
  readonly wide: boolean;
}

const WORD = /[\p{L}_#][\p{L}\p{N}_@#$]*/uy;
const VARIABLE = /@@?[\p{L}\p{N}_@#$]+/uy;
const NUMBER = /0x[0-9a-f]*|(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?/iy;
const MARK = /<>|<=|>=|!=|[-+*/%=<>(),.;&|^~]/y;
const QUOTES: Readonly<Record<string, string>> = { '[': ']', '"': '"', "'": "'" };

/** @throws SqlServerError 105 for a quote that is not closed, 102 for what T-SQL does not know, 113 for a comment left open */
export function tokensOf(sql: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(sql)?.[0];
  };
  while (at < sql.length) {
    const rest = sql.slice(at, at + 2);
    const one = rest.charAt(0);
    if (/[\s\0\uFEFF]/.test(one)) {
      at += 1;
    } else if (rest === '--') {
      const end = sql.indexOf('\n', at);
      at = end === -1 ? sql.length : end;
    } else if (rest === '/*') {
      at = endOfComment(sql, at);
    } else if (one in QUOTES || /^[Nn]'/.test(rest)) {
      const token = quoted(sql, at);
      tokens.push(token);
      at += token.text.length;
    } else {
      const token = plain(take);
      if (token === undefined) throw syntaxError(one);
      tokens.push(token);
      at += token.text.length;
    }
  }
  return tokens;
}

/** 102, SQL Server's answer to what it cannot parse. */
export function syntaxError(near: string): SqlServerError {
  return new SqlServerError(102, `Incorrect syntax near '${near}'.`, 15);
}

function plain(take: (pattern: RegExp) => string | undefined): Token | undefined {
  const word = take(WORD);
  if (word !== undefined) return make('word', word, word);
  const variable = take(VARIABLE);
  if (variable !== undefined) return make(variable.startsWith('@@') ? 'global' : 'parameter', variable, variable);
  const number = take(NUMBER);
  if (number !== undefined) return make('number', number, number);
  const mark = take(MARK);
  return mark === undefined ? undefined : make('mark', mark, mark);
}

function make(kind: Token['kind'], text: string, value: string, wide = false): Token {
  return { kind, text, value, upper: kind === 'name' || kind === 'string' ? '' : value.toUpperCase(), wide };
}

function quoted(sql: string, start: number): Token {
  const wide = /[Nn]/.test(sql.charAt(start));
  const open = wide ? "'" : sql.charAt(start);
  const close = QUOTES[open] ?? open;
  let value = '';
  let at = start + (wide ? 2 : 1);
  for (;;) {
    const end = sql.indexOf(close, at);
    if (end === -1) {
      const text = `Unclosed quotation mark after the character string '${sql.slice(start + 1, start + 120)}'.`;
      throw new SqlServerError(105, text, 15);
    }
    value += sql.slice(at, end);
    at = end + 1;
    if (sql.charAt(at) !== close) break;
    value += close;
    at += 1;
  }
  if (open !== "'") return make('name', sql.slice(start, at), value);
  // A backslash at the end of a line joins it to the next.
  return make('string', sql.slice(start, at), value.replaceAll(/\\\r?\n/g, ''), wide);
}

/** Comments nest. */
function endOfComment(sql: string, start: number): number {
  let depth = 0;
  for (let at = start; at < sql.length; at += 1) {
    const two = sql.slice(at, at + 2);
    if (two !== '/*' && two !== '*/') continue;
    depth += two === '/*' ? 1 : -1;
    at += 1;
    if (depth === 0) return at + 1;
  }
  throw new SqlServerError(113, "Missing end comment mark '*/'.", 15);
}

const STARTERS = new Set(
  'SELECT INSERT UPDATE DELETE WITH EXEC EXECUTE DROP CREATE ALTER TRUNCATE WAITFOR SET BEGIN COMMIT ROLLBACK DECLARE USE PRINT RAISERROR THROW SAVE'.split(
    ' ',
  ),
);
const BEFORE_SELECT = new Set(['UNION', 'ALL', 'EXCEPT', 'INTERSECT', 'AS']);

/** The statements of a batch. No semicolon is needed between them: `SELECT 1 DROP TABLE t` is two. */
export function statementsOf(tokens: readonly Token[]): Token[][] {
  const statements: Token[][] = [];
  let current: Token[] = [];
  let depth = 0;
  for (const token of tokens) {
    if (token.text === '(') depth += 1;
    if (token.text === ')') depth -= 1;
    const starts = depth === 0 && STARTERS.has(token.upper) && startsNew(token, current);
    if ((starts || (token.text === ';' && depth === 0)) && current.length > 0) {
      statements.push(current);
      current = [];
    }
    if (token.text !== ';') current.push(token);
  }
  if (current.length > 0) statements.push(current);
  return statements;
}

function startsNew(token: Token, current: readonly Token[]): boolean {
  const first = current[0]?.upper ?? '';
  const last = current.at(-1);
  if (last?.text === '.' || last?.upper === 'AS') return false;
  const has = (word: string): boolean => current.some((one) => one.upper === word);
  switch (token.upper) {
    case 'SELECT':
      if (last !== undefined && BEFORE_SELECT.has(last.upper)) return false;
      return !(['INSERT', 'WITH', 'CREATE'].includes(first) && !has('SELECT') && !has('VALUES'));
    case 'INSERT':
    case 'UPDATE':
    case 'DELETE':
      return !(first === 'WITH' && !has('SELECT')) && last?.upper !== 'ON';
    case 'SET':
      return first !== 'UPDATE' || has('SET');
    case 'WITH':
      // Hints: `FROM t WITH (NOLOCK)`.
      return false;
    case 'EXEC':
    case 'EXECUTE':
      return first !== 'INSERT';
    case 'DROP':
    case 'ALTER':
    case 'CREATE':
      return first !== 'ALTER';
    default:
      return true;
  }
}
