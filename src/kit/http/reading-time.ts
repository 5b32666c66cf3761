/** Time for reading an answer: when it is too short, that is no fault of the system that answered. */
import { DeadlineExceeded, remainingMs, withDeadlineWithin } from '../../contract/index.ts';
import type { HttpAnswer } from './types.ts';

/** The reading ends so much before the call, so that its own failure is told. */
const RESERVE_MS = 100;

/** Of a call with less time left it was the system that took the time. */
const LEAST_MS = 500;

/**
 * What `read` makes of an answer, within the time that the call has left.
 * @param signal of the call; `read` gets one that aborts a little before its deadline
 * @throws {SourceError} `bad-response` when the time for reading is up; what `read` throws; the reason of `signal`
 */
export async function readInTime<Value>(
  answer: HttpAnswer,
  signal: AbortSignal,
  read: (signal: AbortSignal) => Promise<Value>,
): Promise<Value> {
  const left = remainingMs(signal);
  if (left === undefined || left < LEAST_MS) return read(signal);
  try {
    return await withDeadlineWithin(left - RESERVE_MS, signal, read);
  } catch (error) {
    if (error instanceof DeadlineExceeded && !signal.aborted) throw answer.notReadInTime();
    throw error;
  }
}
