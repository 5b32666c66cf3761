/** Where pushes, webhooks and questions about pushes come in. */
import {
  type CallContext,
  callerHasGone,
  remainingMs,
  StoreError,
  untilAborted,
  withDeadlineWithin,
} from '../../contract/index.ts';
import type { PushedRequest } from '../../helpspot/pushed-request.ts';
import { answerCall, CallerGone, type CallInHand, type CallKind, type CallOptions } from '../call.ts';
import { EventIntake, type EventOutcome, type SignedEvent } from '../events/intake.ts';
import { asSourceError, failureFields, failureOf, failureText } from '../failure.ts';
import type { CheckRow, Failure } from '../outcome.ts';
import type { GatewayPlan } from '../plan.ts';
import { Acceptance } from './acceptance.ts';
import { PushDetails } from './details.ts';
import { type FilledPush, newPushName } from './filling.ts';
import { lookedForUntil } from './horizon.ts';
import type { PushHost } from './host.ts';
import type { Ledger } from './ledger.ts';
import { LedgerOpener, type OpenLedger } from './ledger-opener.ts';
import { namedThing } from './linking.ts';
import {
  type DetailsOutcome,
  LONGEST_PUSH_ID,
  type PreviewOutcome,
  type PushOutcome,
  type PushPreview,
  type Standing,
  type StandingOutcome,
  type WebhookOutcome,
} from './outcome.ts';
import { type PushTargetPlan, storeName, type WebhookPlan } from './plan.ts';
import { preparedPush } from './preparing.ts';
import type { PushRow, TargetFigures } from './push-row.ts';
import { refusalOf, stored, within } from './refusals.ts';
import { PushSpool, type SpoolPlace } from './spool.ts';
import { standingOf } from './words.ts';

const PUSH: CallKind<GatewayPlan, PushTargetPlan> = {
  what: 'push target',
  audited: 'push',
  logged: 'target',
  failing: ['a push', 'this push'],
  plans: ({ push }) => push,
};
const DETAILS: typeof PUSH = { ...PUSH, audited: 'details', failing: ['details', 'this'] };
/** Nothing comes of it, so the audit has nothing of it. */
const PREVIEW: typeof PUSH = { ...PUSH, audited: undefined, failing: ['the preview of a push', 'this'] };
const WEBHOOK: CallKind<GatewayPlan, WebhookPlan> = {
  what: 'webhook',
  audited: 'webhook',
  logged: 'webhook',
  failing: ['a webhook', 'this webhook'],
  plans: ({ webhooks }) => webhooks,
};

/** One push as it is asked for. */
export interface PushCall {
  readonly target: string;
  readonly request: PushedRequest;
  /** What the same caller calls so is the same push; undefined: what is equal is. */
  readonly idempotencyKey?: string | undefined;
}

/** Where pushes are kept. */
export interface PushesParts {
  readonly openLedger?: (() => Promise<Ledger>) | undefined;
  /** In place of a look at the open ledger, for who does not push. */
  readonly checkStore?: (() => Promise<void>) | undefined;
  /** Takes pushes while the ledger is away. */
  readonly spool?: SpoolPlace | undefined;
}

/** The pushes of one gateway. */
export class Pushes {
  readonly #host: PushHost;
  readonly #opener: LedgerOpener;
  readonly #events: EventIntake;
  readonly #details: PushDetails;
  /** The file in use: another one in the configuration waits for the next start. */
  readonly #store: string;
  readonly #checkStore: (() => Promise<void>) | undefined;

  readonly #spool: PushSpool | undefined;

