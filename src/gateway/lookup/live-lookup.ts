/** A Live Lookup through the domain: parameters → sources → customers, and what staff must know of them. */
import { type CallContext, callerHasGone, type Log, withDeadline } from '../../contract/index.ts';
import { type ActingPerson, actingPerson } from '../../helpspot/acting-person.ts';
import type { Customer } from '../../helpspot/answer.ts';
import { discretion } from '../call-values.ts';
import { failureFields, failureOf, sourcesFailure, staffWords } from '../failure.ts';
import type { CallOptions, LookupRequest } from '../gateway.ts';
import type { LookupOutcome } from '../outcome.ts';
import type { GatewayPlan, LookupPlan } from '../plan.ts';
import { newReference } from '../reference.ts';
import type { SourceHandle } from '../sources/source-handle.ts';
import { unknownName } from '../unknown-name.ts';
import { contactsOf, findContacts, isAddressBook, isScan, SCAN_LIMIT } from './address-book.ts';
import { customersOf } from './fields.ts';
import { type FittingCustomers, fittingCustomers } from './fitting-customers.ts';
import { type Findings, findRecords } from './match-steps.ts';

/** What of the gateway an answer needs. */
export interface LookupSurroundings {
  readonly plan: Pick<GatewayPlan, 'lookups' | 'server' | 'log'>;
  readonly log: Log;
  source(name: string): SourceHandle;
}

/** Answers one lookup within the deadline. A failure is an outcome; it does not throw. */
export async function answerLookup(
  request: LookupRequest,
  options: CallOptions,
  surroundings: LookupSurroundings,
): Promise<LookupOutcome> {
  const { plan: whole, log } = surroundings;
  const reference = newReference();
  const plan = whole.lookups.get(request.lookup);
  if (plan === undefined) {
    const { words, shown } = unknownName('lookup', request.lookup, [...whole.lookups.keys()]);
    log.warn({ reference, lookup: shown }, 'unknown lookup');
    return { reference, failure: failureOf([words], reference, 404) };
  }
  try {
    return await new LookupInHand(plan, request, options, surroundings, reference).answer();
  } catch (error) {
    const discreet = discretion(whole.log, Object.values(request.parameters));
    log.error({ reference, lookup: plan.name, ...failureFields(error, discreet) }, 'a lookup failed by a bug');
    const words = 'An error in the gateway prevented this lookup; tell your administrator';
    return { reference, failure: failureOf([words], reference, 500) };
  }
}

/** What is shown of the records that were found. */
interface Shown {
  readonly customers: Iterable<Customer>;
  readonly count: number;
  /** Whether there are more than the limit. */
  readonly more: boolean;
  /** For the log line. */
  readonly leftOut: object;
}

class LookupInHand {
  readonly #plan: LookupPlan;
  readonly #request: LookupRequest;
  readonly #options: CallOptions;
  readonly #surroundings: LookupSurroundings;
  readonly #reference: string;
  readonly #viewer: ActingPerson;
  readonly #started = performance.now();

  constructor(
    plan: LookupPlan,
    request: LookupRequest,
    options: CallOptions,
    surroundings: LookupSurroundings,
    reference: string,
  ) {
    this.#plan = plan;
    this.#request = request;
    this.#options = options;
    this.#surroundings = surroundings;
    this.#reference = reference;
    this.#viewer = actingPerson(request.parameters);
  }

  async answer(): Promise<LookupOutcome> {
    const controller = this.#options.controller ?? new AbortController();
    const { deadlineMs } = this.#surroundings.plan.server;
    const findings = await withDeadline(deadlineMs, controller, (signal) =>
      this.#find({ signal, reference: this.#reference }),
    );
    if (callerHasGone(controller.signal)) return this.#abandoned();
    const shown = this.#shown(findings);
    const outcome = this.#outcome(findings, shown, fittingCustomers(shown.customers, shown.count));
    this.#log(findings, shown, outcome);
    return outcome;
  }

  #find(context: CallContext): Promise<Findings> {
    const plan = this.#plan;
    const { parameters } = this.#request;
    const sources = plan.sources.map((name) => this.#surroundings.source(name));
    return isAddressBook(plan)
      ? findContacts(plan, sources, parameters, context)
      : findRecords(plan, sources, parameters, context);
  }

  #shown(findings: Findings): Shown {
    const plan = this.#plan;
    const { userType } = this.#viewer;
    if (isAddressBook(plan)) {
      const { customers, more, ...leftOut } = contactsOf(plan, findings, this.#request.parameters, userType);
      return { customers, count: customers.length, more, leftOut };
    }
    const { records, more } = findings;
    return { customers: customersOf(records, plan, userType), count: records.length, more, leftOut: {} };
  }

  /** Found something: the answer, with a word on what is missing. Found nothing: nobody only if every source said so. */
  #outcome({ records, failures, notices }: Findings, { more }: Shown, fitting: FittingCustomers): LookupOutcome {
    const reference = this.#reference;
    if (records.length === 0 && failures.length > 0) return { reference, failure: sourcesFailure(failures, reference) };
    const { limit, columns } = this.#plan;
    const first = `Only the first ${limit} matches are shown; fill in more fields to narrow the search`;
    const failed = failures.map(({ title, error }) => `${staffWords(title, error)} (ref ${reference})`);
    const said = [...(more ? [first] : []), ...failed, ...fitting.notices, ...notices];
    return { reference, answer: { columns, customers: fitting.customers, notices: said } };
  }

  /** Staff closed the page: no source failed, and nobody reads the answer. */
  #abandoned(): LookupOutcome {
    const { via, caller } = this.#options;
    const reference = this.#reference;
    this.#surroundings.log.info({ reference, lookup: this.#plan.name, via, caller }, 'the caller has gone away');
    return { reference, failure: failureOf(['The caller has gone away'], reference, 499) };
  }

  /** One line a lookup: enough to find out what happened, without what the customer is called. */
  #log(findings: Findings, { leftOut }: Shown, outcome: LookupOutcome): void {
    const { log, plan: whole } = this.#surroundings;
    const { via, caller } = this.#options;
    const call = { reference: this.#reference, lookup: this.#plan.name };
    const discreet = discretion(whole.log, Object.values(this.#request.parameters));
    for (const { source, error } of findings.failures) {
      log.error({ ...call, source, ...failureFields(error, discreet) }, 'a source failed');
    }
    const line = {
      ...call,
      via,
      caller,
      actingPerson: this.#viewer.id,
      sources: findings.reports,
      step: findings.step,
      count: findings.records.length,
      ...leftOut,
      milliseconds: Math.round(performance.now() - this.#started),
      ...(whole.log.customerValues ? { criteria: findings.criteria } : {}),
    };
    log.info(line, outcome.failure === undefined ? 'lookup' : 'lookup failed');
    if (isAddressBook(this.#plan) && findings.more && isScan(this.#plan, this.#request.parameters)) {
      log.warn(
        { ...call, records: SCAN_LIMIT },
        'highlighted contacts were looked for among the first records only; say addressBook: { highlighted: … }',
      );
    }
  }
}
