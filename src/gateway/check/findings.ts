/** What a configuration promises, compared with what its sources have: what `check` says beyond a sign of life. */
import type { CallContext } from '../../contract/index.ts';
import type { Finding } from '../outcome.ts';
import type { GatewayPlan } from '../plan.ts';
import type { SourceHandle } from '../sources/source-handle.ts';
import { ajaxFindings, ajaxSources } from './ajax.ts';
import { alertFindings } from './alerts.ts';
import { headingFindings, titleFindings } from './alike.ts';
import { eventFindings, targetsOfEvents } from './events.ts';
import { knownDesk } from './help-desk.ts';
import { lookupFindings } from './lookups.ts';
import { pushFindings } from './push.ts';
import { sampleFindings } from './samples.ts';
import { indexFindings } from './source-index.ts';
import { type KnownSource, knownSource } from './sources.ts';

type Needed = Pick<
  GatewayPlan,
  'sources' | 'lookups' | 'ajax' | 'push' | 'events' | 'alerts' | 'clearSecrets' | 'helpSpotSource'
>;

/** Compares the configuration with its sources. Sources that do not answer are left out: they are told by their own row. */
export async function findingsOf(
  { sources, lookups, ajax, push, events, alerts, clearSecrets = [], helpSpotSource }: Needed,
  handle: (name: string) => SourceHandle,
  context: CallContext,
): Promise<readonly Finding[]> {
  const used = new Set([
    ...[...lookups.values()].flatMap(({ sources: names, related }) => [
      ...names,
      ...related.map(({ source }) => source),
    ]),
    ...[...ajax.values()].flatMap(ajaxSources),
  ]);
  // Who asks only to feed an index searches nobody in it.
  const asked = new Set([...used, ...[...(events?.values() ?? [])].flatMap(({ index }) => index?.source ?? [])]);
  const entries = await Promise.all(
    [...asked].map(async (name) => [name, await knownSource(handle(name), context)] as const),
  );
  const desk = helpSpotSource === undefined ? undefined : await knownDesk(handle(helpSpotSource), context);
  const ofEvents = targetsOfEvents({ events });
  const pushes = await Promise.all(
    [...push.values()].map((target) =>
      pushFindings(target, handle(target.source), context, desk, ofEvents.has(target.name)),
    ),
  );
  const known = new Map(entries.filter((entry): entry is [string, KnownSource] => entry[1] !== undefined));
  const indexes = await indexFindings(sources, { used, known }, handle, context);
  const inClear = 'stands in the file for everybody who may read it; write "${NAME}" or ${file:PATH}';
  return [
    ...clearSecrets.map((where): Finding => ({ where, weight: 'warning', sentence: inClear })),
    ...titleFindings(sources),
    ...[...known.values()].flatMap((source) => sampleFindings(source, sources.get(source.name))),
    ...[...lookups.values()].flatMap((lookup) => [...headingFindings(lookup), ...lookupFindings(lookup, known, desk)]),
    ...[...ajax.values()].flatMap((field) => ajaxFindings(field, known, desk)),
    ...pushes.flat(),
    ...indexes,
    ...eventFindings({ events, push }, known),
    ...alertFindings({ alerts, push, sources }),
  ];
}
