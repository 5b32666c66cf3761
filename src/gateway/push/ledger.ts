/**
 * The ledger of pushes: what must survive a crash. `store/` keeps it in a SQLite file; the gateway knows this interface
 * only.
 *
 * Every method that changes something resolves when the change is on the disk, and rejects when nothing was changed.
 */
import type { Details, PushReceipt, PushRequest } from '../../contract/index.ts';
import type { EventLedger } from '../events/event-ledger.ts';
import type { AlertOrder, Outage } from './alert-order.ts';
import type { PushMode } from './plan.ts';
import type {
  PushAttempt,
  PushFilter,
  PushRow,
  PushSelection,
  PushTrouble,
  SelectedPush,
  SelectionCount,
  SelectionPage,
  TargetFigures,
} from './push-row.ts';
import type { MemoryChange, TargetMemory } from './target-memory.ts';

/** What is pushed, as it is stored before it leaves. */
export interface NewPush {
  readonly id: string;
  readonly target: string;
  readonly mode: PushMode;
  readonly xRequest: string;
  /** Equal for equal pushes. */
  readonly fingerprint: string;
  readonly duplicateWindowMs: number;
  readonly giveUpAfterMs: number;
  readonly request: PushRequest;
  /** As in {@link PushRow}. */
  readonly staff?: string;
  /** As in {@link PushRow}. */
  readonly reference?: string;
  /**
   * Staff ask that it be sent once more: the fingerprint that it would have without that. An equal push that is unclear
   * does not hold it back; one that is under way does.
   */
  readonly againOf?: string | undefined;
  /** As in {@link PushRow}. */
  readonly isAlert?: boolean;
  /** As in {@link PushRow}. */
  readonly origin?: string;
}

/** A push that waits in a ledger only until another takes it. */
export interface SpooledPush {
  readonly row: PushRow;
  readonly fingerprint: string;
  readonly request: PushRequest;
}

/** A push that another ledger has taken in. `ageMs`: how long ago. */
export interface HandedPush {
  readonly push: NewPush;
  readonly ageMs: number;
}

/** A push that this process may now send. */
export interface ClaimedPush {
  readonly row: PushRow;
  readonly request: PushRequest;
}

/** Which due pushes come first: those of which it is not known whether they arrived, or the others. `by hand`: only what a person asked for. */
export type ClaimOrder = 'unsure first' | 'sure first' | 'by hand';

/** A push target, in the transaction that claims pushes of it. */
export interface TargetState {
  readonly known: TargetMemory | undefined;
  /** How many of its pushes all gateways are sending. */
  readonly sending: number;
  readonly now: number;
}

/** What becomes of that which is known of a push target. */
export interface LearntOfTarget {
  readonly target: string;
  readonly change: MemoryChange;
}

/** How many may be claimed. */
export interface Room {
  readonly limit: number;
  readonly order: ClaimOrder;
  /** What is known of the target from now on. */
  readonly known: TargetMemory | undefined;
}

/** An attempt that was begun: the push, and the number of the attempt. It is a fencing token: a later claim has a higher one. */
export type AttemptClaim = Pick<PushRow, 'id' | 'attempts'>;

/** The end of an attempt. `tookMs`: how long it took. */
export type AttemptResult = { readonly tookMs?: number } & AttemptEnd;

type AttemptEnd =
  | { readonly state: 'done'; readonly receipt: PushReceipt; readonly keepBody: boolean }
  | {
      readonly state: 'waiting';
      readonly nextAt: number;
      readonly trouble: PushTrouble;
      readonly unsure: boolean;
      /** As in {@link PushRow}; undefined: now, where it is unsure. */
      readonly unsureAt?: number | undefined;
      readonly rejected: boolean;
      /** What a person said still holds: no attempt since may have arrived. */
      readonly insisted?: boolean;
    }
  | { readonly state: 'failed' | 'unclear'; readonly trouble: PushTrouble };

