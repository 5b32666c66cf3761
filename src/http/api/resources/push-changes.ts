/** Pushes sent again or dropped: one, some that are named, or all of a filter, whose number is said first. */
import * as z from 'zod';
import { remainingMs } from '../../../contract/index.ts';
import { tellChange } from '../../../gateway/audit/change.ts';
import {
  ChangeCount,
  changeNamedPushes,
  changePush,
  changeSelectedPushes,
  extentOf,
  laterOf,
  type PushChange,
  pushedAgain,
  STUCK_STATES,
} from '../../../gateway/push/by-hand.ts';
import { reasonWords } from '../../../gateway/push/by-hand-words.ts';
import type { Ledger } from '../../../gateway/push/ledger.ts';
import type { PushSelection } from '../../../gateway/push/push-row.ts';
import { Refusal } from '../../refusal.ts';
import { makerOf } from '../caller.ts';
import { type ApiContext, NOTHING, operation } from '../operation.ts';
import { listSchema, moment, namedSchema, referenceSchema, textSchema } from '../schemas.ts';
import { onLedger, pushNotFound, requireTarget } from './ledger.ts';

/** So many can be named at once, as on a page of the console. */
const MOST_NAMED = 50;
/** What is left then is for the answer that tells what was done. */
const TELLING_MS = 500;

const again = z
  .boolean()
  .optional()
  .meta({ description: 'Send them though staff have pushed the same request again since.' });

const wanted = z.strictObject({
  ids: z.array(z.string().min(1).max(100)).min(1).max(MOST_NAMED).optional(),
  again,
  filter: z
    .strictObject({
      target: textSchema('The name of a push target.').optional(),
      state: z.enum(['waiting', 'failed', 'unclear']).optional().meta({ description: 'Left out: failed and unclear.' }),
      since: moment('Taken then or later.'),
      reference: referenceSchema,
    })
    .optional()
    .meta({ description: 'Instead of `ids`: all that fit, except those that staff have pushed again since.' }),
  confirm: z.int().min(0).optional().meta({
    description:
      'With `filter`: how many there are. With another number nothing is done, and the refusal says how many.',
  }),
});

const changed = namedSchema(
  'PushesChanged',
  z.strictObject({
    changed: z.int(),
    leftOut: z.int().meta({ description: 'Staff have pushed them again since.' }),
    notChanged: listSchema(z.strictObject({ reason: z.string(), count: z.int(), ids: listSchema(z.string()) })).meta({
      description: 'Those that could not be changed, by reason, with the first of their ids.',
    }),
    isWhole: z.boolean().meta({ description: 'False: there was not enough time for all; call again for the rest.' }),
  }),
);

const oneChanged = namedSchema(
  'PushChanged',
  z.strictObject({ id: z.string(), state: z.enum(['waiting', 'dropped']) }),
);

const busy = 'The store of pushes cannot be read or written.';

export const pushChangeOperations = (['retry', 'drop'] as const).flatMap((change) => [
  operation({
    id: `${change}Push`,
    method: 'post',
    path: `/api/pushes/{id}/${change}`,
    summary: change === 'retry' ? 'Sends a push again' : 'Drops a push',
    tag: 'pushes',
    role: 'operator',
    changes: true,
    names: z.strictObject({ id: textSchema('Ours: `q-…`.') }),
    query: NOTHING,
    body: z.strictObject(change === 'retry' ? { again } : {}).optional(),
    answer: oneChanged,
    refusals: {
      404: 'There is no push of this id.',
      409: 'It is being sent, done or dropped already; its target or what was pushed is gone; or it was pushed again since.',
      503: busy,
    },
    perform: (call) => onLedger(call, (ledger) => changeOne(call, ledger, change, isAgain(call.body))),
  }),
  operation({
    id: `${change}Pushes`,
    method: 'post',
    path: `/api/pushes/${change}`,
    summary: change === 'retry' ? 'Sends several pushes again' : 'Drops several pushes',
    tag: 'pushes',
    role: 'operator',
    changes: true,
    names: NOTHING,
    query: NOTHING,
    body: wanted,
    answer: changed,
    refusals: { 409: 'There are more or fewer than `confirm`, or some of `ids` were pushed again since.', 503: busy },
    perform: (call) => onLedger(call, (ledger) => changeSeveral(call, ledger, change, call.body)),
  }),
]);

type OneCall = ApiContext & { readonly names: { readonly id: string } };

function isAgain(body: object | undefined): boolean {
  return body !== undefined && 'again' in body && body.again === true;
}

