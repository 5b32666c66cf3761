/** Sources on a Graph of ours, for the tests of the azure-ad adapter. */
import { resolve } from 'node:path';
import { afterAll, onTestFinished } from 'vitest';
import azureAd from '../../adapters/azure-ad.ts';
import type { CallContext, Criterion, FindQuery, MatchKind, Source, SourceRecord } from '../../src/gateway/adapter.ts';
import { textOf } from '../../src/gateway/record.ts';
import { type GraphUser, makePeople } from '../support/graph/people.ts';
import { clientId, clientSecret, type GraphServer, startGraph, tenantId } from '../support/graph/server.ts';
import { type RecordedLog, recordedLog } from '../support/log.ts';
import { temporaryFolderForAll } from '../support/temp.ts';

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

/** A source that is closed when the test ends. */
export interface OpenSource extends Required<Source> {
  readonly log: RecordedLog;
}

/** Opens a source as the configuration would. */
export async function openSource(
  graph: GraphServer,
  more: Readonly<Record<string, unknown>> = {},
): Promise<OpenSource> {
  const log = recordedLog();
  const services = { name: 'entra', log, resolve: (path: string) => resolve('/', path) };
  const source = await azureAd.open(azureAd.settings.parse(settingsFor(graph, more)), services);
  const { find, close } = source;
  if (find === undefined || close === undefined) throw new Error('the source finds and closes');
  onTestFinished(() => close.call(source));
  return { check: source.check.bind(source), find: find.bind(source), close: close.bind(source), log };
}

/** A call whose deadline a test never reaches, or the given signal. */
export function context(signal: AbortSignal = AbortSignal.timeout(25_000)): CallContext {
  return { signal, reference: 'test' };
}

/** A question of one way to match. */
export function ask(criteria: Readonly<Record<string, string>>, match: MatchKind = 'exact', limit = 50): FindQuery {
  const list = Object.entries(criteria).map(([field, value]): Criterion => ({ field, match, value }));
  return { criteria: list, limit, parameters: criteria };
}

/** Asks, and gives one field of all who were found. */
export async function found(source: OpenSource, query: FindQuery, field = 'customer_id'): Promise<readonly string[]> {
  const records: readonly SourceRecord[] = await source.find(query, context());
  return records.map((record) => textOf(record[field]));
}
