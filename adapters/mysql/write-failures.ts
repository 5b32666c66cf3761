/** Why MySQL or MariaDB did not take a row, in words. The server's own words are kept without the values in them. */
import { SourceError, type SourceErrorKind } from '../../src/contract/index.ts';
import { type ConnectionLost, statementFailure, type Where } from './failures.ts';

/** ER_TABLEACCESS_DENIED_ERROR, ER_COLUMNACCESS_DENIED_ERROR */
const DENIED = new Set([1142, 1143]);
/** ER_OPTION_PREVENTS_STATEMENT, ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION, ER_READ_ONLY_MODE */
const READ_ONLY = new Set([1290, 1792, 1836]);
/** ER_LOCK_WAIT_TIMEOUT, ER_LOCK_DEADLOCK, ER_QUERY_INTERRUPTED and time limits: another time it may go. */
const ANOTHER_TIME = new Set([1205, 1213, 1317, 1969, 3024]);
/** A constraint, a type, or a trigger's SIGNAL refused it. */
const REFUSED = new Set([
  1048, 1062, 1136, 1169, 1216, 1264, 1265, 1292, 1364, 1366, 1406, 1452, 1471, 1557, 1586, 1644, 3730, 3819, 4025,
]);

/** The failure of an INSERT or of its commit. What the server answered with is surely not done. */
export function insertFailure(where: Where, table: string, error: unknown): SourceError | ConnectionLost {
  const number = numberOf(error);
  const refusal = (kind: SourceErrorKind, says: string, remedy: string) =>
    new SourceError(kind, `the database server ${where.host}:${where.port} ${says}${wordsOf(error)}`, {
      remedy,
      unsent: true,
    });
  if (DENIED.has(number)) {
    const remedy = `GRANT SELECT, INSERT ON ${where.database}.${table} TO '${where.user}'@'…'`;
    return refusal('unauthorized', `does not let the account "${where.user}" insert into ${table}`, remedy);
  }
  if (READ_ONLY.has(number)) {
    return refusal(
      'rejected',
      'takes no rows: it only reads',
      'name the server that takes writes, not a replica, in host',
    );
  }
  if (ANOTHER_TIME.has(number)) {
    return refusal(
      'timeout',
      `could not insert into ${table} because of the locks of others`,
      'look for long transactions',
    );
  }
  if (REFUSED.has(number)) {
    return refusal(
      'rejected',
      `did not take the row for ${table}`,
      'see the columns of the table, and fields of the push target',
    );
  }
  const failure = statementFailure(where, error);
  if (!(failure instanceof SourceError)) return failure;
  const { kind, message, remedy } = failure;
  return new SourceError(kind, message, { ...(remedy === undefined ? {} : { remedy }), unsent: true });
}

function wordsOf(error: unknown): string {
  const words = error instanceof Error ? error.message.replace(/\s+/g, ' ').trim() : '';
  // Duplicate entry 'bob@example.com' for key …; Incorrect integer value: 'abc' for column …
  const safe = withoutValue(words).slice(0, 300);
  return safe === '' ? '' : ` (${safe})`;
}

function withoutValue(words: string): string {
  const start = words.indexOf("'");
  const end = Array.from(words.matchAll(/' for (?:key|column|function)/gi)).at(-1)?.index;
  return end === undefined || end <= start ? words : `${words.slice(0, start)}…${words.slice(end + 1)}`;
}

function numberOf(error: unknown): number {
  const value: unknown = error instanceof Error && 'errno' in error ? error.errno : undefined;
  return typeof value === 'number' ? value : 0;
}
