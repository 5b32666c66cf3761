/** The audit in a SQLite file: written and read in a worker thread, or at once in a process that has only one call. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import type {
  AuditFilter,
  AuditPage,
  AuditPlace,
  AuditPlan,
  AuditSpool,
  EntryBatch,
  UnhandedEntries,
} from '../../gateway/audit/file.ts';
import { inThread } from '../../kit/threads/index.ts';
import { proveFolder } from '../folder.ts';
import { auditTrouble } from './file.ts';
import type * as tasks from './tasks.ts';

/** Longer than the recorder waits between two batches: as long as those are large, there is no time. */
const QUIET_MS = 2_000;
/** Calls that come meanwhile have the processor, too. */
const BETWEEN_MS = 50;
/** The end of a gateway takes no longer for it. */
const CLOSE_MS = 1_000;

const MODULE = 'src/store/audit-file/tasks';

/** For a gateway that serves: no call waits while the disk does. Nothing is opened or made before it is used. */
export function openAuditFile(plan: AuditPlan): AuditSpool {
  return new SqliteAudit(plan, {
    writeEntries: (input, signal) =>
      inThread<Input<'writeEntries'>, Promise<boolean>>(task('writeEntries'), input, signal),
    fileSomeBlocks: (input) => inThread<Input<'fileSomeBlocks'>, Promise<boolean>>(task('fileSomeBlocks'), input),
    proveAudit: (input) => inThread<Input<'proveAudit'>, Promise<void>>(task('proveAudit'), input),
    readPage: (input, signal) => inThread<Input<'readPage'>, Promise<AuditPage>>(task('readPage'), input, signal),
    countEntries: (input, signal) =>
      inThread<Input<'countEntries'>, Promise<number>>(task('countEntries'), input, signal),
    readUnhanded: (input) => inThread<Input<'readUnhanded'>, Promise<UnhandedEntries>>(task('readUnhanded'), input),
    markHanded: (input) => inThread<Input<'markHanded'>, Promise<void>>(task('markHanded'), input),
  });
}

/** For a command: it has one entry, and to start a thread would take longer than to write it. */
export function openAuditHere(plan: AuditPlan): AuditSpool {
  const loaded = () => import('./tasks.ts');
  return new SqliteAudit(plan, {
    writeEntries: async (input) => (await loaded()).writeEntries(input),
    fileSomeBlocks: async (input) => (await loaded()).fileSomeBlocks(input),
    proveAudit: async (input) => (await loaded()).proveAudit(input),
    readPage: async (input) => (await loaded()).readPage(input),
    countEntries: async (input) => (await loaded()).countEntries(input),
    readUnhanded: async (input) => (await loaded()).readUnhanded(input),
    markHanded: async (input) => (await loaded()).markHanded(input),
  });
}

type Name = keyof typeof tasks;
type Input<Of extends Name> = Parameters<(typeof tasks)[Of]>[0];

/** Where the work is done. */
type Tasks = { readonly [Of in Name]: (input: Input<Of>, signal?: AbortSignal) => ReturnType<(typeof tasks)[Of]> };

function task<Of extends Name>(name: Of) {
  return { module: MODULE, name };
}

class SqliteAudit implements AuditSpool {
  readonly #plan: AuditPlan;
  readonly #tasks: Tasks;
  readonly #writer = randomBytes(8).toString('hex');
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(plan: AuditPlan, run: Tasks) {
    this.#plan = plan;
    this.#tasks = run;
  }

  async write(batch: EntryBatch, first: number, signal?: AbortSignal): Promise<void> {
    const { file, keepMs } = this.#plan;
    clearTimeout(this.#timer);
    const written = this.#tasks.writeEntries({ ...batch, file, keepMs, writer: this.#writer, first }, signal);
    this.#fileLater(await written, QUIET_MS);
  }

  #fileLater(someWait: boolean, afterMs: number): void {
    clearTimeout(this.#timer);
    if (someWait && !this.#isClosed) this.#timer = setTimeout(() => void this.#fileSome(), afterMs).unref();
  }

  async #fileSome(): Promise<void> {
    const someWait = this.#tasks.fileSomeBlocks({ file: this.#plan.file });
    // Nothing is lost; what is written next says what is wrong with the file.
    this.#fileLater(await someWait.catch(() => false), BETWEEN_MS);
  }

  async prove(): Promise<void> {
    const { file } = this.#plan;
    if (existsSync(file)) return this.#tasks.proveAudit({ file });
    // To look is not to make one.
    await proveFolder(file).catch((error: unknown) => {
      throw auditTrouble(file, error);
    });
  }

  /** To look is not to start a thread. */
  async unhanded(limit: number): Promise<UnhandedEntries> {
    const { file } = this.#plan;
    return existsSync(file) ? this.#tasks.readUnhanded({ file, limit }) : { lines: [], last: 0 };
  }

  handed(last: number): Promise<void> {
    return this.#tasks.markHanded({ file: this.#plan.file, last });
  }

  /** It stays open in its thread. What cannot be filed within a second waits for the next start, or for whoever reads. */
  async close(): Promise<void> {
    if (this.#timer === undefined) return;
    this.#isClosed = true;
    clearTimeout(this.#timer);
    const { file } = this.#plan;
    const end = performance.now() + CLOSE_MS;
    const fileNext = () => this.#tasks.fileSomeBlocks({ file }).catch(() => false);
    while (performance.now() < end && (await fileNext()));
  }

  page(filter: AuditFilter, place: AuditPlace, signal?: AbortSignal): Promise<AuditPage> {
    return this.#tasks.readPage({ file: this.#plan.file, filter, place }, signal);
  }

  count(filter: AuditFilter, signal?: AbortSignal): Promise<number> {
    return this.#tasks.countEntries({ file: this.#plan.file, filter }, signal);
  }
}
