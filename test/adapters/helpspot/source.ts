/** A HelpSpot for a file of tests, and sources of it. */
import { afterAll, afterEach } from 'vitest';
import helpspot from '../../../adapters/helpspot/index.ts';
import {
  type CallContext,
  type FindQuery,
  type SourceError,
  type SourceRecord,
  textOf,
} from '../../../src/contract/index.ts';
import { type HelpSpotOptions, type HelpSpotStandIn, startHelpSpot } from '../../support/helpspot/server.ts';
import { context, type OpenSource, openWith } from '../../support/open-source.ts';

/** Runs for the file of tests that calls this; as it was after each test. */
export async function helpSpotForAll(options?: HelpSpotOptions): Promise<HelpSpotStandIn> {
  const desk = await startHelpSpot(options);
  afterEach(() => desk.heal());
  afterAll(() => desk.close());
  return desk;
}

/** A source of the help desk, closed when the test ends. */
export function openDesk(desk: HelpSpotStandIn, settings: object = {}): Promise<OpenSource> {
  return openWith(helpspot, { ...desk.settings, ...settings });
}

/** A call that keeps what it is told. */
export function noting(given: CallContext = context()): CallContext & { readonly notices: string[] } {
  const notices: string[] = [];
  return { ...given, notices, notice: (sentence) => void notices.push(sentence) };
}

/** What a search fails with. */
export async function failureOf(source: OpenSource, query: FindQuery, given = context()): Promise<SourceError> {
  return await source.find(query, given).then(
    () => Promise.reject(new Error('the search did not fail')),
    (error: SourceError) => error,
  );
}

/** The numbers of the records, in their order. */
export function numbersOf(records: readonly SourceRecord[]): string[] {
  return records.map((record) => textOf(record['xRequest']));
}
