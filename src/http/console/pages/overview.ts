/** The overview: sources, lookups by hour, the queue of pushes, what `check` says, and the addresses for HelpSpot. */
import { type ComponentChild, h } from 'preact';
import { withDeadlineWithin } from '../../../contract/index.ts';
import type { Gateway } from '../../../gateway/gateway.ts';
import type { CheckRow, Finding } from '../../../gateway/outcome.ts';
import { addressesOf } from '../../addresses.ts';
import { tlsFindings } from '../../tls/certificate.ts';
import { dataTable, hrefOf, notice, seconds, section, time } from '../page.ts';
import type { LookupHour } from '../statistics.ts';
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
      section(texts.lookupsByHour, chart(statistics.hours(), texts)),
      queue(gateway, texts),
      section(
        texts.checkHeading,
        checked,
        h('form', { method: 'get', action: hrefOf('') }, h('button', { name: 'check', value: '1' }, texts.checkNow)),
      ),
      addresses(gateway, texts),
    ];
    return { content };
  },
};

async function sourcesNow({ gateway, statistics, texts }: Visit) {
  const indexes = await gateway.indexes();
  const [rests, states] = [gateway.rests(), gateway.states()];
  const rows = [...gateway.plan.sources.values()].map(({ name, title }) => {
    const rest = rests.get(name);
    const { dataAt = undefined, leftOut = 0 } = states.get(name) ?? {};
    const at = indexes.get(name)?.freshAt ?? dataAt;
    const times = statistics.source(name);
    const state: ComponentChild[] =
      rest === undefined
        ? [h('span', { class: 'good' }, times.calls === 0 ? texts.notAsked : texts.answersNow)]
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
      seconds(times.p50),
      seconds(times.p95),
    ];
  });
  const { source, state, since, dataFrom, calls, failures, half, most } = texts;
  const heads = [source, state, since, dataFrom, calls, failures, half, most];
  return section(`${texts.sourcesNow} (${texts.calls}: ${texts.lastHours})`, dataTable(texts.sourcesNow, heads, rows));
}

const [WIDTH, HEIGHT, LEGEND] = [480, 100, 14];

/** Bars by the hour, and the same as a table for who sees none. */
function chart(hours: readonly LookupHour[], texts: Texts) {
  const most = hours.reduce((all, { lookups }) => Math.max(all, lookups), 1);
  const step = WIDTH / hours.length;
  const heightOf = (count: number) => (count / most) * (HEIGHT - LEGEND);
  const bar = (className: string, at: number, count: number) =>
    h('rect', {
      class: className,
      x: at * step + 1,
      width: step - 2,
      y: HEIGHT - LEGEND - heightOf(count),
      height: heightOf(count),
    });
  const bars = hours.flatMap(({ lookups, failed, at: begin }, at) => [
    bar('bar-all', at, lookups),
    bar('bar-failed', at, failed),
    at % 6 === 0 ? h('text', { x: at * step, y: HEIGHT - 2 }, `${hourText(begin)} UTC`) : undefined,
  ]);
  const rows = hours
    .filter(({ lookups }) => lookups > 0)
    .map(({ at, lookups, failed }) => [hourText(at), String(lookups), String(failed)]);
  return [
    h(
      'svg',
      { class: 'chart', viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', 'aria-hidden': 'true' },
      bars,
    ),
    rows.length === 0
      ? h('p', null, texts.none)
      : dataTable(texts.lookupsByHour, [texts.hour, texts.lookups, texts.errors], rows),
  ];
}

function hourText(at: number): string {
  return new Date(at).toISOString().slice(11, 16);
}

function queue(gateway: Gateway, texts: Texts) {
  if (gateway.plan.push.size === 0) return undefined;
  const figures = gateway.pushes.figures();
  if (figures === undefined) return section(texts.queue, notice('warning', texts.storeUnknown));
  const known = new Map(figures.map((one) => [one.target, one]));
  const rows = [...gateway.plan.push.keys()].map((target) => {
    const { waiting = 0, sending = 0, failed = 0, unclear = 0, oldestAt = undefined } = known.get(target) ?? {};
    return [
      h('a', { href: `${hrefOf('pushes')}?target=${encodeURIComponent(target)}` }, target),
      ...[waiting, sending, failed, unclear].map(String),
      oldestAt === undefined ? '–' : time(oldestAt),
    ];
  });
  const heads = [texts.target, texts.waiting, texts.sending, texts.failedPushes, texts.unclear, texts.oldest];
  return section(texts.queue, dataTable(texts.queue, heads, rows));
}

/** Both parts of `helpspot-gateway check`. */
async function checkOf({ gateway, texts, signal }: Visit) {
  const [rows, found] = await Promise.all([
    gateway.check(signal),
    withDeadlineWithin(gateway.plan.server.deadlineMs, signal, (limited) => gateway.inspect(limited)).catch(
      () => undefined,
    ),
  ]);
  const problems = rows.filter(({ ok, warnings }) => !ok || warnings !== undefined);
  const findings = found === undefined ? undefined : [...tlsFindings(gateway.plan.server), ...found];
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

function addresses({ plan }: Gateway, texts: Texts) {
  const kinds = {
    lookups: texts.lookups,
    ajax: texts.field,
    push: texts.target,
    webhooks: texts.webhook,
    events: texts.event,
  };
  const rows = addressesOf('https://HOST', plan).map(({ kind, name, address }) => [
    `${kinds[kind]}: ${name}`,
    h('code', null, address),
  ]);
  return section(
    texts.addresses,
    h('p', null, texts.addressesNote),
    dataTable(texts.addresses, [texts.name, texts.address], rows),
  );
}
