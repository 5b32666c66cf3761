/** What all gateways of one ledger know together of a push target that fails: the ledger keeps it, as JSON. */
import { SourceError, type SourceErrorKind, UserError } from '../../contract/index.ts';

/** Times are the ledger's. Of a target that answers nothing is kept. */
export interface TargetMemory {
  /** Ids of pushes that failed since the target answered last. */
  readonly failing: readonly string[];
  /** Those that failed while it was down, and were hurried when it was back. */
  readonly hurried: readonly string[];
  /** Failures in a row while it is down. */
  readonly failures: number;
  /** Attempts that looked whether it is back. */
  readonly looks: number;
  /** Nothing goes out before. */
  readonly pausedUntil: number;
  /** When it was paused last: of a time that has not come yet, the clock was set back, and the pause means nothing. */
  readonly pausedAt: number;
  /** What the target said when it wanted no pushes any more. */
  readonly gone?: KeptFailure | undefined;
  /** Since when it does not take pushes, and what the last attempt before that brought. */
  readonly outage?: { readonly since: number; readonly failure: KeptFailure } | undefined;
}

/** A failure without its cause. No secret, and nothing that was pushed, is in it. */
export interface KeptFailure {
  readonly kind: SourceErrorKind | 'configuration';
  readonly message: string;
  readonly remedy?: string | undefined;
  readonly staffWords?: string | undefined;
  readonly gone?: boolean;
}

/** Makes another of what is known. May be called twice: what it gives is a matter of what it gets. Undefined: nothing is known. */
export type MemoryChange = (known: TargetMemory | undefined, now: number) => TargetMemory | undefined;

/** Nothing has failed. */
export const UNTROUBLED: TargetMemory = {
  ...{ failing: [], hurried: [], failures: 0, looks: 0, pausedUntil: 0, pausedAt: 0 },
};

/** What is kept of a failure of a target. */
export function keptFailure(error: UserError | SourceError): KeptFailure {
  if (error instanceof UserError) return { kind: 'configuration', message: error.message };
  const { kind, message, remedy, staffWords, gone } = error;
  return { kind, message, remedy, staffWords, gone };
}

/** A failure that was kept. */
export function failureKept({ kind, message, ...options }: KeptFailure): UserError | SourceError {
  return kind === 'configuration' ? new UserError(message) : new SourceError(kind, message, options);
}
