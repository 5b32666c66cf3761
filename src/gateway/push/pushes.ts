/** Where pushes, webhooks and questions about pushes come in. */
import { callerHasGone, remainingMs, untilAborted, withDeadlineWithin } from '../../contract/index.ts';
import type { PushedRequest } from '../../helpspot/pushed-request.ts';
import { answerCall, CallerGone, type CallInHand, type CallKind, type CallOptions } from '../call.ts';
import { asSourceError, failureFields, failureOf, failureText } from '../failure.ts';
import type { CheckRow, Failure } from '../outcome.ts';
import type { GatewayPlan } from '../plan.ts';
import { Acceptance } from './acceptance.ts';
import { PushDetails } from './details.ts';
import type { PushHost } from './host.ts';
import type { Ledger, TargetFigures } from './ledger.ts';
import { LedgerOpener } from './ledger-opener.ts';
import { namedThing } from './linking.ts';
import {
  type DetailsOutcome,
  LONGEST_PUSH_ID,
  type PreviewOutcome,
  type PushOutcome,
  type WebhookOutcome,
} from './outcome.ts';
import type { PushTargetPlan, WebhookPlan } from './plan.ts';
import { preparedPush } from './preparing.ts';
import { refusalOf, stored, within } from './refusals.ts';

const PUSH: CallKind<GatewayPlan, PushTargetPlan> = {
  what: 'push target',
  logged: 'target',
  failing: ['a push', 'this push'],
  plans: ({ push }) => push,
};
const DETAILS: typeof PUSH = { ...PUSH, failing: ['details', 'this'] };
const PREVIEW: typeof PUSH = { ...PUSH, failing: ['the preview of a push', 'this'] };
const WEBHOOK: CallKind<GatewayPlan, WebhookPlan> = {
  what: 'webhook',
  logged: 'webhook',
  failing: ['a webhook', 'this webhook'],
  plans: ({ webhooks }) => webhooks,
};

/** The pushes of one gateway. */
export class Pushes {
  readonly #host: PushHost;
  readonly #opener: LedgerOpener;
  readonly #details: PushDetails;
  /** The file in use: another one in the configuration waits for the next start. */
  readonly #store: string;
  readonly #checkStore: (() => Promise<void>) | undefined;

  /** @param checkStore in place of a look at the open ledger, for who does not push */
  constructor(host: PushHost, openLedger?: () => Promise<Ledger>, checkStore?: () => Promise<void>) {
    this.#host = host;
    this.#checkStore = checkStore;
    this.#opener = new LedgerOpener(host, openLedger);
    this.#details = new PushDetails(host);
    this.#store = host.plan().store.file;
  }

  /**
   * Sends what waits, from now until the end, and what comes. Needs a ledger; one that cannot be opened is tried again.
   * With no push target in the configuration there is nothing to do, and no file is made.
   */
  start(): void {
    this.#opener.start();
  }

  /** Another configuration is in force. */
  reload(): void {
    this.#details.reload();
    this.#opener.reload();
  }

  /** How many pushes stand how, by target. Empty before the ledger is needed; undefined when it cannot be used. */
  figures(): readonly TargetFigures[] | undefined {
    try {
      return this.#opener.opened?.ledger.figures() ?? (this.#opener.failed ? undefined : []);
    } catch {
      // The queue has said in the log what is wrong.
      return undefined;
    }
  }

