/** Errors of the driver and of the server in words. https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html */
import { SourceError, type SourceErrorKind } from '../../src/contract/index.ts';
import { codeOf, messageOf, quotedWords } from '../../src/kit/text/index.ts';

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

/** By the code, a space and the words of what Node.js or mysql2 threw; mysql2 puts a code of its own over one of TLS. */
const NO_CONNECTION: readonly (readonly [pattern: RegExp, says: string, remedy: string])[] = [
  [/^ECONNREFUSED /, 'refused the connection', 'see whether the server runs, its bind-address, and the port'],
  [/^ENOTFOUND /, 'has a name that is not known', 'see the spelling of host, and the DNS of this machine'],
  [/^EAI_AGAIN /, 'has a name that cannot be looked up now', 'see the DNS of this machine'],
  [/^ETIMEDOUT /, 'did not answer', 'see whether a firewall lets this machine through'],
  [/^E(?:HOST|NET)UNREACH /, 'cannot be reached from here', 'see the network and its firewall'],
  [/^HANDSHAKE_NO_SSL_SUPPORT /, 'has no TLS', 'give the server a certificate, or leave out tls'],
  [/^PROTOCOL_CONNECTION_LOST /, 'broke the connection off', 'see the log of the server'],
  [
    /self-signed certificate|unable to (?:get|verify)/i,
    'has a certificate that was signed by nobody this machine knows',
    'name the certificate of the authority that signed it (PEM) in tls: { ca: … }',
  ],
  [/certificate has expired/i, 'has a certificate that has expired', 'renew the certificate of the server'],
  [/not yet valid/i, 'has a certificate that is not valid yet', 'see the clocks of both machines'],
  [/does not match certificate/i, 'has a certificate for another name', 'write the name of the certificate in host'],
];

/** Refusals of the login and of statements. The server names what it means: a table, a column, never a value. */
function refusalsOf({ user, database }: Where): readonly (readonly [numbers: readonly number[], ...Meaning])[] {
  const account = `the account "${user}"`;
  return [
    // ER_ACCESS_DENIED_ERROR, ER_ACCESS_DENIED_NO_PASSWORD_ERROR
    [
      [1045, 1698],
      'unauthorized',
      `refused ${account}: the name or the password is wrong, or it may not come from this machine, or not without TLS`,
      'see user and password, and for which hosts CREATE USER made the account',
    ],
    // ER_DBACCESS_DENIED_ERROR
    [[1044], 'unauthorized', `does not let ${account} use the database "${database}"`, grant(`${database}.*`, user)],
    // ER_BAD_DB_ERROR
    [[1049], 'rejected', `has no database "${database}"`, 'see database; SHOW DATABASES lists those that there are'],
    // ER_HOST_NOT_PRIVILEGED
    [[1130], 'unauthorized', 'lets nobody in from this machine', `create the account for it: '${user}'@'this machine'`],
    // ER_HOST_IS_BLOCKED
    [[1129], 'unreachable', 'has blocked this machine after many broken connections', 'run FLUSH HOSTS on the server'],
    // ER_MUST_CHANGE_PASSWORD, ER_MUST_CHANGE_PASSWORD_LOGIN
    [[1820, 1862], 'unauthorized', `wants a new password for ${account}`, 'set one, and let it never expire'],
    // ER_ACCOUNT_HAS_BEEN_LOCKED, the same of MariaDB
    [[3118, 4151], 'unauthorized', `has locked ${account}`, 'unlock it: ALTER USER … ACCOUNT UNLOCK'],
    // ER_SECURE_TRANSPORT_REQUIRED
    [[3159], 'unauthorized', 'takes connections only over TLS', 'write tls: {}'],
    // ER_NOT_SUPPORTED_AUTH_MODE
    [[1251], 'unauthorized', 'wants a way to log in that the gateway does not know', 'use a password for the account'],
    // ER_CON_COUNT_ERROR, ER_TOO_MANY_USER_CONNECTIONS
    [
      [1040, 1203],
      'unreachable',
      'has no connection to spare',
      'raise max_connections on the server, or lower "connections"',
    ],
    // ER_USER_LIMIT_REACHED
    [[1226], 'rate-limited', `has reached the limits of ${account}`, 'raise its MAX_QUERIES_PER_HOUR and others'],
    // ER_TABLEACCESS_DENIED_ERROR, ER_COLUMNACCESS_DENIED_ERROR
    [[1142, 1143], 'unauthorized', `does not let ${account} read that`, grant(`${database}.…`, user)],
    // ER_PROCACCESS_DENIED_ERROR
    [
      [1370],
      'unauthorized',
      `does not let "${user}" call the procedure`,
      `GRANT EXECUTE ON ${database}.* TO '${user}'@'…'`,
    ],
    // ER_NO_DB_ERROR, ER_NO_SUCH_TABLE
    [[1046, 1146], 'rejected', 'does not have the table', 'see table, or the query'],
    // ER_BAD_FIELD_ERROR
    [[1054], 'rejected', 'does not have the column', 'see columns, or the query'],
    // ER_PARSE_ERROR
    [
      [1064],
      'rejected',
      'does not understand the query',
      'try it in a client of the database, with values for parameters',
    ],
    // ER_SP_DOES_NOT_EXIST
    [[1305], 'rejected', 'does not have the procedure or function', 'see procedure, or the query'],
    // ER_SP_WRONG_NO_OF_ARGS
    [[1318], 'rejected', 'wants other arguments for the procedure', 'name them all, in their order, in arguments'],
    // ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION
    [[1792], 'rejected', 'was asked to write', 'a source only reads: take what writes out of the query or procedure'],
    // ER_LOCK_WAIT_TIMEOUT, ER_LOCK_DEADLOCK
    [[1205, 1213], 'timeout', 'could not read because of the locks of others', 'look for long transactions'],
    // ER_QUERY_INTERRUPTED, ER_STATEMENT_TIMEOUT of MariaDB, ER_QUERY_TIMEOUT
    [[1317, 1969, 3024], 'timeout', 'ended the query', INDEX_MAY_HELP],
  ];
}

