/**
 * LDAP lookups a second over HTTP: the gateway beside a PHP script that connects and binds for each request, behind
 * nginx and php-fpm with eight children. Both ask the same directory for the same people, in turn. The goal is 5 where
 * the password is protected, as it must be: most of PHP's time is the TLS handshake. In the clear a bind costs a script
 * almost nothing, and this is shown as well.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startActiveDirectory } from '../test/support/directory/active-directory.ts';
import { requireActiveDirectory, requireOpenLdap } from '../test/support/directory/availability.ts';
import { startOpenLdap } from '../test/support/directory/openldap.ts';
import { people } from '../test/support/directory/people.ts';
import type { DirectoryServer } from '../test/support/directory/server.ts';
import type { Availability } from '../test/support/packages.ts';
import { type Contender, gatewayContender } from './support/contender.ts';
import { load, pathFor, proveAnswer } from './support/load.ts';
import { phpContender, requirePhp } from './support/php-server.ts';
import { head, inTurn, report } from './support/rounds.ts';

const ROUNDS = 5;

/** A directory, and how it is asked. */
interface Contest {
  readonly title: string;
  readonly preset: 'openldap' | 'active-directory';
  /** Active Directory takes a password over TLS only; OpenLDAP is asked in the clear too, which is kinder to PHP. */
  readonly url: (server: DirectoryServer) => string;
  /** What both put out: element and attribute. */
  readonly fields: Readonly<Record<string, string>>;
  start(): Promise<DirectoryServer>;
}

const names = { first_name: 'givenName', last_name: 'sn', email: 'mail', phone: 'telephoneNumber' };
const openLdap = {
  preset: 'openldap',
  fields: { customer_id: 'employeeNumber', ...names, company: 'o' },
  start: startOpenLdap,
  require: requireOpenLdap,
} as const;
const contests: readonly (Contest & { require(): Promise<Availability> })[] = [
  { ...openLdap, title: 'OpenLDAP, ldap://', url: (server) => server.url },
  { ...openLdap, title: 'OpenLDAP, ldaps://', url: (server) => server.tlsUrl },
  {
    title: 'Active Directory, ldaps://',
    preset: 'active-directory',
    url: (server) => server.tlsUrl,
    fields: { customer_id: 'employeeID', ...names, company: 'company' },
    start: startActiveDirectory,
    require: requireActiveDirectory,
  },
];

async function gatewayOn(contest: Contest, server: DirectoryServer, folder: string): Promise<Contender> {
  const source = {
    adapter: 'ldap',
    url: contest.url(server),
    tls: { ca: server.caFile },
    bindDn: server.bindDn,
    bindPassword: server.bindPassword,
    baseDn: server.peopleBaseDn,
    preset: contest.preset,
    attributes: contest.fields,
  };
  const fields = Object.fromEntries(Object.keys(contest.fields).map((field) => [field, field]));
  return await gatewayContender(folder, { source, lookup: { match: ['email'], fields } });
}

async function phpOn(contest: Contest, server: DirectoryServer, folder: string): Promise<Contender> {
  return await phpContender(folder, programs, 'ldap-lookup.php', {
    DIRECTORY_URL: contest.url(server),
    DIRECTORY_CA: server.caFile,
    DIRECTORY_USER: server.bindDn,
    DIRECTORY_PASSWORD: server.bindPassword,
    DIRECTORY_BASE: server.peopleBaseDn,
    DIRECTORY_FIELDS: JSON.stringify(contest.fields),
  });
}

const paths = people.map(({ mails }) => pathFor(mails[0] ?? ''));

/** Both must have found the person, or the figures say nothing. */
async function provePerson({ url }: Contender): Promise<void> {
  const wanted = ['<customer_id>P10500<', '<email>user500@example.test<', '<phone>+1 845 555 0500<', '<company>'];
  await proveAnswer(url, pathFor('user500@example.test'), wanted);
}

async function compete(contest: Contest): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'gateway-bench-'));
  const server = await contest.start();
  const gateway = await gatewayOn(contest, server, join(folder, 'gateway'));
  const php = await phpOn(contest, server, join(folder, 'php'));
  const both = [gateway, php];
  try {
    for (const one of both) {
      await one.start();
      await provePerson(one);
    }
    const { a, b } = await inTurn(
      ROUNDS,
      () => load(gateway.url, paths),
      () => load(php.url, paths),
    );
    const [ours, theirs] = [a, b].map((rounds) => rounds.map(({ perSecond }) => perSecond));
    report(contest.title, ours ?? [], theirs ?? []);
  } catch (error) {
    process.stderr.write(`${both.map(({ log }) => log).join('\n')}\n`);
    throw error;
  } finally {
    for (const one of both) await one.end();
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

const programs = await requirePhp('ldap', 'php-ldap');
head('lookups a second', 'gateway', 'php');
for (const contest of contests) {
  const available = await contest.require();
  if (available.ok) await compete(contest);
  else process.stdout.write(`${contest.title}: left out, ${available.reason}\n`);
}
