/** The attempts of pushes: how one begins, and how it ends. Each function runs inside a transaction of the writer. */
import type { AttemptClaim, AttemptResult, ClaimedPush, ClaimOrder, Ledger } from '../gateway/push/ledger.ts';
import type { PushRow } from '../gateway/push/push-row.ts';
import { findable, memoryOf, number, pushRow, requestFromText, storedText, text } from './rows.ts';
import { type LedgerSession, MOST_ATTEMPTS_KEPT } from './statements.ts';
import { lockTarget, rememberTarget } from './targets.ts';

/** The statements that find a due push. */
const DUE = {
  'unsure first': ['dueUnsure', 'dueSure'],
  'sure first': ['dueSure', 'dueUnsure'],
  'by hand': ['dueByHand'],
} as const satisfies Record<ClaimOrder, readonly string[]>;

/** Of an attempt; the last one stands in the push's own row as it is. */
const LONGEST_REASON = 500;

/** Begins attempts of due pushes of a target, as {@link Ledger.claim} says. @param owner the process that makes them */
export async function claimPushes(
  session: LedgerSession,
  owner: string,
  now: number,
  ...[target, room]: Parameters<Ledger['claim']>
): Promise<readonly ClaimedPush[]> {
  const take = async (limit: number, order: ClaimOrder) => {
    const claimed: ClaimedPush[] = [];
    while (claimed.length < limit) {
      const next = await nextDue(session, target, order, now);
      if (next === undefined) break;
      const id = text(next, 'id');
      await session.run('take', number(next, 'seq'), owner, now);
      await session.run('began', id, now);
      const row = await knownPush(session, id);
      if (row.attempts > MOST_ATTEMPTS_KEPT) await session.run('forgetAttempts', id);
      claimed.push({ row, request: requestFromText(text(next, 'request')) });
    }
    return claimed;
  };
  if (typeof room === 'number') return take(room, 'unsure first');
  await lockTarget(session, target);
  const found = (await session.get('targetState', target)) ?? {};
  const known = memoryOf(found);
  const given = room({ known, sending: number(found, 'sending'), now });
  if (given.known !== known) await rememberTarget(session, target, given.known);
  return take(given.limit, given.order);
}

async function nextDue(session: LedgerSession, target: string, order: ClaimOrder, now: number) {
  for (const kind of DUE[order]) {
    const found = await session.get(kind, target, now);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Writes down how an attempt ended, as {@link Ledger.settle} says. */
export async function settleAttempt(
  session: LedgerSession,
  now: number,
  { id, attempts }: AttemptClaim,
  result: AttemptResult,
): Promise<void> {
  const mine = [id, attempts, now];
  if (result.state === 'done') {
    const { receipt } = result;
    if ((await session.run('done', ...mine, findable(receipt.id), JSON.stringify(receipt))) === 0) return;
    await endAttempt(session, now, id, result);
    if (!result.keepBody) await session.run('deleteBody', id);
    const { target, xRequest, seq } = await ofRequest(session, id);
    await session.run('supersede', id, target, xRequest, seq);
    return;
  }
  const trouble = [JSON.stringify(result.trouble), result.trouble.kind];
  if (result.state === 'waiting') {
    const flags = [result.unsure ? 1 : 0, result.rejected ? 1 : 0, result.insisted === true ? 1 : 0];
    const unsureAt = result.unsureAt === undefined ? null : Math.round(result.unsureAt);
    const changes = await session.run('waiting', ...mine, Math.round(result.nextAt), ...trouble, ...flags, unsureAt);
    if (changes > 0) await endAttempt(session, now, id, result);
  } else if ((await session.run('ended', ...mine, result.state, ...trouble)) > 0) {
    await endAttempt(session, now, id, result);
    await ofRequest(session, id);
    await session.run('findSuperseding', id);
  }
}

/** A push whose like of the same request nobody else ends meanwhile: one of two would not see that the other got there. */
async function ofRequest(session: LedgerSession, id: string): Promise<PushRow> {
  const row = await knownPush(session, id);
  if (row.xRequest !== '') await session.lock([`request ${row.target} ${row.xRequest}`]);
  return row;
}

async function endAttempt(session: LedgerSession, now: number, id: string, result: AttemptResult): Promise<void> {
  const reason = result.state === 'done' ? null : storedText(result.trouble.problem, LONGEST_REASON);
  const ms = result.tookMs === undefined ? null : Math.round(result.tookMs);
  await session.run('endAttempt', id, ms, now, result.state, reason);
}

export async function findPush(session: LedgerSession, id: string): Promise<PushRow | undefined> {
  const found = await session.get('row', id);
  return found === undefined ? undefined : pushRow(found);
}

/** @throws {Error} a bug: there is none of this id */
export async function knownPush(session: LedgerSession, id: string): Promise<PushRow> {
  const found = await findPush(session, id);
  if (found === undefined) throw new Error(`a push has gone from the ledger: ${id}`);
  return found;
}
