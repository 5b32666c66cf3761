/** Whether the directory servers can be run here; on Debian as root, what is missing is installed. */
import { type Availability, requireCommand, type Works } from '../packages.ts';

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

/** The first command's path, or why one of them is missing. */
export async function requireServers(
  commands: readonly string[],
  packages: readonly string[],
  reason: string,
  works?: Works,
): Promise<Availability> {
  let first: Availability | undefined;
  for (const command of commands) {
    const one = await requireCommand(command, packages, reason, first === undefined ? works : undefined);
    if (!one.ok) return one;
    first ??= one;
  }
  return first ?? { ok: false, reason };
}
