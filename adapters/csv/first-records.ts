/** The first records of many in an order, without keeping or sorting them all at once. */
import { inOrder, type Order, type SourceRecord } from '../../src/contract/index.ts';

/** So many more than are wanted are sorted at once: some milliseconds. */
const A_SLICE = 1_000;

/** Takes records one by one and keeps the first. Of those alike, the one that came first is first. */
export class FirstRecords {
  readonly #order: readonly Order[];
  readonly #areNumbers: readonly boolean[];
  readonly #limit: number;
  #kept: readonly SourceRecord[] = [];
  #more: SourceRecord[] = [];
  #wasSorted = false;

  /**
   * @param order empty: those that come first
   * @param areNumbers of each field of `order`, whether it has numbers only
   */
  constructor(order: readonly Order[], areNumbers: readonly boolean[], limit: number) {
    this.#order = order;
    this.#areNumbers = areNumbers;
    this.#limit = limit;
  }

  /** Whether no other can be among the first. */
  get isComplete(): boolean {
    return this.#order.length === 0 && this.#more.length >= this.#limit;
  }

  /** Whether the last {@link add} took some milliseconds. */
  get wasSorted(): boolean {
    return this.#wasSorted;
  }

  add(record: SourceRecord): void {
    this.#wasSorted = false;
    if (this.#isBehind(record)) return;
    this.#more.push(record);
    if (this.#order.length === 0 || this.#more.length < A_SLICE) return;
    this.#kept = this.all();
    this.#more = [];
    this.#wasSorted = true;
  }

  all(): readonly SourceRecord[] {
    return this.#sorted([...this.#kept, ...this.#more]).slice(0, this.#limit);
  }

  /** Behind the last of as many as are wanted. */
  #isBehind(record: SourceRecord): boolean {
    const last = this.#kept.length < this.#limit ? undefined : this.#kept.at(-1);
    return last !== undefined && this.#sorted([last, record])[0] === last;
  }

  #sorted(records: readonly SourceRecord[]): readonly SourceRecord[] {
    return inOrder(records, this.#order, this.#areNumbers);
  }
}
