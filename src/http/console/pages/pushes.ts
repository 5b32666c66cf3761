/** Pushes: the list with its filter; one push, changes and the trial are pages below it. */
import { h } from 'preact';
import { mayDo } from '../../../gateway/plan.ts';
import { CHANGEABLE_STATES, extentOf } from '../../../gateway/push/by-hand.ts';
import { nextTry } from '../../../gateway/push/horizon.ts';
import type { Ledger } from '../../../gateway/push/ledger.ts';
import { PUSH_STATES, type PushRow } from '../../../gateway/push/push-row.ts';
import { changeForm, choice, dataTable, hrefOf, notice, section, textField, time } from '../page.ts';
import {
  type ConsolePushFilter,
  fieldsOfFilter,
  LONGEST_REFERENCE,
  queryOfFilter,
  readPushFilter,
  SINCE_CHOICES,
} from '../push-filter.ts';
import { withLedger } from '../push-ledger.ts';
import type { Texts } from '../texts/en.ts';
import { lineHidingSecrets } from '../visible.ts';
import type { ConsolePage, View, Visit } from '../visit.ts';
import { askChange, hidden, PUSHES_AT_ONCE, performChange, statesMeant } from './push-changes.ts';
import { onePush, stateWord } from './push-one.ts';
import { askSend, sendTried, tryForm, tryPush } from './push-trial.ts';

export const pushesPage: ConsolePage = {
  path: 'pushes',
  heading: ({ pushes }) => pushes,
  role: 'viewer',
  async show(visit) {
    const [first] = visit.rest;
    if (first === undefined || first === '') return withLedger(visit, (ledger) => listOf(visit, ledger));
    if (first === 'try') return tryForm(visit);
    return withLedger(visit, (ledger) => onePush(visit, ledger, first));
  },
  actions: {
    ask: { role: 'operator', perform: (visit) => withLedger(visit, (ledger) => askChange(visit, ledger)) },
    retry: {
      role: 'operator',
      perform: (visit) => withLedger(visit, (ledger) => performChange(visit, ledger, 'retry')),
    },
    drop: { role: 'operator', perform: (visit) => withLedger(visit, (ledger) => performChange(visit, ledger, 'drop')) },
    try: { role: 'viewer', perform: tryPush },
    'ask-send': { role: 'operator', perform: askSend },
    send: { role: 'operator', perform: sendTried },
  },
};

async function listOf(visit: Visit, ledger: Ledger): Promise<View> {
  const { gateway, texts, query } = visit;
  const filter = readPushFilter(query, ledger.now());
  const { target, state, sinceAt: since, reference } = filter;
  const before = /^\d{1,15}$/.test(query.get('before') ?? '') ? Number(query.get('before')) : undefined;
  // One more tells whether there are more.
  const states = state && [state];
  const found = await ledger.list({ target, states, since, reference, before, limit: PUSHES_AT_ONCE + 1 });
  const rows = found.slice(0, PUSHES_AT_ONCE);
  const targets = [...new Set([...gateway.plan.push.keys(), ...(target === undefined ? [] : [target])])];
  const content = [
    h('p', null, h('a', { href: hrefOf('pushes/try') }, texts.tryPush)),
    filterForm(filter, targets, texts),
    rows.length === 0 ? notice('done', texts.noSuchPushes) : rowsOf(visit, rows, ledger.now()),
    h(
      'p',
      null,
      before === undefined ? undefined : h('a', { href: addressOf(filter) }, texts.newestPushes),
      ' ',
      found.length > rows.length
        ? h('a', { href: addressOf(filter, { before: String(rows.at(-1)?.seq) }), rel: 'next' }, texts.olderPushes)
        : undefined,
    ),
    rows.length > 0 && mayDo(visit.user.role, 'operator') ? await allOf(visit, ledger, filter) : undefined,
  ];
  return { content };
}

function addressOf(filter: ConsolePushFilter, more: Readonly<Record<string, string>> = {}): string {
  const query = queryOfFilter(filter, more).toString();
  return query === '' ? hrefOf('pushes') : `${hrefOf('pushes')}?${query}`;
}

