/** The queue of one push target: how many attempts at once, and how the target is spared while it is down. */
import { isRefusal, SourceError, UserError } from '../../contract/index.ts';
import type { ClaimOrder } from './ledger.ts';
import type { RetryPlan } from './plan.ts';
import { pauseOf, Setback } from './schedule.ts';

/** Attempts at once for one target: enough to drain a queue, few enough for a small server. */
const MOST_AT_ONCE = 4;
/**
 * After failures of so many pushes in a row one attempt at a time goes out, to see whether the target is back. Each of
 * them may leave a push of which nobody knows whether it arrived. One push that fails again and again says nothing of the
 * target: it has waits of its own.
 */
const DOWN_AFTER = 3;
/** A target is down for days at most, and pushes of staff fail beside those of the queue. */
const MOST_REMEMBERED = 1_000;

/** Whose fault a failure is; `nobody`: it says nothing of the target. */
export type Fault = 'target' | 'push' | 'nobody';

/** Since when the target does not take pushes, on the clock of the day, and what the last attempt before that brought. */
export interface TargetOutage {
  readonly since: number;
  readonly error: unknown;
}

/** One queue. Times are those of `performance.now()`. Its pushes wait for each other, never for those of another. */
export class TargetQueue {
  #underWay = 0;
  /** The pushes that failed since the target answered last. */
  readonly #failing = new Set<string>();
  /** Those that failed while it was down, and were hurried when it was back. */
  #hurried: ReadonlySet<string> = new Set();
  /** Failures in a row while it is down. */
  #failures = 0;
  /** Attempts that looked whether it is back. */
  #looks = 0;
  #gone: SourceError | undefined;
  #outage: TargetOutage | undefined;
  #answeredAt: number | undefined;
  /** Nothing goes out before, on the clock of `performance.now()`: the time of day may be set back. */
  #pausedUntil = 0;

  /** How many attempts may begin now. Where some have failed, fewer: what is under way will tell. */
  capacity(now: number): number {
    if (now < this.#pausedUntil || this.#gone !== undefined) return 0;
    return Math.max(0, Math.max(1, MOST_AT_ONCE - this.#failing.size) - this.#underWay);
  }

  /** Whether it is paused with nothing under way: then one attempt that a person asked for may begin all the same. */
  isIdlePause(now: number): boolean {
    return (now < this.#pausedUntil || this.#gone !== undefined) && this.#underWay === 0;
  }

  /** When an attempt may begin, as far as the clock decides it. */
  get pausedUntil(): number {
    return this.#pausedUntil;
  }

  /** What the target said when it wanted no pushes any more; undefined when it did not. */
  get gone(): SourceError | undefined {
    return this.#gone;
  }

  /** Undefined while the target takes pushes, as far as that is known. */
  get outage(): TargetOutage | undefined {
    return this.#outage;
  }

  /** When the target answered last, in this process, on the clock of the day. */
  get answeredAt(): number | undefined {
    return this.#answeredAt;
  }

  get #isDown(): boolean {
    return this.#failing.size >= DOWN_AFTER;
  }

  /**
   * Which due pushes go out first. To see whether the target is back, one that may have arrived is as good as any, and
   * adds none to those; every other time it is one of the rest, since those before may be what the target cannot bear.
   */
  nextOrder(): ClaimOrder {
    if (!this.#isDown) return 'unsure first';
    this.#looks += 1;
    return this.#looks % 2 === 1 ? 'unsure first' : 'sure first';
  }

  began(): void {
    this.#underWay += 1;
  }

  ended(): void {
    this.#underWay -= 1;
  }

  /**
   * The target answered to a push.
   * @returns when it was down before, those that are not to be hurried: they were when it was back the last time, and failed again
   */
  answered(id: string): readonly string[] | undefined {
    const wasDown = this.#isDown;
    const failed = [...this.#failing].filter((one) => one !== id);
    const again = failed.filter((one) => this.#hurried.has(one));
    if (wasDown) this.#hurried = new Set(failed);
    this.reset();
    this.#answeredAt = Date.now();
    return wasDown ? again : undefined;
  }

  /** Another configuration is in force: what was wrong may be mended. */
  reset(): void {
    this.#failing.clear();
    this.#failures = 0;
    this.#looks = 0;
    this.#gone = undefined;
    this.#outage = undefined;
    this.#pausedUntil = 0;
  }

  /** An attempt failed. What is the fault of the push is an answer too: say so with {@link answered}. */
  failed(id: string, error: unknown, retry: RetryPlan, now: number): Fault {
    // It told what it has.
    if (error instanceof Setback && error.kind === 'looking') return 'push';
    if (!(error instanceof UserError || error instanceof SourceError)) return 'nobody';
    this.#gone = error instanceof SourceError && error.gone ? error : undefined;
    if (this.#gone !== undefined) {
      this.#outage ??= { since: Date.now(), error };
      return 'target';
    }
    if (isRefusal(error)) return 'push';
    if (this.#failing.size < MOST_REMEMBERED) this.#failing.add(id);
    const asked = error instanceof SourceError ? (error.retryAfterMs ?? 0) : 0;
    if (this.#isDown) {
      this.#failures += 1;
      this.#outage ??= { since: Date.now(), error };
    }
    const spared = this.#isDown ? pauseOf(this.#failures, retry) : 0;
    this.#pausedUntil = Math.max(this.#pausedUntil, now + Math.max(asked, spared));
    return 'target';
  }
}
