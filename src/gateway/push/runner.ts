/** The queue: sends what is due, target by target, for as long as the gateway runs. */
import type { Log } from '../adapter.ts';
import { failureFields } from '../failure.ts';
import type { DeskHost } from './desk.ts';
import type { Ledger } from './ledger.ts';
import type { PushTargetPlan } from './plan.ts';
import type { Sender } from './sender.ts';

/** So often the ledger is looked at for what others put there: another process, `helpspot-gateway pushes retry`. */
const LOOK_EVERY_MS = 1_000;
/** Whatever the ledger says, the queue is not looked at in a circle. */
const LEAST_REST_MS = 5;
/** So often it is asked whether another process has died. */
const RECOVER_EVERY_MS = 3_000;
/** So often old rows are removed. */
const FORGET_EVERY_MS = 3_600_000;

/** Runs until {@link close}. */
export class Runner {
  readonly #host: DeskHost;
  readonly #ledger: Ledger;
  readonly #sender: Sender;
  readonly #log: Log;
  #timer: NodeJS.Timeout | undefined;
  #turn: Promise<void> = Promise.resolve();
  #isTurning = false;
  #again = false;
  #started = false;
  #closed = false;
  #recoverAt = 0;
  #forgetAt = 0;
  /** So that a ledger that fails for an hour is one line in the log, not thousands. */
  #troubled = false;

  constructor(host: DeskHost, ledger: Ledger, sender: Sender) {
    this.#host = host;
    this.#ledger = ledger;
    this.#sender = sender;
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
    if (!this.#isTurning) this.#turn = this.#turns();
  }

  /** Begins nothing any more. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#turn;
  }

  async #turns(): Promise<void> {
    this.#isTurning = true;
    while (this.#again && !this.#closed) {
      this.#again = false;
      try {
        await this.#recover();
        await this.#forget();
        await Promise.all([...this.#host.plan().push.values()].map((plan) => this.#sendDue(plan)));
        this.#troubled = false;
      } catch (error) {
        if (!this.#troubled) this.#log.error(failureFields(error), 'the store of pushes cannot be used; tried again');
        this.#troubled = true;
      }
    }
    this.#isTurning = false;
    this.#rest();
  }

  async #sendDue(plan: PushTargetPlan): Promise<void> {
    const now = Date.now();
    const free = this.#sender.lane(plan.name).capacity(now);
    const due = this.#ledger.nextDue(plan.name);
    if (free === 0 || due === undefined || due > now) return;
    const claimed = await this.#ledger.claim(plan.name, free);
    for (const push of claimed) {
      // `plan` may be an older one after a reload; then the source may have gone with it.
      const current = this.#host.plan().push.get(plan.name) ?? plan;
      void this.#sender.send(push, current).finally(() => this.wake());
    }
  }

  /** Sleeps until the next push is due, and not longer than others may be kept waiting. */
  #rest(): void {
    if (this.#closed) return;
    const now = Date.now();
    let next = now + LOOK_EVERY_MS;
    for (const name of this.#troubled ? [] : this.#host.plan().push.keys()) {
      const due = this.#nextDue(name);
      // A lane that is full is looked at when one of its attempts ends.
      if (due > now || this.#sender.lane(name).capacity(now) > 0) next = Math.min(next, due);
    }
    this.#timer = setTimeout(() => this.wake(), Math.max(LEAST_REST_MS, next - now));
  }

  #nextDue(target: string): number {
    try {
      const due = this.#ledger.nextDue(target) ?? Number.POSITIVE_INFINITY;
      return Math.max(due, this.#sender.lane(target).pausedUntil);
    } catch {
      // The next turn says what is wrong with the ledger.
      return Number.POSITIVE_INFINITY;
    }
  }

  /** Takes over what other processes were sending when they died. */
  async #recover(): Promise<void> {
    if (Date.now() < this.#recoverAt) return;
    this.#recoverAt = Date.now() + RECOVER_EVERY_MS;
    const plans = this.#host.plan();
    const settleMs = (target: string) => {
      const plan = plans.push.get(target);
      const source = plan === undefined ? undefined : plans.sources.get(plan.source);
      // What takes the same push once only need not be waited for.
      return plan === undefined || source?.adapter.push?.idempotent === true ? 0 : plan.retry.firstMs;
    };
    for (const row of await this.#ledger.recover(settleMs)) {
      const fields = { target: row.target, push: row.id, attempt: row.attempts };
      this.#log.warn(fields, 'a gateway ended while it was sending; whether the push arrived is being found out');
    }
  }

  async #forget(): Promise<void> {
    const now = Date.now();
    if (now < this.#forgetAt) return;
    const count = await this.#ledger.forget(now - this.#host.plan().store.retentionMs);
    // Many are removed in several goes, so that nobody waits for it.
    this.#forgetAt = count > 0 ? now + LOOK_EVERY_MS : now + FORGET_EVERY_MS;
    if (count > 0) this.#log.info({ count }, 'old pushes were removed from the store');
  }
}
