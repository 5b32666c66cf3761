/** Where pushes, webhooks and questions about pushes come in. */
import { StoreError, untilAborted } from '../../contract/index.ts';
import type { PushedRequest } from '../../helpspot/pushed-request.ts';
import { answerCall, CallerGone, type CallInHand, type CallKind, type CallOptions } from '../call.ts';
import { EventIntake, type EventOutcome, type SignedEvent } from '../events/intake.ts';
import { asSourceError, failureOf, failureText } from '../failure.ts';
import type { CheckRow, Failure } from '../outcome.ts';
import type { GatewayPlan } from '../plan.ts';
import { Acceptance } from './acceptance.ts';
import { OF_TARGET, type PushHost } from './host.ts';
import type { Ledger } from './ledger.ts';
import { LedgerOpener, type OpenLedger } from './ledger-opener.ts';
import type { PreviewOutcome, PushOutcome, WebhookOutcome } from './outcome.ts';
import { type PushTargetPlan, storeName, type WebhookPlan } from './plan.ts';
import { type PushTrial, previewPush } from './preview.ts';
import type { TargetFigures } from './push-row.ts';
import { refusalOf, stored } from './refusals.ts';
import { PushSpool, type SpoolPlace } from './spool.ts';
import { PushStandings } from './standings.ts';

const PUSH: CallKind<GatewayPlan, PushTargetPlan> = {
  ...OF_TARGET,
  audited: 'push',
  failing: ['a push', 'this push'],
};
const WEBHOOK: CallKind<GatewayPlan, WebhookPlan> = {
  what: 'webhook',
  audited: 'webhook',
  logged: 'webhook',
  failing: ['a webhook', 'this webhook'],
  plans: ({ webhooks }) => webhooks,
};

/** One push as it is asked for. */
export interface PushCall extends PushTrial {
  /** What the same caller calls so is the same push; undefined: what is equal is. */
  readonly idempotencyKey?: string | undefined;
}

/** One call of a webhook of HelpSpot's. */
export interface WebhookCall {
  readonly name: string;
  readonly request: PushedRequest;
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
  /** The file in use: another one in the configuration waits for the next start. */
  readonly #store: string;
  readonly #checkStore: (() => Promise<void>) | undefined;
  readonly #spool: PushSpool | undefined;
  /** How pushes stand. */
  readonly standings: PushStandings;

  constructor(host: PushHost, { openLedger, checkStore, spool: place }: PushesParts = {}) {
    this.#host = host;
    this.#checkStore = checkStore;
    this.#opener = new LedgerOpener(host, openLedger);
    const parts = { log: host.log, plan: () => host.plan(), store: () => this.#opener.opened };
    this.#spool = place && new PushSpool({ place, ...parts });
    this.#events = new EventIntake(host, this.#opener);
    this.#store = storeName(host.plan().store);
    this.standings = new PushStandings(host, this.#opener, this.#spool);
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
    this.standings.reload();
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

  /** How many records of events wait for their end, by the name under `events`; undefined when that cannot be read. */
  async openRecords(): Promise<ReadonlyMap<string, number> | undefined> {
    try {
      return (await this.#opener.opened?.ledger.events.open()) ?? new Map();
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

  /** Whether pushes can be stored, as far as that is known. */
  isStoreUp(): boolean {
    return this.#opener.isUp;
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
      return waiting === 0
        ? { problem }
        : { problem, warnings: [`pushes that wait in the spool ${spool.file}: ${waiting}`] };
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

  /** Takes one push, and sends it or leaves it to the queue. */
  push({ target, request, idempotencyKey }: PushCall, options: CallOptions): Promise<PushOutcome> {
    const once = idempotencyKey === undefined ? undefined : { caller: options.caller ?? '', key: idempotencyKey };
    return answerCall(PUSH, { name: target, sent: request.fields }, options, this.#host, (plan, call) =>
      this.#taken([target], call, async (acceptance, signal) => {
        const { id, answer } = await acceptance.push(plan, request, signal, once);
        call.audited = answer.id === undefined ? { things: [id] } : { things: [answer.id], count: 1 };
        return answer;
      }),
    );
  }

  /** What would be pushed. */
  preview(request: PushTrial, options: CallOptions): Promise<PreviewOutcome> {
    return previewPush(request, options, this.#host);
  }

  /** Resolves when the pushes of a webhook are stored. */
  webhook({ name, request }: WebhookCall, { controller: _stays, ...options }: CallOptions): Promise<WebhookOutcome> {
    // HelpSpot need not wait for the answer: a webhook that has arrived is taken.
    return answerCall(WEBHOOK, { name, sent: request.fields }, options, this.#host, ({ push: targets }, call) => {
      const { push } = this.#host.plan();
      const plans = targets.flatMap((target) => push.get(target) ?? []);
      return this.#taken(targets, call, async (acceptance, signal) => {
        const things = await acceptance.queue(plans, request, signal);
        const accepted = things.length;
        call.audited = { things, count: accepted };
        this.#host.log.info({ ...call.wholeLine, targets: plans.map((plan) => plan.name) }, 'webhook');
        return { accepted };
      });
    });
  }

  /** A signed event of another system: resolves when it is stored. */
  event(event: SignedEvent, options: CallOptions): Promise<EventOutcome> {
    return this.#events.take(event, options);
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
