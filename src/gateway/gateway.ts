/**
 * The gateway: the configuration in force, its open sources, and what can be
 * asked of them. Knows no transport; `http/` and `cli/` stand in front of it.
 */
import { closest, distance } from 'fastest-levenshtein';
import { type ActingPerson, actingPerson } from '../helpspot/acting-person.ts';
import type { LookupAnswer } from '../helpspot/answer.ts';
import type { CallContext, Log } from './adapter.ts';
import { DeadlineExceeded, withDeadline, withDeadlineWithin } from './deadline.ts';
import { failureFields, failureOf, failureText, sourcesFailure, staffWords } from './failure.ts';
import { customerOf } from './fields.ts';
import { type Findings, findRecords, type LookupParameters } from './lookup.ts';
import type { CheckRow, LookupOutcome } from './outcome.ts';
import type { GatewayPlan, LookupPlan } from './plan.ts';
import { newReference } from './reference.ts';
import { SourceHandle } from './source-handle.ts';

/** A Live Lookup, as it was asked. */
export interface LookupRequest {
  /** The name of the lookup. */
  readonly lookup: string;
  readonly parameters: LookupParameters;
}

/** How a call came in, for the log and for giving up. */
export interface CallOptions {
  /** Aborted by the caller when nobody waits for the answer any more, and by the gateway at the deadline. */
  readonly controller?: AbortController;
  readonly via?: 'http' | 'command-line';
  /** The name of the key that the caller showed; never the secret. */
  readonly caller?: string;
}

/** What stands behind the addresses and the commands. */
export interface Gateway {
  /** The configuration in force; another one after a reload. */
  readonly plan: GatewayPlan;
  readonly log: Log;
  /** Answers one lookup within the deadline. A failure is an outcome; it does not throw. */
  lookup(request: LookupRequest, options?: CallOptions): Promise<LookupOutcome>;
  /** Asks every source for a sign of life, side by side, within the deadline. */
  check(signal?: AbortSignal): Promise<readonly CheckRow[]>;
  /** Puts another configuration in force. Calls in hand end on the old one; sources that did not change stay open. */
  reload(plan: GatewayPlan): Promise<void>;
  /** Closes the sources after the calls in hand. */
  close(): Promise<void>;
}

/** Makes a gateway. No source is opened before it is asked. */
export function createGateway(plan: GatewayPlan, { log }: { readonly log: Log }): Gateway {
  return new OpenGateway(plan, log);
}

class OpenGateway implements Gateway {
  readonly log: Log;
  #plan: GatewayPlan;
  #sources: ReadonlyMap<string, SourceHandle> = new Map();

  constructor(plan: GatewayPlan, log: Log) {
    this.log = log;
    this.#plan = plan;
    this.#sources = this.#handles(plan);
  }

  get plan(): GatewayPlan {
    return this.#plan;
  }

