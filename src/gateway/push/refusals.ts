/**
 * Why a push was not stored, and so not sent: who is to blame, and the words for staff and for the log. The store is
 * named only where the store, its disk or another program that uses it is the cause.
 */

import { DeadlineExceeded, remainingMs, StoreError, UserError, untilAborted } from '../../contract/index.ts';
import { failureFields, staffWords, storeAdvice } from '../failure.ts';
import { MAX_PUSH_BYTES, PushTooLarge } from './filling.ts';

/** The gateway ends, and takes nothing in any more. */
export class GatewayStops extends Error {
  override readonly name = 'GatewayStops';
}

/** Who used up the time that a push had. */
class PushTooLate extends Error {
  override readonly name = 'PushTooLate';
  readonly culprit: 'store' | 'gateway';

  constructor(culprit: PushTooLate['culprit'], message: string) {
    super(message);
    this.culprit = culprit;
  }
}

/**
 * The result of making a push ready, within the time that it has.
 * @throws what `work` rejects with, or that making it took the time
 */
export async function within<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  try {
    const made = await untilAborted(work, signal);
    // Work that never paused lets no timer run: the signal does not know yet.
    if (remainingMs(signal) !== 0) return made;
  } catch (error) {
    if (!(error instanceof DeadlineExceeded)) throw error;
  }
  if (signal.aborted && !(signal.reason instanceof DeadlineExceeded)) throw signal.reason;
  throw new PushTooLate('gateway', 'making the push of the request took all of the time that it had (server.deadline)');
}

/**
 * What the store answers.
 * @throws what `work` rejects with; where the time was up, whose fault that was
 */
export async function stored<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const began = performance.now();
  const left = remainingMs(signal);
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof DeadlineExceeded)) throw error;
    const waited = performance.now() - began;
    // A disk that is waited for does not hold up the end of the wait; work that never pauses does.
    const busy = left !== undefined && waited - left > left / 2;
    if (!busy && (left === undefined || left > LEAST_MS)) {
      const problem = `the store gave no answer within ${Math.round(waited)} ms (${error.message}); see whether its disk hangs`;
      throw new PushTooLate('store', problem);
    }
    const why = busy ? 'the gateway was busy with something else' : `only ${Math.round(left ?? 0)} ms were left for it`;
    throw new PushTooLate('gateway', `the push was not stored in time (${error.message}): ${why}`);
  }
}

/** A healthy store writes a push in less. */
const LEAST_MS = 50;

/** A refusal, for staff and for the log. */
export interface PushRefusal {
  readonly level: 'warn' | 'error';
  /** The store is to blame. */
  readonly ofStore?: true;
  /** For the log. */
  readonly message: string;
  readonly fields: object;
  /** For staff, without the reference. */
  readonly words: string;
  readonly status: number;
}

/** @param targets the names of the push targets */
export function refusalOf(error: unknown, targets: readonly string[]): PushRefusal {
  if (error instanceof PushTooLarge) {
    const most = `The gateway pushes at most ${MAX_PUSH_BYTES / 1024 / 1024} MB`;
    const words = `The request with its attachments is too large. ${most}`;
    const fields = { problem: error.message };
    return { level: 'warn', message: 'a push was refused', fields, words, status: 413 };
  }
  if (error instanceof StoreError) return unstored(failureFields(error), storeAdvice(error));
  if (error instanceof PushTooLate) return tooLate(error);
  if (error instanceof GatewayStops) {
    const words = 'The gateway is being stopped, so it did not send the push; try again in a minute';
    return { level: 'warn', message: 'a push came while the gateway ended', fields: {}, words, status: 503 };
  }
  const words =
    error instanceof UserError
      ? staffWords(targets.join(', '), error)
      : 'An error in the gateway prevented this push; tell your administrator';
  const fields = failureFields(error);
  return { level: 'error', message: 'a push failed before it was stored', fields, words, status: 500 };
}

function tooLate({ culprit, message: problem }: PushTooLate): PushRefusal {
  const fields = { kind: 'timeout', problem };
  if (culprit === 'store') return unstored(fields, 'try again in a minute');
  const words = 'The gateway did not get the push ready in time, so it did not send it; try again in a minute';
  return { level: 'error', message: 'a push was not ready in time, so it was not sent', fields, words, status: 503 };
}

function unstored(fields: object, advice: string): PushRefusal {
  const words = `The gateway could not store the push, so it did not send it; ${advice}`;
  const message = 'a push could not be stored, so it was not sent';
  return { level: 'error', ofStore: true, message, fields, words, status: 503 };
}