  constructor(host: PushHost, { openLedger, checkStore, spool: place }: PushesParts = {}) {
    this.#host = host;
    this.#checkStore = checkStore;
    this.#opener = new LedgerOpener(host, openLedger);
    const parts = { log: host.log, plan: () => host.plan(), store: () => this.#opener.opened };
    this.#spool = place && new PushSpool({ place, ...parts });
    this.#events = new EventIntake(host, this.#opener);
    this.#details = new PushDetails(host);
    this.#store = storeName(host.plan().store);
  }

  /**
   * Sends what waits, from now until the end, and what comes. Needs a ledger; one that cannot be opened is tried again.
   * With no push target in the configuration there is nothing to do, and no file is made.
   */
  start(): void {
    this.#opener.start();
    this.#spool?.start();
  }

  /** Another configuration is in force. */
  reload(): void {
    this.#details.reload();
    this.#opener.reload();
  }

  /** How many pushes stand how, by target. Empty before the ledger is needed; undefined when it cannot be used. */
  async figures(): Promise<readonly TargetFigures[] | undefined> {
    try {
      return (await this.#opener.opened?.ledger.figures()) ?? (this.#opener.failed ? undefined : []);
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
    if (this.#opener.opened === undefined && !this.#opener.isNeeded) return undefined;
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
    const said = await this.#withSpool(problem, signal);
    const milliseconds = Math.round(performance.now() - started);
    return { source: 'store', adapter: 'store', ...said, ok: said.problem === '', milliseconds };
  }

  /** The same where there is no spool. One that takes what the store does not makes a problem a warning. */
  async #withSpool(problem: string, signal: AbortSignal): Promise<Pick<CheckRow, 'problem' | 'warnings'>> {
    const spool = this.#spool;
    if (spool === undefined) return { problem };
    try {
      if (problem !== '') await untilAborted(spool.prove(), signal);
      const waiting = await untilAborted(spool.waiting(), signal);
      const away = `${problem}; pushes go to the spool ${spool.file}, where ${waiting} wait`;
      if (problem !== '') return { problem: '', warnings: [away] };
      return waiting === 0 ? { problem } : { problem, warnings: [`in the spool ${spool.file} wait ${waiting} pushes`] };
    } catch (error) {
      const words = failureText(asSourceError(error, signal, `the spool ${spool.file}`));
      return problem === '' ? { problem, warnings: [words] } : { problem: `${problem}; and of the spool: ${words}` };
    }
  }

  /** Stops: attempts in hand may end, the rest stays in the ledger. */
  async close(): Promise<void> {
    await this.#spool?.close();
    await this.#opener.close();
  }

  push({ target, request, idempotencyKey }: PushCall, options: CallOptions): Promise<PushOutcome> {
    const once = idempotencyKey === undefined ? undefined : { caller: options.caller ?? '', key: idempotencyKey };
    return answerCall(PUSH, { name: target, sent: request.fields }, options, this.#host, (plan, call) =>
      this.#taken([target], call, async (acceptance, signal) => {
        const answer = await acceptance.push(plan, request, signal, once);
        if (answer.id !== undefined) call.audited = { things: [answer.id], count: 1 };
        return answer;
      }),
    );
  }

  /** What would be pushed. Nothing is stored, and the target is not asked. */
  preview(
    { target, request: asked }: { readonly target: string; readonly request: PushedRequest },
    options: CallOptions,
  ): Promise<PreviewOutcome> {
    return answerCall(PREVIEW, { name: target }, options, this.#host, async (plan, call) => {
      const { reference } = call;
      try {
        return await call.withinDeadline(async (signal) => {
          const work = preparedPush(plan, asked, this.#host, { signal, reference });
          const { ability, filled, asked: request } = await within(work, signal);
          const linked = namedThing(plan, ability, request);
          const sent = await this.#sentText(plan, filled, { signal, reference });
          return { preview: { ...filled, format: ability.format, ...(linked && { linked }), sent } };
        });
      } catch (error) {
        if (error instanceof CallerGone) throw error;
        const { words, status, fields, message } = refusalOf(error, [target]);
        this.#host.log.warn({ reference, target, ...fields }, `a push was tried without sending it: ${message}`);
        return { failure: failureOf([words], reference, status) };
      }
    });
  }

  /** What the templates of the source make of it; what is wrong with them does not hide what is filled in already. */
  async #sentText(plan: PushTargetPlan, filled: FilledPush, context: CallContext): Promise<PushPreview['sent']> {
    try {
      const request = { ...filled, reference: newPushName(Date.now()).reference };
      const source = this.#host.source(plan.source);
      const text = await source.call(context, async (opened) => opened.pushedText?.(request));
      return text === undefined ? undefined : { text };
    } catch (error) {
      context.signal.throwIfAborted();
      return { problem: failureText(asSourceError(error, context.signal, `source ${plan.source}`)) };
    }
  }

