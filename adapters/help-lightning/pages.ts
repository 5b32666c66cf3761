/** Reading a list of Help Lightning by its pages, as many as are needed. */
import type { CallContext } from '../../src/contract/index.ts';
import { type Data, textAt } from '../../src/kit/web/index.ts';
import type { Api, ListedThing } from './api.ts';
import { unexpected } from './failures.ts';

/** So many are given quickly, and most customers have fewer. */
const PAGE_SIZE = 50;
/** Of a list that never ends. */
const MOST_PAGES = 200;

/** What tells one of a list from all others. */
const IDS: Readonly<Record<ListedThing, (data: Data) => string | undefined>> = {
  users: (user) => textAt(user, 'id'),
  calls: callIdOf,
};

/** How much of a list is read. */
export interface Reading {
  readonly filter?: string | undefined;
  /** Stops when so many have been read. */
  readonly most: number;
  /** Whether these are enough; left out: only all are. */
  readonly isEnough?: (items: readonly Data[]) => boolean;
}

/** What was read. */
export interface Read {
  readonly items: readonly Data[];
  /** Whether there is more behind it. */
  readonly hasMore: boolean;
}

/** The ID of a call; some answers have it in the session of the call. */
export function callIdOf(call: Data): string | undefined {
  return textAt(call, 'call_id') ?? textAt(call, 'session') ?? textAt(call, 'id');
}

/** Each once, in the order of the system. @throws {SourceError} */
export async function readPages(
  api: Api,
  list: ListedThing,
  { filter, most, isEnough }: Reading,
  context: CallContext,
): Promise<Read> {
  const byId = new Map<string, Data>();
  let read = 0;
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const { entries, total } = await api.page(list, { filter, page, size: PAGE_SIZE }, context);
    const before = byId.size;
    for (const entry of entries) {
      const id = IDS[list](entry);
      if (id === undefined) throw unexpected(`enterprise/${list} with one that has no ID`);
      byId.set(id, byId.get(id) ?? entry);
    }
    read += entries.length;
    const items = [...byId.values()];
    // The same page again is the end as well: of a system that does not know `page`. Nor is a page that is not full the end:
    // it may be as large as the system makes them.
    if (byId.size === before || total === read) return { items, hasMore: false };
    if (items.length >= most || isEnough?.(items) === true) return { items, hasMore: true };
  }
  return { items: [...byId.values()], hasMore: true };
}
