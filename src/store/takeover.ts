/** What processes leave that have ended while they were sending. Runs inside a transaction of the writer. */
import type { PushRow, PushTrouble } from '../gateway/push/push-row.ts';
import { number, pushRow } from './rows.ts';
import type { LedgerSession } from './statements.ts';

const INTERRUPTED: PushTrouble = {
  kind: 'interrupted',
  problem: 'the gateway ended while it was sending',
  words: 'The gateway was interrupted while it was sending',
};

/**
 * The processes, and the wait of a target in which what is still on its way arrives. With `silentSince` a process that has
 * said since then that it lives is left alone.
 */
export type EndedInstances = readonly [
  instances: readonly string[],
  settleMs: (target: string) => number,
  silentSince?: number,
];

/** Frees what processes that have ended were sending: it waits, and may have arrived. @returns ids of pushes */
export async function takeOver(
  session: LedgerSession,
  now: number,
  ...[instances, settleMs, silentSince = Number.POSITIVE_INFINITY]: EndedInstances
): Promise<readonly string[]> {
  const freed: string[] = [];
  for (const instance of instances) {
    // One that wakes just now says so before or after.
    await session.lock([instance]);
    const seen = await session.get('seen', instance);
    if (seen !== undefined && number(seen, 'seen_at') >= silentSince) continue;
    for (;;) {
      const found = await session.get('orphan', instance);
      if (found === undefined) break;
      freed.push(await free(session, now, pushRow(found), settleMs));
    }
    // One that has only fallen silent is shown as that for a while; one that said that it leaves is gone.
    const isSilent = Number.isFinite(silentSince) && seen !== undefined && number(seen, 'seen_at') > 0;
    await session.run(isSilent ? 'silenced' : 'deleteInstance', instance);
  }
  return freed;
}

/** Frees those that a process is said to be sending, and is not: its database was brought back as it was before. @returns ids of pushes */
export async function freeLost(
  session: LedgerSession,
  now: number,
  owner: string,
  ids: readonly string[],
  settleMs: (target: string) => number,
): Promise<readonly string[]> {
  const freed: string[] = [];
  for (const id of ids) {
    const found = await session.get('lost', id, owner);
    if (found !== undefined) freed.push(await free(session, now, pushRow(found), settleMs));
  }
  return freed;
}

async function free(
  session: LedgerSession,
  now: number,
  { id, target, changedAt }: PushRow,
  settleMs: (target: string) => number,
): Promise<string> {
  const nextAt = Math.max(now, Math.round(changedAt + settleMs(target)));
  await session.run('endAttempt', id, null, changedAt, 'interrupted', INTERRUPTED.problem);
  await session.run('free', id, nextAt, now, JSON.stringify(INTERRUPTED));
  return id;
}
