/**
 * Reading calls or chats from the newest change to the oldest, each once. The vendor advises against pages, since records move
 * while they are read: each request asks for what was changed before the oldest that is known. Where the answers are not in
 * order, it asks for windows of time that are so narrow that all of one comes at once.
 */
import { type CallContext, SourceError } from '../../src/contract/index.ts';
import type { Data } from '../../src/kit/web/index.ts';
import type { Api, Page } from './api.ts';
import { changedAt, keyOf, type Thing } from './conversation.ts';
import { SYSTEM, unexpected } from './failures.ts';

/** Times there have whole seconds, and whether a bound is part of its range is told in two ways. */
const SECOND = 1_000;
/** Before it there was no such platform. */
const EARLIEST = Date.UTC(2010, 0);
/** Of more that were changed in one second something is amiss. */
const MOST_PAGES = 50;
/** A window with fewer was too narrow. */
const FEW = 50;

/** Where a walk is. Times in milliseconds since 1970, by the clock of the platform. */
export interface WalkPlace {
  /** What was changed later has been read; null: nothing has. */
  readonly to: number | null;
  /** Of those changed at that time: the page that comes next. */
  readonly page: number;
  /** How wide a window is; 0: the answers are in order, and need none. */
  readonly span: number;
  readonly isDone: boolean;
}

/** From the newest on. */
export const BEGINNING: WalkPlace = { to: null, page: 1, span: 0, isDone: false };

/** A way through one of the two lists. */
export class Walk {
  readonly thing: Thing;
  readonly #api: Api;
  readonly #oldest: number;
  #place: WalkPlace;
  /** Those at the boundary, which come again. */
  #given: ReadonlySet<string> = new Set();

  /** @param oldest what was changed before is not wanted; undefined: everything is */
  constructor(api: Api, thing: Thing, oldest: number | undefined, place = BEGINNING) {
    this.#api = api;
    this.thing = thing;
    this.#oldest = oldest ?? Number.NEGATIVE_INFINITY;
    this.#place = place;
  }

  get place(): WalkPlace {
    return this.#place;
  }

  /** All that was changed at or after has been read. Infinite: nothing has; the other way: everything. */
  get readFrom(): number {
    const { to, isDone } = this.#place;
    if (isDone) return Number.NEGATIVE_INFINITY;
    return to === null ? Number.POSITIVE_INFINITY : to + SECOND;
  }

  /** The next ones; there may be none among them that was not read before. @throws {SourceError} */
  async next(context: CallContext): Promise<readonly Data[]> {
    const { to, page, span } = this.#place;
    const now = this.#api.clock.now + SECOND;
    const from = span === 0 ? this.#oldest : Math.max(this.#oldest, (to ?? now) - span);
    const params = {
      ...{ sort_column: 'updated_at', sort_direction: 'DESC' },
      'updated_at[from]': Number.isFinite(from) ? isoTime(from - SECOND) : undefined,
      'updated_at[to]': to === null ? undefined : isoTime(to + SECOND),
    };
    const answer = await this.#api.page(this.thing, params, context, page);
    const keys = answer.items.map((item) => keyOf(this.thing, item));
    if (keys.includes(undefined)) throw unexpected(`${this.thing} with one that has no ID`);
    const items = answer.items.filter((_, at) => !this.#given.has(keys[at] ?? ''));
    if (!answer.hasMore) return this.#ended(items, from, now);
    if (isInOrder(answer.items, to)) return this.#further(answer, items);
    return this.#narrower(page === 1 ? span || (to ?? now) - Math.max(this.#oldest, EARLIEST) : 0, answer);
  }

  /** All of the window has come. */
  #ended(items: readonly Data[], from: number, now: number): readonly Data[] {
    const { to, span } = this.#place;
    const isDone = span === 0 || from <= Math.max(this.#oldest, EARLIEST);
    const isWide = items.length >= FEW;
    this.#go({ to: span === 0 ? to : from, page: 1, span: isWide ? span : Math.min(span * 2, now), isDone }, items);
    return items;
  }

  #further({ items: all }: Page, items: readonly Data[]): readonly Data[] {
    const { to, page } = this.#place;
    const oldest = all.reduce<number | undefined>((least, item) => changedAt(item) ?? least, undefined);
    if (oldest !== undefined && (to === null || oldest < to))
      this.#go({ ...this.#place, to: oldest, page: 1 }, all, page === 1 ? [] : this.#given);
    else if (page >= MOST_PAGES || items.length === 0) throw neverEnds(this.thing);
    else this.#go({ ...this.#place, page: page + 1 }, all, this.#given);
    return items;
  }

  /** What came is thrown away: nobody knows what is missing between. */
  #narrower(span: number, { items }: Page): readonly Data[] {
    if (span < SECOND || items.every((item) => changedAt(item) === undefined)) throw neverEnds(this.thing);
    this.#place = { ...this.#place, span: Math.floor(span / 2), page: 1 };
    return [];
  }

  #go(place: WalkPlace, items: readonly Data[], before: Iterable<string> = []): void {
    this.#place = place;
    const { to } = place;
    const isAtBoundary = (item: Data) => to !== null && (changedAt(item) ?? 0) <= to + SECOND;
    this.#given = new Set([...before, ...items.filter(isAtBoundary).flatMap((item) => keyOf(this.thing, item) ?? [])]);
  }
}

function isoTime(at: number): string {
  return new Date(at).toISOString();
}

/** Those without a time of a change stand anywhere in it: databases have them first or last. */
function isInOrder(items: readonly Data[], to: number | null): boolean {
  let before = to === null ? Number.POSITIVE_INFINITY : to + SECOND;
  for (const item of items) {
    const at = changedAt(item) ?? before;
    if (at > before) return false;
    before = at;
  }
  return true;
}

function neverEnds(thing: Thing): SourceError {
  return new SourceError(
    'bad-response',
    `${SYSTEM} gives its ${thing} neither in the order of updated_at nor in pages`,
    {
      remedy: `ask the vendor whether this account can be followed by updated_at (tailing)`,
    },
  );
}
