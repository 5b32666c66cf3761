/** Deadlines: one signal that ends with the time, with the caller, or with us; and waiting that obeys a signal. */

import { setMaxListeners } from 'node:events';
import { brand } from './brand.ts';

/** Why a signal of {@link withDeadline} aborted when the time was up. */
export class DeadlineExceeded extends Error {
  override readonly name = 'DeadlineExceeded';
  constructor(milliseconds: number) {
    super(`no answer within ${milliseconds} ms`);
  }
}
brand(DeadlineExceeded, 'DeadlineExceeded');

// When each signal aborts at the latest, on the clock of `performance.now()`.
const ends = new WeakMap<AbortSignal, number>();

/** Milliseconds until the deadline of a signal; undefined when it has none that is known here. Never negative. */
export function remainingMs(signal: AbortSignal): number | undefined {
  const end = ends.get(signal);
  return end === undefined ? undefined : Math.max(0, end - performance.now());
}

/**
 * Runs `work` with the signal of `controller`, which aborts after `milliseconds`
 * at the latest. The timer keeps the process alive, unlike `AbortSignal.timeout`:
 * a command line that waits for a hanging source must still print its answer.
 */
export async function withDeadline<T>(
  milliseconds: number,
  controller: AbortController,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  // As many wait for it as there are sources; more is no leak.
  setMaxListeners(0, controller.signal);
  const timer = setTimeout(() => controller.abort(new DeadlineExceeded(milliseconds)), milliseconds);
  const end = performance.now() + milliseconds;
  ends.set(controller.signal, Math.min(end, ends.get(controller.signal) ?? end));
  try {
    return await work(controller.signal);
  } finally {
    clearTimeout(timer);
  }
}

/** The same within another signal: whichever aborts first. */
export async function withDeadlineWithin<T>(
  milliseconds: number,
  parent: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const parentEnd = parent === undefined ? undefined : ends.get(parent);
  if (parentEnd !== undefined) ends.set(controller.signal, parentEnd);
  const abort = () => controller.abort(parent?.reason);
  if (parent?.aborted) abort();
  parent?.addEventListener('abort', abort, { once: true });
  try {
    return await withDeadline(milliseconds, controller, work);
  } finally {
    parent?.removeEventListener('abort', abort);
  }
}

// One listener for each signal, however many wait for it: listeners cost more than the rest of a small lookup.
const rejections = new WeakMap<AbortSignal, Promise<never>>();

function rejectionOf(signal: AbortSignal): Promise<never> {
  let rejection = rejections.get(signal);
  if (rejection === undefined) {
    rejection = new Promise<never>((_resolve, reject) => {
      if (signal.aborted) reject(signal.reason);
      else signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
    // Nobody may be waiting any more when it aborts.
    rejection.catch(() => undefined);
    rejections.set(signal, rejection);
  }
  return rejection;
}

/**
 * The result of `promise`, or the reason of `signal` as soon as that aborts.
 * The last line of defence against an adapter that does not honour its signal.
 */
export function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return Promise.race([promise, rejectionOf(signal)]);
}

/** Whether a call was given up by whoever made it, and not because its time was up. */
export function callerHasGone(signal: AbortSignal): boolean {
  return signal.aborted && !(signal.reason instanceof DeadlineExceeded);
}
