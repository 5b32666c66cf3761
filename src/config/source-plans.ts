/** `sources:` with the settings of the adapters. */

import { type Adapter, UserError } from '../contract/index.ts';
import type { GatewayPlan, SourcePlan } from '../gateway/plan.ts';
import { indexShape } from '../gateway/sources/index-shape.ts';
import { knownKeys, schemasAt } from './expectation.ts';
import { checkedNames, namesInSection } from './named-entries.ts';
import type { LoadedAdapter } from './outside-adapter.ts';
import type { Report } from './report.ts';
import { askingPlan, dateFormats, indexSettings, keysOfEverySource, sourceSection } from './sections/source.ts';

/** Adapters by the word after `adapter:`, each imported when it is asked for. */
export type AdapterTable = Readonly<Record<string, () => Promise<Adapter>>>;

/** What the sources of one file have in common. */
interface Surroundings {
  readonly report: Report;
  readonly adapters: AdapterTable;
  readonly directory: string;
  /** Undefined when the server's section is wrong. */
  readonly deadlineMs: number | undefined;
  /** Of telephone numbers that do not say theirs. */
  readonly country: string | undefined;
  readonly beforeOutside?: (() => void) | undefined;
}

/**
 * The sources without mistakes; the mistakes of the others are in the report.
 * @param only the names that are wanted; undefined: all
 */
export async function sourcePlans(
  surroundings: Surroundings,
  only: readonly string[] | undefined,
): Promise<ReadonlyMap<string, SourcePlan>> {
  const names = checkedNames(surroundings.report, 'sources', { customers: { adapter: 'csv', file: 'customers.csv' } });
  const wanted = names.filter((name) => only?.includes(name) ?? true);
  const plans = await Promise.all(wanted.map((name) => sourcePlan(name, surroundings)));
  return new Map(plans.flatMap((plan) => (plan === undefined ? [] : [[plan.name, plan]])));
}

/** The adapters of the sources that are not in the table, by the word after `adapter:`. Mistakes are in the report. */
export async function outsideSourceAdapters(
  surroundings: Omit<Surroundings, 'deadlineMs' | 'country'>,
): Promise<AdapterTable> {
  const { report, adapters } = surroundings;
  const found: Record<string, () => Promise<Adapter>> = {};
  for (const name of namesInSection(report, 'sources')) {
    const word = report.value(['sources', name, 'adapter']);
    if (typeof word !== 'string' || Object.hasOwn(adapters, word)) continue;
    const loaded = await adapterOf(name, surroundings);
    if (loaded !== undefined) found[word] = async () => loaded.adapter;
  }
  return found;
}

async function sourcePlan(name: string, surroundings: Surroundings): Promise<SourcePlan | undefined> {
  const { report, directory, deadlineMs, country } = surroundings;
  const path = ['sources', name];
  const common = report.check(sourceSection, path);
  const loaded = await adapterOf(name, surroundings);
  if (loaded === undefined) return undefined;
  const { adapter, version } = loaded;
  const dates = report.value([...path, 'dates']);
  const hasOwnDates = knownKeys(schemasAt(adapter.settings, [])).includes('dates');
  if (Array.isArray(dates) && !hasOwnDates) {
    const [field = 'contract_end'] = dates.filter((one) => typeof one === 'string' && one.length <= 100);
    report.add(
      [...path, 'dates'],
      `must be a map of fields and their formats, not a list; write dates: { ${field}: DD.MM.YYYY }`,
    );
  }
  const settings = report.check(adapter.settings, path, {
    except: keysOfEverySource(hasOwnDates ? dates : undefined),
  });
  if (common?.timeout !== undefined && deadlineMs !== undefined && common.timeout > deadlineMs) {
    const deadline = `the deadline of the server (${deadlineMs} ms)`;
    report.add([...path, 'timeout'], `is longer than ${deadline}, which ends the call before; write a shorter time`);
  }
  if (common === undefined || settings === undefined) return undefined;
  return {
    name,
    adapter: withPushOf(adapter, settings),
    title: common.title ?? adapter.titleOf?.(settings) ?? adapter.title,
    timeoutMs: common.timeout,
    ...(common.traceparent === true && { traceparent: true }),
    ...askingPlan(common, adapter.readsAhead === true),
    settings,
    directory,
    kinds: new Map(Object.entries(common.kinds ?? {})),
    dates: dateFormats(common.dates),
    country,
    written: [directory, version, country, report.value(path)],
  };
}

/** From here on, what a push can carry is a matter of the source, whatever its adapter can do in general. */
function withPushOf(adapter: Adapter, settings: unknown): Adapter {
  const push = adapter.pushOf?.(settings);
  return push === undefined ? adapter : { ...adapter, push };
}

async function adapterOf(
  name: string,
  { report, adapters, directory, beforeOutside }: Omit<Surroundings, 'deadlineMs' | 'country'>,
): Promise<LoadedAdapter | undefined> {
  const path = ['sources', name, 'adapter'];
  const word = report.value(path);
  // Missing or no text: the common part has said so.
  if (typeof word !== 'string' || word === '' || !report.isUsable(path)) return undefined;
  const load = Object.hasOwn(adapters, word) ? adapters[word] : undefined;
  if (load === undefined) {
    beforeOutside?.();
    // Most files name none, and the command line pays for what it loads.
    const { outsideAdapter } = await import('./outside-adapter.ts');
    return await outsideAdapter(report, path, Object.keys(adapters), directory);
  }
  try {
    return { adapter: await load(), version: '' };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    report.add(path, error.message);
    return undefined;
  }
}

/** The sources with what the index of each has to keep, which the lookups decide: it is a part of what is written of them. */
export function withIndexes(
  report: Report,
  sources: ReadonlyMap<string, SourcePlan>,
  plans: Pick<GatewayPlan, 'lookups' | 'ajax' | 'events'>,
): ReadonlyMap<string, SourcePlan> {
  const indexed = [...sources.values()].map((source): SourcePlan => {
    const path = ['sources', source.name];
    const settings = report.check(sourceSection, path)?.index;
    if (settings === undefined) return source;
    const wrong = (key: string, problem: string) => report.add([...path, 'index', key], problem);
    const index = {
      ...indexSettings(settings, source.adapter.indexed, wrong),
      shape: indexShape(source, plans, settings.fields, fedFields(source.name, plans.events)),
    };
    return { ...source, index, written: [source.written, index.shape] };
  });
  return new Map(indexed.map((source) => [source.name, source]));
}

/** By what events ask for records of a source. */
function fedFields(source: string, events: GatewayPlan['events'] = new Map()): readonly string[] {
  return [...events.values()].flatMap(({ index }) => (index?.source === source ? Object.keys(index.where) : []));
}
