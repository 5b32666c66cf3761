/** Whether the directory servers can be run here; on Debian as root, what is missing is installed. */
import { rm, writeFile } from 'node:fs/promises';
import { type Availability, commandPath, requireCommand, type Works } from '../packages.ts';

/** Debian asks this file whether a package may start its server; 101 is "no" (invoke-rc.d, deb-systemd-invoke). */
const START_POLICY = '/usr/sbin/policy-rc.d';

/** OpenLDAP's server and the tools that its tests use. */
export async function requireOpenLdap(): Promise<Availability> {
  const commands = ['slapd', 'slapadd', 'ldapmodify', 'openssl'];
  const packages = ['slapd', 'ldap-utils', 'openssl'];
  return await requireServers(commands, packages, 'the `ldap` adapter is proved against OpenLDAP');
}

/** A Samba domain controller. It listens on the ports 389 and 636, so that it needs root, and on addresses that only Linux has. */
export async function requireActiveDirectory(): Promise<Availability> {
  const why = 'the `ldap` adapter is proved against a Samba Active Directory domain controller';
  const problem = platformProblem();
  if (problem !== undefined) {
    if (process.env['REQUIRE_SERVICES'] === '1') throw new Error(`REQUIRE_SERVICES=1, but ${problem}; ${why}`);
    return { ok: false, reason: `${problem}; ${why}` };
  }
  const commands = ['samba', 'samba-tool', 'ldbadd', 'ldbmodify', 'openssl'];
  const packages = ['samba-ad-dc', 'samba-ad-provision', 'winbind', 'ldb-tools', 'openssl'];
  return await requireServers(commands, packages, why);
}

function platformProblem(): string | undefined {
  if (process.platform !== 'linux') return 'Samba is run on Linux only';
  return process.getuid?.() === 0 ? undefined : 'not root, so the ports 389 and 636 are closed to us';
}

/**
 * The first command's path, or why one of them is missing. A package's own server would take the ports, and go on
 * after the tests: it is not started by its installation.
 */
export async function requireServers(
  commands: readonly string[],
  packages: readonly string[],
  reason: string,
  works?: Works,
): Promise<Availability> {
  const missing = (await Promise.all(commands.map(commandPath))).includes(undefined);
  const ours = missing && process.getuid?.() === 0 && (await writePolicy());
  try {
    let first: Availability | undefined;
    for (const command of commands) {
      const one = await requireCommand(command, packages, reason, first === undefined ? works : undefined);
      if (!one.ok) return one;
      first ??= one;
    }
    return first ?? { ok: false, reason };
  } finally {
    if (ours) await rm(START_POLICY, { force: true });
  }
}

/** False when the machine has a policy of its own, which stays, or is no Debian. */
async function writePolicy(): Promise<boolean> {
  try {
    await writeFile(START_POLICY, '#!/bin/sh\nexit 101\n', { flag: 'wx', mode: 0o755 });
    return true;
  } catch {
    return false;
  }
}
