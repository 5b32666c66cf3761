/**
 * Listing chats for an index: all by their numbers, or what changed since a mark. The API gives the newest first, those above
 * a number (`id_gt`), and how many there are; so the lowest above a number are the last of these, and a run goes on behind
 * the last number it had, whatever comes meanwhile.
 *
 * Nothing tells when a chat was changed. What can change is read again: those that visitors wrote into since, new ones,
 * those that are open, and those that were open at the last mark. What is changed of a closed chat is seen by a full run.
 */
import {
  type CallContext,
  type ListBatch,
  type ListedRecord,
  type ListQuery,
  SourceError,
} from '../../src/contract/index.ts';
import { cursorOf, pageInTime, partsOfCursor, type SystemClock } from '../../src/kit/http/index.ts';
import type { Data } from '../../src/kit/web/index.ts';
import { countAt } from './answer.ts';
import type { Params } from './api.ts';
import { chatRecord, idOf, OPEN, statusOf } from './chat.ts';
import type { ChatPage, Chats } from './chats.ts';
import { SYSTEM } from './failures.ts';
import type { Names } from './names.ts';

/** What changed while a run began is asked for again by the next one. */
const OVERLAP_SECONDS = 300;
/** Chats in a batch. */
const BATCH = 500;
/** So many may come between two requests. */
const SLACK = 20;
/** Tries to get the end of a list that grows faster than it is read. */
const MOST_TRIES = 5;
/** So many that are open are remembered; of more the newest. */
const MOST_OPEN = 1_000;
/** Chats that are asked for one by one. */
const ONE_BY_ONE = 20;

const OPEN_ONES: Params = { status_ids: OPEN.join(',') };

/** How far the last run saw. */
interface Mark {
  /** Seconds since 1970. */
  readonly seconds: number;
  /** The highest number. */
  readonly top: number;
  /** Numbers of those that were open, upwards. */
  readonly open: readonly number[];
}

/** The parts of a run, one after the other, and behind which number of it the run goes on. */
interface Place {
  readonly part: Part;
  readonly after: number;
}
type Part = 'all' | 'written' | 'new' | 'open' | 'closed';
const PARTS: readonly Part[] = ['all', 'written', 'new', 'open', 'closed'];

/** What {@link Lister} works with. */
export interface ListerParts {
  readonly chats: Chats;
  readonly names: Names;
  readonly clock: SystemClock;
  /** Of the API: what stands before `/restapi/`. */
  readonly url: string;
}

/** Lists chats. */
export class Lister {
  readonly #parts: ListerParts;

  constructor(parts: ListerParts) {
    this.#parts = parts;
  }

