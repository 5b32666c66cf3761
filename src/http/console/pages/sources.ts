/** Sources: how each stands; one source with its fields, its index and a test of its credentials. */
import { type ComponentChild, h } from 'preact';
import { mayDo, type SourcePlan } from '../../../gateway/plan.ts';
import type { Rest } from '../../../gateway/sources/breaker.ts';
import { sourceStandings } from '../../../gateway/sources/standing.ts';
import { changed } from '../changed.ts';
import { changeForm, dataTable, hrefOf, notice, seconds, section, time } from '../page.ts';
import type { Texts } from '../texts/en.ts';
import { hidingSecrets } from '../visible.ts';
import { type ConsolePage, NoSuchPage, type View, type Visit } from '../visit.ts';
import { hidden } from './push-changes.ts';
import { fieldsSection } from './source-fields.ts';
import { indexFacts } from './source-index.ts';

export const sources: ConsolePage = {
  path: 'sources',
  heading: ({ sources }) => sources,
  role: 'viewer',
  async show(visit) {
    const [name] = visit.rest;
    return name === undefined || name === '' ? listOf(visit) : oneSource(visit, planOf(visit, name));
  },
  actions: {
    'ask-rebuild': { role: 'administrator', perform: askRebuild },
    rebuild: { role: 'administrator', perform: rebuild },
  },
};

async function listOf({ gateway, statistics, texts }: Visit): Promise<View> {
  const rows = (await sourceStandings(gateway, statistics)).map(({ plan, rest, index }) => [
    h('a', { href: addressOf(plan.name) }, plan.name),
    plan.title,
    plan.adapter.name,
    stateOf(rest, texts),
    plan.index === undefined ? '–' : String(index?.records ?? 0),
  ]);
  const { source, sourceTitle, adapter, state, indexedRecords } = texts;
  return { content: dataTable(texts.sources, [source, sourceTitle, adapter, state, indexedRecords], rows) };
}

async function oneSource(visit: Visit, plan: SourcePlan): Promise<View> {
  const { gateway, texts, query } = visit;
  const { name } = plan;
  const rest = gateway.rests().get(name);
  // Side by side: each may take all of the time that there is.
  const [checked, fields, index] = await Promise.all([
    query.has('check') ? checkOf(visit, name) : undefined,
    fieldsSection(visit, plan),
    indexSection(visit, plan),
  ]);
  const content = [
    h('dl', null, factsOf(visit, plan, rest)),
    section(texts.credentials, checked, testForm(name, texts)),
    fields,
    index,
    h('p', null, h('a', { href: hrefOf('sources') }, texts.backToSources)),
  ];
  return { heading: texts.sourceHeading(name), content };
}

function factsOf(visit: Visit, { name, title, adapter, timeoutMs, breaker }: SourcePlan, rest: Rest | undefined) {
  const { gateway, texts, statistics } = visit;
  const { warnings = [], leftOut = 0, dataAt = undefined } = gateway.states().get(name) ?? {};
  const { calls, failed } = statistics.source(name);
  const facts: readonly (readonly [string, ComponentChild])[] = [
    [texts.sourceTitle, title],
    [texts.adapter, `${adapter.name} (${texts.adapterTitle(adapter.title)})`],
    [texts.state, stateOf(rest, texts)],
    [texts.since, rest && time(rest.since)],
    [texts.askedAgain, rest && time(rest.nextAt)],
    [texts.lastFailure, rest && hidingSecrets(visit, rest.error.message)],
    [texts.breaker, texts.breakerRule(breaker.failures, seconds(breaker.retryMs / 1000))],
    [texts.timeLimit, timeoutMs === undefined ? undefined : `${timeoutMs} ms`],
    [texts.callsLately, String(calls)],
    [texts.failures, String(failed)],
    [texts.dataFrom, dataAt && time(dataAt)],
    [texts.state, leftOut > 0 ? texts.leftOut(leftOut) : undefined],
    ...warnings.map((warning) => [texts.warningOfSource, hidingSecrets(visit, warning)] as const),
  ];
  return listed(facts);
}

/** Names and values; what has no value is left out. */
function listed(facts: readonly (readonly [string, ComponentChild])[]): ComponentChild[] {
  return facts.flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [h('dt', null, name), h('dd', null, value)],
  );
}

function stateOf(rest: Rest | undefined, texts: Texts): ComponentChild {
  if (rest !== undefined) return h('span', { class: 'bad' }, texts.rests);
  return texts.isAsked;
}

function testForm(name: string, texts: Texts): ComponentChild {
  const button = h('button', { name: 'check', value: '1' }, texts.testCredentials);
  return h('form', { method: 'get', action: addressOf(name) }, button);
}

/** A source that rests is not asked once more: its own probes do that. */
async function checkOf(visit: Visit, name: string): Promise<ComponentChild> {
  const { gateway, texts, signal } = visit;
  const { ok, problem, milliseconds, warnings = [] } = await gateway.checkSource(name, signal);
  if (!ok) return notice('problem', problem);
  return [
    notice('done', texts.answeredIn(milliseconds)),
    warnings.length === 0
      ? undefined
      : h(
          'ul',
          null,
          warnings.map((warning) => h('li', null, warning)),
        ),
  ];
}

async function indexSection(visit: Visit, { name, index }: SourcePlan): Promise<ComponentChild> {
  const { gateway, texts, user, csrf } = visit;
  if (index === undefined) return undefined;
  const state = (await gateway.indexes()).get(name);
  return section(
    texts.sourceIndex,
    h('dl', null, listed(indexFacts(visit, state, index))),
    mayDo(user.role, 'administrator') && state !== undefined
      ? changeForm(csrf, 'sources/ask-rebuild', ...hidden({ source: name }), h('button', null, texts.rebuildIndex))
      : undefined,
  );
}

async function askRebuild(visit: Visit): Promise<View> {
  const { form, texts, csrf } = visit;
  const { name } = planOf(visit, form.get('source') ?? '');
  const content = [
    notice('warning', texts.askRebuild(name)),
    changeForm(csrf, 'sources/rebuild', ...hidden({ source: name }), h('button', { class: 'main' }, texts.yesRebuild)),
    h('p', null, h('a', { href: addressOf(name) }, texts.backToSource)),
  ];
  return { heading: texts.rebuildIndex, content };
}

async function rebuild(visit: Visit): Promise<View> {
  const { gateway, form, texts } = visit;
  const { name } = planOf(visit, form.get('source') ?? '');
  const isBegun = await gateway.rebuildIndex(name);
  if (isBegun) changed(visit, { what: 'index.rebuild', of: name });
  const content = [
    isBegun ? notice('done', texts.rebuildBegun) : notice('warning', texts.nothingToRebuild),
    h('p', null, h('a', { href: addressOf(name) }, texts.backToSource)),
  ];
  return { heading: texts.rebuildIndex, content };
}

function planOf({ gateway }: Visit, name: string): SourcePlan {
  const plan = gateway.plan.sources.get(name);
  if (plan === undefined) throw new NoSuchPage();
  return plan;
}

function addressOf(name: string): string {
  return hrefOf(`sources/${encodeURIComponent(name)}`);
}
