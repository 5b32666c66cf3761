/** The queue of one push target: how many attempts at once, and how the target is spared while it is down. */
import { SourceError, UserError } from '../../contract/index.ts';
import type { RetryPlan } from './plan.ts';
import { backOff } from './schedule.ts';

/** Attempts at once for one target: enough to drain a queue, few enough for a small server. */
const MOST_AT_ONCE = 4;
/** After so many failures in a row one attempt at a time goes out, to see whether the target is back. */
const DOWN_AFTER = 3;

/** What is wrong with the target and not with a push. */
const OF_THE_TARGET: ReadonlySet<string> = new Set(['unreachable', 'timeout', 'unauthorized', 'rate-limited']);

/** One queue. Times are those of `performance.now()`. Its pushes wait for each other, never for those of another. */
export class TargetQueue {
  #underWay = 0;
  #failures = 0;
  /** Nothing goes out before, on the clock of `performance.now()`: the time of day may be set back. */
  #pausedUntil = 0;

  /** How many attempts may begin now. */
  capacity(now: number): number {
    if (now < this.#pausedUntil) return 0;
    return Math.max(0, (this.#failures >= DOWN_AFTER ? 1 : MOST_AT_ONCE) - this.#underWay);
  }

  /** Whether it is paused with nothing under way: then one attempt that a person asked for may begin all the same. */
  isIdlePause(now: number): boolean {
    return now < this.#pausedUntil && this.#underWay === 0;
  }

  /** When an attempt may begin, as far as the clock decides it. */
  get pausedUntil(): number {
    return this.#pausedUntil;
  }

  began(): void {
    this.#underWay += 1;
  }

  ended(): void {
    this.#underWay -= 1;
  }

  /** The target answered. @returns whether it was down before */
  answered(): boolean {
    const wasDown = this.#failures >= DOWN_AFTER;
    this.reset();
    return wasDown;
  }

  /** Another configuration is in force: what was wrong may be mended. */
  reset(): void {
    this.#failures = 0;
    this.#pausedUntil = 0;
  }

  /** An attempt failed. @returns whether the target itself is at fault */
  failed(error: unknown, retry: RetryPlan, now: number): boolean {
    const ofTarget = error instanceof UserError || (error instanceof SourceError && OF_THE_TARGET.has(error.kind));
    if (!ofTarget) return false;
    this.#failures += 1;
    const asked = error instanceof SourceError ? (error.retryAfterMs ?? 0) : 0;
    const spared = this.#failures < DOWN_AFTER ? 0 : backOff(this.#failures - DOWN_AFTER + 1, retry);
    this.#pausedUntil = Math.max(this.#pausedUntil, now + Math.max(asked, spared));
    return true;
  }
}
