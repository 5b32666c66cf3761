/** A seeded domain, made once on this machine and copied for each controller: making one takes some 10 s, a copy almost nothing. */
import { createHash } from 'node:crypto';
import { access, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { commandPath } from '../packages.ts';
import { lastingFolder } from '../run-folder.ts';
import { activeDirectoryEntries, BASE, DOMAIN } from './active-directory-entries.ts';
import { attributeLine, ldifOf } from './ldif.ts';
import { runTool } from './process.ts';

export const SERVICE_PASSWORD = 'Service Secret ü 1';
const ADMIN_PASSWORD = 'Adm1n-Passw0rd!';
const PREFIX = 'helpspot-gateway-ad-';
/** Templates of other versions are removed when they are as old as this. */
const KEEP_MS = 24 * 60 * 60_000;
/** Change it when the way in which a template is made changes. */
const FORMAT = 1;

/** The template's folder; made when there is none of this version of Samba and this seed. */
export async function template(): Promise<string> {
  const seed = ldifOf(activeDirectoryEntries(SERVICE_PASSWORD));
  const version = await runTool((await commandPath('samba')) ?? 'samba', ['--version']);
  const key = createHash('sha256')
    .update(JSON.stringify([FORMAT, version, seed, domainChanges()]))
    .digest('hex');
  const folder = join(lastingFolder(), `${PREFIX}${key.slice(0, 16)}`);
  if (await exists(folder)) return folder;
  await removeOld();
  const building = await mkdtemp(join(lastingFolder(), `${PREFIX}building-`));
  try {
    await build(building, seed);
    // Processes that build at once make the same; the first one's stays.
    await rename(building, folder).catch(async (error: unknown) => {
      if (!(await exists(folder))) throw error;
    });
  } finally {
    await rm(building, { recursive: true, force: true });
  }
  return folder;
}

async function build(folder: string, seed: string): Promise<void> {
  await runTool((await commandPath('samba-tool')) ?? 'samba-tool', [
    'domain',
    'provision',
    `--targetdir=${folder}`,
    `--realm=${DOMAIN.toUpperCase()}`,
    '--domain=EXAMPLE',
    '--host-name=dc1',
    '--host-ip=127.0.0.1',
    '--server-role=dc',
    '--dns-backend=NONE',
    `--adminpass=${ADMIN_PASSWORD}`,
  ]);
  await ldb('ldbmodify', folder, domainChanges());
  await writeFile(join(folder, 'seed.ldif'), seed);
  await ldb('ldbadd', folder, join(folder, 'seed.ldif'));
}

/** Rules of the domain that would turn against tests: passwords that expire, locks that open by themselves. */
function domainChanges(): string {
  const never = '-9223372036854775808';
  const rules = {
    lockoutDuration: never,
    maxPwdAge: never,
    minPwdAge: '0',
    minPwdLength: '0',
    pwdHistoryLength: '0',
    pwdProperties: '0',
  };
  const changes = Object.entries(rules).map(([name, value]) => `replace: ${name}\n${name}: ${value}\n-`);
  return `${[attributeLine('dn', BASE), 'changetype: modify', ...changes].join('\n')}\n`;
}

/** `what` is a file for `ldbadd` and an input for `ldbmodify`. */
async function ldb(command: 'ldbadd' | 'ldbmodify', folder: string, what: string): Promise<void> {
  const target = ['-H', join(folder, 'private', 'sam.ldb'), `--configfile=${join(folder, 'etc', 'smb.conf')}`];
  const path = (await commandPath(command)) ?? command;
  if (command === 'ldbadd') await runTool(path, [...target, '--nosync', what]);
  else await runTool(path, target, what);
}

async function removeOld(): Promise<void> {
  for (const name of await readdir(lastingFolder())) {
    const path = join(lastingFolder(), name);
    if (name.startsWith(PREFIX) && Date.now() - (await stat(path)).mtimeMs > KEEP_MS) {
      await rm(path, { recursive: true, force: true });
    }
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
