/**
 * Listing for an index: every record by its number, or what changed since a time, the oldest change first. Both ways a
 * cursor names a record and not how many there were, so that nothing is passed over when others come and go meanwhile.
 */
import { type CallContext, type ListBatch, type ListQuery, SourceError, textOf } from '../../src/contract/index.ts';
import { cursorOf, pageInTime, partsOfCursor, type SystemClock } from '../../src/kit/http/index.ts';
import type { Page, PageQuestion, Reader } from './reader.ts';
import type { RecordKind } from './selection.ts';

/** A search knows a change some time later: how much is documented nowhere. */
const OVERLAP_MS = 10 * 60_000;

/** Lists records of one kind. */
export class Lister {
  readonly #reader: Reader;
  readonly #kind: RecordKind;
  readonly #clock: SystemClock;

  constructor(reader: Reader, kind: RecordKind, clock: SystemClock) {
    this.#reader = reader;
    this.#kind = kind;
    this.#clock = clock;
  }

  /** @throws {SourceError} */
  async *list({ from, since }: ListQuery, context: CallContext): AsyncGenerator<ListBatch> {
    const began = performance.now();
    const [givenMark, givenAfter] = partsOfCursor(from, 2) ?? [];
    let after = typeof givenAfter === 'string' ? givenAfter : undefined;
    let mark = typeof givenMark === 'string' ? givenMark : undefined;
    // https://shopify.dev/docs/api/usage/search-syntax: "If your query is slow … use a sort key that matches the field used in the search".
    const which = isTime(since)
      ? ({ query: `updated_at:>='${since}'`, sortKey: 'UPDATED_AT' } as const)
      : ({ query: undefined, sortKey: 'ID' } as const);
    for (;;) {
      const page = await this.#page({ ...which, first: this.#reader.pageSize, after }, context);
      mark ??= timeText(this.#clock.at(began) - OVERLAP_MS);
      after = page.next;
      const records = page.records.map((record) => ({ key: textOf(record[this.#kind.idField]), record }));
      yield { records, mark, next: after === undefined ? undefined : cursorOf(mark, after) };
      if (after === undefined) return;
    }
  }

  /** What Shopify could not give is no record that is gone. */
  async #page(question: PageQuestion, context: CallContext): Promise<Page> {
    let missing: string | undefined;
    const notice = (sentence: string, isCut = false) => {
      if (isCut) missing = sentence;
    };
    const page = await pageInTime({ ...context, notice }, 'Shopify', (limited) => this.#reader.page(question, limited));
    if (missing === undefined && page.isWhole) return page;
    throw new SourceError('bad-response', `Shopify gave only a part of a page of ${this.#kind.plural}`, {
      remedy: missing ?? 'look into the log for fields that it keeps back',
    });
  }
}

/** As {@link timeText} writes it. */
function isTime(text: string | undefined): text is string {
  return text !== undefined && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text);
}

/** `2026-11-26T14:30:00Z` */
function timeText(time: number): string {
  return `${new Date(time).toISOString().slice(0, 'yyyy-mm-ddThh:mm:ss'.length)}Z`;
}
