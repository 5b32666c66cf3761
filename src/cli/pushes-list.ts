/** `helpspot-gateway pushes list`. */
import type { GatewayPlan } from '../gateway/plan.ts';
import { nextTry } from '../gateway/push/horizon.ts';
import { PUSH_STATES, type PushRow } from '../gateway/push/push-row.ts';
import { pushView } from '../gateway/push/view.ts';
import type { LedgerView } from '../store/ledger.ts';
import { inJson } from './json.ts';
import { lookedFor, type PushFilters, type PushWork, refuseUnknownTarget, sinceOf, utc } from './pushes-selection.ts';
import { table } from './terminal.ts';
import { cutTo, printable } from './text-width.ts';

/** In columns: a line of the table stays one on most screens; `pushes show` has all of it. */
const WIDEST_REQUEST = 20;
const WIDEST_REMARK = 100;

/** @returns the exit status */
export async function listPushes(
  work: PushWork,
  ledger: LedgerView,
  filters: PushFilters,
  limit: number,
): Promise<number> {
  const { plan, line, say } = work;
  const { target, states = PUSH_STATES, reference } = filters;
  // One more tells whether there are more.
  const found = await ledger.list({ target, states, since: sinceOf(filters, ledger), reference, limit: limit + 1 });
  const rows = found.slice(0, limit);
  if (rows.length === 0) {
    // A target that is not configured any more may have rows in other states.
    if ((await ledger.list({ target, limit: 1 })).length === 0) refuseUnknownTarget(filters, plan);
    return listNothing(work, filters, 'There are no pushes');
  }
  const now = ledger.now();
  if (line.has('json')) {
    say(inJson(rows.map((row) => pushView(row, plan, now))));
    return 0;
  }
  const cells = rows.map((row) => [
    row.id,
    row.target,
    row.state,
    cutTo(WIDEST_REQUEST, row.isAlert ? 'alert' : printable(row.origin.split(' ', 1)[0] || row.xRequest)),
    utc(row.createdAt),
    String(row.attempts),
    cutTo(WIDEST_REMARK, printable(remark(row, plan, now))),
  ]);
  say(table([['ID', 'TARGET', 'STATE', 'REQUEST', 'TAKEN (UTC)', 'TRIES', 'REMARK'], ...cells]));
  if (found.length > limit) say(`\nOnly the newest ${limit} are shown; --limit=COUNT shows more\n`);
  return 0;
}

/** An empty list, which says what was looked for. @returns the exit status */
export function listNothing({ line, say }: PushWork, filters: PushFilters, words: string): number {
  say(line.has('json') ? inJson([]) : `${words}${lookedFor(filters)}\n`);
  return 0;
}

/** What a person wants to know of it in one line. */
function remark(row: PushRow, plan: GatewayPlan, now: number): string {
  if (row.state === 'done') return row.receipt?.id ?? '';
  const superseded = row.supersededBy && `superseded by ${row.supersededBy}`;
  if (row.state !== 'dropped' && !plan.push.has(row.target)) return 'no such push target any more';
  const next = nextTry(row, now);
  const words = next === undefined ? '' : next === 'now' ? 'next try now' : `next at ${utc(next)}`;
  return [superseded, words, row.trouble?.problem].filter((part) => part !== undefined && part !== '').join('; ');
}
