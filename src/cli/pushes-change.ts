/** `helpspot-gateway pushes retry` and `drop`: what a person says of pushes, one or many. */
import { UserError } from '../contract/index.ts';
import {
  CHANGEABLE_STATES,
  ChangeCount,
  changeNamedPushes,
  changePush,
  changeSelectedPushes,
  extentOf,
  laterOf,
  MOST_IDS_NAMED,
  type PushChange,
  type PushedAgain,
  pushedAgain,
  STUCK_STATES,
} from '../gateway/push/by-hand.ts';
import { CHANGE_WORDS, reasonWords } from '../gateway/push/by-hand-words.ts';
import type { Ledger } from '../gateway/push/ledger.ts';
import { counted } from '../kit/text/index.ts';
import { agreed } from './agree.ts';
import { recordChange } from './audit-change.ts';
import { Misuse } from './command-line.ts';
import { telling } from './pushes-change-tally.ts';
import {
  lookedFor,
  type PushFilters,
  type PushWork,
  refuseUnknownTarget,
  sinceOf,
  unknownPush,
} from './pushes-selection.ts';
import { printable } from './text-width.ts';

/**
 * Sends pushes again, or drops them.
 * @param which ids of ours, or a selection
 * @returns the exit status: 1 when one of them could not be changed, or nobody said yes
 */
export async function changePushes(
  work: PushWork,
  ledger: Ledger,
  change: PushChange,
  which: readonly string[] | PushFilters,
): Promise<number> {
  const count = new ChangeCount();
  try {
    if ('states' in which) return await changeSelected(work, ledger, change, which, count);
    const [only] = which;
    return only !== undefined && which.length === 1
      ? await changeOne(work, ledger, change, only, count)
      : await changeNamed(work, ledger, change, which, count);
  } finally {
    // Also what was done before something failed.
    const { changed, changedIds: things } = count;
    if (changed > 0) await recordChange(work.plan, work.terminal, { name: `pushes ${change}`, things, count: changed });
  }
}

async function changeOne(
  work: PushWork,
  ledger: Ledger,
  change: PushChange,
  id: string,
  count: ChangeCount,
): Promise<number> {
  const { plan, say } = work;
  const row = await ledger.row(id);
  if (row === undefined) throw unknownPush(id, plan);
  const later = await laterOf(ledger, change, row);
  if (later !== undefined) {
    const since = `taff have pushed the request of ${id} again since: ${later.later} is ${later.state}`;
    if (!(await agreed(work, `S${since}. ${question(change, id)}`, `s${since}`))) return 1;
  }
  const not = await changePush(ledger, row, change, plan);
  count.count(id, not);
  if (not !== undefined) {
    const words = reasonWords(not, change);
    throw new UserError(not.why === 'state' ? `${id} is ${row.state}; ${words}` : words);
  }
  say(`${id} is ${CHANGE_WORDS[change].done}\n`);
  return 0;
}

async function changeNamed(
  work: PushWork,
  ledger: Ledger,
  change: PushChange,
  ids: readonly string[],
  count: ChangeCount,
): Promise<number> {
  const again = await pushedAgain(ledger, change, ids);
  if (again.length > 0) {
    const named = again.slice(0, MOST_IDS_NAMED).map(againWords).join('; ');
    const words = `staff have pushed ${again.length} of them again since: ${named}${again.length > MOST_IDS_NAMED ? ' …' : ''}`;
    if (!(await agreed(work, `${question(change, counted(ids.length, 'push', 'pushes'))} But ${words}.`, words)))
      return 1;
  }
  return telling(work, change, count, () => changeNamedPushes(ledger, ids, change, work.plan, count));
}

async function changeSelected(
  work: PushWork,
  ledger: Ledger,
  change: PushChange,
  filters: PushFilters,
  tally: ChangeCount,
): Promise<number> {
  const { target, states = STUCK_STATES, reference } = filters;
  const wrong = states.find((state) => !CHANGEABLE_STATES.includes(state));
  if (wrong !== undefined) {
    throw new Misuse(`--state=${wrong} makes no sense here: ${CHANGE_WORDS[change].doable}`, 'pushes');
  }
  const selection = { target, states, since: sinceOf(filters, ledger), reference };
  const { count, leftOut: left, last } = await extentOf(ledger, selection, change);
  const leftOut = left === 0 ? '' : `${counted(left, 'is', 'are')} left out, which staff have pushed again since`;
  if (count === 0) {
    if ((await ledger.list({ target, limit: 1 })).length === 0) refuseUnknownTarget(filters, work.plan);
    work.say(`There are no pushes to ${change}${lookedFor(filters)}${leftOut && `; ${leftOut}`}\n`);
    return 0;
  }
  const what = counted(count, 'push', 'pushes');
  if (!(await agreed(work, `${leftOut && `${leftOut}. `}${question(change, what)}`, what))) return 1;
  return telling(work, change, tally, () =>
    changeSelectedPushes(ledger, { selection, last }, change, work.plan, tally),
  );
}

function question(change: PushChange, what: string): string {
  return change === 'retry' ? `Send ${what} again?` : `Drop ${what}?`;
}

function againWords({ id, later, state }: PushedAgain): string {
  return `${printable(id)} (${later} is ${state === 'with it' ? 'sent again, too' : state})`;
}
