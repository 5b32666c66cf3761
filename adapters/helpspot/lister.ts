/**
 * Listing requests for an index: all by their numbers, or those that changed since a time. Requests come in at the end, so
 * a page begins some rows before the end of the last one and is gone on with behind the last number: what goes meanwhile
 * moves nobody past the end of a page.
 */
import {
  type CallContext,
  type ListBatch,
  type ListedRecord,
  type ListQuery,
  SourceError,
  type SourceRecord,
} from '../../src/contract/index.ts';
import { cursorOf, pageInTime, partsOfCursor, type SystemClock } from '../../src/kit/http/index.ts';
import type { Data } from '../../src/kit/web/index.ts';
import { textAt } from './answer.ts';
import type { Names } from './names.ts';
import { numberOf, requestRecord } from './request.ts';
import type { Requests } from './requests.ts';
import type { Settings } from './settings.ts';

/** What changed while a run began is asked for again by the next one. */
const OVERLAP_SECONDS = 300;
/** Rows in a request; some hundred kilobytes. */
const LIST_PAGE = 200;
/** A page with fewer is the last: no HelpSpot gives fewer than it is asked for. */
const SURE_PAGE = 50;
/** Rows of the last page that come again. */
const COUNTED_TWICE = 25;
/** With their histories. */
const BATCH = 50;

/** Lists requests. */
export class Lister {
  readonly #requests: Requests;
  readonly #names: Names;
  readonly #settings: Settings;
  readonly #clock: SystemClock;

  constructor(requests: Requests, names: Names, settings: Settings, clock: SystemClock) {
    this.#requests = requests;
    this.#names = names;
    this.#settings = settings;
    this.#clock = clock;
  }

  /** @throws {SourceError} */
  async *list({ from, since }: ListQuery, context: CallContext): AsyncGenerator<ListBatch> {
    const began = performance.now();
    const resumed = resumedFrom(from);
    let mark = resumed?.mark;
    // The clock is HelpSpot's own once it has answered.
    const marked = () => (mark ??= String(Math.floor(this.#clock.at(began) / 1000) - OVERLAP_SECONDS));
    const place = { after: resumed?.after ?? 0, start: resumed?.start ?? 0 };
    const changedSince = isTime(since) ? Number(since) : undefined;
    const batches =
      changedSince === undefined
        ? this.#all(place, marked, context)
        : this.#changed(changedSince, place, marked, context);
    yield* batches;
  }

  async *#all(place: Place, marked: () => string, context: CallContext): AsyncGenerator<ListBatch> {
    let { after, start } = place;
    for (;;) {
      const page = await this.#page(start, context);
      marked();
      const numbers = page.map((request) => Number(numberOf(request)));
      refuseDisorder(numbers);
      // Rows before this page have gone: what stood behind the last one may stand before it.
      if (start > 0 && (numbers[0] ?? Number.POSITIVE_INFINITY) > after) {
        start = Math.max(0, start - LIST_PAGE);
        continue;
      }
      const fresh = page.filter((request) => Number(numberOf(request)) > after);
      const isLast = page.length < SURE_PAGE;
      after = Math.max(after, numbers.at(-1) ?? 0);
      start = fresh.length === 0 ? start + page.length : Math.max(0, start + page.length - COUNTED_TWICE);
      if (fresh.length > 0 || isLast) {
        const records = await this.#records(fresh, context);
        yield { records, mark: marked(), next: isLast ? undefined : cursorOf(marked(), after, start) };
      }
      if (isLast) return;
    }
  }

  async *#changed(since: number, place: Place, marked: () => string, context: CallContext): AsyncGenerator<ListBatch> {
    const all = await pageInTime(context, 'HelpSpot', (limited) => this.#requests.changedSince(since, limited));
    marked();
    const ids = all.filter((id) => Number(id) > place.after);
    for (let start = 0; start === 0 || start < ids.length; start += BATCH) {
      const some = ids.slice(start, start + BATCH);
      const given = await pageInTime(context, 'HelpSpot', (limited) => this.#requests.getMany(some, limited));
      const there = [...new Map(given.map((request) => [numberOf(request), request])).values()];
      const kept = there.filter((request) => textAt(request, 'fTrash') !== '1');
      const keys = new Set(kept.map(numberOf));
      // In the trash, merged into another, or not this person's to see any more.
      const removed = some.filter((id) => !keys.has(id));
      const last = start + BATCH >= ids.length ? undefined : some.at(-1);
      const next = last === undefined ? undefined : cursorOf(marked(), Number(last), 0);
      yield { records: await this.#records(kept, context), removed, mark: marked(), next };
    }
  }

  #page(start: number, context: CallContext): Promise<readonly Data[]> {
    return pageInTime(context, 'HelpSpot', (limited) => this.#requests.byNumber({ start, length: LIST_PAGE }, limited));
  }

  async #records(requests: readonly Data[], context: CallContext): Promise<readonly ListedRecord[]> {
    const { url, history } = this.#settings;
    return await pageInTime(context, 'HelpSpot', async (limited) => {
      const whole = history ? await this.#withHistories(requests, limited) : requests;
      const naming = await this.#names.knownToKeep(limited);
      await this.#names.learn(whole, naming, limited);
      const making = { naming, url, withHistory: history };
      return whole.map((request) => ({
        key: keyOf(request),
        record: withoutUndefined(requestRecord(request, making)),
      }));
    });
  }

  async #withHistories(requests: readonly Data[], context: CallContext): Promise<readonly Data[]> {
    const known = new Map<string, Data>();
    for (let start = 0; start < requests.length; start += BATCH) {
      const ids = requests.slice(start, start + BATCH).map(keyOf);
      for (const one of await this.#requests.getMany(ids, context)) known.set(keyOf(one), one);
    }
    return requests.map((request) => known.get(keyOf(request)) ?? request);
  }
}

/** Behind which request a page begins, and at which row that may be found. */
interface Place {
  readonly after: number;
  readonly start: number;
}

function keyOf(request: Data): string {
  return numberOf(request) ?? '';
}

function withoutUndefined(record: SourceRecord): SourceRecord {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
}

/** @throws {SourceError} `bad-response` when the requests do not come by their numbers: some would be passed over */
function refuseDisorder(numbers: readonly number[]): void {
  if (numbers.every((number, at) => at === 0 || number > (numbers[at - 1] ?? 0))) return;
  throw new SourceError('bad-response', 'HelpSpot does not give its requests in the order of their numbers', {
    lasting: true,
    remedy: 'this version of HelpSpot cannot be listed; take "index" out of the source',
  });
}

function resumedFrom(from: string | undefined): (Place & { readonly mark: string }) | undefined {
  const [mark, after, start] = partsOfCursor(from, 3) ?? [];
  if (typeof mark !== 'string' || !isTime(mark) || typeof after !== 'number' || typeof start !== 'number')
    return undefined;
  return after >= 0 && start >= 0 ? { mark, after, start } : undefined;
}

/** Seconds since 1970. */
function isTime(text: string | undefined): text is string {
  return text !== undefined && /^\d{9,11}$/.test(text);
}