function filterForm({ target, state, since, reference }: ConsolePushFilter, targets: readonly string[], texts: Texts) {
  const any = ['', texts.anyOfThem] as const;
  const times = SINCE_CHOICES.map((one) => [one, texts.withinTime(one)] as const);
  return h(
    'form',
    { method: 'get', action: hrefOf('pushes'), 'aria-label': texts.filterPushes },
    h(
      'div',
      { class: 'fields' },
      choice(texts.target, 'target', [any, ...targets.map((one) => [one, one] as const)], target),
      choice(texts.state, 'state', [any, ...PUSH_STATES.map((one) => [one, stateWord(one, texts)] as const)], state),
      choice(texts.takenSince, 'since', [any, ...times], since),
      textField(texts.reference, 'reference', reference ?? '', { maxLength: LONGEST_REFERENCE }),
    ),
    h('button', { class: 'main' }, texts.filterPushes),
  );
}

function rowsOf(visit: Visit, rows: readonly PushRow[], now: number) {
  const { texts, csrf, user } = visit;
  const mayChange = mayDo(user.role, 'operator');
  const cells = rows.map((row) => [
    h('a', { href: hrefOf(`pushes/${encodeURIComponent(row.id)}`) }, row.id),
    ...(mayChange ? [boxOf(row, texts)] : []),
    row.target,
    stateWord(row.state, texts),
    row.isAlert ? texts.alertOfPushes : lineHidingSecrets(visit, row.xRequest),
    lineHidingSecrets(visit, row.title),
    time(row.createdAt),
    String(row.attempts),
    h('span', { class: 'words' }, lineHidingSecrets(visit, remarkOf(row, texts, now))),
  ]);
  const { pushId, selectPush, target, state, requestNumber, pushTitle, taken, tries, remark } = texts;
  const heads = [
    pushId,
    ...(mayChange ? [selectPush] : []),
    target,
    state,
    requestNumber,
    pushTitle,
    taken,
    tries,
    remark,
  ];
  const table = dataTable(texts.pushes, heads, cells, 'stacks');
  if (!mayChange) return table;
  return changeForm(csrf, 'pushes/ask', table, h('p', null, texts.withSelected, ' ', ...changeButtons(texts)));
}

function boxOf({ id, state }: PushRow, texts: Texts) {
  if (!CHANGEABLE_STATES.includes(state)) return '–';
  return h('input', { type: 'checkbox', name: 'id', value: id, 'aria-label': texts.selectThis(id) });
}

/** What a person wants to know of it in one line. */
function remarkOf(row: PushRow, texts: Texts, now: number): string {
  if (row.state === 'done') return row.receipt?.id ?? '';
  const next = nextTry(row, now);
  const parts = [
    row.supersededBy && texts.supersededBy(row.supersededBy),
    next === undefined
      ? ''
      : next === 'now'
        ? texts.triedNow
        : texts.triedAt(new Date(next).toISOString().slice(0, 19).replace('T', ' ')),
    row.trouble?.problem,
  ];
  return parts.filter((part) => part !== undefined && part !== '').join('; ');
}

/** Every push of the filter, not only those of this page, where some can be changed. */
async function allOf({ csrf, texts }: Visit, ledger: Ledger, filter: ConsolePushFilter) {
  const { target, sinceAt: since, reference } = filter;
  const states = statesMeant(filter);
  if (states === undefined) return undefined;
  const { count } = await extentOf(ledger, { target, states, since, reference }, 'drop');
  if (count === 0) return undefined;
  return section(
    texts.allOfFilter,
    h('p', null, filter.state === undefined ? texts.allStuck : texts.allOfState(stateWord(filter.state, texts))),
    changeForm(csrf, 'pushes/ask', ...hidden({ ...fieldsOfFilter(filter), all: '1' }), ...changeButtons(texts)),
  );
}

function changeButtons(texts: Texts) {
  return [
    h('button', { name: 'change', value: 'retry' }, texts.retryPush),
    ' ',
    h('button', { name: 'change', value: 'drop' }, texts.dropPush),
  ];
}
