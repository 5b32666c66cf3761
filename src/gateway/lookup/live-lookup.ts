/** A Live Lookup through the domain: parameters → sources → customers, and what staff must know of them. */
import { placesOf } from '../../contract/index.ts';
import { type ActingPerson, actingPerson } from '../../helpspot/acting-person.ts';
import type { Customer, LookupAnswer } from '../../helpspot/answer.ts';
import type { Parameters } from '../../helpspot/parameters.ts';
import { customerIds } from '../audit/call-entry.ts';
import {
  answerCall,
  type CallHost,
  type CallInHand,
  type CallKind,
  type CallOptions,
  type FramePlan,
} from '../call.ts';
import { failureFields, sourcesFailure } from '../failure.ts';
import type { Explanation, LookupOutcome, OrFailure } from '../outcome.ts';
import type { GatewayPlan } from '../plan.ts';
import { withRequestNames } from '../request-names.ts';
import { Resting } from '../sources/unasked.ts';
import { contactsOf, findContacts, isAddressBook, isScan, SCAN_LIMIT } from './address-book.ts';
import { meaningIn } from './contents.ts';
import type { SourcePart } from './customer-parts.ts';
import type { LeftOut } from './explain.ts';
import { checkboxNotices, customerOf, type FoundCustomer } from './fields.ts';
import { type FittingCustomers, fittingCustomers } from './fitting-customers.ts';
import { lookupNotices } from './notices.ts';
import type { LookupPlan } from './plan.ts';
import { originsBy } from './provenance.ts';
import { findRelated, type RelatedFindings } from './related.ts';
import { type Findings, findRecords } from './search.ts';

/** A Live Lookup, as it was asked. */
export interface LookupRequest {
  /** The name of the lookup. */
  readonly lookup: string;
  readonly parameters: Parameters;
}

type Needed = FramePlan & Pick<GatewayPlan, 'lookups' | 'helpSpotSource'>;
type Host = CallHost<Needed>;

const LOOKUP: CallKind<Needed, LookupPlan> = {
  what: 'lookup',
  audited: 'lookup',
  logged: 'lookup',
  failing: ['a lookup', 'this lookup'],
  plans: ({ lookups }) => lookups,
};

/** Answers one lookup within the deadline. A failure is an outcome; it does not throw. */
export function answerLookup(request: LookupRequest, options: CallOptions, host: Host): Promise<LookupOutcome> {
  const { lookup: name, parameters } = request;
  const viewer = actingPerson(parameters);
  const asked = { name, values: () => Object.values(parameters), actingPerson: viewer, sent: parameters };
  return answerCall(LOOKUP, asked, options, host, (plan, call) =>
    new LookupInHand(plan, parameters, viewer, call, host).answer(),
  );
}

/** What is shown of the records that were found. */
interface Shown {
  readonly customers: Iterable<Customer>;
  readonly count: number;
  /** Whether there are more than the limit. */
  readonly more: boolean;
  /** For the log line. */
  readonly leftOut: LeftOut;
}

type Result = { readonly explanation?: Explanation } & OrFailure<{ readonly answer: LookupAnswer }>;

/** The records, and what belongs to those who were found. */
interface Found {
  readonly findings: Findings;
  readonly belongings: RelatedFindings;
}

const NOTHING: RelatedFindings = { related: [], failures: [], tolerated: [], missing: [], forOneOnly: [] };
const NO_RELATED: FoundCustomer['related'] = new Map();

class LookupInHand {
  readonly #plan: LookupPlan;
  readonly #parameters: Parameters;
  readonly #viewer: ActingPerson;
  readonly #call: CallInHand;
  readonly #host: Host;

  constructor(plan: LookupPlan, parameters: Parameters, viewer: ActingPerson, call: CallInHand, host: Host) {
    this.#plan = plan;
    this.#parameters = parameters;
    this.#viewer = viewer;
    this.#call = call;
    this.#host = host;
  }

