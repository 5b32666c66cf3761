/** Finding: Shopify narrows, and what it finds is compared by the gateway's own rules, because Shopify compares words. */
import {
  type CallContext,
  type Criterion,
  type FindQuery,
  type Log,
  meets,
  type SourceRecord,
  textOf,
} from '../../src/contract/index.ts';
import { UnknownFields } from '../../src/kit/text/index.ts';
import { isPossible } from '../../src/kit/web/index.ts';
import { asDeniedSearch } from './failures.ts';
import type { KeptBack, Reader } from './reader.ts';
import { searchFor } from './search-query.ts';
import type { RecordKind } from './selection.ts';

/** So many records that do not meet the criteria are read at most: more would take longer than anybody waits. */
const MOST_LOOKED_THROUGH = 500;
/** Of a value that belongs to one record, or a few that share a word with it. */
const SMALL_PAGE = 5;
const PAGE_GROWTH = 4;

const GID_PREFIXES = new Map([
  ['customer_id', 'gid://shopify/Customer/'],
  ['order_id', 'gid://shopify/Order/'],
]);

/** Finds records of one kind. */
export class Finder {
  readonly #reader: Reader;
  readonly #kind: RecordKind;
  readonly #countryCode: string | undefined;
  readonly #unknown: UnknownFields;

  constructor(reader: Reader, kind: RecordKind, countryCode: string | undefined, log: Log) {
    this.#reader = reader;
    this.#kind = kind;
    this.#countryCode = countryCode;
    this.#unknown = new UnknownFields(log, (field) => kind.fields.has(field));
  }

  /** @throws {SourceError} */
  async find({ criteria, limit }: FindQuery, context: CallContext): Promise<readonly SourceRecord[]> {
    context.signal.throwIfAborted();
    if (this.#unknown.areIn(criteria) || !criteria.every((one) => isPossible(one))) return [];
    const wanted = criteria.map(withNumber);
    const byId = wanted.find(({ field, match }) => field === this.#kind.idField && match === 'exact');
    return byId === undefined ? this.#search(wanted, limit, context) : this.#one(byId.value, wanted, context);
  }

  async #one(id: string, criteria: readonly Criterion[], context: CallContext): Promise<readonly SourceRecord[]> {
    if (!/^\d{1,20}$/.test(id)) return [];
    const { records, keptBack } = await this.#reader.one(id, context);
    const met = this.#only(records, criteria);
    if (met.length < records.length) this.#refuseBlindSearch(criteria, keptBack);
    return met;
  }

  async #search(criteria: readonly Criterion[], limit: number, context: CallContext): Promise<readonly SourceRecord[]> {
    const { query, isEmpty } = searchFor(criteria, this.#kind.ways, this.#countryCode);
    if (isEmpty) return [];
    const found: SourceRecord[] = [];
    let read = 0;
    let after: string | undefined;
    let first = Math.min(this.#isByKey(criteria) ? SMALL_PAGE : limit, limit, this.#reader.pageSize);
    for (;;) {
      const page = await this.#reader.page({ query, first, after }, context);
      const met = this.#only(page.records, criteria);
      if (met.length < page.records.length) this.#refuseBlindSearch(criteria, page.keptBack);
      for (const record of met) found.push(record);
      read += page.records.length;
      after = page.next;
      if (found.length >= limit || after === undefined || page.records.length === 0) return found.slice(0, limit);
      if (read - found.length >= MOST_LOOKED_THROUGH) {
        context.notice?.(
          `only ${read} ${this.#kind.plural} were looked through, since Shopify cannot search for exactly this; type more`,
          true,
        );
        return found;
      }
      // Where many are sorted out, larger pages are fewer questions.
      const wanted = met.length === page.records.length ? limit - found.length : first * PAGE_GROWTH;
      first = Math.min(Math.max(wanted, SMALL_PAGE), this.#reader.pageSize);
    }
  }

  /** @throws {SourceError} when records are sorted out by what Shopify keeps back: nobody would be found, and nobody told why */
  #refuseBlindSearch(criteria: readonly Criterion[], { words, fields }: KeptBack): void {
    const { madeOf } = this.#kind;
    const needed = criteria.flatMap(({ field }) => (Object.hasOwn(madeOf, field) ? (madeOf[field] ?? []) : []));
    if (needed.some((field) => fields.has(field))) throw asDeniedSearch(words);
  }

  #isByKey(criteria: readonly Criterion[]): boolean {
    return criteria.some(({ field, match }) => match === 'exact' && this.#kind.keys.has(field));
  }

  #only(records: readonly SourceRecord[], criteria: readonly Criterion[]): readonly SourceRecord[] {
    return records.filter((record) => criteria.every((criterion) => this.#isMet(record, criterion)));
  }

  #isMet(record: SourceRecord, criterion: Criterion): boolean {
    const { field, match, value } = criterion;
    if (field === 'tag') return meets(record, { ...criterion, field: 'tags' });
    // Staff leave the # away.
    if (field === 'order_name' && !value.startsWith('#') && match !== 'contains') {
      return meets({ order_name: textOf(record['order_name']).replace(/^#/, '') }, criterion);
    }
    return meets(record, criterion);
  }
}

/** The number in what HelpSpot has as an id: the number itself, or the global id. */
function withNumber(criterion: Criterion): Criterion {
  const value = criterion.value.trim();
  const prefix = GID_PREFIXES.get(criterion.field);
  return { ...criterion, value: prefix !== undefined && value.startsWith(prefix) ? value.slice(prefix.length) : value };
}
