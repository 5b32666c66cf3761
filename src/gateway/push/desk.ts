/** Where pushes, webhooks and questions about pushes come in. */
import type { PushedRequest } from '../../helpspot/pushed-request.ts';
import type { Log } from '../adapter.ts';
import { DeadlineExceeded, withDeadline } from '../deadline.ts';
import { UserError } from '../errors.ts';
import type { GatewayEvents } from '../events.ts';
import { failureFields, failureOf } from '../failure.ts';
import type { Failure } from '../outcome.ts';
import type { GatewayPlan } from '../plan.ts';
import { newReference } from '../reference.ts';
import type { SourceHandle } from '../source-handle.ts';
import { unknownName } from '../unknown-name.ts';
import { Acceptance } from './acceptance.ts';
import { DetailsDesk } from './details.ts';
import { MAX_PUSH_BYTES, PushTooLarge } from './filling.ts';
import type { Ledger, TargetFigures } from './ledger.ts';
import { LedgerDoor } from './ledger-door.ts';
import type { DetailsOutcome, PushOutcome, WebhookOutcome } from './outcome.ts';
import type { PushTargetPlan } from './plan.ts';

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

/** Longer ids are nobody's: HelpSpot keeps 255 characters. */
const MAX_ID = 1_000;

/** The desk of one gateway. */
export class PushDesk {
  readonly #host: DeskHost;
  readonly #door: LedgerDoor;
  readonly #details: DetailsDesk;

  constructor(host: DeskHost, openLedger: (() => Promise<Ledger>) | undefined) {
    this.#host = host;
    this.#door = new LedgerDoor(host, openLedger);
    this.#details = new DetailsDesk(host);
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

  /** How many pushes stand how, by target. Empty when the ledger is not open. */
  figures(): readonly TargetFigures[] {
    return this.#door.opened?.ledger.figures() ?? [];
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
        const acceptance = new Acceptance(this.#host, await this.#door.open(), reference);
        const answer = await acceptance.push(plan, asked.request, signal);
        if (!hasGone(signal)) return { reference, ...answer };
        this.#host.log.info({ reference, target: plan.name, ...called(call) }, 'the caller has gone away');
        return { reference, failure: failureOf(['The caller has gone away'], reference, 499) };
      });
    } catch (error) {
      return { reference, failure: this.#refused([plan.name], error, reference) };
    }
  }

  async webhook(
    asked: { readonly name: string; readonly request: PushedRequest },
    call: PushCall,
  ): Promise<WebhookOutcome> {
    const reference = newReference();
    const { webhooks, push } = this.#host.plan();
    const webhook = webhooks.get(asked.name);
    if (webhook === undefined) return { reference, failure: this.#unknown('webhook', asked.name, reference) };
    const plans = webhook.push.flatMap((name) => push.get(name) ?? []);
    try {
      const acceptance = new Acceptance(this.#host, await this.#door.open(), reference);
      const accepted = await acceptance.queue(plans, asked.request);
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
    if (id === '' || id.length > MAX_ID) {
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
    const store = this.#host.plan().store.file;
    const fields = { reference, targets, store, ...failureFields(error) };
    if (error instanceof PushTooLarge) {
      log.warn({ reference, targets, problem: error.message }, 'a push was refused');
      const most = `The gateway pushes at most ${MAX_PUSH_BYTES / 1024 / 1024} MB`;
      return failureOf([`The request with its attachments is too large. ${most}`], reference, 413);
    }
    const unstored = error instanceof UserError || isDatabaseError(error);
    log.error(fields, unstored ? 'a push could not be stored, so it was not sent' : 'a push failed by a bug');
    const words = unstored
      ? 'The gateway could not store the push, so it did not send it; tell your administrator'
      : 'An error in the gateway prevented this push; tell your administrator';
    return failureOf([words], reference, unstored ? 503 : 500);
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

function hasGone(signal: AbortSignal): boolean {
  return signal.aborted && !(signal.reason instanceof DeadlineExceeded);
}

function isDatabaseError(error: unknown): boolean {
  return (
    error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('SQLITE_')
  );
}
