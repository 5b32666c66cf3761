/** What the gateway gives back: a result that knows no transport. `http/` and `cli/` turn it into statuses and bytes. */
import type { AjaxAnswer, AjaxEncoding } from '../helpspot/ajax-answer.ts';
import type { LookupAnswer } from '../helpspot/answer.ts';

/** Why a call could not be answered, in words for the staff member. */
export interface Failure {
  /** What failed, what to do, and the reference: "Active Directory did not answer; try again in a minute (ref 4f2a)". */
  readonly message: string;
  /** HTTP status that says the same: 400, 401, 403, 404, 429, 500, 502, 503, 504; 499 when nobody waits for it. */
  readonly status: number;
  /** Seconds after which a repeat makes sense, for `Retry-After`. */
  readonly retryAfterSeconds?: number;
}

/** What was made of a call, or why nothing was: one of both. */
export type OrFailure<Made> =
  | (Made & { readonly failure?: undefined })
  | ({ readonly failure: Failure } & { readonly [Key in keyof Made]?: undefined });

/** How one source took part in a lookup, for the log line. */
export interface SourceReport {
  readonly source: string;
  readonly milliseconds: number;
  readonly count: number;
  readonly failed: boolean;
  /** Where it was not simply asked: from the cache (`stale`: it failed), not asked because it `rests`, or not waited for. */
  readonly answer?: 'fresh' | 'stale' | 'rests' | 'late';
}

/** One question to one source, or why a match step was not asked at all. */
export interface AskedStep {
  /** `email`, `first_name+last_name`. */
  readonly step: string;
  /** Undefined: no source was asked. */
  readonly source?: string;
  readonly milliseconds?: number;
  readonly count?: number;
  /** Why there is no count. */
  readonly problem?: string | undefined;
  /** From the cache. */
  readonly answer?: 'fresh' | 'stale' | undefined;
  /** Why nobody can be found so, as far as is known of the source. */
  readonly never?: string | undefined;
}

/** One record of one source, before it was mapped. */
export interface RawRecord {
  /** The place of the customer in the answer, from 0. */
  readonly customer: number;
  readonly source: string;
  /** What belongs to the customer has a name, and a place among its like, from 0. */
  readonly related?: { readonly name: string; readonly place: number };
  readonly fields: readonly RawField[];
}

/** One field of it. */
export interface RawField {
  readonly name: string;
  /** As text; undefined where who asks does not see it in the answer either. */
  readonly value: string | undefined;
  /** The elements that are made of it and that who asks may see. */
  readonly elements: readonly string[];
  /** Whether the lookup makes no element of it for anybody. */
  readonly isUnused: boolean;
}

/** One column of which an element is made. */
export interface RawValue {
  /** The source that gave it; undefined: none did. */
  readonly source: string | undefined;
  /** As the source calls it; of related records their name. */
  readonly column: string;
  /** `hidden`: who asks does not see it; `absent`: no source gave it. */
  readonly state: 'given' | 'empty' | 'hidden' | 'absent' | 'related';
  /** As text; only where it is `given`. */
  readonly value?: string;
}

/** How one element of one customer was made. */
export interface MadeField {
  /** The place of the customer in the answer, from 0. */
  readonly customer: number;
  /** As the lookup calls it; the writer mends what is no name of an element. */
  readonly element: string;
  /** In the words of the configuration; empty: under its own name, as no rule says otherwise. */
  readonly rule: string;
  readonly from: readonly RawValue[];
  /** As text, before it is written for HelpSpot. Undefined: it is empty, and `why` says why. */
  readonly value: string | undefined;
  readonly why: string | undefined;
}

/** How an answer came about, for an administrator. */
export interface Explanation {
  readonly steps: readonly AskedStep[];
  /** Records that the sources gave, customers that they were joined to, and how many of these were within the limit. */
  readonly records: number;
  readonly customers: number;
  readonly shown: number;
  /** What the join and the limit made of the records: a sentence each, without any value of a customer. */
  readonly notes?: readonly string[];
  /** Names of related records that are not known, because a source failed or was not asked. */
  readonly missing?: readonly string[];
  /** The names of all fields that the records shown have. */
  readonly fields?: readonly string[];
  /** What the customers shown were put together of; only where that was asked for. */
  readonly raw?: readonly RawRecord[];
  /** How the elements of the customers in `raw` were made. */
  readonly made?: readonly MadeField[];
}

/** The result of one lookup. */
export type LookupOutcome = {
  readonly reference: string;
  readonly explanation?: Explanation | undefined;
} & OrFailure<{ readonly answer: LookupAnswer }>;

/** The result of one call of an AJAX selection field. */
export type AjaxOutcome = {
  readonly reference: string;
  /** How both are to be written. */
  readonly encoding: AjaxEncoding;
} & OrFailure<{ readonly answer: AjaxAnswer }>;

/** One row of `helpspot-gateway check` and of `/readyz`. */
export interface CheckRow {
  readonly source: string;
  readonly adapter: string;
  readonly ok: boolean;
  /** What is wrong and how to mend it, without any secret; empty when ok. */
  readonly problem: string;
  /** What is wrong with its data though it answers: lines that were left out. Absent when nothing is known. */
  readonly warnings?: readonly string[];
  /** Of a source that rests after failures: since when it has failed, and when it is asked again (ISO 8601). */
  readonly since?: string;
  readonly nextAt?: string;
  /** Of a source with an index: from when that is (ISO 8601). */
  readonly indexedAt?: string;
  readonly milliseconds: number;
}

/** Something that an administrator must know. */
export interface Finding {
  /** Where in the configuration: `lookups.default.match[2]`. */
  readonly where: string;
  /** `error`: it cannot work. `warning`: somebody should look at it. */
  readonly weight: 'error' | 'warning';
  /** What is wrong and what to do, without any value of a customer. */
  readonly sentence: string;
}
