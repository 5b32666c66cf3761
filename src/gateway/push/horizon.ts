/** When something happens next with a push: how long what may have arrived is looked for, and when it is tried again. */
import type { GatewayPlan } from '../plan.ts';
import type { PushTargetPlan } from './plan.ts';
import type { PushRow } from './push-row.ts';

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

/** The same of a push that is not out yet; undefined also where that time has passed. */
export function stillLookedForUntil(
  row: PushRow,
  { push }: Pick<GatewayPlan, 'push'>,
  now: number,
): number | undefined {
  const target = push.get(row.target);
  const until = target === undefined || !isOpenYet(row) ? undefined : lookedForUntil(row, target);
  return until !== undefined && until > now ? until : undefined;
}

/** When it is tried next, never in the past; undefined when it is not, as for a target that wants no pushes any more. */
export function nextTry({ state, nextAt, trouble }: PushRow, now: number): number | 'now' | undefined {
  if (state !== 'waiting' || trouble?.kind === 'gone') return undefined;
  return nextAt <= now ? 'now' : nextAt;
}

/** Whether it waits or is being sent. */
export function isOpenYet({ state }: Pick<PushRow, 'state'>): boolean {
  return state === 'waiting' || state === 'sending';
}
