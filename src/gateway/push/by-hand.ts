/** What a person says of pushes, one or many: sent again, or dropped. The command line and the console do it with this. */
import { AUDIT_LIMITS } from '../audit/entry.ts';
import type { GatewayPlan } from '../plan.ts';
import type { Ledger } from './ledger.ts';
import type { PushRow, PushSelection, PushState } from './push-row.ts';

/** So many are in memory at once, and are written in one transaction. */
const AT_ONCE = 100;
/** Of those that could not be changed for one reason, so many are named; and of those that were pushed again. */
export const MOST_IDS_NAMED = 3;

export type PushChange = 'retry' | 'drop';

/** What waits goes out by itself: it is changed only where it is named. */
export const STUCK_STATES: readonly PushState[] = ['failed', 'unclear'];
export const CHANGEABLE_STATES: readonly PushState[] = ['waiting', ...STUCK_STATES];

/**
 * Why a push could not be changed. `state`: it is being sent, done, or dropped. `target`: its push target is not configured
 * any more. `body`: what was pushed is not kept any more. `unknown`: there is none of this id.
 */
export interface NotChanged {
  readonly why: 'state' | 'target' | 'body' | 'unknown';
  readonly target: string;
}

/** Changes one push. @returns why it could not be done */
export async function changePush(
  ledger: Ledger,
  { id, target, state }: Pick<PushRow, 'id' | 'target' | 'state'>,
  change: PushChange,
  plan: GatewayPlan,
): Promise<NotChanged | undefined> {
  if (change === 'drop') return (await ledger.drop(id)) ? undefined : { why: 'state', target };
  const planned = plan.push.get(target);
  if (planned === undefined) return { why: 'target', target };
  if (await ledger.retry(id, planned.retry.giveUpAfterMs)) return undefined;
  return { why: CHANGEABLE_STATES.includes(state) && !(await ledger.holds(id)) ? 'body' : 'state', target };
}

/** What came of changing many. It remembers few ids, however many pushes there are. */
export class ChangeCount {
  changed = 0;
  /** The first of them, for the audit. */
  readonly changedIds: string[] = [];
  /** Staff have pushed them again: to send them would do it twice. */
  leftOut = 0;
  readonly leftOutIds: string[] = [];
  readonly #failed = new Map<string, { readonly reason: NotChanged; count: number; readonly ids: string[] }>();

  count(id: string, reason: NotChanged | undefined): void {
    if (reason === undefined) {
      this.changed += 1;
      if (this.changedIds.length < AUDIT_LIMITS.ids) this.changedIds.push(id);
      return;
    }
    const key = reason.why === 'target' ? `target ${reason.target}` : reason.why;
    const known = this.#failed.get(key) ?? { reason, count: 0, ids: [] };
    this.#failed.set(key, known);
    known.count += 1;
    if (known.ids.length < MOST_IDS_NAMED) known.ids.push(id);
  }

  leaveOut(id: string): void {
    this.leftOut += 1;
    if (this.leftOutIds.length < MOST_IDS_NAMED) this.leftOutIds.push(id);
  }

  /** Those that could not be changed, by reason. */
  get failed(): readonly { readonly reason: NotChanged; readonly count: number; readonly ids: readonly string[] }[] {
    return [...this.#failed.values()];
  }
}

/** Changes pushes that are named. What was changed is counted, also when it throws. */
export async function changeNamedPushes(
  ledger: Ledger,
  ids: readonly string[],
  change: PushChange,
  plan: GatewayPlan,
  counted: ChangeCount,
): Promise<void> {
  for (let start = 0; start < ids.length; start += AT_ONCE) {
    const some = await Promise.all(
      ids.slice(start, start + AT_ONCE).map(async (id) => ({ id, row: await ledger.row(id) })),
    );
    const unknown: NotChanged = { why: 'unknown', target: '' };
    const whys = await Promise.all(some.map(({ row }) => (row ? changePush(ledger, row, change, plan) : unknown)));
    for (const [index, { id }] of some.entries()) counted.count(id, whys[index]);
  }
}

/** How many pushes a change of a selection is about. */
export interface ChangeExtent {
  readonly count: number;
  /** How many more are left out, because staff have pushed them again since. */
  readonly leftOut: number;
  /** The `seq` of the newest: what comes later is not asked about, and so not changed. */
  readonly last: number;
}

export async function extentOf(ledger: Ledger, selection: PushSelection, change: PushChange): Promise<ChangeExtent> {
  const { count, withLater, last } = await ledger.count(selection);
  // What is dropped is not sent twice.
  const leftOut = change === 'drop' ? 0 : withLater;
  return { count: count - leftOut, leftOut, last };
}

/**
 * Changes what a selection has up to {@link ChangeExtent.last}. What was changed is counted, also when it throws.
 * @param isOver asked now and then: whether there is no more time
 * @returns whether it came to the end
 */
export async function changeSelectedPushes(
  ledger: Ledger,
  { selection, last }: { readonly selection: PushSelection; readonly last: number },
  change: PushChange,
  plan: GatewayPlan,
  counted: ChangeCount,
  isOver: () => boolean = () => false,
): Promise<boolean> {
  for (let after = 0; ; ) {
    // Read anew: staff may have pushed one again while the question stood there.
    const page = await ledger.select(selection, { after, upTo: last, limit: AT_ONCE });
    after = page.at(-1)?.row.seq ?? last;
    await Promise.all(
      page.map(async ({ row, later }) => {
        if (change === 'retry' && later !== undefined) counted.leaveOut(row.id);
        else counted.count(row.id, await changePush(ledger, row, change, plan));
      }),
    );
    if (page.length < AT_ONCE) return true;
    // Not before the first: whoever has little time comes to the end all the same, some at a time.
    if (isOver()) return false;
  }
}

/** A push that staff have pushed again since. */
export interface PushedAgain {
  readonly id: string;
  /** Ours, of the later one. */
  readonly later: string;
  /** `with it`: it is among those that are sent again. */
  readonly state: PushState | 'with it';
}

/** Which push of the same request has come later, and how it stands; undefined where that does not matter. */
export async function laterOf(ledger: Ledger, change: PushChange, row: PushRow): Promise<PushedAgain | undefined> {
  if (change === 'drop' || !CHANGEABLE_STATES.includes(row.state)) return undefined;
  const { id } = row;
  const later = await ledger.pushedSince(row);
  if (later !== undefined) return { id, later: later.id, state: later.state };
  return row.supersededBy === undefined ? undefined : { id, later: row.supersededBy, state: 'done' };
}

/** The same of several, which may also be one another's. */
export async function pushedAgain(
  ledger: Ledger,
  change: PushChange,
  ids: readonly string[],
): Promise<readonly PushedAgain[]> {
  if (change === 'drop') return [];
  const newest = new Map<string, string>();
  const again: PushedAgain[] = [];
  const rows = (await Promise.all(ids.map((id) => ledger.row(id)))).filter((row) => row !== undefined);
  for (const row of rows.toSorted((one, other) => other.seq - one.seq)) {
    const of = row.xRequest && `${row.target} ${row.xRequest}`;
    const sentToo = newest.get(of);
    const later =
      (await laterOf(ledger, change, row)) ?? (sentToo && { id: row.id, later: sentToo, state: 'with it' as const });
    if (later) again.push(later);
    else if (of !== '' && CHANGEABLE_STATES.includes(row.state)) newest.set(of, row.id);
  }
  return again;
}