const INDEX_MAY_HELP = 'an index may help: EXPLAIN SELECT … shows which one is used';

function refusalOf(number: number, where: Where): Meaning | undefined {
  const [, ...meaning] = refusalsOf(where).find(([numbers]) => numbers.includes(number)) ?? [];
  return meaning.length === 3 ? meaning : undefined;
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
  const text = `${codeOf(cause)} ${messageOf(cause)}`;
  const [, ...broken] = NO_CONNECTION.find(([pattern]) => pattern.test(text)) ?? [];
  const [kind, says, remedy]: Meaning =
    broken.length === 2
      ? ['unreachable', ...broken]
      : (refusalOf(numberOf(cause), where) ?? ['unreachable', 'gave no connection', 'see the log of the server']);
  return new SourceError(kind, `${placeOf(where)} ${says}${quotedWords(messageOf(cause))}`, { remedy });
}

// Behind a server that was restarted, or a proxy that went to another one, a prepared statement is unknown.
const LOST = new Set([1053, 1077, 1079, 1152, 1158, 1159, 1160, 1161, 1184, 1243, 1615, 1927, 4031]);

/** A statement failed. */
export function statementFailure(where: Where, error: unknown): SourceError | ConnectionLost {
  const number = numberOf(error);
  // The server's numbers are positive, those of the system's errors negative.
  if (number <= 0 || LOST.has(number)) return new ConnectionLost(messageOf(error), { cause: error });
  const refused: Meaning = ['rejected', `refused the query (error ${number})`, 'see the query'];
  const [kind, says, remedy] = refusalOf(number, where) ?? refused;
  return new SourceError(kind, `${placeOf(where)} ${says}${quotedWords(messageOf(error))}`, { remedy });
}

/** The signal aborted while the server was busy with a statement. */
export function givenUp(where: Where, reason: unknown): SourceError {
  const message = `${placeOf(where)} was still busy with the query: ${messageOf(reason)}`;
  return new SourceError('timeout', message, { remedy: INDEX_MAY_HELP });
}

/** The connection broke, and a new one too. */
export function lostFailure(where: Where, error: Error): SourceError {
  const remedy = 'see whether the server runs, and its log';
  return new SourceError('unreachable', `${placeOf(where)} broke the connection off: ${error.message}`, { remedy });
}

/** The server in messages. */
export function placeOf({ host, port }: Where): string {
  return `the database server ${host}:${port}`;
}

/** The server's number of an error, or that of the system, which is negative; 0 for none. */
export function numberOf(error: unknown): number {
  return error instanceof Error && 'errno' in error && typeof error.errno === 'number' ? error.errno : 0;
}
