/**
 * Finds what an earlier attempt has made, by the reference in its note. HelpSpot's search of words comes from an index
 * of its database, and may lack what is new; what has changed since a time (private.request.getChanged) comes from the
 * tables themselves, and so do a request, its time events and who follows it. So what is found nowhere is not there, unless the
 * person of the token may not see it.
 */
import { type CallContext, type PushRequest, SourceError } from '../../src/contract/index.ts';
import { roughText } from '../../src/kit/text/index.ts';
import type { Data } from '../../src/kit/web/index.ts';
import { textAt } from './answer.ts';
import type { HelpSpotApi } from './api.ts';
import { isRefusedAs, MERGED, NO_SUCH_REQUEST } from './failures.ts';
import { notesOf, numberOf } from './request.ts';
import type { Requests } from './requests.ts';

/** Words that are found nowhere else: one request, or some that quote it. */
const MOST_SEARCHED = 20;
/** A push is given up after so long at most. */
const OLDEST_MS = 30 * 86_400_000;
/** How far the clocks may be apart. */
const SLACK_MS = 900_000;
/** With their histories. */
const AT_ONCE = 25;
/** What changes in a large help desk within some hours. */
const MOST_CHANGED = 500;
/** What is left of the attempt is for the request that was found. */
const LONGEST_READING_MS = 15_000;
/** Of the end of a note. */
const END = 300;
/** Chapter 1.2 of the manual: administrator and help desk staff, who see every request. */
const SEEING_ALL: readonly string[] = ['1', '2'];

/** Looks for what was pushed. Every method throws {@link SourceError}. */
export class PushFinder {
  readonly #api: HelpSpotApi;
  readonly #requests: Requests;

  constructor(api: HelpSpotApi, requests: Requests) {
    this.#api = api;
    this.#requests = requests;
  }

  /** The number of the request that has the reference; after a merge that of the other. */
  async request({ reference }: PushRequest, context: CallContext): Promise<string | undefined> {
    const rows = { start: 0, length: MOST_SEARCHED };
    const searched = await this.#requests.search({ sSearch: reference }, rows, context);
    const hits = new Hits(reference);
    hits.take(await this.#requests.getMany(idsOf(searched), context));
    if (hits.sure !== undefined) return hits.sure;
    await this.#amongChanged(hits, await this.#changed(reference, context), context);
    if (hits.best === undefined) await this.#refuseBlindness(context);
    return hits.best;
  }

  /** The request of this number, or the one that it was merged into, if a note of it has the reference. */
  async noteIn(id: string, { reference }: PushRequest, context: CallContext): Promise<string | undefined> {
    const request = await this.#requests.get(id, context);
    const hasIt = notesOf(request).some((note) => textAt(note, 'tNote')?.includes(reference) === true);
    return hasIt ? numberOf(request) : undefined;
  }

  /**
   * The request of this number, or the one that it was merged into, if it has a time event with the reference. Whether
   * HelpSpot gives the time of a merged one is documented nowhere.
   */
  async timeIn(id: string, { reference }: PushRequest, context: CallContext): Promise<string | undefined> {
    const found = await this.#timeAt(id, reference, context);
    if (found !== undefined) return found;
    const stays = numberOf(await this.#requests.get(id, context));
    return stays === undefined || stays === id ? undefined : await this.#timeAt(stays, reference, context);
  }

  async #timeAt(id: string, reference: string, context: CallContext): Promise<string | undefined> {
    const call = { method: 'private.request.getTimeEvents', root: 'time_events', params: { xRequest: id } };
    try {
      const events = await this.#api.askList(call, 'event', context);
      const found = events.find((event) => textAt(event, 'tDescription')?.includes(reference) === true);
      return found === undefined ? undefined : (numberOf(found) ?? id);
    } catch (error) {
      if (isRefusedAs(error, NO_SUCH_REQUEST, MERGED)) return undefined;
      throw error;
    }
  }

  /** Whether a staff member follows one of these requests; which. */
  async followed(ids: readonly string[], xPerson: string, context: CallContext): Promise<string | undefined> {
    const call = { method: 'private.request.subscriptions', root: 'subscriptions', params: { xPerson } };
    const followed = idsOf(await this.#api.askList(call, 'request', context));
    return ids.find((id) => followed.includes(id));
  }

  /** Numbers of what has changed since the push was taken in, the newest first. */
  async #changed(reference: string, context: CallContext): Promise<readonly string[]> {
    const at = Math.max(takenAt(reference) ?? 0, Date.now() - OLDEST_MS);
    // As HelpSpot's clock has it, which the answer to the search has told.
    const there = at + (this.#api.clock.now - Date.now()) - SLACK_MS;
    const changed = (await this.#requests.changedSince(Math.floor(there / 1000), context)).toReversed();
    return changed;
  }

  async #amongChanged(hits: Hits, ids: readonly string[], context: CallContext): Promise<void> {
    const end = performance.now() + LONGEST_READING_MS;
    for (let start = 0; start < ids.length && hits.sure === undefined; start += AT_ONCE) {
      if (start >= MOST_CHANGED || performance.now() > end) throw tooMany(ids.length);
      hits.take(await this.#requests.getMany(ids.slice(start, start + AT_ONCE), context));
    }
  }

  /** Whoever may see some requests only may have made one that is not shown. */
  async #refuseBlindness(context: CallContext): Promise<void> {
    const call = { method: 'private.user.preferences', root: 'preferences' };
    const type = textAt(await this.#api.ask(call, context), 'fUserType');
    if (type !== undefined && SEEING_ALL.includes(type)) return;
    throw new SourceError(
      'rejected',
      'HelpSpot does not show the request, and perhaps only to the person of the token',
      {
        lasting: true,
        remedy: 'look there as somebody who sees every request; for the next time, take the token of such a person',
      },
    );
  }
}

/** Requests that have a reference. A request that was pushed on quotes the one that it comes from: its own reference is the last line. */
class Hits {
  readonly #reference: string;
  /** The one that ends with the reference. */
  sure: string | undefined;
  /** Of those that have it anywhere, the oldest. */
  #least: string | undefined;

  constructor(reference: string) {
    this.#reference = reference;
  }

  get best(): string | undefined {
    return this.sure ?? this.#least;
  }

  take(requests: readonly Data[]): void {
    for (const request of requests) {
      const id = numberOf(request);
      const notes = notesOf(request).map((note) => textAt(note, 'tNote') ?? '');
      const having = notes.filter((note) => note.includes(this.#reference));
      if (id === undefined || having.length === 0) continue;
      if (having.some((note) => roughText(note.slice(-END)).trimEnd().endsWith(this.#reference))) this.sure = id;
      if (this.#least === undefined || Number(id) < Number(this.#least)) this.#least = id;
    }
  }
}

function idsOf(items: readonly Data[]): readonly string[] {
  return items.flatMap((item) => numberOf(item) ?? []);
}

/** `hs-m3v9x2ab-…`: when the gateway took the push in. Milliseconds since 1970; undefined for another kind of reference. */
function takenAt(reference: string): number | undefined {
  const [, written = ''] = /^hs-([0-9a-z]{8})-/.exec(reference) ?? [];
  const at = Number.parseInt(written, 36);
  return at <= Date.now() ? at : undefined;
}

function tooMany(count: number): SourceError {
  return new SourceError(
    'rejected',
    `so much has changed in HelpSpot since (${count} requests) that not all could be looked at`,
    {
      remedy: 'search HelpSpot for the reference of the push',
    },
  );
}
