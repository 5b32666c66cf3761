/** Brings back what an archive holds: everything is checked and written before anything that is there is touched. */
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { StoreError, UserError } from '../../contract/index.ts';
import { codeOf, messageOf } from '../../kit/text/index.ts';
import { makeFolder } from '../folder.ts';
import { NO_ROOM_THERE, readArchive } from './archive.ts';
import { addAuditEntries } from './audit-union.ts';
import { checkDatabase, DATABASES } from './copy.ts';
import { type HeldBack, holdPushes, pushesMissingFrom } from './hold.ts';
import { type BackupManifest, DATABASE_KINDS, type DatabaseKind } from './manifest.ts';
import type { PlacedFile } from './places.ts';
import { ENDINGS, Swap } from './swap.ts';
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
  /** Files of an earlier restore that was broken off (`kill -9`, no power), of use to nobody. */
  readonly leftovers: readonly string[];
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
  const leftovers = placed.flatMap(({ place }) => stagedBeside(place));
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
    return { written: swap.written, kept: swap.kept, held, newerPushes, auditAdded, leftovers };
  } catch (error) {
    throw signal.aborted ? error : restoreTrouble(archive, error);
  } finally {
    staging.remove();
  }
}

/** What stands behind the name of a file that is not in place yet. */
const STAGED = '.restoring-';

function stagedBeside(place: string): string[] {
  const folder = dirname(place);
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names.filter((name) => name.startsWith(basename(place) + STAGED)).map((name) => join(folder, name));
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
  readonly #ending = `${STAGED}${randomBytes(6).toString('hex')}`;
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

/** Why something could not be put where it belongs, though the archive is whole. */
function restoreTrouble(archive: string, error: unknown): unknown {
  if (error instanceof UserError || error instanceof StoreError) return error;
  const code = codeOf(error);
  const words = (why: string) => new UserError(`the backup ${archive} cannot be restored: ${why}`);
  if (code === 'ENOSPC' || code === 'EDQUOT' || code.startsWith('SQLITE_FULL')) return words(NO_ROOM_THERE);
  if (code.startsWith('SQLITE_'))
    return words(`a database in it, or the audit that is there, is not as it should be: ${messageOf(error)}`);
  if (!(error instanceof Error && 'syscall' in error)) return error;
  return words(`${error.message}; see that this account may write there, and that no file there is a mount of its own`);
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