  webhook(
    { name, request }: { readonly name: string; readonly request: PushedRequest },
    { controller: _stays, ...options }: CallOptions,
  ): Promise<WebhookOutcome> {
    // HelpSpot need not wait for the answer: a webhook that has arrived is taken.
    return answerCall(WEBHOOK, { name, sent: request.fields }, options, this.#host, ({ push: targets }, call) => {
      const { push } = this.#host.plan();
      const plans = targets.flatMap((target) => push.get(target) ?? []);
      return this.#taken(targets, call, async (acceptance, signal) => {
        const accepted = await acceptance.queue(plans, request, signal);
        call.audited = { count: accepted };
        this.#host.log.info({ ...call.wholeLine, targets: plans.map((plan) => plan.name) }, 'webhook');
        return { accepted };
      });
    });
  }

  /** How a push stands, as the ledger has it: the other system is not asked. */
  standing(
    { target, id }: { readonly target: string; readonly id: string },
    options: CallOptions,
  ): Promise<StandingOutcome> {
    return answerCall(DETAILS, { name: target }, options, this.#host, (plan, call) =>
      call.withinDeadline(async (signal): Promise<Standing> => {
        const { reference } = call;
        const spooled = await this.#spooled(plan, id, reference);
        const ledger = spooled === undefined ? await this.#ledgerIfAny(call, signal) : undefined;
        const row = spooled ?? (await ledger?.find(plan.name, id));
        if (row === undefined) {
          const words = this.isStoreUp()
            ? 'No push of this id is known here; the push answered its id, and what has ended is forgotten after a time'
            : 'The gateway cannot look up pushes just now; try again in a minute';
          return { failure: failureOf([words], reference, this.isStoreUp() ? 404 : 503) };
        }
        const { title } = this.#host.source(plan.source).plan;
        const reason = standingOf(row, title, ledger?.now() ?? Date.now(), lookedForUntil(row, plan));
        return { id, state: row.state, link: row.receipt?.link, ...(reason !== '' && { reason }) };
      }),
    );
  }

  /** A signed event of another system: resolves when it is stored. */
  event(event: SignedEvent, options: CallOptions): Promise<EventOutcome> {
    return this.#events.take(event, options);
  }

  /** How many records of events wait for their end, by the name under `events`; undefined when that cannot be read. */
  async openRecords(): Promise<ReadonlyMap<string, number> | undefined> {
    try {
      return (await this.#opener.opened?.ledger.events.open()) ?? new Map();
    } catch {
      // The queue has said in the log what is wrong.
      return undefined;
    }
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
      const shown = await call.withinDeadline(async (signal) => {
        const spooled = await this.#spooled(plan, known, reference);
        if (spooled !== undefined) return this.#details.ofRow(plan, spooled, Date.now());
        return this.#details.details(plan, known, await this.#ledgerIfAny(call, signal), { signal, reference });
      });
      // Anything may stand in the address. What nobody knows is called as it was asked for.
      if (shown.view !== undefined && shown.view.title !== known) call.audited = { things: [known], count: 1 };
      return shown;
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
        const opened = await this.#openedFor(signal);
        return await take(new Acceptance(this.#host, opened, call.reference, this.#spool), signal);
      });
    } catch (error) {
      if (error instanceof CallerGone) throw error;
      return { failure: this.#refused(targets, error, call.reference) };
    }
  }

  /** @returns undefined where it cannot be used, and there is a spool */
  async #openedFor(signal: AbortSignal): Promise<OpenLedger | undefined> {
    try {
      return await stored(untilAborted(this.#opener.open(), signal), signal);
    } catch (error) {
      if (this.#spool === undefined || !(error instanceof StoreError)) throw error;
      return undefined;
    }
  }

  /** One that waits in the spool still. */
  async #spooled(plan: PushTargetPlan, id: string, reference: string): Promise<PushRow | undefined> {
    try {
      return await this.#spool?.find(plan.name, id);
    } catch (error) {
      this.#host.log.error({ reference, target: plan.name, ...failureFields(error) }, 'the spool cannot be read');
      return undefined;
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
  await ledger.figures();
  await ledger.prove();
}