  async lookup(request: LookupRequest, options: CallOptions = {}): Promise<LookupOutcome> {
    const reference = newReference();
    const plan = this.#plan.lookups.get(request.lookup);
    if (plan === undefined) return { reference, failure: this.#unknownLookup(request.lookup, reference) };
    const started = performance.now();
    const viewer = actingPerson(request.parameters);
    const controller = options.controller ?? new AbortController();
    try {
      const sources = plan.sources.map((name) => this.#source(name));
      const findings = await withDeadline(this.#plan.server.deadlineMs, controller, (signal) =>
        findRecords(plan, sources, request.parameters, { signal, reference }),
      );
      if (hasGone(controller.signal)) return this.#abandoned(request, options, reference);
      const outcome = outcomeOf(plan, findings, viewer, reference);
      this.#logLookup(request, options, viewer, findings, outcome, started);
      return outcome;
    } catch (error) {
      this.log.error({ reference, lookup: request.lookup, ...failureFields(error) }, 'a lookup failed by a bug');
      const words = 'An error in the gateway prevented this lookup; tell your administrator';
      return { reference, failure: failureOf([words], reference, 500) };
    }
  }

  async check(signal?: AbortSignal): Promise<readonly CheckRow[]> {
    const { deadlineMs } = this.#plan.server;
    const reference = newReference();
    const handles = [...this.#sources.values()];
    return withDeadlineWithin(deadlineMs, signal, (limited) =>
      Promise.all(handles.map((handle) => checkRow(handle, { signal: limited, reference }))),
    );
  }

  async reload(plan: GatewayPlan): Promise<void> {
    const old = this.#sources;
    this.#sources = this.#handles(plan);
    this.#plan = plan;
    const kept = new Set(this.#sources.values());
    await retireAll([...old.values()].filter((handle) => !kept.has(handle)));
  }

  async close(): Promise<void> {
    await retireAll([...this.#sources.values()]);
  }

  #handles(plan: GatewayPlan): ReadonlyMap<string, SourceHandle> {
    const handles = new Map<string, SourceHandle>();
    for (const source of plan.sources.values()) {
      const open = this.#sources.get(source.name);
      const unchanged = open?.plan.fingerprint === source.fingerprint;
      handles.set(source.name, open !== undefined && unchanged ? open : new SourceHandle(source, this.log));
    }
    return handles;
  }

  #source(name: string): SourceHandle {
    const handle = this.#sources.get(name);
    if (handle === undefined) throw new Error(`the configuration let an unknown source through: ${name}`);
    return handle;
  }

  /** Staff closed the page: no source failed, and nobody reads the answer. */
  #abandoned(request: LookupRequest, options: CallOptions, reference: string): LookupOutcome {
    const { via, caller } = options;
    this.log.info({ reference, lookup: request.lookup, via, caller }, 'the caller has gone away');
    return { reference, failure: failureOf(['The caller has gone away'], reference, 499) };
  }

  #unknownLookup(name: string, reference: string) {
    const known = [...this.#plan.lookups.keys()];
    const near = closest(name, known);
    // A far-off guess helps nobody: half of the letters must be right.
    const hint = distance(name, near) <= near.length / 2 ? `did you mean "${near}"?` : `known: ${known.join(', ')}`;
    const shown = name.length > 60 ? `${name.slice(0, 60)}…` : name;
    this.log.warn({ reference, lookup: shown }, 'unknown lookup');
    return failureOf([`There is no lookup "${shown}"; ${hint}`], reference, 404);
  }

  /** One line a lookup: enough to find out what happened, without what the customer is called. */
  #logLookup(
    request: LookupRequest,
    options: CallOptions,
    viewer: ActingPerson,
    findings: Findings,
    outcome: LookupOutcome,
    started: number,
  ): void {
    for (const { source, error } of findings.failures) {
      const fields = { reference: outcome.reference, lookup: request.lookup, source, ...failureFields(error) };
      this.log.error(fields, 'a source failed');
    }
    const line = {
      reference: outcome.reference,
      lookup: request.lookup,
      via: options.via,
      caller: options.caller,
      actingPerson: viewer.id,
      sources: findings.reports,
      step: findings.step,
      count: findings.records.length,
      milliseconds: Math.round(performance.now() - started),
      ...(this.#plan.log.customerValues ? { criteria: findings.criteria } : {}),
    };
    this.log.info(line, outcome.failure === undefined ? 'lookup' : 'lookup failed');
  }
}

/** Found something: the answer, with a word on what is missing. Found nothing: nobody only if every source said so. */
function outcomeOf(plan: LookupPlan, findings: Findings, viewer: ActingPerson, reference: string): LookupOutcome {
  if (findings.records.length === 0 && findings.failures.length > 0) {
    return { reference, failure: sourcesFailure(findings.failures, reference) };
  }
  const failed = findings.failures.map(({ title, error }) => `${staffWords(title, error)} (ref ${reference})`);
  const notices = [...failed, ...findings.notices];
  if (findings.more) {
    notices.unshift(`Only the first ${plan.limit} matches are shown; fill in more fields to narrow the search`);
  }
  const customers = findings.records.map((record) => customerOf(record, plan, viewer.userType));
  const answer: LookupAnswer = { columns: plan.columns, customers, notices };
  return { reference, answer };
}

function hasGone(signal: AbortSignal): boolean {
  return signal.aborted && !(signal.reason instanceof DeadlineExceeded);
}

async function checkRow(handle: SourceHandle, context: CallContext): Promise<CheckRow> {
  const { name, adapter } = handle.plan;
  const started = performance.now();
  let problem = '';
  try {
    await handle.call(context, (source, limited) => source.check(limited));
  } catch (error) {
    problem = failureText(error);
  }
  const milliseconds = Math.round(performance.now() - started);
  return { source: name, adapter: adapter.name, ok: problem === '', problem, milliseconds };
}

async function retireAll(handles: readonly SourceHandle[]): Promise<void> {
  await Promise.all(handles.map((handle) => handle.retire()));
}
