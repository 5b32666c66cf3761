/** Sources on a Graph of ours, for the tests of the azure-ad adapter. */

import { afterAll } from 'vitest';
import azureAd from '../../../adapters/azure-ad/index.ts';
import {
  type CallContext,
  type FindQuery,
  type MatchKind,
  type SourceRecord,
  textOf,
} from '../../../src/contract/index.ts';
import { type GraphUser, makePeople } from '../../support/graph/people.ts';
import { clientId, clientSecret, type GraphServer, startGraph, tenantId } from '../../support/graph/server.ts';
import { type OpenSource, openWith, ask as question } from '../../support/open-source.ts';
import { temporaryFolderForAll } from '../../support/temp.ts';

/** A Graph for a whole file of tests; call it outside of any test. */
export async function graphForAll(people: readonly GraphUser[] = makePeople(300)): Promise<GraphServer> {
  const graph = await startGraph(await temporaryFolderForAll(), people);
  afterAll(() => graph.stop());
  return graph;
}

/** Settings as they stand in the configuration. */
export function settingsFor(graph: GraphServer, more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const secret = more['credential'] === undefined && more['certificate'] === undefined ? { clientSecret } : {};
  return { tenantId, clientId, ...secret, authority: graph.origin, graphUrl: graph.origin, ca: graph.caFile, ...more };
}

/** Opens a source as the configuration would; closed when the test ends. */
export function openSource(graph: GraphServer, more: Readonly<Record<string, unknown>> = {}): Promise<OpenSource> {
  return openWith(azureAd, settingsFor(graph, more), 'entra');
}

/** A call whose deadline a test never reaches, or the given signal. */
export function context(signal: AbortSignal = AbortSignal.timeout(25_000)): CallContext {
  return { signal, reference: 'test' };
}

/** A question of one way to match. */
export function ask(criteria: Readonly<Record<string, string>>, match: MatchKind = 'exact', limit = 50): FindQuery {
  return question(criteria, { match, limit });
}

/** Asks, and gives one field of all who were found. */
export async function found(source: OpenSource, query: FindQuery, field = 'customer_id'): Promise<readonly string[]> {
  const records: readonly SourceRecord[] = await source.find(query, context());
  return records.map((record) => textOf(record[field]));
}
