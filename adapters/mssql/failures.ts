/**
 * What the refusals of SQL Server and of its driver mean to an administrator. No message has a value or a password in it:
 * SQL Server quotes names of ours only, and its words for a value that does not fit are left out.
 */
import { SourceError, UserError } from '../../src/contract/index.ts';
import { codeOf, messageOf } from '../../src/kit/text/index.ts';
import { BY_NUMBER, BY_TEXT } from './error-words.ts';

/** What the driver calls a connection that is gone. https://github.com/tediousjs/node-mssql#errors */
const LOST = /^(ESOCKET|ECONNCLOSED|ENOTOPEN|ECONNRESET|EPIPE|ENOCONN|EINVALIDSTATE)$/;
// The last is of bytes that are no message of SQL Server, read by their lengths.
const LOST_WORDS =
  /Failed to cancel request|before completing|ended without ever|^aborted$|^The value of "offset" is out of range/;

/** Whether the connection went away under the statement, so that a new one may serve. */
export function isLost(error: unknown): boolean {
  if (numberOf(error) !== undefined) return false;
  return LOST.test(codeOf(error)) || LOST_WORDS.test(messageOf(error));
}

/** Whether the server ended the statement because we asked it to, so that the connection is clean. */
export function isCancelled(error: unknown): boolean {
  return codeOf(error) === 'ECANCEL';
}

/** What the server said. */
export interface ServerWord {
  /** https://learn.microsoft.com/sql/relational-databases/errors-events/database-engine-events-and-errors */
  readonly number: number;
  readonly message: string;
}

/** The failure for what the driver threw. @param refused what the server said to the last login that it refused */
export function asFailure(error: unknown, where: string, refused?: ServerWord): unknown {
  if (error instanceof SourceError || error instanceof UserError) return error;
  const { number, message } = (codeOf(error) === 'ELOGIN' ? refused : undefined) ?? {
    number: numberOf(error),
    message: messageOf(error),
  };
  const text = textOf(error);
  const [, ...broken] = BY_TEXT.find(([pattern]) => pattern.test(text)) ?? [];
  const meaning =
    BY_NUMBER.get(number ?? 0) ?? (broken.length === 2 ? (['unreachable', ...broken] as const) : undefined);
  if (meaning !== undefined) {
    const [kind, says, remedy] = meaning;
    return new SourceError(kind, `${where} ${says}${nameIn(number, message)}`, { cause: error, remedy });
  }
  if (number !== undefined) {
    return new SourceError('rejected', `${where} says (error ${number}): ${withoutValues(message)}`, { cause: error });
  }
  if (codeOf(error) === 'ELOGIN') {
    return new SourceError('unauthorized', `${where} refused the login`, {
      cause: error,
      remedy: 'see user, password, domain and database',
    });
  }
  if (codeOf(error) === 'ETIMEOUT') return timedOut(where, error);
  if (!isLost(error)) return error;
  return new SourceError('unreachable', `${where} broke the connection off`, {
    cause: error,
    remedy: 'see whether SQL Server runs, and its log',
  });
}

/** The deadline came first. */
export function timedOut(where: string, cause?: unknown): SourceError {
  return new SourceError('timeout', `${where}: the query took too long and was cancelled`, {
    cause,
    remedy: 'add an index for it; see its plan in Management Studio',
  });
}

/** Messages about names tell which; others may hold a value. */
const NAMES_SOMETHING = new Set([4060, 208, 207, 229, 230, 2812, 911, 916, 201, 8145, 7202, 102, 156]);

function nameIn(number: number | undefined, message: string): string {
  return number !== undefined && NAMES_SOMETHING.has(number) ? `: ${message}` : '';
}

/** Microsoft's messages put what they quote between '…' or "…". */
function withoutValues(message: string): string {
  return message.replace(/'[^']*'|"[^"]*"/g, "'…'").slice(0, 300);
}

/** SQL Server's error number, where it was the server that refused. */
export function numberOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('number' in error)) return undefined;
  return typeof error.number === 'number' ? error.number : undefined;
}

/** The words and codes of an error and of what caused it; the driver wraps them several times over. */
function textOf(error: unknown, depth = 5): string {
  if (!(error instanceof Error) || depth === 0) return '';
  const inner = [
    error.cause,
    'originalError' in error ? error.originalError : undefined,
    ...(error instanceof AggregateError ? error.errors : []),
  ];
  return [codeOf(error), error.message, ...inner.map((one) => textOf(one, depth - 1))].join(' ');
}
