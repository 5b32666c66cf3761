/** How pushes stand: by the ledger for programs, and as the other system shows them to staff. */
import { callerHasGone, remainingMs, untilAborted, withDeadlineWithin } from '../../contract/index.ts';
import { answerCall, type CallInHand, type CallKind, type CallOptions } from '../call.ts';
import { asSourceError, failureFields, failureOf } from '../failure.ts';
import type { GatewayPlan } from '../plan.ts';
import { PushDetails } from './details.ts';
import { lookedForUntil } from './horizon.ts';
import { OF_TARGET, type PushHost } from './host.ts';
import type { Ledger } from './ledger.ts';
import type { LedgerOpener } from './ledger-opener.ts';
import { type DetailsOutcome, LONGEST_PUSH_ID, type StandingOutcome } from './outcome.ts';
import { type PushTargetPlan, storeName } from './plan.ts';
import type { PushRow } from './push-row.ts';
import type { PushSpool } from './spool.ts';
import { standingOf } from './words.ts';

const DETAILS: CallKind<GatewayPlan, PushTargetPlan> = {
  ...OF_TARGET,
  audited: 'details',
  failing: ['details', 'this'],
};

/** A push that somebody asks about; `id` is what it answered. */
export interface PushQuestion {
  readonly target: string;
  readonly id: string;
}

/** Of one gateway. */
export class PushStandings {
  readonly #host: PushHost;
  readonly #opener: LedgerOpener;
  readonly #spool: PushSpool | undefined;
  readonly #details: PushDetails;
  /** The one in use: another one in the configuration waits for the next start. */
  readonly #store: string;

  constructor(host: PushHost, opener: LedgerOpener, spool: PushSpool | undefined) {
    this.#host = host;
    this.#opener = opener;
    this.#spool = spool;
    this.#details = new PushDetails(host);
    this.#store = storeName(host.plan().store);
  }

  /** Another configuration is in force. */
  reload(): void {
    this.#details.reload();
  }

  /** As the ledger has it: the other system is not asked. */
  standing({ target, id }: PushQuestion, options: CallOptions): Promise<StandingOutcome> {
    return answerCall(DETAILS, { name: target }, options, this.#host, (plan, call) =>
      call.withinDeadline(async (signal) => {
        const { reference } = call;
        const spooled = await this.#spooled(plan, id, reference);
        const ledger = spooled === undefined ? await this.#ledgerIfAny(call, signal) : undefined;
        const row = spooled ?? (await ledger?.find(plan.name, id));
        if (row === undefined) {
          const { isUp } = this.#opener;
          const words = isUp
            ? 'No push of this id is known here; the push answered its id, and what has ended is forgotten after a time'
            : 'The gateway cannot look up pushes just now; try again in a minute';
          return { failure: failureOf([words], reference, isUp ? 404 : 503) };
        }
        const { title } = this.#host.source(plan.source).plan;
        const reason = standingOf(row, title, ledger?.now() ?? Date.now(), lookedForUntil(row, plan));
        return { id, state: row.state, link: row.receipt?.link, ...(reason !== '' && { reason }) };
      }),
    );
  }

  /** As the other system shows it, or the last that is known. */
  details({ target, id }: PushQuestion, options: CallOptions): Promise<DetailsOutcome> {
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
    return withDeadlineWithin(milliseconds, signal, async (limited) => {
      try {
        return (await untilAborted(this.#opener.open(), limited)).ledger;
      } catch (error) {
        if (callerHasGone(limited)) throw error;
        const fields = failureFields(asSourceError(error, limited, `the store ${this.#store}`));
        this.#host.log.error({ ...line, ...fields }, 'the store of pushes is not open');
        return undefined;
      }
    });
  }
}