async function changeOne(call: OneCall, ledger: Ledger | undefined, change: PushChange, anyway: boolean) {
  const { gateway, caller, names } = call;
  const row = await ledger?.row(names.id);
  if (ledger === undefined || row === undefined) throw pushNotFound(names.id);
  const { id } = row;
  const later = await laterOf(ledger, change, row);
  if (later !== undefined && !anyway) throw pushedSince(`${id}: ${later.later} is ${later.state}`);
  const not = await changePush(ledger, row, change, gateway.plan);
  if (not !== undefined) {
    const words = reasonWords(not, change);
    throw new Refusal(409, not.why === 'state' ? `${id} is ${row.state}; ${words}` : `${id}: ${words}`);
  }
  tellChange(gateway, makerOf(caller), { what: `push.${change}`, of: id });
  gateway.pushes.wake();
  return { id, state: change === 'drop' ? ('dropped' as const) : ('waiting' as const) };
}

async function changeSeveral(
  call: ApiContext,
  ledger: Ledger | undefined,
  change: PushChange,
  { ids, filter, confirm, again: anyway }: z.output<typeof wanted>,
): Promise<z.output<typeof changed>> {
  const isOfFilter = filter !== undefined && confirm !== undefined && ids === undefined;
  if (!isOfFilter && (ids === undefined || filter !== undefined || confirm !== undefined)) {
    throw new Refusal(422, 'Write either ids, or filter and confirm: how many pushes that are');
  }
  if (ledger === undefined) throw new Refusal(409, 'There are no pushes yet');
  const { gateway, caller } = call;
  const counted = new ChangeCount();
  let isWhole = true;
  let of = '';
  try {
    if (ids !== undefined) {
      const different = [...new Set(ids)];
      of = different.join(', ');
      await refusePushedAgain(ledger, change, different, anyway === true);
      await changeNamedPushes(ledger, different, change, gateway.plan, counted);
    } else {
      const { target, state, since, reference } = filter ?? {};
      await requireTarget(call, ledger, target);
      const selection: PushSelection = {
        target,
        states: state === undefined ? STUCK_STATES : [state],
        since,
        reference,
      };
      of = JSON.stringify(selection);
      isWhole = await changeConfirmed(call, ledger, change, selection, confirm ?? 0, counted);
    }
  } finally {
    // Also what was done before something failed.
    if (counted.changed > 0) {
      tellChange(gateway, makerOf(caller), {
        what: `push.${change}`,
        of,
        things: counted.changedIds,
        count: counted.changed,
      });
      gateway.pushes.wake();
    }
  }
  const { changed: count, leftOut, failed } = counted;
  const notChanged = failed.map((one) => ({ reason: reasonWords(one.reason, change), count: one.count, ids: one.ids }));
  return { changed: count, leftOut, notChanged, isWhole };
}

async function changeConfirmed(
  { gateway, signal }: ApiContext,
  ledger: Ledger,
  change: PushChange,
  selection: PushSelection,
  confirm: number,
  counted: ChangeCount,
): Promise<boolean> {
  const { count, leftOut, last } = await extentOf(ledger, selection, change);
  if (count !== confirm) {
    const left = leftOut === 0 ? '' : `; ${leftOut} more were pushed again since, and are left out`;
    const fits = count === 1 ? '1 push fits' : `${count} pushes fit`;
    throw new Refusal(409, `${fits}, not ${confirm}${left}. Nothing was done; confirm ${count} to do it`);
  }
  const isOver = () => signal.aborted || (remainingMs(signal) ?? Number.POSITIVE_INFINITY) < TELLING_MS;
  return changeSelectedPushes(ledger, { selection, last }, change, gateway.plan, counted, isOver);
}

async function refusePushedAgain(
  ledger: Ledger,
  change: PushChange,
  ids: readonly string[],
  anyway: boolean,
): Promise<void> {
  const known = anyway ? [] : await pushedAgain(ledger, change, ids);
  const [first] = known;
  if (first === undefined) return;
  const more = known.length > 1 ? ` (and ${known.length - 1} more)` : '';
  throw pushedSince(`${first.id}: ${first.later} is ${first.state === 'with it' ? 'among them' : first.state}${more}`);
}

function pushedSince(words: string): Refusal {
  const advice = 'to send both would do it twice. Nothing was done; "again": true sends it all the same';
  return new Refusal(409, `Staff have pushed the request again since ${words}; ${advice}`);
}
