/** Brings back what an archive holds: everything is checked and written before anything that is there is touched. */
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, renameSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { UserError } from '../../contract/index.ts';
import { messageOf } from '../../kit/text/index.ts';
import { giveTo, makeFolder, ownerFor } from '../folder.ts';
import { putInPlace, readArchive } from './archive.ts';
import { addAuditEntries } from './audit-union.ts';
import { checkDatabase, DATABASES } from './copy.ts';
import { type HeldBack, holdPushes, pushesMissingFrom } from './hold.ts';
import { type BackupManifest, DATABASE_KINDS, type DatabaseKind } from './manifest.ts';
import type { PlacedFile } from './places.ts';
import { settleUnused } from './unused.ts';

/** What was done. */
export interface Restored {
  readonly written: readonly string[];
  /** Where what was there is now. */
  readonly kept: readonly string[];
  readonly held: HeldBack | undefined;
  /** Pushes of the store that was there which the backup has not; undefined where that cannot be told. */
  readonly newerPushes: number | undefined;
  /** Entries that were added to the audit that was there. */
  readonly auditAdded: number | undefined;
}

/** What is restored. */
export interface RestoreOrder {
  readonly archive: string;
  readonly placed: readonly PlacedFile[];
  /** Stands in the names of what is kept: `20261126T235028Z`. */
  readonly time: string;
  readonly signal: AbortSignal;
  readonly progress: (step: string) => void;
}

/**
 * Reads all of an archive without writing anything.
 * @throws {UserError} when it is damaged, or this gateway is too old for it
 */
export async function inspectArchive(archive: string, signal: AbortSignal): Promise<BackupManifest> {
  const manifest = await naming(archive, () => readArchive(archive, () => undefined, signal));
  for (const { kind, schema } of manifest.files) {
    if (kind !== 'store' && kind !== 'audit') continue;
    const { called, mark } = DATABASES[kind];
    if (schema === undefined || schema > mark.version) {
      const numbers = `version ${schema ?? 'unknown'}, this one knows ${mark.version}`;
      throw new UserError(
        `the backup ${archive} was made by a newer gateway, ${manifest.gateway}: ${called} in it has ${numbers}; restore it with that gateway`,
      );
    }
  }
  return manifest;
}

/**
 * Puts the files in their places; what is there is kept beside them. When something fails everything is as it was.
 * @throws {UserError} what is wrong: a gateway runs, there is no room, the archive has changed
 */
export async function restoreBackup(order: RestoreOrder): Promise<Restored> {
  const { archive, placed, signal, progress } = order;
  const there = new Map<DatabaseKind, 'sound' | 'damaged' | 'none'>();
  for (const { file, place } of databasesOf(placed)) there.set(file.kind, await settleUnused(file.kind, place));
  const staging = new Staging(placed);
  try {
    progress('reading the archive');
    await naming(archive, () => readArchive(archive, ({ name, sha256 }) => staging.targetOf(name, sha256), signal));
    for (const { file, place } of databasesOf(placed)) {
      progress(`checking ${DATABASES[file.kind].called}`);
      await checkDatabase(file.kind, staging.of(place), `${DATABASES[file.kind].called} in the backup`, signal);
    }
    const store = databasesOf(placed).find(({ file }) => file.kind === 'store');
    const held = store && (await holdPushes(staging.of(store.place), store.file.takenAt));
    const newerPushes =
      store && there.get('store') === 'sound'
        ? await pushesMissingFrom(store.place, staging.of(store.place)).catch(() => undefined)
        : undefined;
    signal.throwIfAborted();
    const audit = databasesOf(placed).find(({ file }) => file.kind === 'audit');
    const joins = audit !== undefined && there.get('audit') === 'sound';
    const auditAdded = joins ? await addAuditEntries(audit.place, staging.of(audit.place)) : undefined;
    const swap = new Swap(order.time);
    try {
      for (const { file, place } of placed) {
        if (joins && file.kind === 'audit') continue;
        const isDatabase = file.kind !== 'configuration' && file.kind !== 'secret';
        await swap.put(staging.of(place), place, isDatabase ? 0o600 : file.mode & MOST_RIGHTS);
      }
    } catch (error) {
      swap.undo();
      throw error;
    }
    return { written: swap.written, kept: swap.kept, held, newerPushes, auditAdded };
  } finally {
    staging.remove();
  }
}

