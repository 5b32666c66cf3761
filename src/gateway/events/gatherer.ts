/** Closes records of events that are due, and puts what they become into the queue of pushes. */
import { redact, StoreError } from '../../contract/index.ts';
import { failureFields } from '../failure.ts';
import { PushTooLarge } from '../push/filling.ts';
import type { PushHost } from '../push/host.ts';
import type { Ledger, NewPush } from '../push/ledger.ts';
import type { PushRow } from '../push/push-row.ts';
import { newReference } from '../reference.ts';
import type { ClosedRecord, EventRecord } from './event-ledger.ts';
import { type EventFilling, type EventTarget, eventPushes } from './event-push.ts';
import type { EventsPlan } from './plan.ts';

/** Records in one transaction: it holds up everybody who writes. */
const AT_ONCE = 20;

/** The records of this process. Others on the same ledger look too; each record is closed by one of them. */
export class Gatherer {
  readonly #host: PushHost;
  readonly #ledger: Ledger;
  #troubled = false;

  constructor(host: PushHost, ledger: Ledger) {
    this.#host = host;
    this.#ledger = ledger;
  }

  /**
   * Closes what is due.
   * @returns whether something was
   * @throws {StoreError} when the ledger cannot be used; no other failure keeps anybody from pushing
   */
  async look(): Promise<boolean> {
    let closed = false;
    try {
      for (const plan of this.#host.plan().events?.values() ?? []) {
        const due = await this.#ledger.events.nextDue(plan.name);
        if (due !== undefined && due <= this.#ledger.now()) closed = (await this.#take(plan)) || closed;
      }
      this.#troubled = false;
    } catch (error) {
      if (error instanceof StoreError) throw error;
      if (!this.#troubled) this.#host.log.error(failureFields(error), 'events cannot be pushed; tried again');
      this.#troubled = true;
    }
    return closed;
  }

  async #take(plan: EventsPlan): Promise<boolean> {
    // Here, not within the transaction, which waits for nothing.
    const { plainTextIn } = await import('../../helpspot/note-text.ts');
    const filling = { now: Date.now(), reference: newReference(), plainTextIn };
    const targets = this.#targets(plan);
    const tooLarge = new Map<string, PushTooLarge>();
    const compose = (record: EventRecord) => this.#composed(plan, record, targets, filling, tooLarge);
    const { keepBodies } = this.#host.plan().store;
    const taken = await this.#ledger.events.take({ stream: plan.name, keepBodies, most: AT_ONCE }, compose);
    for (const one of taken) this.#tell(one, filling.reference, tooLarge.get(one.record.key));
    return taken.length > 0;
  }

  #targets({ push }: EventsPlan): readonly EventTarget[] {
    const plans = this.#host.plan().push;
    return push.flatMap((name) => {
      const plan = plans.get(name);
      const format = plan && this.#host.source(plan.source).plan.adapter.push?.format;
      return plan === undefined || format === undefined ? [] : [{ plan, format }];
    });
  }

  #composed(
    plan: EventsPlan,
    record: EventRecord,
    targets: readonly EventTarget[],
    filling: EventFilling,
    tooLarge: Map<string, PushTooLarge>,
  ): readonly NewPush[] {
    try {
      return eventPushes(plan, record, targets, filling);
    } catch (error) {
      // The next try would come to the same.
      if (!(error instanceof PushTooLarge)) throw error;
      tooLarge.set(record.key, error);
      return [];
    }
  }

  #tell({ record, pushes }: ClosedRecord<PushRow>, reference: string, tooLarge: PushTooLarge | undefined): void {
    const { log, events, plan } = this.#host;
    const { stream, isComplete } = record;
    const line = { reference, events: stream, count: record.events.length, isComplete };
    if (tooLarge === undefined) log.info(line, 'events became a record');
    else {
      const problem = redact(tooLarge.message, plan().secrets);
      log.error({ ...line, problem }, 'a record of events is too large to push, and is given up');
    }
    for (const { id: push, target } of pushes) {
      events.tell({ kind: 'push', target, result: 'accepted' });
      log.info({ reference, events: stream, target, push }, 'a push was stored');
    }
  }
}
