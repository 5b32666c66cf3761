/**
 * A budget of points that fills up again, as GraphQL APIs have it: a leaky
 * bucket. https://shopify.dev/docs/api/usage/limits
 */
import { SourceError, untilAborted } from '../../contract/index.ts';
import { type Caller, callerOf, endOf, pause } from '../wait/index.ts';
import { noTurn } from './failures.ts';

/** What the system says about the budget with an answer; the names are Shopify's. */
export interface BudgetStatus {
  readonly currentlyAvailable: number;
  readonly maximumAvailable: number;
  /** Points in a second. */
  readonly restoreRate: number;
}

/** What is known before the first answer. */
export interface BudgetStart extends Omit<BudgetStatus, 'currentlyAvailable'> {
  /** The name of the system in messages. */
  readonly system: string;
}

const SECOND_MS = 1000;
/** What the system says meanwhile may shorten the wait. */
const LONGEST_PAUSE_MS = 1000;

/** The points of a source. Calls get theirs in the order in which they came. */
export class CostBudget {
  readonly #system: string;
  #maximum: number;
  #rate: number;
  #points: number;
  #at = performance.now();
  // Resolves when everybody who came before has got their points, or has gone.
  #line: Promise<void> = Promise.resolve();
  #promised = 0;

  constructor({ system, maximumAvailable, restoreRate }: BudgetStart) {
    this.#system = system;
    this.#maximum = maximumAvailable;
    this.#rate = restoreRate;
    this.#points = maximumAvailable;
  }

  /** The points that are there now, as far as is known. */
  get available(): number {
    const restored = ((performance.now() - this.#at) / SECOND_MS) * this.#rate;
    return Math.min(this.#maximum, this.#points + restored);
  }

  /**
   * Takes points, waiting for them if need be.
   * @throws {SourceError} `rejected` for more than the budget ever holds, `rate-limited` when they cannot be there before the deadline
   * @throws the signal's reason when it aborts for another reason
   */
  async take(cost: number, signal: AbortSignal): Promise<void> {
    const caller = callerOf(signal);
    this.#refuseTooMuch(cost);
    this.#refuseLate(cost + this.#promised, caller);
    this.#promised += cost;
    const turn = this.#line.then(() => this.#wait(cost, caller));
    this.#line = turn.catch(() => undefined);
    try {
      // Who leaves does not have to wait for those before him.
      await untilAborted(turn, signal);
    } catch (error) {
      throw signal.aborted && error === signal.reason ? this.#late(signal) : error;
    } finally {
      this.#promised -= cost;
    }
  }

  /** What the system says is right: others may use the same budget. Numbers that make no sense are passed over. */
  learn({ currentlyAvailable, maximumAvailable, restoreRate }: BudgetStatus): void {
    if (!(maximumAvailable > 0 && restoreRate > 0 && Number.isFinite(currentlyAvailable))) return;
    this.#maximum = maximumAvailable;
    this.#rate = restoreRate;
    this.#points = currentlyAvailable;
    this.#at = performance.now();
  }

  async #wait(cost: number, caller: Caller): Promise<void> {
    const { signal } = caller;
    for (;;) {
      if (signal.aborted) throw this.#late(signal);
      this.#refuseTooMuch(cost);
      const { available } = this;
      if (available >= cost) {
        this.#points = available - cost;
        this.#at = performance.now();
        return;
      }
      this.#refuseLate(cost, caller);
      await pause(Math.min(this.#waitFor(cost), LONGEST_PAUSE_MS), signal);
    }
  }

  #late(signal: AbortSignal): unknown {
    return endOf(signal, `there was no time left to ask ${this.#system}`, true);
  }

  #refuseTooMuch(cost: number): void {
    if (cost <= this.#maximum) return;
    const message = `a query of ${cost} points is more than ${this.#system} ever allows (${this.#maximum})`;
    throw new SourceError('rejected', message, { unsent: true, remedy: 'ask for fewer records at a time' });
  }

  #refuseLate(cost: number, caller: Caller): void {
    const wait = this.#waitFor(cost);
    if (wait > (caller.remaining() ?? Number.POSITIVE_INFINITY)) throw noTurn(this.#system, wait);
  }

  #waitFor(cost: number): number {
    return Math.max(0, Math.ceil(((cost - this.available) / this.#rate) * SECOND_MS));
  }
}