/** Nobody but the owner may write what comes from an archive. */
const MOST_RIGHTS = 0o755;

/** The files of SQLite among them. */
function databasesOf(placed: readonly PlacedFile[]) {
  return placed.flatMap(({ file, place }) => {
    const kind = DATABASE_KINDS.find((one) => one === file.kind);
    return kind === undefined ? [] : [{ file: { ...file, kind }, place }];
  });
}

/** Only the owner enters what a restore makes. */
const FOLDER_MODE = 0o700;

/** What was read from the archive and is not in place yet: beside its place, so that to put it there copies nothing. */
class Staging {
  readonly #placed: readonly PlacedFile[];
  readonly #ending = `.restoring-${randomBytes(6).toString('hex')}`;
  readonly #folders: string[] = [];

  constructor(placed: readonly PlacedFile[]) {
    this.#placed = placed;
    for (const { place } of placed) {
      const folder = dirname(place);
      try {
        makeFolder(folder, FOLDER_MODE, this.#folders);
      } catch (error) {
        this.#removeEmpty();
        throw new UserError(`the folder ${folder} cannot be made: ${messageOf(error)}`);
      }
    }
  }

  of(place: string): string {
    return place + this.#ending;
  }

  /** @param sha256 the archive may be another one by now */
  targetOf(name: string, sha256: string): string | undefined {
    const found = this.#placed.find(({ file }) => file.name === name && file.sha256 === sha256);
    return found && this.of(found.place);
  }

  remove(): void {
    for (const { place } of this.#placed) {
      for (const ending of ENDINGS) rmSync(this.of(place) + ending, { force: true });
    }
    this.#removeEmpty();
  }

  #removeEmpty(): void {
    for (const folder of this.#folders.reverse()) {
      try {
        rmdirSync(folder);
      } catch {
        // What was restored is in it.
      }
    }
  }
}

/** A database and what SQLite may have beside it. */
const ENDINGS = ['', '-wal', '-shm'] as const;

/** Files that take the places of others. */
class Swap {
  readonly written: string[] = [];
  readonly kept: string[] = [];
  readonly #ending: string;
  readonly #moved: (readonly [from: string, to: string])[] = [];

  constructor(time: string) {
    this.#ending = `.before-restore-${time}`;
  }

  async put(source: string, place: string, mode: number): Promise<void> {
    // What was changed in it must be in the one file that is moved.
    if ((statSync(`${source}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0) {
      throw new Error(`${source} is not in one file`);
    }
    const owner = ownerFor(place);
    if (existsSync(place)) this.kept.push(place + this.#ending);
    for (const ending of ENDINGS) this.#move(place + ending, place + this.#ending + ending);
    chmodSync(source, mode);
    giveTo(owner, source);
    await putInPlace(source, place);
    this.written.push(place);
  }

  #move(from: string, to: string): void {
    if (!existsSync(from)) return;
    if (existsSync(to)) throw new UserError(`${to} is there already; restore again in a second`);
    renameSync(from, to);
    this.#moved.push([from, to]);
  }

  undo(): void {
    for (const place of this.written) rmSync(place, { force: true });
    for (const [from, to] of this.#moved.reverse()) renameSync(to, from);
  }
}

/** What is wrong with an archive, in a whole sentence. */
async function naming<T>(archive: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof UserError) throw new UserError(`the backup ${archive} cannot be used: ${error.message}`);
    const code = error instanceof Error && 'syscall' in error ? error.message : undefined;
    throw code === undefined ? error : new UserError(`the backup ${archive} cannot be read: ${code}`);
  }
}
