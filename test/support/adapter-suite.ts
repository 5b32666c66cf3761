/**
 * The conformance suite: what every adapter that can be searched must do,
 * whichever system it talks to. Needs vitest.
 *
 * ```ts
 * import { describeAdapter, suiteRows } from 'helpspot-gateway/adapter-suite';
 *
 * describeAdapter({
 *   name: 'my system',
 *   adapter,
 *   settings: async () => ({ url: await startMySystemWith(suiteRows) }),
 *   skip: { 'names ignore accents': 'the system compares by its own collation' },
 * });
 * ```
 */

import { resolve } from 'node:path';
import { describe, test } from 'vitest';
import type { Adapter, Services, Source } from '../../src/contract/index.ts';
import { type AdapterCaseName, adapterCases } from './adapter-suite/cases.ts';
import { parsedSettings, secretsIn } from './adapter-suite/settings.ts';
import { type Skips, skipOf } from './adapter-suite/skips.ts';
import { type Outage, openedForAll, SUITE_PATIENCE, type SuiteSubject } from './adapter-suite/subject.ts';
import { Trace } from './adapter-suite/trace.ts';

export { type AdapterCaseName, adapterCases } from './adapter-suite/cases.ts';
export { INDEXED_ONCE, type ListCaseName, type ListedSystem } from './adapter-suite/list-cases.ts';
export { describeListing, type ListSuiteOptions } from './adapter-suite/listing.ts';
export type { PushCaseName, PushedThing } from './adapter-suite/push-cases.ts';
export { describePushes, type PushSuiteOptions } from './adapter-suite/pushing.ts';
export { injectionCorpus, type SuiteCustomer, suiteCustomers, suiteFields, suiteRows } from './adapter-suite/seed.ts';
export { freePort, type Network, networkTo, type RunningServer, startServer } from './adapter-suite/servers.ts';
export type { SkipReason, Skips } from './adapter-suite/skips.ts';
export type { Outage, SuiteSubject } from './adapter-suite/subject.ts';
export { ask, context, type OpenSource, openWith } from './open-source.ts';
export { openTarget, type PushSource, pushRequest } from './push-source.ts';

/** What the suite is run on. */
export interface AdapterSuiteOptions {
  /** Stands in the titles of the tests. */
  readonly name: string;
  readonly adapter: Adapter;
  /** Puts `suiteCustomers` into the system, and says how to reach it: what stands in the configuration, without `adapter`. */
  settings(): Promise<unknown> | unknown;
  /** Cases that the system cannot pass, each with the reason, which is shown; or of a case the fields that it leaves out. */
  readonly skip?: Skips<AdapterCaseName>;
  /** How the system is taken away ({@link networkTo} can); without it, those cases are skipped. */
  readonly outage?: Outage;
  /** How long a call whose signal has aborted may take to end, on the slowest machine. Milliseconds; 5,000 unless told. */
  readonly promptMs?: number;
}

/** Registers one test a case with vitest. */
export function describeAdapter(options: AdapterSuiteOptions): void {
  describe(`${options.name}: the adapter suite`, () => {
    const opened = openedForAll(() => openSubject(options));

    for (const name of caseNames()) {
      const skipped = skipOf(name, options.skip);
      const reason = skipped.whole ?? cannotTry(name, options.outage);
      if (reason !== undefined) {
        test.skip(`${name} (skipped: ${reason})`);
        continue;
      }
      test(`${name}${skipped.title}`, { timeout: SUITE_PATIENCE.case }, async ({ skip }) => {
        const subject = opened();
        if (subject === undefined) return skip('the source did not open; see the first test');
        const missing = lacks(name, subject.source);
        if (missing !== undefined) skip(missing);
        await subject.trace.run(async () => await adapterCases[name](subject), skipped.fields);
      });
    }
  });
}

/** The names of all cases. */
export function caseNames(): readonly AdapterCaseName[] {
  return Object.keys(adapterCases).filter((name): name is AdapterCaseName => name in adapterCases);
}

/** Opens the source that the cases work with. Close `subject.source` in the end. @throws Error for settings that the adapter refuses */
export async function openSubject(options: Omit<AdapterSuiteOptions, 'skip'>): Promise<SuiteSubject> {
  const { adapter, name, outage, promptMs = 5_000 } = options;
  const given = await options.settings();
  const settings = parsedSettings(adapter, given);
  const trace = new Trace(secretsIn(adapter, given));
  const services: Services = { name, log: trace.log, resolve: (path) => resolve(path) };
  const openAnother = async (): Promise<Source> => trace.watch(await adapter.open(settings, services));
  return { adapter, given, source: await openAnother(), trace, openAnother, outage, promptMs };
}

/** Why a source need not pass a case: it does not say that it can do such a thing. */
function lacks(name: AdapterCaseName, source: Source): string | undefined {
  const needsOrder: AdapterCaseName = 'finds in the order that is asked for, before the limit';
  return name === needsOrder && source.findsInOrder !== true ? 'the source is not asked for an order' : undefined;
}

/** Why a case cannot be tried with what the suite was given. */
function cannotTry(name: AdapterCaseName, outage: Outage | undefined): string | undefined {
  const needsOutage: AdapterCaseName = 'a system that is away is a SourceError, and found again when it is back';
  const needsSilence: AdapterCaseName = 'a system that falls silent is given up when the signal aborts';
  if (name === needsOutage && outage === undefined) return 'the suite was given no outage';
  return name === needsSilence && outage?.silence === undefined
    ? 'the suite was given no outage with silence'
    : undefined;
}
