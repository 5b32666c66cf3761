/** The suite of sources that can be listed for an index. Needs vitest. */

import { resolve } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, test } from 'vitest';
import type { Adapter, Log, Source } from '../../../src/contract/index.ts';
import {
  ADDED,
  CHANGE_CASES,
  type ListCaseName,
  type ListedSystem,
  type ListSubject,
  LONG_AGO,
  listCases,
  listedCustomers,
  tellsChanges,
} from './list-cases.ts';

/** What the suite is run on. */
export interface ListSuiteOptions {
  /** Stands in the titles of the tests. */
  readonly name: string;
  readonly adapter: Adapter;
  /** A system without any customer; the suite puts them in. */
  system(): Promise<ListedSystem> | ListedSystem;
  /** How many customers there are: enough for three batches. 1,200 unless told. */
  readonly size?: number;
  /** Cases that the system cannot pass, each with the reason, which is shown. */
  readonly skip?: Readonly<Partial<Record<ListCaseName, string>>>;
  /** How long a run that is ended may take to end, on the slowest machine. Milliseconds; 5,000 unless told. */
  readonly promptMs?: number;
}

const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };

/** Registers one test a case with vitest. */
export function describeListing({
  name,
  adapter,
  system,
  size = 1_200,
  skip,
  promptMs = 5_000,
}: ListSuiteOptions): void {
  describe(`${name}: listing`, () => {
    let listed: ListedSystem | undefined;
    /** What the case before has written or removed. */
    const touched = new Set(listedCustomers(size).map(({ customer_id }) => customer_id));
    let subject: ListSubject | undefined;
    const given = (): ListSubject => {
      if (subject === undefined) throw new Error('the source did not open');
      return subject;
    };

    beforeAll(async () => {
      listed = noting(await system(), touched);
    });
    // Each case begins with the same customers, who were changed long ago, and a source that has seen nothing else.
    beforeEach(async () => {
      if (listed === undefined) throw new Error('the system did not start');
      await listed.remove(ADDED.map(({ customer_id }) => customer_id));
      const before = listedCustomers(size).filter(({ customer_id }) => touched.has(customer_id));
      if (before.length > 0) await listed.put(before, LONG_AGO);
      touched.clear();
      subject = await openListed(adapter, listed, { name, size, promptMs });
    });
    afterEach(async () => {
      await subject?.source.close?.();
      subject = undefined;
    });

    for (const one of listCaseNames()) {
      const reason = skip?.[one];
      if (reason !== undefined) test.skip(`${one} (skipped: ${reason})`);
      else {
        test(one, { timeout: 120_000 }, async (context) => {
          const missing = listLacks(one, given());
          if (missing !== undefined) context.skip(missing);
          await listCases[one](given());
        });
      }
    }
  });
}

/** The same system; the ids of whom a case writes or removes are added. */
function noting(system: ListedSystem, touched: Set<string>): ListedSystem {
  return {
    ...system,
    async put(customers, at) {
      for (const { customer_id } of customers) touched.add(customer_id);
      await system.put(customers, at);
    },
    async remove(ids) {
      for (const id of ids) touched.add(id);
      await system.remove(ids);
    },
  };
}

/** The names of all cases. */
export function listCaseNames(): readonly ListCaseName[] {
  return Object.keys(listCases).filter((name): name is ListCaseName => name in listCases);
}

/** Opens the source that the cases work with. Close `subject.source` in the end. */
export async function openListed(
  adapter: Adapter,
  system: ListedSystem,
  { name, size, promptMs }: { name: string; size: number; promptMs: number },
): Promise<ListSubject> {
  const settings = adapter.settings.parse(system.settings);
  const services = { name, log: silentLog, resolve: (path: string) => resolve(path) };
  const openAnother = async (): Promise<Source> => await adapter.open(settings, services);
  const customers = listedCustomers(size);
  return { source: await openAnother(), openAnother, system, customers, promptMs };
}

/** Why a source need not pass a case: it does not say that it can do such a thing. */
export function listLacks(name: ListCaseName, { source, system }: ListSubject): string | undefined {
  if (CHANGE_CASES.includes(name) && !tellsChanges(source, system)) {
    return source.listsChanges === undefined
      ? 'the source does not tell what has changed'
      : 'the system has no time of changes';
  }
  const needsOutage: ListCaseName = 'a system that goes away in the middle is a SourceError, not an end';
  return name === needsOutage && system.outage === undefined ? 'the suite was given no outage' : undefined;
}
