/** Makes and drops tables, views and indexes. */
import { declaredType } from './cast.ts';
import type { TableColumn } from './catalog.ts';
import { createTable } from './database.ts';
import { Expressions } from './expressions.ts';
import { syntaxError, type Token } from './lexer.ts';
import { queryOf } from './query.ts';
import { split } from './reader.ts';
import { quotedName, tableName } from './scope.ts';
import { type Answer, type Surroundings, scopeOf } from './surroundings.ts';
import { SqlServerError } from './tokens.ts';

/** `CREATE TABLE`, `VIEW` or `INDEX`. */
export function create(tokens: readonly Token[], around: Surroundings): Answer {
  const kind = tokens.find((token) => ['TABLE', 'VIEW', 'INDEX'].includes(token.upper))?.upper;
  if (kind === 'TABLE') newTable(tokens, around);
  else if (kind === 'VIEW') newView(tokens, around);
  else if (kind === 'INDEX') newIndex(tokens, around);
  else throw syntaxError(tokens[1]?.text ?? 'CREATE');
  around.database.refresh(around.connection);
  return undefined;
}

function newTable(tokens: readonly Token[], around: Surroundings): void {
  const open = opening(tokens);
  const name = tableName(namesOf(tokens.slice(2, open)), scopeOf(around, 'INSERT'), 'INSERT');
  const made: Definition = { columns: [], constraints: [], key: [] };
  for (const part of split(tokens.slice(open + 1, -1))) define(part, made, around);
  around.connection.exec(createTable(name, made.columns, made.constraints));
  around.database.catalog.set({ name, kind: 'BASE TABLE', columns: made.columns, key: made.key });
}

function newView(tokens: readonly Token[], around: Surroundings): void {
  const { catalog } = around.database;
  const as = tokens.findIndex((token) => token.upper === 'AS');
  const name = tableName(namesOf(tokens.slice(2, as)), scopeOf(around, 'INSERT'), 'INSERT');
  const query = queryOf(tokens.slice(as + 1), scopeOf(around, 'SELECT'));
  around.connection.exec(`CREATE VIEW ${quotedName(name)} AS ${query}`);
  const origins = around.connection.prepare(`SELECT * FROM ${quotedName(name)}`).columns();
  const columns = origins.map(
    (one): TableColumn => ({
      name: one.name,
      type: catalog.typeOf(one.table ?? '', one.column ?? '') ?? { name: 'nvarchar', length: 4000 },
      nullable: true,
    }),
  );
  catalog.set({ name, kind: 'VIEW', columns });
}

function newIndex(tokens: readonly Token[], around: Surroundings): void {
  const open = opening(tokens);
  const on = tokens.findIndex((token) => token.upper === 'ON');
  const index = tokens[on - 1]?.value ?? 'index';
  const table = tableName(namesOf(tokens.slice(on + 1, open)), scopeOf(around, 'INSERT'), 'INSERT');
  const names = split(tokens.slice(open + 1, -1)).map((part) => quotedName(part[0]?.value ?? ''));
  around.connection.exec(`CREATE INDEX ${quotedName(index)} ON ${quotedName(table)} (${names.join(', ')})`);
}

/** What stands in the brackets of CREATE TABLE. */
interface Definition {
  readonly columns: TableColumn[];
  /** In SQLite's SQL. */
  readonly constraints: string[];
  /** The columns of the primary key. */
  readonly key: string[];
}

function define(part: readonly Token[], { columns, constraints, key }: Definition, around: Surroundings): void {
  const [name] = part;
  if (name === undefined) return;
  const has = (...words: readonly string[]): boolean =>
    part.some((_token, at) => words.every((word, next) => part[at + next]?.upper === word));
  const isKey = has('PRIMARY', 'KEY');
  if (name.kind === 'word' && ['PRIMARY', 'CONSTRAINT', 'UNIQUE'].includes(name.upper)) {
    const names = split(part.slice(opening(part) + 1, -1)).map((one) => one[0]?.value ?? '');
    if (isKey) key.push(...names);
    constraints.push(`${isKey ? 'PRIMARY KEY' : 'UNIQUE'} (${names.map(quotedName).join(', ')})`);
    return;
  }
  const end = part[2]?.text === '(' ? part.findIndex((token) => token.text === ')') + 1 : 2;
  const type = declaredType(part.slice(1, end), '1');
  const preset = presetOf(part, around);
  columns.push({
    name: name.value,
    type,
    nullable: !has('NOT', 'NULL') && !isKey,
    ...(has('IDENTITY') ? { identity: true } : {}),
    ...(preset === undefined ? {} : { preset }),
  });
  if (has('UNIQUE')) constraints.push(`UNIQUE (${quotedName(name.value)})`);
  if (!isKey) return;
  key.push(name.value);
  constraints.push(`PRIMARY KEY (${quotedName(name.value)})`);
}

/** `DEFAULT NEWID()`, `DEFAULT 'open'` */
function presetOf(part: readonly Token[], around: Surroundings): string | undefined {
  const at = part.findIndex((token) => token.upper === 'DEFAULT');
  return at === -1 ? undefined : new Expressions(part.slice(at + 1), scopeOf(around, 'SELECT')).operand().sql;
}

function opening(tokens: readonly Token[]): number {
  return tokens.findIndex((token) => token.text === '(');
}

function namesOf(tokens: readonly Token[]): string[] {
  return tokens.filter((token) => token.text !== '.').map((token) => token.value);
}

/** `DROP TABLE` or `VIEW`. */
export function drop(tokens: readonly Token[], around: Surroundings): Answer {
  const kind = tokens[1]?.upper;
  const ifExists = tokens[2]?.upper === 'IF';
  const names = namesOf(tokens.slice(ifExists ? 4 : 2));
  if (kind !== 'TABLE' && kind !== 'VIEW') throw syntaxError(tokens[1]?.text ?? 'DROP');
  const name = tableName(names, scopeOf(around, 'DELETE'), 'DELETE');
  if (around.database.catalog.get(name) === undefined) {
    if (ifExists) return undefined;
    const words = `Cannot drop the ${kind.toLowerCase()} '${name}', because it does not exist or you do not have permission.`;
    throw new SqlServerError(3701, words, 11, 5);
  }
  around.connection.exec(`DROP ${kind} ${quotedName(name)}`);
  around.database.catalog.delete(name);
  around.database.refresh(around.connection);
  return undefined;
}
