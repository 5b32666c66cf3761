/** What the errors of PostgreSQL and of its connections mean to an administrator. Codes: PostgreSQL manual, appendix A. */
import { SourceError, type SourceErrorKind, UserError } from '../../src/contract/index.ts';

interface Meaning {
  readonly kind: SourceErrorKind;
  readonly remedy: string;
}

const MEANINGS: readonly (readonly [code: RegExp, meaning: Meaning])[] = [
  [/^28/, { kind: 'unauthorized', remedy: 'check "user" and "password", and pg_hba.conf on the server' }],
  [/^3D000$/, { kind: 'rejected', remedy: 'check the name under "database"' }],
  [/^42501$/, { kind: 'unauthorized', remedy: 'GRANT USAGE on the schema and SELECT on the table to the user' }],
  [
    /^42P01$/,
    { kind: 'rejected', remedy: 'check the name of the table, and write its schema before it: sales.customers' },
  ],
  [/^42703$/, { kind: 'rejected', remedy: 'check the names of the columns' }],
  [/^25006$/, { kind: 'rejected', remedy: 'take what writes out of the query: the gateway only reads' }],
  [/^42/, { kind: 'rejected', remedy: 'try the query in psql, and correct it' }],
  [/^53300$/, { kind: 'unreachable', remedy: 'lower "connections", or raise max_connections on the server' }],
  [/^57P03$/, { kind: 'unreachable', remedy: 'wait until the server has started' }],
  [/^57014$/, { kind: 'timeout', remedy: 'add an index for the query, or raise statement_timeout of the user' }],
  [/^(ENOTFOUND|EAI_AGAIN)$/, { kind: 'unreachable', remedy: 'check the name under "host"' }],
  [/^ECONNREFUSED$/, { kind: 'unreachable', remedy: 'check "host" and "port", and listen_addresses on the server' }],
  [
    /CERT|SIGNATURE|^ERR_TLS|^ERR_SSL/,
    {
      kind: 'unreachable',
      remedy: 'write the authority of the certificate of the server under tls.ca, and its name under "host"',
    },
  ],
];

// Texts that the driver throws without a code.
const LOST = /^Connection terminated|^Client has encountered a connection error|^Client was closed/;
const NO_TLS = /does not support SSL/;

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
  const meaning = MEANINGS.find(([pattern]) => pattern.test(code))?.[1];
  const options = { cause: error };
  if (meaning !== undefined) {
    return new SourceError(meaning.kind, `${where}: ${error.message}`, { ...options, remedy: meaning.remedy });
  }
  if (NO_TLS.test(error.message)) {
    return new SourceError('unreachable', `${where}: the server does not speak TLS`, {
      ...options,
      remedy: 'turn "ssl" on at the server, or take "tls" out',
    });
  }
  if (/SASL|client password/.test(error.message)) {
    return new SourceError('unauthorized', `${where}: the server wants a password`, {
      ...options,
      remedy: 'write it under "password"',
    });
  }
  if (isLost(error) || code.startsWith('E')) {
    return new SourceError('unreachable', `${where}: ${error.message}`, {
      ...options,
      remedy: 'check that the server runs and can be reached from here',
    });
  }
  // A five-character code is the server's own word; anything else is a bug of ours.
  return /^[0-9A-Z]{5}$/.test(code) ? new SourceError('rejected', `${where}: ${error.message}`, options) : error;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
