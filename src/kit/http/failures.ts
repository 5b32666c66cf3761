/** What the failures of a web system mean to an administrator. */
import { SourceError } from '../../contract/index.ts';
import { endOf } from '../wait/index.ts';
import { tooLarge } from './answer.ts';
import { ABORTED, type ExchangeFailure, TOO_LARGE } from './exchange.ts';
import { isThrottled, retryAfterMs } from './retry.ts';
import type { HttpAnswer } from './types.ts';
import { titleOf, told } from './words.ts';

const CERTIFICATE_CODES = /CERT|SELF_SIGNED|UNABLE_TO_|UND_ERR_PRX_TLS/;
const TLS_CODES = /^ERR_(TLS|SSL)|^EPROTO$/;
const NO_HTTP_CODES = /^HPE|^UND_ERR_HEADERS_OVERFLOW$/;

const SAYINGS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its name is not known here',
  EAI_AGAIN: 'its name is not known here',
  UND_ERR_CONNECT_TIMEOUT: 'the connection took too long',
  UND_ERR_CLOSED: 'the source is closed',
  UND_ERR_DESTROYED: 'the source is closed',
};

/** Where a request went, for messages. */
export interface Destination {
  /** The name of the system. */
  readonly system: string;
  readonly host: string;
  readonly maxBytes: number;
  /** An earlier attempt of the same request may have reached the system. */
  readonly maybeDone: boolean;
}

/**
 * There was no answer, or not a whole one.
 * @param signal of the request, whose reason is given when it ended the exchange for another reason than time
 */
export function asConnectionFailure(failure: ExchangeFailure, place: Destination, signal: AbortSignal): unknown {
  const { system, host, maxBytes, maybeDone } = place;
  const { code, started, answered, proxyStatus } = failure;
  const unsent = !started && !maybeDone;
  if (code === ABORTED) {
    const message = started ? `${system} did not answer in time` : `there was no connection to ${host} in time`;
    return endOf(signal, message, unsent);
  }
  if (code === TOO_LARGE) return tooLarge(system, maxBytes);
  if (proxyStatus !== undefined) return refusedByProxy(host, proxyStatus, unsent);
  if (code === 'UND_ERR_INVALID_ARG') {
    return new SourceError('rejected', `the request to ${system} cannot be written: ${failure.message}`, {
      unsent,
      remedy: 'check the credentials for line breaks and characters that no header can have',
    });
  }
  if (NO_HTTP_CODES.test(code)) {
    return new SourceError('bad-response', `${host} answers with what is no HTTP (${code})`, {
      remedy: 'check the address and its port',
    });
  }
  if (started) return lost(system, host, answered, code);
  return notReached(failure, host, unsent);
}

function lost(system: string, host: string, answered: boolean, code: string): SourceError {
  const when = answered ? 'in the middle of the answer' : 'before it answered';
  return new SourceError('unreachable', `${system} broke off the connection ${when} (${host}, ${code || 'no code'})`);
}

function refusedByProxy(host: string, status: number, unsent: boolean): SourceError {
  return new SourceError('unreachable', `the proxy does not connect to ${host} (it answered ${status})`, {
    unsent,
    remedy:
      status === 407
        ? 'write the user name and password into the address of the proxy: http://name:password@proxy:3128'
        : `let the proxy connect to ${host}, or write proxy: none at the source`,
  });
}

function notReached({ code, message }: ExchangeFailure, host: string, unsent: boolean): SourceError {
  const unreachable = (text: string, remedy: string) => new SourceError('unreachable', text, { unsent, remedy });
  if (CERTIFICATE_CODES.test(code)) {
    return unreachable(
      `the certificate of ${host} is not trusted (${code})`,
      'name the file with the certificate authority that signed it: tls: { ca: company-ca.pem }',
    );
  }
  if (TLS_CODES.test(code)) {
    return unreachable(
      `no encrypted connection to ${host} (${code})`,
      'check that the address begins with https:// only where the system speaks it, and its port',
    );
  }
  // It may have been the proxy that refused: the address tells.
  const refuser = /ECONNREFUSED (\S+)$/.exec(message)?.[1] ?? host;
  const says = code === 'ECONNREFUSED' ? `${refuser} refused the connection` : (SAYINGS[code] ?? code);
  return unreachable(
    `${host} cannot be reached (${says || 'no connection'})`,
    code === 'ECONNREFUSED'
      ? 'see whether it runs there, the port of the address, and the proxy'
      : 'check the address, the name server, the proxy, and that the firewall lets this machine out',
  );
}

