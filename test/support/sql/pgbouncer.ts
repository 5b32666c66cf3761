/** PgBouncer in transaction mode, in front of a PostgreSQL of the tests: each transaction may run in another session. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { removeServerFolder, serverFolder } from '../directory/lifecycle.ts';
import { runTool, ServerProcess } from '../directory/process.ts';
import { type Availability, requireCommand } from '../packages.ts';
import { asServerUser, type PostgresServer } from './postgres.ts';
import { lastingPort } from './restart.ts';

const HOST = '127.0.0.1';

/** One that runs. */
export interface PgBouncer {
  readonly port: number;
  stop(): Promise<void>;
}

/** Whether there is one; on Debian as root it is installed. */
export function requirePgBouncer(): Promise<Availability> {
  return requireCommand('pgbouncer', ['pgbouncer'], 'the store of several gateways is tried through it');
}

/** @param command its path */
export async function startPgBouncer(
  command: string,
  { port: serverPort, settings }: PostgresServer,
): Promise<PgBouncer> {
  const folder = await serverFolder();
  const port = await lastingPort(HOST);
  const [file, users] = [join(folder, 'pgbouncer.ini'), join(folder, 'users.txt')];
  await writeFile(users, `"${settings['user']}" "${settings['password']}"\n`);
  await writeFile(
    file,
    `[databases]
crm = host=${HOST} port=${serverPort}
[pgbouncer]
listen_addr = ${HOST}
listen_port = ${port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${users}
pool_mode = transaction
default_pool_size = 4
`,
  );
  if (process.getuid?.() === 0) await runTool('chown', ['-R', 'postgres:postgres', folder]);
  const [program, ...args] = asServerUser(command, [file]);
  const server = new ServerProcess({ name: 'pgbouncer', command: program, args, host: HOST, ports: [port] });
  await server.start();
  return {
    port,
    async stop() {
      await server.end('SIGTERM');
      await removeServerFolder(folder);
    },
  };
}
