/** Why a source was not asked at all, as failures of its own. */
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
