/** What a source gives records of: customers, or orders. */
import type { SourceRecord } from '../../src/contract/index.ts';
import type { SearchWay } from './search-query.ts';
import type { Selection } from './selection.ts';

/** One kind of records. */
export interface RecordKind {
  /** In messages: "customers". */
  readonly plural: string;
  /** The query for a list of them, and how it is sorted: the newest first. */
  readonly list: { readonly field: string; readonly sortKey: string };
  /** The query for one of them. */
  readonly one: string;
  /** The field of the record that has its number. */
  readonly idField: string;
  /** `gid://shopify/Customer/` */
  readonly gidPrefix: string;
  /** Every field that a record may have. */
  readonly fields: ReadonlySet<string>;
  /** Fields of which a value belongs to few records: a first page of the list can be small. */
  readonly keys: ReadonlySet<string>;
  readonly ways: ReadonlyMap<string, SearchWay>;
  readonly selection: Selection;
  /** What of the selection the fields that are searched are made of, where Shopify may keep it back: `Customer.firstName`. */
  readonly madeOf: Readonly<Record<string, readonly string[]>>;
  /** @throws {SourceError} `bad-response` when it is not what the documentation promises */
  toRecord(node: unknown): SourceRecord;
}
