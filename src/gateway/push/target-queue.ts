/** The queue of one push target: how many attempts at once, and how the target is spared while it is down. */
import { isRefusal, SourceError, UserError } from '../../contract/index.ts';
import type { ClaimOrder, Room, TargetState } from './ledger.ts';
import type { RetryPlan } from './plan.ts';
import { pauseOf, Setback } from './schedule.ts';
import { failureKept, keptFailure, type TargetMemory, UNTROUBLED } from './target-memory.ts';

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

/** Since when the target does not take pushes, by the ledger, and what the last attempt before that brought. */
export interface TargetOutage {
  readonly since: number;
  readonly error: unknown;
}

/** Whether a target takes pushes. */
export type TargetStanding = Pick<TargetQueue, 'gone' | 'outage'>;

/** The clock of a ledger may be set by less than this without a word. */
const SAME_TIME_MS = 1_000;
/** What other gateways do is looked at so often. */
const LOOK_EVERY_MS = 1_000;

/**
 * One queue, as this gateway sees it. What is known of the target is that of all gateways: within a transaction of the ledger
 * it is taken from there, and given back. Times are the ledger's. Its pushes wait for each other, never for those of another.
 */
export class TargetQueue {
  /** Of this gateway. */
  #underWay = 0;
  #memory: TargetMemory = UNTROUBLED;
  #answeredAt: number | undefined;
  /** On the clock of `performance.now()`: until then the ledger would say what it said last. */
  #askAt = 0;

  /** What is known; undefined: of a target that answers, nothing. */
  get memory(): TargetMemory | undefined {
    return this.#memory === UNTROUBLED ? undefined : this.#memory;
  }

  /** What is known now, whoever has found it out. */
  learn(known: TargetMemory | undefined): void {
    this.#memory = known ?? UNTROUBLED;
  }

