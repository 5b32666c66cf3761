/**
 * A budget of points that fills up again, as GraphQL APIs have it: a leaky
 * bucket. https://shopify.dev/docs/api/usage/limits
 */
import { SourceError } from '../../contract/index.ts';
import {
  type Account,
  accountKey,
  type Caller,
  callerOf,
  endOf,
  type InLine,
  Line,
  type Shareable,
  Shared,
} from '../wait/index.ts';
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

interface Waiting extends InLine {
  readonly cost: number;
  readonly go: () => void;
  readonly refuse: (error: unknown) => void;
}

/** The points of an account. Staff get theirs before background work, and the call that began first before later ones. */
export class CostBudget implements Shareable {
  readonly #system: string;
  readonly #line = new Line<Waiting>();
  #maximum: number;
  #rate: number;
  #points: number;
  #at = performance.now();
  #timer: NodeJS.Timeout | undefined;

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

  /** It is full, and nobody waits. */
  get isAtRest(): boolean {
    return this.#line.isEmpty && this.available >= this.#maximum;
  }

  /**
   * Takes points, waiting for them if need be.
   * @throws {SourceError} `rejected` for more than the budget ever holds, `rate-limited` when they cannot be there before the deadline
   * @throws the signal's reason when it aborts for another reason
   */
  async take(cost: number, signal: AbortSignal): Promise<void> {
    const caller = callerOf(signal);
    if (signal.aborted) throw this.#late(signal);
    const before = this.#line.before(caller).reduce((sum, one) => sum + one.cost, 0);
    const refusal = this.#refusal(cost, before, caller);
    if (refusal !== undefined) throw refusal;
    await new Promise<void>((resolve, reject) => {
      const settle = (end: () => void) => {
        signal.removeEventListener('abort', stop);
        end();
      };
      const one: Waiting = {
        ...{ caller, came: performance.now(), cost },
        go: () => settle(resolve),
        refuse: (error) => settle(() => reject(error)),
      };
      const stop = () => {
        this.#line.leave(one);
        one.refuse(this.#late(signal));
        this.#plan();
      };
      signal.addEventListener('abort', stop, { once: true });
      this.#line.join(one);
      this.#plan();
    });
  }

  /** What the system says is right: others may use the same budget. Numbers that make no sense are passed over. */
  learn({ currentlyAvailable, maximumAvailable, restoreRate }: BudgetStatus): void {
    if (!(maximumAvailable > 0 && restoreRate > 0 && Number.isFinite(currentlyAvailable))) return;
    this.#maximum = maximumAvailable;
    this.#rate = restoreRate;
    this.#points = currentlyAvailable;
    this.#at = performance.now();
    this.#plan();
  }

  /** Gives the points that are there, and comes again when the next has enough. */
  #plan(): void {
    clearTimeout(this.#timer);
    for (let one = this.#line.next(); one !== undefined; one = this.#line.next()) {
      const { cost, caller } = one;
      const refusal = this.#refusal(cost, 0, caller);
      if (refusal !== undefined) {
        this.#line.leave(one);
        one.refuse(refusal);
        continue;
      }
      const { available } = this;
      if (available < cost) {
        this.#timer = setTimeout(() => this.#plan(), Math.max(1, this.#waitFor(cost)));
        return;
      }
      this.#points = available - cost;
      this.#at = performance.now();
      this.#line.serve(one);
      one.go();
    }
  }

  #late(signal: AbortSignal): unknown {
    return endOf(signal, `there was no time left to ask ${this.#system}`, true);
  }

  /** Why points cannot be had in time, behind others who take so many; undefined when they can. */
  #refusal(cost: number, before: number, caller: Caller): SourceError | undefined {
    if (cost > this.#maximum) {
      const message = `a query of ${cost} points is more than ${this.#system} ever allows (${this.#maximum})`;
      return new SourceError('rejected', message, { unsent: true, remedy: 'ask for fewer records at a time' });
    }
    const wait = this.#waitFor(before + cost);
    const isLate = wait > (caller.remaining() ?? Number.POSITIVE_INFINITY);
    return isLate || this.#line.isFull ? noTurn(this.#system, wait) : undefined;
  }

  #waitFor(cost: number): number {
    return Math.max(0, Math.ceil(((cost - this.available) / this.#rate) * SECOND_MS));
  }
}

const budgets = new Shared<CostBudget>();

/** The budget that all sources of this process have in common that use one account; `release` when it is closed. */
export function budgetOf(account: Account, start: BudgetStart): { readonly value: CostBudget; release(): void } {
  return budgets.borrow(accountKey(account), () => new CostBudget(start));
}
