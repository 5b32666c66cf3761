/** Takes pushes in: fills them, stores them, and for staff who wait sends them. */

import { setTimeout as wait } from 'node:timers/promises';
import { StoreError, untilAborted } from '../../contract/index.ts';
import type { PushedRequest } from '../../helpspot/pushed-request.ts';
import { failureFields, failureOf, statusOfKind } from '../failure.ts';
import type { Failure, OrFailure } from '../outcome.ts';
import { fingerprintOf, newPushName, type PushCause } from './fingerprint.ts';
import type { PushHost } from './host.ts';
import type { NewPush } from './ledger.ts';
import type { OpenLedger } from './ledger-opener.ts';
import { namedThing } from './linking.ts';
import { fingerprintOfName, type NamedPush, ONCE_WINDOW_MS } from './once.ts';
import type { PushStanding } from './outcome.ts';
import type { PushTargetPlan } from './plan.ts';
import { preparedPush } from './preparing.ts';
import type { PushRow } from './push-row.ts';
import { stored, within } from './refusals.ts';
import type { PushSpool } from './spool.ts';
import { unclearFailure } from './words.ts';

/** An id for who pushed, or why there is none. */
type PushAnswer = OrFailure<PushStanding>;

/** A push that was stored. */
export interface TakenPush {
  /** Ours, also where there is none to answer with. */
  readonly id: string;
  readonly answer: PushAnswer;
}

/** What HelpSpot keeps (manual, chapter 2.2). */
const MAX_ID = 255;
/** Of a request, as the console lists it; HelpSpot's have some digits. */
const LONGEST_NUMBER = 40;
/** Another call, perhaps of another process, sends the same push: so often is looked whether it is out. */
const LOOK_MS = 25;

/** One call. */
export class Acceptance {
  readonly #host: PushHost;
  readonly #opened: OpenLedger | undefined;
  readonly #reference: string;
  readonly #spool: PushSpool | undefined;

  /**
   * @param open undefined: it is away, and there is a spool
   * @param spool takes what the ledger does not
   */
  constructor(host: PushHost, open: OpenLedger | undefined, reference: string, spool?: PushSpool) {
    this.#host = host;
    this.#opened = open;
    this.#reference = reference;
    this.#spool = spool;
  }

  get #open(): OpenLedger {
    if (this.#opened === undefined) throw new Error('what is in the spool is not sent from here');
    return this.#opened;
  }

