/** Tells somebody what went wrong with pushes: looks what is new, and puts an alert about it into the queue. */
import { type PushAbility, redact, StoreError } from '../../contract/index.ts';
import { failureFields } from '../failure.ts';
import { newReference } from '../reference.ts';
import type { AlertOrder } from './alert-order.ts';
import { digestOf, MOST_TOLD } from './digest.ts';
import { fillOwnPush } from './filling.ts';
import { newPushName } from './fingerprint.ts';
import type { PushHost } from './host.ts';
import type { AlertNews, Ledger, NewPush } from './ledger.ts';
import type { AlertsPlan, PushTargetPlan } from './plan.ts';
import type { PushSender } from './sender.ts';
import type { TargetOutage } from './target-queue.ts';
import { pushWords, withoutAdvice } from './words.ts';

/** What goes wrong goes wrong for several within seconds: one alert tells of all of them. Milliseconds. */
const SETTLE_MS = 10_000;
/** Somebody is told within seconds, and the ledger is asked once in this time. Milliseconds. */
const LOOK_EVERY_MS = 1_000;

/** The alerts of this process. Others on the same ledger look too; which of them makes an alert is said by the ledger. */
export class Alerter {
  readonly #host: PushHost;
  readonly #ledger: Ledger;
  readonly #sender: PushSender;
  // On the clock of `performance.now()`: the time of day may be set back.
  #lookAt = 0;
  /** By push target: since when it is down, where that is written down, or logged. */
  readonly #known = new Map<string, number>();
  #troubled = false;

  constructor(host: PushHost, ledger: Ledger, sender: PushSender) {
    this.#host = host;
    this.#ledger = ledger;
    this.#sender = sender;
  }

  /**
   * Puts an alert into the queue when one is due.
   * @returns whether it did
   * @throws {StoreError} when the ledger cannot be used; no other failure keeps anybody from pushing
   */
  async look(): Promise<boolean> {
    const { alerts } = this.#host.plan();
    const now = performance.now();
    if (alerts === undefined || now < this.#lookAt) return false;
    this.#lookAt = now + LOOK_EVERY_MS;
    try {
      await this.#watchTargets(alerts);
      const made = await this.#alert(alerts);
      this.#troubled = false;
      return made;
    } catch (error) {
      if (error instanceof StoreError) throw error;
      if (!this.#troubled) this.#host.log.error(failureFields(error), 'alerts cannot be made; tried again');
      this.#troubled = true;
      return false;
    }
  }

  /** Writes down which push targets went down or came back. One that alerts go to is only logged: who would tell of it? */
  async #watchTargets({ push: receivers, when }: AlertsPlan): Promise<void> {
    const told = new Map((await this.#ledger.alerts.outages()).map((outage) => [outage.target, outage]));
    for (const plan of this.#host.plan().push.values()) {
      const target = plan.name;
      const { outage, answeredAt = 0 } = this.#sender.queue(target);
      const isNew = outage !== undefined && this.#known.get(target) !== outage.since;
      if (outage === undefined) this.#known.delete(target);
      else this.#known.set(target, outage.since);
      if (receivers.includes(target)) {
        const fields = { target, ...(isNew && { reason: this.#reason(plan, outage) }) };
        if (isNew) this.#host.log.error(fields, 'the push target of alerts is down: nobody is told by it');
        continue;
      }
      if (!when.includes('targetDown')) continue;
      if (isNew) await this.#ledger.alerts.down({ target, since: outage.since, reason: this.#reason(plan, outage) });
      const before = told.get(target);
      const isBack = outage === undefined && before?.backAt === undefined && answeredAt > (before?.since ?? Infinity);
      if (isBack) await this.#ledger.alerts.back(target);
    }
  }

  #reason(plan: PushTargetPlan, { error }: TargetOutage): string {
    const { sources } = this.#host.plan();
    return withoutAdvice(pushWords(sources.get(plan.source)?.title ?? plan.name, error));
  }

  async #alert(alerts: AlertsPlan): Promise<boolean> {
    const order: AlertOrder = {
      states: alerts.when.filter((cause) => cause !== 'targetDown'),
      withTargets: alerts.when.includes('targetDown'),
      targets: alerts.push,
      settleMs: Math.min(SETTLE_MS, alerts.everyMs),
      everyMs: alerts.everyMs,
      most: MOST_TOLD,
    };
    const due = await this.#ledger.alerts.dueAt(order);
    if (due === undefined || due > this.#ledger.now()) return false;
    const { plainTextIn } = await import('../../helpspot/note-text.ts');
    const reference = newReference();
    const stored = await this.#ledger.alerts.take(order, (news) => this.#pushes(news, alerts, reference, plainTextIn));
    for (const { id: push, target } of stored) {
      this.#host.events.tell({ kind: 'push', target, result: 'accepted', isAlert: true });
      this.#host.log.info({ reference, target, push }, 'an alert was stored');
    }
    return stored.length > 0;
  }

  /** One for each target that alerts go to. */
  #pushes(news: AlertNews, { push }: AlertsPlan, reference: string, plainTextIn: TextIn): readonly NewPush[] {
    const { log, secrets, push: plans } = this.#host.plan();
    const digest = digestOf(news, log.customerValues);
    const [title, text] = [redact(digest.title, secrets), redact(digest.text, secrets)];
    return push.flatMap((target): NewPush[] => {
      const plan = plans.get(target);
      const format = plan && this.#host.source(plan.source).plan.adapter.push?.format;
      if (plan === undefined || format === undefined) return [];
      const { id, reference: theirs } = newPushName(Date.now());
      return [
        {
          ...{ id, target, mode: 'queued', xRequest: '', reference, isAlert: true },
          // Two alerts that say the same are two.
          ...{ fingerprint: id, duplicateWindowMs: 0, giveUpAfterMs: plan.retry.giveUpAfterMs },
          request: { ...fillOwnPush(plan, title, plainTextIn(format, text)), reference: theirs },
        },
      ];
    });
  }
}

/** Writes plain text in the format of a target. */
type TextIn = (format: PushAbility['format'], text: string) => string;
