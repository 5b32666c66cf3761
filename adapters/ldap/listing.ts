/** Everything that a directory holds, page by page, or what has changed in it. */
import {
  DeadlineExceeded,
  type ListBatch,
  type ListQuery,
  SourceError,
  withDeadlineWithin,
} from '../../src/contract/index.ts';
import { textOfBytes } from './attributes.ts';
import type { Answer, Connection, SearchWords } from './connection.ts';
import { dnKey, isUnder } from './dn.ts';
import type { Entry } from './entry.ts';
import { searchFailure } from './failures.ts';
import { and, type FilterNode } from './filter.ts';
import { encodable } from './filter-encoding.ts';
import { clockOf } from './marks.ts';
import type { RecordMaker } from './record-maker.ts';
import { attributesOf } from './records.ts';
import type { Grounds } from './search.ts';
import { guidText } from './values.ts';

/** What a run works with. */
export interface ListParts {
  /** Of this run alone: the pages of a search belong to the connection that it was begun on. */
  readonly connection: Connection;
  readonly maker: RecordMaker;
  readonly grounds: Grounds;
  /** Which entries are there at all, as for `find`. */
  readonly filter: FilterNode;
}

/** What tells an entry from all others, even when it is renamed: OpenLDAP, 389 DS, Active Directory. */
const KEYS: readonly { readonly attribute: string; readonly read: (bytes: Buffer) => string | undefined }[] = [
  { attribute: 'entryUUID', read: textOfBytes },
  { attribute: 'nsUniqueId', read: textOfBytes },
  { attribute: 'objectGUID', read: guidText },
];
/** Active Directory gives no larger pages, and a batch is to be no larger. */
const LARGEST_PAGE = 1_000;
/** For the way, and for a server that is slow to notice that its own time is up. */
const GRACE_MS = 5_000;
/** A server that gives pages without anybody in them for so long leads in circles. */
const MOST_EMPTY_PAGES = 10_000;

// RFC 4511, appendix A
const SUCCESS = 0;
const NO_SUCH_CONTROL = 12;

/**
 * One run. The pages of LDAP can only be asked for in their order, and only on the connection that they were begun on, so
 * a run that breaks off begins anew: there is no {@link ListBatch.next}. Whatever is not the end of a search is an error.
 * @throws {SourceError}, {@link ConnectionLost}
 */
export async function* listEntries(
  parts: ListParts,
  { since }: ListQuery,
  signal: AbortSignal,
): AsyncGenerator<ListBatch> {
  const { connection, maker, grounds } = parts;
  const now = new Date();
  const { timeLimit, aliases, isAnonymous } = grounds;
  const limits = { sizeLimit: 0, timeLimit, aliases };
  const search = (words: Pick<SearchWords, 'base' | 'scope' | 'filter' | 'attributes' | 'page'>) =>
    inTime(grounds, signal, (limited) => connection.search({ ...words, ...limits }, limited));
  const clock = await clockOf(search, now);
  const changed = since === undefined ? undefined : clock.changedSince(since);
  const filter = changed === undefined ? parts.filter : and([parts.filter, changed]);
  const attributes = attributesOf(maker.fields, [...KEYS.map(({ attribute }) => attribute), clock.attribute]);
  const size = Math.min(grounds.pageSize, LARGEST_PAGE);
  // An attribute that the account may not read finds nothing, and says nothing: then there are no changes to be had.
  let isReadable = changed !== undefined;
  let empty = 0;
  for (const base of separate(grounds)) {
    let cookie: Buffer | undefined;
    do {
      const page = { size, cookie, isNeeded: true };
      const answer = await search({ base, scope: grounds.scope, filter: encodable(filter), attributes, page });
      if (answer.code !== SUCCESS) throw refusal(base, answer, isAnonymous);
      cookie = answer.cookie;
      empty = answer.entries.length === 0 ? empty + 1 : 0;
      if (empty > MOST_EMPTY_PAGES)
        throw new SourceError('bad-response', 'the directory gives empty pages without end');
      // A server may give more than was asked for: Samba gives all at once.
      for (let at = 0; at < answer.entries.length; at += LARGEST_PAGE) {
        const entries = answer.entries.slice(at, at + LARGEST_PAGE);
        isReadable ||= entries.some((entry) => entry.values(clock.attribute).length > 0);
        const named = await inTime(grounds, signal, (limited) => maker.records(connection, entries, now, limited));
        const keys = entries.map(keyOf);
        yield { records: named.map((record, index) => ({ key: keys[index] ?? '', record })) };
      }
    } while (cookie !== undefined);
  }
  if (isReadable) yield { records: [], mark: clock.mark(since) };
}

/** The bases without those that lie in others: each entry comes once. */
function separate({ bases, scope }: Grounds): readonly string[] {
  const different = [...new Map(bases.map((base) => [dnKey(base), base])).values()];
  if (scope !== 'sub') return different;
  return different.filter((base) => !different.some((other) => other !== base && isUnder(base, other)));
}

function keyOf(entry: Entry): string {
  const ids = KEYS.map(({ attribute, read }) => entry.values(attribute).slice(0, 1).map(read)[0]);
  return ids.find((id) => id !== undefined && id !== '')?.toLowerCase() ?? dnKey(entry.dn);
}

function refusal(base: string, answer: Answer, isAnonymous: boolean): SourceError {
  // OpenLDAP says it in words: "pagedResults control not allowed".
  const hasNoPages = answer.code === NO_SUCH_CONTROL || /pagedresults/i.test(answer.words);
  if (!hasNoPages) return searchFailure(base, answer, isAnonymous);
  return new SourceError('rejected', 'the directory gives us no answers in pages (RFC 2696), so it cannot be listed', {
    remedy: 'let it (in OpenLDAP: size.prtotal of the limits of the account), or write no index for this source',
  });
}

/** A server that hangs must not hold the run; it has its own limit, and is given a little more. */
async function inTime<T>(
  { timeLimit }: Grounds,
  signal: AbortSignal,
  work: (limited: AbortSignal) => Promise<T>,
): Promise<T> {
  const limit = timeLimit * 1000 + GRACE_MS;
  try {
    return await withDeadlineWithin(limit, signal, work);
  } catch (error) {
    if (signal.aborted || !(error instanceof DeadlineExceeded)) throw error;
    throw new SourceError('timeout', `the directory gave no page within ${limit / 1000} seconds`, {
      remedy: 'see the load of the server; raise searchTimeout, or index the attributes that are searched',
    });
  }
}
