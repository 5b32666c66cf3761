/** Constants of T-SQL, with their types. */
import type { Operand } from './compare.ts';
import type { Token } from './lexer.ts';
import { literal, type Scope } from './scope.ts';
import type { SqlType } from './types.ts';
import { codePageBytes, codePageText } from './values.ts';

/** `'…'` and `N'…'`. */
export function textConstant(token: Token, scope: Scope): Operand {
  scope.names.add(token.value.toLowerCase());
  // Without N the text goes through the code page.
  const value = token.wide ? token.value : codePageText(codePageBytes(token.value));
  const type: SqlType = { name: token.wide ? 'nvarchar' : 'varchar', length: Math.max(1, value.length) };
  return { sql: literal(value), type, constant: { value: () => value } };
}

/** `42`, `1.5`, `0xFF`. */
export function numberConstant(token: Token): Operand {
  if (/^0x/i.test(token.text)) {
    const bytes = Buffer.from(token.text.slice(2), 'hex');
    return { sql: literal(bytes), type: { name: 'varbinary', length: 8000 }, constant: { value: () => bytes } };
  }
  const isWhole = /^\d+$/.test(token.text);
  const name = isWhole ? (Number(token.text) > 2_147_483_647 ? 'bigint' : 'int') : 'float';
  const value = isWhole ? BigInt(token.text) : Number(token.text);
  return { sql: token.text, type: { name }, constant: { value: () => value } };
}
