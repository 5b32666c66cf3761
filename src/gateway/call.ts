/**
 * The frame of a call: what a lookup, an AJAX field and a push have in common. A reference, the name that the
 * configuration knows or not, the deadline, a caller who has gone, and what is said when an answer fails by a bug.
 */
import { callerHasGone, type Log, StoreError, withDeadline } from '../contract/index.ts';
import type { ActingPerson } from '../helpspot/acting-person.ts';
import type { Audit } from './audit/audit.ts';
import { type AuditedCall, entryOfCall } from './audit/call-entry.ts';
import type { AuditKind } from './audit/entry.ts';
import { discretion } from './call-values.ts';
import { failureFields, failureOf, storeAdvice } from './failure.ts';
import type { Failure } from './outcome.ts';
import type { GatewayPlan } from './plan.ts';
import { newReference } from './reference.ts';
import type { SourceHandle } from './sources/source-handle.ts';
import type { GatewayEvents, Stretch, StretchEnds } from './telemetry.ts';
import { unknownName } from './unknown-name.ts';

/** How a call came in, for the log and for giving up. */
export interface CallOptions {
  /** Aborted by the caller when nobody waits for the answer any more, and by the gateway at the deadline. */
  readonly controller?: AbortController;
  readonly via?: 'http' | 'command-line' | 'console';
  /** Whether the outcome says how it came about. */
  readonly explain?: boolean;
  /** Whether it says of each value where it comes from. */
  readonly provenance?: boolean;
  /** With `explain`: whether it has the records of the sources, as far as who asks may see them. */
  readonly records?: boolean;
  /** The name of the key that the caller showed, never the secret; of a call of the console the name of its user. */
  readonly caller?: string;
  /** What the caller said of the trace that the call belongs to (W3C Trace Context), as it was sent. */
  readonly traceparent?: string;
  /** It had more parameters than so many, which alone were read. */
  readonly readOnly?: number;
}

/** What calls need of the gateway. `Needed`: the part of the configuration that they look at. */
export interface CallHost<Needed = GatewayPlan> {
  /** The configuration in force; another one after a reload. */
  plan(): Needed;
  source(name: string): SourceHandle;
  readonly log: Log;
  /** Absent: nothing is recorded. */
  readonly audit?: Pick<Audit, 'record' | 'keeps'>;
  /** Absent: nobody follows the calls. */
  readonly events?: Pick<GatewayEvents, 'trace'>;
}

/** The part of the configuration that every call looks at. */
export type FramePlan = Pick<GatewayPlan, 'server' | 'log'>;

/** What calls of one kind have in common. */
export interface CallKind<Needed, Plan> {
  /** What the configuration has under the name that is asked for: "AJAX field". */
  readonly what: string;
  readonly audited: AuditKind | undefined;
  /** Where the log has that name: `ajax`. */
  readonly logged: string;
  /** What has failed, if it is by a bug: "an AJAX field" for the log, "this list" for staff. */
  readonly failing: readonly [log: string, staff: string];
  plans(plan: Needed): ReadonlyMap<string, Plan>;
}

/** One call, as it was asked. */
export interface Asked {
  readonly name: string;
  /** What the call is about, which is not for the log. Looked at only when something failed. */
  readonly values?: () => readonly string[];
  /** Who clicks, as HelpSpot says. */
  readonly actingPerson?: ActingPerson;
  /** What HelpSpot sent: in which request, for the audit; what was searched for, too, where that keeps it. */
  readonly sent?: Readonly<Record<string, string>>;
}

/** What comes of a call: what was made of it, or why nothing was. */
export type Answered<Result> = { readonly reference: string } & (Result | { readonly failure: Failure });

/** Nobody waits for the answer any more. */
export class CallerGone extends Error {
  override readonly name = 'CallerGone';
}

/** One call under way. */
export class CallInHand {
  readonly reference = newReference();
  /** What each line of the log has of the call. */
  readonly line: Readonly<Record<string, unknown>>;
  /** The same with who asked, for the line that says how it ended. */
  readonly wholeLine: Readonly<Record<string, unknown>>;
  /** Takes what the call is about out of what another system said. */
  readonly discreet: (text: string) => string;
  readonly #controller: AbortController;
  readonly #deadlineMs: number;
  readonly #started = performance.now();
  readonly startedAt = Date.now();
  /** What the audit says of the call beyond how it was asked. */
  audited: AuditedCall = {};
  /** Whether the outcome says how it came about. */
  readonly explains: boolean;
  /** Whether it says of each value where it comes from. */
  readonly provenance: boolean;
  /** Whether the explanation has the records of the sources. */
  readonly records: boolean;
  /** So many of its parameters were read, where there were more: then what is looked for may be missing. */
  readonly readOnly: number | undefined;

