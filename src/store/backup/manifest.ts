/** What an archive says of itself: its first file, `manifest.json`. Checked when it is read, since anybody may have written it. */
import * as z from 'zod';
import { UserError } from '../../contract/index.ts';

/** The name of the manifest in an archive. */
export const MANIFEST_NAME = 'manifest.json';
/** Archives of a newer gateway have a greater number, where an older one could not read them. */
export const ARCHIVE_VERSION = 1;
/** A manifest has some hundred bytes for each file; it is read at once. */
export const LARGEST_MANIFEST_BYTES = 1024 * 1024;
/** Three databases, a configuration, and the secrets that it names. */
const MOST_FILES = 1_000;
/** Longer than any path that a system takes. */
const LONGEST_PLACE = 4_096;

/** The files of SQLite, in the order in which they are copied. */
export const DATABASE_KINDS = ['store', 'audit', 'index'] as const;
export type DatabaseKind = (typeof DATABASE_KINDS)[number];

const fileShape = z.object({
  kind: z.enum([...DATABASE_KINDS, 'configuration', 'secret']),
  /** In the archive: made by {@link archivedName}, and nothing else is taken. */
  name: z.string().regex(/^[a-z]{1,20}(?:-\d{1,4})?\.(?:db|yaml|txt)$/),
  /** Where it was: an absolute path of that machine. */
  place: z.string().min(1).max(LONGEST_PLACE),
  bytes: z.int().nonnegative(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  mode: z.int().min(0).max(0o777),
  /** Of a database: the version of its tables. */
  schema: z.int().nonnegative().optional(),
  takenAt: z.iso.datetime(),
});

const shape = z.object({
  archive: z.literal('helpspot-gateway backup'),
  version: z.int().positive(),
  /** The version of the gateway that made it. */
  gateway: z.string().max(100),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime(),
  withSecrets: z.boolean(),
  files: z.array(fileShape).max(MOST_FILES),
});

export type ArchivedFile = z.infer<typeof fileShape>;
export type BackupManifest = z.infer<typeof shape>;

/** The name of a file in an archive. @param number of a secret, from 1 */
export function archivedName(kind: ArchivedFile['kind'], number = 1): string {
  if (kind === 'secret') return `secret-${number}.txt`;
  return kind === 'configuration' ? 'configuration.yaml' : `${kind}.db`;
}

/** @throws {UserError} when it is none, or of a gateway that is newer than this one */
export function readManifest(text: string): BackupManifest {
  const value = parsed(text);
  const version: unknown = Reflect.get(Object(value), 'version');
  if (typeof version === 'number' && version > ARCHIVE_VERSION) {
    throw new UserError(
      `it was made by a newer gateway (its format is ${version}, this one knows ${ARCHIVE_VERSION}); restore it with that gateway`,
    );
  }
  const result = shape.safeParse(value);
  if (!result.success) throw new UserError(NO_BACKUP);
  const names = result.data.files.map(({ name }) => name);
  const kinds = result.data.files.map(({ kind }) => kind).filter((kind) => kind !== 'secret');
  if (new Set(names).size !== names.length || new Set(kinds).size !== kinds.length) {
    throw new UserError('its manifest names a file twice; it was changed since it was made');
  }
  return result.data;
}

/** The end of a sentence that begins with the name of the archive. */
export const NO_BACKUP = 'it is no backup of helpspot-gateway; name a file that "helpspot-gateway backup" has written';

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UserError(NO_BACKUP);
  }
}
