/** A CCAI Platform for a file of tests, and sources of it. */
import { afterAll, afterEach, expect } from 'vitest';
import ccaiPlatform from '../../../adapters/ccai-platform/index.ts';
import type { CallContext, FindQuery, SourceError } from '../../../src/contract/index.ts';
import { type CcaiOptions, type CcaiStandIn, startCcai } from '../../support/ccai/server.ts';
import { context, type OpenSource, openWith } from '../../support/open-source.ts';

/** Quick enough for tests. */
export const QUICK = { requestsPerSecond: 1000 };

/** Runs for the file of tests that calls this; as it was after each test, which has changed nothing in it. */
export async function ccaiForAll(options?: CcaiOptions): Promise<CcaiStandIn> {
  const ccai = await startCcai(options);
  afterEach(() => {
    const wrong = [...ccai.scandals, ...ccai.unknown];
    ccai.heal();
    expect(wrong).toEqual([]);
  });
  afterAll(() => ccai.close());
  return ccai;
}

/** A source of the platform, closed when the test ends. */
export function openCcai(ccai: CcaiStandIn, settings: object = {}): Promise<OpenSource> {
  return openWith(ccaiPlatform, { ...ccai.settings, ...QUICK, ...settings });
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