  constructor(
    logged: string,
    asked: Asked,
    { controller, via, caller, explain = false, provenance = explain, records = false, readOnly }: CallOptions,
    { server, log }: FramePlan,
  ) {
    this.line = { reference: this.reference, [logged]: asked.name };
    this.wholeLine = {
      reference: this.reference,
      [logged]: asked.name,
      via,
      caller,
      actingPerson: asked.actingPerson?.id,
    };
    this.discreet = (text) => discretion(log, asked.values?.() ?? [])(text);
    this.#controller = controller ?? new AbortController();
    this.#deadlineMs = server.deadlineMs;
    this.explains = explain;
    this.provenance = provenance;
    this.records = records;
    this.readOnly = readOnly;
  }

  /** How long it has taken. */
  get milliseconds(): number {
    return Math.round(performance.now() - this.#started);
  }

  /**
   * Does work of which `signal` aborts at the deadline, and when the caller goes.
   * @throws {CallerGone} in place of a result that nobody waits for
   */
  async withinDeadline<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { signal } = this.#controller;
    try {
      const made = await withDeadline(this.#deadlineMs, this.#controller, work);
      if (!callerHasGone(signal)) return made;
    } catch (error) {
      if (!callerHasGone(signal) || error !== signal.reason) throw error;
    }
    throw new CallerGone();
  }
}

/**
 * Answers one call. A failure is an outcome; it does not throw.
 * @param answer makes the answer, within {@link CallInHand.withinDeadline}; what it throws is a bug of ours
 */
export async function answerCall<Needed extends FramePlan, Plan, Result>(
  kind: CallKind<Needed, Plan>,
  asked: Asked,
  options: CallOptions,
  host: Pick<CallHost<Needed>, 'plan' | 'log' | 'audit' | 'events'>,
  answer: (plan: Plan, call: CallInHand) => Promise<Result>,
): Promise<Answered<Result>> {
  const inForce = host.plan();
  const call = new CallInHand(kind.logged, asked, options, inForce);
  const work = () => answerInHand(kind, asked.name, inForce, call, host.log, answer);
  const stretch = () => stretchOf(kind, asked, options, call.reference, kind.plans(inForce).has(asked.name));
  const answered = await (host.events?.trace<Answered<Result>>(stretch, work, CALL_ENDS) ?? work());
  const { audit } = host;
  if (kind.audited !== undefined && audit !== undefined && audit.keeps !== 'nothing') {
    const failure = 'failure' in answered ? answered.failure : undefined;
    audit.record(entryOfCall(kind.audited, asked, options, call, failure, audit.keeps === 'values'));
  }
  return answered;
}

function stretchOf(
  { audited, logged: call }: Pick<CallKind<unknown, unknown>, 'audited' | 'logged'>,
  { name }: Asked,
  { via, traceparent }: CallOptions,
  reference: string,
  isKnown: boolean,
): Stretch {
  return { kind: 'call', call: audited ?? call, name: isKnown ? name : undefined, reference, via, traceparent };
}

const CALL_ENDS: StretchEnds<object> = {
  answered: (answered) => {
    const failure = 'failure' in answered ? statusIn(answered.failure) : undefined;
    return { outcome: failure === undefined ? 'answered' : 'failed', isFailed: failure !== undefined, status: failure };
  },
  failed: () => ({ outcome: 'bug', isFailed: true }),
};

/** Undefined where nothing failed: an outcome may say so. */
function statusIn(failure: unknown): number | undefined {
  if (typeof failure !== 'object' || failure === null || !('status' in failure)) return undefined;
  return typeof failure.status === 'number' ? failure.status : undefined;
}

async function answerInHand<Needed extends FramePlan, Plan, Result>(
  kind: CallKind<Needed, Plan>,
  name: string,
  inForce: Needed,
  call: CallInHand,
  log: Log,
  answer: (plan: Plan, call: CallInHand) => Promise<Result>,
): Promise<Answered<Result>> {
  const { reference } = call;
  const failed = (words: string, status: number) => ({ reference, failure: failureOf([words], reference, status) });
  const plans = kind.plans(inForce);
  const plan = plans.get(name);
  if (plan === undefined) {
    const { words, shown } = unknownName(kind.what, name, [...plans.keys()]);
    call.audited = { unknown: shown };
    log.warn({ reference, [kind.logged]: shown }, `unknown ${kind.what}`);
    return failed(words, 404);
  }
  if (call.readOnly !== undefined) {
    log.warn({ ...call.wholeLine, read: call.readOnly }, 'a call has more parameters than are read');
  }
  try {
    return { reference, ...(await answer(plan, call)) };
  } catch (error) {
    if (error instanceof CallerGone) {
      // Staff closed the page: nothing failed, and nobody reads the answer.
      log.info(call.wholeLine, 'the caller has gone away');
      return failed('The caller has gone away', 499);
    }
    const [subject, missed] = kind.failing;
    if (error instanceof StoreError) {
      log.error({ ...call.line, ...failureFields(error) }, `${subject} failed because of the store`);
      return failed(`The gateway cannot read its store; ${storeAdvice(error)}`, 503);
    }
    log.error({ ...call.line, ...failureFields(error, call.discreet) }, `${subject} failed by a bug`);
    return failed(`An error in the gateway prevented ${missed}; tell your administrator`, 500);
  }
}
