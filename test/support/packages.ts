/**
 * Real servers and clients for tests. A machine that has a command uses it; a
 * Debian machine where we are root installs its package; any other machine
 * skips the suite with a written reason.
 *
 * ```ts
 * const slapd = await requireCommand('slapd', ['slapd'], 'the LDAP adapter is proved against OpenLDAP');
 * describe.skipIf(!slapd.ok)(`LDAP adapter${reasonOf(slapd)}`, () => { … });
 * ```
 *
 * With `REQUIRE_SERVICES=1` a missing command is an error, so that a machine
 * that must prove everything cannot skip in silence.
 */
import { execFile } from 'node:child_process';
import { access, constants, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { lastingFolder } from './run-folder.ts';

const run = promisify(execFile);

/** Whether a command can be used, and if not, why. */
export type Availability =
  | { readonly ok: true; readonly path: string }
  | { readonly ok: false; readonly reason: string };

/** Servers are often in a folder that a user's PATH leaves out. */
const SYSTEM_FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/sbin', '/usr/local/bin', '/usr/bin', '/bin'];
const LOCK = join(lastingFolder(), 'helpspot-gateway-packages.lock');
const UPDATED = join(lastingFolder(), 'helpspot-gateway-packages.updated');
/** One package list serves all suites of a day's work. */
const UPDATE_LASTS_MS = 12 * 60 * 60_000;
/** Longer than any installation; a lock that is older was left behind. */
const LOCK_STALE_MS = 15 * 60_000;
const INSTALL_TIMEOUT_MS = 10 * 60_000;
const LOCK_POLL_MS = 250;

/** What a command must also be able to do, given its path: a PHP without the XML extension will not do. */
export type Works = (path: string) => Promise<boolean>;

/**
 * Finds a command, or installs the Debian packages that have it. Several test
 * processes may call it at once.
 *
 * @param command its name, without a folder
 * @param packages Debian packages to install when it is not there
 * @param reason what the tests need it for, for the people who read that they were skipped
 * @throws Error when it cannot be had and `REQUIRE_SERVICES=1`
 */
export async function requireCommand(
  command: string,
  packages: readonly string[],
  reason: string,
  works: Works = async () => true,
): Promise<Availability> {
  const found = await usable(command, works);
  if (found !== undefined) return { ok: true, path: found };
  const problem = await withLock(async () => {
    // Another test process may have installed it while this one waited.
    if ((await usable(command, works)) !== undefined) return undefined;
    return install(packages);
  });
  const path = await usable(command, works);
  if (path !== undefined) return { ok: true, path };
  const missing = `${command} is not here (${problem ?? 'it was installed but does not work'}); ${reason}`;
  if (process.env['REQUIRE_SERVICES'] === '1') throw new Error(`REQUIRE_SERVICES=1, but ${missing}`);
  return { ok: false, reason: missing };
}

/** For a suite's title: empty when available, else ` (skipped: why)`. */
export function reasonOf(availability: Availability): string {
  return availability.ok ? '' : ` (skipped: ${availability.reason})`;
}

/** The command's absolute path in PATH or in the system's folders. */
export async function commandPath(command: string): Promise<string | undefined> {
  const folders = [
    ...(process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== ''),
    ...SYSTEM_FOLDERS,
  ];
  for (const folder of folders) {
    const path = join(folder, command);
    if (await isExecutable(path)) return path;
  }
  return undefined;
}

async function usable(command: string, works: Works): Promise<string | undefined> {
  const path = await commandPath(command);
  return path !== undefined && (await works(path)) ? path : undefined;
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

/** Returns why nothing was installed, or undefined. */
async function install(packages: readonly string[]): Promise<string | undefined> {
  if (packages.length === 0) return 'no Debian package has it';
  if (process.getuid?.() !== 0) return `not root, so not installed; install ${packages.join(' ')}`;
  if ((await commandPath('apt-get')) === undefined)
    return `no apt-get; install what Debian calls ${packages.join(' ')}`;
  try {
    if (!(await isRecent(UPDATED))) {
      await aptGet('update', '-qq');
      await writeFile(UPDATED, '');
    }
    await withoutStarting(() => aptGet('install', '-y', '-qq', '--no-install-recommends', ...packages));
    return undefined;
  } catch (error) {
    return `apt-get could not install ${packages.join(' ')}: ${lastLine(error)}`;
  }
}

/** Debian asks this file whether a package may start its server; 101 is "no" (invoke-rc.d, deb-systemd-invoke). */
const START_POLICY = '/usr/sbin/policy-rc.d';

/** A package's own server would take the ports, and go on after the tests. A policy that the machine has stays. */
async function withoutStarting(installation: () => Promise<void>): Promise<void> {
  const ours = await writeFile(START_POLICY, '#!/bin/sh\nexit 101\n', { flag: 'wx', mode: 0o755 }).then(
    () => true,
    () => false,
  );
  try {
    await installation();
  } finally {
    if (ours) await rm(START_POLICY, { force: true });
  }
}

async function aptGet(...words: readonly string[]): Promise<void> {
  await run('apt-get', ['-o', 'DPkg::Lock::Timeout=300', ...words], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    timeout: INSTALL_TIMEOUT_MS,
    maxBuffer: 64 * 1024 * 1024,
  });
}

function lastLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.trim().split('\n').at(-1) ?? '';
}

async function isRecent(file: string): Promise<boolean> {
  try {
    return Date.now() - (await stat(file)).mtimeMs < UPDATE_LASTS_MS;
  } catch {
    return false;
  }
}

/** One installation at a time on this machine. Making a folder is atomic, so it is the lock. */
async function withLock<T>(work: () => Promise<T>): Promise<T> {
  const owner = join(LOCK, 'pid');
  for (;;) {
    try {
      await mkdir(LOCK);
      break;
    } catch (error) {
      if (!isExists(error)) throw error;
      if (await isStale(owner)) await rm(LOCK, { recursive: true, force: true });
      else await sleep(LOCK_POLL_MS);
    }
  }
  try {
    await writeFile(owner, String(process.pid));
    return await work();
  } finally {
    await rm(LOCK, { recursive: true, force: true });
  }
}

/** Its process is gone, or it is older than any installation takes: the wait for it is bounded by that. */
async function isStale(owner: string): Promise<boolean> {
  try {
    if (Date.now() - (await stat(LOCK)).mtimeMs > LOCK_STALE_MS) return true;
    const pid = Number(await readFile(owner, 'utf8'));
    return Number.isInteger(pid) && pid > 0 && !isAlive(pid);
  } catch {
    // Just made and without its owner yet, or just removed: look again.
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function isExists(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EEXIST';
}
