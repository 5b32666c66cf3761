/** A listing of a source in a test. */
import { onTestFinished } from 'vitest';
import type { Adapter, ListBatch, ListedRecord, ListQuery } from '../../src/contract/index.ts';
import { recordedLog } from './log.ts';

/** Runs a listing through, and goes on behind every batch: that must give the rest. */
export async function listed(
  adapter: Adapter,
  settings: object,
  query: Partial<ListQuery> = {},
): Promise<readonly ListedRecord[]> {
  const source = await adapter.open(adapter.settings.parse(settings), {
    name: 'crm',
    log: recordedLog(),
    resolve: (path) => path,
  });
  onTestFinished(async () => await source.close?.());
  const run = async (from?: string) => {
    const batches: ListBatch[] = [];
    const asked = { fields: undefined, ...query, from };
    for await (const batch of source.list?.(asked, { signal: AbortSignal.timeout(60_000), reference: '' }) ?? []) {
      batches.push(batch);
    }
    return batches;
  };
  const batches = await run();
  const records = batches.flatMap((batch) => batch.records);
  let given = 0;
  for (const { records: some, next } of batches) {
    given += some.length;
    if (next === undefined) continue;
    const behind = (await run(next)).flatMap((batch) => batch.records);
    const [wanted, is] = [records.slice(given), behind].map((all) => all.map(({ key }) => key));
    if (JSON.stringify(wanted) !== JSON.stringify(is))
      throw new Error(`${is?.length} and not ${wanted?.length} are behind ${next}`);
  }
  const keys = new Set(records.map(({ key }) => key));
  if (keys.size !== records.length) throw new Error(`${records.length} records have ${keys.size} keys`);
  return records;
}
