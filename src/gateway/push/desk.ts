/** Where pushes, webhooks and questions about pushes come in. */
import { callerHasGone, type Log, untilAborted, withDeadline } from '../../contract/index.ts';
import type { PushedRequest } from '../../helpspot/pushed-request.ts';
import type { GatewayEvents } from '../events.ts';
import { asSourceError, failureFields, failureOf, failureText } from '../failure.ts';
import type { CheckRow, Failure } from '../outcome.ts';
import type { GatewayPlan } from '../plan.ts';
import { newReference } from '../reference.ts';
import type { SourceHandle } from '../sources/source-handle.ts';
import { unknownName } from '../unknown-name.ts';
import { Acceptance } from './acceptance.ts';
import { DetailsDesk } from './details.ts';
import type { Ledger, TargetFigures } from './ledger.ts';
import { LedgerDoor } from './ledger-door.ts';
import { type DetailsOutcome, LONGEST_PUSH_ID, type PushOutcome, type WebhookOutcome } from './outcome.ts';
import type { PushTargetPlan } from './plan.ts';
import { refusalOf, stored } from './refusals.ts';

/** What the desk needs of the gateway. */
export interface DeskHost {
  /** The configuration in force. */
  readonly plan: () => GatewayPlan;
  readonly source: (name: string) => SourceHandle;
  readonly log: Log;
  readonly events: GatewayEvents;
}

/** How a push came in. */
export interface PushCall {
  readonly controller?: AbortController;
  readonly via?: string;
  readonly caller?: string;
}

/** The desk of one gateway. */
export class PushDesk {
  readonly #host: DeskHost;
  readonly #door: LedgerDoor;
  readonly #details: DetailsDesk;
  /** The file in use: another one in the configuration waits for the next start. */
  readonly #store: string;
  readonly #checkStore: (() => Promise<void>) | undefined;

  /** @param checkStore in place of a look at the open ledger, for who does not push */
  constructor(host: DeskHost, openLedger?: () => Promise<Ledger>, checkStore?: () => Promise<void>) {
    this.#host = host;
    this.#checkStore = checkStore;
    this.#door = new LedgerDoor(host, openLedger);
    this.#details = new DetailsDesk(host);
    this.#store = host.plan().store.file;
  }

  /**
   * Sends what waits, from now until the end, and what comes. Needs a ledger; one that cannot be opened is tried again.
   * With no push target in the configuration there is nothing to do, and no file is made.
   */
  start(): void {
    this.#door.start();
  }

  /** Another configuration is in force. */
  reload(): void {
    this.#details.reload();
    this.#door.reload();
  }

  /** How many pushes stand how, by target. Empty before the ledger is needed; undefined when it cannot be used. */
  figures(): readonly TargetFigures[] | undefined {
    try {
      return this.#door.opened?.ledger.figures() ?? (this.#door.failed ? undefined : []);
    } catch {
      // The queue has said in the log what is wrong.
      return undefined;
    }
  }

  /** Whether pushes can be stored, as far as that is known: well before the ledger is needed. */
  isStoreUp(): boolean {
    const { opened, failed } = this.#door;
    return opened === undefined ? !failed : opened.ledger.trouble === undefined;
  }