/**
 * The system has not taken the call and wants it again: 408 when it did not get the whole of it in time (RFC 9110,
 * 15.5.9), 425 when it came too early (RFC 8470, 5.2).
 */
const NOT_YET: ReadonlySet<number> = new Set([408, 425]);

/** Whether a status asks for the same call once more, after a pause. */
export function asksForAnother(status: number): boolean {
  return status === 429 || status === 503 || NOT_YET.has(status);
}

/** An answer that is no success, and what is known of its request. */
export interface Refused {
  /** The name of the system. */
  readonly system: string;
  /** The request in messages: "GET /people.json". */
  readonly what: string;
  /** An earlier attempt of the same request may have reached the system. */
  readonly maybeDone: boolean;
}

/** The system answered, and the answer is no success. Its own words are told, without secrets. */
export function asRefusal(answer: HttpAnswer, { system, what, maybeDone }: Refused): SourceError {
  const { status } = answer;
  const message = `${system} answered ${status} to ${what}${told(answer)}`;
  const retryAfter = retryAfterMs(answer.header('retry-after'));
  if (NOT_YET.has(status)) return new SourceError('rate-limited', message, { retryAfterMs: retryAfter });
  if (isThrottled(status, retryAfter)) return slowDown(system, retryAfter, ` (${status})${told(answer)}`);
  if (status === 401) {
    return new SourceError('unauthorized', message, { remedy: 'check the credentials of the source' });
  }
  if (status === 403) {
    return new SourceError('unauthorized', message, { remedy: 'give the credentials of the source this permission' });
  }
  // RFC 9110, 15.6.4: it is "currently unable to handle the request", and so has not done it; an earlier attempt it may have.
  if (status === 503) return new SourceError(maybeDone ? 'unreachable' : 'busy', message, { unsent: !maybeDone });
  if (status >= 500) {
    return new SourceError('bad-response', message, { staffWords: 'has an error of its own; try again in a minute' });
  }
  if (status >= 400) return new SourceError('rejected', message, { said: answer.words });
  return new SourceError('bad-response', message, { remedy: 'check the address of the source', lasting: true });
}

/** The system asks for a pause of `wait` milliseconds. @param told the end of the message */
export function slowDown(system: string, wait: number | undefined, told = '', unsent = false): SourceError {
  const howLong = wait === undefined ? '' : ` for ${Math.ceil(wait / 1000)} s`;
  const message = `${system} asks us to slow down${howLong}${told}`;
  return new SourceError('rate-limited', message, { retryAfterMs: wait, unsent });
}

/** There is no turn for a call before its deadline. Nothing was sent. @param isHeld whether the system asked for a pause */
export function noTurn(system: string, waitMs: number, isHeld = false): SourceError {
  if (isHeld) return slowDown(system, Math.ceil(waitMs), '', true);
  const seconds = Math.max(1, Math.ceil(waitMs / 1000));
  const message = `too many requests to ${system} are waiting for their turn; the next could be sent in ${seconds} s`;
  return new SourceError('rate-limited', message, {
    unsent: true,
    retryAfterMs: Math.ceil(waitMs),
    remedy: 'raise requestsPerSecond if the system allows it, or ask less often',
  });
}

/** What came in the place of an answer, and of what. */
interface Misled {
  /** The name of the system. */
  readonly system: string;
  /** In messages: "enterprise/calls". */
  readonly call: string;
  readonly remedy: string;
}

/** A page for people came in the place of an answer. */
export function asPage(answer: HttpAnswer, { system, call, remedy }: Misled): SourceError {
  const title = titleOf(answer.text);
  const named = title === undefined ? '' : ` ("${answer.quoted(title)}")`;
  return new SourceError('bad-response', `${system} answered ${call} with a page for people${named}`, { remedy });
}

/** The same, or nothing at all; undefined for what may be an answer. */
export function asNoAnswer(answer: HttpAnswer, misled: Misled): SourceError | undefined {
  const { system, call, remedy } = misled;
  const text = answer.text.trimStart();
  if (text === '') return new SourceError('bad-response', `${system} gave an empty answer to ${call}`, { remedy });
  return text.startsWith('<') ? asPage(answer, misled) : undefined;
}
