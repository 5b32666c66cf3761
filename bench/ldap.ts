/**
 * LDAP lookups a second over HTTP: the gateway beside a PHP script that connects and binds for each request, behind
 * nginx and php-fpm with eight children. Both ask the same directory for the same people, in turn. The goal is 5 where
 * the password is protected, as it must be: most of PHP's time is the TLS handshake. In the clear a bind costs a script
 * almost nothing, and this is shown as well.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import autocannon from 'autocannon';
import { startActiveDirectory } from '../test/support/directory/active-directory.ts';
import { requireActiveDirectory, requireOpenLdap, requireServers } from '../test/support/directory/availability.ts';
import { freePorts } from '../test/support/directory/lifecycle.ts';
import { startOpenLdap } from '../test/support/directory/openldap.ts';
import { people } from '../test/support/directory/people.ts';
import { runTool, ServerProcess } from '../test/support/directory/process.ts';
import type { DirectoryServer } from '../test/support/directory/server.ts';
import { type Availability, commandPath } from '../test/support/packages.ts';
import { inTurn, report } from './rounds.ts';

const ROUNDS = 5;
const SECONDS = 4;
const CONNECTIONS = 16;
const PHP_CHILDREN = 8;
const HOST = '127.0.0.1';

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

/** YAML reads JSON. */
function gatewayConfiguration(contest: Contest, server: DirectoryServer, port: number): string {
  return JSON.stringify({
    server: { host: HOST, port },
    log: { level: 'warn' },
    access: { ratePerMinute: 0 },
    sources: {
      directory: {
        adapter: 'ldap',
        url: contest.url(server),
        tls: { ca: server.caFile },
        bindDn: server.bindDn,
        bindPassword: server.bindPassword,
        baseDn: server.peopleBaseDn,
        preset: contest.preset,
        attributes: contest.fields,
      },
    },
    lookups: {
      default: {
        sources: 'directory',
        match: ['email'],
        fields: Object.fromEntries(Object.keys(contest.fields).map((field) => [field, field])),
      },
    },
  });
}

function fpmConfiguration(folder: string, port: number): string {
  return `[global]
pid = ${folder}/fpm.pid
error_log = ${folder}/fpm.log
[www]
listen = ${HOST}:${port}
pm = static
pm.max_children = ${PHP_CHILDREN}
user = root
group = root
`;
}

function nginxConfiguration(
  folder: string,
  contest: Contest,
  server: DirectoryServer,
  ports: { http: number; fpm: number },
): string {
  const parameters = {
    SCRIPT_FILENAME: resolve('bench/php/ldap-lookup.php'),
    REQUEST_METHOD: '$request_method',
    QUERY_STRING: '$query_string',
    DIRECTORY_URL: contest.url(server),
    DIRECTORY_CA: server.caFile,
    DIRECTORY_USER: server.bindDn,
    DIRECTORY_PASSWORD: server.bindPassword,
    DIRECTORY_BASE: server.peopleBaseDn,
    DIRECTORY_FIELDS: JSON.stringify(contest.fields),
  };
  const lines = Object.entries(parameters).map(([name, value]) => `fastcgi_param ${name} '${value}';`);
  return `daemon off;
master_process off;
pid ${folder}/nginx.pid;
error_log stderr;
events { worker_connections 256; }
http {
  access_log off;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${folder}/nginx;`).join(' ')}
  server {
    listen ${HOST}:${ports.http};
    location / { fastcgi_pass ${HOST}:${ports.fpm}; ${lines.join(' ')} }
  }
}
`;
}

const processes: ServerProcess[] = [];

async function start(name: string, command: string, args: readonly string[], port: number): Promise<void> {
  const process = new ServerProcess({ name, command, args, host: HOST, ports: [port] });
  processes.push(process);
  await process.start();
}

async function load(url: string): Promise<number> {
  const requests = people.map(({ mails }) => ({
    path: `/livelookup?customer_id=&email=${encodeURIComponent(mails[0] ?? '')}&phone=`,
  }));
  const result = await autocannon({ url, connections: CONNECTIONS, duration: SECONDS, requests });
  if (result.non2xx > 0 || result.errors > 0) throw new Error(`${result.non2xx} refused, ${result.errors} failed`);
  return result.requests.average;
}

/** Both must have found the person, or the figures say nothing. */
async function proveAnswer(url: string): Promise<void> {
  const answer = await (await fetch(`${url}/livelookup?email=user500@example.test`)).text();
  const wanted = ['<customer_id>P10500<', '<email>user500@example.test<', '<phone>+1 845 555 0500<', '<company>'];
  const missing = wanted.filter((part) => !answer.includes(part));
  if (missing.length > 0) throw new Error(`${url} answered without ${missing.join(', ')}: ${answer}`);
}

async function compete(contest: Contest, fpm: string, nginx: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'gateway-bench-'));
  const server = await contest.start();
  try {
    const [gatewayPort = 0, fpmPort = 0, httpPort = 0] = await freePorts(HOST, 3);
    const file = (name: string) => join(folder, name);
    await mkdir(file('nginx'));
    await writeFile(file('gateway.yaml'), gatewayConfiguration(contest, server, gatewayPort));
    await writeFile(file('fpm.conf'), fpmConfiguration(folder, fpmPort));
    const ports = { http: httpPort, fpm: fpmPort };
    await writeFile(file('nginx.conf'), nginxConfiguration(folder, contest, server, ports));
    const gatewayArgs = ['bin/helpspot-gateway', 'serve', `--config=${file('gateway.yaml')}`];
    await start('gateway', process.execPath, gatewayArgs, gatewayPort);
    // As root only with -R: this one serves nobody but us.
    await start('php-fpm', fpm, ['-F', '-R', '-y', file('fpm.conf')], fpmPort);
    await start('nginx', nginx, ['-p', folder, '-c', file('nginx.conf')], httpPort);
    const [gateway, php] = [`http://${HOST}:${gatewayPort}`, `http://${HOST}:${httpPort}`];
    await proveAnswer(gateway);
    await proveAnswer(php);
    const { a, b } = await inTurn(
      ROUNDS,
      () => load(gateway),
      () => load(php),
    );
    report(contest.title, a, b);
  } catch (error) {
    process.stderr.write(`${processes.map(({ log }) => log).join('\n')}\n`);
    throw error;
  } finally {
    for (const one of processes.splice(0)) await one.end('SIGTERM');
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Debian calls it after the version of PHP. */
async function requireFpm(): Promise<Availability> {
  const hasLdap = async (path: string) => /^ldap$/m.test(await runTool(path, ['-m']));
  for (const command of ['php-fpm', 'php-fpm8.4']) {
    const path = await commandPath(command);
    if (path !== undefined && (await hasLdap(path))) return { ok: true, path };
  }
  return await requireServers(['php-fpm8.2'], ['php-fpm', 'php-ldap'], 'the script that is compared', hasLdap);
}

function pathOf(available: Availability): string {
  if (!available.ok) throw new Error(available.reason);
  return available.path;
}

const fpm = pathOf(await requireFpm());
const nginx = pathOf(await requireServers(['nginx'], ['nginx-light'], 'the script that is compared'));
process.stdout.write(`${'lookups a second'.padEnd(28)}     gateway         php       ratio\n`);
for (const contest of contests) {
  const available = await contest.require();
  if (available.ok) await compete(contest, fpm, nginx);
  else process.stdout.write(`${contest.title}: left out, ${available.reason}\n`);
}
