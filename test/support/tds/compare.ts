/**
 * Comparisons as the collation SQL_Latin1_General_CP1_CI_AS makes them: without
 * case, with accents, and `=` without the spaces at the end. SQLite folds the
 * case of ASCII only, so that of other letters is folded in the SQL.
 */
import { convert } from './convert.ts';
import { literal } from './scope.ts';
import { SqlServerError } from './tokens.ts';
import { isText, type SqlType } from './types.ts';
import type { Cell } from './values.ts';

/** A translated expression. */
export interface Operand {
  readonly sql: string;
  readonly type?: SqlType;
  /** It names no column: its value is known before the query runs. */
  readonly constant?: { readonly value: () => Cell };
  /** A column of a table, which has the collation and perhaps an index. */
  readonly isColumn?: boolean;
}

const LIKE_ESCAPE = '\\';

/** `left operator right`. */
export function compared(left: Operand, operator: string, right: Operand): string {
  const sign = operator === '!=' ? '<>' : operator;
  if (isTextual(left) && isTextual(right)) return texts(left, sign, right);
  if (right.constant !== undefined) return `${left.sql} ${sign} ${converted(right, left.type)}`;
  if (left.constant !== undefined) return `${converted(left, right.type)} ${sign} ${right.sql}`;
  return `${left.sql} ${sign} ${right.sql}`;
}

/** The operand's SQL, a text constant being converted to the type that it meets. */
export function converted(operand: Operand, type: SqlType | undefined): string {
  const { constant, type: own } = operand;
  if (constant === undefined || type === undefined || own === undefined) return operand.sql;
  if (!isText(own.name) || isText(type.name)) return operand.sql;
  return literal(convert({ type: own, value: constant.value() }, type));
}

export function isTextual(operand: Operand): boolean {
  return operand.type !== undefined && isText(operand.type.name);
}

function texts(left: Operand, sign: string, right: Operand): string {
  if (left.constant !== undefined && right.constant === undefined) return texts(right, mirrored(sign), left);
  if (right.constant === undefined) {
    if (left.isColumn === true && right.isColumn === true) return `${left.sql} ${sign} ${right.sql}`;
    return `rtrim(${left.sql}) ${sign} rtrim(${right.sql}) COLLATE NOCASE`;
  }
  const value = right.constant.value();
  if (typeof value !== 'string') return `${left.sql} ${sign} ${literal(value)}`;
  const wanted = value.replace(/ +$/, '');
  const { sql, text } = folded(left.sql, wanted);
  if (left.isColumn === true && sql === left.sql && sign === '=' && !/[\0]/.test(wanted)) {
    // Written so that an index serves it: `!` follows the space.
    const padded = `${sql} >= ${literal(`${wanted} `)} AND ${sql} < ${literal(`${wanted}!`)} AND rtrim(${sql}) = ${literal(wanted)}`;
    return `(${sql} = ${literal(wanted)} OR (${padded}))`;
  }
  return `rtrim(${sql}) ${sign} ${literal(text)} COLLATE NOCASE`;
}

function mirrored(sign: string): string {
  return { '<': '>', '>': '<', '<=': '>=', '>=': '<=' }[sign] ?? sign;
}

/** Both sides with the letters beyond ASCII that stand in the text in lower case. */
function folded(sql: string, text: string): { sql: string; text: string } {
  const letters = new Set([...text].filter((one) => one > '\x7f' && one.toLowerCase() !== one.toUpperCase()));
  let folding = sql;
  let lower = text;
  for (const letter of letters) {
    const small = letter.toLowerCase();
    folding = `replace(${folding}, ${literal(letter.toUpperCase())}, ${literal(small)})`;
    lower = lower.replaceAll(letter, small);
  }
  return { sql: folding, text: lower };
}

/** `left LIKE pattern ESCAPE …`; in a pattern `[` begins a set of characters. */
export function like(left: Operand, pattern: Operand, escaping: string | undefined): string {
  if (escaping !== undefined && [...escaping].length !== 1) {
    const words = `The invalid escape character "${escaping}" was specified in a LIKE predicate.`;
    throw new SqlServerError(506, words);
  }
  if (pattern.constant === undefined) return `${left.sql} LIKE ${pattern.sql}`;
  const value = pattern.constant.value();
  if (value === null) return 'NULL';
  const text = String(value);
  // SQLite would take the pattern to end there.
  if (text.includes('\0')) return '0';
  const withSets = piecesOf(text, escaping);
  if (withSets.some((piece) => piece.kind === 'set')) return `lower(${left.sql}) GLOB ${literal(glob(withSets))}`;
  const { sql, text: lower } = folded(left.sql, text);
  const pieces = piecesOf(lower, escaping);
  return `${sql} LIKE ${literal(pieces.map(likePiece).join(''))} ESCAPE ${literal(LIKE_ESCAPE)}`;
}

interface Piece {
  readonly kind: 'many' | 'one' | 'set' | 'plain';
  readonly text: string;
}

function piecesOf(pattern: string, escaping: string | undefined): Piece[] {
  const pieces: Piece[] = [];
  const characters = [...pattern];
  for (let at = 0; at < characters.length; at += 1) {
    const one = characters[at] ?? '';
    if (one === escaping && at + 1 < characters.length) {
      at += 1;
      pieces.push({ kind: 'plain', text: characters[at] ?? '' });
    } else if (one === '%') {
      pieces.push({ kind: 'many', text: one });
    } else if (one === '_') {
      pieces.push({ kind: 'one', text: one });
    } else if (one === '[') {
      const end = characters.indexOf(']', at + 1);
      // A set that is not closed matches nothing.
      if (end === -1) return [{ kind: 'set', text: '' }];
      pieces.push({ kind: 'set', text: characters.slice(at + 1, end).join('') });
      at = end;
    } else {
      pieces.push({ kind: 'plain', text: one });
    }
  }
  return pieces;
}

function likePiece({ kind, text }: Piece): string {
  return kind === 'plain' && (text === '%' || text === '_' || text === LIKE_ESCAPE) ? `${LIKE_ESCAPE}${text}` : text;
}

function glob(pieces: readonly Piece[]): string {
  return pieces
    .map(({ kind, text }) => {
      if (kind === 'many') return '*';
      if (kind === 'one') return '?';
      if (kind === 'plain')
        return '*?['.includes(text) || text > '\x7f' ? `[${text}${capitals(text)}]` : text.toLowerCase();
      if (text === '') return '[^\x01-\u{10ffff}]';
      const [, not = '', letters = ''] = /^(\^?)(.*)$/s.exec(text.toLowerCase()) ?? [];
      return `[${not}${capitals(letters)}${letters}]`;
    })
    .join('');
}

/** The capitals of the letters beyond ASCII, whose case SQLite does not fold. */
function capitals(letters: string): string {
  return Array.from(letters.toLowerCase())
    .filter((letter) => letter > '\x7f' && letter.toUpperCase() !== letter && letter.toUpperCase().length === 1)
    .map((letter) => letter.toUpperCase())
    .join('');
}
