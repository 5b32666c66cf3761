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
import { afterAll, beforeAll, describe, test } from 'vitest';
import type { Adapter, Log, Services, Source } from '../../src/contract/index.ts';
import { type AdapterCaseName, adapterCases } from './adapter-suite/cases.ts';
import type { Outage, SuiteSubject } from './adapter-suite/subject.ts';

export { type AdapterCaseName, adapterCases } from './adapter-suite/cases.ts';
export { INDEXED_ONCE, type ListCaseName, type ListedSystem } from './adapter-suite/list-cases.ts';
export { describeListing, type ListSuiteOptions } from './adapter-suite/listing.ts';
export { injectionCorpus, type SuiteCustomer, suiteCustomers, suiteFields, suiteRows } from './adapter-suite/seed.ts';
export type { Outage, SuiteSubject } from './adapter-suite/subject.ts';

/** What the suite is run on. */
export interface AdapterSuiteOptions {
  /** Stands in the titles of the tests. */
  readonly name: string;
  readonly adapter: Adapter;
  /** Puts `suiteCustomers` into the system, and says how to reach it: what stands in the configuration, without `adapter`. */
  settings(): Promise<unknown> | unknown;
  /** Cases that the system cannot pass, each with the reason, which is shown. */
  readonly skip?: Readonly<Partial<Record<AdapterCaseName, string>>>;
  /** How the system is taken away; without it, that case is skipped. */
  readonly outage?: Outage;
  /** How long a call whose signal has aborted may take to end, on the slowest machine. Milliseconds; 5,000 unless told. */
  readonly promptMs?: number;
}

const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };

/** Registers one test a case with vitest. */
export function describeAdapter(options: AdapterSuiteOptions): void {
  describe(`${options.name}: the adapter suite`, () => {
    let subject: SuiteSubject | undefined;

    beforeAll(async () => {
      subject = await openSubject(options);
    });
    afterAll(async () => {
      await subject?.source.close?.();
    });

    for (const name of caseNames()) {
      const reason = reasonToSkip(name, options);
      if (reason !== undefined) {
        test.skip(`${name} (skipped: ${reason})`);
        continue;
      }
      test(name, async ({ skip }) => {
        if (subject === undefined) throw new Error('the source did not open');
        const missing = lacks(name, subject.source);
        if (missing !== undefined) skip(missing);
        await adapterCases[name](subject);
      });
    }
  });
}

/** The names of all cases. */
export function caseNames(): readonly AdapterCaseName[] {
  return Object.keys(adapterCases).filter((name): name is AdapterCaseName => name in adapterCases);
}

/** Opens the source that the cases work with. Close `subject.source` in the end. */
export async function openSubject(options: Omit<AdapterSuiteOptions, 'skip'>): Promise<SuiteSubject> {
  const { adapter, name, outage, promptMs = 5_000 } = options;
  const settings = adapter.settings.parse(await options.settings());
  const services: Services = { name, log: silentLog, resolve: (path) => resolve(path) };
  const openAnother = async (): Promise<Source> => await adapter.open(settings, services);
  return { adapter, source: await openAnother(), openAnother, outage, promptMs };
}

/** Why a source need not pass a case: it does not say that it can do such a thing. */
function lacks(name: AdapterCaseName, source: Source): string | undefined {
  const needsOrder: AdapterCaseName = 'finds in the order that is asked for, before the limit';
  return name === needsOrder && source.findsInOrder !== true ? 'the source is not asked for an order' : undefined;
}

function reasonToSkip(name: AdapterCaseName, options: AdapterSuiteOptions): string | undefined {
  const reason = options.skip?.[name];
  if (reason !== undefined && reason.trim() === '') throw new Error(`the skip of "${name}" needs a reason`);
  if (reason !== undefined) return reason;
  const needsOutage: AdapterCaseName = 'a system that is away is a SourceError, and found again when it is back';
  return name === needsOutage && options.outage === undefined ? 'the suite was given no outage' : undefined;
}
