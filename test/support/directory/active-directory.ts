/** Active Directory: a real Samba domain controller on an address of its own in 127.0.0.0/8. */
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { commandPath } from '../packages.ts';
import { poolOf } from '../pool.ts';
import { BASE, DOMAIN, SERVICE_DN, SERVICE_NAME } from './active-directory-entries.ts';
import { SERVICE_PASSWORD, template } from './active-directory-template.ts';
import { makeCertificates } from './certificates.ts';
import { CUTTER_HOST } from './cutter.ts';
import { attributeLine } from './ldif.ts';
import { areFree, directoryServer, removeServerFolder, renewed, serverFolder } from './lifecycle.ts';
import { runTool, ServerProcess } from './process.ts';
import { sambaConfiguration } from './samba-configuration.ts';
import type { DirectoryServer } from './server.ts';

/** What a test may want otherwise. */
export interface ActiveDirectoryOptions {
  /**
   * `authority` (unless told): a certificate for its address, for a cutter in front of it and for `localhost`, signed by the authority in `caFile`.
   * `own`: what a domain controller makes for itself when nobody gave it one. It names `dc1.example.test` only, so
   * that the address does not match it even for those who trust it.
   */
  readonly certificate?: 'authority' | 'own';
  /** A connection that is idle for so long is closed by the server (MaxConnIdleTime). Seconds; 900 unless told, as in Windows. */
  readonly idleSeconds?: number;
}

/** Samba's LDAP listens on these and no others; 3268 and 3269 are the global catalogue. */
const PORT = 389;
const TLS_PORT = 636;
const CATALOGUE_PORTS = [3268, 3269];
/** Another program may take an address between our look and the start. */
const ATTEMPTS = 3;
const ADDRESS_ATTEMPTS = 50;

/** One as if it was new, for a file of tests that changes no entry; its `stop` gives it back. */
export const borrowActiveDirectory = poolOf(startActiveDirectory, renewed(SERVICE_PASSWORD));

/**
 * Starts one, seeded: the domain `example.test` with `OU=People`, `OU=Groups`, and `OU=Suite` (the suite's customers:
 * employeeID, givenName, sn, mail, telephoneNumber, company). In `company` stand at most 64 characters, which is all
 * that Active Directory takes; `comment` has the whole name of a suite customer's company.
 *
 * As a real one it refuses a simple bind without TLS (result 8), and a search from the root returns references.
 * Unlike a real one it sends everything in one answer: Samba 4.17 keeps neither its MaxPageSize nor a search's size limit.
 */
export async function startActiveDirectory(options: ActiveDirectoryOptions = {}): Promise<DirectoryServer> {
  for (let attempt = 1; ; attempt += 1) {
    const folder = await serverFolder();
    try {
      return await startIn(folder, options);
    } catch (error) {
      await removeServerFolder(folder);
      if (attempt === ATTEMPTS) throw error;
    }
  }
}

async function startIn(folder: string, options: ActiveDirectoryOptions): Promise<DirectoryServer> {
  const data = join(folder, 'data');
  await cp(await template(), data, { recursive: true });
  await mkdir(join(folder, 'run'));
  const host = await freeAddress();
  const certificates =
    options.certificate === 'own' ? undefined : await makeCertificates(folder, [host, CUTTER_HOST, 'localhost']);
  const file = join(folder, 'smb.conf');
  await writeFile(file, sambaConfiguration({ folder, data, host, certificates }));
  if (options.idleSeconds !== undefined) await setIdleTime(file, data, options.idleSeconds);
  const server = new ServerProcess({
    name: 'samba',
    command: (await commandPath('samba')) ?? 'samba',
    args: ['-i', '-M', 'single', '--debug-stdout', `--configfile=${file}`],
    host,
    ports: [PORT, TLS_PORT],
  });
  await server.start();
  return directoryServer({
    server: {
      host,
      port: PORT,
      tlsPort: TLS_PORT,
      baseDn: BASE,
      peopleBaseDn: `OU=People,${BASE}`,
      groupsBaseDn: `OU=Groups,${BASE}`,
      suiteBaseDn: `OU=Suite,${BASE}`,
      bindDn: `${SERVICE_NAME}@${DOMAIN}`,
      caFile: certificates?.caFile ?? join(data, 'private', 'tls', 'ca.pem'),
    },
    folder,
    process: server,
    bindPassword: SERVICE_PASSWORD,
    setPassword: (password) =>
      modify(file, data, SERVICE_DN, 'replace: unicodePwd', [
        // Active Directory takes a password in quotation marks, as UTF-16 (MS-ADTS 3.1.1.3.1.5).
        attributeLine('unicodePwd', Buffer.from(`"${password}"`, 'utf16le')),
      ]),
    change: (ldif) => apply(file, data, ldif),
  });
}

async function setIdleTime(file: string, data: string, seconds: number): Promise<void> {
  const services = `CN=Windows NT,CN=Services,CN=Configuration,${BASE}`;
  const dn = `CN=Default Query Policy,CN=Query-Policies,CN=Directory Service,${services}`;
  // InitRecvTimeout is for a connection that has not asked anything yet.
  const limits = [`MaxConnIdleTime=${seconds}`, 'InitRecvTimeout=120', 'MaxQueryDuration=120', 'MaxPageSize=1000'];
  const lines = limits.map((limit) => attributeLine('lDAPAdminLimits', limit));
  await modify(file, data, dn, 'replace: lDAPAdminLimits', lines);
}

async function modify(file: string, data: string, dn: string, change: string, lines: readonly string[]): Promise<void> {
  await apply(file, data, `${[attributeLine('dn', dn), 'changetype: modify', change, ...lines].join('\n')}\n`);
}

/** Straight in its database, whether it runs or not. */
async function apply(file: string, data: string, input: string): Promise<void> {
  await runTool(
    (await commandPath('ldbmodify')) ?? 'ldbmodify',
    ['-H', join(data, 'private', 'sam.ldb'), `--configfile=${file}`],
    input,
  );
}

/** Each controller has its own address, so that many can run side by side, and nothing else is in the way. */
async function freeAddress(): Promise<string> {
  const part = () => 1 + Math.floor(Math.random() * 250);
  for (let attempt = 0; attempt < ADDRESS_ATTEMPTS; attempt += 1) {
    const host = `127.${part()}.${part()}.${part()}`;
    if (await areFree(host, [PORT, TLS_PORT, ...CATALOGUE_PORTS])) return host;
  }
  throw new Error(`no address in 127.0.0.0/8 has its port ${PORT} free for us; is this process root?`);
}
