/** INSERT … VALUES with what it puts out, on SQLite. https://learn.microsoft.com/sql/t-sql/statements/insert-transact-sql */
import type { Table } from './catalog.ts';
import { convert } from './convert.ts';
import { Expressions } from './expressions.ts';
import { syntaxError, type Token } from './lexer.ts';
import { split, TokenReader } from './reader.ts';
import { literal, quotedName, type Scope, tableName } from './scope.ts';
import { type Answer, cellOf, type Surroundings, scopeOf } from './surroundings.ts';
import { SqlServerError } from './tokens.ts';
import { isText } from './types.ts';

/** `OUTPUT CONVERT(…, INSERTED.[id]) INTO @made (id)` */
interface Output {
  /** In SQLite's SQL. */
  readonly expressions: string;
  /** The table variable, quoted. */
  readonly into: string;
}

/** Undefined when it has no list of columns or no VALUES: then it is nothing special. */
export function insert(tokens: readonly Token[], around: Surroundings): Answer {
  const scope = scopeOf(around, 'INSERT');
  const reader = new TokenReader(tokens.slice(tokens[1]?.upper === 'INTO' ? 2 : 1));
  const name = tableName(reader.nameParts(reader.next()), scope, 'INSERT');
  const table = around.database.catalog.get(name);
  const columns = split(reader.group()).map(([token]) => token?.value ?? '');
  const output = reader.ahead()?.upper === 'OUTPUT' ? outputOf(reader, scope) : undefined;
  if (reader.next().upper !== 'VALUES') throw syntaxError('INSERT');
  const rows = [reader.group()];
  while (reader.ahead()?.text === ',') {
    reader.skip();
    rows.push(reader.group());
  }
  refuseIdentity(table, columns);
  const values = rows.map((row) => `(${valuesOf(row, columns, table, scope, around).join(', ')})`);
  const text = `INSERT INTO ${quotedName(name)} (${columns.map(quotedName).join(', ')}) VALUES ${values.join(', ')}`;
  if (output === undefined) return { count: around.connection.prepare(text).run().changes };
  const made = around.connection.prepare(`${text} RETURNING ${output.expressions}`).raw(true).all();
  for (const row of made) {
    const cells = Array.isArray(row) ? row.map((cell) => literal(cellOf(cell))).join(', ') : '';
    around.connection.exec(`INSERT INTO ${output.into} VALUES (${cells})`);
  }
  return { count: made.length };
}

/** Whether this is for {@link insert}. */
export function isPlainInsert(tokens: readonly Token[]): boolean {
  const values = tokens.findIndex((token) => token.upper === 'VALUES');
  const open = tokens.findIndex((token) => token.text === '(');
  return values !== -1 && open !== -1 && open < values;
}

function outputOf(reader: TokenReader, scope: Scope): Output {
  reader.skip();
  const expressions: Token[] = [];
  while (reader.ahead() !== undefined && reader.ahead()?.upper !== 'INTO') {
    const token = reader.next();
    // RETURNING knows the new row only, without a name for it.
    if (token.upper === 'INSERTED') reader.skip();
    else expressions.push(token);
  }
  if (reader.ahead()?.upper !== 'INTO') throw syntaxError('OUTPUT');
  reader.skip();
  const into = quotedName(reader.next().value.toLowerCase());
  if (reader.ahead()?.text === '(') reader.group();
  return {
    expressions: split(expressions)
      .map((one) => new Expressions(one, scope).operand().sql)
      .join(', '),
    into,
  };
}

function valuesOf(
  row: readonly Token[],
  columns: readonly string[],
  table: Table | undefined,
  scope: Scope,
  around: Surroundings,
): readonly string[] {
  const parts = split(row);
  if (parts.length > columns.length) {
    throw new SqlServerError(
      110,
      'There are fewer columns in the INSERT statement than values specified in the VALUES clause.',
      15,
    );
  }
  return parts.map((part, index) => {
    const { sql, constant, type: own } = new Expressions(part, scope).operand();
    const column = table?.columns.find(({ name }) => name.toLowerCase() === columns[index]?.toLowerCase());
    if (constant === undefined || own === undefined || column === undefined || !isText(own.name)) return sql;
    const value = constant.value();
    const { length = Infinity } = column.type;
    if (isText(column.type.name) && String(value ?? '').length > length) {
      const place = `table '${around.database.name}.dbo.${table?.name}', column '${column.name}'`;
      throw new SqlServerError(
        2628,
        `String or binary data would be truncated in ${place}. Truncated value: '${String(value).slice(0, length)}'.`,
      );
    }
    return literal(convert({ type: own, value }, column.type));
  });
}

function refuseIdentity(table: Table | undefined, columns: readonly string[]): void {
  const identity = table?.columns.find((column) => column.identity === true)?.name.toLowerCase();
  if (!columns.some((column) => column.toLowerCase() === identity)) return;
  const words = `Cannot insert explicit value for identity column in table '${table?.name}' when IDENTITY_INSERT is set to OFF.`;
  throw new SqlServerError(544, words);
}
