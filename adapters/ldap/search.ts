/** Searching all bases of a directory, page by page, until there is enough. */
import type { Filter } from 'ldapts';
import type { Aliases, Answer, Connection } from './connection.ts';
import type { Entry } from './entry.ts';
import { searchFailure } from './failures.ts';

/** Where and how a directory is searched. */
export interface Grounds {
  readonly bases: readonly string[];
  readonly scope: 'base' | 'one' | 'sub';
  readonly pageSize: number;
  /** Seconds. */
  readonly timeLimit: number;
  readonly aliases: Aliases;
  readonly isAnonymous: boolean;
}

/** One search. */
export interface EntryRequest {
  readonly filter: Filter;
  readonly attributes: readonly string[];
  /** At most so many entries that pass. */
  readonly limit: number;
  /** The filter lets too many through; these are wanted. Undefined: all of them. */
  readonly passes: ((entry: Entry) => boolean) | undefined;
  /** At most so many entries are looked through; undefined: as many as there are. */
  readonly lookedThrough?: number;
}

/** What a search found. */
export interface Findings {
  readonly entries: readonly Entry[];
  /** Why there may be more than these, in words for staff; undefined when it is all, or `limit` of them. */
  readonly incomplete: string | undefined;
}

// RFC 4511, appendix A
const SUCCESS = 0;
const TIME_LIMIT = 3;
const SIZE_LIMIT = 4;
const REFERRAL = 10;
const ADMIN_LIMIT = 11;

/**
 * Asks base after base on one connection. What lies on other servers (references) is passed over.
 * @throws {SourceError} when a base refuses, {@link ConnectionLost}
 */
export async function search(
  connection: Connection,
  grounds: Grounds,
  request: EntryRequest,
  signal: AbortSignal,
): Promise<Findings> {
  const gathering = new Gathering(request);
  for (const [index, base] of grounds.bases.entries()) {
    const isLast = index === grounds.bases.length - 1;
    await searchBase(connection, { ...grounds, base, isLast }, gathering, signal);
    if (gathering.isFull) break;
  }
  return gathering;
}

/** One base. */
interface Place extends Grounds {
  readonly base: string;
  readonly isLast: boolean;
}

async function searchBase(
  connection: Connection,
  place: Place,
  gathering: Gathering,
  signal: AbortSignal,
): Promise<void> {
  const { base, scope, pageSize, timeLimit, aliases } = place;
  const { filter, attributes, passes } = gathering.request;
  // What is wanted fits into one page: no paging, which would leave a search open on the server.
  const isPaged = passes !== undefined || gathering.wanted > pageSize;
  let cookie: Buffer | undefined;
  do {
    const sizeLimit = isPaged ? 0 : gathering.wanted;
    const page = isPaged ? { page: { size: pageSize, cookie } } : {};
    const words = { base, scope, filter, attributes, sizeLimit, timeLimit, aliases, ...page };
    const answer = await connection.search(words, signal);
    gathering.add(answer.entries);
    const hasAllAsked = !isPaged && answer.entries.length >= sizeLimit;
    if (!mayGoOn(answer, hasAllAsked, place, gathering)) return;
    cookie = answer.cookie;
  } while (cookie !== undefined && !gathering.isFull);
}

/**
 * Whether the search of this base may go on, after the code of its answer.
 * @throws {SourceError} when the server refused
 */
function mayGoOn(answer: Answer, hasAllAsked: boolean, place: Place, gathering: Gathering): boolean {
  const { code } = answer;
  if (code === SUCCESS) {
    gathering.isAnswered = true;
    return true;
  }
  const isLimit = code === SIZE_LIMIT || code === ADMIN_LIMIT || code === TIME_LIMIT;
  if (isLimit && (answer.entries.length > 0 || gathering.entries.length > 0)) {
    // We asked for no more than this ourselves.
    if (code === SIZE_LIMIT && hasAllAsked) return false;
    gathering.incomplete =
      code === TIME_LIMIT
        ? 'the directory ran out of time and gave only a part of the matches'
        : 'the directory gave only a part of the matches, because it has a limit';
    return false;
  }
  // One base of several that another server has: the others have answered, or will.
  if (code === REFERRAL && (!place.isLast || gathering.isAnswered)) {
    gathering.incomplete = 'a part of the directory lies on another server, which was not asked';
    return false;
  }
  throw searchFailure(place.base, answer, place.isAnonymous);
}

class Gathering implements Findings {
  readonly request: EntryRequest;
  readonly entries: Entry[] = [];
  readonly #seen = new Set<string>();
  #looked = 0;
  /** Whether a base has been searched as it should. */
  isAnswered = false;
  incomplete: string | undefined;

  constructor(request: EntryRequest) {
    this.request = request;
  }

  get wanted(): number {
    return this.request.limit - this.entries.length;
  }

  get isFull(): boolean {
    return this.wanted <= 0 || this.#looked >= (this.request.lookedThrough ?? Number.POSITIVE_INFINITY);
  }

  add(entries: readonly Entry[]): void {
    for (const entry of entries) {
      // Bases may lie in each other.
      if (this.isFull || this.#seen.has(entry.dn)) continue;
      this.#looked += 1;
      if (this.#looked === this.request.lookedThrough) {
        this.incomplete = `only the first ${this.#looked} similar entries of the directory were looked through`;
      }
      if (this.request.passes?.(entry) === false) continue;
      this.#seen.add(entry.dn);
      this.entries.push(entry);
    }
  }
}
