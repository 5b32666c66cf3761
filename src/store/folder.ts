/** The file of a store, and its folder: whether it could be made, where none is made to find out; and making it. */
import { randomBytes } from 'node:crypto';
import { chmodSync, closeSync, existsSync, fchownSync, lchownSync, mkdirSync, openSync, statSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const OWNER_ONLY = 0o600;

/** Room for the tables of a new file, and for what comes into it first. */
const room = () => new Uint8Array(128 * 1024);

/** Writes something into the folder where the file would be, and removes it. @throws what the system said */
export async function proveFolder(file: string): Promise<void> {
  const probe = join(firstFolder(file), `.helpspot-gateway-${randomBytes(8).toString('hex')}`);
  const handle = await open(probe, 'wx', OWNER_ONLY);
  try {
    await handle.writeFile(room());
    await handle.sync();
  } finally {
    await handle.close();
    await rm(probe, { force: true });
  }
}

/**
 * What is in the place of a file, as the rest of a sentence; undefined where there is one, or nothing yet. To open a pipe
 * would wait for whoever opens its other end, and nothing would end that.
 */
export function notAFile(file: string): string | undefined {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined || found.isFile()) return undefined;
  return found.isDirectory() ? 'is a folder' : 'is no file but a pipe, a socket or a device';
}

/** The folder of the file, or the next one above that is there: the others are made in it. */
function firstFolder(file: string): string {
  const folder = dirname(file);
  return existsSync(folder) || folder === file ? folder : firstFolder(folder);
}

/** Makes a file that only its owner may read, with its folder, where there is none; one that others may read is closed to them. */
export function makeOwnFile(file: string): void {
  makeFolder(dirname(file));
  // Never opened here when it is there: closing it would end the locks that this process has on it.
  if (!existsSync(file)) makeFile(file);
  else if (process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0) chmodSync(file, OWNER_ONLY);
}

function makeFile(file: string): void {
  let made: number;
  try {
    // Follows no link: what is given away below is the file that was made here.
    made = openSync(file, 'wx', OWNER_ONLY);
  } catch {
    closeSync(openSync(file, 'a', OWNER_ONLY));
    return;
  }
  try {
    const owner = ownerFor(dirname(file));
    if (owner !== undefined) give(() => fchownSync(made, owner.uid, owner.gid));
  } finally {
    closeSync(made);
  }
}

/** Whom a file or folder belongs to. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Who shall own what root makes in the place of `path`: who owns what is there, else the owner of the folder. A command of root
 * (`backup`, `restore`) must not leave files that the account of the service cannot write.
 * @returns undefined for whoever is not root: what he makes is his
 */
export function ownerFor(path: string): Owner | undefined {
  if (process.geteuid?.() !== 0) return undefined;
  return statSync(path, { throwIfNoEntry: false }) ?? statSync(dirname(path));
}

/** Gives a file or folder, and not what a link in its place leads to, to an owner; undefined: it stays whose it is. */
export function giveTo(owner: Owner | undefined, path: string): void {
  if (owner !== undefined) give(() => lchownSync(path, owner.uid, owner.gid));
}

function give(change: () => void): void {
  try {
    change();
  } catch {
    // A disk that knows no owners, or not this one: who may write there is said elsewhere.
  }
}

/**
 * Makes a folder, with those above it, where there is none. Not `recursive: true`, which never ends below `/proc` and its
 * like (Node 20 to 24).
 * @param mode left out: only its owner may enter
 * @param made gets those that were made, from above, also when one cannot be
 * @throws what the system said
 */
export function makeFolder(folder: string, mode = 0o700, made: string[] = []): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder), mode, made);
  mkdirSync(folder, { mode });
  giveTo(ownerFor(dirname(folder)), folder);
  made.push(folder);
}