  /** @throws {SourceError} */
  async *list({ from, since }: ListQuery, context: CallContext): AsyncGenerator<ListBatch> {
    context.signal.throwIfAborted();
    const last = markOf(since);
    const parts = last === undefined ? PARTS.slice(0, 1) : PARTS.slice(1);
    const resumed = resumedFrom(from, parts);
    const mark = resumed?.mark ?? (await this.#newMark(context));
    const begin = resumed?.place ?? { part: parts[0] ?? 'all', after: 0 };
    for (const part of parts.slice(parts.indexOf(begin.part))) {
      const after = part === begin.part ? begin.after : 0;
      const nextPart = parts[parts.indexOf(part) + 1];
      for await (const step of this.#part(part, after, last, context)) {
        const isEnd = step.rest === 0 && nextPart === undefined;
        const next = step.rest > 0 ? cursorOf(mark, part, step.after) : cursorOf(mark, nextPart ?? part, 0);
        // Nothing of a part is no batch, but for the last one, which has the mark.
        if (step.chats.length > 0 || step.removed.length > 0 || isEnd) {
          const records = await this.#records(step.chats, context);
          yield { records, removed: step.removed, mark, next: isEnd ? undefined : next };
        }
      }
    }
  }

  #part(part: Part, after: number, last: Mark | undefined, context: CallContext): AsyncIterable<Step> {
    if (last === undefined || part === 'all') return this.#upwards({}, after, context, () => true);
    const { seconds, top, open } = last;
    const isWritten = (chat: Data) => (countAt(chat, 'last_user_msg_time') ?? 0) > seconds;
    const isNew = (chat: Data) => Number(idOf(chat)) > top;
    switch (part) {
      case 'written':
        return this.#upwards({ last_user_msg_time_gt: seconds }, after, context, () => true);
      case 'new':
        return this.#upwards({}, Math.max(after, top), context, (chat) => !isWritten(chat));
      case 'open':
        return this.#upwards(OPEN_ONES, after, context, (chat) => !isWritten(chat) && !isNew(chat));
      case 'closed':
        return this.#closed(
          open.filter((id) => id > after),
          context,
          (chat) => !isWritten(chat) && !isNew(chat) && !isOpen(chat),
        );
    }
  }

  /** The chats above a number that meet a filter, by their numbers. */
  async *#upwards(
    filter: Params,
    above: number,
    context: CallContext,
    isWanted: (chat: Data) => boolean,
  ): AsyncGenerator<Step> {
    let after = above;
    let left: number | undefined;
    for (let tries = 0; ; ) {
      const offset = Math.max(0, (left ?? 0) - BATCH);
      const page = await this.#page({ ...filter, id_gt: after }, offset, context);
      const { chats } = page;
      if (!hasLowest(page, offset, (left ?? 0) - offset)) {
        // The lowest are behind the end of this page: it was the first, or more have come, or some are gone.
        if (left !== undefined) tries += 1;
        if (tries >= MOST_TRIES) throw neverEnds();
        // Only the first page says how many there are.
        left = page.total;
        continue;
      }
      tries = 0;
      const upwards = chats.toSorted((one, other) => Number(idOf(one)) - Number(idOf(other)));
      const last = upwards.at(-1);
      if (last !== undefined) after = Math.max(after, Number(idOf(last)));
      left = offset;
      yield { chats: upwards.filter(isWanted), removed: [], after, rest: left };
      if (left === 0) return;
    }
  }

  /** Those that were open, and are not any more. */
  async *#closed(
    ids: readonly number[],
    context: CallContext,
    isWanted: (chat: Data) => boolean,
  ): AsyncGenerator<Step> {
    for (let start = 0; start === 0 || start < ids.length; start += ONE_BY_ONE) {
      const some = ids.slice(start, start + ONE_BY_ONE);
      const given = await pageInTime(context, SYSTEM, (limited) =>
        Promise.all(some.map(async (id) => await this.#parts.chats.current(String(id), limited))),
      );
      const chats = given.filter((chat) => chat !== undefined);
      const there = new Set(chats.map(idOf));
      const removed = some.map(String).filter((id) => !there.has(id));
      const rest = Math.max(0, ids.length - start - some.length);
      yield { chats: chats.filter(isWanted), removed, after: some.at(-1) ?? 0, rest };
    }
  }

  #page(filter: Params, offset: number, context: CallContext): Promise<ChatPage> {
    const rows = { offset, limit: BATCH + SLACK };
    return pageInTime(context, SYSTEM, (limited) => this.#parts.chats.page(filter, rows, limited));
  }

  /** Before anything is read: what changes meanwhile is for the next run. */
  async #newMark(context: CallContext): Promise<string> {
    const began = performance.now();
    const { chats, clock } = this.#parts;
    const [newest, open] = await pageInTime(context, SYSTEM, (limited) =>
      Promise.all([
        chats.page({}, { offset: 0, limit: 1 }, limited),
        chats.page(OPEN_ONES, { offset: 0, limit: MOST_OPEN }, limited),
      ]),
    );
    const seconds = Math.floor(clock.at(began) / 1000) - OVERLAP_SECONDS;
    const ids = open.chats.map((chat) => Number(idOf(chat))).toSorted((one, other) => one - other);
    return cursorOf(seconds, Number(idOf(newest.chats[0]) ?? 0), ids.join(','));
  }

  async #records(chats: readonly Data[], context: CallContext): Promise<readonly ListedRecord[]> {
    const { names, url } = this.#parts;
    const naming = await pageInTime(context, SYSTEM, (limited) => names.of(chats, limited));
    return chats.map((chat) => ({ key: idOf(chat) ?? '', record: chatRecord(chat, naming, url) }));
  }
}

/** A part of a part. */
interface Step {
  readonly chats: readonly Data[];
  readonly removed: readonly string[];
  /** The highest number that was read. */
  readonly after: number;
  /** How many are left. */
  readonly rest: number;
}

/**
 * Whether a page has the end of the list.
 * @param expected so many there were behind the offset: fewer may be a page that is cut off, rather than the end
 */
function hasLowest({ chats, total }: ChatPage, offset: number, expected: number): boolean {
  if (total !== undefined) return offset + chats.length >= total;
  return chats.length >= expected && chats.length < BATCH + SLACK;
}

function isOpen(chat: Data): boolean {
  return OPEN.includes(statusOf(chat) ?? -1);
}

function neverEnds(): SourceError {
  return new SourceError('bad-response', `${SYSTEM} gives fewer chats than it counts, again and again`, {
    remedy: 'look whether an extension of Live Helper Chat limits its lists',
  });
}

function markOf(text: string | undefined): Mark | undefined {
  const [seconds, top, open] = partsOfCursor(text, 3) ?? [];
  if (typeof seconds !== 'number' || typeof top !== 'number' || typeof open !== 'string') return undefined;
  return { seconds, top, open: open.split(',').filter(Boolean).map(Number).filter(Number.isSafeInteger) };
}

function resumedFrom(
  from: string | undefined,
  parts: readonly Part[],
): { readonly mark: string; readonly place: Place } | undefined {
  const [mark, name, after] = partsOfCursor(from, 3) ?? [];
  const part = parts.find((one) => one === name);
  if (typeof mark !== 'string' || markOf(mark) === undefined || part === undefined) return undefined;
  return typeof after === 'number' && after >= 0 ? { mark, place: { part, after } } : undefined;
}
