/**
 * The circuit breaker of a source: closed while it answers, open while it has failed several times in a row. Open, nobody
 * waits for it; a probe in the background finds out when it is back.
 *
 * Own code, because the libraries (cockatiel, opossum) let the next caller find out, and open for every failure alike:
 * here nobody but the probe waits, and a password that was refused is not tried at every click.
 */
import { SourceError, type SourceErrorKind } from '../../contract/index.ts';

/** `sources.NAME.breaker:` Times in milliseconds. */
export interface BreakerPlan {
  /** So many failures in a row open it. */
  readonly failures: number;
  /** The first probe comes so long after it has opened; each further one after twice the time, up to `longestMs`. */
  readonly retryMs: number;
  readonly longestMs: number;
}

/** Why and since when a source rests. Times as `Date.now()` has them. */
export interface Rest {
  /** The first of the failures in a row. */
  readonly since: number;
  /** When it is probed next. */
  readonly nextAt: number;
  /** The same on the clock of `performance.now()`, which nobody sets back. */
  readonly dueAt: number;
  /** The last failure. */
  readonly error: SourceError;
}

/** What a breaker is told to do. */
export interface BreakerParts {
  readonly plan: BreakerPlan;
  /** Asks the source for a sign of life, within a time of its own. Throws what the source throws. */
  probe(): Promise<void>;
  /** It has opened (`rest`) or closed (undefined); a refusal that the probe does not confirm is not told. */
  changed(rest: Rest | undefined): void;
}

/** The system's own failures. What it refuses for good reason, or for want of time, says nothing of the next question. */
const OWN_FAILURES: ReadonlySet<SourceErrorKind> = new Set(['unreachable', 'timeout', 'busy', 'bad-response']);

/** Each refused password may count towards locking the account, so that it is tried seldom. */
const UNAUTHORIZED_RETRY_MS = 600_000;

/** Several gateways must not probe in the same instant: up to so much of a wait is added. */
const JITTER = 0.2;

/** One breaker. It holds a timer while it is open, which does not keep the process alive. */
export class CircuitBreaker {
  readonly #parts: BreakerParts;
  #failures = 0;
  #since = 0;
  /** The wait for the next probe; grows until a question, not only a probe, has been answered. */
  #waitMs: number;
  /** Closed by a probe alone: a source that answers its probe, and then no question, has had its failures. */
  #isOnProbation = false;
  #rest: Rest | undefined;
  #isTold = false;
  #hasAnswered = false;
  #timer: NodeJS.Timeout | undefined;
  #ended = false;

  constructor(parts: BreakerParts) {
    this.#parts = parts;
    this.#waitMs = parts.plan.retryMs;
  }

  /** Undefined while it is closed. */
  get rest(): Rest | undefined {
    return this.#rest;
  }

  /** Whether the last question was answered. */
  get hasAnswered(): boolean {
    return this.#hasAnswered;
  }

  /** A question was answered. */
  succeeded(): void {
    this.#hasAnswered = true;
    this.#failures = 0;
    this.#isOnProbation = false;
    this.#waitMs = this.#parts.plan.retryMs;
    this.#close();
  }

  /** A question has failed. What is not the system's own failure changes nothing. */
  failed(error: unknown): void {
    if (this.#ended || !(error instanceof SourceError)) return;
    const refused = error.kind === 'unauthorized';
    if (!refused && !OWN_FAILURES.has(error.kind)) return;
    this.#hasAnswered = false;
    if (this.#failures === 0) this.#since = Date.now();
    this.#failures += 1;
    // Questions that were under way when it opened say nothing new.
    if (this.#rest !== undefined) return;
    // Whether the login is refused, or only what was asked, the probe finds out before anybody asks again.
    if (refused) this.#schedule(0, error);
    else if (this.#isOnProbation || this.#failures >= this.#parts.plan.failures) this.#open(error);
  }

  /** Probes now, if it is open: the administrator may have mended it. */
  probeNow(): void {
    if (this.#rest === undefined || this.#ended) return;
    this.#waitMs = this.#parts.plan.retryMs;
    this.#schedule(0, this.#rest.error);
  }

  /** Ends the probing. */
  end(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
  }

  #open(error: SourceError): void {
    this.#tell(this.#schedule(this.#nextWait(error), error));
  }

  #tell(rest: Rest): void {
    if (this.#isTold) return;
    this.#isTold = true;
    this.#parts.changed(rest);
  }

  #close(): void {
    if (this.#rest === undefined) return;
    this.#rest = undefined;
    clearTimeout(this.#timer);
    if (this.#isTold) this.#parts.changed(undefined);
    this.#isTold = false;
  }

  #nextWait({ kind }: SourceError): number {
    const { longestMs } = this.#parts.plan;
    const wait = kind === 'unauthorized' ? Math.max(UNAUTHORIZED_RETRY_MS, longestMs) : this.#waitMs;
    this.#waitMs = Math.min(this.#waitMs * 2, longestMs);
    return wait * (1 + Math.random() * JITTER);
  }

  #schedule(wait: number, error: SourceError): Rest {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#probe(), wait);
    this.#timer.unref();
    this.#rest = { since: this.#since, nextAt: Date.now() + wait, dueAt: performance.now() + wait, error };
    return this.#rest;
  }

  async #probe(): Promise<void> {
    try {
      await this.#parts.probe();
    } catch (error) {
      if (this.#ended || this.#rest === undefined) return;
      const told = error instanceof SourceError ? error : this.#rest.error;
      this.#open(told);
      return;
    }
    if (this.#ended) return;
    this.#failures = 0;
    // What was refused was not the login, but one question.
    this.#isOnProbation = this.#isTold;
    this.#close();
  }
}
