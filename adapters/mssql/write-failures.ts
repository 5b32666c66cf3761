/** Why SQL Server did not take a row, in words. The server's own words are kept without the values in them. */
import { SourceError, type SourceErrorKind } from '../../src/contract/index.ts';
import { numberOf } from './failures.ts';
import type { WriteServer } from './writer.ts';

type Meaning = readonly [kind: SourceErrorKind, says: string, remedy: string];

const LOCKS: Meaning = [
  'timeout',
  'could not insert the row because of the locks of others',
  'look for long transactions',
];
const COPY: Meaning = ['rejected', 'takes no rows: it only reads', 'name the server that takes writes in host'];

// https://learn.microsoft.com/sql/relational-databases/errors-events/database-engine-events-and-errors
const BY_NUMBER: Readonly<Record<number, Meaning>> = { 1205: LOCKS, 1222: LOCKS, 3906: COPY, 3908: COPY };
/** Of these the words tell names only, up to where a value begins. */
const WORDS: ReadonlyMap<number, RegExp> = new Map([
  [515, /$/],
  [544, /$/],
  [547, /$/],
  [2601, / The duplicate key value/],
  [2627, / The duplicate key value/],
  [2628, / Truncated value/],
  [8152, /$/],
  [3609, /$/],
  [50_000, /$/],
]);
const DENIED = new Set([229, 230]);

/** The failure of a statement in a transaction that is not committed. */
export function insertFailure(error: unknown, { connections, where, user }: WriteServer, table: string): unknown {
  const number = numberOf(error);
  if (number === undefined || !(error instanceof Error)) return connections.failureOf(error);
  if (DENIED.has(number)) {
    return new SourceError('unauthorized', `${where} does not let the login insert into ${table}: ${error.message}`, {
      remedy: `run GRANT SELECT, INSERT ON ${table} TO [${user}] in the database`,
    });
  }
  const meaning = BY_NUMBER[number];
  if (meaning !== undefined) {
    const [kind, says, remedy] = meaning;
    return new SourceError(kind, `${where} ${says}`, { remedy });
  }
  const end = WORDS.get(number);
  if (end === undefined) return connections.failureOf(error);
  const words = error.message.split(end)[0]?.slice(0, 300) ?? '';
  return new SourceError('rejected', `${where} did not take the row for ${table}: ${words}`, {
    remedy: 'see the columns and triggers of the table, and fields of the push target',
  });
}
