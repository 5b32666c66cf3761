/** Runs one statement of a session on SQLite. */
import { setTimeout as sleep } from 'node:timers/promises';
import { declaredType } from './cast.ts';
import { convert } from './convert.ts';
import { create, drop } from './definitions.ts';
import { Expressions } from './expressions.ts';
import { insert, isPlainInsert } from './insert.ts';
import { syntaxError, type Token } from './lexer.ts';
import { queryOf } from './query.ts';
import { isQuery, split } from './reader.ts';
import { type Action, quotedName } from './scope.ts';
import { select } from './select.ts';
import { type Answer, type Surroundings, scopeOf } from './surroundings.ts';
import { SqlServerError } from './tokens.ts';
import type { SqlType } from './types.ts';
import type { Cell } from './values.ts';

/** Runs a statement; the signal ends a WAITFOR. @throws SqlServerError or what SQLite throws */
export async function runStatement(
  tokens: readonly Token[],
  around: Surroundings,
  signal: AbortSignal,
): Promise<Answer> {
  const [first, second] = tokens;
  switch (first?.upper) {
    case 'SELECT':
    case 'WITH':
      return await select(tokens, around);
    case 'INSERT':
      return isPlainInsert(tokens) ? insert(tokens, around) : change(tokens, first.upper, around);
    case 'UPDATE':
    case 'DELETE':
      return change(tokens, first.upper, around);
    case 'TRUNCATE':
      return change(
        [tokens[0], ...tokens.slice(2)].flatMap((one) => one ?? []),
        'DELETE',
        around,
      );
    case 'CREATE':
      return create(tokens, around);
    case 'DROP':
      return drop(tokens, around);
    case 'WAITFOR':
      return await waitFor(tokens, around, signal);
    case 'DECLARE':
      return declare(tokens.slice(1), around);
    case 'SET':
      return undefined;
    case 'USE':
      if (second?.value.toLowerCase() === around.database.name.toLowerCase()) return undefined;
      throw new SqlServerError(
        911,
        `Database '${second?.value}' does not exist. Make sure that the name is entered correctly.`,
      );
    case 'PRINT':
      return { message: String(constantOf(tokens.slice(1), around)) };
    case 'RAISERROR':
      throw raised(tokens, around);
    default:
      throw first?.kind === 'word' && second === undefined
        ? new SqlServerError(2812, `Could not find stored procedure '${first.text}'.`, 16, 62)
        : syntaxError(first?.text ?? '');
  }
}

function change(tokens: readonly Token[], action: Action, around: Surroundings): Answer {
  const scope = scopeOf(around, action);
  const head = tokens.slice(0, 1);
  // INTO and FROM may be left out; SQLite wants them.
  const word = action === 'INSERT' ? 'INTO' : 'FROM';
  const hasWord = action === 'UPDATE' || tokens[1]?.upper === word;
  const rest = hasWord ? tokens.slice(1) : [{ ...tokenOf(word) }, ...tokens.slice(1)];
  const at = rest.findIndex((token) => token.upper === 'SELECT');
  const text =
    action === 'INSERT' && at !== -1 && !rest.slice(0, at).some((token) => token.upper === 'VALUES')
      ? `${new Expressions([...head, ...rest.slice(0, at)], scope).all()} ${queryOf(rest.slice(at), scope)}`
      : new Expressions([...head, ...rest], scope).all();
  return { count: around.connection.prepare(text).run().changes };
}

function tokenOf(word: string): Token {
  return { kind: 'word', text: word, value: word, upper: word, wide: false };
}

async function waitFor(tokens: readonly Token[], around: Surroundings, signal: AbortSignal): Promise<Answer> {
  const time = /^(\d{1,2}):(\d{2}):(\d{2})(?:\.(\d{1,3}))?$/.exec(String(constantOf(tokens.slice(2), around)));
  if (tokens[1]?.upper !== 'DELAY' || time === null) throw syntaxError(tokens[2]?.text ?? 'WAITFOR');
  const [, hours, minutes, seconds, part = '0'] = time;
  const ms = (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000 + Number(part.padEnd(3, '0'));
  await sleep(ms, undefined, { signal });
  return undefined;
}

/** `@x int = 5, @y …`. */
function declare(tokens: readonly Token[], around: Surroundings): Answer {
  for (const part of split(tokens)) {
    const [name] = part;
    if (part[1]?.upper === 'TABLE') {
      declareTable(part, around);
      continue;
    }
    const equals = part.findIndex((token) => token.text === '=');
    const type = declaredType(
      part.slice(1, equals === -1 ? undefined : equals).filter((token) => token.upper !== 'AS'),
      '1',
    );
    const value = equals === -1 ? null : constantOf(part.slice(equals + 1), around);
    const from: SqlType = { name: typeof value === 'string' ? 'nvarchar' : 'float' };
    around.variables.set(name?.value.toLowerCase() ?? '', { type, value: convert({ type: from, value }, type) });
  }
  return undefined;
}

/** `@made TABLE (id nvarchar(4000))`: a table of the session, which the next declaration of the name replaces. */
function declareTable(part: readonly Token[], { connection }: Surroundings): void {
  const name = quotedName(part[0]?.value.toLowerCase() ?? '');
  const columns = split(part.slice(3, -1)).map(([column]) => quotedName(column?.value ?? ''));
  connection.exec(`DROP TABLE IF EXISTS temp.${name}; CREATE TEMP TABLE ${name} (${columns.join(', ')})`);
}

function raised(tokens: readonly Token[], around: Surroundings): SqlServerError {
  const [text = [], level = []] = split(tokens.slice(2, -1));
  return new SqlServerError(50_000, String(constantOf(text, around)), Number(constantOf(level, around)));
}

/** The value of an expression of constants. */
export function constantOf(tokens: readonly Token[], around: Surroundings): Cell {
  const { constant } = new Expressions(tokens, scopeOf(around, 'SELECT')).operand();
  if (constant === undefined || isQuery(tokens)) throw syntaxError(tokens[0]?.text ?? '');
  return constant.value();
}
