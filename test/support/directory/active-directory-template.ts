/** A seeded domain, which is copied for each controller: making one takes some 10 s, a copy almost nothing. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { commandPath } from '../packages.ts';
import { templateFolder } from '../template.ts';
import { activeDirectoryEntries, BASE, DOMAIN } from './active-directory-entries.ts';
import { attributeLine, ldifOf } from './ldif.ts';
import { runTool } from './process.ts';

export const SERVICE_PASSWORD = 'Service Secret ü 1';
const ADMIN_PASSWORD = 'Adm1n-Passw0rd!';
/** Change it when the way in which a template is made changes. */
const FORMAT = 1;

/** The template's folder; made when there is none of this version of Samba and this seed. */
export async function template(): Promise<string> {
  const seed = ldifOf(activeDirectoryEntries(SERVICE_PASSWORD));
  const version = await runTool((await commandPath('samba')) ?? 'samba', ['--version']);
  return await templateFolder('ad', [FORMAT, version, seed, domainChanges()], (folder) => build(folder, seed));
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
