/** A Help Lightning for a file of tests, and sources of it. */
import { afterAll, afterEach, expect } from 'vitest';
import helpLightning from '../../../adapters/help-lightning/index.ts';
import type { CallContext, FindQuery, SourceError, SourceRecord } from '../../../src/contract/index.ts';
import { textOf } from '../../../src/contract/index.ts';
import { type HelpLightningStandIn, startHelpLightning } from '../../support/help-lightning/server.ts';
import { context, type OpenSource, openWith } from '../../support/open-source.ts';

/** Quick enough for tests. */
export const QUICK = { requestsPerSecond: 1000 };

/** Runs for the file of tests that calls this; as it was after each test, which has changed nothing in it. */
export async function siteForAll(): Promise<HelpLightningStandIn> {
  const site = await startHelpLightning();
  afterEach(() => {
    const scandals = [...site.scandals];
    site.heal();
    expect(scandals).toEqual([]);
  });
  afterAll(() => site.close());
  return site;
}

/** A source of the site, closed when the test ends. */
export function openSite(site: HelpLightningStandIn, settings: object = {}): Promise<OpenSource> {
  return openWith(helpLightning, { ...site.settings, ...QUICK, ...settings });
}

/** A call that keeps what it is told. */
export function noting(): CallContext & { readonly notices: string[] } {
  const notices: string[] = [];
  return { ...context(), notices, notice: (sentence) => void notices.push(sentence) };
}

/** What a search fails with. */
export async function failureOf(source: OpenSource, query: FindQuery): Promise<SourceError> {
  return await source.find(query, context()).then(
    () => Promise.reject(new Error('the search did not fail')),
    (error: SourceError) => error,
  );
}

/** The numbers of the calls, in their order: 3 of `session-3`. */
export function numbersOf(records: readonly SourceRecord[]): number[] {
  return records.map((record) => Number(textOf(record['call_id']).replace('session-', '')));
}