  /** Whether pushes can be stored: stores one and takes it out again. Undefined where nothing is pushed. */
  async check(signal: AbortSignal): Promise<CheckRow | undefined> {
    if (this.#host.plan().push.size === 0 || !(this.#door.exists || this.#checkStore !== undefined)) return undefined;
    const started = performance.now();
    let problem = '';
    try {
      const checked = this.#checkStore?.() ?? this.#door.open().then(({ ledger }) => proveUse(ledger));
      await untilAborted(checked, signal);
    } catch (error) {
      problem = failureText(asSourceError(error, signal, `the store ${this.#store}`));
    }
    const milliseconds = Math.round(performance.now() - started);
    return { source: 'store', adapter: 'store', ok: problem === '', problem, milliseconds };
  }

  /** Stops: attempts in hand may end, the rest stays in the ledger. */
  close(): Promise<void> {
    return this.#door.close();
  }

  async push(
    asked: { readonly target: string; readonly request: PushedRequest },
    call: PushCall,
  ): Promise<PushOutcome> {
    const reference = newReference();
    const plan = this.#host.plan().push.get(asked.target);
    if (plan === undefined) return { reference, failure: this.#unknown('push target', asked.target, reference) };
    const controller = call.controller ?? new AbortController();
    try {
      return await withDeadline(this.#host.plan().server.deadlineMs, controller, async (signal) => {
        const acceptance = await this.#acceptance(signal, reference);
        const answer = await acceptance.push(plan, asked.request, signal);
        return callerHasGone(signal) ? this.#gone(plan, call, reference) : { reference, ...answer };
      });
    } catch (error) {
      if (callerHasGone(controller.signal) && error === controller.signal.reason)
        return this.#gone(plan, call, reference);
      return { reference, failure: this.#refused([plan.name], error, reference) };
    }
  }

  async webhook(
    asked: { readonly name: string; readonly request: PushedRequest },
    call: PushCall,
  ): Promise<WebhookOutcome> {
    const reference = newReference();
    const { webhooks, push, server } = this.#host.plan();
    const webhook = webhooks.get(asked.name);
    if (webhook === undefined) return { reference, failure: this.#unknown('webhook', asked.name, reference) };
    const plans = webhook.push.flatMap((name) => push.get(name) ?? []);
    try {
      // HelpSpot need not wait for the answer: a webhook that has arrived is taken.
      const accepted = await withDeadline(server.deadlineMs, new AbortController(), async (signal) => {
        const acceptance = await this.#acceptance(signal, reference);
        return await acceptance.queue(plans, asked.request, signal);
      });
      const targets = plans.map(({ name }) => name);
      this.#host.log.info({ reference, webhook: webhook.name, targets, ...called(call) }, 'webhook');
      return { reference, accepted };
    } catch (error) {
      return { reference, failure: this.#refused(webhook.push, error, reference) };
    }
  }

  async details(asked: { readonly target: string; readonly id: string }, _call: PushCall): Promise<DetailsOutcome> {
    const reference = newReference();
    const plan = this.#host.plan().push.get(asked.target);
    if (plan === undefined) return { reference, failure: this.#unknown('push target', asked.target, reference) };
    const id = asked.id.trim();
    if (id === '' || id.length > LONGEST_PUSH_ID) {
      return { reference, failure: failureOf(['Say which push: ?id=… with what the push answered'], reference, 400) };
    }
    try {
      return await this.#details.details(plan, id, await this.#ledgerIfAny(plan, reference), reference);
    } catch (error) {
      const fields = { reference, target: plan.name, ...failureFields(error) };
      this.#host.log.error(fields, 'details failed by a bug');
      const words = 'An error in the gateway prevented this; tell your administrator';
      return { reference, failure: failureOf([words], reference, 500) };
    }
  }

  async #acceptance(signal: AbortSignal, reference: string): Promise<Acceptance> {
    return new Acceptance(this.#host, await stored(untilAborted(this.#door.open(), signal), signal), reference);
  }

  #gone({ name }: PushTargetPlan, call: PushCall, reference: string): PushOutcome {
    this.#host.log.info({ reference, target: name, ...called(call) }, 'the caller has gone away');
    return { reference, failure: failureOf(['The caller has gone away'], reference, 499) };
  }

  /** The other system can be asked without a ledger too. */
  async #ledgerIfAny(plan: PushTargetPlan, reference: string): Promise<Ledger | undefined> {
    try {
      return (await this.#door.open()).ledger;
    } catch (error) {
      this.#host.log.error(
        { reference, target: plan.name, ...failureFields(error) },
        'the store of pushes is not open',
      );
      return undefined;
    }
  }

  /** Nothing was stored, so nothing was sent. */
  #refused(targets: readonly string[], error: unknown, reference: string): Failure {
    const { log, events } = this.#host;
    for (const target of targets) events.tell({ kind: 'push', target, result: 'refused' });
    const { level, ofStore, message, fields, words, status } = refusalOf(error, targets);
    const store = ofStore ? { store: this.#store } : {};
    log[level]({ reference, targets, ...store, ...fields }, message);
    return failureOf([words], reference, status);
  }

  #unknown(what: 'push target' | 'webhook', name: string, reference: string): Failure {
    const { push, webhooks } = this.#host.plan();
    const { words, shown } = unknownName(what, name, [...(what === 'webhook' ? webhooks : push).keys()]);
    this.#host.log.warn({ reference, name: shown }, `unknown ${what}`);
    return failureOf([words], reference, 404);
  }
}

function called({ via, caller }: PushCall): object {
  return { via, caller };
}

/** It can be read, and a push can be stored. */
async function proveUse(ledger: Ledger): Promise<void> {
  ledger.figures();
  await ledger.prove();
}