  /**
   * Takes one push. `direct`: sends it and waits until the signal says stop.
   * @param once what its sender calls it: whatever it holds, it is the same push as another of that name
   * @throws what `refusals.ts` knows, when it was not stored before the signal said stop: then it was not sent
   */
  async push(plan: PushTargetPlan, request: PushedRequest, signal: AbortSignal, once?: NamedPush): Promise<TakenPush> {
    for (;;) {
      const push = await within(this.#filled(plan, request, 'click', signal, once), signal);
      const [taken] = await this.#accept([push], signal);
      if (taken === undefined) throw new Error('the ledger took no push');
      const { id, mode, state, receipt } = taken.row;
      if (mode === 'queued') return { id, answer: { id, state, link: receipt?.link } };
      const row = taken.isNew
        ? await this.#send(push, taken.row, plan, signal)
        : await this.#settled(taken.row, signal);
      // The first of two equal pushes surely failed: this one has its own try.
      if (row.state === 'failed' && !taken.isNew && !signal.aborted) continue;
      return { id, answer: await this.#answer(row, plan) };
    }
  }

  /**
   * Stores a push for each target, all or none. @returns their ids
   * @throws what `refusals.ts` knows, when they were not stored before the signal said stop
   */
  async queue(
    plans: readonly PushTargetPlan[],
    request: PushedRequest,
    signal: AbortSignal,
  ): Promise<readonly string[]> {
    const pushes = await within(
      Promise.all(plans.map((plan) => this.#filled(plan, request, 'webhook', signal))),
      signal,
    );
    return (await this.#accept(pushes, signal)).map(({ row }) => row.id);
  }

  async #filled(
    plan: PushTargetPlan,
    request: PushedRequest,
    cause: PushCause,
    signal: AbortSignal,
    once?: NamedPush,
  ): Promise<NewPush> {
    const call = { signal, reference: this.#reference };
    const { ability, isAgain, asked, filled } = await preparedPush(plan, request, this.#host, call);
    // A form may have a field of that name, and nobody of ours has written it.
    const linked = cause === 'click' ? namedThing(plan, ability, asked) : undefined;
    const { id, reference } = newPushName(Date.now());
    const fingerprint =
      once === undefined
        ? fingerprintOf(plan, asked, filled, { cause, writesBack: ability.writesBack })
        : fingerprintOfName(plan.name, once);
    return {
      id,
      target: plan.name,
      mode: cause === 'webhook' ? 'queued' : plan.mode,
      xRequest: (request.fields['xRequest'] ?? '').slice(0, LONGEST_NUMBER),
      staff: filled.values['acting_person'] ?? '',
      reference: this.#reference,
      fingerprint: isAgain ? `${fingerprint} again` : fingerprint,
      againOf: isAgain ? fingerprint : undefined,
      duplicateWindowMs: once === undefined ? plan.duplicateWindowMs : ONCE_WINDOW_MS,
      giveUpAfterMs: plan.retry.giveUpAfterMs,
      request: { ...filled, reference, ...(linked && { linked }) },
    };
  }

  async #accept(pushes: readonly NewPush[], signal: AbortSignal) {
    // Not raced with the signal: the ledger alone knows whether it could still withdraw them.
    const taken = await stored(this.#stored(pushes, signal), signal);
    for (const [index, { row, isNew }] of taken.entries()) {
      const { id, target, mode } = row;
      this.#host.events.tell({ kind: 'push', target, result: isNew ? 'accepted' : 'repeated' });
      const call = isNew ? {} : { call: this.#reference };
      const fields = {
        reference: this.#referenceOf(row),
        ...call,
        target,
        push: id,
        mode,
        ...askedAgain(pushes[index]),
      };
      this.#host.log.info(fields, isNew ? 'a push was stored' : 'the same push came again');
    }
    if (taken.some(({ row }) => row.mode === 'queued')) this.#opened?.runner.wake();
    return taken;
  }

  /** Under the same ids in the spool as in the ledger: what that has taken without a word is not there twice. */
  async #stored(pushes: readonly NewPush[], signal: AbortSignal) {
    const ledger = this.#opened?.ledger;
    if (this.#spool === undefined) return this.#open.ledger.accept(pushes, signal);
    try {
      if (ledger !== undefined && ledger.trouble === undefined) return await ledger.accept(pushes, signal);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
    }
    return this.#spool.accept(pushes, signal);
  }

  /** The one of the call that stored the push: it leads to every line of the log about it. */
  #referenceOf(row: PushRow | undefined): string {
    return row?.reference || this.#reference;
  }

  /** Sends a push. When the time is up the attempt goes on, and nobody waits for it here. */
  async #send({ request }: NewPush, row: PushRow, plan: PushTargetPlan, signal: AbortSignal): Promise<PushRow> {
    const sent = this.#open.sender.send({ row, request }, plan, true);
    // It may be done, or have to be looked into soon.
    void sent.finally(() => this.#open.runner.wake());
    return untilAborted(sent, signal).catch(() => row);
  }

  /** Waits for a push that is under way elsewhere. @returns how it stands then, or when the time is up */
  async #settled(first: PushRow, signal: AbortSignal): Promise<PushRow> {
    let row = first;
    while (row.state === 'sending' && !signal.aborted) {
      await wait(LOOK_MS, undefined, { signal }).catch(() => undefined);
      row = await this.#look(row);
    }
    return row;
  }

  async #look(row: PushRow): Promise<PushRow> {
    try {
      return (await this.#open.ledger.row(row.id)) ?? row;
    } catch {
      // It is under way all the same; the queue says what is wrong with the ledger.
      return row;
    }
  }

  async #answer(row: PushRow, plan: PushTargetPlan): Promise<PushAnswer> {
    const stands = row.state === 'sending' || row.state === 'waiting' ? await this.#promised(row) : row;
    const { title } = this.#host.source(plan.source).plan;
    switch (stands?.state) {
      case 'done':
        return { id: answeredId(stands), state: stands.state, link: stands.receipt?.link };
      case 'sending':
      case 'waiting':
        return { id: stands.id, state: stands.state };
      case 'unclear':
        return { failure: unclearFailure(title, stands.id, this.#referenceOf(stands)) };
      case 'failed':
        return { failure: this.#failed(stands, title) };
      default:
        return { failure: this.#unconfirmed(title, row) };
    }
  }

  /** The time is up, and it is not known whether it arrived: HelpSpot gets our id, and the gateway sees to the rest. */
  async #promised(row: PushRow): Promise<PushRow | undefined> {
    const fields = { reference: this.#referenceOf(row), target: row.target, push: row.id };
    try {
      const stands = await this.#open.sender.promise(row.id);
      this.#host.log.warn(fields, 'not confirmed in time; the gateway goes on with it by itself');
      return stands;
    } catch (error) {
      this.#host.log.error(
        { ...fields, ...failureFields(error) },
        'not confirmed in time, and that could not be written down',
      );
      return undefined;
    }
  }

  #failed(row: PushRow, title: string): Failure {
    const { trouble } = row;
    const words = trouble?.words ?? `${title} did not take the push`;
    return failureOf([words], this.#referenceOf(row), statusOfKind(trouble?.kind ?? ''));
  }

  #unconfirmed(title: string, row: PushRow): Failure {
    const words = `${title} did not confirm in time; the gateway is finding out whether it arrived (${row.id})`;
    return failureOf([words], this.#referenceOf(row), 504);
  }
}

/** For the log: who wanted it once more, whatever became of the one before. */
function askedAgain(push: NewPush | undefined): object {
  if (push?.againOf === undefined) return {};
  const person = (push.request.values['acting_person_xperson'] ?? '').slice(0, LONGEST_NUMBER);
  return { again: true, actingPerson: person, staff: push.staff };
}

/** The other system's id, or ours where HelpSpot cannot keep that one as it is. */
function answeredId({ id, receipt }: PushRow): string {
  if (receipt === undefined || receipt.id === '' || receipt.id.length > MAX_ID) return id;
  return receipt.id !== receipt.id.trim() || /\p{Cc}/u.test(receipt.id) ? id : receipt.id;
}
