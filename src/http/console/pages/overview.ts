/** The overview: sources, lookups by hour, the queue of pushes, what `check` says, and the addresses for HelpSpot. */
import { type ComponentChild, h } from 'preact';
import type { Gateway } from '../../../gateway/gateway.ts';
import type { CheckRow, Finding } from '../../../gateway/outcome.ts';
import { figuresByTarget } from '../../../gateway/push/figures.ts';
import { sourceStandings } from '../../../gateway/sources/standing.ts';
import { addressesOf } from '../../addresses.ts';
import { wholeCheck } from '../../whole-check.ts';
import { lookupChart, timesChart } from '../charts.ts';
import { dataTable, hrefOf, notice, seconds, section, time } from '../page.ts';
import type { Texts } from '../texts/en.ts';
import type { ConsolePage, Visit } from '../visit.ts';

export const overviewPage: ConsolePage = {
  path: '',
  heading: ({ overview }) => overview,
  role: 'viewer',
  async show(visit) {
    const { gateway, statistics, texts, query } = visit;
    const checked = query.has('check') ? await checkOf(visit) : undefined;
    const content = [
      await sourcesNow(visit),
      section(texts.lookupsByHour, lookupChart(statistics.hours(), texts)),
      answerTimes(visit),
      await queue(gateway, texts),
      await storeGateways(visit),
      section(
        texts.checkHeading,
        checked,
        h('form', { method: 'get', action: hrefOf('') }, h('button', { name: 'check', value: '1' }, texts.checkNow)),
      ),
      addresses(visit),
    ];
    return { content };
  },
};

async function sourcesNow({ gateway, statistics, texts }: Visit) {
  const rows = (await sourceStandings(gateway, statistics)).map(({ plan, rest, state: held, dataAt: at, times }) => {
    const { name, title } = plan;
    const { leftOut = 0 } = held ?? {};
    const state: ComponentChild[] =
      rest === undefined
        ? [times.calls === 0 ? texts.notAsked : h('span', { class: 'good' }, texts.answersNow)]
        : [
            h('span', { class: 'bad' }, texts.rests),
            '; ',
            texts.nextTry(new Date(rest.nextAt).toISOString().slice(11, 19)),
          ];
    if (leftOut > 0) state.push('; ', h('span', { class: 'warn' }, texts.leftOut(leftOut)));
    return [
      title === name ? name : `${name} (${title})`,
      state,
      rest === undefined ? '–' : time(rest.since),
      at === undefined ? '–' : time(at),
      String(times.calls),
      String(times.failed),
      h('span', { class: 'whole' }, seconds(times.p50)),
      h('span', { class: 'whole' }, seconds(times.p95)),
    ];
  });
  const { source, state, since, dataFrom, callsLately, failures, half, most } = texts;
  const heads = [source, state, since, dataFrom, callsLately, failures, half, most];
  return section(texts.sourcesNow, dataTable(texts.sourcesNow, heads, rows));
}

/** More charts than that are not compared by eye; the table of the sources has them all. */
const MOST_CHARTS = 24;

/** A chart for each source that was asked within the day. */
function answerTimes({ gateway, statistics, texts }: Visit) {
  const charts = Array.from(gateway.plan.sources.keys(), (name) => ({ name, hours: statistics.sourceHours(name) }))
    .filter(({ hours }) => hours.some(({ calls }) => calls > 0))
    .slice(0, MOST_CHARTS)
    .map(({ name, hours }) => timesChart(name, hours, texts));
  return section(
    texts.timesByHour,
    charts.length === 0 ? h('p', null, texts.none) : h('div', { class: 'charts' }, charts),
  );
}

async function queue(gateway: Gateway, texts: Texts) {
  if (gateway.plan.push.size === 0) return undefined;
  const figures = await figuresByTarget(gateway);
  if (figures === undefined) return section(texts.queue, notice('warning', texts.storeUnknown));
  const rows = figures.map(({ target, waiting, sending, failed, unclear, oldestAt }) => {
    return [
      h('a', { href: `${hrefOf('pushes')}?target=${encodeURIComponent(target)}` }, target),
      ...[waiting, sending].map(String),
      // Somebody has to see to these.
      ...[failed, unclear].map((count) => (count === 0 ? '0' : h('span', { class: 'bad' }, count))),
      oldestAt === undefined ? '–' : time(oldestAt),
    ];
  });
  const heads = [texts.target, texts.waiting, texts.sending, texts.failedPushes, texts.unclear, texts.oldest];
  return section(texts.queue, dataTable(texts.queue, heads, rows));
}

/** Where it cannot be read, the queue says so. */
async function storeGateways({ gateway, texts, signal }: Visit) {
  const ledger = await gateway.pushes.ledger(signal).catch(() => undefined);
  const found = (await ledger?.gateways().catch(() => undefined)) ?? [];
  if (found.length === 0) return undefined;
  const rows = found.map(({ name, pid, version, since, seenAt, isSilent, sending }) => [
    name === '' ? texts.olderGateway : `${name} (${pid})`,
    version || '–',
    since === 0 ? '–' : time(since),
    isSilent ? h('span', { class: 'bad' }, texts.silentSince, ' ', time(seenAt)) : time(seenAt),
    String(sending),
  ]);
  const heads = [texts.gateway, texts.version, texts.since, texts.lastSeen, texts.sending];
  return section(texts.gateways, dataTable(texts.gateways, heads, rows));
}

async function checkOf({ gateway, texts, signal }: Visit) {
  const { rows: problems, findings } = await wholeCheck(gateway, signal);
  if (findings !== undefined && findings.length + problems.length === 0) return notice('done', texts.checkAll);
  return [
    findings === undefined ? notice('warning', texts.checkLate) : undefined,
    h('ul', null, problems.map(rowItem), findings?.map(findingItem)),
  ];
}

function rowItem({ source, ok, problem, warnings = [] }: CheckRow) {
  return h('li', null, h('strong', { class: ok ? 'warn' : 'bad' }, source), ': ', ok ? warnings.join('; ') : problem);
}

function findingItem({ where, weight, sentence }: Finding) {
  return h('li', null, h('code', { class: weight === 'error' ? 'bad' : 'warn' }, where), ': ', sentence);
}

function addresses({ gateway: { plan }, outside, texts }: Visit) {
  const kinds = {
    lookups: texts.lookups,
    ajax: texts.field,
    push: texts.target,
    webhooks: texts.webhook,
    events: texts.event,
  };
  const rows = addressesOf(outside, plan).map(({ kind, name, address }) => [
    `${kinds[kind]}: ${name}`,
    h('code', null, address),
  ]);
  return section(
    texts.addresses,
    h('p', null, texts.addressesNote),
    dataTable(texts.addresses, [texts.name, texts.address], rows),
  );
}
