/**
 * MySQL lookups a second, and p99 of their latency, over HTTP: the gateway beside a PHP script that connects for each
 * request, behind nginx and php-fpm with eight children and opcache. Both ask the same MariaDB for the same of 100,000
 * customers by mail address (indexed), in turn. The goal is twice the lookups a second, and half of p99.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import autocannon from 'autocannon';
import { requireServers } from '../test/support/directory/availability.ts';
import { freePorts } from '../test/support/directory/lifecycle.ts';
import { runTool, ServerProcess } from '../test/support/directory/process.ts';
import { type Availability, commandPath } from '../test/support/packages.ts';
import { type MariaDbServer, requireMariaDb, startMariaDb } from '../test/support/sql/mariadb.ts';
import { SEED_SIZE, seedCustomer, seedLines } from '../test/support/sql/seed.ts';
import { inTurn, report } from './rounds.ts';

const ROUNDS = 5;
const SECONDS = 4;
const CONNECTIONS = 16;
const PHP_CHILDREN = 8;
const ASKED = 1_000;
const HOST = '127.0.0.1';

/** YAML reads JSON. */
function gatewayConfiguration({ host, port, user, password, database }: MariaDbServer, listen: number): string {
  const fields = { customer_id: 'id', first_name: 'firstname', last_name: 'lastname', email: 'email', phone: 'phone' };
  const crm = { adapter: 'mysql', host, port, user, password, database, table: 'customers', columns: fields };
  return JSON.stringify({
    server: { host: HOST, port: listen },
    log: { level: 'warn' },
    access: { ratePerMinute: 0 },
    sources: { crm },
    lookups: { default: { sources: 'crm', match: ['email'] } },
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
php_admin_flag[opcache.enable] = on
`;
}

function nginxConfiguration(folder: string, server: MariaDbServer, ports: { http: number; fpm: number }): string {
  const parameters = {
    SCRIPT_FILENAME: resolve('bench/php/mysql-lookup.php'),
    REQUEST_METHOD: '$request_method',
    QUERY_STRING: '$query_string',
    DATABASE_HOST: server.host,
    DATABASE_PORT: server.port,
    DATABASE_USER: PHP_USER,
    DATABASE_PASSWORD: PHP_PASSWORD,
    DATABASE_NAME: server.database,
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

/** An account whose password needs no escape in nginx's file. */
const PHP_USER = 'php';
const PHP_PASSWORD = 'php-secret';

async function seed(server: MariaDbServer, folder: string): Promise<void> {
  const file = join(folder, 'customers.tsv');
  await writeFile(file, seedLines());
  await server.sql(`CREATE TABLE customers (id INT PRIMARY KEY, firstname VARCHAR(50), lastname VARCHAR(50),
      email VARCHAR(100), phone VARCHAR(30), KEY email (email));
    LOAD DATA INFILE '${file}' INTO TABLE customers CHARACTER SET utf8mb4;
    CREATE USER ${PHP_USER} IDENTIFIED BY '${PHP_PASSWORD}';
    GRANT SELECT ON ${server.database}.* TO ${PHP_USER};`);
}

const processes: ServerProcess[] = [];

async function start(name: string, command: string, args: readonly string[], port: number): Promise<void> {
  const process = new ServerProcess({ name, command, args, host: HOST, ports: [port] });
  processes.push(process);
  await process.start();
}

interface Load {
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p99: number;
}

async function load(url: string): Promise<Load> {
  const requests = Array.from({ length: ASKED }, (_, index) => {
    const [, , , email] = seedCustomer(1 + ((index * 7919) % SEED_SIZE));
    return { path: `/livelookup?customer_id=&email=${encodeURIComponent(email)}&phone=` };
  });
  const result = await autocannon({ url, connections: CONNECTIONS, duration: SECONDS, requests });
  if (result.non2xx > 0 || result.errors > 0) throw new Error(`${result.non2xx} refused, ${result.errors} failed`);
  return { perSecond: result.requests.average, p99: result.latency.p99 };
}

/** Both must have found the customer, or the figures say nothing. */
async function proveAnswer(url: string): Promise<void> {
  const [id, , , email] = seedCustomer(500);
  const answer = await (await fetch(`${url}/livelookup?email=${encodeURIComponent(email)}`)).text();
  const wanted = [`<customer_id>${id}<`, `<email>${email}<`, '<phone>(555) 000-0500<'];
  const missing = wanted.filter((part) => !answer.includes(part));
  if (missing.length > 0) throw new Error(`${url} answered without ${missing.join(', ')}: ${answer}`);
}

async function compete(fpm: string, nginx: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'gateway-bench-'));
  const server = await startMariaDb();
  try {
    await seed(server, folder);
    const [gatewayPort = 0, fpmPort = 0, httpPort = 0] = await freePorts(HOST, 3);
    const file = (name: string) => join(folder, name);
    await mkdir(file('nginx'));
    await writeFile(file('gateway.yaml'), gatewayConfiguration(server, gatewayPort));
    await writeFile(file('fpm.conf'), fpmConfiguration(folder, fpmPort));
    await writeFile(file('nginx.conf'), nginxConfiguration(folder, server, { http: httpPort, fpm: fpmPort }));
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
    const pick = (key: keyof Load, of: readonly Load[]) => of.map((one) => one[key]);
    report('lookups a second', pick('perSecond', a), pick('perSecond', b));
    report('p99, milliseconds', pick('p99', a), pick('p99', b), 1);
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
  const works = async (path: string) => {
    const modules = await runTool(path, ['-m']);
    return /^mysqli$/m.test(modules) && /^Zend OPcache$/m.test(modules);
  };
  for (const command of ['php-fpm', 'php-fpm8.4']) {
    const path = await commandPath(command);
    if (path !== undefined && (await works(path))) return { ok: true, path };
  }
  return await requireServers(['php-fpm8.2'], ['php-fpm', 'php-mysql'], 'the script that is compared', works);
}

function pathOf(available: Availability): string {
  if (!available.ok) throw new Error(available.reason);
  return available.path;
}

pathOf(await requireMariaDb());
const fpm = pathOf(await requireFpm());
const nginx = pathOf(await requireServers(['nginx'], ['nginx-light'], 'the script that is compared'));
process.stdout.write(`${'MySQL'.padEnd(28)}     gateway         php       ratio\n`);
await compete(fpm, nginx);
