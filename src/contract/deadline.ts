/** Deadlines: one signal that ends with the time, with the caller, or with us; and waiting that obeys a signal. */

import { setMaxListeners } from 'node:events';
import { brand } from './brand.ts';
import { knownCalls } from './known-calls.ts';

/** Why a signal of {@link withDeadline} aborted when the time was up. */
export class DeadlineExceeded extends Error {
  override readonly name = 'DeadlineExceeded';
  constructor(milliseconds: number) {
    super(`no answer within ${Math.round(milliseconds)} ms`);
  }
}
brand(DeadlineExceeded, 'DeadlineExceeded');

// A signal within another one belongs to the same call.
const calls = knownCalls();

/** Milliseconds until the deadline of a signal; undefined when it has none that is known here. Never negative. */
export function remainingMs(signal: AbortSignal): number | undefined {
  const end = calls.get(signal)?.end;
  return end === undefined ? undefined : Math.max(0, end - performance.now());
}

/** When the call of a signal began, on the clock of `performance.now()`; undefined when that is not known here. */
export function beganAt(signal: AbortSignal): number | undefined {
  return calls.get(signal)?.began;
}

/** Whether nobody waits for the call of a signal: see {@link inBackground}. */
export function isBackground(signal: AbortSignal): boolean {
  return calls.get(signal)?.isBackground ?? false;
}

/**
 * The same signal, marked as that of work for which nobody waits: a push from the queue, a probe, an index. Where
 * calls have to wait for their turn, staff then go first. It holds for every deadline that is set within the signal
 * from now on, so that no adapter has to hand it on.
 */
export function inBackground(signal: AbortSignal): AbortSignal {
  const { began = performance.now(), end } = calls.get(signal) ?? {};
  calls.set(signal, { began, end, isBackground: true });
  return signal;
}

/** The same call: the work of `signal` is done for that of `parent`, which may end before it. */
export function partOfCall(signal: AbortSignal, parent: AbortSignal): void {
  const call = calls.get(parent);
  if (call !== undefined) calls.set(signal, call);
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
  const now = performance.now();
  const { began = now, end = Number.POSITIVE_INFINITY, isBackground = false } = calls.get(controller.signal) ?? {};
  calls.set(controller.signal, { began, end: Math.min(end, now + milliseconds), isBackground });
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
  if (parent !== undefined) partOfCall(controller.signal, parent);
  const abort = () => controller.abort(parent?.reason);
  if (parent?.aborted) abort();
  parent?.addEventListener('abort', abort, { once: true });
  try {
    return await withDeadline(milliseconds, controller, work);
  } finally {
    parent?.removeEventListener('abort', abort);
  }
}

type Reject = (reason: unknown) => void;

/**
 * Who waits for each signal. One listener for all of them: listeners cost more than the rest of a small lookup. Not one
 * promise for all, in a race with each piece of work: it would keep the result of each for as long as the signal lives, and
 * that of a run through a million customers lives for a minute.
 */
const waiting = new WeakMap<AbortSignal, Set<Reject>>();

function waitersOf(signal: AbortSignal): Set<Reject> {
  const known = waiting.get(signal);
  if (known !== undefined) return known;
  const waiters = new Set<Reject>();
  signal.addEventListener('abort', () => waiters.forEach((reject) => void reject(signal.reason)), { once: true });
  waiting.set(signal, waiters);
  return waiters;
}

/**
 * The result of `promise`, or the reason of `signal` as soon as that aborts.
 * The last line of defence against an adapter that does not honour its signal.
 */
export function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  // What is there already counts.
  if (signal.aborted) return Promise.race([promise, Promise.reject(signal.reason)]);
  return new Promise((resolve, reject) => {
    const waiters = waitersOf(signal);
    waiters.add(reject);
    promise.then(
      (value) => {
        waiters.delete(reject);
        resolve(value);
      },
      (error: unknown) => {
        waiters.delete(reject);
        reject(error);
      },
    );
  });
}

/** Whether a call was given up by whoever made it, and not because its time was up. */
export function callerHasGone(signal: AbortSignal): boolean {
  return signal.aborted && !(signal.reason instanceof DeadlineExceeded);
}
