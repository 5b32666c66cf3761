/** smb.conf(5) for a controller that only answers LDAP, and keeps everything in its own folder. */
import { join } from 'node:path';
import { DOMAIN } from './active-directory-entries.ts';
import type { Certificates } from './certificates.ts';

/** Where things are. */
export interface SambaPlan {
  readonly folder: string;
  /** What `samba-tool domain provision` made. */
  readonly data: string;
  readonly host: string;
  /** Absent: Samba makes its own when it starts. */
  readonly certificates: Certificates | undefined;
}

/** The text of the file. */
export function sambaConfiguration({ folder, data, host, certificates }: SambaPlan): string {
  const tls =
    certificates === undefined
      ? []
      : [
          `tls keyfile = ${certificates.keyFile}`,
          `tls certfile = ${certificates.certFile}`,
          `tls cafile = ${certificates.caFile}`,
        ];
  return `${[
    '[global]',
    `realm = ${DOMAIN.toUpperCase()}`,
    'workgroup = EXAMPLE',
    'netbios name = DC1',
    'server role = active directory domain controller',
    'server services = ldap',
    `private dir = ${join(data, 'private')}`,
    `state directory = ${join(data, 'state')}`,
    `cache directory = ${join(data, 'cache')}`,
    `lock directory = ${data}`,
    `binddns dir = ${join(data, 'bind-dns')}`,
    `pid directory = ${join(folder, 'run')}`,
    `ncalrpc dir = ${join(folder, 'run', 'ncalrpc')}`,
    `interfaces = ${host}/8`,
    'bind interfaces only = yes',
    // A password that was changed is wrong from now on, not after an hour.
    'old password allowed period = 0',
    ...tls,
    '[sysvol]',
    `path = ${join(data, 'state', 'sysvol')}`,
    'read only = no',
    '[netlogon]',
    `path = ${join(data, 'state', 'sysvol', DOMAIN, 'scripts')}`,
    'read only = no',
  ].join('\n')}\n`;
}
