/** A call of the API, and the HelpSpot that it is made to. */
import type { Answer, JsonStyle } from './answer.ts';
import type { HelpSpotData, StaffMember, StoredRequest } from './data.ts';
import { refused } from './failures.ts';
import { numberOf, type Parameters } from './parameters.ts';
import type { SearchRules } from './search.ts';

/** A call as it came, for tests to read. Tokens and passwords are left out, and the bodies of files. */
export interface LoggedCall {
  readonly method: string;
  readonly http: string;
  readonly output: string;
  readonly parameters: Readonly<Record<string, string | readonly string[]>>;
  /** Who it was made for; undefined for public methods, and for whom nobody was found. */
  xPerson: number | undefined;
  /** On the clock of `performance.now()`. */
  readonly at: number;
}

/** Something that a call made or changed. */
export interface LoggedWrite {
  readonly method: string;
  readonly xRequest: number;
  readonly parameters: LoggedCall['parameters'];
  readonly at: number;
}

/** A mail that HelpSpot would have sent. */
export interface Mail {
  readonly kind: 'customer' | 'staff' | 'external';
  readonly xRequest: number;
  readonly xMailbox: number;
  readonly to: readonly string[];
  readonly cc: readonly string[];
  readonly bcc: readonly string[];
  readonly subject: string;
  readonly text: string;
}

/** What is changed by administrators, and what has happened. Whatever is not `readonly` can be changed while it runs. */
export interface House {
  data: HelpSpotData;
  readonly search: SearchRules;
  readonly json: JsonStyle;
  /** Admin->Settings->Web Services API. */
  publicApi: boolean;
  privateApi: boolean;
  /** Whether tokens are taken, and which: token → staff member. */
  takesTokens: boolean;
  readonly tokens: Map<string, number>;
  /** HTTP Basic, and `username` and `password` in the address: off where SAML signs in. */
  takesPasswords: boolean;
  /** So many wrong sign-ins, and everybody who signs in gets a 003 until `wrongSignIns` is 0 again. */
  mostWrongSignIns: number;
  wrongSignIns: number;
  mode: 'normal' | 'maintenance' | 'trial-over';
  readonly calls: LoggedCall[];
  readonly writes: LoggedWrite[];
  readonly mails: Mail[];
  /** Calls that no gateway may make: trash, spam, merges, deletions, passwords; and credentials in an address. */
  readonly scandals: string[];
}

/** A call that is being answered. */
export interface Call {
  readonly house: House;
  readonly parameters: Parameters;
  readonly origin: string;
  readonly logged: LoggedCall;
}

/** A call with the staff member whom it is made for. */
export interface PrivateCall extends Call {
  readonly person: StaffMember;
}

/** A method of the API. */
export interface Method<C extends Call> {
  /** A method that makes something takes parameters of a POST only. */
  readonly http: 'GET' | 'POST';
  /** Each that is missing is a 101. */
  readonly required?: readonly string[];
  answer(call: C): Answer;
}

/** Methods by their names. */
export type Methods<C extends Call> = Readonly<Record<string, Method<C>>>;

/** Whether a staff member may see a request. */
export function sees({ sees, xPerson }: StaffMember, request: StoredRequest): boolean {
  if (sees === 'everything') return true;
  return sees === 'assigned' ? request.xPersonAssignedTo === xPerson : sees.includes(request.xCategory);
}

/** The request of `xRequest`, or the one that it was merged into. @throws {Refusal} 103 where there is none that may be seen */
export function requestOf({ house, parameters, person }: PrivateCall): StoredRequest {
  const found = requestNumbered(house.data, person, numberOf(parameters, 'xRequest'));
  if (found === undefined) throw refused(103);
  return found;
}

/** The same, for a change. @throws {Refusal} 208 for one that was merged */
export function requestToChange(call: PrivateCall): StoredRequest {
  const asked = numberOf(call.parameters, 'xRequest');
  if (asked !== undefined && call.house.data.merged.has(asked)) throw refused(208);
  return requestOf(call);
}

/** A request by its number, that of a merged one leading to the other. */
export function requestNumbered(
  data: HelpSpotData,
  person: StaffMember,
  asked: number | undefined,
): StoredRequest | undefined {
  if (asked === undefined) return undefined;
  const xRequest = data.merged.get(asked) ?? asked;
  return data.requests.find((request) => request.xRequest === xRequest && sees(person, request));
}

/** Notes down what a call has made. */
export function wrote({ house, logged }: Call, xRequest: number): void {
  const { method, parameters } = logged;
  house.writes.push({ method, xRequest, parameters, at: performance.now() });
}
