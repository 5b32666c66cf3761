/** How long what may have arrived is looked for, where the other system's search may not show it yet. */
import type { PushRow } from './ledger.ts';
import type { PushTargetPlan } from './plan.ts';

/**
 * Until when a push that is not found is looked for again before it is sent again. In the past: the next look decides.
 * @returns milliseconds since 1970; undefined where none of its attempts may have arrived, where one look is believed,
 * and where a person has said that it did not arrive
 */
export function lookedForUntil(
  { unsureAt, insisted }: Pick<PushRow, 'unsureAt' | 'insisted'>,
  { lookForMs }: Pick<PushTargetPlan, 'lookForMs'>,
): number | undefined {
  return unsureAt === undefined || insisted || lookForMs === 0 ? undefined : unsureAt + lookForMs;
}
