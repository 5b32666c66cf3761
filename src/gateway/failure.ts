/** The one place that says a failure in words: to staff, to administrators and to the log. */
import { DeadlineExceeded, SourceError, type SourceErrorKind, StoreError, UserError } from '../contract/index.ts';
import { ago, clock, soon } from '../kit/text/index.ts';
import type { Failure } from './outcome.ts';

/** What staff read after the name of the system, and the HTTP status that says the same. */
const OF_KIND: Readonly<Record<SourceErrorKind, { readonly words: string; readonly status: number }>> = {
  unreachable: { words: 'did not answer; try again in a minute', status: 503 },
  timeout: { words: 'did not answer in time; try again in a minute', status: 504 },
  unauthorized: { words: 'refused the credentials of the gateway; tell your administrator', status: 502 },
  'rate-limited': { words: 'asks us to slow down; try again in a minute', status: 503 },
  busy: { words: 'is busy; try again in a minute', status: 503 },
  rejected: { words: 'refused the search; tell your administrator', status: 502 },
  'not-found': { words: 'has no such customer or thing; see whether it was removed there', status: 502 },
  'bad-response': {
    words: 'gave an answer that the gateway does not understand; tell your administrator',
    status: 502,
  },
};

/** What staff read when a source fails, without the reference: "Active Directory did not answer; try again in a minute". */
export function staffWords(title: string, error: unknown): string {
  if (error instanceof SourceError) {
    const seconds = retrySeconds(error);
    if (seconds !== undefined && error.staffWords === undefined) {
      const wait = waitInWords(seconds);
      if (error.kind === 'rate-limited') return `${title} asks us to slow down; try again in ${wait}`;
      if (error.kind === 'busy') return `${title} is busy; try again in ${wait}`;
    }
    return `${title} ${error.staffWords ?? OF_KIND[error.kind].words}`;
  }
  if (error instanceof UserError) return `${title} is not set up correctly; tell your administrator`;
  return `${title} could not be asked because of an error in the gateway; tell your administrator`;
}

const SINCE: Readonly<Record<SourceErrorKind, string>> = {
  unreachable: 'has not answered since',
  timeout: 'has not answered in time since',
  unauthorized: 'has refused the credentials of the gateway (tell your administrator) since',
  'rate-limited': 'has asked us to slow down since',
  busy: 'has been busy since',
  rejected: 'has refused the search (tell your administrator) since',
  'not-found': 'has had no such customer or thing since',
  'bad-response': 'has given answers that the gateway does not understand (tell your administrator) since',
};

/** What staff can do about a store that cannot be used. */
export function storeAdvice({ kind }: StoreError): string {
  return kind === 'busy' ? 'try again in a minute' : 'tell your administrator';
}

/** What staff read of a source that rests: "has not answered since 12:04; it is asked again in 40 seconds". */
export function restWords({ kind, staffWords }: SourceError, since: number, nextAt: number): string {
  const again = `it is asked again ${soon(nextAt)}`;
  if (staffWords === undefined) return `${SINCE[kind]} ${clock(since)}; ${again}`;
  const [fault = '', ...advice] = staffWords.split('; ').filter((part) => !part.startsWith('try again'));
  return [`${fault} since ${clock(since)}`, ...advice, again].join('; ');
}

/**
 * What staff read when an old answer stands in: "Active Directory did not answer; this is from 11:58, 6 minutes ago".
 * @param missing what it has none of: "nobody was found in its copy from 11:58, 6 minutes ago"
 */
export function staleWords(title: string, error: unknown, at: number, missing?: 'nobody' | 'nothing'): string {
  // "Try again" is no advice to one who has an answer.
  const words = staffWords(title, error).replace(/; try again in [^;]*$/, '');
  const what = missing === undefined ? 'this is from' : `${missing} was found in its copy from`;
  return `${words}; ${what} ${clock(at)}, ${ago(at)}`;
}

/** What an old answer said, which may have been asked for several times: step by step. */
export class StandIns {
  readonly #bySource = new Map<string, { readonly error: unknown; readonly at: number; readonly count: number }>();

  /**
   * @param at when it was current
   * @returns what staff read of the source from now on, in the place of what they would have read before
   */
  add(
    source: { readonly name: string; readonly title: string },
    { error, at, count }: { readonly error: unknown; readonly at: number; readonly count: number },
    missing: 'nobody' | 'nothing',
  ): string {
    const before = this.#bySource.get(source.name);
    const all = {
      error: before?.error ?? error,
      at: Math.min(at, before?.at ?? at),
      count: count + (before?.count ?? 0),
    };
    this.#bySource.set(source.name, all);
    return staleWords(source.title, all.error, all.at, all.count === 0 ? missing : undefined);
  }
}

