/** Clients for tests, closed when the test is done. */

import { onTestFinished } from 'vitest';
import { DeadlineExceeded } from '../../../src/contract/index.ts';
import { createHttpClient } from '../../../src/kit/http/client.ts';
import type { HttpClient, HttpClientOptions } from '../../../src/kit/http/types.ts';
import { type Handler, type StandIn, type StandInOptions, startStandIn } from '../../support/http/stand-in.ts';
import { type RecordedLog, recordedLog } from '../../support/log.ts';

/** A client that uses no proxy, whatever the environment says, unless the test does. */
export function openClient(
  baseUrl: string,
  options: Partial<HttpClientOptions> = {},
): HttpClient & { log: RecordedLog } {
  const log = recordedLog();
  const client = createHttpClient({
    baseUrl,
    system: 'Example CRM',
    settings: { proxy: 'none' },
    resolve: (path) => path,
    log,
    ...options,
  });
  onTestFinished(() => client.close());
  return { request: (request, signal) => client.request(request, signal), close: () => client.close(), log };
}

/** A stand-in that is closed when the test is done. */
export async function serve(handle: Handler, options?: StandInOptions): Promise<StandIn> {
  const standIn = await startStandIn(handle, options);
  onTestFinished(() => standIn.close());
  return standIn;
}

/** A signal without a deadline. */
export function noDeadline(): AbortSignal {
  return new AbortController().signal;
}

/** A deadline that the test lets pass when what it waits for has happened. */
export function deadlineInHand(): { readonly signal: AbortSignal; pass(): void } {
  const controller = new AbortController();
  return { signal: controller.signal, pass: () => controller.abort(new DeadlineExceeded(1000)) };
}

/** What a server waits for until the test opens it. */
export function makeGate(): { readonly opened: Promise<void>; open(): void } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}
