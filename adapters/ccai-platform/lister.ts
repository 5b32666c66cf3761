/**
 * Listing calls and chats for an index: the newest first, so that what staff look for is there soon. A run through everything
 * takes a request for a hundred of them, hours for a large account; meanwhile it looks for what has changed.
 */
import type { CallContext, ListBatch, ListedRecord, ListQuery } from '../../src/contract/index.ts';
import { cursorOf, pageInTime, partsOfCursor } from '../../src/kit/http/index.ts';
import type { Data } from '../../src/kit/web/index.ts';
import type { Api } from './api.ts';
import { changedAt, conversationRecord, keyOf, THINGS, type Thing } from './conversation.ts';
import { SYSTEM } from './failures.ts';
import { BEGINNING, Walk, type WalkPlace } from './walk.ts';

/** A change may be seen by others some time after its `updated_at`. */
const OVERLAP_MS = 300_000;
/** A look for changes takes two requests or more: at least so many go on with the run between two of them. */
const REQUESTS_BETWEEN = 10;
/** A walk goes back a second further than it is told. */
const SECOND_MS = 1_000;

/** When it was looked for changes: what had changed before is known. Milliseconds since 1970. */
interface Look {
  /** By the clock of the platform. */
  readonly there: number;
  readonly here: number;
}

/** A look for changes in a run. */
interface Looking {
  readonly look: Look;
  readonly walks: readonly Walk[];
  readonly recent: Recent;
}

/** What was listed of late, which the next look for changes sees again. */
class Recent {
  readonly #changedAt = new Map<string, number>();

