/**
 * Finding and reading files, with limits. Synchronous on purpose: these are small local files, read once at the start,
 * where the command line counts every millisecond.
 */

import { isUtf8 } from 'node:buffer';
import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { UserError } from '../contract/index.ts';
import { shownFile } from './problems.ts';

/**
 * The configuration file to use: `--config`, else `GATEWAY_CONFIG`, else `config/gateway.yaml` of the package.
 * @param explicit the value of `--config`
 * @param packageRoot folder of our package.json
 * @returns an absolute path
 * @throws {UserError} when the file is not there or is not a file
 */
export function findConfiguration(
  explicit: string | undefined,
  environment: NodeJS.ProcessEnv,
  packageRoot: string,
): string {
  const embedded = { path: resolve(packageRoot, 'config', 'gateway.yaml'), from: 'the default' };
  const { path, from } = namedFile(explicit, environment) ?? embedded;
  const file = resolve(path);
  const mistake = fileMistake(file);
  if (mistake !== undefined) {
    throw new UserError(`${shownFile(file)} (${from}) ${mistake}; write --config=FILE or set GATEWAY_CONFIG=FILE`);
  }
  return file;
}

/** Whether a configuration is named; otherwise it is the embedded one, with people who do not exist. @throws {UserError} */
export function isConfigurationNamed(explicit: string | undefined, environment: NodeJS.ProcessEnv): boolean {
  return namedFile(explicit, environment) !== undefined;
}

function namedFile(
  explicit: string | undefined,
  environment: NodeJS.ProcessEnv,
): { path: string; from: string } | undefined {
  if (explicit === '') throw new UserError('--config names no file; write --config=FILE');
  if (explicit !== undefined) return { path: explicit, from: 'from --config' };
  const variable = environment['GATEWAY_CONFIG'];
  if (variable !== undefined && variable !== '') return { path: variable, from: 'from GATEWAY_CONFIG' };
  return undefined;
}

/** Why a path is no file, as the end of a sentence that begins with it; undefined when it is one. */
export function fileMistake(file: string): string | undefined {
  try {
    return statSync(file).isFile() ? undefined : 'is not a file';
  } catch (error) {
    return systemWords(error);
  }
}

/** The text of a file, or what is wrong with it, as the end of a sentence that begins with the file's name. */
export type FileText = { readonly text: string } | { readonly mistake: string; readonly isBinary?: true };

/** Reads a UTF-8 file of at most `limit` bytes; a byte order mark is cut off. */
export function readTextFile(file: string, limit: number): FileText {
  let bytes: Buffer | undefined;
  try {
    const opened = openFile(file);
    if (opened === undefined) return { mistake: 'is not a file' };
    try {
      bytes = readAtMost(opened, limit);
    } finally {
      closeSync(opened);
    }
  } catch (error) {
    return { mistake: systemWords(error) };
  }
  if (bytes === undefined) return { mistake: `is larger than ${limit / 1024} KB` };
  if (!isUtf8(bytes)) return { mistake: 'is not UTF-8; save it as UTF-8', isBinary: true };
  return { text: bytes.toString('utf8').replace(/^\uFEFF/, '') };
}

// Looked at before it is opened: opening a pipe without a writer would wait for ever.
function openFile(file: string): number | undefined {
  if (!statSync(file).isFile()) return undefined;
  return openSync(file, 'r');
}

/** Undefined when there is more than `limit`. Reads instead of trusting the size: files in /proc have size 0. */
function readAtMost(opened: number, limit: number): Buffer | undefined {
  const size = fstatSync(opened).size;
  if (size > limit) return undefined;
  const buffer = Buffer.alloc((size === 0 ? limit : size) + 1);
  let length = 0;
  while (length < buffer.length) {
    const count = readSync(opened, buffer, length, buffer.length - length, null);
    if (count === 0) return buffer.subarray(0, length);
    length += count;
  }
  // It grew while it was read; what is there is not the whole.
  return undefined;
}

const SYSTEM_WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'does not exist',
  EACCES: 'cannot be read by this user; change its permissions',
  EPERM: 'cannot be read by this user; change its permissions',
  EISDIR: 'is not a file',
  ELOOP: 'is a symbolic link that leads to itself',
  ENAMETOOLONG: 'has too long a name',
};

function systemWords(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return SYSTEM_WORDS[code] ?? `cannot be read${code === '' ? '' : ` (${code})`}`;
}
