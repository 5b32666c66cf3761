/** Pushes sent again or dropped by hand: asked first on a page of its own, and told afterwards. */
import { type ComponentChild, h } from 'preact';
import { remainingMs } from '../../../contract/index.ts';
import {
  CHANGEABLE_STATES,
  ChangeCount,
  changeNamedPushes,
  changeSelectedPushes,
  extentOf,
  type NotChanged,
  type PushChange,
  pushedAgain,
  STUCK_STATES,
} from '../../../gateway/push/by-hand.ts';
import type { Ledger } from '../../../gateway/push/ledger.ts';
import type { PushSelection, PushState } from '../../../gateway/push/push-row.ts';
import { changed } from '../changed.ts';
import { changeForm, hrefOf, notice, section } from '../page.ts';
import { type ConsolePushFilter, fieldsOfFilter, readPushFilter } from '../push-filter.ts';
import type { Texts } from '../texts/en.ts';
import { NoSuchPage, type View, type Visit } from '../visit.ts';

/** So many stand on one page of the list, and so many can be named in one form. */
export const PUSHES_AT_ONCE = 50;
/** What is left then is for the page that tells what was done. */
const TELLING_MS = 2_500;

/** What a form names: pushes, or all that fit a filter. */
type Meant =
  | { readonly ids: readonly string[] }
  | { readonly ids?: undefined; readonly selection: PushSelection; readonly fields: Readonly<Record<string, string>> };

/** Hidden fields of a form. */
export function hidden(fields: Readonly<Record<string, string>>): ComponentChild[] {
  return Object.entries(fields).map(([name, value]) => h('input', { type: 'hidden', name, value }));
}

/** The question: what would be changed. Nothing is yet. */
export async function askChange(visit: Visit, ledger: Ledger): Promise<View> {
  const { form, texts, csrf } = visit;
  const change = form.get('change') === 'drop' ? 'drop' : 'retry';
  const meant = meantBy(form);
  const heading = texts[change === 'drop' ? 'dropPush' : 'retryPush'];
  if (meant === undefined) return { heading, content: [notice('problem', texts.nothingChosen), back(texts)] };
  const { count, leftOut, hiddenFields, again } = await extentFor(ledger, meant, change);
  const left = leftOut === 0 ? undefined : notice('warning', texts.leftOutPushes(leftOut));
  if (count === 0) return { heading, content: [notice('done', texts.nothingToChange), left, back(texts)] };
  const content = [
    notice('warning', texts[change === 'drop' ? 'askDrop' : 'askRetry'](count)),
    left,
    again.length === 0
      ? undefined
      : section(
          texts.pushedAgainSince,
          h(
            'ul',
            null,
            again.map(({ id, later }) => h('li', null, texts.laterPush(id, later))),
          ),
        ),
    changeForm(
      csrf,
      `pushes/${change}`,
      ...hiddenFields,
      h('button', { class: 'main' }, texts[change === 'drop' ? 'yesDrop' : 'yesRetry']),
    ),
    back(texts),
  ];
  return { heading, content };
}

async function extentFor(ledger: Ledger, meant: Meant, change: PushChange) {
  if (meant.ids !== undefined) {
    const hiddenFields = meant.ids.map((id) => h('input', { type: 'hidden', name: 'id', value: id }));
    return { count: meant.ids.length, leftOut: 0, hiddenFields, again: await pushedAgain(ledger, change, meant.ids) };
  }
  const { count, leftOut, last } = await extentOf(ledger, meant.selection, change);
  return { count, leftOut, hiddenFields: hidden({ ...meant.fields, all: '1', last: String(last) }), again: [] };
}

/** Does it, and tells how many. */
export async function performChange(visit: Visit, ledger: Ledger, change: PushChange): Promise<View> {
  const { gateway, form, texts, signal } = visit;
  const heading = texts[change === 'drop' ? 'dropPush' : 'retryPush'];
  const meant = meantBy(form);
  if (meant === undefined) return { heading, content: [notice('problem', texts.nothingChosen), back(texts)] };
  const counted = new ChangeCount();
  const { plan } = gateway;
  let isWhole = true;
  try {
    if (meant.ids !== undefined) await changeNamedPushes(ledger, meant.ids, change, plan, counted);
    else {
      const last = form.get('last') ?? '';
      // Without it nobody has been asked how many there are.
      if (!/^\d{1,15}$/.test(last)) throw new NoSuchPage();
      const isOver = () => signal.aborted || (remainingMs(signal) ?? Number.POSITIVE_INFINITY) < TELLING_MS;
      const selection = { selection: meant.selection, last: Number(last) };
      isWhole = await changeSelectedPushes(ledger, selection, change, plan, counted, isOver);
    }
  } finally {
    if (counted.changed > 0) {
      const of = meant.ids === undefined ? JSON.stringify(meant.selection) : meant.ids.join(' ');
      changed(visit, { what: `push.${change}`, of, things: counted.changedIds, count: counted.changed });
      gateway.pushes.wake();
    }
  }
  return { heading, content: told(counted, change, isWhole, texts) };
}

function told(counted: ChangeCount, change: PushChange, isWhole: boolean, texts: Texts): ComponentChild[] {
  const { changed: done, leftOut, failed } = counted;
  const words = texts[change === 'drop' ? 'droppedPushes' : 'retriedPushes'](done);
  return [
    notice(done > 0 ? 'done' : 'warning', words),
    isWhole ? undefined : notice('warning', texts.changeCutShort),
    leftOut === 0 ? undefined : notice('warning', texts.leftOutPushes(leftOut)),
    failed.length === 0
      ? undefined
      : h(
          'ul',
          null,
          failed.map(({ reason, count, ids }) =>
            h(
              'li',
              null,
              `${texts.notChanged(count)} (${ids.join(', ')}${count > ids.length ? ' …' : ''}): `,
              why(reason, texts),
            ),
          ),
        ),
    back(texts),
  ];
}

function why({ why: reason, target }: NotChanged, texts: Texts): string {
  const words = {
    state: texts.notChangeable,
    target: texts.targetGone(target),
    body: texts.bodyGone,
    unknown: texts.noSuchPush,
  };
  return words[reason];
}

/** In which states pushes are changed that fit a filter; undefined: those of this state cannot be. */
export function statesMeant({ state }: ConsolePushFilter): readonly PushState[] | undefined {
  if (state === undefined) return STUCK_STATES;
  return CHANGEABLE_STATES.includes(state) ? [state] : undefined;
}

/** Undefined: nothing. */
function meantBy(form: URLSearchParams): Meant | undefined {
  if (form.get('all') === '1') {
    const filter = readPushFilter(form, Date.now());
    const { target, sinceAt: since, reference } = filter;
    const states = statesMeant(filter);
    if (states === undefined) return undefined;
    return { selection: { target, states, since, reference }, fields: fieldsOfFilter(filter) };
  }
  const ids = [...new Set(form.getAll('id'))].slice(0, PUSHES_AT_ONCE).map((id) => id.slice(0, 100));
  return ids.length === 0 ? undefined : { ids };
}

function back(texts: Texts): ComponentChild {
  return h('p', null, h('a', { href: hrefOf('pushes') }, texts.backToPushes));
}
