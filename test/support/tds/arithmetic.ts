/** Signs between two expressions. */
import { converted, type Operand } from './compare.ts';
import type { Scope } from './scope.ts';
import { isText, type SqlType } from './types.ts';

/** `left sign right`; `+` joins texts. */
export function combined(left: Operand, sign: string, right: Operand, scope: Scope): Operand {
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
    ...(isConstant ? { constant: { value: () => scope.evaluate(sql) } } : {}),
  };
}
