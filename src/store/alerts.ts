/** The alerts of a ledger. Each function runs inside a transaction of the writer. */
import type { AlertOrder, Outage } from '../gateway/push/alert-order.ts';
import type { AlertNews, NewPush } from '../gateway/push/ledger.ts';
import type { PushRow } from '../gateway/push/push-row.ts';
import { MOST_OUTAGES } from './alert-sql.ts';
import type { Bindable, DatabaseRow } from './connections.ts';
import { number, pushRow, text } from './rows.ts';
import type { LedgerSession } from './statements.ts';

/** What `alertDue` is asked with. */
export function dueParameters({ states, withTargets, targets }: AlertOrder): Bindable[] {
  return [`,${states.join(',')},`, withTargets ? 1 : 0, JSON.stringify(targets)];
}

/** When an alert is due, from a row of `alertDue`. A time in the future is of a clock that was set back since. */
export function dueFrom(row: DatabaseRow, order: AlertOrder, at: number): number | undefined {
  if (number(row, 'begun') === 0) return at;
  const events = [row['ended'], row['turned']].filter((time) => typeof time === 'number');
  const [first = at, second = first] = events;
  if (events.length === 0 || number(row, 'busy') >= order.targets.length) return undefined;
  const after = (time: number, ms: number) => (time > at ? at : time + ms);
  return Math.max(after(Math.min(first, second), order.settleMs), after(number(row, 'last'), order.everyMs));
}

/** An outage, from a row of `outages`. */
export function outageRow(row: DatabaseRow): Outage {
  const backAt = row['back_at'];
  return {
    target: text(row, 'target'),
    since: number(row, 'since'),
    reason: text(row, 'reason'),
    backAt: typeof backAt === 'number' ? backAt : undefined,
  };
}

/**
 * Stores the alert that is due, and marks what it tells.
 * @param store stores pushes
 */
export async function takeAlert(
  session: LedgerSession,
  order: AlertOrder,
  at: number,
  compose: (news: AlertNews) => readonly NewPush[],
  store: (pushes: readonly NewPush[]) => Promise<readonly PushRow[]>,
): Promise<readonly PushRow[]> {
  // Of several gateways one makes it.
  await session.lock(['alerts']);
  const state = (await session.get('alertDue', ...dueParameters(order))) ?? {};
  if (number(state, 'begun') === 0) {
    await session.run('alertBegin');
    await session.run('alertTold');
    return [];
  }
  const due = dueFrom(state, order, at);
  if (due === undefined || due > at) return [];
  // What ends meanwhile would count as told, and nobody was told of it.
  await session.alone();
  const stored = await store(compose(await newsOf(session, order, at, state)));
  if (stored.length === 0) return [];
  // Also what is not wanted: whoever wants it tomorrow wants what comes from then on.
  await session.run('alertTold');
  if (order.withTargets) {
    await session.run('outagesOver');
    await session.run('outagesTold');
  }
  await session.run('alertMade', at);
  return stored;
}

/** Takes down that a push target is back. */
export async function outageIsOver(session: LedgerSession, target: string, at: number): Promise<void> {
  await session.run('outageForgotten', target);
  await session.run('outageBack', target, at);
}

async function newsOf(session: LedgerSession, order: AlertOrder, at: number, state: DatabaseRow): Promise<AlertNews> {
  const last = state['last'];
  const [states = ''] = dueParameters(order);
  const counts = (await session.get('alertCount', states)) ?? {};
  return {
    at,
    lastAt: typeof last === 'number' ? last : undefined,
    pushes: await firstPushes(session, states, order.most),
    failed: number(counts, 'failed'),
    unclear: number(counts, 'unclear'),
    outages: order.withTargets ? await untoldOutages(session) : [],
  };
}

async function firstPushes(session: LedgerSession, states: Bindable, most: number): Promise<readonly PushRow[]> {
  const pushes: PushRow[] = [];
  while (pushes.length < most) {
    const { changedAt = -1, seq = -1 } = pushes.at(-1) ?? {};
    const found = await session.get('alertNext', states, changedAt, seq);
    if (found === undefined) break;
    pushes.push(pushRow(found));
  }
  return pushes;
}

async function untoldOutages(session: LedgerSession): Promise<readonly Outage[]> {
  const outages: Outage[] = [];
  while (outages.length < MOST_OUTAGES) {
    const found = await session.get('outageNext', outages.at(-1)?.target ?? '');
    if (found === undefined) break;
    outages.push(outageRow(found));
  }
  return outages;
}
