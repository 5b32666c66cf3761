/** OpenLDAP: a real `slapd` on free ports of 127.0.0.1, over a database in a folder of its own. */
import { access, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { commandPath } from '../packages.ts';
import { poolOf } from '../pool.ts';
import { type Certificates, makeCertificates } from './certificates.ts';
import { attributeLine, type Entry, ldifOf } from './ldif.ts';
import { directoryServer, freePorts, removeServerFolder, renewed, serverFolder } from './lifecycle.ts';
import { ADMIN_DN, BASE, openLdapEntries, SERVICE_DN } from './openldap-entries.ts';
import { runTool, ServerProcess } from './process.ts';
import type { DirectoryServer } from './server.ts';

/** What a test may want otherwise. */
export interface OpenLdapOptions {
  /** More entries than this in one search is result 4, sizeLimitExceeded, for the service account, paged or not. Unlimited unless told. */
  readonly sizeLimit?: number;
  /** A connection that is idle for so long is closed by the server. Seconds; never unless told. */
  readonly idleSeconds?: number;
  /** It refuses every search in pages. */
  readonly noPages?: boolean;
  /** Nobody may read this attribute, not even in a filter. */
  readonly hidden?: string;
  /** Entries besides those of the seed, each after the one above it. */
  readonly entries?: readonly Entry[];
}

const HOST = '127.0.0.1';
const ADMIN_PASSWORD = 'admin-secret';
const SERVICE_PASSWORD = 'service secret ü';
const MODULE_FOLDERS = ['/usr/lib/ldap', '/usr/lib/openldap', '/usr/lib64/openldap', '/usr/libexec/openldap'];
const SCHEMA_FOLDERS = ['/etc/ldap/schema', '/etc/openldap/schema'];

/** One as if it was new, for a file of tests that changes no entry; its `stop` gives it back. */
export const borrowOpenLdap = poolOf(startOpenLdap, renewed(SERVICE_PASSWORD));

/** Another program may take a port between our look and the start. */
const ATTEMPTS = 3;

/**
 * Starts one, seeded: `dc=example,dc=org` with `ou=people` (inetOrgPerson), `ou=groups` (groupOfNames, with
 * `memberOf` at the members), `ou=suite` (the suite's customers: employeeNumber, givenName, sn, mail, telephoneNumber,
 * o), `ou=public`, which anybody may read without a bind, and `ou=branch`, a referral to a server that does not exist.
 * Everything else needs the service account. The password is not pure ASCII.
 */
export async function startOpenLdap(options: OpenLdapOptions = {}): Promise<DirectoryServer> {
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

async function startIn(folder: string, options: OpenLdapOptions): Promise<DirectoryServer> {
  const [port = 0, tlsPort = 0] = await freePorts(HOST, 2);
  const certificates = await makeCertificates(folder, [HOST, 'localhost']);
  const file = join(folder, 'slapd.conf');
  await mkdir(join(folder, 'db'));
  await writeFile(file, await configuration(folder, certificates, options));
  await writeFile(
    join(folder, 'seed.ldif'),
    ldifOf([...openLdapEntries(SERVICE_PASSWORD), ...(options.entries ?? [])]),
  );
  await runTool(await pathOf('slapadd'), ['-q', '-f', file, '-l', join(folder, 'seed.ldif')]);
  const urls = `ldap://${HOST}:${port} ldaps://${HOST}:${tlsPort}`;
  const server = new ServerProcess({
    name: 'slapd',
    command: await pathOf('slapd'),
    // A debug level keeps it in the foreground: it stays our child.
    args: ['-d', 'stats', '-f', file, '-h', urls],
    host: HOST,
    ports: [port, tlsPort],
  });
  await server.start();
  return directoryServer({
    server: {
      host: HOST,
      port,
      tlsPort,
      baseDn: BASE,
      peopleBaseDn: `ou=people,${BASE}`,
      groupsBaseDn: `ou=groups,${BASE}`,
      suiteBaseDn: `ou=suite,${BASE}`,
      bindDn: SERVICE_DN,
      caFile: certificates.caFile,
    },
    folder,
    process: server,
    bindPassword: SERVICE_PASSWORD,
    setPassword: (password) => setPassword(`ldap://${HOST}:${port}`, password),
    change: (ldif) => modify(`ldap://${HOST}:${port}`, ldif),
  });
}

async function setPassword(url: string, password: string): Promise<void> {
  const change = [`dn: ${SERVICE_DN}`, 'changetype: modify', 'replace: userPassword'];
  await modify(url, `${[...change, attributeLine('userPassword', password)].join('\n')}\n`);
}

async function modify(url: string, input: string): Promise<void> {
  const bind = ['-x', '-H', url, '-D', ADMIN_DN, '-w', ADMIN_PASSWORD];
  await runTool(await pathOf('ldapmodify'), [...bind, '-o', 'nettimeout=10'], input);
}

/** See slapd.conf(5), slapd-mdb(5), slapd.access(5). */
async function configuration(folder: string, certificates: Certificates, options: OpenLdapOptions): Promise<string> {
  const schemas = await firstFolder(SCHEMA_FOLDERS);
  const modules = await firstFolder(MODULE_FOLDERS);
  return `${[
    ...['core', 'cosine', 'inetorgperson'].map((name) => `include ${schemas}/${name}.schema`),
    `modulepath ${modules}`,
    ...['back_mdb', 'memberof', 'ppolicy'].map((name) => `moduleload ${name}`),
    `pidfile ${folder}/slapd.pid`,
    `TLSCACertificateFile ${certificates.caFile}`,
    `TLSCertificateFile ${certificates.certFile}`,
    `TLSCertificateKeyFile ${certificates.keyFile}`,
    ...(options.idleSeconds === undefined ? [] : [`idletimeout ${options.idleSeconds}`]),
    'database mdb',
    `suffix ${BASE}`,
    `rootdn ${ADMIN_DN}`,
    `rootpw ${ADMIN_PASSWORD}`,
    `directory ${folder}/db`,
    'maxsize 134217728',
    // The data is worth nothing; waiting for the disk is.
    'dbnosync',
    ...['uid', 'mail', 'employeeNumber', 'sn', 'cn', 'givenName', 'telephoneNumber'].map(
      (name) => `index ${name} eq,sub`,
    ),
    'index objectClass eq',
    `sizelimit size=${options.sizeLimit ?? 'unlimited'}${options.sizeLimit === undefined ? '' : ` size.prtotal=${options.sizeLimit}`}`,
    ...(options.noPages === true ? ['sizelimit size.prtotal=disabled'] : []),
    ...(options.hidden === undefined ? [] : [`access to attrs=${options.hidden} by * none`]),
    'access to attrs=userPassword by anonymous auth by * none',
    `access to dn.subtree="ou=public,${BASE}" by * read`,
    `access to * by dn.exact="${SERVICE_DN}" read by * none`,
    'overlay memberof',
    'overlay ppolicy',
  ].join('\n')}\n`;
}

async function firstFolder(folders: readonly string[]): Promise<string> {
  for (const folder of folders) {
    try {
      await access(folder);
      return folder;
    } catch {
      // The next system's place.
    }
  }
  throw new Error(`none of these folders is here: ${folders.join(', ')}`);
}

async function pathOf(command: string): Promise<string> {
  const path = await commandPath(command);
  if (path === undefined) throw new Error(`${command} is not here; ask requireOpenLdap() first`);
  return path;
}