/** A gateway that uses the ledger. Times are milliseconds since 1970, by the clock of the ledger. */
export interface StoreGateway {
  /** Of its machine; empty for one of an older version, which does not say it. */
  readonly name: string;
  readonly pid: number;
  readonly version: string;
  /** When it began; 0 for one of an older version. */
  readonly since: number;
  /** When it last said that it is there. */
  readonly seenAt: number;
  /** It has said nothing for longer than others wait for it: what it was sending is with them. */
  readonly isSilent: boolean;
  /** Pushes that it is sending. */
  readonly sending: number;
}

/** The last known details of a push. */
export interface KeptDetails {
  readonly details: Details;
  readonly at: number;
}

/** What nobody has been told of. What was pushed again since with success is not among it. */
export interface AlertNews {
  readonly at: number;
  /** When the last alert was made; undefined for the first. */
  readonly lastAt: number | undefined;
  /** The first of them, in the order in which they ended. */
  readonly pushes: readonly PushRow[];
  readonly failed: number;
  readonly unclear: number;
  readonly outages: readonly Outage[];
}

/** The part of a ledger that alerts work on. */
export interface AlertLedger {
  /** When an alert is due; undefined while there is nothing to tell. For a ledger that no alert was ever made from: now. */
  dueAt(order: AlertOrder): Promise<number | undefined>;
  /**
   * Where an alert is due: stores it, and marks what it tells as told, in one transaction. Of several processes one does.
   * The first time of all nothing is due: what went wrong before somebody wanted alerts counts as told.
   * @param compose makes the pushes that tell it; may be called twice, and must do nothing else
   * @returns what was stored
   */
  take(order: AlertOrder, compose: (news: AlertNews) => readonly NewPush[]): Promise<readonly PushRow[]>;
  /** Push targets that are down, or back and not told. */
  outages(): Promise<readonly Outage[]>;
  /** A push target does not take pushes any more. One that is known to be down stays so since then. */
  down(outage: Omit<Outage, 'backAt'>): Promise<void>;
  /** It takes pushes again. When nobody was told that it was down, nobody need know. */
  back(target: string): Promise<void>;
}

