/** Archives of backups: tar files whose first file is the manifest. Read and written piece by piece, whatever their size. */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { link, open, rename, rm, stat } from 'node:fs/promises';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { extract, type Header, type Pack, pack } from 'tar-stream';
import { UserError } from '../../contract/index.ts';
import { codeOf } from '../../kit/text/index.ts';
import { NO_ROOM } from './copy.ts';
import {
  type ArchivedFile,
  type BackupManifest,
  LARGEST_MANIFEST_BYTES,
  MANIFEST_NAME,
  NO_BACKUP,
  readManifest,
} from './manifest.ts';

/** A file that goes into an archive. */
export interface PackedFile {
  readonly entry: ArchivedFile;
  /** Where its content lies. */
  readonly path: string;
}

/** SHA-256 of a file, in hexadecimal digits, and its size. */
export async function fileDigest(path: string, signal: AbortSignal): Promise<Pick<ArchivedFile, 'bytes' | 'sha256'>> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const piece of createReadStream(path, { signal })) {
    hash.update(piece);
    bytes += piece.length;
  }
  return { bytes, sha256: hash.digest('hex') };
}

/**
 * Writes an archive: into a file with another name first, so that one that carries its own name is whole.
 * @param unfinished that other name, in the same folder
 * @throws {UserError} when there is such a file already, or no room
 */
export async function writeArchive(
  target: string,
  unfinished: string,
  manifest: BackupManifest,
  files: readonly PackedFile[],
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  const tar = pack();
  // What ends it is thrown below; a stream that is destroyed tells it once more, to whoever listens then.
  tar.on('error', () => undefined);
  const written = pipeline(tar, createWriteStream(unfinished, { flags: 'wx', mode: 0o600 }), { signal });
  try {
    const packed = packFiles(tar, manifest, files, signal);
    // Whichever fails first says why.
    await Promise.all([packed, written]);
    const handle = await open(unfinished, 'r+');
    await handle.sync().finally(() => handle.close());
  } catch (error) {
    tar.destroy();
    await written.catch(() => undefined);
    throw codeOf(error) === 'ENOSPC' || codeOf(error) === 'EDQUOT' ? new UserError(NO_ROOM) : error;
  }
  await putInPlace(unfinished, target);
}

async function packFiles(
  tar: Pack,
  manifest: BackupManifest,
  files: readonly PackedFile[],
  signal: AbortSignal,
): Promise<void> {
  const mtime = new Date(manifest.endedAt);
  tar.entry({ name: MANIFEST_NAME, mode: 0o600, mtime }, `${JSON.stringify(manifest, undefined, 2)}\n`);
  for (const { entry, path } of files) {
    const { name, bytes: size, mode } = entry;
    const sink = tar.entry({ name, size, mode, mtime: new Date(entry.takenAt) });
    sink.on('error', () => undefined);
    await pipeline(createReadStream(path), sink, { signal });
  }
  tar.finalize();
}

/** Gives a file its name, unless there is one of that name. @throws {UserError} */
export async function putInPlace(unfinished: string, target: string): Promise<void> {
  try {
    await link(unfinished, target);
    await rm(unfinished);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') throw isThere(target);
    if (!NO_LINKS.has(codeOf(error))) throw error;
    // A file system without hard links.
    if (await stat(target).catch(() => undefined)) throw isThere(target);
    await rename(unfinished, target);
  }
}

/** What a file system without hard links says. */
export const NO_LINKS: ReadonlySet<string> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

/** What is there is never overwritten. */
export function isThere(file: string): UserError {
  return new UserError(`${file} is there already, and nothing is overwritten; name another file`);
}

/**
 * Reads an archive to its end, and checks everything: that it holds what its manifest names, and nothing else, each with its
 * size and SHA-256.
 * @param targetOf where the content of a file is written; undefined: nowhere, it is only checked
 * @throws {UserError} the end of a sentence that begins with the name of the archive
 */
