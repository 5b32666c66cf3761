/** What the ledger does not keep any longer. Runs inside a transaction of the writer. */
import type { PushTrouble } from '../gateway/push/push-row.ts';
import { FORGOTTEN_AT_ONCE } from './event-sql.ts';
import { forgetEvents } from './events.ts';
import { text } from './rows.ts';
import type { LedgerSession } from './statements.ts';

const ABANDONED: PushTrouble = {
  kind: 'configuration',
  problem: 'no gateway that has its push target ran before it was given up; what was pushed is no longer kept',
  words: 'The gateway was not set up to send it any more',
};

/** So long a gateway that has fallen silent is shown. */
export const SHOWN_SILENT_MS = 86_400_000;

/** Removes what came to an end before a time, and gives up what nobody has sent. @returns how many of both */
export async function forgetAll(session: LedgerSession, before: number, now: number): Promise<number> {
  const abandoned = await abandon(session, before, now);
  await session.run('forgetInstances', now - SHOWN_SILENT_MS);
  await session.run('forgetBodies', before);
  await session.run('forgetAllAttempts', before);
  const forgotten = await session.run('forget', before);
  return abandoned + forgotten + (await forgetEvents(session, before));
}

/** Gives up what still waits long after its time: no gateway has sent it. */
async function abandon(session: LedgerSession, before: number, now: number): Promise<number> {
  let count = 0;
  for (; count < FORGOTTEN_AT_ONCE; count += 1) {
    const found = await session.get('abandoned', before);
    if (found === undefined) break;
    const id = text(found, 'id');
    await session.run('abandon', id, now, JSON.stringify(ABANDONED));
    await session.run('findSuperseding', id);
    await session.run('deleteBody', id);
  }
  return count;
}
