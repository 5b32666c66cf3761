/** Listing for an index: the request that gives everybody, page after page to the last one. */
import {
  booleanOf,
  type CallContext,
  isLink,
  isList,
  type ListBatch,
  type ListedRecord,
  type ListQuery,
  SourceError,
  type SourceRecord,
  textOf,
  UserError,
} from '../../src/contract/index.ts';
import { cursorOf, pageInTime, partsOfCursor, unlistable } from '../../src/kit/http/index.ts';
import { outsideAddress } from '../../src/kit/text/index.ts';
import type { FilledRequest } from '../../src/kit/web/index.ts';
import { SINCE, sinceText } from './list-settings.ts';
import { BEHIND_THE_LAST, type PageReader, type ReadPage } from './page-reader.ts';
import { Pages } from './paging.ts';
import type { Plan, Requests } from './requests.ts';
import type { Settings } from './settings.ts';

/** What the search of a system, or another of its servers, may know later. */
const OVERLAP_MS = 5 * 60_000;
const BATCH = 500;
/** A list with more goes round in circles that are too large to be seen. */
const MOST_PAGES = 1_000_000;
/** A cursor is kept by the gateway. */
const LONGEST_PLACE = 2_000;

/** Lists the records of an API. */
export class Lister {
  readonly #settings: Settings;
  readonly #requests: Requests;
  readonly #reader: PageReader;

  constructor(settings: Settings, requests: Requests, reader: PageReader) {
    this.#settings = settings;
    this.#requests = requests;
    this.#reader = reader;
  }

  list(query: ListQuery, context: CallContext): AsyncIterable<ListBatch> {
    try {
      return this.#run(this.#requests.listPlan, query, context);
    } catch (error) {
      if (error instanceof UserError) return unlistable(error);
      throw error;
    }
  }

  async *#run(plan: Plan, { from, since }: ListQuery, context: CallContext): AsyncGenerator<ListBatch> {
    const began = performance.now();
    const time = this.#requests.listsChanges ? Date.parse(since ?? '') : Number.NaN;
    const pages = new Pages(plan.paging, await this.#request(plan, time));
    const [givenMark, givenPlace] = partsOfCursor(from, 2) ?? [];
    let mark = typeof givenMark === 'string' ? givenMark : undefined;
    let place = givenPlace ?? undefined;
    let before = '';
    for (let number = 1; number <= MOST_PAGES; number += 1) {
      const request = place === undefined ? pages.first() : pages.at(place);
      const page = await this.#page(plan, pages, request, this.#endsOf(pages, place === undefined, time), context);
      mark ??= new Date(this.#reader.clock.at(began) - OVERLAP_MS).toISOString();
      const listed = (page?.records ?? []).map((record) => ({ key: this.#keyOf(record), record }));
      const keys = JSON.stringify(listed.map(({ key }) => key));
      // A system that does not know the number of a page gives the same one for ever.
      const isAgain = pages.areCounted && listed.length > 0 && keys === before;
      const after = page === undefined || isAgain ? undefined : pages.placeAfter(page);
      before = keys;
      yield* this.#batches(listed, mark, Number.isNaN(time), [place, after]);
      if (after === undefined) return;
      place = after;
    }
    throw new SourceError('bad-response', `the list of ${this.#reader.system} does not end after ${MOST_PAGES} pages`);
  }

  /** Without a value for {{since}} it is left out, and so is the parameter. */
  async #request({ template }: Plan, time: number): Promise<FilledRequest> {
    const format = this.#settings.list?.since ?? 'iso';
    const request = await template.fill((name) =>
      name === SINCE && !Number.isNaN(time) ? sinceText(format, time) : undefined,
    );
    if (request === undefined) throw new UserError('list needs an address without places');
    return request;
  }

  /** Statuses that mean that there is nothing more. A list that is not there is a failure, and not one without anybody. */
  #endsOf(pages: Pages, isFirst: boolean, since: number): readonly number[] {
    if (isFirst) return Number.isNaN(since) ? [] : (this.#settings.notFound ?? []);
    return pages.areCounted ? [BEHIND_THE_LAST] : [];
  }

  #page(
    plan: Plan,
    pages: Pages,
    request: FilledRequest,
    end: readonly number[],
    context: CallContext,
  ): Promise<ReadPage | undefined> {
    const wanted = { criteria: [], limit: Number.MAX_SAFE_INTEGER, pages, end };
    return pageInTime(context, this.#reader.system, (limited) => this.#reader.page(plan, request, wanted, limited));
  }

  /** A large page in several batches; a run that ends within it reads the page again. */
  *#batches(
    listed: readonly ListedRecord[],
    mark: string,
    isWhole: boolean,
    [place, after]: readonly [place: string | number | undefined, after: string | number | undefined],
  ): Generator<ListBatch> {
    for (let start = 0; start === 0 || start < listed.length; start += BATCH) {
      const batch = listed.slice(start, start + BATCH);
      const records = batch.filter(({ record }) => !this.#isGone(record));
      const removed = batch.filter(({ record }) => this.#isGone(record)).map(({ key }) => key);
      const next = this.#cursor(mark, start + BATCH < listed.length ? place : after);
      yield { records, mark, next, ...(isWhole ? {} : { removed }) };
    }
  }

  #cursor(mark: string, place: string | number | undefined): string | undefined {
    if (place === undefined) return undefined;
    const kept = typeof place === 'string' ? this.#withoutSecrets(place) : place;
    return String(kept).length > LONGEST_PLACE ? undefined : cursorOf(mark, kept);
  }

  /** The address of a next page may repeat the key that it was asked with. */
  #withoutSecrets(place: string): string {
    const names = this.#reader.secretParameters;
    const address = names.length === 0 ? undefined : outsideAddress(place);
    if (address === undefined) return place;
    for (const name of names) address.searchParams.delete(name);
    return address.href;
  }

  /** @throws {SourceError} for a record without a key */
  #keyOf(record: SourceRecord): string {
    const { list, fields } = this.#settings;
    const names = list?.key === undefined ? ['customer_id', 'id'] : [list.key];
    const value = names.map((name) => record[name]).find((one) => one !== undefined);
    if (value !== undefined && !isList(value) && !isLink(value)) return textOf(value);
    const what = names.map((name) => `"${name}"`).join(' or ');
    throw new SourceError('bad-response', `${this.#reader.system} lists a record without ${what}`, {
      remedy:
        list?.key === undefined || fields === undefined
          ? 'write list: { key: … }, the field that tells a record from all others'
          : `check key, and the path of ${what} under fields`,
    });
  }

  #isGone(record: SourceRecord): boolean {
    const { removed } = this.#settings.list ?? {};
    const value = removed === undefined ? undefined : record[removed];
    return value !== undefined && booleanOf(textOf(value)) !== false;
  }
}
