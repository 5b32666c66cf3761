/** Bodies of calls. */
import express, { type Request, type RequestHandler } from 'express';
import { httpLimits } from './limits.ts';
import { Refusal } from './refusal.ts';

/** A kind of body: its media type, and how many bytes of it are read. gzip, deflate and br are unpacked first. */
interface BodyKind {
  /** Undefined: any, and nothing is unpacked. */
  readonly type: string | undefined;
  /** Other types that are read as the same. */
  readonly isSame?: (type: string) => boolean;
  readonly limit: number;
  /** What it is, and what to do when it is too large. */
  readonly words: { readonly what: string; readonly advice: string };
}

const LOOKUP = { what: 'The body of the call', advice: '' };
const PAGE_FORM = { what: 'The form', advice: '; shorten what is typed into it' };
const PUSH = {
  what: 'The request, with all its history,',
  advice: '; copy what matters into the other system by hand',
};
const FORM = 'application/x-www-form-urlencoded';

/**
 * Reads the bytes of a form, unpacked. Refuses a body of another kind, which would be read as no parameters and so find
 * nobody without a word, and one that is too large.
 */
export const form: RequestHandler = reader({ type: FORM, limit: httpLimits.bodyBytes, words: LOOKUP });

/** The same for a form of the console, and for that with which somebody signs in or out. */
export const consoleForm: RequestHandler = reader({ type: FORM, limit: httpLimits.consoleBytes, words: PAGE_FORM });
export const signInForm: RequestHandler = reader({ type: FORM, limit: httpLimits.signInBytes, words: PAGE_FORM });

/** The same for a webhook, which has a whole note in it. */
export const pushedForm: RequestHandler = reader({ type: FORM, limit: httpLimits.pushBytes, words: PUSH });

/** The same for a pushed request. A page of the web cannot send JSON to another server unasked, so the kind matters. */
export const pushedJson: RequestHandler = reader({
  type: 'application/json',
  // RFC 6839, 3.1: application/vnd.api+json, application/cloudevents+json.
  isSame: (type) => type.startsWith('application/') && type.endsWith('+json'),
  limit: httpLimits.pushBytes,
  words: PUSH,
});

/** The body of a call that changes something: ids and a filter. */
export const apiJson: RequestHandler = reader({
  type: 'application/json',
  limit: httpLimits.apiBytes,
  words: { what: 'The body of the call', advice: '' },
});

/**
 * The bytes of an event, as they came: they are signed. Whoever has the secret may call them what he likes; what is
 * packed is refused, since nobody could say which bytes the signature is of.
 */
export const signedBody: RequestHandler = reader({
  type: undefined,
  limit: httpLimits.eventBytes,
  words: { what: 'The event', advice: '; let the other system send less in one' },
});

/** What one of these has read; undefined when the call has no body. */
export function bytesOf(req: Request): Uint8Array | undefined {
  const body: unknown = req.body;
  return body instanceof Uint8Array ? body : undefined;
}

function reader(kind: BodyKind): RequestHandler {
  const read = express.raw({ type: () => true, limit: kind.limit, inflate: kind.type !== undefined });
  return (req, res, next) => {
    if (!hasBody(req)) return next();
    if (kind.type === undefined) refusePacked(req);
    else refuseOther(req, kind.type, kind.isSame);
    // body-parser would read an overlong body to its end before it says so, and the end may never come.
    if (Number(req.headers['content-length'] ?? 0) > kind.limit) throw tooLarge(kind);
    let refused = false;
    const stopWatching = whenLonger(req, kind.limit, () => {
      refused = true;
      next(tooLarge(kind));
    });
    read(req, res, (error?: unknown) => {
      stopWatching();
      if (!refused) next(isTooLarge(error) ? tooLarge(kind) : error);
    });
  };
}

function refuseOther(req: Request, wanted: string, isSame: BodyKind['isSame']): void {
  const type = (req.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (type === wanted || isSame?.(type) === true) return;
  const sent = type === '' ? 'without a Content-Type' : `as ${type.slice(0, 100)}`;
  throw new Refusal(415, `The body of the call came ${sent}; send it as ${wanted}`);
}

function refusePacked(req: Request): void {
  const encoding = (req.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (encoding === 'identity') return;
  throw new Refusal(415, 'An event is read as it was signed; send it plain, without a Content-Encoding');
}

/** Calls `tell` once, as soon as more than `limit` bytes have come, packed or not. @returns what ends that */
function whenLonger(req: Request, limit: number, tell: () => void): () => void {
  let bytes = 0;
  const count = (chunk: Uint8Array) => {
    bytes += chunk.length;
    if (bytes <= limit) return;
    req.off('data', count);
    tell();
  };
  req.on('data', count);
  return () => req.off('data', count);
}

/** RFC 9112, 6: a body is announced by Transfer-Encoding or by a Content-Length. */
function hasBody(req: Request): boolean {
  return req.headers['transfer-encoding'] !== undefined || Number(req.headers['content-length'] ?? 0) > 0;
}

function isTooLarge(error: unknown): boolean {
  return error instanceof Error && 'type' in error && error.type === 'entity.too.large';
}

function tooLarge({ limit, words }: BodyKind): Refusal {
  const kilobytes = limit / 1024;
  const size = kilobytes < 1024 ? `${kilobytes} KB` : `${kilobytes / 1024} MB`;
  return new Refusal(413, `${words.what} is larger than the gateway reads (${size})${words.advice}`);
}
