/**
 * Lookups that are an address book (manual, chapter 1.3): contacts to whom mail
 * can be sent, each once, and whoever is to be listed first when nobody in
 * particular is looked for. The manual names no parameters of its own for the
 * address book; it asks the same lookups with the same parameters.
 */
import {
  type Criterion,
  emailAddresses,
  emailForm,
  meets,
  ownValue,
  type SourceRecord,
  saysYes,
} from '../../contract/index.ts';
import type { UserType } from '../../helpspot/acting-person.ts';
import type { Content, Customer } from '../../helpspot/answer.ts';
import type { Parameters } from '../../helpspot/parameters.ts';
import { STANDARD_ELEMENTS } from '../../helpspot/xml-name.ts';
import { meaningIn, textsOf } from './contents.ts';
import { customerOf, type FoundCustomer } from './fields.ts';
import { parametersOf } from './match-steps.ts';
import type { AddressBookPlan, LookupPlan } from './plan.ts';
import { type Findings, findRecords, type LookupCall, listRecords } from './search.ts';

/** A lookup that is an address book. */
export type ContactsPlan = LookupPlan & { readonly addressBook: AddressBookPlan };

/** What is shown of the records that were found. */
export interface Contacts {
  readonly customers: readonly Customer[];
  /** Whether there are more than the lookup's limit. */
  readonly more: boolean;
  /** Records that were left out, because mail cannot be sent to them. */
  readonly withoutEmail: number;
  /** Records that were left out, because their address is another contact's. */
  readonly duplicates: number;
}

const EMAIL = 'email';
const HIGHLIGHT = 'highlight';
const meaningOf = meaningIn([]);
/** A list of addresses has none. */
const NO_RELATED: FoundCustomer['related'] = new Map();

/**
 * So many records of a source are looked through for highlighted ones when the
 * source cannot be asked for them: the first page or two of most systems, and
 * well within a deadline. More is what `addressBook.highlighted` is for.
 */
export const SCAN_LIMIT = 1_000;

/** Records that are read for each contact that is shown: some have no address, and some an address that another has. */
const READ_FOR_ONE = 4;

/** Whether this lookup is an address book. */
export function isAddressBook(plan: LookupPlan): plan is ContactsPlan {
  return plan.addressBook !== undefined;
}

/** Finds what was searched; without a search, whoever may be highlighted. Throws only for a bug of ours. */
export function findContacts(plan: ContactsPlan, call: LookupCall): Promise<Findings> {
  const reading = { ...plan, limit: Math.min(plan.limit * READ_FOR_ONE, Math.max(plan.limit, SCAN_LIMIT)) };
  if (isSearch(plan, call.parameters)) return findRecords(reading, call);
  const { highlighted } = plan.addressBook;
  if (highlighted !== undefined) return listRecords(reading, highlighted, call);
  // Where nobody can be highlighted, nobody need be asked.
  const sources = showsHighlight(plan) ? call.sources : [];
  return listRecords({ ...plan, limit: SCAN_LIMIT }, [], { ...call, sources });
}

/** The contacts among the records that {@link findContacts} found. Highlighted ones come first, so that the limit does not cut them off. */
export function contactsOf(
  plan: ContactsPlan,
  findings: Findings,
  parameters: Parameters,
  viewer: UserType | undefined,
): Contacts {
  const isListing = !isSearch(plan, parameters);
  const wasAsked = isListing && plan.addressBook.highlighted !== undefined;
  const byEmail = new Map<string, Contact>();
  let withoutEmail = 0;
  let duplicates = 0;
  for (const record of findings.records) {
    const customer = customerOf({ record, related: NO_RELATED, isWhole: true, meaningOf }, plan, viewer);
    const isHighlighted = wasAsked || isMarked(customer) || meetsAll(record, plan.addressBook.highlighted);
    if (isListing && !isHighlighted) continue;
    const email = emailOf(customer);
    if (email === undefined) {
      withoutEmail += 1;
      continue;
    }
    const key = emailForm(email);
    const known = byEmail.get(key);
    if (known === undefined) byEmail.set(key, { customer, email, isHighlighted });
    else {
      duplicates += 1;
      if (isHighlighted) byEmail.set(key, { ...known, isHighlighted });
    }
  }
  const all = [...byEmail.values()];
  const ordered = [...all.filter((one) => one.isHighlighted), ...all.filter((one) => !one.isHighlighted)];
  const more = ordered.length > plan.limit || (findings.more && !isScan(plan, parameters));
  return { customers: ordered.slice(0, plan.limit).map(shownContact), more, withoutEmail, duplicates };
}

/** Whether a source was read from its beginning, for want of a way to ask it. */
export function isScan(plan: ContactsPlan, parameters: Parameters): boolean {
  return !isSearch(plan, parameters) && plan.addressBook.highlighted === undefined;
}

/** A contact before it is written. */
interface Contact {
  readonly customer: Customer;
  readonly email: string;
  readonly isHighlighted: boolean;
}

/** Whether anything was sent that somebody may have typed. Who is logged in, and the request's own fields, are no search. */
function isSearch(plan: LookupPlan, parameters: Parameters): boolean {
  // HelpSpot sends in these what somebody typed, whether or not a lookup searches by all of them.
  const names = new Set([...STANDARD_ELEMENTS, ...plan.match.flatMap(parametersOf)]);
  return [...names].some((name) => (parameters[name] ?? '').trim() !== '');
}

function showsHighlight({ fields, otherFields }: LookupPlan): boolean {
  const own = fields?.find(({ element }) => element === HIGHLIGHT);
  return own === undefined ? fields === undefined || otherFields : own.content.kind !== 'hidden';
}

/** HelpSpot takes 1 for "listed first"; anything else that it gets under this name, it might take for it too. */
function shownContact({ customer, email, isHighlighted }: Contact): Customer {
  const fields = customer.flatMap((field) => {
    if (field.name === HIGHLIGHT) return [];
    return field.name === EMAIL ? [{ name: EMAIL, content: textContent(email) }] : [field];
  });
  return isHighlighted ? [...fields, { name: HIGHLIGHT, content: textContent('1') }] : fields;
}

function textContent(text: string): Content {
  return { kind: 'text', text };
}

function isMarked(customer: Customer): boolean {
  return customer.some(({ name, content }) => name === HIGHLIGHT && textsOf(content).some(isMark));
}

/** What is no no marks somebody: `VIP`, `since 2019`. */
function isMark(text: string): boolean {
  return saysYes(text) !== false;
}

function meetsAll(record: SourceRecord, criteria: readonly Criterion[] | undefined): boolean {
  return criteria?.every((criterion) => meets(record, criterion) || isSameFlag(record, criterion)) ?? false;
}

/** One system writes a flag as 1, searches for it as 1, and gives it as `true`. */
function isSameFlag(record: SourceRecord, { field, value }: Criterion): boolean {
  return ownValue(record, field) === isMark(value);
}

/** The first mail address in the element: the field may hold several, or a name with it. */
function emailOf(customer: Customer): string | undefined {
  const content = customer.find(({ name }) => name === EMAIL)?.content;
  if (content === undefined) return undefined;
  return textsOf(content).flatMap(emailAddresses)[0];
}
