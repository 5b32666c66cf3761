/** What becomes of a push after an attempt: done, again later, given up, or left to a person. */
import { isRefusal, type PushReceipt, SourceError } from '../../contract/index.ts';
import { failureFields } from '../failure.ts';
import type { AttemptResult } from './ledger.ts';
import type { PushTargetPlan, RetryPlan } from './plan.ts';
import type { PushRow, PushTrouble } from './push-row.ts';
import { pushWords } from './words.ts';

/** How an attempt ended. */
export type Verdict =
  | { readonly kind: 'done'; readonly receipt: PushReceipt }
  | {
      readonly kind: 'failed';
      readonly error: unknown;
      /** It, or an attempt before it, may have arrived all the same. */
      readonly unsure: boolean;
      /** It itself may have. */
      readonly mayHaveArrived: boolean;
      /** A person said of the attempts before that they did not arrive, and this one surely did not. */
      readonly insisted: boolean;
      /** Whether that can be found out, or does not matter: the other system can be asked, or takes the same push once only. */
      readonly mendable: boolean;
    };

/**
 * Nobody knows what became of an attempt. `unconfirmed`: it got no answer, and the other system can neither be asked
 * nor tells a repetition apart. `interrupted`: the gateway was stopped. `looking`: it is not found, and may yet be there.
 */
export class Setback extends Error {
  override readonly name = 'Setback';
  readonly kind: 'unconfirmed' | 'interrupted' | 'looking';
  /** For `looking`: until when. Milliseconds since 1970. */
  readonly until: number | undefined;

  constructor(kind: Setback['kind'], message: string, until?: number) {
    super(message);
    this.kind = kind;
    this.until = until;
  }
}

/** Content that was refused so often is refused for good; the first refusals may come from a limit or an outage there. */
const MOST_REJECTIONS = 3;
/** Two attempts are never closer than this, whatever the dice say. Milliseconds. */
const SHORTEST_MS = 20;

/** What else decides it. */
export interface Circumstances {
  readonly title: string;
  readonly keepBody: boolean;
  /** The time of day. */
  readonly now: number;
  /** How long it is tried from now on; not told by the time of day, which may have been set during the attempt. */
  readonly giveUpInMs: number;
  /** Takes what was pushed, and secrets, out of what the other system said. */
  readonly discreet?: (text: string) => string;
}

/** What the ledger is told of an attempt. */
export function resultOf(
  verdict: Verdict,
  row: Pick<PushRow, 'attempts' | 'rejections' | 'owed' | 'unsureAt'>,
  plan: PushTargetPlan,
  { title, keepBody, now, giveUpInMs, discreet }: Circumstances,
): AttemptResult {
  if (verdict.kind === 'done') return { state: 'done', receipt: verdict.receipt, keepBody };
  const { error, unsure, mayHaveArrived, insisted, mendable } = verdict;
  const trouble = troubleOf(title, error, discreet);
  // What was taken, and answered with what is of no use, would be taken again, and answered so again.
  const isHeld = plan.whenUnclear === 'hold' || (error instanceof SourceError && error.lasting);
  if (unsure && !mendable && isHeld) return { state: 'unclear', trouble };
  // Staff wait for it and read that it failed: whether it is pushed again is theirs to say.
  if (!unsure && !row.owed) return { state: 'failed', trouble };
  const rejected = isRefusal(error);
  const isLasting = error instanceof SourceError && error.lasting;
  const wait = waitMs(error, row.attempts, plan.retry, unsure, now);
  if (wait >= giveUpInMs || (rejected && (isLasting || row.rejections + 1 >= MOST_REJECTIONS))) {
    return { state: unsure && !insisted ? 'unclear' : 'failed', trouble };
  }
  const unsureAt = mayHaveArrived ? now : row.unsureAt;
  return { state: 'waiting', nextAt: now + wait, trouble, unsure, unsureAt, rejected, insisted };
}

/**
 * Exponential back-off with full jitter (https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/),
 * not before the time that the other system asked for. What may be on its way
 * still gets the time of the first wait to arrive before it is looked for. The last look is not put off any longer.
 */
function waitMs(error: unknown, attempts: number, retry: RetryPlan, unsure: boolean, now: number): number {
  const asked = error instanceof SourceError ? (error.retryAfterMs ?? 0) : 0;
  const wait = Math.max(backOff(attempts, retry), asked, unsure ? retry.firstMs : 0);
  const left = error instanceof Setback && error.until !== undefined ? error.until - now : Number.POSITIVE_INFINITY;
  return Math.max(Math.min(wait, left), SHORTEST_MS);
}

/** @param times how often it has failed in a row, from 1 */
export function backOff(times: number, retry: RetryPlan): number {
  return Math.random() * longestOf(times, retry);
}

/** How long a target that is down is spared: never nothing, since each attempt may leave a push of which nothing is known. */
export function pauseOf(times: number, retry: RetryPlan): number {
  const longest = longestOf(times, retry);
  return longest / 2 + backOff(times, retry) / 2;
}

function longestOf(times: number, { firstMs, longestMs }: RetryPlan): number {
  // 2^30 times anything is longer than any longest wait.
  return Math.min(longestMs, firstMs * 2 ** Math.min(times - 1, 30));
}

/** Why an attempt failed, as the ledger keeps it. @param discreet takes what was pushed out of what the other system said */
export function troubleOf(title: string, error: unknown, discreet?: (text: string) => string): PushTrouble {
  if (error instanceof Setback) {
    const { kind, message: problem } = error;
    return { kind, problem, words: setbackWords(kind, title) };
  }
  const { kind: asked, problem, remedy } = failureFields(error, discreet);
  const kind = error instanceof SourceError && error.gone ? 'gone' : asked;
  return {
    kind,
    problem: remedy === undefined ? problem : `${problem}; ${remedy}`,
    words: pushWords(title, error, discreet),
  };
}

function setbackWords(kind: Setback['kind'], title: string): string {
  switch (kind) {
    case 'unconfirmed':
      return `${title} did not confirm that it arrived`;
    case 'interrupted':
      return 'The gateway was stopped while it was sending';
    case 'looking':
      return `${title} does not show it`;
  }
}
