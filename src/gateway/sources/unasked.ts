/** Why a source was not asked at all, or not waited for, as failures of its own. */
import { SourceError } from '../../contract/index.ts';
import { restWords } from '../failure.ts';
import type { Rest } from './breaker.ts';

/** Told to who finds no place: by then those before him have been served, or have given up. */
const COME_AGAIN_MS = 5_000;

/** The source is not asked, because it has failed before. */
export class Resting extends SourceError {
  constructor(source: string, { since, nextAt, dueAt, error }: Rest) {
    const retryAfterMs = Math.max(0, dueAt - performance.now());
    super(error.kind, `source ${source} rests since ${new Date(since).toISOString()}: ${error.message}`, {
      cause: error.cause,
      remedy: error.remedy,
      retryAfterMs,
      staffWords: restWords(error, since, nextAt),
      unsent: true,
    });
  }
}

/** The source has more questions than it answers, and no room for those who wait. */
export function busy(title: string): SourceError {
  return new SourceError('rate-limited', `${title} has more questions of the gateway than it can answer`, {
    retryAfterMs: COME_AGAIN_MS,
    remedy: 'look for what makes it slow first; then raise its "concurrency"',
    staffWords: `is busy with other lookups; try again in ${COME_AGAIN_MS / 1000} seconds`,
    unsent: true,
  });
}

/**
 * The same error, unless it is a time-out of a source that was asked when the time of the call was all but up: that one is
 * not to blame that there is no answer.
 * @param leftMs what was left of the call when it was asked. Milliseconds, as `deadlineMs`
 */
export function askedLate(error: unknown, source: string, leftMs: number, deadlineMs: number): unknown {
  const isShort = leftMs < deadlineMs / 10;
  if (!isShort || !(error instanceof SourceError) || error.kind !== 'timeout') return error;
  return tooLate(source, leftMs, error);
}

/** A source for which no time was left. @param leftMs what was left of the call. Milliseconds */
export function tooLate(source: string, leftMs: number, cause?: unknown): SourceError {
  return new SourceError('timeout', `source ${source} was asked ${Math.round(leftMs)} ms before the deadline`, {
    cause,
    remedy: 'look for what took up the time before; a "timeout" for that source leaves time for the others',
    staffWords: 'could not be asked in time; look again in a moment',
  });
}

/** A source that was waited for with patience only. `isReplaced`: an older answer stands in; `setting`: where its own patience is set. */
export function leftBehind(source: string, patienceMs: number, isReplaced: boolean, setting?: string): SourceError {
  const missing = isReplaced ? '' : ', so what it knows is missing; look again in a moment';
  return new SourceError('timeout', `source ${source} was waited for with patience only (${patienceMs} ms)`, {
    remedy:
      setting === undefined
        ? 'look for what makes it slow; "required" waits for it, "patience" sets how long all are waited for'
        : `look for what makes it slow; ${setting} sets how long it is waited for`,
    staffWords: `has not answered yet${missing}`,
  });
}
