/** What gateways know together of push targets. Each function runs inside a transaction of the writer. */
import type { MemoryChange, TargetMemory } from '../gateway/push/target-memory.ts';
import { memoryOf } from './rows.ts';
import type { LedgerSession } from './statements.ts';

/** Until the end of the transaction nobody else claims a push of the target, nor learns of it. */
export function lockTarget(session: LedgerSession, target: string): Promise<void> {
  return session.lock([`target ${target}`]);
}

/** What is known; undefined: nothing. */
async function targetMemory(session: LedgerSession, target: string): Promise<TargetMemory | undefined> {
  const found = await session.get('target', target);
  return found && memoryOf(found);
}

/** Of a target that answers nothing is kept, and gateways that rested because of it are told. */
export async function rememberTarget(
  session: LedgerSession,
  target: string,
  known: TargetMemory | undefined,
): Promise<void> {
  if (known !== undefined) await session.run('rememberTarget', target, JSON.stringify(known));
  else if ((await session.run('forgetTarget', target)) > 0) await session.tell();
}

/** Changes what is known. Where there is nothing to change, as for a target that answers, nobody is waited for. */
export async function learnOfTarget(
  session: LedgerSession,
  target: string,
  now: number,
  change: MemoryChange,
): Promise<void> {
  const seen = await targetMemory(session, target);
  if (change(seen, now) === seen) return;
  await lockTarget(session, target);
  const known = await targetMemory(session, target);
  const changed = change(known, now);
  if (changed !== known) await rememberTarget(session, target, changed);
}
