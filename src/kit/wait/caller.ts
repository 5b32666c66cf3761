/** Waiting that ends with the caller. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  beganAt,
  DeadlineExceeded,
  isBackground,
  remainingMs,
  SourceError,
  untilAborted,
  withDeadlineWithin,
} from '../../contract/index.ts';

/** Who waits, and how long still. Several callers may wait for one request; some of them come later. */
export interface Caller {
  readonly signal: AbortSignal;
  /** Milliseconds until the deadline; undefined when it is not known. */
  remaining(): number | undefined;
  /** When the call began, on the clock of `performance.now()`; undefined when it is not known. */
  began(): number | undefined;
  /** Whether nobody waits for the answer: a push from the queue, a probe. */
  isBackground(): boolean;
}

/** A single caller. */
export function callerOf(signal: AbortSignal): Caller {
  return {
    signal,
    remaining: () => remainingMs(signal),
    began: () => beganAt(signal),
    isBackground: () => isBackground(signal),
  };
}

/** With an unknown deadline, nobody waits longer than this before another try. */
const LONGEST_BLIND_WAIT_MS = 10_000;

/** Whether a caller is still there after so many milliseconds, and has time left for an answer. */
export function fits(milliseconds: number, caller: Caller): boolean {
  return milliseconds < (caller.remaining() ?? LONGEST_BLIND_WAIT_MS);
}

/** Waits. @throws the signal's reason when it aborts meanwhile */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(milliseconds, undefined, { signal });
  } catch {
    throw signal.reason;
  }
}

/** What `work` gives. @throws {DeadlineExceeded} when it has not ended in time */
export function inTime<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  return withDeadlineWithin(milliseconds, undefined, (signal) => untilAborted(work, signal));
}

/** What a caller whose signal has aborted is told: its time was up, or its own reason. */
export function endOf(signal: AbortSignal, message: string, unsent: boolean): unknown {
  return signal.reason instanceof DeadlineExceeded ? new SourceError('timeout', message, { unsent }) : signal.reason;
}
