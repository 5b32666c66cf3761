/** How a source lists what it holds, so that the gateway can keep an index of it. */
import type { SourceRecord } from './record.ts';

/** One run through a source. */
export interface ListQuery {
  /** The fields that are kept; undefined: all. A source may give more. */
  readonly fields: readonly string[] | undefined;
  /** Where an earlier run of the same kind had got to ({@link ListBatch.next}): what came before is not wanted again. */
  readonly from?: string | undefined;
  /**
   * Only what changed since the run that ended with this {@link ListBatch.mark}; a little more is no harm. Only for a
   * source with {@link Source.listsChanges}. Left out: everything.
   */
  readonly since?: string | undefined;
  /** The field with the time of the last change, where the settings of the index name one. */
  readonly updated?: string | undefined;
  /** What has not changed since then is not kept: it need not be listed. Milliseconds since 1970; undefined: all is kept. */
  readonly oldest?: number | undefined;
  /**
   * So often changes are looked for. A run that takes longer, of a source with {@link ListBatch.complete}, looks for what has
   * changed meanwhile itself. Milliseconds; left out: it need not.
   */
  readonly everyMs?: number | undefined;
}

/** A time in milliseconds since 1970 from `since` on, before `until`. */
export interface TimeSpan {
  readonly since: number;
  readonly until: number;
}

/** A record with what tells it from all others of its source, for as long as it exists: a key, a DN, a GUID. */
export interface ListedRecord {
  readonly key: string;
  readonly record: SourceRecord;
}

/** Some hundred records. */
export interface ListBatch {
  readonly records: readonly ListedRecord[];
  /** Keys of records that are no more. Only in a run with `since`, of a system that tells. */
  readonly removed?: readonly string[];
  /** From where a run goes on behind this batch, after a crash. Left out: it begins anew. */
  readonly next?: string | undefined;
  /** What the next run gets as `since`; of the last batch that has one. It counts from the beginning of the run. */
  readonly mark?: string | undefined;
  /**
   * What changed in this time has been listed by now, all of it: of a source that lists the newest first, where the whole takes
   * long. The index answers with what is there, and says since when it is complete. Left out: nothing is known before the end.
   */
  readonly complete?: TimeSpan | undefined;
}