  /** @param from what was changed before is not seen again */
  add(thing: Thing, items: readonly Data[], from: number): void {
    for (const item of items) {
      const at = changedAt(item) ?? 0;
      if (at >= from - 2 * SECOND_MS) this.#changedAt.set(keyOf(thing, item) ?? '', at);
    }
    for (const [key, at] of this.#changedAt) if (at < from - 2 * SECOND_MS) this.#changedAt.delete(key);
  }

  /** Those that have changed since. */
  without(thing: Thing, items: readonly Data[]): readonly Data[] {
    return items.filter((item) => this.#changedAt.get(keyOf(thing, item) ?? '') !== (changedAt(item) ?? 0));
  }
}

/** A time by the clock of this machine: since 1970, and as `performance.now()` has it. */
interface Moment {
  readonly here: number;
  readonly at: number;
}

/** Lists calls and chats. */
export class Lister {
  readonly #api: Api;
  readonly #recordings: boolean;

  constructor(api: Api, recordings: boolean) {
    this.#api = api;
    this.#recordings = recordings;
  }

  /** @throws {SourceError} */
  async *list({ from, since, oldest, everyMs }: ListQuery, context: CallContext): AsyncGenerator<ListBatch> {
    context.signal.throwIfAborted();
    const last = markOf(since);
    const isFull = last === undefined;
    const least = isFull ? oldest : Math.max(last - OVERLAP_MS, oldest ?? 0);
    const resumed = resumedFrom(from);
    const begun = moment();
    let look = resumed?.look;
    const walks = THINGS.map((thing, at) => new Walk(this.#api, thing, least, resumed?.places[at]));
    const recent = new Recent();
    // One that goes on after a crash begins with what has changed meanwhile.
    let [requests, isDue] = [0, isFull && resumed !== undefined];
    while (true) {
      if (isDue && look !== undefined) {
        const next = moment();
        yield* this.#changes({ look, walks, recent }, context);
        [look, requests] = [this.#lookOf(next), 0];
      }
      const walk = newest(walks);
      const items = walk === undefined ? [] : await this.#next(walk, context);
      requests += 1;
      look ??= this.#lookOf(begun);
      if (walk !== undefined) recent.add(walk.thing, items, look.there - OVERLAP_MS);
      // What changed ahead of it has gone behind it: without a last look it would be missing, and removed.
      const isAtEnd = newest(walks) === undefined;
      isDue = isFull && (isAtEnd ? walk !== undefined : isTimeToLook(requests, look, everyMs));
      const isEnd = isAtEnd && !isDue;
      if (items.length === 0 && !isEnd) continue;
      const complete = spanOf(walks, least, look);
      yield {
        records: walk === undefined ? [] : this.#records(walk.thing, items),
        mark: cursorOf(look.there),
        ...(!isEnd && { next: cursorAt(look, walks) }),
        ...(complete && { complete }),
      };
      if (isEnd) return;
    }
  }

  /** What has changed since it was looked the last time. Behind it the run goes on where it was. */
  async *#changes({ look, walks, recent }: Looking, context: CallContext): AsyncGenerator<ListBatch> {
    const from = look.there - OVERLAP_MS;
    for (const thing of THINGS) {
      const walk = new Walk(this.#api, thing, from);
      while (!walk.place.isDone) {
        const items = recent.without(thing, await this.#next(walk, context));
        recent.add(thing, items, from);
        if (items.length > 0) yield { records: this.#records(thing, items), next: cursorAt(look, walks) };
      }
    }
  }

  #next(walk: Walk, context: CallContext): Promise<readonly Data[]> {
    return pageInTime(context, SYSTEM, (limited) => walk.next(limited));
  }

  /** Behind an answer: they tell what time it is there. */
  #lookOf({ here, at }: Moment): Look {
    return { there: Math.floor(this.#api.clock.at(at)), here };
  }

  #records(thing: Thing, items: readonly Data[]): readonly ListedRecord[] {
    return items.map((item) => {
      return { key: keyOf(thing, item) ?? '', record: conversationRecord(thing, item, this.#recordings) };
    });
  }
}

function isTimeToLook(requests: number, look: Look, everyMs: number | undefined): boolean {
  return everyMs !== undefined && requests >= REQUESTS_BETWEEN && Date.now() - look.here >= everyMs;
}

function moment(): Moment {
  return { here: Date.now(), at: performance.now() };
}

/** The one that is least far back; undefined where both are at their end. */
export function newest(walks: readonly Walk[]): Walk | undefined {
  return walks
    .filter(({ place }) => !place.isDone)
    .reduce<Walk | undefined>(
      (best, one) => (best !== undefined && best.readFrom >= one.readFrom ? best : one),
      undefined,
    );
}

function spanOf(walks: readonly Walk[], least: number | undefined, look: Look): ListBatch['complete'] {
  const since = walks.reduce((most, { readFrom }) => Math.max(most, readFrom), least ?? 0);
  return since === Number.POSITIVE_INFINITY ? undefined : { since, until: look.here };
}

function cursorAt({ there, here }: Look, walks: readonly Walk[]): string {
  const parts = walks.flatMap(({ place: { to, page, span, isDone } }) => [to, page, span, isDone ? 1 : 0]);
  return cursorOf(there, here, ...parts);
}

function resumedFrom(
  cursor: string | undefined,
): { readonly look: Look; readonly places: readonly WalkPlace[] } | undefined {
  const parts = partsOfCursor(cursor, 2 + 4 * THINGS.length)?.map((part) => (part === null ? null : Number(part)));
  if (parts === undefined || parts.some((part) => Number.isNaN(part))) return undefined;
  const [there, here, ...rest] = parts;
  const places = THINGS.map((_, at): WalkPlace => {
    const [to = null, page, span, isDone] = rest.slice(at * 4, at * 4 + 4);
    return { ...BEGINNING, to, page: page ?? 1, span: span ?? 0, isDone: isDone === 1 };
  });
  return { look: { there: there ?? 0, here: here ?? 0 }, places };
}

function markOf(text: string | undefined): number | undefined {
  const [there] = partsOfCursor(text, 1) ?? [];
  return typeof there === 'number' ? there : undefined;
}
