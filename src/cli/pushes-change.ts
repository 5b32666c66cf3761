/** `helpspot-gateway pushes retry` and `drop`: what a person says of pushes, one or many. */
import { UserError } from '../contract/index.ts';
import { AUDIT_LIMITS } from '../gateway/audit/entry.ts';
import type { GatewayPlan } from '../gateway/plan.ts';
import type { Ledger, PushRow, PushSelection, PushState } from '../gateway/push/ledger.ts';
import { agreed } from './agree.ts';
import { recordChange } from './audit-change.ts';
import { Misuse } from './command-line.ts';
import { ChangeTally } from './pushes-change-tally.ts';
import { lookedFor, type PushFilters, type PushWork, refuseUnknownTarget, unknownPush } from './pushes-selection.ts';
import { printable } from './text-width.ts';

/** So many are in memory at once, and are written in one transaction. */
const AT_ONCE = 100;
/** Of what staff have pushed again, so many are named in a question. */
const MOST_NAMED = 3;

/** What waits goes out by itself: it is changed only where it is named. */
const USUAL: readonly PushState[] = ['failed', 'unclear'];
const CHANGEABLE: readonly PushState[] = ['waiting', ...USUAL];

/** One of the two words. */
interface Change {
  readonly word: 'retry' | 'drop';
  /** "Send 37 pushes again?" */
  question(what: string): string;
  /** What has become of them: "3 pushes are dropped". */
  readonly done: string;
  readonly doable: string;
  /** @returns why it could not be done */
  run(ledger: Ledger, row: PushRow, plan: GatewayPlan): Promise<string | undefined>;
}

const CHANGES: Readonly<Record<Change['word'], Change>> = {
  retry: {
    word: 'retry',
    question: (what) => `Send ${what} again?`,
    done: 'sent again as soon as a gateway runs',
    doable: 'only what waits, failed or is unclear can be sent again',
    async run(ledger, row, plan) {
      const target = plan.push.get(row.target);
      if (target === undefined) {
        return `there is no push target ${row.target} any more; put it back into push, or drop the push`;
      }
      if (await ledger.retry(row.id, target.retry.giveUpAfterMs)) return undefined;
      return CHANGEABLE.includes(row.state) && !ledger.holds(row.id)
        ? 'what was pushed is not kept any more'
        : this.doable;
    },
  },
  drop: {
    word: 'drop',
    question: (what) => `Drop ${what}?`,
    done: 'dropped',
    doable: 'only what waits, failed or is unclear can be dropped',
    async run(ledger, row) {
      return (await ledger.drop(row.id)) ? undefined : this.doable;
    },
  },
};

/**
 * Sends pushes again, or drops them.
 * @param which ids of ours, or a selection
 * @returns the exit status: 1 when one of them could not be changed, or nobody said yes
 */
export async function changePushes(
  work: PushWork,
  ledger: Ledger,
  word: Change['word'],
  which: readonly string[] | PushFilters,
): Promise<number> {
  const things: string[] = [];
  let count = 0;
  const change: Change = {
    ...CHANGES[word],
    run: async (open, row, plan) => {
      const why = await CHANGES[word].run(open, row, plan);
      if (why !== undefined) return why;
      count += 1;
      if (things.length < AUDIT_LIMITS.ids) things.push(row.id);
      return undefined;
    },
  };
  try {
    if ('states' in which) return await changeSelected(work, ledger, change, which);
    const [only] = which;
    return only !== undefined && which.length === 1
      ? await changeOne(work, ledger, change, only)
      : await changeNamed(work, ledger, change, which);
  } finally {
    // Also what was done before something failed.
    if (count > 0) await recordChange(work.plan, work.terminal, { name: `pushes ${word}`, things, count });
  }
}

async function changeOne(work: PushWork, ledger: Ledger, change: Change, id: string): Promise<number> {
  const { plan, say } = work;
  const row = ledger.row(id);
  if (row === undefined) throw unknownPush(id, plan);
  const later = laterOf(ledger, change, row);
  if (later !== undefined) {
    const words = `Staff have pushed the request of ${id} again since: ${later}. ${change.question(id)}`;
    if (!(await agreed(work, words, `staff have pushed the request of ${id} again since: ${later}`))) return 1;
  }
  const why = await change.run(ledger, row, plan);
  if (why !== undefined) throw new UserError(why === change.doable ? `${id} is ${row.state}; ${why}` : why);
  say(`${id} is ${change.done}\n`);
  return 0;
}

