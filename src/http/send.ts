/** The one place that writes an answer's head. */
import type { ServerResponse } from 'node:http';
import type { Failure } from '../gateway/outcome.ts';
import type { Written } from '../gateway/writing.ts';

/** An answer, whole. */
export interface Reply {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Live Lookup and AJAX fields. */
export const XML = 'text/xml; charset=utf-8';
/** Whoever comes to a wrong address by hand. */
export const TEXT = 'text/plain; charset=utf-8';
/** Details of a pushed request. */
export const HTML = 'text/html; charset=utf-8';
/** Pushes, webhooks and health. */
export const JSON_TYPE = 'application/json; charset=utf-8';

/** The headers of every answer; `body` gives the length. Customers' data must stay in nobody's cache, and are never guessed to be HTML. */
export function headersFor(contentType: string, body: string): Record<string, string | number> {
  return {
    'Content-Type': contentType,
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
  };
}

/** Writes an answer; does nothing when the caller has gone or an answer is on its way. Node leaves the body out for HEAD. */
export function send(res: ServerResponse, { status, contentType, body, headers }: Reply): void {
  if (res.headersSent || res.destroyed) return;
  const head = headersFor(contentType, body);
  res.writeHead(status, headers === undefined ? head : { ...head, ...headers });
  res.end(body);
}

/** Sends the XML of a lookup or of a drop-down list with the status that says the same. */
export function sendWritten(res: ServerResponse, { xml, failure }: Written): void {
  send(res, { status: failure?.status ?? 200, contentType: XML, body: xml, headers: retryHeaders(failure) });
}

/** When a repeat makes sense. */
export function retryHeaders(failure: Failure | undefined): Readonly<Record<string, string>> {
  const wait = failure?.retryAfterSeconds;
  return wait === undefined ? {} : { 'Retry-After': String(wait) };
}
