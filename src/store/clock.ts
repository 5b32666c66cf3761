/**
 * The time of day, and whether somebody set it. Times in the ledger are times of day, for people and for the next
 * process; what waits goes by them, so a step of the clock has to be noticed. The other clock of the machine never
 * steps: where the two come apart, the time of day was set, or the machine slept.
 */

/** Both clocks of a machine, in milliseconds. */
export interface Clocks {
  /** Since 1970. */
  readonly wall: () => number;
  /** Since some moment; never set. */
  readonly monotonic: () => number;
}

/** A clock that is adjusted slowly drifts by less within a second (NTP: 0.5 ms); who sets it means more. */
const LEAST_STEP_MS = 1_000;
/** Steps that are older than any time that is asked for need not be kept. A day is the longest window for duplicates. */
const MOST_STEPS = 100;

interface Step {
  readonly at: number;
  readonly ms: number;
}

/** Watches the clock for one process. */
export class ClockWatch {
  readonly #clocks: Clocks;
  #offset: number;
  #steps: readonly Step[] = [];
  /** Steps that the ledger has not been told of. */
  #pending = 0;
  #net = 0;

  constructor(clocks: Clocks) {
    this.#clocks = clocks;
    this.#offset = clocks.wall() - clocks.monotonic();
  }

  /** The time of day. */
  now(): number {
    this.#look();
    return this.#clocks.wall();
  }

  /** By how much the clock was set (forward: above 0) since the last {@link mended}. */
  get pending(): number {
    this.#look();
    return this.#pending;
  }

  /** The ledger has been put right by so much. */
  mended(ms: number): void {
    this.#pending -= ms;
  }

  /** How much of the last so many milliseconds by the time of day did not pass: the clock was set forward. */
  skippedWithin(ms: number): number {
    this.#look();
    const since = this.#clocks.monotonic() - ms;
    const steps = this.#steps.filter(({ at }) => at >= since);
    return Math.max(
      0,
      steps.reduce((sum, step) => sum + step.ms, 0),
    );
  }

  /** By how much the clock is further than it would be by itself since the start of this process. Not below 0. */
  get ahead(): number {
    this.#look();
    return Math.max(0, this.#net);
  }

  #look(): void {
    const offset = this.#clocks.wall() - this.#clocks.monotonic();
    const ms = offset - this.#offset;
    this.#offset = offset;
    if (Math.abs(ms) < LEAST_STEP_MS) return;
    this.#pending += ms;
    this.#net += ms;
    this.#steps = [...this.#steps, { at: this.#clocks.monotonic(), ms }].slice(-MOST_STEPS);
  }
}
