/** What the audit says of a call. */
import { type SourceRecord, textOf } from '../../contract/index.ts';
import { type ActingPerson, actingPerson } from '../../helpspot/acting-person.ts';
import type { Customer } from '../../helpspot/answer.ts';
import type { Failure, SourceReport } from '../outcome.ts';
import { AUDIT_LIMITS, type AuditEntry, type AuditedState, type AuditKind, type NewAuditEntry } from './entry.ts';

/** What is known of a call by who answers it. */
export interface AuditedCall {
  readonly step?: string | undefined;
  readonly customers?: readonly string[];
  readonly things?: readonly string[];
  readonly count?: number;
  readonly sources?: readonly SourceReport[];
  /** The name that the configuration does not have, as it may be shown. */
  readonly unknown?: string;
}

/** A call, as it was asked and as it ended. */
interface EndedCall {
  readonly reference: string;
  readonly startedAt: number;
  readonly milliseconds: number;
  readonly audited: AuditedCall;
}

/** The entry of a call that was refused before it was looked at: the configuration has nothing of that name. */
export function entryOfUnknown(
  kind: AuditKind,
  shown: string,
  { via = 'http', caller = '' }: { readonly via?: 'http' | 'command-line' | 'console'; readonly caller?: string },
): NewAuditEntry {
  const who = via === 'console' ? { personName: caller } : { caller };
  return { at: Date.now(), kind, name: shown, outcome: 'unknown', status: 404, via, ...who };
}

/** HelpSpot's name for the number of a customer. */
const ID = 'customer_id';

/** The ids of customers as HelpSpot gets them; where the viewer must not see them, as the source has them. Those without one are left out. */
export function customerIds(customers: readonly Customer[], records: readonly SourceRecord[]): readonly string[] {
  const ids: string[] = [];
  for (const [index, customer] of customers.slice(0, AUDIT_LIMITS.ids).entries()) {
    const content = customer.find(({ name }) => name === ID)?.content;
    const hidden = records[index]?.[ID];
    const id = content?.kind === 'text' ? content.text : hidden === undefined ? '' : textOf(hidden);
    if (id !== '') ids.push(id);
  }
  return ids;
}

/** Nobody waits for the answer any more. */
const GONE = 499;
/** Of the number of a request: HelpSpot's have some digits. */
const LONGEST_REQUEST = 40;
/** Who clicks, and where: that is said by itself. */
const NOT_SEARCHED = /^(?:acting_person_|request$|xRequest$)/;

/**
 * The entry of a call. Of what HelpSpot sent it has who clicked and the number of the request, of the answer the ids: no
 * words of a failure, which may quote what was searched for.
 */
export function entryOfCall(
  kind: AuditKind,
  asked: {
    readonly name: string;
    readonly sent?: Readonly<Record<string, string>>;
    readonly actingPerson?: ActingPerson;
  },
  { via, caller }: { readonly via?: 'http' | 'command-line' | 'console'; readonly caller?: string },
  { reference, startedAt, milliseconds, audited }: EndedCall,
  failure: Failure | undefined,
  keepsValues: boolean,
): NewAuditEntry {
  const { sent = {} } = asked;
  const { id, firstName, lastName } = asked.actingPerson ?? actingPerson(sent);
  const { unknown, count = 0 } = audited;
  const clicked = lastName === undefined ? (firstName ?? '') : `${firstName ?? ''} ${lastName}`.trim();
  // Somebody who is signed in can type any acting person, to see what that person would.
  const isSignedIn = via === 'console';
  const isSearch = kind === 'lookup' || kind === 'ajax';
  // Written out: V8 spreads objects slowly, and every lookup comes here.
  return {
    at: startedAt,
    kind,
    name: unknown ?? asked.name,
    personId: isSignedIn ? undefined : id,
    personName: isSignedIn ? caller : clicked,
    request: (sent['request'] || sent['xRequest'] || '').trim().slice(0, LONGEST_REQUEST),
    step: audited.step,
    customers: audited.customers,
    things: audited.things,
    count,
    sources: (audited.sources ?? []).map((report) => ({ source: report.source, state: stateOf(report) })),
    outcome: outcomeOf(isSearch, count, failure, unknown),
    status: failure?.status,
    reference,
    caller: isSignedIn ? undefined : caller,
    via,
    milliseconds,
    values: isSearch && keepsValues ? searched(sent) : undefined,
  };
}

function outcomeOf(
  isSearch: boolean,
  count: number,
  failure: Failure | undefined,
  unknown: string | undefined,
): AuditEntry['outcome'] {
  if (unknown !== undefined) return 'unknown';
  if (failure !== undefined) return failure.status === GONE ? 'gone' : 'failed';
  if (!isSearch) return 'done';
  return count > 0 ? 'found' : 'nobody';
}

function stateOf({ answer, failed }: SourceReport): AuditedState {
  if (answer === 'rests') return 'rested';
  if (answer === 'late' || answer === 'stale') return answer;
  return failed ? 'failed' : 'answered';
}

function searched(sent: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(sent).filter(([name]) => !NOT_SEARCHED.test(name)));
}
