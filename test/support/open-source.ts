/** A source of any adapter, opened and asked as the gateway does. */

import { resolve } from 'node:path';
import { onTestFinished } from 'vitest';
import type {
  Adapter,
  CallContext,
  Criterion,
  FindQuery,
  ListedRecord,
  ListQuery,
  Source,
  SourceRecord,
} from '../../src/contract/index.ts';
import { expectResumes } from './adapter-suite/list-run.ts';
import { type RecordedLog, recordedLog } from './log.ts';

/** An open source that can be searched, with what it logged. */
export interface OpenSource {
  readonly log: RecordedLog;
  check: Source['check'];
  find: NonNullable<Source['find']>;
  readonly list?: NonNullable<Source['list']>;
  readonly listsChanges?: NonNullable<Source['listsChanges']>;
  close: NonNullable<Source['close']>;
}

/**
 * Opens a source as the configuration would; closed when the test ends.
 * @param name of the source, which is in messages
 */
export async function openWith(
  adapter: Adapter,
  settings: object,
  name = 'customers',
  log: RecordedLog = recordedLog(),
): Promise<OpenSource> {
  const source = await adapter.open(adapter.settings.parse(settings), {
    name,
    log,
    resolve: (path) => resolve('/', path),
  });
  const { find } = source;
  if (find === undefined) throw new Error(`a source of ${adapter.name} finds`);
  const close = async () => await source.close?.();
  onTestFinished(close);
  const list = source.list?.bind(source);
  const { listsChanges } = source;
  const abilities = { ...(list !== undefined && { list }), ...(listsChanges !== undefined && { listsChanges }) };
  return { log, check: source.check.bind(source), find: find.bind(source), ...abilities, close };
}

/** All that a source of these settings lists: each once, and behind every batch the rest. */
export async function listAll(
  adapter: Adapter,
  settings: object,
  query: Partial<ListQuery> = {},
): Promise<readonly ListedRecord[]> {
  const { batches } = await expectResumes(await openWith(adapter, settings), query);
  return batches.flatMap(({ records }) => records);
}

/** Everything that `find` gives without criteria. */
export function everybody(source: Pick<OpenSource, 'find'>, limit = 10_000): Promise<readonly SourceRecord[]> {
  return source.find(ask({}, { limit }), context());
}

/** A call with a deadline that a test never reaches, or the given one in milliseconds. */
export function context(milliseconds = 20_000): CallContext {
  return { signal: AbortSignal.timeout(milliseconds), reference: 'test' };
}

/** A query of one criterion, or several, which are exact unless told; HelpSpot sends the same values as parameters. */
export function ask(
  criteria: Readonly<Record<string, string>>,
  more: Partial<FindQuery> & Pick<Partial<Criterion>, 'match'> = {},
): FindQuery {
  const { match = 'exact', limit = 50, parameters = criteria } = more;
  return { criteria: Object.entries(criteria).map(([field, value]) => ({ field, match, value })), limit, parameters };
}
