/** Where signed events of other systems come in: believed, read, stored, and only then answered. */
import { fillTemplate, untilAborted } from '../../contract/index.ts';
import { answerCall, CallerGone, type CallInHand, type CallKind, type CallOptions } from '../call.ts';
import { failureOf } from '../failure.ts';
import type { Failure, OrFailure } from '../outcome.ts';
import type { GatewayPlan } from '../plan.ts';
import type { PushHost } from '../push/host.ts';
import type { LedgerOpener } from '../push/ledger-opener.ts';
import { storeName } from '../push/plan.ts';
import { refusalOf, stored } from '../push/refusals.ts';
import type { EventFate } from './event-ledger.ts';
import { type EventFields, withShortNames } from './fields.ts';
import { type IncomingEvent, readEvent, UnreadableEvent } from './incoming.ts';
import type { EventsPlan } from './plan.ts';
import { RefusalLog } from './refusal-log.ts';
import { type EventHeaders, signatureProblem } from './signature.ts';
import { CALL_EVENTS, vendorOf } from './vendors.ts';

/** A call with an event, as it came. */
export interface SignedEvent {
  /** The name under `events`. */
  readonly name: string;
  readonly headers: EventHeaders;
  /** Not a byte of it changed. */
  readonly body: Uint8Array;
  /** Where it came from, for the log. */
  readonly address: string;
}

/** What became of an event: it is stored, or was before; `trial`: it only tried the address out. Or why it was not taken. */
export type EventOutcome = { readonly reference: string } & OrFailure<{
  readonly fate: EventFate | 'trial';
  /** What the answer must be; undefined: any. */
  readonly challenge?: string | undefined;
}>;

const EVENT: CallKind<GatewayPlan, EventsPlan> = {
  what: 'event stream',
  logged: 'events',
  audited: 'event',
  failing: ['an event', 'this event'],
  plans: ({ events = new Map() }) => events,
};

/** What every caller reads whose event is not believed: who guesses learns nothing from it. */
const NOT_BELIEVED = 'The signature of this event is missing or not right; the log of the gateway says more';

/** Whatever the reason: senders do the same about each. */
const UNSTORED = 'The gateway could not store this event; send it again in a minute';

/** The events of one gateway. */
export class EventIntake {
  readonly #host: PushHost;
  readonly #opener: LedgerOpener;
  readonly #refusals: RefusalLog;
  /** The file in use. */
  readonly #store: string;

  constructor(host: PushHost, opener: LedgerOpener) {
    this.#host = host;
    this.#opener = opener;
    this.#refusals = new RefusalLog(host.log);
    this.#store = storeName(host.plan().store);
  }

  take(event: SignedEvent, { controller: _stays, ...options }: CallOptions): Promise<EventOutcome> {
    const { name } = event;
    // Who sent it need not wait for the answer: an event that has arrived is taken.
    return answerCall(EVENT, { name }, options, this.#host, async (plan, call) => {
      const now = Date.now();
      const problem = signatureProblem(vendorOf(plan.verify).schemes, plan.secrets, event, now);
      if (problem !== undefined) {
        this.#count(name, 'refused');
        this.#refusals.tell(name, problem, { ...call.line, address: event.address });
        return { failure: failureOf([NOT_BELIEVED], call.reference, 401) };
      }
      try {
        const incoming = readEvent(plan, event, now);
        if (incoming.trial === undefined) return await this.#stored(plan, incoming, call);
        this.#host.log.info(call.line, 'an event that tries the address out was answered');
        return { fate: 'trial' as const, challenge: incoming.trial.challenge };
      } catch (error) {
        if (!(error instanceof UnreadableEvent)) throw error;
        this.#count(name, 'unreadable');
        this.#host.log.warn({ ...call.line, problem: error.message }, 'an event cannot be read');
        return { failure: failureOf([error.message], call.reference, 400) };
      }
    });
  }

  async #stored(plan: EventsPlan, incoming: IncomingEvent, call: CallInHand) {
    const { name, withinMs, settleMs, gather } = plan;
    const { id, key, type, at, isEnd, fields } = incoming;
    const { keepBodies: keepBody } = this.#host.plan().store;
    const waits = gather === undefined ? { withinMs: 0, settleMs: 0 } : { withinMs, settleMs };
    const event = { stream: name, id, key, type, at, isEnd, fields, keepBody, ...waits };
    try {
      const fate = await call.withinDeadline(async (signal) => {
        const { ledger, runner } = await stored(untilAborted(this.#opener.open(), signal), signal);
        const became = await stored(ledger.events.store(event, signal), signal);
        runner.wake();
        return became;
      });
      this.#count(name, fate);
      this.#tell(plan, incoming, fate, call);
      if (fate !== 'repeated') this.#refresh(plan, fields, call);
      return { fate };
    } catch (error) {
      if (error instanceof CallerGone) throw error;
      this.#count(name, 'unstored');
      return { failure: this.#refused(plan, error, call) };
    }
  }

  /** In the background: the event is taken, whatever the source answers. */
  #refresh({ name, verify, index }: EventsPlan, fields: EventFields, call: CallInHand): void {
    if (index === undefined) return;
    const all = withShortNames(fields, vendorOf(verify).payload);
    const filled = (template: string) => fillTemplate(template, (field) => all.get(field) ?? '').trim();
    const where = Object.fromEntries(Object.entries(index.where).map(([field, template]) => [field, filled(template)]));
    const empty = Object.keys(where).find((field) => where[field] === '');
    if (empty === undefined) void this.#host.refreshIndexed(index.source, where);
    else this.#host.log.warn({ ...call.line, field: empty }, `an event has no value for events.${name}.index.where`);
  }

  #tell({ verify, gather }: EventsPlan, { type, isCut }: IncomingEvent, fate: EventFate, call: CallInHand): void {
    const { log } = this.#host;
    const line = { ...call.wholeLine, type, fate };
    if (fate === 'repeated') log.info(line, 'the same event came again');
    else if (fate === 'late') log.warn(line, 'an event came when its record was closed; it is not pushed any more');
    else if (fate === 'alone') log.warn(line, `an event has no ${gather}; it is not pushed`);
    else if (verify === 'help-lightning' && !CALL_EVENTS.some((known) => type === `call.${known}`)) {
      log.warn(line, 'an event of a type that is not known was stored');
    } else log.info(line, 'an event was stored');
    if (isCut && fate !== 'repeated')
      log.warn(line, 'an event has more fields, or longer ones, than are kept; the rest is left out');
  }

  #refused(plan: EventsPlan, error: unknown, { reference }: CallInHand): Failure {
    const { level, ofStore, fields, status } = refusalOf(error, plan.push);
    const store = ofStore ? { store: this.#store } : {};
    const problem = error instanceof Error ? { problem: error.message } : {};
    const line = { reference, events: plan.name, ...store, ...problem, ...fields };
    this.#host.log[level](line, 'an event could not be stored, and its sender was told so');
    return failureOf([UNSTORED], reference, status);
  }

  #count(stream: string, result: EventFate | 'refused' | 'unreadable' | 'unstored'): void {
    this.#host.events.tell({ kind: 'event', stream, result });
  }
}
