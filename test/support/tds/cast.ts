/** CAST, CONVERT and their forgiving sisters. */
import type { Operand } from './compare.ts';
import { convert } from './convert.ts';
import { syntaxError, type Token } from './lexer.ts';
import { split } from './reader.ts';
import { literal, type Scope } from './scope.ts';
import { SqlServerError } from './tokens.ts';
import { isInteger, isMoment, isText, type SqlType, typeOf } from './types.ts';
import type { Cell } from './values.ts';

const NAMES = new Set(['CAST', 'CONVERT', 'TRY_CAST', 'TRY_CONVERT']);

/** Undefined when the function is another. */
export function cast(
  name: string,
  inner: readonly Token[],
  scope: Scope,
  operandOf: (tokens: readonly Token[]) => Operand,
): Operand | undefined {
  if (!NAMES.has(name)) return undefined;
  const { typeTokens, valueTokens, styleTokens } = name.endsWith('CAST') ? castParts(inner) : convertParts(inner);
  const type = declaredType(typeTokens);
  const operand = operandOf(valueTokens);
  const style = styleTokens === undefined ? 0 : Number(operandOf(styleTokens).constant?.value() ?? 0);
  const from = operand.type;
  if (operand.constant !== undefined && (from === undefined || isText(from.name))) {
    const source = operand.constant;
    const value = (): Cell => {
      try {
        // `0x…` as it is written in style 1.
        if (type.name === 'varbinary' && style === 1) return Buffer.from(String(source.value()).slice(2), 'hex');
        return convert({ type: from ?? type, value: source.value() }, type);
      } catch (error) {
        if (name.startsWith('TRY_') && error instanceof SqlServerError) return null;
        throw error;
      }
    };
    return { sql: literal(value()), type, constant: { value } };
  }
  const sql = castSql(operand, type, style);
  return { sql, type, ...(operand.constant ? { constant: { value: () => scope.evaluate(sql) } } : {}) };
}

function castParts(inner: readonly Token[]): Parts {
  const at = inner.findLastIndex((token) => token.upper === 'AS');
  if (at === -1) throw syntaxError(inner.at(-1)?.text ?? ')');
  return { valueTokens: inner.slice(0, at), typeTokens: inner.slice(at + 1), styleTokens: undefined };
}

interface Parts {
  readonly typeTokens: readonly Token[];
  readonly valueTokens: readonly Token[];
  readonly styleTokens: readonly Token[] | undefined;
}

function convertParts(inner: readonly Token[]): Parts {
  const [typeTokens = [], valueTokens = [], styleTokens] = split(inner);
  return { typeTokens, valueTokens, styleTokens };
}

/** `nvarchar(50)`, `[decimal](10, 2)`. A text type without a length is of 30 characters. */
export function declaredType(tokens: readonly Token[], length = '30'): SqlType {
  const [name, ...rest] = tokens;
  if (name === undefined) throw syntaxError(')');
  const sizes = rest.filter((token) => token.kind === 'number' || token.upper === 'MAX').map((token) => token.text);
  const type = typeOf(name.value, sizes.length === 0 && /char$|binary$/i.test(name.value) ? [length] : sizes);
  if (type !== undefined) return type;
  throw new SqlServerError(243, `Type ${name.value} is not a defined system type.`);
}

function castSql(operand: Operand, type: SqlType, style: number): string {
  const { sql, type: from } = operand;
  if (isText(type.name)) {
    const text = from === undefined ? `CAST(${sql} AS TEXT)` : textOf(sql, from, style);
    return type.length === undefined || type.length > 4000 ? text : `substr(${text}, 1, ${type.length})`;
  }
  if (isInteger(type.name)) return `CAST(${sql} AS INTEGER)`;
  if (type.name === 'bit') return `(CASE WHEN ${sql} IS NULL THEN NULL ELSE CAST(${sql} AS INTEGER) <> 0 END)`;
  if (type.name === 'float' || type.name === 'real') return `CAST(${sql} AS REAL)`;
  if (type.name === 'date') return `substr(${sql}, 1, 10)`;
  return sql;
}

function textOf(sql: string, from: SqlType, style: number): string {
  if (from.name === 'decimal' || from.name === 'money') {
    const places = from.name === 'money' ? 2 : (from.scale ?? 0);
    return `(CASE typeof(${sql}) WHEN 'text' THEN ${sql} ELSE printf('%.${places}f', ${sql}) END)`;
  }
  if (from.name === 'varbinary' && style > 0) return `('${style === 1 ? '0x' : ''}' || hex(${sql}))`;
  if (!isMoment(from.name)) return `CAST(${sql} AS TEXT)`;
  if (style === 127 && from.name === 'datetimeoffset') return inUtc(sql);
  if (style === 126 || style === 127) return `replace(${sql}, ' ', 'T')`;
  if (style === 23) return `substr(${sql}, 1, 10)`;
  if (style === 112) return `replace(substr(${sql}, 1, 10), '-', '')`;
  return sql;
}

/** With all its digits where it is in UTC already; SQLite's own functions know milliseconds only. */
function inUtc(sql: string): string {
  const other = `strftime('%Y-%m-%dT%H:%M:%fZ', ${sql})`;
  return `iif(${sql} LIKE '% +00:00', replace(substr(${sql}, 1, length(${sql}) - 7), ' ', 'T') || 'Z', ${other})`;
}
