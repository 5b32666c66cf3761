/** A shop for a file of tests, and sources of it. */

import { afterAll, afterEach } from 'vitest';
import shopify from '../../../adapters/shopify/index.ts';
import { type CallContext, type FindQuery, type SourceError, withDeadlineWithin } from '../../../src/contract/index.ts';
import { context, type OpenSource, openWith } from '../../support/open-source.ts';
import type { ShopData } from '../../support/shopify/resolvers.ts';
import { type Shop, startShopify } from '../../support/shopify/server.ts';

/** Runs for the file of tests that calls this; as it was after each test. */
export async function shopForAll(data?: ShopData): Promise<Shop> {
  const shop = await startShopify(data);
  afterEach(() => shop.heal());
  afterAll(() => shop.close());
  return shop;
}

/** A source of the shop, closed when the test ends. */
export function openShop(shop: Shop, settings: object = {}): Promise<OpenSource> {
  return openWith(shopify, { ...shop.settings, ...settings });
}

/** A call that keeps what it is told. */
export function noting(context: CallContext): CallContext & { readonly notices: string[] } {
  const notices: string[] = [];
  return { ...context, notices, notice: (sentence) => void notices.push(sentence) };
}

/** What a search fails with. */
export async function failure(source: OpenSource, query: FindQuery): Promise<SourceError> {
  return await source.find(query, context()).then(
    () => Promise.reject(new Error('the search did not fail')),
    (error: SourceError) => error,
  );
}

/** With a deadline that the client knows. */
export function within<T>(milliseconds: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  return withDeadlineWithin(milliseconds, undefined, work);
}
