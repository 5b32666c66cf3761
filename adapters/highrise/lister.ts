/**
 * Listing for an index. "When filtering with the since parameter, the collection is ordered by ascending updated_at"
 * (sections/people.md): so everybody is listed as having changed since long ago, and each page is asked for by the time of
 * the last person before it. Whoever comes, goes or changes meanwhile moves nobody past the end of a page, as with an offset.
 */
import {
  type CallContext,
  type ListBatch,
  type ListedRecord,
  type ListQuery,
  SourceError,
} from '../../src/contract/index.ts';
import { cursorOf, pageInTime, partsOfCursor, type SystemClock } from '../../src/kit/http/index.ts';
import { LIST_PAGE, type People, timeText } from './people.ts';
import type { Person } from './person.ts';
import { type Account, recordOf } from './record.ts';

/** What the clocks of its servers may differ. */
const OVERLAP_MS = 5 * 60_000;
/** Before there was a Highrise. */
const BEGINNING = '20000101000000';
const BATCH = 100;
/** Whose companies are asked for at the same time. */
const COMPANIES = 25;
/** Of people who changed in the same second, so many may go meanwhile: only these are counted by an offset. */
const COUNTED_TWICE = 20;
const MOST_STALE_PAGES = 2;

/** Behind which people a page begins: from a second on (yyyymmddhhmmss), so many left out. */
interface Place {
  readonly since: string;
  readonly offset: number;
}

/** Lists people. */
export class Lister {
  readonly #people: People;
  readonly #account: Account;
  readonly #clock: SystemClock;

  constructor(people: People, account: Account, clock: SystemClock) {
    this.#people = people;
    this.#account = account;
    this.#clock = clock;
  }

  /** @throws {SourceError} */
  async *list({ from, since }: ListQuery, context: CallContext): AsyncGenerator<ListBatch> {
    const began = performance.now();
    const changedSince = isTime(since) ? since : undefined;
    const resumed = resumedFrom(from);
    let mark = resumed?.mark;
    const marked = () => (mark ??= timeText(this.#clock.at(began) - OVERLAP_MS));
    if (resumed === undefined && changedSince !== undefined) {
      // Before the people: whoever has come back is there again.
      for await (const removed of this.#removed(changedSince, context)) yield { records: [], removed, mark: marked() };
    }
    let place = resumed?.place ?? { since: changedSince ?? BEGINNING, offset: 0 };
    let before: readonly Person[] = [];
    for (let stale = 0; ; ) {
      const page = await this.#page(place, context);
      const isLast = page.length < LIST_PAGE;
      const seen = new Map(before.map((one) => [one.id, one.updated?.getTime()]));
      const isFresh = ({ id, updated }: Person) => !seen.has(id) || seen.get(id) !== updated?.getTime();
      stale = page.some(isFresh) ? 0 : stale + 1;
      if (!isLast && stale === MOST_STALE_PAGES) {
        throw new SourceError('bad-response', 'Highrise gives the same page of people again and again');
      }
      for (let start = 0; start === 0 || start < page.length; start += BATCH) {
        const end = Math.min(start + BATCH, page.length);
        const records = await this.#records(page.slice(start, end).filter(isFresh), context);
        const isEnd = isLast && end === page.length;
        const next = isEnd ? undefined : placeBehind(page.slice(0, end), place);
        yield { records, mark: marked(), next: next && cursorOf(marked(), next.since, next.offset) };
      }
      if (isLast) return;
      place = placeBehind(page, place);
      before = page;
    }
  }

  #page({ since, offset }: Place, context: CallContext): Promise<readonly Person[]> {
    return pageInTime(context, 'Highrise', (limited) => this.#people.changedSince(since, offset, limited));
  }

  /** Pages of the ids of people who were deleted since then. */
  async *#removed(since: string, context: CallContext): AsyncGenerator<readonly string[]> {
    for (let offset = 0; ; offset += LIST_PAGE) {
      const page = await pageInTime(context, 'Highrise', (limited) => this.#people.deletions(since, offset, limited));
      yield page.filter(({ type }) => type === 'Person').map(({ id }) => id);
      if (page.length < LIST_PAGE) return;
    }
  }

  async #records(people: readonly Person[], context: CallContext): Promise<readonly ListedRecord[]> {
    const records: ListedRecord[] = [];
    for (let start = 0; start < people.length; start += COMPANIES) {
      const named = await pageInTime(context, 'Highrise', (limited) =>
        Promise.all(people.slice(start, start + COMPANIES).map((one) => this.#people.withCompany(one, limited))),
      );
      for (const person of named) records.push({ key: person.id, record: recordOf(person, this.#account) });
    }
    return records;
  }
}

/** Whether that second belongs to what changed since is documented nowhere: so it is asked for from the one before. */
function placeBehind(people: readonly Person[], { since, offset }: Place): Place {
  const last = people.at(-1)?.updated;
  const from = last === undefined ? since : timeText(last.getTime() - 1000);
  if (from > since) return { since: from, offset: 0 };
  return { since, offset: offset + Math.max(1, people.length - COUNTED_TWICE) };
}

function resumedFrom(from: string | undefined): { readonly mark: string; readonly place: Place } | undefined {
  const [mark, since, offset] = partsOfCursor(from, 3) ?? [];
  if (!isTime(mark) || !isTime(since) || typeof offset !== 'number' || !(offset >= 0)) return undefined;
  return { mark, place: { since, offset } };
}

/** As {@link timeText} writes it. */
function isTime(text: unknown): text is string {
  return typeof text === 'string' && /^\d{14}$/.test(text);
}
