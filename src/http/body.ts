/** Bodies of calls. */
import express, { type Request, type RequestHandler, type Response } from 'express';
import { httpLimits } from './limits.ts';
import { passing } from './middleware.ts';
import { Refusal } from './refusal.ts';

/** A kind of body: its media type, and how many bytes of it are read. gzip, deflate and br are unpacked first. */
interface BodyKind {
  readonly type: string;
  readonly limit: number;
  /** What it is, and what to do when it is too large. */
  readonly words: { readonly what: string; readonly advice: string };
  readonly read: RequestHandler;
}

function bodyKind(type: string, limit: number, words: BodyKind['words']): BodyKind {
  return { type, limit, words, read: express.raw({ type: () => true, limit }) };
}

const LOOKUP = { what: 'The body of the call', advice: '' };
const PUSH = {
  what: 'The request, with all its history,',
  advice: '; copy what matters into the other system by hand',
};

const FORM = bodyKind('application/x-www-form-urlencoded', httpLimits.bodyBytes, LOOKUP);
const PUSHED_FORM = bodyKind(FORM.type, httpLimits.pushBytes, PUSH);
const PUSHED_JSON = bodyKind('application/json', httpLimits.pushBytes, PUSH);

/**
 * The bytes of a form, unpacked; undefined when the call has no body. Throws a {@link Refusal} for a body of another
 * kind, which would be read as no parameters and so find nobody without a word, and for one that is too large.
 */
export function readForm(req: Request, res: Response): Promise<Uint8Array | undefined> {
  return readBody(FORM, req, res);
}

/** The same for a webhook, which has a whole note in it. */
export function readPushedForm(req: Request, res: Response): Promise<Uint8Array | undefined> {
  return readBody(PUSHED_FORM, req, res);
}

/** The same for a pushed request. A page of the web cannot send JSON to another server unasked, so the kind matters. */
export function readPushedJson(req: Request, res: Response): Promise<Uint8Array | undefined> {
  return readBody(PUSHED_JSON, req, res);
}

async function readBody(kind: BodyKind, req: Request, res: Response): Promise<Uint8Array | undefined> {
  if (!hasBody(req)) return undefined;
  const type = (req.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase();
  if (type !== kind.type) {
    const sent = type === '' ? 'without a Content-Type' : `as ${type?.slice(0, 100)}`;
    throw new Refusal(415, `The body of the call came ${sent}; HelpSpot sends, and the gateway reads, ${kind.type}`);
  }
  try {
    await passing(kind.read, req, res);
  } catch (error) {
    throw isTooLarge(error) ? tooLarge(kind) : error;
  }
  const body: unknown = req.body;
  return body instanceof Uint8Array ? body : undefined;
}

/** RFC 9112, 6: a body is announced by Transfer-Encoding or by a Content-Length. */
function hasBody(req: Request): boolean {
  return req.headers['transfer-encoding'] !== undefined || Number(req.headers['content-length'] ?? 0) > 0;
}

function isTooLarge(error: unknown): boolean {
  return error instanceof Error && 'type' in error && error.type === 'entity.too.large';
}

function tooLarge({ limit, words }: BodyKind): Refusal {
  const megabytes = limit / 1024 / 1024;
  return new Refusal(413, `${words.what} is larger than the gateway reads (${megabytes} MB)${words.advice}`);
}
