/** Small charts of a day by the hour: bars in SVG, drawn here, with the same in words and as a table. */
import { type ComponentChild, h } from 'preact';
import type { LookupHour, SourceHourTimes } from '../../gateway/statistics.ts';
import { dataTable, seconds } from './page.ts';
import type { Texts } from './texts/en.ts';

/** Units of the drawing; the sheet says how large it is. */
const [HOUR_WIDTH, GAP, HEIGHT] = [20, 2, 100];

/** What is counted: a class of the sheet, and its name. A later one is drawn over those before. */
interface Series {
  readonly className: 'main' | 'failed' | 'most';
  readonly label: string;
}

interface Chart {
  /** Names its table; stands above it where it is one of several. */
  readonly name: string;
  readonly isOneOfMany: boolean;
  /** What it shows, for who sees none. */
  readonly words: string;
  readonly series: readonly Series[];
  /** For each hour a value of each series. */
  readonly values: readonly (readonly number[])[];
  /** What the highest bar is. */
  readonly highest: string;
  readonly hours: readonly { readonly at: number }[];
  readonly heads: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Lookups and errors of each hour. */
export function lookupChart(hours: readonly LookupHour[], texts: Texts): ComponentChild {
  const [first] = hours;
  if (first === undefined || hours.every(({ lookups }) => lookups === 0)) return h('p', null, texts.none);
  const sum = (of: (hour: LookupHour) => number) => hours.reduce((all, hour) => all + of(hour), 0);
  const busiest = hours.reduce((one, other) => (other.lookups > one.lookups ? other : one), first);
  const [all, errors] = [sum(({ lookups }) => lookups), sum(({ failed }) => failed)];
  return drawn(
    {
      name: texts.lookupsByHour,
      isOneOfMany: false,
      words: texts.lookupsSum(all, errors, hourText(busiest.at), busiest.lookups),
      series: [
        { className: 'main', label: texts.lookups },
        { className: 'failed', label: texts.errors },
      ],
      values: hours.map(({ lookups, failed }) => [lookups, failed]),
      highest: String(busiest.lookups),
      hours,
      heads: [texts.hourFrom, texts.lookups, texts.errors],
      rows: hours
        .filter(({ lookups }) => lookups > 0)
        .map(({ at, lookups, failed }) => [hourText(at), String(lookups), String(failed)]),
    },
    texts,
  );
}

/** Within which time half and 95 of a hundred answers of a source came, hour by hour. */
export function timesChart(source: string, hours: readonly SourceHourTimes[], texts: Texts): ComponentChild {
  const [half, most] = [slowest(hours.map(({ p50 }) => p50)), slowest(hours.map(({ p95 }) => p95))];
  const calls = hours.reduce((sum, one) => sum + one.calls, 0);
  return drawn(
    {
      name: source,
      isOneOfMany: true,
      words: texts.timesSum(source, calls, seconds(half), seconds(most)),
      series: [
        { className: 'most', label: texts.most },
        { className: 'main', label: texts.half },
      ],
      values: hours.map(({ p50 = 0, p95 = 0 }) => [p95, p50]),
      highest: seconds(most),
      hours,
      heads: [texts.hourFrom, texts.calls, texts.failures, texts.half, texts.most],
      rows: hours
        .filter((one) => one.calls > 0)
        .map(({ at, calls, failed, p50, p95 }) => {
          return [hourText(at), String(calls), String(failed), seconds(p50), seconds(p95)];
        }),
    },
    texts,
  );
}

function drawn(
  { isOneOfMany, name, words, series, values, highest, hours, heads, rows }: Chart,
  texts: Texts,
): ComponentChild {
  const top = values.flat().reduce((most, value) => Math.max(most, value), Number.MIN_VALUE);
  const bars = values.flatMap((some, hour) =>
    some.map((value, at) => {
      const height = (value / top) * HEIGHT;
      const [x, y] = [hour * HOUR_WIDTH + GAP / 2, HEIGHT - height];
      return value === 0
        ? undefined
        : h('rect', {
            class: series[at]?.className ?? '',
            x,
            y: rounded(y),
            width: HOUR_WIDTH - GAP,
            height: rounded(height),
          });
    }),
  );
  const viewBox = `0 0 ${HOUR_WIDTH * hours.length} ${HEIGHT}`;
  const caption = isOneOfMany ? [h('strong', null, name), ', '] : undefined;
  // In HTML: letters in the drawing would be stretched with it.
  const marks = hours.filter((_, at) => at % 6 === 0 || at === hours.length - 1);
  const keys = series.map(({ className, label }) => h('span', { class: 'key' }, swatch(className), label));
  return h(
    'figure',
    null,
    h('figcaption', null, caption, texts.highestBar(highest)),
    h('svg', { class: 'chart', viewBox, preserveAspectRatio: 'none', role: 'img', 'aria-label': words }, bars),
    h(
      'p',
      { class: 'axis', 'aria-hidden': 'true' },
      marks.map(({ at }) => h('span', null, hourText(at))),
    ),
    h('p', { class: 'keys' }, keys),
    h('details', null, h('summary', null, texts.numbers(name)), dataTable(texts.numbers(name), heads, rows)),
  );
}

function swatch(className: Series['className']): ComponentChild {
  return h(
    'svg',
    { class: 'swatch', viewBox: '0 0 1 1', 'aria-hidden': 'true' },
    h('rect', { class: className, width: 1, height: 1 }),
  );
}

function slowest(times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : known.reduce((most, time) => Math.max(most, time));
}

function rounded(units: number): number {
  return Math.round(units * 100) / 100;
}

/** UTC, as the log has it. */
function hourText(at: number): string {
  return new Date(at).toISOString().slice(11, 16);
}
