/** Tells other systems of a trace: `traceparent` on the HTTP requests of sources that are to have it. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { RunningSpan } from './spans.ts';
import { writeTraceparent } from './traceparent.ts';

/** undici, ours and the one behind `fetch`, tells of each request before it is sent (docs/docs/api/DiagnosticsChannel.md). */
const REQUESTS = 'undici:request:create';

/** @param running the work that runs where this is asked. @returns ends it */
export function passOnTraces(running: () => RunningSpan | undefined): () => void {
  const onRequest = (message: unknown) => {
    const now = running();
    if (now?.passesOn !== true) return;
    const request = requestOf(message);
    request?.addHeader('traceparent', writeTraceparent(now.span.spanContext()));
  };
  subscribe(REQUESTS, onRequest);
  return () => void unsubscribe(REQUESTS, onRequest);
}

interface HttpRequest {
  addHeader(name: string, value: string): unknown;
}

function requestOf(message: unknown): HttpRequest | undefined {
  if (typeof message !== 'object' || message === null || !('request' in message)) return undefined;
  const { request } = message;
  return isRequest(request) ? request : undefined;
}

function isRequest(value: unknown): value is HttpRequest {
  return typeof value === 'object' && value !== null && 'addHeader' in value && typeof value.addHeader === 'function';
}
