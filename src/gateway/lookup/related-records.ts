/** Related records as they were found, and how many there are in words. */
import type { SourceRecord } from '../../contract/index.ts';
import type { SourceHandle } from '../sources/source-handle.ts';

/** The records of one source that belong to one customer. */
export interface RelatedRecords {
  /** In order, at most as many as are shown. */
  readonly records: readonly SourceRecord[];
  /** All that were read: what is asked by them needs the others too. */
  readonly read: readonly SourceRecord[];
  /** How many there are, as far as they were read. */
  readonly total: number;
  /** Whether there may be more than `total`; then there are some: none of an answer that is not whole says nothing. */
  readonly more: boolean;
  readonly source: SourceHandle;
  /** When the source said so, as `Date.now()` has it. */
  readonly at: number;
}

/** "37", "more than 500". */
export function countText({ total, more }: RelatedRecords): string {
  return more ? `more than ${total}` : String(total);
}

/** "and 27 more"; empty where all are shown. */
export function moreText({ records, total, more }: RelatedRecords): string {
  const hidden = total - records.length;
  if (more) return hidden > 0 ? `and more than ${hidden} more` : 'and more';
  return hidden > 0 ? `and ${hidden} more` : '';
}