/** "7 seconds", "15 minutes", "24 hours": what a person can use, and never less than was asked for. */
function waitInWords(seconds: number): string {
  if (seconds === 1) return '1 second';
  if (seconds <= 120) return `${seconds} seconds`;
  const minutes = Math.ceil(seconds / 60);
  return minutes <= 120 ? `${minutes} minutes` : `${Math.ceil(minutes / 60)} hours`;
}

/** A failure for staff: one sentence, or several, and the reference. */
export function failureOf(sentences: readonly string[], reference: string, status: number): Failure {
  return { message: `${sentences.join('. ')} (ref ${reference})`, status };
}

/** The failure of a lookup whose sources failed. `failed` is not empty; the first gives the status. */
export function sourcesFailure(
  failed: readonly { readonly title: string; readonly error: unknown }[],
  reference: string,
): Failure {
  const sentences = failed.map(({ title, error }) => staffWords(title, error));
  const waits = failed.map(({ error }) => retrySeconds(error)).filter((wait) => wait !== undefined);
  const failure = failureOf(sentences, reference, statusOf(failed[0]?.error));
  return waits.length === 0 ? failure : { ...failure, retryAfterSeconds: Math.max(...waits) };
}

function statusOf(error: unknown): number {
  return error instanceof SourceError ? OF_KIND[error.kind].status : 500;
}

/** The HTTP status of a failure of which only the kind is known any more. */
export function statusOfKind(kind: string): number {
  return Object.entries(OF_KIND).find(([name]) => name === kind)?.[1].status ?? 500;
}

function retrySeconds(error: unknown): number | undefined {
  if (!(error instanceof SourceError) || error.retryAfterMs === undefined) return undefined;
  return Math.max(1, Math.ceil(error.retryAfterMs / 1000));
}

/**
 * What the log and `check` say of a failure: the message, how to mend it; for a bug the stack too.
 * @param discreet takes the values of the call in hand out of what the other system said
 */
export function failureFields(
  error: unknown,
  discreet: (text: string) => string = unchanged,
): { kind: string; problem: string; remedy?: string; stack?: string } {
  if (error instanceof SourceError) {
    const fields = { kind: error.kind, problem: discreet(withCause(error)) };
    return error.remedy === undefined ? fields : { ...fields, remedy: discreet(error.remedy) };
  }
  if (error instanceof StoreError) return { kind: 'store', problem: error.message };
  if (error instanceof UserError) return { kind: 'configuration', problem: error.message };
  const stack = error instanceof Error ? error.stack : undefined;
  const fields = { kind: 'bug', problem: discreet(error instanceof Error ? error.message : String(error)) };
  return stack === undefined ? fields : { ...fields, stack: discreet(stack) };
}

function unchanged(text: string): string {
  return text;
}

/** The same as one text, for a table and for a terminal. */
export function failureText(error: unknown): string {
  const { problem, remedy, kind } = failureFields(error);
  const text = kind === 'bug' ? `a bug in the gateway or the adapter: ${problem}` : problem;
  return remedy === undefined ? text : `${text}; ${remedy}`;
}

// Vendor libraries put the telling words (ECONNREFUSED, an AADSTS code) into the cause.
function withCause(error: SourceError): string {
  const cause = error.cause;
  if (!(cause instanceof Error) || cause.message === '' || error.message.includes(cause.message)) return error.message;
  return `${error.message} (${cause.message})`;
}

/** The word for a failure where figures are kept: its kind, or `bug`. */
export function failureKind(error: unknown): string {
  return error instanceof SourceError ? error.kind : 'bug';
}

/** What a call that was given up counts as: its own error, or a time-out of the source. */
export function asSourceError(error: unknown, signal: AbortSignal, what: string): unknown {
  if (error instanceof SourceError || error instanceof UserError) return error;
  if (signal.aborted && signal.reason instanceof DeadlineExceeded) {
    return new SourceError('timeout', `${what}: ${signal.reason.message}`, { cause: signal.reason });
  }
  if (error instanceof Error || error === signal.reason) return error;
  return new Error(`${what} threw ${shownValue(error)}, which is no Error; throw a SourceError`);
}

/** Some values cannot be made a text. */
function shownValue(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return `something of type ${typeof value}`;
  }
}
