/** What is said of sources that came too late, or that were asked too late. */
import { SourceError } from '../../contract/index.ts';

/** A source that was waited for with patience only. `isReplaced`: an older answer stands in. */
export function lateError(source: string, patienceMs: number, isReplaced: boolean): SourceError {
  const missing = isReplaced ? '' : ', so what it knows is missing; look again in a moment';
  return new SourceError('timeout', `source ${source} was waited for with patience only (${patienceMs} ms)`, {
    remedy: 'look for what makes it slow; "required" waits for it, "patience" sets how long all are waited for',
    staffWords: `has not answered yet${missing}`,
  });
}

/** Who was asked when the time was all but up is not to blame that there is no answer. */
export function fairly(error: unknown, source: string, leftMs: number, deadlineMs: number): unknown {
  const isShort = leftMs < deadlineMs / 10;
  if (!isShort || !(error instanceof SourceError) || error.kind !== 'timeout') return error;
  return unaskedError(source, leftMs, error);
}

/** A source for which no time was left. */
export function unaskedError(source: string, leftMs: number, cause?: unknown): SourceError {
  return new SourceError('timeout', `source ${source} was asked ${Math.round(leftMs)} ms before the deadline`, {
    cause,
    remedy: 'look for what took up the time before; a "timeout" for that source leaves time for the others',
    staffWords: 'could not be asked in time; look again in a moment',
  });
}
