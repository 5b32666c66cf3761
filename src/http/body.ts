/** Bodies of calls. */
import express, { type Request, type Response } from 'express';
import { httpLimits } from './limits.ts';
import { passing } from './middleware.ts';
import { Refusal } from './refusal.ts';

const FORM = 'application/x-www-form-urlencoded';

const readBytes = express.raw({ type: () => true, limit: httpLimits.bodyBytes });

/**
 * The bytes of a form, unpacked; undefined when the call has no body. Throws a {@link Refusal} for a body of another
 * kind, which would be read as no parameters and so find nobody without a word.
 */
export async function readForm(req: Request, res: Response): Promise<Uint8Array | undefined> {
  if (!hasBody(req)) return undefined;
  const type = (req.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase();
  if (type !== FORM) {
    const sent = type === '' ? 'without a Content-Type' : `as ${type?.slice(0, 100)}`;
    throw new Refusal(415, `The body of the call came ${sent}; HelpSpot sends, and the gateway reads, ${FORM}`);
  }
  await passing(readBytes, req, res);
  const body: unknown = req.body;
  return body instanceof Uint8Array ? body : undefined;
}

/** RFC 9112, 6: a body is announced by Transfer-Encoding or by a Content-Length. */
function hasBody(req: Request): boolean {
  return req.headers['transfer-encoding'] !== undefined || Number(req.headers['content-length'] ?? 0) > 0;
}
