/** Makes a backup: copies of all files, of about one moment, in one archive. */
import { existsSync } from 'node:fs';
import { chmod, copyFile, lstat, mkdtemp, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { UserError } from '../../contract/index.ts';
import { codeOf, messageOf } from '../../kit/text/index.ts';
import { fileDigest, isThere, type PackedFile, writeArchive } from './archive.ts';
import { copyDatabase, DATABASES, NO_ROOM } from './copy.ts';
import { ARCHIVE_VERSION, archivedName, type BackupManifest, DATABASE_KINDS, type DatabaseKind } from './manifest.ts';

/** The files of a gateway: absolute paths. What is not there is left out. */
export interface GatewayFiles {
  readonly databases: Readonly<Record<DatabaseKind, string | undefined>>;
  readonly configuration: string;
  /** Files that the configuration names with `${file:…}`, and `.env`. Empty: none are wanted. */
  readonly secrets: readonly string[];
}

/** What is made, and how. */
export interface BackupOrder {
  readonly archive: string;
  readonly files: GatewayFiles;
  readonly withSecrets: boolean;
  /** The version of the gateway. */
  readonly gateway: string;
  readonly signal: AbortSignal;
  /** Called before each step, with what it does to which file, for who waits. */
  readonly progress: (step: string, growing?: string) => void;
}

/**
 * Makes the archive while gateways go on. Nothing is left of one that fails.
 * @throws {UserError} what is wrong, and what to do
 */
export async function makeBackup(order: BackupOrder): Promise<BackupManifest> {
  const { archive, signal, progress } = order;
  const there = await lstat(archive).then(() => 'EEXIST', codeOf);
  if (there === 'EEXIST') throw isThere(archive);
  // The folder takes the files on the way, which have shorter names.
  if (there === 'ENAMETOOLONG') throw new UserError(`the name of the backup ${archive} is too long; name another file`);
  const startedAt = new Date().toISOString();
  // Beside the archive: there must be room, and to give it its name must not copy it.
  const folder = await mkdtemp(join(dirname(archive), '.helpspot-gateway-backup-')).catch((error: unknown) => {
    throw new UserError(
      `the backup ${archive} cannot be written: ${messageOf(error)}; name a file in a folder that can`,
    );
  });
  try {
    const files = [...(await databases(order, folder)), ...(await texts(order, folder))];
    progress('writing the archive', join(folder, 'archive'));
    const manifest: BackupManifest = {
      ...{ archive: 'helpspot-gateway backup', version: ARCHIVE_VERSION, gateway: order.gateway },
      ...{ startedAt, endedAt: new Date().toISOString(), withSecrets: order.withSecrets },
      files: files.map(({ entry }) => entry),
    };
    await writeArchive(archive, join(folder, 'archive'), manifest, files, signal);
    return manifest;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function databases({ files, signal, progress }: BackupOrder, folder: string): Promise<PackedFile[]> {
  const copies: PackedFile[] = [];
  for (const kind of DATABASE_KINDS) {
    const place = files.databases[kind];
    // One that nobody has needed yet.
    if (place === undefined || !existsSync(place)) continue;
    const name = archivedName(kind);
    const path = join(folder, name);
    progress(`copying ${DATABASES[kind].called} ${place}`, path);
    const takenAt = new Date().toISOString();
    const { version: schema } = await copyDatabase(kind, place, path, signal);
    const digest = await fileDigest(path, signal);
    const entry = { kind, name, place, ...digest, mode: 0o600, schema, takenAt };
    copies.push({ path, entry });
  }
  return copies;
}

/** Copied first, too: what changes while it is read would not be what the manifest says. */
async function texts({ files, signal }: BackupOrder, folder: string): Promise<PackedFile[]> {
  const wanted = [
    { kind: 'configuration', place: files.configuration, name: archivedName('configuration') } as const,
    ...files.secrets.map(
      (place, index) => ({ kind: 'secret', place, name: archivedName('secret', index + 1) }) as const,
    ),
  ];
  const copies: PackedFile[] = [];
  for (const { kind, place, name } of wanted) {
    const path = join(folder, name);
    const mode = (await stat(place)).mode & 0o777;
    await copyFile(place, path).catch((error: unknown) => {
      throw codeOf(error) === 'ENOSPC'
        ? new UserError(NO_ROOM)
        : new UserError(`${place} cannot be read: ${messageOf(error)}`);
    });
    await chmod(path, 0o600);
    const takenAt = new Date().toISOString();
    const entry = { kind, name, place, ...(await fileDigest(path, signal)), mode, takenAt };
    copies.push({ path, entry });
  }
  return copies;
}