async function changeNamed(work: PushWork, ledger: Ledger, change: Change, ids: readonly string[]): Promise<number> {
  const again = pushedAgain(ledger, change, ids);
  if (again.length > 0) {
    const named = again.slice(0, MOST_NAMED).join('; ');
    const words = `staff have pushed ${again.length} of them again since: ${named}${again.length > MOST_NAMED ? ' …' : ''}`;
    if (!(await agreed(work, `${change.question(counted(ids.length))} But ${words}.`, words))) return 1;
  }
  const tally = new ChangeTally(change.done);
  for (let start = 0; start < ids.length; start += AT_ONCE) {
    await tally.during(work, async () => {
      const some = ids.slice(start, start + AT_ONCE).map((id) => ({ id, row: ledger.row(id) }));
      const unknown = Promise.resolve('there is no such push');
      const whys = await Promise.all(some.map(({ row }) => (row ? change.run(ledger, row, work.plan) : unknown)));
      for (const [index, { id }] of some.entries()) tally.count(id, whys[index]);
    });
  }
  return tally.tell(work);
}

async function changeSelected(work: PushWork, ledger: Ledger, change: Change, filters: PushFilters): Promise<number> {
  const { target, states = USUAL, since } = filters;
  const wrong = states.find((state) => !CHANGEABLE.includes(state));
  if (wrong !== undefined) throw new Misuse(`--state=${wrong} makes no sense here: ${change.doable}`, 'pushes');
  const selection: PushSelection = { target, states, since };
  const { count, withLater, last } = ledger.count(selection);
  // What is dropped is not sent twice.
  const left = change.word === 'drop' ? 0 : withLater;
  const leftOut =
    left === 0 ? '' : `${left} ${left === 1 ? 'is' : 'are'} left out, which staff have pushed again since`;
  if (count - left === 0) {
    if (ledger.list({ target, limit: 1 }).length === 0) refuseUnknownTarget(filters, work.plan);
    work.say(`There are no pushes to ${change.word}${lookedFor(filters)}${leftOut && `; ${leftOut}`}\n`);
    return 0;
  }
  const what = counted(count - left);
  if (!(await agreed(work, `${leftOut && `${leftOut}. `}${change.question(what)}`, what))) return 1;
  const tally = new ChangeTally(change.done);
  await tally.during(work, async () => {
    for (let after = 0; ; ) {
      // Read anew: staff may have pushed one again while the question stood there.
      const page = ledger.select(selection, { after, upTo: last, limit: AT_ONCE });
      if (page.length === 0) break;
      after = page.at(-1)?.row.seq ?? last;
      await Promise.all(
        page.map(async ({ row, later }) => {
          if (change.word === 'retry' && later !== undefined) tally.leaveOut(row.id);
          else tally.count(row.id, await change.run(ledger, row, work.plan));
        }),
      );
    }
  });
  return tally.tell(work);
}

/** Which push of the same request has come later, and how it stands; undefined where that does not matter. */
function laterOf(ledger: Ledger, { word }: Change, row: PushRow): string | undefined {
  if (word === 'drop' || !CHANGEABLE.includes(row.state)) return undefined;
  const later = ledger.pushedSince(row);
  if (later !== undefined) return `${later.id} is ${later.state}`;
  return row.supersededBy === undefined ? undefined : `${row.supersededBy} is done`;
}

/** The same of several, which may also be one another's. */
function pushedAgain(ledger: Ledger, change: Change, ids: readonly string[]): readonly string[] {
  const newest = new Map<string, string>();
  const again: string[] = [];
  const marks = ids.flatMap((id) => {
    const row = ledger.row(id);
    return row === undefined ? [] : [{ id, seq: row.seq, of: row.xRequest && `${row.target} ${row.xRequest}` }];
  });
  for (const { id, of } of marks.toSorted((one, other) => other.seq - one.seq)) {
    const row = ledger.row(id);
    if (row === undefined || change.word === 'drop') continue;
    const later = laterOf(ledger, change, row) ?? newest.get(of);
    if (later !== undefined) again.push(`${printable(id)} (${later})`);
    else if (of !== '' && CHANGEABLE.includes(row.state)) newest.set(of, `${id} is sent again, too`);
  }
  return again;
}

function counted(count: number): string {
  return count === 1 ? '1 push' : `${count} pushes`;
}