  /** Milliseconds until it is worth while to ask the ledger whether an attempt may begin; when it is full, one of those will end. */
  waitMs(now: number): number {
    if (this.#underWay >= MOST_AT_ONCE) return Number.POSITIVE_INFINITY;
    const until = this.#isPaused(now) ? this.#memory.pausedUntil - now : 0;
    return Math.max(until, this.#askAt - performance.now(), 0);
  }

  /** Whether another gateway may have found out since that the target is back, or what this one does not know. */
  get isWorthAsking(): boolean {
    return performance.now() >= this.#askAt && this.#underWay < MOST_AT_ONCE;
  }

  /**
   * How many attempts may begin, by all that is known, and which pushes go out first. Where some have failed, fewer: what is
   * under way will tell. What a person wants to be sent now does
   * not wait for the end of a pause: one at a time goes out in it.
   */
  admit({ known, sending, now }: TargetState): Room {
    this.learn(known);
    const isPaused = this.#isPaused(now);
    const limit = isPaused ? Number(sending === 0) : this.#free(sending);
    if (isPaused || limit === 0)
      this.#askIn(Math.min(this.pausedUntil > now ? this.pausedUntil - now : LOOK_EVERY_MS, LOOK_EVERY_MS));
    if (isPaused) return { limit, order: 'by hand', known: this.memory };
    return { limit, order: limit === 0 ? 'unsure first' : this.nextOrder(), known: this.memory };
  }

  /** All that the ledger allowed has been claimed: there is no room until one of them ends, here or elsewhere. */
  filled(): void {
    this.#askIn(LOOK_EVERY_MS);
  }

  /** When an attempt may begin, as far as the clock decides it. */
  get pausedUntil(): number {
    return this.#memory.pausedUntil;
  }

  /** What the target said when it wanted no pushes any more; undefined when it did not. */
  get gone(): UserError | SourceError | undefined {
    return this.#memory.gone && failureKept(this.#memory.gone);
  }

  /** Undefined while the target takes pushes, as far as that is known. */
  get outage(): TargetOutage | undefined {
    const { outage } = this.#memory;
    return outage && { since: outage.since, error: failureKept(outage.failure) };
  }

  get standing(): TargetStanding {
    return { gone: this.gone, outage: this.outage };
  }

  /** When the target answered last, in this process. */
  get answeredAt(): number | undefined {
    return this.#answeredAt;
  }

  /**
   * Which due pushes go out first. To see whether the target is back, one that may have arrived is as good as any, and
   * adds none to those; every other time it is one of the rest, since those before may be what the target cannot bear.
   */
  nextOrder(): ClaimOrder {
    if (!this.#isDown) return 'unsure first';
    const looks = this.#memory.looks + 1;
    this.#memory = { ...this.#memory, looks };
    return looks % 2 === 1 ? 'unsure first' : 'sure first';
  }

  began(): void {
    this.#underWay += 1;
  }

  ended(): void {
    this.#underWay -= 1;
    this.#askAt = 0;
  }

  /**
   * The target answered to a push.
   * @returns when it was down before, those that are not to be hurried: they were when it was back the last time, and failed again
   */
  answered(id: string, now: number): readonly string[] | undefined {
    const wasDown = this.#isDown;
    this.#answeredAt = now;
    const { failing, hurried, gone } = this.#memory;
    // What pauses it, has failed.
    if (failing.length === 0 && gone === undefined) return undefined;
    const failed = failing.filter((one) => one !== id);
    const again = failed.filter((one) => hurried.includes(one));
    const kept = wasDown ? failed : hurried;
    this.#memory = kept.length === 0 ? UNTROUBLED : { ...UNTROUBLED, hurried: kept };
    return wasDown ? again : undefined;
  }

  /** Another configuration is in force: what was wrong may be mended. */
  reset(): void {
    this.#memory = UNTROUBLED;
    this.#askAt = 0;
  }

  /** An attempt failed. What is the fault of the push is an answer too: say so with {@link answered}. */
  failed(id: string, error: unknown, retry: RetryPlan, now: number): Fault {
    // It told what it has.
    if (error instanceof Setback && error.kind === 'looking') return 'push';
    if (!(error instanceof UserError || error instanceof SourceError)) return 'nobody';
    const failure = keptFailure(error);
    const { outage = { since: now, failure } } = this.#memory;
    const isGone = error instanceof SourceError && error.gone;
    this.#memory = { ...this.#memory, gone: isGone ? failure : undefined, ...(isGone && { outage }) };
    if (isGone) return 'target';
    if (isRefusal(error)) return 'push';
    this.#remember(id);
    const asked = error instanceof SourceError ? (error.retryAfterMs ?? 0) : 0;
    if (this.#isDown) this.#memory = { ...this.#memory, failures: this.#memory.failures + 1, outage };
    const spared = this.#isDown ? pauseOf(this.#memory.failures, retry) : 0;
    const until = now + Math.max(asked, spared);
    if (until > now) {
      const pausedUntil = Math.round(Math.max(this.#isPaused(now) ? this.pausedUntil : 0, until));
      this.#memory = { ...this.#memory, pausedUntil, pausedAt: now };
    }
    return 'target';
  }

  #askIn(milliseconds: number): void {
    this.#askAt = performance.now() + milliseconds;
  }

  #remember(id: string): void {
    const { failing } = this.#memory;
    if (failing.length >= MOST_REMEMBERED || failing.includes(id)) return;
    this.#memory = { ...this.#memory, failing: [...failing, id] };
  }

  #isPaused(now: number): boolean {
    const { gone, pausedUntil, pausedAt } = this.#memory;
    return gone !== undefined || (now < pausedUntil && now > pausedAt - SAME_TIME_MS);
  }

  #free(sending: number): number {
    return Math.max(0, Math.max(1, MOST_AT_ONCE - this.#memory.failing.length) - sending);
  }

  get #isDown(): boolean {
    return this.#memory.failing.length >= DOWN_AFTER;
  }
}
