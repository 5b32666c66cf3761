/** A list of HelpSpot as a source: searched here, since it is here whole. */
import {
  type CallContext,
  type Criterion,
  type FindQuery,
  inOrder,
  type Kind,
  type ListBatch,
  type Log,
  meets,
  type SourceRecord,
  textOf,
} from '../../src/contract/index.ts';
import { UnknownFields } from '../../src/kit/text/index.ts';
import { isMetBy } from '../../src/kit/web/index.ts';
import type { Catalog } from './catalog.ts';
import { type KeptList, SHAPES } from './shapes.ts';

const BATCH = 500;

/** Finds in one list. */
export class ListFinder {
  readonly #catalog: Catalog;
  readonly #list: KeptList;
  readonly #kinds: ReadonlyMap<string, Kind | undefined>;
  readonly #unknown: UnknownFields;

  constructor(catalog: Catalog, list: KeptList, log: Log) {
    this.#catalog = catalog;
    this.#list = list;
    this.#kinds = new Map(SHAPES[list].fields.map(({ name, kind }) => [name, kind]));
    this.#unknown = new UnknownFields(log, (field) => this.#kinds.has(field));
  }

  /** In HelpSpot's own order, unless another is asked for. @throws {SourceError} */
  async find(query: FindQuery, context: CallContext): Promise<readonly SourceRecord[]> {
    context.signal.throwIfAborted();
    const { criteria, groups = [], order = [], limit } = query;
    if (this.#unknown.areIn(criteria)) return [];
    const records = await this.#catalog.list(this.#list, context);
    const isMet = (record: SourceRecord, one: Criterion) =>
      meets(record, { ...one, kind: one.kind ?? this.#kinds.get(one.field) });
    const found = records.filter((record) => isMetBy(record, { criteria, groups }, isMet));
    return inOrder(found, order).slice(0, limit);
  }

  /** All of it, read anew. @throws {SourceError} */
  async *list(context: CallContext): AsyncGenerator<ListBatch> {
    const { id } = SHAPES[this.#list];
    const records = await this.#catalog.listNow(this.#list, context);
    for (let start = 0; start === 0 || start < records.length; start += BATCH) {
      const some = records.slice(start, start + BATCH);
      yield { records: some.map((record) => ({ key: textOf(record[id]), record })) };
    }
  }
}
