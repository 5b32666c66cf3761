/** The alerts of a ledger. Each function runs inside a transaction of the writer. */
import type { AlertOrder, Outage } from '../gateway/push/alert-order.ts';
import type { AlertNews, NewPush, PushRow } from '../gateway/push/ledger.ts';
import { MOST_OUTAGES } from './alert-sql.ts';
import type { Bindable, DatabaseRow } from './connections.ts';
import { number, pushRow, text } from './rows.ts';
import type { Statements } from './statements.ts';

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
 * @param accept stores a push
 */
export function takeAlert(
  statements: Statements,
  order: AlertOrder,
  at: number,
  compose: (news: AlertNews) => readonly NewPush[],
  accept: (push: NewPush) => PushRow,
): readonly PushRow[] {
  const state = statements.get('alertDue', ...dueParameters(order)) ?? {};
  if (number(state, 'begun') === 0) {
    statements.run('alertBegin');
    statements.run('alertTold');
    return [];
  }
  const due = dueFrom(state, order, at);
  if (due === undefined || due > at) return [];
  const stored = compose(newsOf(statements, order, at, state)).map(accept);
  if (stored.length === 0) return [];
  // Also what is not wanted: whoever wants it tomorrow wants what comes from then on.
  statements.run('alertTold');
  if (order.withTargets) {
    statements.run('outagesOver');
    statements.run('outagesTold');
  }
  statements.run('alertMade', at);
  return stored;
}

/** Takes down that a push target is back. */
export function outageIsOver(statements: Statements, target: string, at: number): void {
  statements.run('outageForgotten', target);
  statements.run('outageBack', target, at);
}

function newsOf(statements: Statements, order: AlertOrder, at: number, state: DatabaseRow): AlertNews {
  const last = state['last'];
  const [states = ''] = dueParameters(order);
  const counts = statements.get('alertCount', states) ?? {};
  return {
    at,
    lastAt: typeof last === 'number' ? last : undefined,
    pushes: firstPushes(statements, states, order.most),
    failed: number(counts, 'failed'),
    unclear: number(counts, 'unclear'),
    outages: order.withTargets ? untoldOutages(statements) : [],
  };
}

function firstPushes(statements: Statements, states: Bindable, most: number): readonly PushRow[] {
  const pushes: PushRow[] = [];
  while (pushes.length < most) {
    const { changedAt = -1, seq = -1 } = pushes.at(-1) ?? {};
    const found = statements.get('alertNext', states, changedAt, seq);
    if (found === undefined) break;
    pushes.push(pushRow(found));
  }
  return pushes;
}

function untoldOutages(statements: Statements): readonly Outage[] {
  const outages: Outage[] = [];
  while (outages.length < MOST_OUTAGES) {
    const found = statements.get('outageNext', outages.at(-1)?.target ?? '');
    if (found === undefined) break;
    outages.push(outageRow(found));
  }
  return outages;
}
