/**
 * The kinds of failure that are not our bug. Everything else that is thrown is a bug and is reported as one (see
 * `failure.ts`, the one place that formats failures).
 */

import { brand } from './brand.ts';

/**
 * What went wrong at a source:
 * - `unreachable`: no connection, refused, name unknown, TLS failed, connection lost;
 * - `timeout`: no answer before the deadline;
 * - `unauthorized`: our credentials or permissions were refused;
 * - `rate-limited`: the system asks us to slow down;
 * - `busy`: the system is there and did not take this call: locked, in maintenance (503), its queue is full. It comes back by
 *   itself; nothing was done, and the same call is made again (`retryAfterMs`: not before then);
 * - `rejected`: the system understood and said no (bad base DN, unknown table …);
 * - `not-found`: what a push names is not there: no such customer, no such project. A `find` that finds nobody gives an
 *   empty list, and `details` of what is not there is undefined: neither is a failure;
 * - `bad-response`: an answer that is not what the system's documentation promises.
 */
export type SourceErrorKind =
  | 'unreachable'
  | 'timeout'
  | 'unauthorized'
  | 'rate-limited'
  | 'busy'
  | 'rejected'
  | 'not-found'
  | 'bad-response';

/** Options of {@link SourceError}. */
export interface SourceErrorOptions {
  /** The error of the vendor's library, for the log. */
  readonly cause?: unknown;
  /** For `rate-limited` and `busy`: how long the system asked us to wait, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
  /**
   * What the other system itself said, in its own words: "project unknown". No secret. Staff read it where what they
   * pushed was refused: in quotes, on one line, cut, and without the values of the request.
   */
  readonly said?: string | undefined;
  /**
   * What an administrator does about it, one sentence in the imperative. Shown by
   * `helpspot-gateway check` and in the log, not to staff.
   */
  readonly remedy?: string | undefined;
  /**
   * What staff read after the name of the system, where the words of the kind would name the wrong culprit: "cannot be
   * read; tell your administrator". No secret, no host, no path.
   */
  readonly staffWords?: string | undefined;
  /**
   * True when nothing of the call can have been done: it did not reach the other system (the connection was refused, the
   * name is unknown), or the system said that it did not take it (503). Matters to a push: it can be sent again without
   * doing it twice.
   */
  readonly unsent?: boolean;
  /**
   * True when the same call would get the same answer: a 200 without the id that the settings promise, a redirect, a number
   * that is nothing there. A push is then not repeated because of `whenUnclear: repeat`, which is for outages, and one that
   * is `rejected` is not tried again.
   */
  readonly lasting?: boolean;
  /**
   * True when the system wants no pushes any more (410 Gone): nothing more is sent to the push target until the
   * configuration is read again, or a person asks for it.
   */
  readonly gone?: boolean;
}

/** A source failed. `message` says what and where for the administrator, without any secret. */
export class SourceError extends Error {
  override readonly name = 'SourceError';
  readonly kind: SourceErrorKind;
  readonly said: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly remedy: string | undefined;
  readonly unsent: boolean;
  readonly lasting: boolean;
  readonly gone: boolean;
  readonly staffWords: string | undefined;

  constructor(kind: SourceErrorKind, message: string, options: SourceErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.kind = kind;
    this.said = options.said;
    this.retryAfterMs = options.retryAfterMs;
    this.remedy = options.remedy;
    this.unsent = options.unsent ?? false;
    this.lasting = options.lasting ?? false;
    this.gone = options.gone ?? false;
    this.staffWords = options.staffWords;
  }
}
brand(SourceError, 'SourceError');

const SAID_NO: ReadonlySet<SourceErrorKind> = new Set([
  'unauthorized',
  'rate-limited',
  'busy',
  'rejected',
  'not-found',
]);
/** Said of what was asked or pushed, and not of the system: the next call may fare otherwise. */
const OF_THIS_CALL: ReadonlySet<SourceErrorKind> = new Set(['rejected', 'not-found']);

/** Whether the system understood a call and does not want what is in it: that of another call it may take. */
export function isRefusal(error: unknown): boolean {
  return error instanceof SourceError && OF_THIS_CALL.has(error.kind);
}

/** Whether a failed call certainly changed nothing at the other system: it was not sent, or the system said no. */
export function surelyNotDone(error: unknown): boolean {
  return error instanceof UserError || (error instanceof SourceError && (error.unsent || SAID_NO.has(error.kind)));
}

/**
 * A mistake of the person who configures or calls: a configuration that cannot work, a wrong option, an unknown lookup.
 * `message` names what is wrong, where, and what to write instead; it is shown without a stack trace.
 */
export class UserError extends Error {
  override readonly name = 'UserError';
}
brand(UserError, 'UserError');

/**
 * What is wrong with the store of pushes:
 * - `busy`: another program uses it just now; it passes by itself;
 * - `gone`: the file was removed or replaced while it was open;
 * - `unusable`: the disk is full or fails, the file is damaged or may not be written.
 */
export type StoreErrorKind = 'busy' | 'gone' | 'unusable';

/** The store's file, its disk, or another program that uses it is to blame; never a bug of the gateway, nor a slow call. */
export class StoreError extends UserError {
  readonly kind: StoreErrorKind;

  constructor(kind: StoreErrorKind, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.kind = kind;
  }
}
