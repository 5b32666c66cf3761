/** What is known about one HTTP call besides the request itself. */
import type { IncomingMessage } from 'node:http';
import type { CallOptions } from '../gateway/call.ts';
import type { KeyRing } from './keys.ts';
import type { RefusalFormat } from './refusal-formats.ts';

/** Made when a call comes in, before anything can refuse it. */
export interface Call {
  /** The keys in force when the call came in. */
  readonly keys: KeyRing;
  /** The caller's address: the last one that no trusted proxy vouches for. */
  readonly address: string;
  /** The name of the right key that was shown; never the secret. */
  readonly keyName: string | undefined;
  /** A right key stands in the address. */
  readonly keyInAddress: boolean;
  /** A key was shown, and it is none of ours. */
  readonly wrongKey: boolean;
  /** The path without a key, as it was sent: `/livelookup/crm`. */
  readonly path: string;
  /** The raw query without a right key, and without its `?`; HelpSpot's spelling needs a reader of its own. */
  readonly query: string;
  /** The header `traceparent` (W3C Trace Context), as it was sent. */
  readonly traceparent: string | undefined;
  /** How a refusal is written. */
  readonly refusal: RefusalFormat;
}

const calls = new WeakMap<IncomingMessage, Call>();

/** Remembers the call of a request. */
export function startCall(req: IncomingMessage, call: Call): void {
  calls.set(req, call);
}

/** The call of a request; undefined when it failed before it was one. */
export function knownCall(req: IncomingMessage): Call | undefined {
  return calls.get(req);
}

/** The call of a request that has arrived. */
export function callOf(req: IncomingMessage): Call {
  const call = calls.get(req);
  if (call === undefined) throw new Error('a handler stands before the arrival');
  return call;
}

/** How a call came in, for the gateway's log. */
export function callOptions({ keyName, traceparent }: Call): CallOptions {
  const trace = traceparent === undefined ? {} : { traceparent };
  return keyName === undefined ? { via: 'http', ...trace } : { via: 'http', caller: keyName, ...trace };
}
