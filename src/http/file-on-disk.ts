/** The file of the configuration as it is now, which may be another one than that in force: for the console and the API. */
import { ConfigurationError, type Problem } from '../config/problems.ts';
import { UserError, untilAborted } from '../contract/index.ts';
import type { Gateway } from '../gateway/gateway.ts';

/** How it compares with what is in force. Messages are not without secrets yet. */
export type FileOnDisk =
  | { readonly kind: 'same' | 'other' }
  | { readonly kind: 'wrong'; readonly problems: readonly Problem[]; readonly message: string };

/** Reads it. Undefined where nobody can read it again. */
export async function fileOnDisk(
  { plan, readPlan }: Pick<Gateway, 'plan' | 'readPlan'>,
  signal: AbortSignal,
): Promise<FileOnDisk | undefined> {
  if (readPlan === undefined) return undefined;
  try {
    const { origin } = await untilAborted(readPlan(), signal);
    return { kind: origin?.digest === plan.origin?.digest ? 'same' : 'other' };
  } catch (error) {
    if (error instanceof ConfigurationError) return { kind: 'wrong', problems: error.problems, message: '' };
    if (error instanceof UserError) return { kind: 'wrong', problems: [], message: error.message };
    throw error;
  }
}
