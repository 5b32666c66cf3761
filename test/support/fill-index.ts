/** The index of a configured source, filled without a gateway that serves. */
import { dirname, join } from 'node:path';
import { adapters } from '../../adapters/index.ts';
import { loadConfiguration } from '../../src/config/load.ts';
import type { SourceRecord } from '../../src/contract/index.ts';
import { planWord } from '../../src/gateway/sources/index-plan.ts';
import { packedBatch } from '../../src/store/index-file/packed.ts';
import {
  beginRun,
  claimIndex,
  endRun,
  keepIndex,
  releaseIndex,
  writeBatches,
} from '../../src/store/index-file/tasks.ts';

/** Puts records into the index of a source, as one run through everything would. The first field is the key. */
export async function fillIndex(configuration: string, source: string, records: readonly SourceRecord[], end = true) {
  const plan = await loadConfiguration(configuration, adapters, {});
  const indexed = plan.sources.get(source);
  const { index } = indexed ?? {};
  if (indexed === undefined || index === undefined) throw new Error('no index');
  const file = plan.store?.index ?? join(dirname(configuration), 'index.db');
  const writer = { file, source, owner: 'me' };
  await claimIndex({ ...writer, plan: planWord(indexed), shape: index.shape });
  await beginRun({ ...writer, since: undefined, anew: true });
  const listed = records.map((record) => ({ key: String(Object.values(record)[0]), record }));
  await writeBatches({
    ...writer,
    index,
    oldest: undefined,
    batches: [packedBatch({ records: listed, mark: 'm', next: 'n' })],
  });
  if (end) await endRun(writer);
  return { keep: (problem: string) => keepIndex({ ...writer, problem }), release: () => releaseIndex(writer) };
}
