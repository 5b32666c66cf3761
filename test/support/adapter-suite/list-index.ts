/** An index of what a source lists, in its real file. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Criterion, MatchKind, Source, SourceRecord } from '../../../src/contract/index.ts';
import type { IndexShape } from '../../../src/gateway/sources/customer-index.ts';
import { packedBatch } from '../../../src/store/index-file/packed.ts';
import { IndexReader } from '../../../src/store/index-file/reading.ts';
import { beginRun, claimIndex, endRun, writeBatches } from '../../../src/store/index-file/tasks.ts';
import { listing } from './list-run.ts';
import { type SuiteCustomer, suiteCustomers, suiteFields } from './seed.ts';
import { contextOf } from './subject.ts';

const MATCHES: readonly MatchKind[] = ['exact', 'prefix', 'contains'];
const SHAPE: IndexShape = {
  fields: suiteFields.map((name) => ({ name, matches: MATCHES })),
  ...{ kept: undefined, country: undefined },
};

/** The index of one source. */
export class SuiteIndex {
  readonly #writer: { file: string; source: string; owner: string };
  readonly #reader: IndexReader;

  constructor(folder: string) {
    this.#writer = { file: join(folder, 'index.db'), source: 'suite', owner: 'suite' };
    this.#reader = new IndexReader(this.#writer.file);
  }

  /**
   * Brings it up to date, as the gateway does; a run that was ended before goes on.
   * @param how `changes`: only what has changed since the last run; `most`: so many batches are written, then the gateway dies
   * @returns how many batches were written
   */
  async run(
    source: Source,
    updated: string | undefined,
    { changes = false, most = Number.POSITIVE_INFINITY } = {},
  ): Promise<number> {
    const writer = this.#writer;
    await claimIndex({ ...writer, plan: 'suite', shape: SHAPE });
    const since = changes ? (await this.#reader.state(writer.source))?.mark : undefined;
    const begun = await beginRun({ ...writer, since, anew: false });
    const batches = listing(source, { since, updated, from: begun?.from });
    const index = { shape: SHAPE, updated: undefined };
    for (let written = 0; ; written += 1) {
      const step = written === most ? undefined : await batches.next();
      if (step === undefined) {
        await batches.return?.();
        return written;
      }
      if (step.done === true) {
        await endRun(writer);
        return written;
      }
      await writeBatches({ ...writer, index, oldest: undefined, batches: [packedBatch(step.value)] });
    }
  }

  /** Whom it finds; without criteria, everybody. */
  async find(...criteria: readonly Criterion[]): Promise<readonly SourceRecord[]> {
    const state = await this.#reader.state(this.#writer.source);
    if (state === undefined) throw new Error('there is no index');
    const found = await this.#reader.find(state, { criteria, limit: 10_000, parameters: {} }, contextOf());
    if (found === undefined) throw new Error('the index is not searched so');
    return found.map(({ record }) => record);
  }

  close(): void {
    this.#reader.close();
  }
}

/** Works with an empty index, which is gone afterwards. */
export async function withIndex(work: (index: SuiteIndex) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'helpspot-gateway-index-'));
  const index = new SuiteIndex(folder);
  try {
    await work(index);
  } finally {
    index.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const exact = (field: string, value: string): Criterion => ({ field, match: 'exact', value });
const valuesOf = (customer: SuiteCustomer) =>
  suiteFields.flatMap((field) => (customer[field] === undefined ? [] : [exact(field, customer[field])]));

/** Of every kind and in every way: as the systems have it, and as people write it. */
export const INDEX_QUESTIONS: readonly Criterion[] = [
  ...[0, 4, 8, 23].flatMap((number) => valuesOf(suiteCustomers[number] ?? { customer_id: '' })),
  ...['212.555.0100', '0041 44 555 01 02', 'tel:+353-1-555-0199', 'n/a'].map((value) => exact('phone', value)),
  ...['BOB.Smith@example.com', 'Zoë <zoe@example.co.uk>', 'nobody@example.com'].map((value) => exact('email', value)),
  ...['Mueller', 'O’Brien', 'weiss', 'Smit', 'Смирнова'].map((value) => exact('last_name', value)),
  ...['c1001', ' C1003 ', '1001'].map((value) => exact('customer_id', value)),
  { field: 'last_name', match: 'prefix', value: 'smi' },
  { field: 'email', match: 'prefix', value: 'anna.' },
  { field: 'email', match: 'contains', value: 'smith@' },
  { field: 'company', match: 'contains', value: 'söhne' },
];
