/** The index of customers in a SQLite file: written in a worker thread, read in this one. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import type { CallContext, FindQuery, ListBatch } from '../../contract/index.ts';
import {
  type CustomerIndex,
  type FedBatch,
  type FedRecords,
  type IndexedRecord,
  type IndexPlan,
  type IndexShape,
  NotFollowing,
} from '../../gateway/sources/customer-index.ts';
import { inThread, renewThreads } from '../../kit/threads/index.ts';
import { proveFolder } from '../folder.ts';
import { asStoreError } from './file.ts';
import type { IndexWriter } from './owning.ts';
import { packedBatch } from './packed.ts';
import { IndexReader } from './reading.ts';
import type { SourceRow } from './rows.ts';
import type * as tasks from './tasks.ts';

const MODULE = 'src/store/index-file/tasks';
/** A run that has written so many leaves some 40 MB in its thread. */
const RENEWED_AFTER = 10_000;

/** Opens nothing before it is used: there may be no file yet, and nobody may follow. @param file its absolute path */
export function openCustomerIndex(file: string): CustomerIndex {
  return new IndexFile(file);
}

/** The index of one machine. */
export class IndexFile implements CustomerIndex {
  readonly #file: string;
  readonly #owner = randomBytes(8).toString('hex');
  readonly #isShared: boolean;
  readonly #reader: IndexReader;
  /** Since threads were renewed. */
  #written = 0;

  /** @param isShared what changes is written down for gateways of other machines (`outbox.ts`) */
  constructor(file: string, isShared = false) {
    this.#file = file;
    this.#isShared = isShared;
    this.#reader = new IndexReader(file);
  }

  state(source: string): Promise<SourceRow | undefined> {
    return this.#reader.state(source);
  }

  async find(source: string, query: FindQuery, context: CallContext): Promise<readonly IndexedRecord[] | undefined> {
    const row = await this.#reader.state(source);
    return row === undefined ? undefined : this.#reader.find(row, query, context);
  }

  claim(source: string, plan: string, shape: IndexShape): Promise<SourceRow | undefined> {
    const input = { ...this.writer(source), plan, shape, isShared: this.#isShared };
    return inThread<Input<'claimIndex'>, Output<'claimIndex'>>(task('claimIndex'), input);
  }

  async keep(source: string, problem?: string): Promise<SourceRow> {
    const input = { ...this.writer(source), problem };
    return stillOurs(await inThread<Input<'keepIndex'>, Output<'keepIndex'>>(task('keepIndex'), input));
  }

  async begin(source: string, run: { readonly since: string | undefined; readonly anew: boolean }) {
    const input = { ...this.writer(source), ...run };
    return stillOurs(await inThread<Input<'beginRun'>, Output<'beginRun'>>(task('beginRun'), input));
  }

  async write(
    source: string,
    batches: readonly ListBatch[],
    { shape, updated }: IndexPlan,
    oldest: number | undefined,
  ) {
    this.#written += batches.reduce((sum, { records }) => sum + records.length, 0);
    const input = { ...this.writer(source), batches: batches.map(packedBatch), index: { shape, updated }, oldest };
    return stillOurs(await inThread<Input<'writeBatches'>, Output<'writeBatches'>>(task('writeBatches'), input));
  }

  async end(source: string): Promise<{ readonly removed: number; readonly held: number }> {
    let removed = 0;
    while (true) {
      const ended = stillOurs(await inThread<Input<'endRun'>, Output<'endRun'>>(task('endRun'), this.writer(source)));
      removed += ended.removed;
      if (!ended.isEnded) continue;
      if (this.#written >= RENEWED_AFTER) {
        this.#written = 0;
        renewThreads();
      }
      return { removed, held: ended.held };
    }
  }

  feed(
    source: string,
    { records, ...batch }: FedBatch,
    { shape, updated }: IndexPlan,
    oldest: number | undefined,
  ): Promise<FedRecords | undefined> {
    const own = { file: this.#file, source, batch: packedBatch({ records }), index: { shape, updated }, oldest };
    return inThread<Input<'feedRecords'>, Output<'feedRecords'>>(task('feedRecords'), { ...own, ...batch });
  }

  async pause(milliseconds: number, signal: AbortSignal): Promise<void> {
    await wait(milliseconds, undefined, { signal }).catch(() => undefined);
  }

  async release(source: string): Promise<void> {
    await inThread<Input<'releaseIndex'>, Output<'releaseIndex'>>(task('releaseIndex'), this.writer(source));
  }

  rebuild(source: string): Promise<boolean> {
    return changeByHand(this.#file, source, 'rebuild');
  }

  async retain(names: readonly string[]): Promise<void> {
    if (!existsSync(this.#file)) return;
    const input = { file: this.#file, names };
    await inThread<Input<'removeOthers'>, Output<'removeOthers'>>(task('removeOthers'), input);
  }

  async prove(): Promise<void> {
    // To look is not to make one.
    if (!existsSync(this.#file)) await proveFolder(this.#file).catch((error: unknown) => fail(this.#file, error));
    else await inThread<Input<'proveIndex'>, Output<'proveIndex'>>(task('proveIndex'), { file: this.#file });
  }

  async close(): Promise<void> {
    this.#reader.close();
  }

  /** Who writes: what is written for gateways of other machines is so under the same name. */
  writer(source: string): IndexWriter {
    return { file: this.#file, source, owner: this.#owner };
  }
}

/**
 * What a person says of the index of a source: `rebuild` reads everything again, `empty` removes it at once, `accept` lets
 * the next run through everything remove what it held.
 * @returns false where nothing is there of the source
 * @throws {StoreError}
 */
export function changeByHand(file: string, source: string, change: 'rebuild' | 'empty' | 'accept'): Promise<boolean> {
  const input = { file, source, change };
  return inThread<Input<'changeIndex'>, Output<'changeIndex'>>(task('changeIndex'), input);
}

/** Removes single records, and puts them out of the file. @returns how many were there @throws {StoreError} */
export async function removeByHand(file: string, source: string, ids: readonly number[]): Promise<number> {
  const removing = { file, source, ids };
  const removed = await inThread<Input<'removeRecords'>, Output<'removeRecords'>>(task('removeRecords'), removing);
  for (let isFirst = true, isTidy = false; !isTidy; isFirst = false) {
    const input = { file, source, isFirst };
    ({ isTidy } = await inThread<Input<'tidyIndex'>, Output<'tidyIndex'>>(task('tidyIndex'), input));
  }
  return removed;
}

type Name = {
  [Key in keyof typeof tasks]: (typeof tasks)[Key] extends (input: never) => unknown ? Key : never;
}[keyof typeof tasks];
type Input<Of extends Name> = Parameters<(typeof tasks)[Of]>[0];
type Output<Of extends Name> = ReturnType<(typeof tasks)[Of]>;

/** What `sharing.ts` does, in the thread that writes. @throws {StoreError} */
export function indexTask<Of extends Name>(name: Of, input: Input<Of>): Promise<Awaited<Output<Of>>> {
  return inThread<Input<Of>, Awaited<Output<Of>>>(task(name), input);
}

function task<Of extends Name>(name: Of) {
  return { module: MODULE, name };
}

function fail(file: string, error: unknown): never {
  throw asStoreError(file, error);
}

function stillOurs<T>(result: T | undefined): T {
  if (result === undefined) throw new NotFollowing('another gateway follows the source by now');
  return result;
}
