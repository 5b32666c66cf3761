/** A push as it stands in the ledger, and which of them a list or a change means. Plain data. */
import type { PushReceipt } from '../../contract/index.ts';
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
  /** Its place in the ledger: what came later has a higher one. */
  readonly seq: number;
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
  /** When the last attempt that may have arrived ended, as far as that is known, else when it began; undefined: none may have. */
  readonly unsureAt: number | undefined;
  /** A person said that it be sent again, whatever became of the attempt before. */
  readonly insisted: boolean;
  /** Why the last attempt failed. */
  readonly trouble: PushTrouble | undefined;
  readonly receipt: PushReceipt | undefined;
  /** The name of the staff member who pushed; empty when HelpSpot did not say. */
  readonly staff: string;
  /** The reference that staff have read, and that stands in every line of the log about it; empty for an old one. */
  readonly reference: string;
  /**
   * For `failed` and `unclear`: our id of a later push of the same request to the same target that is done. Nobody need
   * see to this one any more.
   */
  readonly supersededBy: string | undefined;
  /** It is of no request: the gateway tells with it what went wrong with others. */
  readonly isAlert: boolean;
  /** It is of no request: the events that it was made of, `events.video 8c1f…`; else empty. */
  readonly origin: string;
}

/** One try of a push. */
export interface PushAttempt {
  /** Counted from 1. */
  readonly number: number;
  readonly at: number;
  /** How long it took; undefined while it is under way. */
  readonly ms: number | undefined;
  /** What the push was afterwards; `interrupted`: the gateway ended; undefined while it is under way. */
  readonly result: PushState | 'interrupted' | undefined;
  /** Why it failed, for administrators; empty when it did not. At most 500 characters. */
  readonly reason: string;
}

/** Why an attempt failed. */
export interface PushTrouble {
  /** A kind of `SourceError`, `configuration`, `bug`, `interrupted`: the process ended, or `gone`: nothing is sent to the target. */
  readonly kind: string;
  /** For administrators. */
  readonly problem: string;
  /** For staff: "FogBugz did not answer". */
  readonly words: string;
}

/** How many there are, for `/metrics`. What was superseded counts as neither failed nor unclear. */
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
  /** Taken at that time or later. */
  readonly since?: number | undefined;
  /** Of the call that stored them. */
  readonly reference?: string | undefined;
  /** Only what has a lower `seq`: the next page of a list. */
  readonly before?: number | undefined;
  /** Newest first, at most so many. */
  readonly limit: number;
}

/** Pushes that are changed together. */
export interface PushSelection {
  readonly target?: string | undefined;
  readonly states: readonly PushState[];
  /** Taken at that time or later. */
  readonly since?: number | undefined;
  /** Of the call that stored them. */
  readonly reference?: string | undefined;
}

export interface SelectionCount {
  readonly count: number;
  /** How many of them have a later one, as in {@link SelectedPush}. */
  readonly withLater: number;
  /** The `seq` of the newest. */
  readonly last: number;
}

export interface SelectionPage {
  readonly after: number;
  readonly upTo: number;
  readonly limit: number;
}

/** A push of a selection. */
export interface SelectedPush {
  readonly row: PushRow;
  /**
   * Our id of the newest later push of the same request to the same target that is done, under way, or in one of the
   * states of the selection: to send both would do it twice.
   */
  readonly later: string | undefined;
}
