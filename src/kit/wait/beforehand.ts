/** Failures, with what is known of them where they are caught. */
import { SourceError } from '../../contract/index.ts';

/** The same failure with something said otherwise. */
export function amended(
  error: SourceError,
  {
    message = error.message,
    remedy = error.remedy,
    unsent = error.unsent,
    staffWords = error.staffWords,
  }: Partial<SourceError>,
): SourceError {
  const { kind, said, retryAfterMs, cause, lasting, gone } = error;
  return new SourceError(kind, message, { said, unsent, cause, remedy, retryAfterMs, staffWords, lasting, gone });
}

/** The same failure, with the knowledge that nothing was done. */
export function asUnsent(error: unknown): unknown {
  return error instanceof SourceError && !error.unsent ? amended(error, { unsent: true }) : error;
}

/**
 * For what comes before the call that makes something (a sign-in, a name that is looked up): whatever became of it,
 * nothing has been made, and so the failure is `unsent`.
 * @throws what `work` throws; a {@link SourceError} with `unsent`
 */
export async function beforehand<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw asUnsent(error);
  }
}
