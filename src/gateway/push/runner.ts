/** The queue: sends what is due, target by target, for as long as the gateway runs. */
import { type Log, StoreError } from '../../contract/index.ts';
import { shareAccounts } from '../../kit/wait/index.ts';
import { Gatherer } from '../events/gatherer.ts';
import { failureFields } from '../failure.ts';
import { Alerter } from './alerter.ts';
import type { PushHost } from './host.ts';
import type { Ledger } from './ledger.ts';
import type { PushTargetPlan } from './plan.ts';
import type { PushSender } from './sender.ts';

/** So often the ledger is looked at for what others put there: another process, `helpspot-gateway pushes retry`. */
const LOOK_EVERY_MS = 1_000;
/** Whatever the ledger says, the queue is not looked at in a circle. */
const LEAST_REST_MS = 5;
/** So often it is asked whether another process has died. */
const RECOVER_EVERY_MS = 3_000;
/** So often old rows are removed. */
const FORGET_EVERY_MS = 3_600_000;
/** Not at once: a machine may learn after its start what time it is, and what waits from before has its try first. */
const FIRST_FORGET_MS = 60_000;

/** Runs until {@link close}. */
export class Runner {
  readonly #host: PushHost;
  readonly #ledger: Ledger;
  readonly #sender: PushSender;
  readonly #alerter: Alerter;
  readonly #gatherer: Gatherer;
  readonly #log: Log;
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> = Promise.resolve();
  #isRunning = false;
  #again = false;
  #started = false;
  #hasBegun = false;
  #closed = false;
  // On the clock of `performance.now()`: the time of day may be set back.
  #recoverAt = 0;
  #forgetAt = performance.now() + FIRST_FORGET_MS;
  /** So that a ledger that fails for an hour is one line in the log, not thousands. */
  #troubled = false;

  constructor(host: PushHost, ledger: Ledger, sender: PushSender) {
    this.#host = host;
    this.#ledger = ledger;
    this.#sender = sender;
    this.#alerter = new Alerter(host, ledger, sender);
    this.#gatherer = new Gatherer(host, ledger);
    this.#log = host.log;
  }

  /** From now on {@link wake} does something. */
  start(): void {
    this.#started = true;
    this.wake();
  }

  /** Something may be due: looks at once. */
  wake(): void {
    if (this.#closed || !this.#started) return;
    clearTimeout(this.#timer);
    this.#again = true;
    if (!this.#isRunning) this.#round = this.#rounds();
  }

  /** Begins nothing any more. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#round;
    shareAccounts(1);
  }

  async #rounds(): Promise<void> {
    this.#isRunning = true;
    let restMs = 0;
    while (this.#again && !this.#closed) {
      this.#again = false;
      try {
        await this.#mendTimes();
        if (!this.#hasBegun) await this.#sender.begin();
        this.#hasBegun = true;
        await this.#recover();
        await this.#forget();
        if (await this.#gatherer.look()) this.#again = true;
        await Promise.all([...this.#host.plan().push.values()].map((plan) => this.#sendDue(plan)));
        if (await this.#alerter.look()) this.#again = true;
        this.#tell(this.#ledger.trouble);
      } catch (error) {
        this.#tell(error);
      }
      // Whoever wakes it meanwhile has another round.
      if (!this.#again) restMs = await this.#restMs();
    }
    this.#isRunning = false;
    if (!this.#closed) this.#timer = setTimeout(() => this.wake(), restMs);
  }

  /** One line when it begins, and one when it ends. */
  #tell(trouble: unknown): void {
    const was = this.#troubled;
    this.#troubled = trouble !== undefined;
    if (was === this.#troubled) return;
    const isOfStore = trouble instanceof StoreError;
    if (!this.#troubled) this.#log.info({}, 'the queue of pushes works again');
    else if (isOfStore) this.#log.error(failureFields(trouble), 'the store of pushes cannot be used; tried again');
    else this.#log.error(failureFields(trouble), 'the queue of pushes failed; tried again');
  }

  /** The clock of the machine was set: nothing waits longer for that, and nothing goes out before its time. */
  async #mendTimes(): Promise<void> {
    const count = await this.#ledger.mendTimes();
    if (count > 0) this.#log.warn({ count }, 'the clock was set; the times of pushes that wait were put right');
  }

  async #sendDue(plan: PushTargetPlan): Promise<void> {
    const due = await this.#ledger.nextDue(plan.name);
    if (due === undefined || due > this.#ledger.now()) return;
    await this.#sender.explainIfGone(plan);
    const queue = this.#sender.queue(plan.name);
    if (!queue.isWorthAsking) return;
    let limit = 0;
    const claimed = await this.#ledger.claim(plan.name, (state) => {
      const room = queue.admit(state);
      limit = room.limit;
      return room;
    });
    if (limit > 0 && claimed.length >= limit) queue.filled();
    for (const push of claimed) {
      // `plan` may be an older one after a reload; then the source may have gone with it.
      const current = this.#host.plan().push.get(plan.name) ?? plan;
      void this.#sender.send(push, current, false).finally(() => this.wake());
    }
  }

  /** Milliseconds until the next push is due, and not longer than others may be kept waiting. */
  async #restMs(): Promise<number> {
    let rest = LOOK_EVERY_MS;
    for (const name of this.#troubled ? [] : this.#host.plan().push.keys()) {
      rest = Math.min(rest, await this.#waitMs(name));
    }
    return Math.max(LEAST_REST_MS, rest);
  }

  /** Milliseconds until something of a target may go out. A queue that is full is looked at when one of its attempts ends. */
  async #waitMs(target: string): Promise<number> {
    try {
      const due = (await this.#ledger.nextDue(target)) ?? Number.POSITIVE_INFINITY;
      const now = this.#ledger.now();
      return Math.max(due - now, this.#sender.queue(target).waitMs(now));
    } catch {
      // The next round says what is wrong with the ledger.
      return Number.POSITIVE_INFINITY;
    }
  }

  /** Takes over what other processes were sending when they died. */
  async #recover(): Promise<void> {
    const now = performance.now();
    if (now < this.#recoverAt) return;
    this.#recoverAt = now + RECOVER_EVERY_MS;
    const plans = this.#host.plan();
    const settleMs = (target: string) => {
      const plan = plans.push.get(target);
      const source = plan === undefined ? undefined : plans.sources.get(plan.source);
      // What takes the same push once only need not be waited for.
      return plan === undefined || source?.adapter.push?.idempotent === true ? 0 : plan.retry.firstMs;
    };
    const freed = await this.#ledger.recover(settleMs, (id) => this.#sender.isUnderWay(id));
    shareAccounts(this.#ledger.livingGateways);
    for (const row of freed) {
      const fields = { target: row.target, push: row.id, attempt: row.attempts };
      this.#log.warn(fields, 'a gateway ended while it was sending; whether the push arrived is being found out');
    }
  }

  async #forget(): Promise<void> {
    const now = performance.now();
    if (now < this.#forgetAt) return;
    const count = await this.#ledger.forget(this.#ledger.now() - this.#host.plan().store.retentionMs);
    // Many are removed in several goes, so that nobody waits for it.
    this.#forgetAt = count > 0 ? now + LOOK_EVERY_MS : now + FORGET_EVERY_MS;
    if (count > 0) this.#log.info({ count }, 'old pushes and events were removed from the store');
  }
}
