/**
 * MySQL lookups over HTTP: the gateway beside a PHP script that connects for each request, behind nginx and php-fpm with
 * eight children and opcache. Both ask the same MariaDB for the same of 100,000 customers by mail address (indexed), in
 * turn, in the clear and over TLS. The goal is twice the lookups a second, and half of p99. What both take of the
 * machine is shown too: with all on one machine, the load generator and the database compete for its processors.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type MariaDbServer, requireMariaDb, startMariaDb } from '../test/support/sql/mariadb.ts';
import { seedCustomer, seedLines } from '../test/support/sql/seed.ts';
import { type Contender, gatewayContender } from './support/contender.ts';
import { cpuSeconds, memoryMb, processesNaming } from './support/footprint.ts';
import { type Load, load, pathFor, proveAnswer } from './support/load.ts';
import { type PhpPrograms, pathOf, phpContender, requirePhp } from './support/php-server.ts';
import { head, inTurn, report } from './support/rounds.ts';

const ROUNDS = 5;
const CUSTOMERS = 100_000;
const ASKED = 1_000;
/** An account whose password needs no escape in nginx's file. */
const PHP_USER = 'php';
const PHP_PASSWORD = 'php-secret';

const paths = Array.from({ length: ASKED }, (_, index) => pathFor(emailOf(1 + ((index * 7919) % CUSTOMERS))));

function emailOf(id: number): string {
  return seedCustomer(id)[3];
}

async function seed(server: MariaDbServer, folder: string): Promise<void> {
  const file = join(folder, 'customers.tsv');
  await writeFile(file, seedLines(CUSTOMERS));
  await server.sql(`CREATE TABLE customers (id INT PRIMARY KEY, firstname VARCHAR(50), lastname VARCHAR(50),
      email VARCHAR(100), phone VARCHAR(30), KEY email (email));
    LOAD DATA INFILE '${file}' INTO TABLE customers CHARACTER SET utf8mb4;
    CREATE USER ${PHP_USER} IDENTIFIED BY '${PHP_PASSWORD}';
    GRANT SELECT ON ${server.database}.* TO ${PHP_USER};`);
}

async function gatewayOn(server: MariaDbServer, folder: string, encrypted: boolean): Promise<Contender> {
  const { host, port, user, password, database, caFile } = server;
  const columns = { customer_id: 'id', first_name: 'firstname', last_name: 'lastname', email: 'email', phone: 'phone' };
  const source = { adapter: 'mysql', host, port, user, password, database, table: 'customers', columns };
  return await gatewayContender(folder, {
    source: encrypted ? { ...source, tls: { ca: caFile } } : source,
    lookup: { match: ['email'] },
  });
}

async function phpOn(
  server: MariaDbServer,
  folder: string,
  encrypted: boolean,
  programs: PhpPrograms,
): Promise<Contender> {
  return await phpContender(folder, programs, 'mysql-lookup.php', {
    DATABASE_HOST: server.host,
    DATABASE_PORT: String(server.port),
    DATABASE_USER: PHP_USER,
    DATABASE_PASSWORD: PHP_PASSWORD,
    DATABASE_NAME: server.database,
    DATABASE_CA: encrypted ? server.caFile : '',
  });
}

/** Both must have found the customer, or the figures say nothing. */
async function proveCustomer({ url }: Contender): Promise<void> {
  const wanted = ['<customer_id>500<', `<email>${emailOf(500)}<`, '<phone>(555) 000-0500<'];
  await proveAnswer(url, pathFor(emailOf(500)), wanted);
}

interface Start {
  /** From nothing to the first answered lookup. */
  readonly milliseconds: number;
  readonly idleMb: number;
}

async function coldStart(contender: Contender): Promise<Start> {
  await contender.end();
  const started = performance.now();
  await contender.start();
  await proveCustomer(contender);
  const milliseconds = performance.now() - started;
  return { milliseconds, idleMb: await memoryMb(await processesNaming(contender.folder)) };
}

interface Round extends Load {
  /** Microseconds of processor for each lookup: by the contender, and by the database for it. */
  readonly ownCpu: number;
  readonly allCpu: number;
  readonly loadedMb: number;
}

async function measured(contender: Contender, database: string): Promise<Round> {
  const [own, its] = [await processesNaming(contender.folder), await processesNaming(database)];
  const before = [await cpuSeconds(own), await cpuSeconds(its)] as const;
  const result = await load(contender.url, paths);
  const after = [await cpuSeconds(own), await cpuSeconds(its)] as const;
  const each = (seconds: number) => (seconds * 1e6) / result.lookups;
  const ownCpu = each(after[0] - before[0]);
  return { ...result, ownCpu, allCpu: ownCpu + each(after[1] - before[1]), loadedMb: await memoryMb(own) };
}

function reportAll<T>(what: string, key: keyof T, { a, b }: Record<'a' | 'b', readonly T[]>, digits = 0): void {
  const values = (of: readonly T[]) => of.map((one) => Number(one[key]));
  report(what, values(a), values(b), digits);
}

async function compete(title: string, gateway: Contender, php: Contender, database: string): Promise<void> {
  try {
    const starts = await inTurn(
      ROUNDS,
      () => coldStart(gateway),
      () => coldStart(php),
    );
    const rounds = await inTurn(
      ROUNDS,
      () => measured(gateway, database),
      () => measured(php, database),
    );
    head(title, 'gateway', 'php');
    reportAll('lookups a second', 'perSecond', rounds);
    reportAll('p99, ms', 'p99', rounds, 1);
    reportAll('processor a lookup, us', 'ownCpu', rounds);
    reportAll('and of the database, us', 'allCpu', rounds);
    reportAll('start to first answer, ms', 'milliseconds', starts);
    reportAll('memory idle, MB', 'idleMb', starts);
    reportAll('memory after load, MB', 'loadedMb', rounds);
  } catch (error) {
    process.stderr.write(`${gateway.log}\n${php.log}\n`);
    throw error;
  } finally {
    await gateway.end();
    await php.end();
  }
}

pathOf(await requireMariaDb());
const programs = await requirePhp('mysqli', 'php-mysql');
const folder = await mkdtemp(join(tmpdir(), 'gateway-bench-'));
const server = await startMariaDb();
try {
  await seed(server, folder);
  for (const encrypted of [false, true]) {
    const name = encrypted ? 'tls' : 'clear';
    const gateway = await gatewayOn(server, join(folder, `gateway-${name}`), encrypted);
    const php = await phpOn(server, join(folder, `php-${name}`), encrypted, programs);
    await compete(encrypted ? 'MariaDB over TLS' : 'MariaDB in the clear', gateway, php, `--port=${server.port}`);
  }
} finally {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}
