/** One attempt to push: asks first whether an earlier one arrived, where that is not known. */
import {
  type CallContext,
  DeadlineExceeded,
  type PushReceipt,
  type Source,
  StoreError,
  surelyNotDone,
  UserError,
} from '../../contract/index.ts';
import { inTime } from '../../kit/wait/index.ts';
import type { SourceHandle } from '../sources/source-handle.ts';
import { lookedForUntil } from './horizon.ts';
import type { ClaimedPush, Ledger } from './ledger.ts';
import { linkThing } from './linking.ts';
import type { PushTargetPlan } from './plan.ts';
import { Setback, type Verdict } from './schedule.ts';

/**
 * Sends a push, or finds that it has arrived. Never throws.
 * @param ledger says what time it is, and whether the push is this process's own still
 */
export async function attemptPush(
  push: ClaimedPush,
  plan: PushTargetPlan,
  source: SourceHandle,
  context: CallContext,
  ledger: AttemptLedger,
): Promise<Verdict> {
  const attempt = new Attempt(push, plan, source, ledger);
  try {
    const receipt = await source.call(context, (opened, limited) => attempt.run(opened, limited));
    return { kind: 'done', receipt };
  } catch (error) {
    return attempt.verdictOf(error);
  }
}

/** The store is not waited for longer: the time-out of the source runs meanwhile, and would blame the target. Milliseconds. */
const STORE_MS = 2_000;

/** What an attempt asks of the ledger. */
type AttemptLedger = Pick<Ledger, 'now' | 'isMine'>;

class Attempt {
  readonly #push: ClaimedPush;
  readonly #plan: PushTargetPlan;
  readonly #ledger: AttemptLedger;
  readonly #idempotent: boolean;
  readonly #storeMs: number;
  /** Whether there is a `findPush`. Before the source is open nothing is known of it: the next attempt will know. */
  #canAsk = true;
  /** Whether an attempt before this one may have arrived. */
  #unsure: boolean;
  /** Whether something may have been sent in this one. */
  #sent = false;

  constructor(push: ClaimedPush, plan: PushTargetPlan, source: SourceHandle, ledger: AttemptLedger) {
    this.#push = push;
    this.#plan = plan;
    this.#ledger = ledger;
    this.#unsure = push.row.unsure;
    this.#storeMs = Math.min(STORE_MS, (source.plan.timeoutMs ?? STORE_MS) / 2);
    this.#idempotent = source.plan.adapter.push?.idempotent ?? false;
  }

  async run(source: Source, context: CallContext): Promise<PushReceipt> {
    const { request } = this.#push;
    if (request.linked !== undefined) {
      // It only reads: no attempt can have made anything, whatever became of its answer.
      this.#unsure = false;
      return linkThing(request.linked, source, context);
    }
    if (source.push === undefined) throw new UserError('the source cannot be pushed to; name another in push');
    this.#canAsk = source.findPush !== undefined;
    if (this.#unsure && !this.#idempotent) {
      const found = await this.#lookFor(source, context);
      if (found !== undefined) return found;
    }
    await this.#refuseOthers();
    // Idempotent or not: what this attempt brings says nothing of the one before.
    this.#sent = true;
    return source.push(request, context);
  }

  async #refuseOthers(): Promise<void> {
    const asked = inTime(this.#storeMs, this.#ledger.isMine(this.#push.row));
    const isMine = await asked.catch((error: unknown) => {
      if (error instanceof StoreError || error instanceof DeadlineExceeded) return undefined;
      throw error;
    });
    if (isMine === true) return;
    const stopped = 'the gateway was stopped for so long that others may have taken the push over';
    const silent = 'the store did not say whether the push is still to be sent by this gateway, so it was not';
    throw new Setback('interrupted', isMine === undefined ? silent : stopped);
  }

  async #lookFor(source: Source, context: CallContext): Promise<PushReceipt | undefined> {
    if (source.findPush !== undefined) {
      // Before it is asked: only a search that began so late would have shown it.
      const until = lookedForUntil(this.#push.row, this.#plan) ?? 0;
      const isSure = this.#ledger.now() >= until;
      const found = await source.findPush(this.#push.request, context);
      if (found === undefined && !isSure) throw stillLooking(until);
      if (found === undefined) this.#unsure = false;
      return found;
    }
    // A person has looked: the attempts before surely did not arrive.
    if (this.#push.row.insisted) this.#unsure = false;
    if (this.#plan.whenUnclear === 'repeat' || this.#push.row.insisted) return undefined;
    throw new Setback('unconfirmed', 'the attempt before got no answer, and nobody can find out whether it arrived');
  }

  verdictOf(error: unknown): Verdict {
    const mayHaveArrived = this.#sent && !surelyNotDone(error);
    const unsure = this.#unsure || mayHaveArrived;
    const insisted = this.#push.row.insisted && !mayHaveArrived;
    const mendable = this.#idempotent || this.#canAsk;
    return { kind: 'failed', error, unsure, mayHaveArrived, insisted, mendable };
  }
}

function stillLooking(until: number): Setback {
  const time = new Date(until).toISOString();
  return new Setback('looking', `it is not found there; it is looked for until ${time} before it is sent again`, until);
}
