/**
 * The part of the ledger that keeps events until their record goes out: an event is in it before its sender gets an
 * answer, and its record becomes pushes in one transaction, so that a crash neither loses nor repeats it.
 */

/** An event, as it is stored. */
export interface NewEvent {
  /** The name under `events`. */
  readonly stream: string;
  /** Different for each event of the stream. */
  readonly id: string;
  /** Events of the stream with the same key are one record; undefined: it is part of none. */
  readonly key: string | undefined;
  readonly type: string;
  /** Its own time. Milliseconds since 1970. */
  readonly at: number;
  readonly isEnd: boolean;
  readonly fields: ReadonlyMap<string, string>;
  /** A record to which nothing comes for so long is closed. Milliseconds. */
  readonly withinMs: number;
  /** One that has its end, after this time. Milliseconds. */
  readonly settleMs: number;
  /** Whether the fields are kept although nothing comes of them. */
  readonly keepBody: boolean;
}

/**
 * What became of an event: `stored`; `repeated`: it was there already, and nothing was done; `late`: its record is closed;
 * `alone`: it is part of none. Both are written down, and pushed nowhere.
 */
export type EventFate = 'stored' | 'repeated' | 'late' | 'alone';

/** An event of a record. */
export interface StoredEvent {
  readonly type: string;
  readonly at: number;
  readonly fields: ReadonlyMap<string, string>;
}

/** A record that is due. */
export interface EventRecord {
  readonly stream: string;
  readonly key: string;
  /** Its end has come; otherwise it has been quiet for too long, or has become too large. */
  readonly isComplete: boolean;
  /** By their own time; of the same time, in the order in which they came. Not empty. */
  readonly events: readonly StoredEvent[];
}

/** Which records are wanted. */
export interface DueRecords {
  readonly stream: string;
  readonly keepBodies: boolean;
  /** At most so many in one transaction. */
  readonly most: number;
}

/** A record that was closed, and what it became. */
export interface ClosedRecord<Row> {
  readonly record: EventRecord;
  readonly pushes: readonly Row[];
}

/** `Push`, `Row`: a new push and one that is stored, which are the ledger's own. */
export interface EventLedger<Push, Row> {
  /**
   * Stores an event.
   * @param signal withdraws it when it comes before that was begun; the promise rejects with its reason
   */
  store(event: NewEvent, signal?: AbortSignal): Promise<EventFate>;
  /** When the next record of a stream is due; undefined while there is none. */
  nextDue(stream: string): Promise<number | undefined>;
  /**
   * Closes due records, and stores what they become, in one transaction. Of several processes one does.
   * @param compose makes the pushes of a record; may be called twice for one, and must do nothing else. It must not throw.
   */
  take(due: DueRecords, compose: (record: EventRecord) => readonly Push[]): Promise<readonly ClosedRecord<Row>[]>;
  /** How many records wait for their end, by stream. */
  open(): Promise<ReadonlyMap<string, number>>;
}