  /**
   * The ledger, to look into it and to change it by hand; undefined where nothing was and nothing is to be pushed, so that
   * to look makes no file.
   * @throws {StoreError} when it cannot be used
   */
  async ledger(signal: AbortSignal): Promise<Ledger | undefined> {
    const isNeeded = this.#opener.exists && this.#host.plan().push.size > 0;
    if (this.#opener.opened === undefined && !isNeeded) return undefined;
    return (await untilAborted(this.#opener.open(), signal)).ledger;
  }

  /** Something was changed by hand: what is due now goes out now. */
  wake(): void {
    this.#opener.opened?.runner.wake();
  }

  /** Whether pushes can be stored, as far as that is known: well before the ledger is needed. */
  isStoreUp(): boolean {
    const { opened, failed } = this.#opener;
    return opened === undefined ? !failed : opened.ledger.trouble === undefined;
  }

  /** Whether pushes can be stored: stores one and takes it out again. Undefined where nothing is pushed. */
  async check(signal: AbortSignal): Promise<CheckRow | undefined> {
    if (this.#host.plan().push.size === 0 || !(this.#opener.exists || this.#checkStore !== undefined)) return undefined;
    const started = performance.now();
    let problem = '';
    try {
      const checked = this.#checkStore?.() ?? this.#opener.open().then(({ ledger }) => proveUse(ledger));
      await untilAborted(checked, signal);
    } catch (error) {
      problem = failureText(asSourceError(error, signal, `the store ${this.#store}`));
    }
    const milliseconds = Math.round(performance.now() - started);
    return { source: 'store', adapter: 'store', ok: problem === '', problem, milliseconds };
  }

  /** Stops: attempts in hand may end, the rest stays in the ledger. */
  close(): Promise<void> {
    return this.#opener.close();
  }

  push(
    { target, request }: { readonly target: string; readonly request: PushedRequest },
    options: CallOptions,
  ): Promise<PushOutcome> {
    return answerCall(PUSH, { name: target }, options, this.#host, (plan, call) =>
      this.#taken([target], call, (acceptance, signal) => acceptance.push(plan, request, signal)),
    );
  }

  /** What would be pushed. Nothing is stored, and the target is not asked. */
  preview(
    { target, request }: { readonly target: string; readonly request: PushedRequest },
    options: CallOptions,
  ): Promise<PreviewOutcome> {
    return answerCall(PREVIEW, { name: target }, options, this.#host, async (plan, call) => {
      const { reference } = call;
      try {
        return await call.withinDeadline(async (signal) => {
          const work = preparedPush(plan, request, this.#host, { signal, reference });
          const { ability, filled, asked } = await within(work, signal);
          const linked = namedThing(plan, ability, asked);
          return { preview: { ...filled, format: ability.format, ...(linked && { linked }) } };
        });
      } catch (error) {
        if (error instanceof CallerGone) throw error;
        const { words, status, fields, message } = refusalOf(error, [target]);
        this.#host.log.warn({ reference, target, ...fields }, `a push was tried without sending it: ${message}`);
        return { failure: failureOf([words], reference, status) };
      }
    });
  }

  webhook(
    { name, request }: { readonly name: string; readonly request: PushedRequest },
    { controller: _stays, ...options }: CallOptions,
  ): Promise<WebhookOutcome> {
    // HelpSpot need not wait for the answer: a webhook that has arrived is taken.
    return answerCall(WEBHOOK, { name }, options, this.#host, ({ push: targets }, call) => {
      const { push } = this.#host.plan();
      const plans = targets.flatMap((target) => push.get(target) ?? []);
      return this.#taken(targets, call, async (acceptance, signal) => {
        const accepted = await acceptance.queue(plans, request, signal);
        this.#host.log.info({ ...call.wholeLine, targets: plans.map((plan) => plan.name) }, 'webhook');
        return { accepted };
      });
    });
  }

  details(
    { target, id }: { readonly target: string; readonly id: string },
    options: CallOptions,
  ): Promise<DetailsOutcome> {
    return answerCall(DETAILS, { name: target }, options, this.#host, async (plan, call) => {
      const { reference } = call;
      const known = id.trim();
      if (known === '' || known.length > LONGEST_PUSH_ID) {
        return { failure: failureOf(['Say which push: ?id=… with what the push answered'], reference, 400) };
      }
      return call.withinDeadline(async (signal) =>
        this.#details.details(plan, known, await this.#ledgerIfAny(call, signal), { signal, reference }),
      );
    });
  }

  /** What comes of pushes that are taken in; or why they were not stored, and so not sent. */
  async #taken<Result>(
    targets: readonly string[],
    call: CallInHand,
    take: (acceptance: Acceptance, signal: AbortSignal) => Promise<Result>,
  ): Promise<Result | { readonly failure: Failure }> {
    try {
      return await call.withinDeadline(async (signal) => {
        const opened = await stored(untilAborted(this.#opener.open(), signal), signal);
        return await take(new Acceptance(this.#host, opened, call.reference), signal);
      });
    } catch (error) {
      if (error instanceof CallerGone) throw error;
      return { failure: this.#refused(targets, error, call.reference) };
    }
  }

  /** The other system can be asked without a ledger too. */
  async #ledgerIfAny({ line }: CallInHand, signal: AbortSignal): Promise<Ledger | undefined> {
    // The rest of the time is for the other system.
    const milliseconds = (remainingMs(signal) ?? 0) / 2;
    const store = `the store ${this.#store}`;
    return withDeadlineWithin(milliseconds, signal, async (limited) => {
      try {
        return (await untilAborted(this.#opener.open(), limited)).ledger;
      } catch (error) {
        if (callerHasGone(limited)) throw error;
        const fields = failureFields(asSourceError(error, limited, store));
        this.#host.log.error({ ...line, ...fields }, 'the store of pushes is not open');
        return undefined;
      }
    });
  }

  #refused(targets: readonly string[], error: unknown, reference: string): Failure {
    const { log, events } = this.#host;
    for (const target of targets) events.tell({ kind: 'push', target, result: 'refused' });
    const { level, ofStore, message, fields, words, status } = refusalOf(error, targets);
    const store = ofStore ? { store: this.#store } : {};
    log[level]({ reference, targets, ...store, ...fields }, message);
    return failureOf([words], reference, status);
  }
}

/** It can be read, and a push can be stored. */
async function proveUse(ledger: Ledger): Promise<void> {
  ledger.figures();
  await ledger.prove();
}