  async answer(): Promise<Result> {
    const { findings, belongings } = await this.#call.withinDeadline((signal) => this.#find(signal));
    const shown = this.#shown(findings, belongings);
    const fitting = fittingCustomers(shown.customers, shown.count);
    const result = this.#result(findings, belongings, shown, fitting);
    this.#audited(findings, shown, fitting);
    this.#log(findings, belongings, shown, result);
    return this.#call.explains
      ? { ...result, explanation: await this.#explained(findings, belongings, shown) }
      : result;
  }

  #audited({ records, step, log }: Findings, { count }: Shown, { customers }: FittingCustomers): void {
    // Contacts are those of the records that were chosen.
    const own = isAddressBook(this.#plan) ? [] : records;
    const { audit } = this.#host;
    if (audit === undefined || audit.keeps === 'nothing') return;
    this.#call.audited = { step, count, customers: customerIds(customers, own), sources: log.reports };
  }

  /** For an administrator at a terminal: nobody else needs the code for it. */
  async #explained(findings: Findings, belongings: RelatedFindings, { leftOut }: Shown): Promise<Explanation> {
    const { explanationOf } = await import('./explain.ts');
    const plan = this.#plan;
    const sources = plan.sources.map((name) => this.#host.source(name));
    const explanation = await this.#call.withinDeadline((signal) =>
      explanationOf(plan, findings, leftOut, {
        sources,
        discreet: this.#call.discreet,
        context: { signal, reference: this.#call.reference },
      }),
    );
    const missing = [...belongings.missing, ...belongings.forOneOnly];
    const told = { ...explanation, missing };
    if (!this.#call.records || isAddressBook(plan)) return told;
    const [{ rawLimits, rawRecords }, { madeFields }] = await Promise.all([
      import('./raw-records.ts'),
      import('./made-fields.ts'),
    ]);
    const { reference } = this.#call;
    const viewer = this.#viewer.userType;
    const first = findings.records.slice(0, rawLimits.customers);
    const shown = [...this.#customers({ ...findings, records: first }, belongings)];
    const made = first.map((record, at) => {
      const [parts, related] = [findings.parts[at] ?? [], belongings.related[at] ?? NO_RELATED];
      return { record, parts, related, shown: shown[at] ?? [] };
    });
    return {
      ...told,
      raw: rawRecords(plan, made, viewer),
      made: await this.#call.withinDeadline((signal) =>
        madeFields(plan, made, { viewer, missing, sources, context: { signal, reference } }),
      ),
    };
  }

  async #find(signal: AbortSignal): Promise<Found> {
    const plan = this.#plan;
    const sources = plan.sources.map((name) => this.#host.source(name));
    const { deadlineMs } = this.#host.plan().server;
    const context = { signal, reference: this.#call.reference };
    const call = { sources, parameters: this.#parameters, context, deadlineMs };
    if (isAddressBook(plan)) return { findings: await findContacts(plan, call), belongings: NOTHING };
    // Meanwhile, since most of them are known.
    const named = withRequestNames(this.#parameters, relatedPlaces(plan), this.#host, context);
    const findings = await findRecords(plan, call);
    const { records, log, failures } = findings;
    if (plan.related.length === 0 || records.length === 0) return { findings, belongings: NOTHING };
    const source = (name: string) => this.#host.source(name);
    const mayLack = plan.mergeBy.length > 0 && failures.length > 0;
    const belongings = await findRelated(plan, records, { ...call, parameters: await named, source, mayLack }, log);
    return { findings, belongings };
  }

  #shown(findings: Findings, belongings: RelatedFindings): Shown {
    const plan = this.#plan;
    const { userType } = this.#viewer;
    if (isAddressBook(plan)) {
      const { customers, more, ...leftOut } = contactsOf(plan, findings, this.#parameters, userType);
      return { customers, count: customers.length, more, leftOut };
    }
    const { records, more } = findings;
    return { customers: this.#customers(findings, belongings), count: records.length, more, leftOut: {} };
  }

  /** Each is made when it is asked for. */
  *#customers({ records, parts, completed }: Findings, { related }: RelatedFindings): Generator<Customer, void> {
    const plan = this.#plan;
    const meaningOf = meaningIn(plan.sources.map((name) => this.#host.source(name).plan));
    const tellsOrigins = plan.provenance || this.#call.provenance;
    for (const [index, record] of records.entries()) {
      const own = related[index] ?? NO_RELATED;
      const origins = tellsOrigins ? originsBy(parts[index] ?? [], own, record) : undefined;
      const isWhole = isWholeCustomer(plan, parts[index] ?? [], completed);
      yield customerOf({ record, related: own, isWhole, meaningOf, origins }, plan, this.#viewer.userType);
    }
  }

  /** Found something: the answer, with a word on what is missing. Found nothing: nobody only if every source said so. */
  #result(findings: Findings, belongings: RelatedFindings, { more }: Shown, fitting: FittingCustomers): Result {
    const { records, failures, log } = findings;
    const { reference, readOnly } = this.#call;
    if (records.length === 0 && failures.length > 0) return { failure: sourcesFailure(failures, reference) };
    const viewer = this.#viewer.userType;
    const notices = lookupNotices(this.#plan, { findings, belongings, more, reference, readOnly, viewer });
    const told = [...notices, ...fitting.notices, ...checkboxNotices(records, this.#plan, viewer), ...log.notices];
    return { answer: { columns: this.#plan.columns, customers: fitting.customers, notices: told } };
  }

  /** One line a lookup: enough to find out what happened, without what the customer is called. */
  #log(findings: Findings, belongings: RelatedFindings, { leftOut }: Shown, { failure }: Result): void {
    const { log } = this.#host;
    const { line: call, wholeLine, discreet, milliseconds } = this.#call;
    for (const [failed, words] of [
      [[...findings.failures, ...belongings.failures], 'a source failed'],
      [belongings.tolerated, 'an optional source failed'],
      [findings.log.replaced, 'a source failed; an older answer stands in'],
    ] as const) {
      for (const { source, error } of failed) {
        // That it rests was said when it began to.
        if (error instanceof Resting) continue;
        log.error({ ...call, source, ...failureFields(error, discreet) }, words);
      }
    }
    const { step, records, criteria } = findings;
    const sources = findings.log.reports;
    const values = this.#host.plan().log.customerValues ? { criteria } : {};
    const found = { sources, step, count: records.length };
    // V8 spreads an object with a computed name slowly: it would take a tenth of a lookup in a file.
    const line = Object.assign({}, wholeLine, found, leftOut, { milliseconds }, values);
    log.info(line, failure === undefined ? 'lookup' : 'lookup failed');
    if (isAddressBook(this.#plan) && findings.more && isScan(this.#plan, this.#parameters)) {
      log.warn(
        { ...call, records: SCAN_LIMIT },
        'highlighted contacts were looked for among the first records only; say addressBook: { highlighted: … }',
      );
    }
  }
}

/** What related records are asked by. */
export function relatedPlaces({ related }: Pick<LookupPlan, 'related'>): readonly string[] {
  return related.flatMap(({ where, except }) => [...where, ...except].flatMap(({ value }) => placesOf(value)));
}

/** Whether every source that may know something of a customer has said what it knows: only what is joined may lack something. */
function isWholeCustomer(plan: LookupPlan, parts: readonly SourcePart[], completed: readonly string[]): boolean {
  if (plan.mergeBy.length === 0) return true;
  const told = new Set([...parts.map(({ source }) => source.plan.name), ...completed]);
  return plan.sources.every((name) => told.has(name));
}
