/** Opens a file for reading, and says what is wrong with one that cannot be read. */
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { SourceError } from '../../src/contract/index.ts';
import { codeOf } from '../../src/kit/text/index.ts';
import { amended } from '../../src/kit/wait/index.ts';

// Everything is held in memory; offsets are 32 bits.
const FILE_LIMIT = 1024 * 1024 * 1024;

/** @param path absolute @throws {SourceError} the file is missing, may not be read, or is none */
export async function openFile(path: string): Promise<FileHandle> {
  try {
    // Not blocking: the opening of a named pipe would wait for its writer for ever.
    const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const stats = await handle.stat();
    const problem = stats.isFile() ? tooLarge(stats.size) : notAFile(stats.isDirectory());
    if (problem === undefined) return handle;
    await handle.close();
    throw problem;
  } catch (error) {
    throw fileError(path, error);
  }
}

function notAFile(directory: boolean): SourceError {
  return new SourceError('rejected', `this is a ${directory ? 'directory' : 'device or a pipe'}, not a file`, {
    remedy: 'name the CSV file itself in "file"',
  });
}

function tooLarge(size: number): SourceError | undefined {
  if (size <= FILE_LIMIT) return undefined;
  return new SourceError('rejected', `the file has ${size} bytes; at most ${FILE_LIMIT} are read into memory`, {
    remedy: 'load such a file into a database, and use its adapter',
  });
}

const CANNOT_BE_READ = 'cannot be read; tell your administrator';

/** Any error as one of the source, with the file's name in front. */
export function fileError(path: string, error: unknown): unknown {
  if (error instanceof SourceError) {
    if (error.message.startsWith(path)) return error;
    return amended(error, { message: `${path}: ${error.message}`, staffWords: CANNOT_BE_READ });
  }
  const code = codeOf(error);
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new SourceError('unreachable', `${path}: there is no such file`, {
      remedy: 'check "file"; a relative path counts from the folder of the configuration file',
      staffWords: 'is missing; tell your administrator',
    });
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return new SourceError('unauthorized', `${path}: the gateway may not read this file`, {
      remedy: 'give the user that runs the gateway the right to read it, and to enter its folders',
      staffWords: 'may not be read by the gateway; tell your administrator',
    });
  }
  if (code === '') return error;
  return new SourceError('unreachable', `${path}: reading failed (${code})`, {
    cause: error,
    remedy: 'check the disk or the network share that the file is on',
    staffWords: CANNOT_BE_READ,
  });
}
