/** `helpspot-gateway pushes show ID`. */
import { UserError } from '../contract/index.ts';
import type { GatewayPlan } from '../gateway/plan.ts';
import { isOpenYet, nextTry, stillLookedForUntil } from '../gateway/push/horizon.ts';
import type { PushAttempt, PushRow } from '../gateway/push/push-row.ts';
import { attemptView, pushedView, pushView } from '../gateway/push/view.ts';
import { counted } from '../kit/text/index.ts';
import type { LedgerView } from '../store/ledger.ts';
import { inJson } from './json.ts';
import { type PushWork, unknownPush, utc } from './pushes-selection.ts';
import { list, table } from './terminal.ts';

/** @returns the exit status */
export async function showPush({ plan, line, say }: PushWork, ledger: LedgerView, id: string): Promise<number> {
  const row = (await ledger.row(id)) ?? (await rowThere(plan, ledger, id));
  if (row === undefined) throw unknownPush(id, plan);
  const now = ledger.now();
  const attempts = await ledger.attempts(row.id);
  const request = line.has('body') ? await ledger.request(row.id) : undefined;
  if (line.has('json')) {
    const pushed = request === undefined ? {} : { pushed: pushedView(request) };
    say(inJson({ ...pushView(row, plan, now), tried: attempts.map(attemptView), ...pushed }));
    return 0;
  }
  say(list(facts(row, plan, now)));
  if (attempts.length > 0) say(`\n${attemptTable(attempts, row.attempts)}`);
  if (line.has('body') && request === undefined) say('\nWhat was pushed is not kept any more\n');
  if (request !== undefined) {
    const fields = Object.entries(request.fields).map(([name, value]): [string, string] => [name, value]);
    say(`\n${list([...fields, ...request.files.map(({ name }): [string, string] => ['file', name])])}`);
    say(list([['body', request.body]]));
  }
  return 0;
}

/** The push of which the other system says this id: it is the one that staff know. @throws {UserError} for that of several */
async function rowThere(plan: GatewayPlan, ledger: LedgerView, id: string): Promise<PushRow | undefined> {
  const found = await Promise.all(Array.from(plan.push.keys(), (target) => ledger.find(target, id)));
  const [row, ...others] = found.filter((one) => one !== undefined);
  if (row === undefined || others.length === 0) return row;
  const each = [row, ...others].map((one) => `${one.id} (${one.target})`).join(', ');
  throw new UserError(`${id} is the id of pushes to several systems; say which: ${each}`);
}

function facts(row: PushRow, plan: GatewayPlan, now: number): [string, string][] {
  const next = nextTry(row, now);
  const isOpen = isOpenYet(row);
  const until = stillLookedForUntil(row, plan, now);
  const all: [string, string | undefined][] = [
    ['id', row.id],
    ['target', plan.push.has(row.target) ? row.target : `${row.target} (no such push target any more)`],
    ['state', row.unsure && isOpen ? `${row.state}; an attempt may have arrived` : row.state],
    ['superseded by', row.supersededBy],
    ['request', row.isAlert ? 'none: an alert about other pushes' : row.xRequest],
    ['made of', row.origin],
    ['title', row.title],
    ['pushed by', row.staff],
    ['reference', row.reference],
    ['taken', utc(row.createdAt)],
    ['changed', utc(row.changedAt)],
    ['tries', String(row.attempts)],
    ['looked for until', until === undefined ? undefined : `${utc(until)}; sent again only if it is not there by then`],
    ['next try', typeof next === 'number' ? utc(next) : next],
    ['given up at', row.state === 'waiting' ? utc(row.giveUpAt) : undefined],
    ['last trouble', row.trouble?.problem],
    ['id there', row.receipt?.id],
    ['linked', row.receipt?.isLinked ? 'it was there already; nothing was made' : undefined],
    ['link', row.receipt?.link],
  ];
  return all.flatMap(([name, value]) => (value === undefined || value === '' ? [] : [[name, value]]));
}

/** What became of an attempt, in words. */
const RESULTS: Readonly<Record<NonNullable<PushAttempt['result']>, string>> = {
  done: 'done',
  waiting: 'to be repeated',
  sending: 'under way',
  failed: 'failed',
  unclear: 'unclear',
  dropped: 'dropped',
  interrupted: 'interrupted',
};

function attemptTable(attempts: readonly PushAttempt[], made: number): string {
  const cells = attempts.map(({ number, at, ms, result, reason }) => [
    String(number),
    utc(at),
    ms === undefined ? '' : `${(ms / 1000).toFixed(3)} s`,
    result === undefined ? 'under way' : RESULTS[result],
    reason,
  ]);
  const lost = made - attempts.length;
  const notice = lost > 0 ? `${counted(lost, 'other try is', 'other tries are')} not kept\n` : '';
  return `${table([['TRY', 'BEGAN (UTC)', 'TOOK', 'RESULT', 'REASON'], ...cells])}${notice}`;
}
