/** What the errors of PostgreSQL and of its connections mean to an administrator. Codes: PostgreSQL manual, appendix A. */
import { SourceError, type SourceErrorKind, UserError } from '../../src/contract/index.ts';
import { codeOf } from '../../src/kit/text/index.ts';

const MEANINGS: readonly (readonly [code: RegExp, kind: SourceErrorKind, remedy: string])[] = [
  [/^28/, 'unauthorized', 'check "user" and "password", and pg_hba.conf on the server'],
  [/^3D000$/, 'rejected', 'check the name under "database"'],
  [/^42501$/, 'unauthorized', 'GRANT USAGE on the schema and SELECT on the table to the user'],
  [/^42P01$/, 'rejected', 'check the name of the table, and write its schema before it: sales.customers'],
  [/^42703$/, 'rejected', 'check the names of the columns'],
  [/^25006$/, 'rejected', 'take what writes out of the query: the gateway only reads'],
  [/^42/, 'rejected', 'try the query in psql, and correct it'],
  [/^53300$/, 'unreachable', 'lower "connections", or raise max_connections on the server'],
  [/^57P03$/, 'unreachable', 'wait until the server has started'],
  [/^57014$/, 'timeout', 'add an index for the query, or raise statement_timeout of the user'],
  [/^(ENOTFOUND|EAI_AGAIN)$/, 'unreachable', 'check the name under "host"'],
  [/^ECONNREFUSED$/, 'unreachable', 'check "host" and "port", and listen_addresses on the server'],
  [
    /CERT|SIGNATURE|^ERR_TLS|^ERR_SSL/,
    'unreachable',
    'write the authority of the certificate of the server under tls.ca, and its name under "host"',
  ],
];

// Texts that the driver throws without a code.
const LOST =
  /^Connection terminated|^Client has encountered a connection error|^Client was closed|^received invalid response/;
const NO_TLS = /does not support SSL|error establishing an SSL/;

/** The connection is gone: the same statement may succeed on another one. */
export function isLost(error: unknown): boolean {
  if (/^(08|57P0[124])|^(ECONNRESET|EPIPE|ETIMEDOUT)$/.test(codeOf(error))) return true;
  return error instanceof Error && LOST.test(error.message);
}

/** A value that a column of another type cannot hold: nothing is equal to it. */
export function isUnfitValue(error: unknown): boolean {
  return /^(22P02|22003|22007|22008)$/.test(codeOf(error));
}

/** The failure to report. `where` is `HOST:PORT/DATABASE`. */
export function asPostgresFailure(error: unknown, where: string): unknown {
  if (error instanceof SourceError || error instanceof UserError || !(error instanceof Error)) return error;
  const code = codeOf(error);
  const failure = (kind: SourceErrorKind, words: string, remedy?: string) =>
    new SourceError(kind, `${where}: ${words}`, { cause: error, remedy });
  const [, kind, remedy] = MEANINGS.find(([pattern]) => pattern.test(code)) ?? [];
  if (kind !== undefined) return failure(kind, error.message, remedy);
  if (NO_TLS.test(error.message)) {
    return failure('unreachable', 'the server does not speak TLS', 'turn "ssl" on at the server, or take "tls" out');
  }
  if (/SASL|client password/.test(error.message)) {
    return failure('unauthorized', 'the server wants a password', 'write it under "password"');
  }
  if (isLost(error) || code.startsWith('E')) {
    return failure('unreachable', error.message, 'check that the server runs and can be reached from here');
  }
  // A five-character code is the server's own word; anything else is a bug of ours.
  return /^[0-9A-Z]{5}$/.test(code) ? failure('rejected', error.message) : error;
}
