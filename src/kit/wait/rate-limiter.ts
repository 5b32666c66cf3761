/** At most so many calls in a time. Who cannot have a turn before the deadline is told at once, and does not wait in vain. */
import { DeadlineExceeded, type SourceError } from '../../contract/index.ts';
import { accountSharers } from './account-share.ts';
import { type Caller, endOf } from './caller.ts';
import { type InLine, Line } from './line.ts';

/** How many. */
export interface RateLimit {
  /** Calls in an interval, a whole number from 1 on. */
  readonly calls: number;
  readonly intervalMs: number;
}

/**
 * What is said to somebody who comes too late.
 * @param waitMs until somebody who comes now could have a turn
 * @param isHeld whether the system has asked for the pause
 */
export type RateRefusal = (waitMs: number, isHeld: boolean) => SourceError;

interface Waiting extends InLine {
  readonly go: () => void;
}

/** A system that asks for hours is asked again after a minute: the pause may be a mistake, or mended meanwhile. */
const LONGEST_HOLD_MS = 60_000;

/** The turns of an account, on the clock of `performance.now()`. Several may share it; the lowest of their limits holds. */
export class RateLimiter {
  readonly #limits = new Set<RateLimit>();
  /** The lowest, for all who use the account. */
  #lowest: RateLimit | undefined;
  readonly #line = new Line<Waiting>();
  /** When the last turns were, ascending; at most as many as an interval has. */
  readonly #recent: number[] = [];
  /** Since when the last turns mean nothing any more. */
  #forgetAt = 0;
  #notBefore = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(limit?: RateLimit) {
    if (limit !== undefined) this.allow(limit);
  }

  /** Nothing is remembered that could matter to the next. */
  get isAtRest(): boolean {
    return this.#line.isEmpty && performance.now() >= Math.max(this.#forgetAt, this.#notBefore);
  }

  /** From now on no more than so many, until what is returned is called. */
  allow(limit: RateLimit): () => void {
    // The same limit may be given twice.
    const own = { ...limit };
    this.#limits.add(own);
    this.#plan();
    return () => {
      this.#limits.delete(own);
      this.#plan();
    };
  }

  /**
   * Waits for a turn: staff before background work, and the call that began first before later ones.
   * @throws {SourceError} the refusal, when there is none before the deadline
   * @throws the signal's reason when it aborts for another reason
   */
  async take(caller: Caller, refusal: RateRefusal): Promise<void> {
    const { signal, remaining } = caller;
    if (signal.aborted) throw endOf(signal, 'there was no time left for another call', true);
    const wait = this.#wait(this.#line.before(caller).length);
    const left = remaining() ?? Number.POSITIVE_INFINITY;
    if (wait > left || this.#line.isFull) throw refusal(wait, this.#isHeldFor(left));
    await new Promise<void>((resolve, reject) => {
      const go = () => {
        signal.removeEventListener('abort', stop);
        resolve();
      };
      const one = { caller, came: performance.now(), go };
      const stop = () => {
        // The turn is the next one's, who comes so much sooner.
        this.#line.leave(one);
        reject(this.#endOf(caller, refusal));
      };
      signal.addEventListener('abort', stop, { once: true });
      this.#line.join(one);
      this.#give();
    });
  }

  /** The system itself says how long to wait: another program uses up the same limit. */
  hold(milliseconds: number): void {
    const wait = Math.min(milliseconds, LONGEST_HOLD_MS);
    this.#notBefore = Math.max(this.#notBefore, performance.now() + wait);
  }

  /** The limits are others now, and so is the time of the next turn. */
  #plan(): void {
    this.#lowest = [...this.#limits].reduce<RateLimit | undefined>(lower, undefined);
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#give();
  }

  /** Gives the turns that are free, and comes again for the others. */
  #give(): void {
    for (let one = this.#line.next(); one !== undefined && this.#wait(0) <= 0; one = this.#line.next()) {
      this.#note(performance.now());
      this.#line.serve(one);
      one.go();
    }
    if (this.#line.isEmpty || this.#timer !== undefined) return;
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        this.#give();
      },
      Math.ceil(this.#wait(0)),
    );
  }

  /** The part of this process. */
  get #limit(): RateLimit | undefined {
    return this.#lowest && partOf(this.#lowest, accountSharers());
  }

  #note(now: number): void {
    const limit = this.#limit;
    if (limit === undefined) return;
    const { calls, intervalMs } = limit;
    this.#recent.push(now);
    this.#recent.splice(0, this.#recent.length - calls);
    this.#forgetAt = now + intervalMs;
  }

  /** Milliseconds until somebody who has so many before him has a turn, at the soonest. */
  #wait(position: number): number {
    const now = performance.now();
    const held = Math.max(0, this.#notBefore - now);
    const limit = this.#limit;
    if (limit === undefined) return held;
    const { calls, intervalMs } = limit;
    // A turn is free one interval after the turn that was so many turns before it.
    const before = this.#recent[this.#recent.length - calls + (position % calls)] ?? Number.NEGATIVE_INFINITY;
    return Math.max(held, before + intervalMs - now) + Math.floor(position / calls) * intervalMs;
  }

  #isHeldFor(milliseconds: number): boolean {
    return this.#notBefore - performance.now() > Math.min(milliseconds, LONGEST_HOLD_MS);
  }

  #endOf(caller: Caller, refusal: RateRefusal): unknown {
    if (!(caller.signal.reason instanceof DeadlineExceeded)) return caller.signal.reason;
    return refusal(this.#wait(this.#line.before(caller).length), this.#isHeldFor(0));
  }
}

function lower(least: RateLimit | undefined, limit: RateLimit): RateLimit {
  return least === undefined || limit.calls / limit.intervalMs < least.calls / least.intervalMs ? limit : least;
}

/** What each of so many may, so that together they stay within the limit; where it has fewer calls than they are, in the mean. */
function partOf({ calls, intervalMs }: RateLimit, sharers: number): RateLimit {
  const part = Math.floor(calls / sharers);
  return part >= 1 ? { calls: part, intervalMs } : { calls: 1, intervalMs: (intervalMs * sharers) / calls };
}
