/** Failures, with what is known of them where they are caught. */
import { SourceError } from '../../contract/index.ts';

/** What is said otherwise than before. */
export interface Amendment {
  readonly message?: string;
  readonly remedy?: string;
  readonly unsent?: boolean;
}

/** The same failure with something said otherwise. */
export function amended(error: SourceError, changes: Amendment): SourceError {
  const { kind, retryAfterMs, cause } = error;
  const { message = error.message, remedy = error.remedy, unsent = error.unsent } = changes;
  return new SourceError(kind, message, {
    unsent,
    ...(cause === undefined ? {} : { cause }),
    ...(remedy === undefined ? {} : { remedy }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
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
    throw error instanceof SourceError && !error.unsent ? amended(error, { unsent: true }) : error;
  }
}
