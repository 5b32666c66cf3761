/** The ways in which a request to the test tenant fails on demand. */
import type { ServerResponse } from 'node:http';
import { GraphRefusal } from './errors.ts';

/** How a request fails. */
export type Fault =
  /** Throttled; without `retryAfter` the answer names no time. Seconds, or a text for odd headers. */
  | { readonly kind: 'throttle'; readonly status?: 429 | 503; readonly retryAfter?: number | string }
  /** The connection is cut before the answer, or in the middle of it. */
  | { readonly kind: 'cut'; readonly midway?: boolean }
  /** The request is taken and never answered. */
  | { readonly kind: 'hang' }
  /** Any other answer. */
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly body: string;
      readonly headers?: Readonly<Record<string, string>>;
    };

/** Answers a request with a fault. */
export function failAs(fault: Fault, response: ServerResponse): void {
  switch (fault.kind) {
    case 'hang':
      return;
    case 'cut':
      if (fault.midway === true) {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
        response.write('{"value": [{"id": "0000', () => response.destroy());
      } else response.destroy();
      return;
    case 'answer':
      send(response, fault.status, fault.body, fault.headers);
      return;
    case 'throttle': {
      const refusal = new GraphRefusal(
        fault.status ?? 429,
        'TooManyRequests',
        'Too many requests. Please try again later.',
      );
      const headers: Record<string, string> =
        fault.retryAfter === undefined ? {} : { 'retry-after': String(fault.retryAfter) };
      send(response, refusal.status, refusal.body(), headers);
    }
  }
}

/** Answers a request. */
export function send(
  response: ServerResponse,
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
  response.end(body);
}