/** The ledger, opened by one process. */
export interface Ledger {
  /** The time by which its times go: that of the machine, or of the server that keeps it. Milliseconds since 1970. */
  now(): number;
  /** Calls when another process has put something there, as far as that is told: it is looked at now and then all the same. */
  onWork(listener: () => void): void;
  readonly alerts: AlertLedger;
  readonly events: EventLedger<NewPush, PushRow>;
  /**
   * Stores pushes, all or none. One that came before within its window, and did not surely fail, is not stored again:
   * its row is given instead, `isNew` false. A new one is `sending` by this process for `direct`, else `waiting`.
   * @param signal withdraws them when it comes before they were begun; the promise rejects with its reason
   */
  accept(
    pushes: readonly NewPush[],
    signal?: AbortSignal,
  ): Promise<readonly { readonly row: PushRow; readonly isNew: boolean }[]>;
  /**
   * Takes what another ledger has taken in, each under its id: what is here already stays as it is. One whose like came
   * within its window is not sent: it is dropped, `supersededBy` the other. All or none.
   * @returns how they stand now
   */
  handOver(pushes: readonly HandedPush[]): Promise<readonly PushRow[]>;
  /** What waits here for another ledger, the oldest first. */
  spooled(limit: number): Promise<readonly SpooledPush[]>;
  /** The other ledger has these: nothing is left of them here. */
  handedOver(ids: readonly string[]): Promise<void>;
  /**
   * Takes due pushes of a target for this process. Those that may have arrived come first, the oldest
   * before others; then the rest, the longest due first. With another {@link ClaimOrder} as that says.
   * @param room how many, whatever is under way; or what decides it while no other process claims any of the target. It may
   * be called twice, and must do nothing else.
   */
  claim(target: string, room: number | ((state: TargetState) => Room)): Promise<readonly ClaimedPush[]>;
  /**
   * Writes down how an attempt ended. A push that waits is owed from now on. Of an attempt whose push was taken over since,
   * nothing is written.
   * @param learnt what it says of the target
   */
  settle(claim: AttemptClaim, result: AttemptResult, learnt?: LearntOfTarget): Promise<void>;
  /** Something is known of a push target that was not before. */
  learn(learnt: LearntOfTarget): Promise<void>;
  /**
   * Whether what this process has claimed is its own still: one that was stopped for longer than its lease begins nothing
   * when it wakes, since others may have taken it over.
   * @throws {StoreError} when nobody can tell
   */
  isMine(claim: AttemptClaim): Promise<boolean>;
  /** How many processes send what is in it, this one among them, as {@link recover} saw it last. */
  readonly livingGateways: number;
  /** HelpSpot got our id for it: the gateway sees to it from now on. @returns the row as it is now */
  promise(id: string): Promise<PushRow | undefined>;
  /**
   * The target answers again: what waits because it did not is due now; what may have arrived, as soon as it has waited
   * `settleMs` since its last attempt.
   * @param except ids of those whose wait stays
   */
  hurry(target: string, settleMs: number, except: readonly string[]): Promise<void>;
  /** Says of everything that waits for a target why nothing is sent to it. */
  explain(target: string, trouble: PushTrouble): Promise<void>;
  /**
   * Frees what processes that have died were sending: it is `waiting` and
   * `unsure` afterwards. A process that lives keeps what it sends, however long it takes.
   * @param settleMs a wait in which what is still on its way arrives
   * @param isUnderWay whether this process sends a push: a database that was brought back may say it of another
   */
  recover(settleMs: (target: string) => number, isUnderWay?: (id: string) => boolean): Promise<readonly PushRow[]>;
  /** When the next push of a target is due; undefined when none waits. */
  nextDue(target: string): Promise<number | undefined>;
  /** By our id. */
  row(id: string): Promise<PushRow | undefined>;
  /** By our id, else by the other system's; the newest. Of one that was dropped as another's like: that one. */
  find(target: string, id: string): Promise<PushRow | undefined>;
  list(filter: PushFilter): Promise<readonly PushRow[]>;
  /** How many pushes a selection has. */
  count(selection: PushSelection): Promise<SelectionCount>;
  /** The next rows of a selection, oldest first: those after `after` up to `upTo` (`seq`), at most `limit`. */
  select(selection: PushSelection, page: SelectionPage): Promise<readonly SelectedPush[]>;
  /** The newest push of the same request to the same target that came later and is done or under way. */
  pushedSince(row: PushRow): Promise<PushRow | undefined>;
  /** The attempts that are kept: the first five and the last twenty. */
  attempts(id: string): Promise<readonly PushAttempt[]>;
  /** Whether what is pushed is still kept. */
  holds(id: string): Promise<boolean>;
  /** What is pushed; undefined when it is no longer kept. */
  request(id: string): Promise<PushRequest | undefined>;
  figures(): Promise<readonly TargetFigures[]>;
  /** Which gateways use it, also those that fell silent within the last day. */
  gateways(): Promise<readonly StoreGateway[]>;
  keptDetails(id: string): Promise<KeptDetails | undefined>;
  keepDetails(id: string, details: Details): Promise<void>;
  /** By hand: sends a failed, unclear or waiting push again, now. @returns whether it could be done */
  retry(id: string, giveUpAfterMs: number): Promise<boolean>;
  /** By hand: takes a push out that is not being sent and not done. @returns whether it could be done */
  drop(id: string): Promise<boolean>;
  /** Removes what came to an end before a time, as far as the clock can be believed. @returns how many */
  forget(before: number): Promise<number>;
  /**
   * Stores a push of the usual size and takes it out again in one go, as far as the disk: whether a push can be stored.
   * An answer that is some seconds old is given again.
   * @throws {StoreError} why it cannot be
   */
  prove(): Promise<void>;
  /** Why pushes cannot be stored, as far as that is known without asking; undefined when they can. */
  readonly trouble: Error | undefined;
  /** Whether the file at its path still is the one that is open. @throws {StoreError} */
  verify(): Promise<void>;
  /** Puts waits right when the clock of the machine was set since it was asked last. @returns how many */
  mendTimes(): Promise<number>;
  /** Ends what is being written, and says that this process has ended. */
  close(): Promise<void>;
}
