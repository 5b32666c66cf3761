/**
 * An administrator's SELECT with named parameters (`WHERE email = :email`). The text is only split at the parameters;
 * every value goes to the driver as a bound parameter, in the spelling that the driver wants.
 */
import { UserError } from '../../contract/index.ts';
import type { SqlDialect } from './dialect.ts';

/** A query split at its parameters: `pieces` is one longer than `parameters`; a name can occur several times. */
export interface NamedQuery {
  readonly pieces: readonly string[];
  /** The names without the colon, in order of appearance. */
  readonly parameters: readonly string[];
}

// What is skipped as a whole: strings, quoted identifiers, comments. Sticky, so that nothing before it is read again.
const COMMON = String.raw`'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|/\*[\s\S]*?\*/|::`;
const SKIPPED: Readonly<Record<SqlDialect, RegExp>> = {
  sqlite: new RegExp(`${COMMON}|${String.raw`\`(?:[^\`]|\`\`)*\`|\[[^\]]*\]`}`, 'y'),
  // https://dev.mysql.com/doc/refman/8.4/en/string-literals.html: a backslash escapes, # begins a comment.
  mysql:
    /'(?:[^'\\]|''|\\[\s\S])*'|"(?:[^"\\]|""|\\[\s\S])*"|--(?=\s|$)[^\n]*|#[^\n]*|\/\*[\s\S]*?\*\/|`(?:[^`]|``)*`/y,
  mssql: new RegExp(`${COMMON}|${String.raw`\[(?:[^\]]|\]\])*\]`}`, 'y'),
  // E'…' takes backslash escapes, $tag$…$tag$ takes anything (PostgreSQL manual, 4.1.2).
  postgres: new RegExp(`${String.raw`\b[eE]'(?:[^'\\]|''|\\[\s\S])*'|\$(\w*)\$[\s\S]*?\$\1\$|`}${COMMON}`, 'y'),
};

// Other spellings of parameters, which would be bound to nothing. Elsewhere these characters are operators or variables.
const FOREIGN_PARAMETER: Readonly<Partial<Record<SqlDialect, RegExp>>> = {
  sqlite: /\?\d*|[@$][A-Za-z_]\w*/y,
  mysql: /\?/y,
};

// The SQLite of the driver comes with functions that reach beyond the database: they read and write any file, or load code.
const BEYOND_THE_DATABASE: Readonly<Partial<Record<SqlDialect, RegExp>>> = {
  sqlite: /\b(?:(?:readfile|writefile|fsdir|lsmode|load_extension)\b|sqlite3mc_\w{0,60})/i,
};

const PARAMETER = /:([A-Za-z_]\w*)/y;
const UNCLOSED: ReadonlyMap<string, string> = new Map([
  ["'", "a string that begins with '"],
  ['"', 'a quoted name that begins with "'],
  ['`', 'a quoted name that begins with `'],
  ['/*', 'a comment that begins with /*'],
]);
const READS = /^(?:select|with)\b/i;

/**
 * Splits a query at its named parameters. It must be one SELECT, or WITH … SELECT, that reads its database only.
 * @throws {UserError} that says what is wrong and in which line of the query
 */
export function parseNamedQuery(sql: string, dialect: SqlDialect): NamedQuery {
  const query = new Splitter(sql, dialect).split();
  const beyond = BEYOND_THE_DATABASE[dialect]?.exec(query.pieces.join(':'));
  if (beyond) throw new UserError(`The query uses ${beyond[0]}; a source only reads its database`);
  return query;
}

/** The query for a driver: `placeholder` gives what stands for a parameter; `index` counts the occurrences from 0. */
export function renderNamedQuery(query: NamedQuery, placeholder: (name: string, index: number) => string): string {
  const [first = '', ...rest] = query.pieces;
  return rest.reduce((text, piece, index) => text + placeholder(query.parameters[index] ?? '', index) + piece, first);
}

class Splitter {
  readonly #sql: string;
  readonly #dialect: SqlDialect;
  readonly #pieces: string[] = [];
  readonly #parameters: string[] = [];
  #at = 0;
  #pieceStart = 0;
  #depth = 0;
  #begun = false;
  #end: number | undefined;

  constructor(sql: string, dialect: SqlDialect) {
    this.#sql = sql;
    this.#dialect = dialect;
  }

  split(): NamedQuery {
    while (this.#at < this.#sql.length) this.#step();
    if (!this.#begun) throw new UserError('The query is empty; write a SELECT');
    if (this.#depth > 0) throw this.#mistake('a parenthesis is not closed', this.#sql.length);
    this.#pieces.push(this.#sql.slice(this.#pieceStart, this.#end));
    return { pieces: this.#pieces, parameters: this.#parameters };
  }

  #step(): void {
    const skipped = this.#match(SKIPPED[this.#dialect]);
    if (skipped !== undefined) {
      if (!/^(?:--|\/\*|#)/.test(skipped)) this.#content(skipped);
      this.#at += skipped.length;
      return;
    }
    const foreign = FOREIGN_PARAMETER[this.#dialect];
    const other = foreign && this.#match(foreign);
    if (other !== undefined) throw this.#mistake(`"${other}" is no parameter here; write :email, :Custom5 …`);
    const parameter = this.#match(PARAMETER);
    if (parameter !== undefined) this.#parameter(parameter);
    else this.#character();
  }

  #parameter(parameter: string): void {
    this.#content(parameter);
    this.#pieces.push(this.#sql.slice(this.#pieceStart, this.#at));
    this.#parameters.push(parameter.slice(1));
    this.#at += parameter.length;
    this.#pieceStart = this.#at;
  }

  #character(): void {
    const rest = this.#sql.slice(this.#at, this.#at + 2);
    const unclosed = UNCLOSED.get(rest) ?? UNCLOSED.get(rest.charAt(0));
    if (unclosed !== undefined) throw this.#mistake(`${unclosed} is not closed`);
    const character = rest.charAt(0);
    if (/\s/.test(character)) {
      this.#at += 1;
      return;
    }
    if (character === ';' && this.#begun) {
      if (this.#end === undefined) this.#end = this.#at;
      this.#at += 1;
      return;
    }
    // A word is taken whole, so that `a:b` and `E'…'` are seen where they begin.
    const word = this.#match(/[\p{L}\p{N}_]+/uy) ?? character;
    this.#content(word);
    if (character === '(') this.#depth += 1;
    if (character === ')') this.#depth -= 1;
    if (this.#depth < 0) throw this.#mistake('a parenthesis is closed that was not opened');
    this.#at += word.length;
  }

  /** Called for everything that is neither space nor comment. */
  #content(text: string): void {
    if (this.#end !== undefined) throw this.#mistake('there is a second statement after ";"; write one SELECT');
    if (this.#begun) return;
    if (!READS.test(text))
      throw this.#mistake(`the query begins with "${text}"; it must be a SELECT (or WITH … SELECT)`);
    this.#begun = true;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.#sql)?.[0];
  }

  #mistake(what: string, at = this.#at): UserError {
    const line = this.#sql.slice(0, at).split('\n').length;
    return new UserError(`The query has a mistake in its line ${line}: ${what}`);
  }
}
