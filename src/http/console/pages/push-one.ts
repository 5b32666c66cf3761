/** One push: how it stands, its attempts, what was pushed, and its details as HelpSpot shows them. */
import { type ComponentChild, h } from 'preact';
import { mayDo } from '../../../gateway/plan.ts';
import { CHANGEABLE_STATES } from '../../../gateway/push/by-hand.ts';
import { isOpenYet, nextTry, stillLookedForUntil } from '../../../gateway/push/horizon.ts';
import type { Ledger } from '../../../gateway/push/ledger.ts';
import type { PushAttempt, PushRow, PushState } from '../../../gateway/push/push-row.ts';
import { writeDetails, writeDetailsError } from '../../../helpspot/details-html.ts';
import { safeHref } from '../../../helpspot/html.ts';
import { changeForm, dataTable, hrefOf, notice, seconds, section, time } from '../page.ts';
import type { Texts } from '../texts/en.ts';
import { hidingSecrets } from '../visible.ts';
import { NoSuchPage, type View, type Visit } from '../visit.ts';
import { answerFrame } from './answer-frame.ts';
import { hidden } from './push-changes.ts';
import { pushContent } from './push-content.ts';

/** @param id ours */
export async function onePush(visit: Visit, ledger: Ledger, id: string): Promise<View> {
  const { texts, user, csrf } = visit;
  const row = await ledger.row(id.slice(0, 100));
  if (row === undefined) throw new NoSuchPage();
  const mayChange = mayDo(user.role, 'operator');
  const content = [
    h('dl', null, factsOf(visit, row, ledger.now())),
    mayChange && CHANGEABLE_STATES.includes(row.state)
      ? changeForm(
          csrf,
          'pushes/ask',
          ...hidden({ id: row.id }),
          h('button', { name: 'change', value: 'retry' }, texts.retryPush),
          ' ',
          h('button', { name: 'change', value: 'drop' }, texts.dropPush),
        )
      : undefined,
    section(texts.attempts, attemptsOf(visit, await ledger.attempts(row.id), row.attempts)),
    mayChange ? section(texts.pushedContent, await contentOf(visit, ledger, row.id)) : undefined,
    row.isAlert ? undefined : section(texts.detailsInHelpSpot, await detailsOf(visit, row)),
    h('p', null, h('a', { href: hrefOf('pushes') }, texts.backToPushes)),
  ];
  return { heading: texts.pushHeading(row.id), content };
}

/** What a state is called. */
export function stateWord(state: PushState, texts: Texts): string {
  const words: Readonly<Record<PushState, string>> = {
    waiting: texts.stateWaiting,
    sending: texts.stateSending,
    done: texts.stateDone,
    failed: texts.stateFailed,
    unclear: texts.stateUnclear,
    dropped: texts.stateDropped,
  };
  return words[state];
}

function factsOf(visit: Visit, row: PushRow, now: number): ComponentChild[] {
  const { gateway, texts } = visit;
  const { plan } = gateway;
  const until = stillLookedForUntil(row, plan, now);
  const next = nextTry(row, now);
  const { receipt } = row;
  const state = stateWord(row.state, texts);
  const facts: readonly (readonly [string, ComponentChild])[] = [
    [texts.target, plan.push.has(row.target) ? row.target : `${row.target} (${texts.noSuchTarget})`],
    [texts.state, row.unsure && isOpenYet(row) ? `${state}; ${texts.mayHaveArrived}` : state],
    [texts.supersedes, row.supersededBy && h('a', { href: hrefOf(`pushes/${row.supersededBy}`) }, row.supersededBy)],
    [texts.requestNumber, row.isAlert ? texts.alertOfPushes : hidingSecrets(visit, row.xRequest)],
    [texts.pushTitle, hidingSecrets(visit, row.title)],
    [texts.pushedBy, hidingSecrets(visit, row.staff)],
    [texts.reference, row.reference],
    [texts.taken, time(row.createdAt)],
    [texts.changedAt, time(row.changedAt)],
    [texts.tries, String(row.attempts)],
    [texts.lookedForUntil, until && time(until)],
    [texts.nextTryAt, next === 'now' ? texts.triedNow : next && time(next)],
    [texts.givenUpAt, row.state === 'waiting' ? time(row.giveUpAt) : undefined],
    [texts.lastTrouble, row.trouble && hidingSecrets(visit, row.trouble.problem)],
    [texts.idThere, receipt && hidingSecrets(visit, receipt.id)],
    [texts.linkedThere, receipt?.isLinked ? texts.yes : undefined],
    [texts.linkThere, receipt?.link === undefined ? undefined : linkTo(hidingSecrets(visit, receipt.link))],
  ];
  return facts.flatMap(([name, value]) =>
    value === undefined || value === '' || value === 0 ? [] : [h('dt', null, name), h('dd', null, value)],
  );
}

function linkTo(address: string): ComponentChild {
  const href = safeHref(address);
  return href === undefined ? address : h('a', { href, rel: 'noreferrer' }, address);
}

function attemptsOf(visit: Visit, attempts: readonly PushAttempt[], made: number): ComponentChild {
  const { texts } = visit;
  if (attempts.length === 0) return h('p', null, texts.none);
  const rows = attempts.map(({ number, at, ms, result, reason }) => [
    String(number),
    time(at),
    ms === undefined ? '–' : h('span', { class: 'whole' }, seconds(ms / 1000)),
    resultWord(result, texts),
    h('span', { class: 'words' }, hidingSecrets(visit, reason)),
  ]);
  const { attempt, began, took, result, reason } = texts;
  const lost = made - attempts.length;
  return [
    dataTable(texts.attempts, [attempt, began, took, result, reason], rows, 'stacks'),
    lost > 0 ? h('p', null, texts.attemptsNotKept(lost)) : undefined,
  ];
}

function resultWord(result: PushAttempt['result'], texts: Texts): string {
  if (result === undefined) return texts.stateSending;
  if (result === 'interrupted') return texts.interrupted;
  return result === 'waiting' ? texts.toBeRepeated : stateWord(result, texts);
}

async function contentOf(visit: Visit, ledger: Ledger, id: string): Promise<ComponentChild> {
  const { gateway, texts } = visit;
  const request = await ledger.request(id);
  if (request === undefined) return h('p', null, texts.bodyGone);
  const target = gateway.plan.push.get((await ledger.row(id))?.target ?? '');
  const source = gateway.plan.sources.get(target?.source ?? '');
  return pushContent(visit, { ...request, format: source?.adapter.push?.format ?? 'text' });
}

/** As the other system has it now, or as it was last known; the same that HelpSpot is answered. */
async function detailsOf({ gateway, texts, user }: Visit, { target, id }: PushRow): Promise<ComponentChild> {
  if (!gateway.plan.push.has(target)) return notice('warning', texts.targetGone(target));
  const { view, failure } = await gateway.pushDetails({ target, id }, { via: 'console', caller: user.name });
  const html = view === undefined ? writeDetailsError(failure.message) : writeDetails(view);
  return answerFrame(html, texts.detailsInHelpSpot);
}
