/** Writes configurations: looked at by the loader first, in one step, and never over what is there. */
import { randomBytes } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { chmod, chown, open, readdir, readFile, realpath, rename, rm } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { parseEnv } from 'node:util';
import { adapters } from '../../../adapters/index.ts';
import { LIMITS } from '../../config/defaults.ts';
import { ENV_FILE } from '../../config/env-file.ts';
import { readTextFile } from '../../config/files.ts';
import { loadConfiguration } from '../../config/load.ts';
import { ConfigurationError, shownFile } from '../../config/problems.ts';
import { UserError } from '../../contract/index.ts';
import type { GatewayPlan } from '../../gateway/plan.ts';
import { makeFolder } from '../../store/folder.ts';
import type { Terminal } from '../terminal.ts';

/** What `.env` has belongs to nobody else. */
const SECRET_MODE = 0o600;
/** As the account makes its folders: the umask takes from it. */
const FOLDER_MODE = 0o777;

/** A file of the configuration, as it is and as it shall be. */
export interface Change {
  readonly file: string;
  /** Undefined: it is not there yet. */
  readonly before: string | undefined;
  readonly text: string;
}

/** Of 192 bits: nobody guesses it. */
export function newKey(): string {
  return randomBytes(24).toString('hex');
}

/** The text of a file, or undefined where there is none. @throws {UserError} when it cannot be read */
export function writtenText(file: string, limit: number): string | undefined {
  if (!existsSync(file)) return undefined;
  const content = readTextFile(file, limit);
  if ('mistake' in content) throw new UserError(`${shownFile(file)} ${content.mistake}`);
  return content.text;
}

/** The text of `.env` in a folder; empty where there is none. */
export function envTextIn(folder: string): string {
  return writtenText(join(folder, ENV_FILE), LIMITS.secretFileBytes) ?? '';
}

/**
 * Writes a configuration and its `.env`, if the loader takes both; otherwise everything stays as it is.
 * @param variables what is new in `.env`
 * @returns the plan of the configuration
 * @throws {UserError} when a file has changed meanwhile, or cannot be written; {@link ConfigurationError}
 */
export async function writeChecked(configuration: Change, env: Change, terminal: Terminal): Promise<GatewayPlan> {
  const { file } = configuration;
  const folder = dirname(file);
  const draft = join(folder, `.${basename(file)}.${process.pid}.draft`);
  try {
    await writeNew(
      draft,
      configuration.text,
      statSync(file, { throwIfNoEntry: false })?.mode ?? 0o666 & ~process.umask(),
    );
    const plan = await loadConfiguration(draft, adapters, { ...parseEnv(env.text), ...terminal.environment }).catch(
      (error) => {
        throw ofFile(error, file);
      },
    );
    refuseChanged(configuration);
    if (env.text !== (env.before ?? '')) await replace(env, SECRET_MODE);
    await keepOwner(draft, file);
    await rename(draft, file);
    return { ...plan, file };
  } catch (error) {
    throw asUserError(error, folder);
  } finally {
    await rm(draft, { force: true });
  }
}

/** In the place of what is there, with its rights and its owner; at once or not at all. */
async function replace(change: Change, mode: number): Promise<void> {
  refuseChanged(change);
  const { file, text } = change;
  const draft = `${file}.${process.pid}.draft`;
  try {
    await writeNew(draft, text, statSync(file, { throwIfNoEntry: false })?.mode ?? mode);
    await keepOwner(draft, file);
    await rename(draft, file);
  } finally {
    await rm(draft, { force: true });
  }
}

async function writeNew(file: string, text: string, mode: number): Promise<void> {
  // Made with the narrowest rights: nobody reads it before it has its own.
  const handle = await open(file, 'wx', mode & 0o777 & SECRET_MODE);
  try {
    await handle.writeFile(text);
    await handle.chmod(mode & 0o777);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Root may write the file of another account, which must be able to read it afterwards. */
async function keepOwner(draft: string, file: string): Promise<void> {
  const old = statSync(file, { throwIfNoEntry: false });
  if (old === undefined || process.getuid?.() !== 0) return;
  await chown(draft, old.uid, old.gid);
  await chmod(draft, old.mode & 0o777);
}

/** An editor may have saved it while somebody answered questions. */
function refuseChanged({ file, before }: Change): void {
  if (writtenText(file, LIMITS.fileBytes) === before) return;
  throw new UserError(`${shownFile(file)} has changed meanwhile, so nothing was written; try again`);
}

/** The draft has a name that nobody knows. */
function ofFile(error: unknown, file: string): unknown {
  if (!(error instanceof ConfigurationError)) return error;
  return new ConfigurationError(error.problems.map((problem) => ({ ...problem, file: shownFile(file) })));
}

const WORDS: Readonly<Record<string, string>> = {
  EACCES: 'this account may not write there',
  EPERM: 'this account may not write there',
  EROFS: 'the disk is read-only',
  ENOSPC: 'the disk is full',
  EEXIST: 'a file is in the way',
  ENOTDIR: 'a part of the path is a file',
  ENOENT: 'the system makes no folder there',
  ENAMETOOLONG: 'the name is too long',
  ELOOP: 'links lead in a circle',
};

function asUserError(error: unknown, folder: string): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const words = WORDS[code];
  return words === undefined ? error : new UserError(`nothing can be written into ${shownFile(folder)}: ${words}`);
}

/** Files that may lie in the folder of a new configuration: the data that it is for, and `gateway.env` of a service. */
const DATA = new Set(['.csv', '.tsv', '.txt', '.db', '.sqlite', '.sqlite3', '.pem', '.crt', '.env']);

/**
 * Whether a folder can take a new configuration; it need not be there.
 * @throws {UserError} where it has a configuration already, or other things
 */
export async function refuseUsed(folder: string, file: string): Promise<void> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw asUserError(error, folder);
  });
  const ours = names.find((name) => name === file || name === ENV_FILE);
  if (ours !== undefined) {
    throw new UserError(
      `${shownFile(join(folder, ours))} is there already, and nothing is written over it; name another folder, ` +
        'or add to what is there: helpspot-gateway add source',
    );
  }
  const other = names.find((name) => !DATA.has(extname(name).toLowerCase()));
  if (other === undefined) return;
  const there = `${shownFile(folder)} is not empty ("${other}" is there)`;
  throw new UserError(`${there}; name a folder that is new, or has nothing but the data`);
}

/** Makes the folder of a new configuration. @returns its path without links @throws {UserError} as {@link refuseUsed} */
export async function newFolder(folder: string, file: string): Promise<string> {
  await refuseUsed(folder, file);
  try {
    makeFolder(folder, FOLDER_MODE);
    return await realpath(folder);
  } catch (error) {
    throw asUserError(error, folder);
  }
}

/** As bytes, since a mark at the beginning belongs to the file. */
export async function hasByteOrderMark(file: string): Promise<boolean> {
  return (await readFile(file)).subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf]));
}
