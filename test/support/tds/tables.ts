/** What stands where a table does: a table or view, a query in brackets, `OPENQUERY`. */
import { KEYWORDS, keywordError } from './keywords.ts';
import { syntaxError, type Token } from './lexer.ts';
import { isQuery, split, type TokenReader } from './reader.ts';
import { type Action, noSuchObject, quotedName, type Scope, tableName, withoutSchema } from './scope.ts';
import { SqlServerError } from './tokens.ts';

/** The longest inner text that OPENQUERY takes. */
const LONGEST_INNER_TEXT = 8000;

/**
 * Takes a table with its hints, and gives SQLite's name for it.
 * @param clause the word before it
 * @param joined translates what is joined in brackets
 */
export function tableOf(
  reader: TokenReader,
  scope: Scope,
  clause: string,
  joined: (tokens: readonly Token[]) => string,
): string {
  const token = reader.peek();
  if (token.text === '(') {
    const inner = reader.group();
    return `(${isQuery(inner) ? scope.query(inner) : joined(inner)})`;
  }
  reader.skip();
  // A table variable.
  if (token.kind === 'parameter') return quotedName(token.value.toLowerCase());
  if (token.kind !== 'word' && token.kind !== 'name') throw syntaxError(token.text);
  if (token.upper === 'OPENQUERY') return openQueryOf(reader, scope);
  if (token.kind === 'word' && KEYWORDS.has(token.upper)) throw keywordError(token.text);
  const action: Action = clause === 'INTO' || clause === 'UPDATE' ? scope.action : 'SELECT';
  const parts = reader.nameParts(token);
  const isDelete = scope.action === 'DELETE' && scope.tables.size === 0;
  const name = tableName(parts, scope, isDelete ? 'DELETE' : action);
  if (parts.length > 2 && parts.length - 1 > withoutSchema(parts, scope.database).length + 1)
    throw noSuchObject(parts.join('.'));
  skipHint(reader);
  return quotedName(name);
}

/** Takes `WITH (NOLOCK)`, before or behind the table's other name. */
export function skipHint(reader: TokenReader): void {
  const behind = ['word', 'name'].includes(reader.ahead()?.kind ?? '') && reader.ahead()?.upper !== 'WITH';
  if (behind || reader.ahead()?.upper !== 'WITH') return;
  reader.skip();
  reader.group();
}

function openQueryOf(reader: TokenReader, scope: Scope): string {
  const [server, query, ...others] = split(reader.group());
  const name = server?.[0];
  const inner = query?.[0];
  const bad = others[0]?.[0] ?? query?.[1] ?? (inner?.kind === 'string' ? undefined : inner) ?? server?.[1];
  if (bad !== undefined || inner === undefined || name === undefined) throw syntaxError(bad?.text ?? ')');
  if (inner.value.length > LONGEST_INNER_TEXT) {
    const start = inner.value.slice(0, 100);
    throw new SqlServerError(
      103,
      `The character string that starts with '${start}' is too long. Maximum length is 8000.`,
      15,
    );
  }
  const table = `openquery ${scope.linked.length + 1}`;
  scope.linked.push({ server: name.value, text: inner.value, table });
  return quotedName(table);
}
