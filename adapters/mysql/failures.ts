/** Errors of the driver and of the server in words. https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html */
import { SourceError, type SourceErrorKind } from '../../src/contract/index.ts';

/** What a failure is told of: never the password. */
export interface Where {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  readonly connectTimeout: number;
}

/** The connection broke under a statement, which may be asked again on another one. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
}

type Meaning = readonly [kind: SourceErrorKind, says: string, remedy: string];

const OF_NETWORK: Readonly<Record<string, Meaning>> = {
  ECONNREFUSED: [
    'unreachable',
    'refused the connection',
    'see whether the server runs, its bind-address, and the port',
  ],
  ENOTFOUND: ['unreachable', 'has a name that is not known', 'see the spelling of host, and the DNS of this machine'],
  EAI_AGAIN: ['unreachable', 'has a name that cannot be looked up now', 'see the DNS of this machine'],
  ETIMEDOUT: ['unreachable', 'did not answer', 'see whether a firewall lets this machine through'],
  EHOSTUNREACH: ['unreachable', 'cannot be reached from here', 'see the network and its firewall'],
  ENETUNREACH: ['unreachable', 'cannot be reached from here', 'see the network and its firewall'],
  HANDSHAKE_NO_SSL_SUPPORT: ['unreachable', 'has no TLS', 'give the server a certificate, or leave out tls'],
  PROTOCOL_CONNECTION_LOST: ['unreachable', 'broke the connection off', 'see the log of the server'],
};

const GIVE_CA = 'name the certificate of the authority that signed it (PEM) in tls: { ca: … }';
// By their words: mysql2 puts a code of its own over that of Node.js.
const OF_TLS: readonly (readonly [words: RegExp, meaning: Meaning])[] = [
  [
    /self-signed certificate|unable to (?:get|verify)/i,
    ['unreachable', 'has a certificate that was signed by nobody this machine knows', GIVE_CA],
  ],
  [
    /certificate has expired/i,
    ['unreachable', 'has a certificate that has expired', 'renew the certificate of the server'],
  ],
  [/not yet valid/i, ['unreachable', 'has a certificate that is not valid yet', 'see the clocks of both machines']],
  [
    /does not match certificate/i,
    ['unreachable', 'has a certificate for another name', 'write the name of the certificate in host'],
  ],
];

/** Refusals of the login, by their number. */
function loginMeaning(code: number, { user, database }: Where): Meaning | undefined {
  const account = `the account "${user}"`;
  switch (code) {
    case 1045: // ER_ACCESS_DENIED_ERROR
    case 1698: // ER_ACCESS_DENIED_NO_PASSWORD_ERROR
      return [
        'unauthorized',
        `refused ${account}: the name or the password is wrong, or it may not come from this machine, or not without TLS`,
        'see user and password, and for which hosts CREATE USER made the account',
      ];
    case 1044: // ER_DBACCESS_DENIED_ERROR
      return ['unauthorized', `does not let ${account} use the database "${database}"`, grant(`${database}.*`, user)];
    case 1049: // ER_BAD_DB_ERROR
      return ['rejected', `has no database "${database}"`, 'see database; SHOW DATABASES lists those that there are'];
    case 1130: // ER_HOST_NOT_PRIVILEGED
      return [
        'unauthorized',
        'lets nobody in from this machine',
        `create the account for it: '${user}'@'this machine'`,
      ];
    case 1129: // ER_HOST_IS_BLOCKED
      return ['unreachable', 'has blocked this machine after many broken connections', 'run FLUSH HOSTS on the server'];
    case 1820: // ER_MUST_CHANGE_PASSWORD
    case 1862: // ER_MUST_CHANGE_PASSWORD_LOGIN
      return ['unauthorized', `wants a new password for ${account}`, 'set one, and let it never expire'];
    case 3118: // ER_ACCOUNT_HAS_BEEN_LOCKED
    case 4151: // the same of MariaDB
      return ['unauthorized', `has locked ${account}`, 'unlock it: ALTER USER … ACCOUNT UNLOCK'];
    case 3159: // ER_SECURE_TRANSPORT_REQUIRED
      return ['unauthorized', 'takes connections only over TLS', 'write tls: {}'];
    case 1251: // ER_NOT_SUPPORTED_AUTH_MODE
      return ['unauthorized', `wants a way to log in that the gateway does not know`, 'use a password for the account'];
    default:
      return undefined;
  }
}

