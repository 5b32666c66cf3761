/** The index of what sources list, as the gateway uses it. The store implements it. */
import type {
  CallContext,
  Criterion,
  FindQuery,
  Kind,
  ListBatch,
  SourceRecord,
  TimeSpan,
} from '../../contract/index.ts';

/** `sources.NAME.index:` Times in milliseconds. */
export interface IndexPlan {
  /** So often it is looked what has changed. */
  readonly everyMs: number;
  /** So often everything is read again: for what was removed, and for what no change tells. */
  readonly fullMs: number;
  /** `when-down`: the system is asked first, and the index answers when it fails or rests; `always`: the index answers. */
  readonly use: 'when-down' | 'always';
  /** With `always`: whether the system is asked for whom the index does not find. */
  readonly miss: 'live' | 'nobody';
  /** The field with the time of the last change; undefined: none, or the system knows by itself. */
  readonly updated: string | undefined;
  /** With `updated`: records that have not changed for so long are not kept. */
  readonly keepMs: number | undefined;
  readonly shape: IndexShape;
}

/** What is kept of a record, and how it is found. */
export interface IndexShape {
  /** Fields that are searched, at their places for good: their numbers are in the file. */
  readonly fields: readonly SearchedField[];
  /** Undefined: every field is kept. Those that are searched are kept anyway. */
  readonly kept: readonly string[] | undefined;
  /** Of telephone numbers without a country code: `DE` (ISO 3166). */
  readonly country: string | undefined;
}

/** How a field of the index is looked for. */
export interface SearchedField {
  readonly name: string;
  /** As the settings of the source say; undefined: by its name and values. */
  readonly kind?: Kind | undefined;
  readonly matches: readonly Criterion['match'][];
}

/** What there is of one source. Times in milliseconds since 1970. */
export interface IndexState {
  readonly name: string;
  /** What the index was begun for, as a text ({@link planText}). */
  readonly plan: string;
  readonly records: number;
  /** Records that are too large for the index. */
  readonly leftOut: number;
  /** When the last run that ended well began: what has changed before is there. Undefined: none has ended yet. */
  readonly freshAt: number | undefined;
  /** The same of a run through everything. */
  readonly fullAt: number | undefined;
  /** What the next run is given, to ask for changes only. */
  readonly mark: string | undefined;
  /** The run under way, or one that a crash has ended. */
  readonly run: IndexRun | undefined;
  /** So many records the last run through everything would have removed, and asks before it does. */
  readonly held: number;
  /** Why the last run ended early. */
  readonly problem: string | undefined;
  /** Until then a gateway follows the source, unless it says so again; 0: none does. */
  readonly ownedUntil: number;
  /** What the gateway is called that follows for those of all machines; undefined: none does, or each machine has its own. */
  readonly follower?: string | undefined;
}

/** A run through a source. */
export interface IndexRun {
  /** Only what changed since this mark; undefined: everything. */
  readonly since?: string | undefined;
  /** Milliseconds since 1970. */
  readonly began: number;
  /** From where it goes on. */
  readonly from?: string | undefined;
  /** So many records were read, and so many of them are new or others than before. */
  readonly read?: number | undefined;
  readonly changed?: number | undefined;
  /** What changed in this time is there already, as the source says; undefined: that is known at the end only. */
  readonly complete?: TimeSpan | undefined;
}

/**
 * What an index answers with: what has changed before `at` is there, at least what changed from `since` on; undefined: everything.
 */
export interface Freshness {
  readonly at: number;
  readonly since: number | undefined;
}

/** Undefined: nothing can be said of what is there yet, and it answers nothing. */
export function freshnessOf({ freshAt, run }: Pick<IndexState, 'freshAt' | 'run'>): Freshness | undefined {
  const { complete } = run ?? {};
  if (freshAt === undefined) return complete && { at: complete.until, since: complete.since };
  // A later run through everything looks for changes, too, as far back as the last one.
  const isNewer = complete !== undefined && complete.since <= freshAt && complete.until > freshAt;
  return { at: isNewer ? complete.until : freshAt, since: undefined };
}

