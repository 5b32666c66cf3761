/** Statements that need the server: stored procedures and transactions; the others run on SQLite. */

import { syntaxError, type Token } from './lexer.ts';
import { split } from './reader.ts';
import type { Typed } from './rpc.ts';
import type { ServerState } from './state.ts';
import { constantOf, runStatement } from './statements.ts';
import type { Answer, Surroundings } from './surroundings.ts';
import { SqlServerError } from './tokens.ts';

/** Runs one statement of a batch. */
export async function executeStatement(
  tokens: readonly Token[],
  around: Surroundings,
  state: ServerState,
  signal: AbortSignal,
): Promise<Answer> {
  const { connection } = around;
  switch (tokens[0]?.upper) {
    case 'EXEC':
    case 'EXECUTE':
      return await execute(tokens.slice(1), around, state, signal);
    case 'BEGIN':
      if (!['TRAN', 'TRANSACTION'].includes(tokens[1]?.upper ?? '')) throw syntaxError(tokens[1]?.text ?? 'BEGIN');
      if (!connection.inTransaction) connection.exec('BEGIN');
      return undefined;
    case 'COMMIT':
    case 'ROLLBACK': {
      const word = tokens[0].upper;
      if (connection.inTransaction) connection.exec(word);
      else {
        const number = word === 'COMMIT' ? 3902 : 3903;
        throw new SqlServerError(number, `The ${word} TRANSACTION request has no corresponding BEGIN TRANSACTION.`);
      }
      return undefined;
    }
    default:
      return await runStatement(tokens, around, signal);
  }
}

/** `EXEC dbo.find_customer @email = @p1`. */
async function execute(
  tokens: readonly Token[],
  around: Surroundings,
  state: ServerState,
  signal: AbortSignal,
): Promise<Answer> {
  let end = 1;
  while (tokens[end]?.text === '.') end += 2;
  const name = (tokens[end - 1]?.value ?? '').toLowerCase();
  const handler = state.procedure(name);
  if (handler === undefined) throw new SqlServerError(2812, `Could not find stored procedure '${name}'.`, 16, 62);
  const values = new Map<string, Typed>();
  for (const [index, part] of split(tokens.slice(end)).entries()) {
    const isNamed = part[0]?.kind === 'parameter' && part[1]?.text === '=';
    const value = constantOf(isNamed ? part.slice(2) : part, around);
    const type = { name: typeof value === 'string' ? 'nvarchar' : 'int' } as const;
    values.set(isNamed ? (part[0]?.value.toLowerCase() ?? '') : String(index), { type, value });
  }
  return await handler(values, signal);
}
