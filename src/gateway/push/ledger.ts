/**
 * The ledger of pushes: what must survive a crash. `store/` keeps it in a SQLite file; the gateway knows this interface
 * only.
 *
 * Every method that changes something resolves when the change is on the disk, and rejects when nothing was changed.
 */
import type { Details, PushReceipt, PushRequest } from '../../contract/index.ts';
import type { PushMode } from './plan.ts';

/**
 * - `waiting`: it will be sent at `nextAt`;
 * - `sending`: an attempt is under way in the process that `owner` names;
 * - `done`: the other system has it;
 * - `failed`: it surely did not arrive, and is not tried any more;
 * - `unclear`: nobody can find out whether it arrived: a person must;
 * - `dropped`: a person took it out.
 */
export type PushState = 'waiting' | 'sending' | 'done' | 'failed' | 'unclear' | 'dropped';

/** Every state, in the order of a push's life. */
export const PUSH_STATES: readonly PushState[] = ['waiting', 'sending', 'done', 'failed', 'unclear', 'dropped'];

/** One push, without what is pushed. Times are milliseconds since 1970. */
export interface PushRow {
  /** Ours: `q-…`. */
  readonly id: string;
  readonly target: string;
  readonly mode: PushMode;
  readonly state: PushState;
  /** The request's number in HelpSpot; empty when HelpSpot did not say. */
  readonly xRequest: string;
  readonly title: string;
  readonly createdAt: number;
  /** When the state was last changed. */
  readonly changedAt: number;
  /** For `waiting`: when it is tried next. */
  readonly nextAt: number;
  /** When a push that is not out is given up. */
  readonly giveUpAt: number;
  readonly attempts: number;
  /** How many of the attempts were refused because of what is pushed. */
  readonly rejections: number;
  /**
   * The gateway delivers it without anybody waiting: it was queued, or its id
   * was given to HelpSpot, or the process that sent it died.
   */
  readonly owed: boolean;
  /** An attempt's outcome is not known: it may have arrived already. */
  readonly unsure: boolean;
  /** A person said that it be sent again, whatever became of the attempt before. */
  readonly insisted: boolean;
  /** Why the last attempt failed. */
  readonly trouble: PushTrouble | undefined;
  readonly receipt: PushReceipt | undefined;
}

/** Why an attempt failed. */
export interface PushTrouble {
  /** A kind of `SourceError`, `configuration`, `bug`, or `interrupted`: the process ended. */
  readonly kind: string;
  /** For administrators. */
  readonly problem: string;
  /** For staff: "FogBugz did not answer". */
  readonly words: string;
}

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
}

/** A push that this process may now send. */
export interface ClaimedPush {
  readonly row: PushRow;
  readonly request: PushRequest;
}

/** The end of an attempt. */
export type AttemptResult =
  | { readonly state: 'done'; readonly receipt: PushReceipt; readonly keepBody: boolean }
  | {
      readonly state: 'waiting';
      readonly nextAt: number;
      readonly trouble: PushTrouble;
      readonly unsure: boolean;
      readonly rejected: boolean;
    }
  | { readonly state: 'failed' | 'unclear'; readonly trouble: PushTrouble };

/** How many there are, for `/metrics`. */
export interface TargetFigures {
  readonly target: string;
  readonly waiting: number;
  readonly sending: number;
  readonly failed: number;
  readonly unclear: number;
  /** When the oldest that is not out was taken; undefined when there is none. */
  readonly oldestAt: number | undefined;
}

/** Which rows a list has. */
export interface PushFilter {
  readonly target?: string | undefined;
  readonly states?: readonly PushState[] | undefined;
  /** Newest first, at most so many. */
  readonly limit: number;
}

/** The last known details of a push. */
export interface KeptDetails {
  readonly details: Details;
  readonly at: number;
}

/** The ledger, opened by one process. */
export interface Ledger {
  /**
   * Stores pushes, all or none. One that came before within its window, and did not surely fail, is not stored again:
   * its row is given instead, `isNew` false. A new one is `sending` by this process for `direct`, else `waiting`.
   * @param signal withdraws them when it comes before they were begun; the promise rejects with its reason
   */
  accept(
    pushes: readonly NewPush[],
    signal?: AbortSignal,
  ): Promise<readonly { readonly row: PushRow; readonly isNew: boolean }[]>;
  /** Takes up to `limit` due pushes of a target for this process, the longest due first. */
  claim(target: string, limit: number): Promise<readonly ClaimedPush[]>;
  /** Writes down how an attempt of this process ended. A push that waits is owed from now on. */
  settle(id: string, result: AttemptResult): Promise<void>;
  /** HelpSpot got our id for it: the gateway sees to it from now on. @returns the row as it is now */
  promise(id: string): Promise<PushRow | undefined>;
  /** The target answers again: what waits because it did not is due now. */
  hurry(target: string): Promise<void>;
  /**
   * Frees what processes that have died were sending: it is `waiting` and
   * `unsure` afterwards. A process that lives keeps what it sends, however long it takes.
   * @param settleMs a wait in which what is still on its way arrives
   */
  recover(settleMs: (target: string) => number): Promise<readonly PushRow[]>;
  /** When the next push of a target is due; undefined when none waits. */
  nextDue(target: string): number | undefined;
  /** By our id. */
  row(id: string): PushRow | undefined;
  /** By our id, else by the other system's; the newest. */
  find(target: string, id: string): PushRow | undefined;
  list(filter: PushFilter): readonly PushRow[];
  /** What is pushed; undefined when it is no longer kept. */
  request(id: string): PushRequest | undefined;
  figures(): readonly TargetFigures[];
  keptDetails(id: string): KeptDetails | undefined;
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