export async function readArchive(
  archive: string,
  targetOf: (file: ArchivedFile) => string | undefined,
  signal: AbortSignal,
): Promise<BackupManifest> {
  signal.throwIfAborted();
  // A pipe would wait for whoever writes into it, and no signal would end that; and it is read twice.
  if ((await stat(archive).catch(() => undefined))?.isFile() === false) throw new UserError(NO_BACKUP);
  const reading = extract();
  // As in an archive that is written.
  reading.on('error', () => undefined);
  const read = pipeline(createReadStream(archive), reading, { signal });
  // Told by the loop below, too.
  read.catch(() => undefined);
  let manifest: BackupManifest | undefined;
  const missing = new Map<string, ArchivedFile>();
  try {
    for await (const entry of reading) {
      const { header } = entry;
      if (manifest === undefined) {
        manifest = readManifest(await textOf(entry, header));
        for (const file of manifest.files) missing.set(file.name, file);
        continue;
      }
      const file = missing.get(header.name);
      if (file === undefined || header.type !== 'file' || header.size !== file.bytes) {
        throw new UserError(`it holds ${named(header)}, which its manifest does not name so; ${CHANGED}`);
      }
      missing.delete(header.name);
      await checkFile(entry, file, targetOf(file), signal);
    }
    await read;
  } catch (error) {
    reading.destroy();
    throw archiveTrouble(error, signal);
  }
  if (manifest === undefined) throw new UserError(NO_BACKUP);
  const [first] = missing.keys();
  if (first !== undefined) throw new UserError(`${first} is missing from it; ${CHANGED}`);
  return manifest;
}

const CHANGED = 'it was changed or cut off since it was made; take another one';

async function textOf(entry: AsyncIterable<unknown>, { name, type, size }: Header): Promise<string> {
  if (name !== MANIFEST_NAME || type !== 'file') throw new UserError(NO_BACKUP);
  if (size > LARGEST_MANIFEST_BYTES) throw new UserError(`its manifest is too large; ${CHANGED}`);
  const pieces: Uint8Array[] = [];
  for await (const piece of bytesOf(entry)) pieces.push(piece);
  return Buffer.concat(pieces).toString('utf8');
}

async function checkFile(
  entry: AsyncIterable<unknown>,
  file: ArchivedFile,
  target: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  const hash = createHash('sha256');
  const hashed = async function* () {
    for await (const piece of bytesOf(entry)) {
      hash.update(piece);
      yield piece;
    }
  };
  const writing =
    target === undefined ? nowhere() : createWriteStream(target, { flags: 'wx', mode: 0o600, flush: true });
  await pipeline(hashed, writing, { signal });
  if (hash.digest('hex') !== file.sha256) throw new UserError(`${file.name} in it is damaged; ${CHANGED}`);
}

/** The library's types do not say what its streams give. */
async function* bytesOf(entry: AsyncIterable<unknown>): AsyncGenerator<Uint8Array> {
  for await (const piece of entry) if (piece instanceof Uint8Array) yield piece;
}

function nowhere(): Writable {
  return new Writable({ write: (_piece, _encoding, done) => done() });
}

/** A name may hold anything, and may be long. */
function named({ name, type }: Header): string {
  const words = JSON.stringify(name.slice(0, 100));
  return type === 'file' ? words : `${words} (a ${type})`;
}

/** Of the disk on which it is restored. */
export const NO_ROOM_THERE = 'there is no room for what is in it; free some, or restore to another disk with --to';

/** What tar-stream throws are plain errors; what the system says has a code. */
function archiveTrouble(error: unknown, signal: AbortSignal): unknown {
  if (error instanceof UserError || signal.aborted) return error;
  const code = codeOf(error);
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new UserError(NO_ROOM_THERE);
  }
  if (code.startsWith('E') && !code.startsWith('ERR_')) return error;
  const words = error instanceof Error ? error.message : '';
  return /header|tar/i.test(words)
    ? new UserError(NO_BACKUP)
    : new UserError(`it cannot be read: ${words}; ${CHANGED}`);
}
