/** Where the files of an archive go. No path of the archive is ever written to: anybody may have made it. */
import { readdirSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { UserError } from '../../contract/index.ts';
import { fileDigest } from './archive.ts';
import type { GatewayFiles } from './backup.ts';
import { DATABASES } from './copy.ts';
import type { ArchivedFile, BackupManifest } from './manifest.ts';

/** A file, and where it goes. */
export interface PlacedFile {
  readonly file: ArchivedFile;
  readonly place: string;
}

/** All of them; and what is left in the archive, each with the reason. */
export interface Placement {
  readonly placed: readonly PlacedFile[];
  readonly left: readonly string[];
}

/**
 * Into a folder that is empty, or not there yet: as the files lay to each other, so that relative paths of the
 * configuration still hold.
 * @throws {UserError} when something is there
 */
export function placesInFolder(folder: string, manifest: BackupManifest): Placement {
  if (entriesOf(folder).length > 0) {
    throw new UserError(`the folder ${folder} is not empty; name one that is, or that is not there yet, with --to`);
  }
  const { files } = manifest;
  const isOfThisSystem = files.every(({ place }) => isAbsolute(place));
  const common = commonFolder(files.map(({ place }) => dirname(resolve(place))));
  const placed = files.map((file) => {
    const below = isOfThisSystem ? relative(common, resolve(file.place)) : file.name;
    // Of another disk of Windows, or two at one place.
    const isBelow = below !== '' && !isAbsolute(below) && below.split(sep)[0] !== '..';
    return { file, place: join(folder, isBelow ? below : file.name) };
  });
  const areBeside = arePlaces(placed.map(({ place }) => relative(folder, place)));
  return withoutOtherIndex(areBeside ? placed : files.map((file) => ({ file, place: join(folder, file.name) })));
}

/** What a system takes for the name of a file, less what stands behind it while it is restored. */
const LONGEST_NAME = 200;

/** Whether files can be made of all these relative paths: each once, none in the place of a folder of another, and with names that every system takes. */
function arePlaces(places: readonly string[]): boolean {
  const all = new Set(places);
  const areNames = (path: string) =>
    path.split(sep).every((name) => Buffer.byteLength(name) <= LONGEST_NAME && !/\p{Cc}/u.test(name));
  const isBelowOther = (path: string): boolean =>
    dirname(path) !== path && (all.has(dirname(path)) || isBelowOther(dirname(path)));
  return all.size === places.length && places.every((path) => areNames(path) && !isBelowOther(path));
}

/**
 * Where the configuration of this machine has them. Its own texts stay as they are: those of the archive are put beside them
 * where they differ.
 */
export async function placesHere(here: GatewayFiles, manifest: BackupManifest, time: string): Promise<Placement> {
  const placed: PlacedFile[] = [];
  const left: string[] = [];
  for (const file of manifest.files) {
    if (file.kind === 'secret') {
      left.push(`${file.place}, a secret; --to=FOLDER brings it back`);
    } else if (file.kind === 'configuration') {
      const { sha256 } = await fileDigest(here.configuration, AbortSignal.timeout(10_000));
      if (sha256 !== file.sha256) placed.push({ file, place: `${here.configuration}.from-backup-${time}` });
    } else {
      const place = here.databases[file.kind];
      if (place === undefined) left.push(`${DATABASES[file.kind].called}: the configuration has none`);
      else placed.push({ file, place });
    }
  }
  const own = withoutOtherIndex(placed);
  return { placed: own.placed, left: [...left, ...own.left] };
}

/** An index can be made again, so one that this gateway cannot read is not needed. */
function withoutOtherIndex(placed: readonly PlacedFile[]): Placement {
  const isOther = ({ file }: PlacedFile) => file.kind === 'index' && file.schema !== DATABASES.index.mark.version;
  const left = placed.filter(isOther).map(() => 'the index, which is of another version: the next runs make it anew');
  return { placed: placed.filter((one) => !isOther(one)), left };
}

function entriesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw new UserError(`the folder ${folder} cannot be used: ${error instanceof Error ? error.message : ''}`);
  }
}

function commonFolder(folders: readonly string[]): string {
  const [first = sep, ...others] = folders;
  let common = first;
  for (const other of others) {
    while (
      !`${other}${sep}`.startsWith(common.endsWith(sep) ? common : `${common}${sep}`) &&
      dirname(common) !== common
    ) {
      common = dirname(common);
    }
  }
  return common;
}
