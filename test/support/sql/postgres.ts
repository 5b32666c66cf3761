/** PostgreSQL: a real server on a free port of 127.0.0.1, over a data directory of its own. */
import { readdir, realpath, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { makeAuthority } from '../certificates.ts';
import { removeServerFolder, serverFolder } from '../directory/lifecycle.ts';
import { runTool, ServerProcess } from '../directory/process.ts';
import { type Availability, commandPath, requireCommand } from '../packages.ts';
import { poolOf } from '../pool.ts';
import { templateFolder } from '../template.ts';
import { lastingPort, startAgain } from './restart.ts';
import type { SqlTestServer } from './server.ts';

const HOST = '127.0.0.1';
const ADMIN = 'admin';
const ADMIN_PASSWORD = 'admin-secret';
const DEBIAN = '/usr/lib/postgresql';
const ATTEMPTS = 3;

/** A server with an empty database `crm` and the user `helpspot_ro`, who may connect and nothing else. */
export interface PostgresServer extends SqlTestServer {
  readonly port: number;
  /** Of the authority that signed its certificate for 127.0.0.1. */
  readonly caFile: string;
  /** The end of what it wrote: every statement that it ran until now. */
  written(): Promise<string>;
  /** Runs again, if it did not, with nothing but an empty database. */
  renew(): Promise<void>;
  stop(): Promise<void>;
}

/** Whether one can be run here; on Debian as root it is installed. */
export async function requirePostgres(): Promise<Availability> {
  const found = await binFolder();
  if (found !== undefined) return { ok: true, path: join(found, 'postgres') };
  const why = 'the `postgres` adapter is proved against PostgreSQL';
  return await requireCommand('pg_ctlcluster', ['postgresql'], why, async () => (await binFolder()) !== undefined);
}

/** One as if it was new, for a file of tests; its `stop` gives it back. */
export const borrowPostgres = poolOf(
  () => startPostgres(),
  (server) => server.renew(),
);

/** What differs from the usual one. */
export interface PostgresOptions {
  /** In which its folder is made; left out, where temporary files are. */
  readonly parent?: string;
  /** Of `postgresql.conf`. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** Starts one. */
export async function startPostgres({ parent, settings }: PostgresOptions = {}): Promise<PostgresServer> {
  for (let attempt = 1; ; attempt += 1) {
    const folder = await serverFolder(parent);
    try {
      return await startIn(folder, settings);
    } catch (error) {
      await removeServerFolder(folder);
      if (attempt === ATTEMPTS) throw error;
    }
  }
}

/** Debian keeps the server's programs out of PATH, a folder a version. */
async function binFolder(): Promise<string | undefined> {
  const inPath = await commandPath('postgres');
  if (inPath !== undefined) return dirname(await realpath(inPath));
  const versions = await readdir(DEBIAN).catch((): string[] => []);
  for (const version of versions.sort((one, other) => Number(other) - Number(one))) {
    const bin = join(DEBIAN, version, 'bin');
    const programs = await readdir(bin).catch((): string[] => []);
    if (['postgres', 'initdb'].every((program) => programs.includes(program))) return bin;
  }
  return undefined;
}

/** PostgreSQL and PgBouncer refuse to run as root; the package brings a user for them. */
export function asServerUser(command: string, args: readonly string[]): readonly [string, ...string[]] {
  if (process.getuid?.() !== 0) return [command, ...args];
  const user = ['--reuid=postgres', '--regid=postgres', '--init-groups'];
  return ['setpriv', ...user, '--pdeathsig', 'KILL', command, ...args];
}

/** What `initdb` makes. */
async function template(bin: string): Promise<string> {
  const initdb = join(bin, 'initdb');
  const words = ['-U', ADMIN, '-A', 'scram-sha-256', '--locale=C.UTF-8', '-E', 'UTF8', '--no-sync'];
  const version = [await runTool(initdb, ['--version']), words, ADMIN_PASSWORD];
  const folder = await templateFolder('postgres', version, async (building) => {
    const password = join(building, 'password');
    await writeFile(password, ADMIN_PASSWORD);
    if (process.getuid?.() === 0) await runTool('chown', ['-R', 'postgres:postgres', building]);
    const [command, ...rest] = asServerUser(initdb, ['-D', join(building, 'data'), '--pwfile', password, ...words]);
    await runTool(command, rest);
  });
  return join(folder, 'data');
}

async function startIn(folder: string, more: PostgresOptions['settings']): Promise<PostgresServer> {
  const bin = (await binFolder()) ?? '';
  const port = await lastingPort(HOST);
  const data = join(folder, 'data');
  const authority = await makeAuthority(folder);
  const certificate = await authority.issue('postgres');
  // With its owner and its modes, which PostgreSQL looks at.
  await runTool('cp', ['-a', await template(bin), data]);
  if (process.getuid?.() === 0) await runTool('chown', ['-R', 'postgres:postgres', folder]);
  await runTool('chmod', ['600', certificate.keyFile]);
  const settings = {
    listen_addresses: HOST,
    port: String(port),
    unix_socket_directories: '',
    fsync: 'off',
    // None by time. Where its folder went before it, a checkpointer to which one is due tries for ever, and never learns that
    // the first process has ended.
    checkpoint_timeout: '1d',
    shared_buffers: '32MB',
    max_connections: '40',
    log_statement: 'all',
    ssl: 'on',
    ssl_cert_file: certificate.certificateFile,
    ssl_key_file: certificate.keyFile,
    ...more,
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const [command, ...args] = asServerUser(join(bin, 'postgres'), ['-D', data, ...options]);
  const server = new ServerProcess({ name: 'postgres', command, args, host: HOST, ports: [port] });
  const administrator = new Administrator(port);
  const asked = (database: string, statements: string) => administrator.ask(database, statements);
  let ends = 0;
  const written = async () => {
    ends += 1;
    const end = `END-${ends}-OF-LOG`;
    // What the server wrote before has arrived when this has.
    await asked('postgres', `SELECT '${end}'`);
    await eventually(async () => {
      if (!server.log.includes(end)) throw new Error(`the log of the server has no ${end}`);
    });
    return server.log;
  };
  await server.start();
  await eventually(() => asked('postgres', 'SELECT 1'));
  const prepare = async () => {
    await asked('postgres', 'CREATE DATABASE crm;');
    await asked('crm', `CREATE USER helpspot_ro PASSWORD 'reads only ü';`);
  };
  await prepare();
  return {
    port,
    caFile: authority.certificateFile,
    settings: { host: HOST, port, user: 'helpspot_ro', password: 'reads only ü', database: 'crm' },
    written,
    sql: (statements) => asked('crm', statements),
    async running(mark) {
      const quoted = mark.replaceAll("'", "''");
      const [count] = await asked(
        'postgres',
        `SELECT count(*) FROM pg_stat_activity
         WHERE state = 'active' AND query LIKE '%${quoted}%' AND pid <> pg_backend_pid()`,
      );
      return Number(count);
    },
    async ran(mark, during) {
      const count = async () => (await written()).split(mark).length - 1;
      const before = await count();
      await during();
      return (await count()) - before;
    },
    async kill() {
      await administrator.leave();
      await server.end('SIGKILL');
    },
    async renew() {
      await administrator.leave();
      await server.end('SIGKILL');
      await startAgain(() => server.start());
      await eventually(() => asked('postgres', 'SELECT 1'));
      await asked('postgres', 'DROP DATABASE crm WITH (FORCE);');
      const drops = `SELECT format('DROP ROLE %I;', rolname) FROM pg_roles WHERE rolname NOT IN ('${ADMIN}') AND oid >= 16384;`;
      await asked('postgres', (await asked('postgres', drops)).join('\n'));
      await prepare();
    },
    async start() {
      await startAgain(() => server.start());
      await eventually(() => asked('crm', 'SELECT 1'));
    },
    async stop() {
      await administrator.leave();
      await server.end('SIGTERM');
      await removeServerFolder(folder);
    },
  };
}

/** Who may do everything. A connection costs the server as much as a hundred statements, so there is one to each database. */
class Administrator {
  readonly #port: number;
  readonly #clients = new Map<string, pg.Client>();

  constructor(port: number) {
    this.#port = port;
  }

  /**
   * Runs statements, all in one transaction when they are several.
   * @returns a line a row, with a bar between the cells, NULL as nothing; without the lines that are empty
   */
  async ask(database: string, statements: string): Promise<readonly string[]> {
    const client = this.#clients.get(database) ?? (await this.#connect(database));
    const results = [await client.query<unknown[]>({ text: statements, rowMode: 'array' })].flat();
    const lines = results.flatMap(({ rows }) => rows.map((row) => row.map((cell) => cell ?? '').join('|')));
    return lines.filter((line) => line !== '');
  }

  /** Before the server ends. */
  async leave(): Promise<void> {
    const clients = [...this.#clients.values()];
    this.#clients.clear();
    await Promise.all(clients.map((client) => client.end()));
  }

  async #connect(database: string): Promise<pg.Client> {
    const client = new pg.Client({
      ...{ host: HOST, port: this.#port, user: ADMIN, password: ADMIN_PASSWORD, database },
      connectionTimeoutMillis: 60_000,
      // As the server writes them.
      types: { getTypeParser: () => (cell: string) => cell },
    });
    // What ends the connection is told to the call that waits; the next one makes another.
    const forget = () => void (this.#clients.get(database) === client && this.#clients.delete(database));
    client.on('error', forget);
    client.on('end', forget);
    await client.connect();
    this.#clients.set(database, client);
    return client;
  }
}

/** It listens before it has recovered from a kill. */
async function eventually(attempt: () => Promise<unknown>): Promise<void> {
  const until = Date.now() + 60_000;
  for (;;) {
    try {
      await attempt();
      return;
    } catch (error) {
      if (Date.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