/** A record of the index, and its number there. */
export interface IndexedRecord {
  readonly id: number;
  readonly record: SourceRecord;
}

/** What came of records that were fed. */
export interface FedRecords {
  /** So many are new, or others than before. */
  readonly changed: number;
  readonly removed: number;
  /** So many are new, or nobody can say which of the index they are, since their source cannot tell their keys. */
  readonly unplaced: number;
  /** A run was under way: what it wrote just before may be newer than what was fed. */
  readonly wasRunning: boolean;
}

/** Some records, as a source has found them. */
export interface FedBatch {
  /** What the index was begun for ({@link IndexState.plan}). */
  readonly plan: string;
  /** Those of the index that were found by the same question; `isMeant`: with the very value that was asked for. */
  readonly found: readonly { readonly id: number; readonly isMeant: boolean }[];
  /** An empty key: the source cannot say it. */
  readonly records: ListBatch['records'];
  /** Whether the source has no others; then those that were meant, and are not among these, are gone. */
  readonly isWhole: boolean;
}

/** The index of all sources of a gateway, which others on the same machine may share. Everything may throw {@link StoreError}. */
export interface CustomerIndex {
  /** Undefined: nothing is there of the source. */
  state(source: string): Promise<IndexState | undefined>;
  /** @returns undefined where nothing is there, or a field is not searched here in the way that is asked */
  find(source: string, query: FindQuery, context: CallContext): Promise<readonly IndexedRecord[] | undefined>;
  /**
   * Takes the index of a source for this process, where no other follows it.
   * @param plan a word for what the settings say of the source: with another one, or another shape, it begins empty
   * @returns undefined while another process follows
   */
  claim(source: string, plan: string, shape: IndexShape): Promise<IndexState | undefined>;
  /** Says that this process still follows. @param problem why the last run ended early @throws {NotFollowing} */
  keep(source: string, problem?: string): Promise<IndexState>;
  /** Begins a run. @param anew whether one that was ended by a crash does not go on @throws {NotFollowing} */
  begin(source: string, run: { readonly since: string | undefined; readonly anew: boolean }): Promise<IndexRun>;
  /**
   * Writes batches in one transaction: of several it takes less time than one by one.
   * @param batches in the order of the source
   * @param oldest records whose `updated` is before are not kept
   * @throws {NotFollowing}
   */
  write(
    source: string,
    batches: readonly ListBatch[],
    index: IndexPlan,
    oldest: number | undefined,
  ): Promise<{ readonly changed: number }>;
  /** Ends a run that got to its end, and removes what it did not see. @throws {NotFollowing} */
  end(source: string): Promise<{ readonly removed: number; readonly held: number }>;
  /**
   * Puts single records in, beside a run of whichever gateway: it leaves them alone until it has ended.
   * @param oldest as in {@link write}
   * @returns undefined where there is no index that was begun for this plan
   */
  feed(source: string, batch: FedBatch, index: IndexPlan, oldest: number | undefined): Promise<FedRecords | undefined>;
  /** Waits for the next {@link claim}: at most so many milliseconds, less where there is something to do. Never throws. */
  pause(milliseconds: number, signal: AbortSignal): Promise<void>;
  /** Gives the source to whoever wants to follow it. */
  release(source: string): Promise<void>;
  /** By hand: everything is read again, and what is there answers meanwhile. @returns false where nothing is there */
  rebuild(source: string): Promise<boolean>;
  /** Removes what is there of sources that are not named. */
  retain(sources: readonly string[]): Promise<void>;
  /** Writes something that changes nothing. @throws {StoreError} why the index cannot be written */
  prove(): Promise<void>;
  close(): Promise<void>;
}

/** Another gateway follows the source by now: what this one has in hand is of no use any more. */
export class NotFollowing extends Error {
  override readonly name = 'NotFollowing';
}