/** Refusals of a statement, by their number. The server names what it means: a table, a column, never a value. */
function statementMeaning(code: number, where: Where): Meaning | undefined {
  const { user, database } = where;
  switch (code) {
    case 1040: // ER_CON_COUNT_ERROR
    case 1203: // ER_TOO_MANY_USER_CONNECTIONS
      return [
        'unreachable',
        'has no connection to spare',
        'raise max_connections on the server, or lower "connections"',
      ];
    case 1226: // ER_USER_LIMIT_REACHED
      return [
        'rate-limited',
        `has reached the limits of the account "${user}"`,
        'raise its MAX_QUERIES_PER_HOUR and others',
      ];
    case 1142: // ER_TABLEACCESS_DENIED_ERROR
    case 1143: // ER_COLUMNACCESS_DENIED_ERROR
      return ['unauthorized', `does not let the account "${user}" read that`, grant(`${database}.…`, user)];
    case 1370: // ER_PROCACCESS_DENIED_ERROR
      return [
        'unauthorized',
        `does not let "${user}" call the procedure`,
        `GRANT EXECUTE ON ${database}.* TO '${user}'@'…'`,
      ];
    case 1046: // ER_NO_DB_ERROR
    case 1146: // ER_NO_SUCH_TABLE
      return ['rejected', 'does not have the table', 'see table, or the query'];
    case 1054: // ER_BAD_FIELD_ERROR
      return ['rejected', 'does not have the column', 'see columns, or the query'];
    case 1064: // ER_PARSE_ERROR
      return [
        'rejected',
        'does not understand the query',
        'try it in a client of the database, with values for parameters',
      ];
    case 1305: // ER_SP_DOES_NOT_EXIST
      return ['rejected', 'does not have the procedure or function', 'see procedure, or the query'];
    case 1318: // ER_SP_WRONG_NO_OF_ARGS
      return ['rejected', 'wants other arguments for the procedure', 'name them all, in their order, in arguments'];
    case 1792: // ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION
      return ['rejected', 'was asked to write', 'a source only reads: take what writes out of the query or procedure'];
    case 1205: // ER_LOCK_WAIT_TIMEOUT
    case 1213: // ER_LOCK_DEADLOCK
      return ['timeout', 'could not read because of the locks of others', 'look for long transactions'];
    case 1317: // ER_QUERY_INTERRUPTED
    case 1969: // ER_STATEMENT_TIMEOUT of MariaDB
    case 3024: // ER_QUERY_TIMEOUT
      return ['timeout', 'ended the query', 'an index may help: EXPLAIN SELECT … shows which one is used'];
    default:
      return undefined;
  }
}

function grant(what: string, user: string): string {
  return `GRANT SELECT ON ${what} TO '${user}'@'…'`;
}

/** Nothing came, not even a refusal. */
export function notAnswered(where: Where): SourceError {
  const message = `${placeOf(where)} gave no connection within ${where.connectTimeout} ms`;
  const remedy = 'see whether the server runs, and whether a firewall lets this machine through';
  return new SourceError('unreachable', message, { remedy });
}

/** There is no connection. */
export function connectFailure(where: Where, error: unknown): SourceError {
  if (error instanceof SourceError) return error;
  const cause = error instanceof AggregateError && error.errors[0] instanceof Error ? error.errors[0] : error;
  const code = textAt(cause, 'code');
  const number = numberAt(cause, 'errno');
  const [kind, says, remedy] = OF_NETWORK[code] ??
    OF_TLS.find(([words]) => words.test(messageOf(cause)))?.[1] ??
    loginMeaning(number, where) ??
    statementMeaning(number, where) ?? ['unreachable', 'gave no connection', 'see the log of the server'];
  return new SourceError(kind, `${placeOf(where)} ${says}${wordsOf(cause)}`, { remedy });
}

// Behind a server that was restarted, or a proxy that went to another one, a prepared statement is unknown.
const LOST = new Set([1053, 1077, 1079, 1152, 1158, 1159, 1160, 1161, 1184, 1243, 1615, 1927, 4031]);

/** A statement failed. */
export function statementFailure(where: Where, error: unknown): SourceError | ConnectionLost {
  const number = numberAt(error, 'errno');
  // The server's numbers are positive, those of the system's errors negative.
  if (number <= 0 || LOST.has(number)) return new ConnectionLost(messageOf(error), { cause: error });
  const [kind, says, remedy] = statementMeaning(number, where) ??
    loginMeaning(number, where) ?? ['rejected', `refused the query (error ${number})`, 'see the query'];
  return new SourceError(kind, `${placeOf(where)} ${says}${wordsOf(error)}`, { remedy });
}

/** The signal aborted while the server was busy with a statement. */
export function givenUp(where: Where, reason: unknown): SourceError {
  const remedy = 'an index may help: EXPLAIN SELECT … shows which one is used';
  const message = `${placeOf(where)} was still busy with the query: ${messageOf(reason)}`;
  return new SourceError('timeout', message, { remedy });
}

/** The connection broke, and a new one too. */
export function lostFailure(where: Where, error: Error): SourceError {
  const remedy = 'see whether the server runs, and its log';
  return new SourceError('unreachable', `${placeOf(where)} broke the connection off: ${error.message}`, { remedy });
}

function placeOf({ host, port }: Where): string {
  return `the database server ${host}:${port}`;
}

/** The server's words, on one line. */
function wordsOf(error: unknown): string {
  const line = messageOf(error).replace(/\s+/g, ' ').trim();
  return line === '' ? '' : ` (${line.length > 200 ? `${line.slice(0, 200)}…` : line})`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function textAt(error: unknown, key: 'code'): string {
  const value = error instanceof Error && key in error ? Reflect.get(error, key) : undefined;
  return typeof value === 'string' ? value : '';
}

function numberAt(error: unknown, key: 'errno'): number {
  const value = error instanceof Error && key in error ? Reflect.get(error, key) : undefined;
  return typeof value === 'number' ? value : 0;
}
