/** What `check` says of the index of a source. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { SourceRecord } from '../../../src/contract/index.ts';
import { createGateway } from '../../../src/gateway/gateway.ts';
import type { GatewayPlan } from '../../../src/gateway/plan.ts';
import type { IndexPlan } from '../../../src/gateway/sources/customer-index.ts';
import { openCustomerIndex } from '../../../src/store/index-file/index-file.ts';
import { packedBatch } from '../../../src/store/index-file/packed.ts';
import { beginRun, claimIndex, endRun, keepIndex, writeBatches } from '../../../src/store/index-file/tasks.ts';
import { recordedLog } from '../../support/log.ts';
import { type MemorySystem, memorySystem } from '../../support/memory-adapter.ts';
import { gatewayPlan, memorySource, steps } from '../../support/plans.ts';
import { temporaryFolder } from '../../support/temp.ts';

const PEOPLE: readonly SourceRecord[] = [{ id: '1', email: 'max@example.com', updated_at: '2026-11-26' }];
const INDEX: IndexPlan = {
  ...{ everyMs: 60_000, fullMs: 60_000, use: 'always', miss: 'nobody', updated: undefined, keepMs: undefined },
  shape: { fields: [{ name: 'email', matches: ['exact'] }], kept: ['email'], country: undefined },
};

/** @param of of the index and of the system `crm`; `file`: of the index */
async function found(
  of: {
    readonly system?: Partial<MemorySystem>;
    readonly index?: Partial<IndexPlan>;
    readonly file?: string;
    readonly lookups?: GatewayPlan['lookups'];
    readonly cannotBeListed?: true;
  } = {},
): Promise<readonly string[]> {
  const system = { ...memorySystem(PEOPLE), ...(of.cannotBeListed !== true && { batch: 10 }), ...of.system };
  const source = { ...memorySource('crm', system), index: { ...INDEX, ...of.index } };
  const index = of.file ?? join(await temporaryFolder(), 'index.db');
  const store = { file: '/none', keepBodies: false, retentionMs: 1, index };
  const other = memorySource('other', memorySystem(PEOPLE));
  const more = { store, ...(of.lookups && { lookups: of.lookups }) };
  const plan = gatewayPlan([source, other], { sources: ['crm'], match: steps('email') }, more);
  const gateway = createGateway(plan, { log: recordedLog(), openIndex: openCustomerIndex });
  try {
    const findings = await gateway.inspect();
    return findings
      .map(({ weight, where, sentence }) => `${weight}: ${where}: ${sentence}`)
      .filter((line) => line.includes('index'));
  } finally {
    await gateway.close();
  }
}

async function followed(
  count: number,
): Promise<{ file: string; run: (count: number) => Promise<unknown>; writer: Writer }> {
  const writer = { file: join(await temporaryFolder(), 'index.db'), source: 'crm', owner: 'me' };
  const run = async (size: number) => {
    await claimIndex({ ...writer, plan: 'one', shape: INDEX.shape });
    await beginRun({ ...writer, since: undefined, anew: true });
    const records = Array.from({ length: size }, (_, id) => ({
      key: String(id),
      record: { email: `${id}@x.example` },
    }));
    await writeBatches({ ...writer, index: INDEX, oldest: undefined, batches: [packedBatch({ records, mark: 'm' })] });
    return endRun(writer);
  };
  await run(count);
  return { file: writer.file, run, writer };
}

interface Writer {
  readonly file: string;
  readonly source: string;
  readonly owner: string;
}

describe('check of an index', () => {
  it('is content with one that can be kept', async () => {
    expect(await found()).toEqual([]);
    expect(await found({ index: { updated: 'updated_at' }, system: { changes: ['1'] } })).toEqual([]);
  });

  it('says that a source cannot be listed', async () => {
    expect(await found({ cannotBeListed: true })).toEqual([
      'error: sources.crm.index: crm (adapter memory) cannot list what it holds, so it can have no index; take it out',
    ]);
  });

  it('says that the field of the last change is not there, or of no use', async () => {
    expect(await found({ index: { updated: 'updatd_at' } })).toEqual([
      'error: sources.crm.index.updated: crm has no field updatd_at (did you mean updated_at?)',
    ]);
    expect(await found({ index: { updated: 'updated_at' } })).toEqual([
      'warning: sources.crm.index.updated: crm cannot be asked for what changed, so this does nothing without keep; take it out',
    ]);
    expect(await found({ index: { updated: 'updated_at', keepMs: 1_000 } })).toEqual([]);
  });

  it('says that nobody searches it', async () => {
    const { lookups } = gatewayPlan([memorySource('other', memorySystem())], { sources: ['other'] });
    expect(await found({ lookups })).toEqual([
      'warning: sources.crm.index: no lookup and no ajax field asks crm, so nobody is searched in it; take it out',
    ]);
  });

  it('says why a run failed, and that one asks before it removes', async () => {
    const { file, run, writer } = await followed(40);
    expect(await found({ file })).toEqual([]);
    await run(2);
    await keepIndex({ ...writer, problem: 'the machine is off' });
    const lines = await found({ file });
    expect(lines).toEqual([
      'warning: sources.crm.index: the last run ended early, and is tried again: the machine is off',
      expect.stringMatching(
        /^error: sources\.crm\.index: the last full run would have removed 38 of 40 records, .* helpspot-gateway index accept crm$/,
      ),
    ]);
  });

  it('says that the file cannot be written', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'index.db'));
    expect(await found({ file: join(folder, 'index.db') })).toEqual([
      expect.stringMatching(/^error: store\.index: the index .* is a folder; name a file in store\.index$/),
    ]);
    await writeFile(join(folder, 'file'), '');
    expect(await found({ file: join(folder, 'file', 'index.db') })).toEqual([
      expect.stringMatching(/^error: store\.index: the index .* cannot be used: ENOTDIR/),
    ]);
  });

  it('samples the system itself, not an index that has less', async () => {
    const { file } = await followed(3);
    expect(await found({ file, index: { updated: 'updated_at' }, system: { changes: ['1'] } })).toEqual([]);
  });
});
